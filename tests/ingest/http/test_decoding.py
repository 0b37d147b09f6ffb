import contextlib
import itertools
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.http.decoding import BadCoding, open_decoder
from tests.loopback import Encoding, bomb, compress

BODIES = st.binary(max_size=3000).filter(lambda body: not body.startswith(b"\x1f"))  # those may be gzip
CODINGS: list[Encoding] = ["", "gzip", "deflate", "br", "zstd"]


def decode(coding: str, data: bytes, step: int = 16_384) -> bytes:
    decoder = open_decoder(coding)
    pieces = [piece for start in range(0, len(data), step) for piece in decoder.feed(data[start:][:step])]
    decoder.finish()
    return b"".join(pieces)


@given(st.sampled_from(CODINGS), BODIES, st.integers(1, 500))
def test_every_coding_is_undone_however_the_data_is_cut(coding: Encoding, body: bytes, step: int) -> None:
    assert decode(coding, compress(coding, body), step) == body


@given(st.lists(st.sampled_from(CODINGS[1:]), max_size=3), BODIES)
def test_several_codings_are_undone_in_reverse(codings: list[Encoding], body: bytes) -> None:
    data = body
    for coding in codings:
        data = compress(coding, data)
    assert decode(", ".join(codings), data) == body


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_a_bomb_comes_in_small_pieces(coding: Encoding) -> None:
    packed = bomb(coding, 200_000_000).body
    assert len(packed) < 300_000
    decoder = open_decoder(coding)
    pieces = (piece for piece in decoder.feed(packed))
    sizes = [len(piece) for piece in itertools.islice(pieces, 50)]
    assert len(sizes) == 50
    assert max(sizes) <= 4_000_000


def test_names_are_read_generously() -> None:
    assert decode(" GZIP ", compress("gzip", b"news")) == b"news"
    assert decode("x-gzip", compress("gzip", b"news")) == b"news"
    assert decode("identity", b"news") == b"news"


def test_gzip_of_several_members_and_padding() -> None:
    data = compress("gzip", b"first, ") + compress("gzip", b"second")
    assert decode("gzip", data, 3) == b"first, second"
    assert decode("gzip", data + b"\0\0\0", 1000) == b"first, second"


def test_zstd_of_several_frames() -> None:
    assert decode("zstd", compress("zstd", b"first, ") + compress("zstd", b"second"), 5) == b"first, second"


def test_deflate_without_its_wrapper() -> None:
    coder = zlib.compressobj(wbits=-15)
    assert decode("deflate", coder.compress(b"raw deflate") + coder.flush()) == b"raw deflate"


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate"])
def test_a_cut_body_is_told(coding: Encoding) -> None:
    data = compress(coding, bytes(range(256)) * 50)
    with pytest.raises(BadCoding, match="cut short"):
        decode(coding, data[: len(data) // 2])


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate", "compress", "utf-8"])
@pytest.mark.parametrize("step", [1, 3, 1000])
def test_a_body_that_is_something_else_passes_through(coding: str, step: int) -> None:
    body = b"<html>not compressed at all, whatever the header says</html>"
    assert decode(coding, body, step) == body


@given(
    st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br", ""]),
    st.binary(max_size=300),
    st.integers(1, 50),
)
def test_no_bytes_break_a_decoder(coding: str, data: bytes, step: int) -> None:
    with contextlib.suppress(BadCoding):
        decode(coding, data, step)


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_check_sums_and_their_absence_do_not_matter(step: int) -> None:
    for name in ("gzip", "deflate"):
        data = compress(name, b"news " * 100)
        assert decode(name, data[:-4], step) == b"news " * 100
        assert decode(name, data[:-4] + b"\0\0\0\0", step) == b"news " * 100
    assert decode("gzip", compress("gzip", b"news")[:-8], step) == b"news"


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_gzip_with_all_that_its_header_may_hold(step: int) -> None:
    plain = compress("gzip", b"news")
    assert plain[3] == 0
    extra = b"\x03\x00abc"
    for flags, fields in (
        (4, extra),
        (8, b"name\0"),
        (16, b"note\0"),
        (2, b"xx"),
        (30, extra + b"name\0note\0xx"),
    ):
        assert decode("gzip", plain[:3] + bytes([flags]) + plain[4:10] + fields + plain[10:], step) == b"news"


def test_gzip_under_another_name() -> None:
    assert decode("deflate", compress("gzip", b"news")) == b"news"
    assert decode("", compress("gzip", b"news"), 1) == b"news"
    assert decode("gzip", compress("gzip", compress("gzip", b"news"))) == b"news"


def test_what_breaks_in_the_middle_is_told_and_what_came_is_there() -> None:
    data = compress("gzip", b"".join(b"%d " % (number * number) for number in range(5000)))
    decoder = open_decoder("gzip")
    came = b"".join(decoder.feed(data[: len(data) // 2]))
    assert came.startswith(b"0 1 4 9 16 25 ")
    with pytest.raises(BadCoding, match="the body is no gzip"):
        list(decoder.feed(bytes(255 - byte for byte in data[len(data) // 2 :])))


def test_too_many_codings_are_refused() -> None:
    with pytest.raises(BadCoding, match="4 content codings"):
        open_decoder("gzip, gzip, gzip, gzip")
