"""JSON-LD as sites write it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from transforms.articles.json_ld import JsonLd, find_article, load_lenient, read_json_ld, text_of, types_of


def read(*blocks: str) -> JsonLd:
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    return read_json_ld(list(document_fromstring(f"<html><head>{scripts}</head></html>").iter("script")))


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}',
        '<!-- {"a": 1} -->',
        '//<![CDATA[\n{"a": 1}\n//]]>',
        '{"a": 1,}',
        '{"a": 1};',
        '{"a": 1} {"b": 2}',
        "{&quot;a&quot;: 1}",
    ],
)
def test_lenient_reading(text: str) -> None:
    assert load_lenient(text) == {"a": 1}


def test_raw_line_breaks_in_strings_are_read() -> None:
    assert load_lenient('{"a": "one\ntwo"}') == {"a": "one\ntwo"}


@pytest.mark.parametrize("text", ["", "{", "nonsense", "[" * 100_000])
def test_what_is_no_json_is_left_out(text: str) -> None:
    assert load_lenient(text) is None


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    load_lenient(text)


def test_the_article_of_this_page_is_told_from_others() -> None:
    data = read(
        '[{"@type": "NewsArticle", "url": "https://a.example/two", "headline": "Two", "author": "B"},'
        ' {"@type": "NewsArticle", "mainEntityOfPage": {"@id": "http://www.a.example/one/?x=1"},'
        ' "headline": "One"}]'
    )
    assert find_article(data, ("https://a.example/one#top",))["headline"] == "One"
    assert find_article(data, ("https://b.example/",))["headline"] == "Two", "else the one that says most"


def test_a_live_blogs_updates_are_not_the_article() -> None:
    data = read(
        '{"@type": "LiveBlogPosting", "headline": "Live", "liveBlogUpdate":'
        ' [{"@type": "BlogPosting", "headline": "Update", "author": "X", "articleBody": "z"}]}'
    )
    assert find_article(data, ())["headline"] == "Live"


def test_nodes_are_found_in_graphs_and_by_their_id() -> None:
    data = read(
        '{"@graph": [{"@type": "http://schema.org/Article", "headline": "H", "author": {"@id": "#p"}},'
        ' {"@type": "Person", "@id": "#p", "name": "Ada"}]}'
    )
    article = find_article(data, ())
    assert types_of(article) == {"Article"}
    assert data.resolve(article["author"])["name"] == "Ada"


def test_a_page_without_an_article_gives_an_empty_node() -> None:
    assert not find_article(read('{"@type": "Organization", "name": "X"}'), ())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a &amp;amp; b", "a & b"),
        ([None, "x"], "x"),
        ({"@value": " y  z "}, "y z"),
        (3, ""),
        (None, ""),
        ([], ""),
    ],
)
def test_text_of_values(value: Any, text: str) -> None:
    assert text_of(value) == text
