"""Titles, author names, languages and lines: the choices between what a page says."""

from datetime import UTC, datetime

import pytest
from lxml.html import HtmlElement, document_fromstring

from transforms.articles.article_metadata import choose_authors, choose_modified, choose_section
from transforms.articles.author_names import clean_authors, looks_personal
from transforms.articles.body_lines import drop_boilerplate, is_boilerplate
from transforms.articles.decode_html import decode_html, parse_html
from transforms.articles.extract_article import extract_article
from transforms.articles.page_head import PageHead, read_head
from transforms.articles.page_language import choose_language, read_code
from transforms.articles.page_titles import choose_title, strip_site

URL = "https://www.valley-post.example/world/dam-fails-at-night-1"


def page(head: str, body: str = "") -> tuple[PageHead, HtmlElement]:
    tree = document_fromstring(f"<html lang='en'><head>{head}</head><body>{body}</body></html>")
    assert isinstance(tree, HtmlElement)
    return read_head(tree, URL), tree


def json_ld(headline: str, extra: str = "") -> str:
    node = f'{{"@type": "NewsArticle", "headline": "{headline}"{extra}}}'
    return f'<script type="application/ld+json">{node}</script>'


def og(title: str) -> str:
    return f'<meta property="og:title" content="{title}">'


@pytest.mark.parametrize(
    ("head", "body", "title", "source"),
    [
        (json_ld("Dam fails"), "<h1>Dam fails</h1>", "Dam fails", "json-ld headline"),
        (
            json_ld("Flood: Dam fails at night") + og("Dam fails at night"),
            "",
            "Dam fails at night",
            "og:title",
        ),
        (json_ld("Why the dam fails") + og("Dam fails"), "<h1>Dam fails</h1>", "Dam fails", "og:title"),
        (
            json_ld("Why the dam fails", ', "name": "Why the dam fails"') + og("Dam fails"),
            "<h1>Dam fails</h1>",
            "Why the dam fails",
            "json-ld headline",
        ),
        (
            json_ld("Dam fails at night") + og("You will not believe this"),
            "<h1>You will not believe this</h1>",
            "Dam fails at night",
            "json-ld headline",
        ),
        (og("Dam fails at night | Valley Post"), "<h1>News</h1>", "Dam fails at night", "og:title"),
        (og("Dam fails &#8211; told by X"), "<h1>Dam fails</h1>", "Dam fails", "og:title"),
        ("<title>Valley Post: Dam fails at night</title>", "", "Dam fails at night", "title element"),
        (
            "<title>Dam fails at night - Valley Post</title>",
            "<h1>Dam fails at night</h1>",
            "Dam fails at night",
            "h1",
        ),
        ("", "", "", ""),
    ],
)
def test_titles(head: str, body: str, title: str, source: str) -> None:
    found = choose_title(page(head, body)[0])
    assert (found.text, found.source) == (title, source)


@pytest.mark.parametrize(
    ("title", "stripped"),
    [
        ("A day in May - Valley Post", "A day in May"),
        ("Valley Post | A day in May", "A day in May"),
        ("A day in May – and what followed", "A day in May – and what followed"),
        ("震度5弱の地震：朝日新聞デジタル", "震度5弱の地震"),
    ],
)
def test_site_names_are_cut_and_nothing_else(title: str, stripped: str) -> None:
    assert strip_site(title, frozenset({"valleypost", "朝日新聞デジタル"})) == stripped


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (["By Ada Mbeki and Tom Reyes"], ("Ada Mbeki", "Tom Reyes")),
        (["Von Karla Brandt, Berlin"], ("Karla Brandt",)),
        (["Ada Mbeki (ame)", "ada mbeki"], ("Ada Mbeki",)),
        (["Elena Ruiz, Corresponsal jefe", "https://x.example/elena"], ("Elena Ruiz",)),
        (["Ada Mbeki, Tom Reyes & Ines Calder"], ("Ada Mbeki", "Tom Reyes", "Ines Calder")),
        (["AFP, MANILA"], ("AFP, MANILA",)),
        (["배윤경,이상현"], ("배윤경", "이상현")),
        (["Di Stefano", "Von der Leyen"], ("Di Stefano", "Von der Leyen")),
        (["Dr. Max Kolter"], ("Dr. Max Kolter",)),
        (["@someone", "", "12345", "a@b.example"], ()),
    ],
)
def test_author_names(raw: list[str], names: tuple[str, ...]) -> None:
    assert clean_authors(raw) == names


