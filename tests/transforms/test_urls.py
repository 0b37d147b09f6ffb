"""Canonical URLs: the same article is one, different articles stay two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.redirectors import unwrap_redirector
from transforms.urls import (
    canonicalize_guid,
    canonicalize_url,
    differ_in_tokens_only,
    is_web_url,
    make_absolute,
    read_link,
)

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
        "https://example.com/news/border-clash?PHPSESSID=1&id=7",
        "https://example.com/news/border-clash?id=7&sid=9f3ac81b22d09f3ac81b22d0&_=1764000000123",
        "https://example.com/(S(9f3ac81b22d09f3a))/news/border-clash?id=7",
        "https://example.com/news/border-clash?id=7&rnd=0.8273&cb=77&t=1764000000",
        "https://www.google.com/url?sa=t&url=https://example.com/news/border-clash?id%3D7",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.com%2Fnews%2Fborder-clash%3Fid%3D7&h=AT0",
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
        ("https://example.com/a?sid=123", "https://example.com/a?sid=124"),
        ("https://example.com/watch?v=dQw4w9WgXcQ", "https://example.com/watch?v=9bZkp7q19f0"),
        ("https://share.example/?url=https://example.com/a", "https://example.com/a"),
        ("https://example.com/search?t=news", "https://example.com/search?t=sport"),
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


@pytest.mark.parametrize(
    "url",
    ["https://a.example:99999/", "https://a.example:-1/", "https://a.example:x/", "http://[::1", "http://"],
)
def test_addresses_that_cannot_be_asked_for_are_none(url: str) -> None:
    assert not is_web_url(url)
    assert make_absolute("https://a.example/", url) in ("", "https://a.example/")
    assert read_link("https://a.example/", url) == ""
    assert canonicalize_url(url) == url


@pytest.mark.parametrize("base", ["", "http://[::1", "https://a.example:99999/", "\ud83d"])
@pytest.mark.parametrize(
    "text", ["www.a.example/1", "a.example/1", "N/A", "\ud83d", "https://a.example/1", "/x"]
)
def test_links_are_read_whatever_the_base(base: str, text: str) -> None:
    link = read_link(base, text)
    assert link == "" or is_web_url(link)


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("index.html", "https://quay.example/en/index.html"),
        ("story.pl?id=3", "https://quay.example/en/story.pl?id=3"),
        ("story.pl", "https://quay.example/en/story.pl"),
        ("news/story.com", "https://quay.example/en/news/story.com"),
        ("2026.11/1", "https://quay.example/en/2026.11/1"),
        ("gazeta.pl.example/1", "https://gazeta.pl.example/1"),
        ("nation.africa/kenya/1", "https://nation.africa/kenya/1"),
        ("elpais.com.co/1", "https://elpais.com.co/1"),
        ("quay.example:8080/1", "https://quay.example:8080/1"),
        ("новости.рф/1", "https://quay.example/en/новости.рф/1"),
        ("xn--b1aew.xn--p1ai/1", "https://xn--b1aew.xn--p1ai/1"),
        ("http:quay.example/1", "http://quay.example/1"),
        ("HTTPS//quay.example/1", "https://quay.example/1"),
        ("feed://quay.example/1", "http://quay.example/1"),
        ("<https://quay.example/1>", "https://quay.example/1"),
        ("https://quay.exam\u200bple/1", "https://quay.example/1"),
        ("javascript:void(0)", ""),
        ("tel:+49301234", ""),
        ("undefined", ""),
        ("none", ""),
        ("-", ""),
        ("#top", ""),
    ],
)
def test_what_a_feed_means_by_a_link(text: str, link: str) -> None:
    assert read_link("https://quay.example/en/", text) == link


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://www.google.com/amp/s/quay.example/1?id=7", "https://quay.example/1?id=7"),
        ("https://www.google.co.ke/amp/quay.example/1", "http://quay.example/1"),
        ("https://www.bing.com/amp/s/quay.example/1", "https://quay.example/1"),
        ("https://quay-example.cdn.ampproject.org/v/s/quay.example/1", "https://quay.example/1"),
        ("https://cdn.ampproject.org/c/s/quay.example/1", "https://quay.example/1"),
        ("https://www.google.com/amp/about", "https://www.google.com/amp/about"),
        ("https://quay.example/amp/s/other.example/1", "https://quay.example/amp/s/other.example/1"),
    ],
)
def test_a_page_that_a_search_engine_keeps_is_its_publishers(url: str, target: str) -> None:
    assert unwrap_redirector(url) == target


def test_a_redirector_that_leads_to_itself_ends() -> None:
    loop = "https://www.google.com/url?url=https://www.google.com/url"
    assert unwrap_redirector(loop) == "https://www.google.com/url"
    deep = "https://a.example/1"
    for _ in range(20):
        deep = f"https://exit.sc/?url={deep}"
    assert unwrap_redirector(deep)
    many = "https://www.google.com/url?" + "&".join(f"a{n}=1" for n in range(100_000))
    assert unwrap_redirector(many) == many


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/s/9f3ac81b22d0/x", "https://a.example/s/07bd11c4e5f6/x", True),
        ("https://a.example/x?q=1764000000", "https://a.example/x?q=1764000600", True),
        ("https://a.example/1", "https://a.example/2", False),
        ("https://a.example/123456", "https://a.example/123457", False),
        ("https://a.example/clash-at-border", "https://a.example/clash-kills-two", False),
        (
            "https://a.example/20261124/three-killed-20261124",
            "https://a.example/20261124/four-hurt-20261124",
            False,
        ),
        ("https://a.example/s/9f3ac81b22d0", "https://b.example/s/07bd11c4e5f6", False),
        ("", "", False),
    ],
)
def test_tokens_in_addresses(one: str, other: str, same: bool) -> None:
    assert differ_in_tokens_only(one, other) is same


LINKS = "www. //x http: feed: google.com/url?url= bing.com/ck/a?u=a1 news.google.com/articles/CBMi :99999 :-1"
LINKS += " \ud83d \\ N/A"
ANY_LINK = st.one_of(
    st.text(alphabet=st.characters()),
    st.lists(st.sampled_from([*PIECES.split(), *LINKS.split(), " ", "\n", "\x00"]), max_size=14).map("".join),
)


@given(ANY_LINK, ANY_LINK)
def test_no_link_raises(base: str, text: str) -> None:
    link = read_link(base, text)
    assert link == "" or is_web_url(link)
    assert isinstance(unwrap_redirector(text), str)
    assert isinstance(differ_in_tokens_only(base, text), bool)
    once = canonicalize_url(text)
    assert canonicalize_url(once) == once
