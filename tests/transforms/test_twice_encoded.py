"""Text that went through a wrong character set once: what was meant, and what must stay as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.articles.decode_html import decode_html
from transforms.feeds.decode_feed import decode_feed
from transforms.twice_encoded import read_twice_encoded

MEANT = [
    "The raiders’ boats – “six of them” – left the lake… 😀 € ™",
    "Quatre pêcheurs tués à la frontière, des blessés évacués",
    "Cuatro pescadores murieron; el año pasado también, según la policía",
    "Четыре рыбака погибли на озере",
    "四名渔民在湖上遇难",
    "مقتل أربعة صيادين في البحيرة",
]


def _encode_again(text: str) -> str:
    return "".join(
        bytes([byte]).decode("windows-1252", "ignore") or chr(byte) for byte in text.encode("utf-8")
    )


@pytest.mark.parametrize("meant", MEANT)
def test_what_was_encoded_twice_is_read(meant: str) -> None:
    assert read_twice_encoded(_encode_again(meant)) == meant
    assert read_twice_encoded(meant.encode("utf-8").decode("latin-1")) == meant


@pytest.mark.parametrize("meant", MEANT)
def test_feeds_and_pages_are_read_so(meant: str) -> None:
    again = f"<p>{_encode_again(meant)}</p>".encode()
    assert decode_html(again) == decode_feed(again, "") == f"<p>{meant}</p>"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("“Good” news: they donâ€™t, and â€œwonâ€\ufffd. Été", "“Good” news: they don’t, and “won”. Été"),
        ("he said â€œnoâ€ and left", "he said “no” and left"),
        ("\u00ef\u00bb\u00bfThe lake", "The lake"),
    ],
)
def test_a_piece_of_a_good_text_is_read(text: str, meant: str) -> None:
    assert read_twice_encoded(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        *MEANT,
        "« Le musée », « l’armée », « la fusée »",
        "un café”… et l’été”…",
        "AMANHÃ» e MAÇû",
        "«\u00a0idée\u00a0» «\u00a0pensée\u00a0» «\u00a0fumée\u00a0»",
        "10 €, 20 €, 30 € à Nîmes",
        "Ít, Ất, ðŸ",
    ],
)
def test_what_is_right_stays(text: str) -> None:
    assert read_twice_encoded(text) == text


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    read_twice_encoded(text)
