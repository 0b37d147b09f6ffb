"""Feed bytes to text: whatever is declared and whatever is really there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.charsets import find_codec, guess_charset
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


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("win-1251", "cp1251"), ("cp-1251", "cp1251"), ("Windows_1251", "cp1251"), ("x-cp1251", "cp1251"),
        ("ANSI-1251", "cp1251"), ("utf8mb4", "utf-8"), ("UTF_8", "utf-8"), ("unicode-1-1-utf-8", "utf-8"),
        ("x-sjis", "cp932"), ("Shift-JIS", "cp932"), ("windows-31j", "cp932"), ("ISO_8859-1:1987", "cp1252"),
        ("us-ascii", "cp1252"), ("iso8859_9", "cp1254"), ("iso-8859-15", "iso8859-15"), ("latin2", "iso8859-2"),
        ("x-gbk", "gb18030"), ("GB_2312-80", "gb18030"), ("x-euc-jp", "euc_jp"), ("ks_c_5601-1987", "cp949"),
        ("koi8r", "koi8-r"), ("TIS620", "cp874"), ("iso-8859-11", "cp874"), ("big5-hkscs", "big5hkscs"),
        ("ibm866", "cp866"), ("none", ""), ("null", ""), ("binary", ""), ("utf-7", ""), ("unicode_escape", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_labels_mean_what_people_mean_by_them(label: str, codec: str) -> None:
    assert find_codec(label) == codec


RUSSIAN = "Буксир сел на мель у причала, двое пострадали"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (RUSSIAN, "cp866"),
        ("Grue tombée à l’écluse près du Havre", "cp1252"), ("Αστυνομία: δύο τραυματίες στο λιμάνι", "cp1253"),
        ("إصابة عاملين في الميناء", "cp1256"), ("คนงานสองคนบาดเจ็บที่ท่าเรือ", "cp874"),
        ("港で作業員がけがをした", "cp932"), ("港で作業員がけがをした", "euc-jp"), ("两名工人在港口受伤", "gb18030"),
        ("兩名工人在港口受傷", "big5hkscs"), ("항구에서 노동자 두 명이 다쳤다", "cp949"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("declared", ["", "none", "utf-8"])
def test_without_a_label_that_fits_the_words_tell(text: str, encoding: str, declared: str) -> None:
    body = f"<rss><item><title>{text}</title></item></rss>".encode(encoding)
    assert text in decode_feed(body, f"text/xml; charset={declared}" if declared else "")


def test_a_label_of_another_alphabet_does_not_count() -> None:
    body = f'<?xml version="1.0"?><rss><title>{RUSSIAN}</title></rss>'.encode("cp1251")
    assert RUSSIAN in decode_feed(body, "text/xml; charset=ISO-8859-1")
    named = body.replace(b'"1.0"', b'"1.0" encoding="koi8-r"')
    assert RUSSIAN in decode_feed(named, "")


def test_the_language_decides_between_alphabets_that_look_alike() -> None:
    czech = "<rss><language>cs</language><title>Při požáru v přístavu zemřeli dva dělníci</title></rss>"
    assert decode_feed(czech.encode("cp1250"), "") == czech
    turkish = "<rss><language>tr-TR</language><title>Limanda iki işçi yaralandı, şüpheli kaçtı</title></rss>"
    assert decode_feed(turkish.encode("cp1254"), "") == turkish


@given(st.binary(), st.text(max_size=20), st.sampled_from(["", "ru", "cs", "ja"]))
def test_no_bytes_and_no_label_raise(body: bytes, label: str, language: str) -> None:
    assert isinstance(decode_feed(body, f"text/xml; charset={label}"), str)
    assert guess_charset(body, language)
    find_codec(label)
