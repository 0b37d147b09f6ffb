"""Feed bytes to text: whatever is declared and whatever is really there."""

import pytest

from transforms.feeds.decode_feed import decode_feed

TITLE = "Rahim’s spell – São Paulo"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (TITLE.encode(), ""),
        (TITLE.encode(), "application/rss+xml; charset=iso-8859-1"),
        (TITLE.encode("windows-1252"), "text/xml; charset=ISO-8859-1"),
        (TITLE.encode("utf-16"), ""),
        (b"\xef\xbb\xbf" + TITLE.encode(), "text/xml; charset=windows-1252"),
    ],
)
def test_what_the_bytes_are_beats_what_is_declared(body: bytes, content_type: str) -> None:
    assert decode_feed(body, content_type) == TITLE


def test_a_stray_windows_quote_in_utf_8_is_that_quote() -> None:
    body = b"<title>Rahim\x92s spell</title>" + "<p>São Paulo é longe.</p>".encode() * 20
    text = decode_feed(body, "application/rss+xml; charset=utf-8")
    assert "Rahim’s spell" in text
    assert "São Paulo é longe." in text
    assert "\ufffd" not in text
