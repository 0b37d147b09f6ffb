"""Canonical URLs: the same article is one, different articles stay two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.urls import canonicalize_guid, canonicalize_url, is_web_url, make_absolute

ONE = "https://example.com/news/border-clash?id=7"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/news/border-clash?id=7",
        "https://www.example.com/news/border-clash?id=7",
        "HTTPS://EXAMPLE.COM:443/news/border-clash?id=7#comments",
        "http://user:secret@example.com:80/news/border-clash/?id=7",
        "https://example.com/news/border-clash?utm_source=rss&id=7&utm_medium=feed",
        "https://example.com/news/border-clash?id=7&fbclid=abc&at_campaign=x&CMP=Share&ref=rss",
        "https://example.com/news/border-clash?id=7&source=rss&traffic_source=rss",
        "https://example.com/news/border-clash/amp?id=7",
        "https://example.com/amp/news/border-clash?id=7",
        "https://amp.example.com/news/border-clash?id=7",
        "https://example.com/news/border-clash.amp?id=7",
        "https://example.com/news/border-clash?amp&id=7",
        "https://example.com/news/border-clash?outputType=amp&id=7",
        "https://www.google.com/amp/s/www.example.com/news/border-clash/amp?id=7",
        "https://example-com.cdn.ampproject.org/c/s/example.com/news/border-clash?id=7&usqp=mq331",
        "https://example.com//news/./x/../border%2Dclash?id=7",
        "https://example.com./news/border-clash;jsessionid=AB12?id=%37",
        "  https://example.com/news/border-clash?id=7\n",
    ],
)
def test_addresses_of_one_article(url: str) -> None:
    assert canonicalize_url(url) == ONE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.com/news?id=7", "https://example.com/news?id=8"),
        ("https://example.com/a", "https://example.com/A"),
        ("https://example.com/a%2Fb", "https://example.com/a/b"),
        ("https://example.com/a", "https://m.example.com/a"),
        ("https://example.com:8080/a", "https://example.com/a"),
        ("https://example.com/?p=1", "https://example.com/"),
        ("https://example.com/#!/story/1", "https://example.com/#!/story/2"),
        ("https://example.com/a?source=desk", "https://example.com/a"),
        ("https://amp.dev/a", "https://dev/a"),
        ("https://example.com/amp", "https://example.com/"),
    ],
)
def test_different_addresses_stay_different(one: str, other: str) -> None:
    assert canonicalize_url(one) != canonicalize_url(other)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        (
            "https://bücher.example/straße?q=größe+x",
            "https://xn--bcher-kva.example/stra%C3%9Fe?q=gr%C3%B6%C3%9Fe%20x",
        ),
        ("https://example.com", "https://example.com/"),
        ("https://example.com/a?b=2&a=1&a=1", "https://example.com/a?a=1&b=2"),
        ("http://[2001:DB8::1]:80/x", "https://[2001:db8::1]/x"),
        ("mailto:desk@example.com", "mailto:desk@example.com"),
        ("http://[::1", "http://[::1"),
        ("", ""),
    ],
)
def test_spelling(url: str, canonical: str) -> None:
    assert canonicalize_url(url) == canonical


PIECES = "http:// https:// www. amp. amp / .amp .html a.b google.com /amp/s/ .cdn.ampproject.org /c/s/ ? & = "
PIECES += "utm_x=1 id=%41 %25 % # #! é ß . .. : @ [ ] + ; ref 80"
WILD = st.one_of(st.text(), st.lists(st.sampled_from([*PIECES.split(), " ", "\n"]), max_size=14).map("".join))


@given(WILD)
def test_canonicalizing_is_idempotent_and_never_raises(url: str) -> None:
    once = canonicalize_url(url)
    assert canonicalize_url(once) == once
    guid = canonicalize_guid(url)
    assert canonicalize_guid(guid) == guid


@given(WILD, WILD)
def test_what_is_made_absolute_can_be_asked_for(base: str, url: str) -> None:
    absolute = make_absolute(base, url)
    assert absolute == "" or (is_web_url(absolute) and " " not in absolute)


def test_make_absolute() -> None:
    assert make_absolute("https://a.example/b/c", "../d e?x#y") == "https://a.example/d%20e?x#y"
    assert make_absolute("https://a.example/b/c", "//h.example/x") == "https://h.example/x"
    assert make_absolute("", "/x") == ""
    assert make_absolute("https://a.example/", "javascript:alert(1)") == ""


def test_a_guid_keeps_the_fragment_that_tells_entries_apart() -> None:
    assert canonicalize_guid("http://s.example/day.html#a080605") == "https://s.example/day.html#a080605"
    assert canonicalize_guid("https://s.example/news/1#0") == canonicalize_guid("https://s.example/news/1#3")
    assert canonicalize_guid("tag:s.example,2026:1") == "tag:s.example,2026:1"
