"""JSON-LD as sites write it."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from transforms.articles.json_ld import (
    JsonLd,
    find_article,
    load_lenient,
    read_json_ld,
    spoken_date,
    text_of,
    types_of,
)
from transforms.articles.lenient_json import read_lenient_json


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
        "{&quot;a&quot;: 1}",
    ],
)
def test_lenient_reading(text: str) -> None:
    assert load_lenient(text) == {"a": 1}


def test_raw_line_breaks_in_strings_are_read() -> None:
    assert load_lenient('{"a": "one\ntwo"}') == {"a": "one\ntwo"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('// made by a plug-in\n{"a": 1} // end', {"a": 1}),
        ('/* made by\na plug-in */ {"a": 1, /* b */ "b": 2}', {"a": 1, "b": 2}),
        ('{"a": "https://x.example//y", // c\n"b": 2}', {"a": "https://x.example//y", "b": 2}),
        ('{"a": [1, 2,], "b": {"c": 3,},}', {"a": [1, 2], "b": {"c": 3}}),
        ('{"a": 1,, "b": 2}', {"a": 1, "b": 2}),
        ('{"a": "x" "b": "y"}', {"a": "x", "b": "y"}),
        ("{'a': 'x', b: 2}", {"a": "x", "b": 2}),
        ('{"a": "He said "stop" twice", "b": 1}', {"a": 'He said "stop" twice', "b": 1}),
        ('{"a": ""Stop", he said", "b": 1}', {"a": '"Stop", he said', "b": 1}),
        ('{"a": "He said "stop"", "b": 1}', {"a": 'He said "stop"', "b": 1}),
        ('{"a": ["one "two" three", "four"]}', {"a": ['one "two" three', "four"]}),
        ('{"a": "O\\\'Brien"}', {"a": "O'Brien"}),
        ('{"a": "one\ntwo", "b": "c" d"}', {"a": "one\ntwo", "b": 'c" d'}),
        ('{"a": undefined, "b": NaN, "c": 2}', {"a": None, "b": None, "c": 2}),
        ('{"a": 1, "b": {"name": "Ada"}, "c": {"url": "htt', {"a": 1, "b": {"name": "Ada"}, "c": {}}),
        ('[{"a": 1}, {"b": "cut he', [{"a": 1}, {}]),
        ('{"a": [{"b": 1}, {"c"', {"a": [{"b": 1}, {}]}),
        ('{"a": {"b": 1}', {"a": {"b": 1}}),
        ('{"a": 1}{"b": 2}', [{"a": 1}, {"b": 2}]),
        ('window.data = {"a": 1};', {"a": 1}),
        ('{"a": "\\ud83d\\ude00 \\ud83d", }', {"a": "\U0001f600 "}),
    ],
)
def test_broken_blocks_give_what_was_whole(text: str, expected: Any) -> None:
    assert load_lenient(text) == expected


def test_halves_of_characters_are_left_out() -> None:
    assert load_lenient('{"a\\udc00": ["x\\ud83d", {"b": "\\ud83d\\ude00"}]}') == {
        "a": ["x", {"b": "\U0001f600"}]
    }


@pytest.mark.parametrize("text", ["", "{", "nonsense", "[" * 100_000])
def test_what_is_no_json_is_left_out(text: str) -> None:
    assert load_lenient(text) is None


@given(st.text(max_size=200) | st.text(alphabet="{}[]\":,\\'/ab1u \n", max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    load_lenient(text)
    read_lenient_json(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=8).filter(lambda key: key.isalnum()), JSON, min_size=1, max_size=4
    )
)
def test_what_is_json_is_read_as_json(value: dict[str, Any]) -> None:
    text = json.dumps(value)
    assert load_lenient(text) == drop_halves(value)


def drop_halves(value: Any) -> Any:
    return json.loads(json.dumps(value).encode("utf-16", "surrogatepass").decode("utf-16"))


@pytest.mark.parametrize(
    "piece",
    [
        '"',
        "{",
        "[",
        '{"a":',
        "a:",
        '"x" ',
        '", "b" ',
        "{} ",
        "//",
        "/*",
        "<!--",
        ",",
        "\\",
        '{"a":"',
        "&quot;",
    ],
)
@pytest.mark.parametrize("start", ["", '{"a": "', "{", '{"a": 1, '])
def test_broken_blocks_are_read_in_bounded_time(start: str, piece: str) -> None:
    started = time.process_time()
    load_lenient(start + piece * 60_000)
    assert time.process_time() - started < 3.0


def test_several_nodes_about_the_page_complete_one_another() -> None:
    data = read(
        '{"@type": "WebPage", "url": "https://a.example/one", "datePublished": "2026-03-02T09:00:00+03:00"}',
        '{"@type": "NewsArticle", "headline": "One", "mainEntityOfPage": "https://a.example/one"}',
        '{"@type": "NewsArticle", "headline": "Two", "url": "https://a.example/two", "author": "Someone Else"}',
    )
    article = find_article(data, ("https://a.example/one",))
    assert (article["headline"], article["datePublished"]) == ("One", "2026-03-02T09:00:00+03:00")
    assert "author" not in article


def test_a_node_that_was_cut_before_its_type_is_an_article_by_its_fields() -> None:
    data = read('{"headline": "One", "datePublished": "2026-03-02", "author": {"name": "Ada"}, "@ty')
    assert find_article(data, ())["headline"] == "One"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1795500900, "1795500900"),
        (1795500900000, "1795500900000"),
        (1795500900.5, "1795500900"),
        ("2026-03-02", "2026-03-02"),
        ({"@value": 1795500900}, "1795500900"),
        (["2026-03-02", "x"], "2026-03-02"),
        (True, ""),
        (float("inf"), ""),
        (None, ""),
    ],
)
def test_dates_may_be_numbers(value: Any, text: str) -> None:
    assert spoken_date(value) == text


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
