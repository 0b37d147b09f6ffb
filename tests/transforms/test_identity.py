"""Ids: stable over runs and machines, different for different parts."""

from hypothesis import given
from hypothesis import strategies as st

from transforms.identity import make_id


def test_ids_never_change() -> None:
    assert make_id("fd1", "https://example.org/feed") == "fd1-7e146e1083a65d91"


parts = st.lists(st.text(st.characters(exclude_characters="\x1f")), min_size=1)


@given(parts, parts)
def test_different_parts_give_different_ids(a: list[str], b: list[str]) -> None:
    assert (make_id("x1", *a) == make_id("x1", *b)) == (a == b)


@given(st.text())
def test_an_id_is_a_prefix_and_sixteen_hex_digits(text: str) -> None:
    prefix, _, digest = make_id("en1", text).partition("-")
    assert prefix == "en1"
    assert len(digest) == 16
    int(digest, 16)