@pytest.mark.parametrize(
    ("name", "is_person"),
    [("Ada Mbeki", True), ("Sport Desk", False), ("dpa", False), ("Joost de Wit", True)],
)
def test_personal_names(name: str, is_person: bool) -> None:
    assert looks_personal(name) is is_person


@pytest.mark.parametrize(
    ("head", "body", "names", "source"),
    [
        (
            json_ld("H", ', "author": {"givenName": "Ada", "familyName": "Mbeki"}'),
            "",
            ("Ada Mbeki",),
            "json-ld",
        ),
        (
            json_ld("H", ', "author": {"name": "Valley Post"}') + '<meta name="author" content="Ada Mbeki">',
            "",
            ("Ada Mbeki",),
            "meta author",
        ),
        (json_ld("H", ', "author": {"name": "Valley Post"}'), "", ("Valley Post",), "json-ld"),
        ('<meta property="article:author" content="https://facebook.example/x">', "", (), ""),
        ("", '<h1>T</h1><div><a rel="author" href="/a">Ada Mbeki</a></div>', ("Ada Mbeki",), "byline"),
        (
            "",
            "<h1>T</h1><p>von Dr. Karla Brandt</p><p>Von den Bergen kam der Regen.</p>",
            ("Dr. Karla Brandt",),
            "byline",
        ),
        (
            "",
            '<div itemprop="author"><span>Written by</span> <b itemprop="name">Ada Mbeki</b></div>',
            ("Ada Mbeki",),
            "byline",
        ),
    ],
)
def test_authors_of_pages(head: str, body: str, names: tuple[str, ...], source: str) -> None:
    found = choose_authors(*page(head, body))
    assert (found.names, found.source) == (names, source)


def test_modified_needs_a_time_and_a_zone() -> None:
    now = datetime(2026, 3, 7, tzinfo=UTC)
    head, _ = page('<meta property="article:modified_time" content="2026-03-06T10:00:00+02:00">')
    assert choose_modified(head, now) == datetime(2026, 3, 6, 8, tzinfo=UTC)
    head, _ = page('<meta property="article:modified_time" content="2026-03-06 10:00:00">')
    assert choose_modified(head, now) is None


def test_sections() -> None:
    assert choose_section(page(json_ld("H", ', "articleSection": ["World", "Asia"]'))[0])[0] == "World"
    assert choose_section(page('<meta property="article:section" content="12">')[0]) == ("", "")


ENGLISH = (
    "The police said on Monday that two men had been taken to the hospital after the fire in the harbour. "
    * 3
)
GERMAN = (
    "Die Polizei teilte am Montag mit, dass zwei Männer nach dem Brand im Hafen ins Krankenhaus kamen. " * 3
)


@pytest.mark.parametrize(
    ("text", "feed", "expected"),
    [
        (ENGLISH, "", ("en", "html lang")),
        (GERMAN, "", ("de", "text")),
        ("Kurz.", "", ("en", "html lang")),
    ],
)
def test_a_long_text_overrules_the_template(text: str, feed: str, expected: tuple[str, str]) -> None:
    assert choose_language(page("")[0], text, feed) == expected


def test_without_a_page_the_feed_tells_the_language() -> None:
    assert choose_language(None, "Kurz.", "de-AT") == ("de", "feed")
    assert choose_language(None, "", "") == ("", "")


@pytest.mark.parametrize(
    ("tag", "code"),
    [("de-AT", "de"), ("en_US", "en"), ("jp", "ja"), ("ger", "de"), ("x-klingon", ""), ("", "")],
)
def test_language_codes(tag: str, code: str) -> None:
    assert read_code(tag) == code


@pytest.mark.parametrize(
    "line",
    [
        "READ MORE: Another story",
        "Lesen Sie auch: Warum der Hafen so wenig verdient",
        "Advertisement",
        "Photo: Someone / Agency",
        "— Someone (@someone) March 2, 2026",
        "Follow us on Facebook",
    ],
)
def test_boilerplate(line: str) -> None:
    assert is_boilerplate(line)


@pytest.mark.parametrize(
    "line",
    [
        "More than 40 people were killed in the raid.",
        "Read by millions, the paper was closed on Monday.",
        "Follow-up strikes hit the town an hour later.",
        "Share prices fell after the attack.",
        "Images from the scene showed bodies in the street.",
        "Sources close to the army said so.",
    ],
)
def test_sentences_are_no_boilerplate(line: str) -> None:
    assert not is_boilerplate(line)


def test_titles_bylines_and_repeats_go() -> None:
    lines = [
        "Flood: Dam fails",
        "By Ada Mbeki",
        "The dam failed.",
        "The dam failed.",
        "Ada Mbeki wept.",
        "More from us:",
    ]
    assert drop_boilerplate(lines, ["Dam fails", "Flood: Dam fails"], ["Ada Mbeki"]) == [
        "The dam failed.",
        "Ada Mbeki wept.",
    ]


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("é".encode(), "text/html; charset=iso-8859-1", "é"),
        ("é".encode("latin-1"), "text/html; charset=ISO-8859-1", "é"),
        ("<meta charset=windows-1251>Привет".encode("cp1251"), "", "<meta charset=windows-1251>Привет"),
        ("\ufeffé".encode("utf-16"), "", "\ufeffé"),
        (b"\x93quoted\x94", "text/html; charset=latin1", "“quoted”"),
        (
            "<?xml version='1.0' encoding='shift_jis'?>日本".encode("cp932"),
            "",
            "<?xml version='1.0' encoding='shift_jis'?>日本",
        ),
    ],
)
def test_character_sets(body: bytes, content_type: str, text: str) -> None:
    assert decode_html(body, content_type) == text


@pytest.mark.parametrize("text", ["", "   ", "just words"])
def test_what_has_no_elements_is_no_tree(text: str) -> None:
    assert parse_html(text) is None


RUSSIAN = "<meta charset={}><p>Трое рабочих ранены при падении крана на старом причале, сообщил порт.</p>"


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("windows-1251", "cp1251"),
        ("win-1251", "cp1251"),
        ("cp-1251", "cp1251"),
        ("x-cp1251", "cp1251"),
        ("none", "cp1251"),
        ("utf-8", "cp1251"),
        ("utf-16", "cp1251"),
        ("iso-8859-1", "cp1251"),
        ("koi8r", "koi8-r"),
        ("none", "koi8-r"),
    ],
)
def test_misspelt_and_wrong_labels_do_no_harm(label: str, codec: str) -> None:
    page = RUSSIAN.format(label)
    assert decode_html(page.encode(codec)) == page


def test_a_stray_byte_does_not_make_utf_8_another_character_set() -> None:
    page = RUSSIAN.format("utf-8").encode() + b"\xe9"
    assert decode_html(page) == RUSSIAN.format("utf-8") + "\ufffd"


def test_characters_in_two_halves_are_joined() -> None:
    assert decode_html("<p>é \ud83d\ude00</p>".encode("utf-8", "surrogatepass")) == "<p>é \U0001f600</p>"


def test_characters_without_width_leave_titles_names_and_texts() -> None:
    line = "The \u200bpolice sa\u00adid on Monday that two\u2060 men were hurt in the har\ufeffbour \ud83d fire. "
    page = (
        "<html lang='en'><head><title>Fire\u200b in harbour</title>"
        "<meta name='author' content='A\u00adda Mbeki'></head>"
        f"<body><article><h1>Fire\u200b in harbour</h1>{f'<p>{line * 4}</p>' * 3}</article></body></html>"
    )
    found = extract_article(page.encode("utf-8", "surrogatepass"), URL, datetime(2026, 3, 7, tzinfo=UTC))
    assert (found.title, found.authors) == ("Fire in harbour", ("Ada Mbeki",))
    assert found.text.startswith("The police said on Monday that two men were hurt in the harbour")
    assert not set(found.text) & set("\u200b\u00ad\u2060\ufeff\ud83d")
