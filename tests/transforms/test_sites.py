"""Which site a feed is of, which hosts belong to it, and which feed an address belongs to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.history.sites import (
    FeedHosts,
    find_home,
    find_site,
    is_of_site,
    is_same_host,
    is_service,
    name_host,
)
from transforms.records import Feed


@pytest.mark.parametrize(
    ("url", "site", "home"),
    [
        ("https://Lakeside.example/feed", "lakeside.example", "https://lakeside.example"),
        ("http://www.lakeside.example:8080/feed", "lakeside.example", "http://www.lakeside.example:8080"),
        ("http://lakeside.example:80/feed", "lakeside.example", "http://lakeside.example"),
        ("https://feeds.lakeside.example/x", "lakeside.example", "https://lakeside.example"),
        ("https://RSS.lakeside.example./x?y#z", "lakeside.example", "https://lakeside.example"),
        ("https://xml.lakeside.example/x", "lakeside.example", "https://lakeside.example"),
        ("https://user:pass@feed.lakeside.example/", "lakeside.example", "https://lakeside.example"),
        ("https://news.lakeside.example/", "news.lakeside.example", "https://news.lakeside.example"),
        ("https://www.gov.uk/latest.atom", "www.gov.uk", "https://www.gov.uk"),
        ("https://www.lakeside.co.uk/rss", "lakeside.co.uk", "https://www.lakeside.co.uk"),
        ("https://www.example/", "www.example", "https://www.example"),
        ("https://rss.example/feed", "rss.example", "https://rss.example"),
        ("https://feedsoflake.example/", "feedsoflake.example", "https://feedsoflake.example"),
        ("http://127.0.0.1:99/", "127.0.0.1", "http://127.0.0.1:99"),
        ("http://[2001:db8::1]:99/", "2001:db8::1", "http://[2001:db8::1]:99"),
        ("https://größe.example/", "xn--gre-6ka8i.example", "https://xn--gre-6ka8i.example"),
        ("https://GRÖSSE\u3002example/", "xn--grsse-kua.example", "https://xn--grsse-kua.example"),
        ("file:x", "", ""),
        ("nonsense", "", ""),
    ],
)
def test_a_site_is_a_host_without_what_stands_before_it(url: str, site: str, home: str) -> None:
    feed = Feed("fd1-x", url, outlet="elsewhere.example")
    assert (find_site(feed), find_home(feed)) == (site, home)


@pytest.mark.parametrize(
    ("outlet", "site"),
    [
        ("www.dale.example", "dale.example"),
        ("https://dale.example/", "dale.example"),
        (" Feeds.Dale.example ", "dale.example"),
        ("Dale", ""),
        ("The Dale", ""),
        ("rss.app", ""),
        ("https://feeds.feedburner.com/", ""),
        ("", ""),
    ],
)
def test_of_a_feed_that_a_service_serves_the_outlet_is_the_site(outlet: str, site: str) -> None:
    for host in ("feeds.feedburner.com", "feedproxy.google.com", "rss.app"):
        feed = Feed("fd1-x", f"http://{host}/dale", outlet=outlet)
        assert is_service(feed.url)
        assert (find_site(feed), find_home(feed)) == (site, f"https://{site}" if site else "")
    assert not is_service("https://google.com/")


def test_an_address_belongs_to_the_nearest_host_above_it() -> None:
    whole, part, twin, served = (
        Feed(f"fd1-{number}", url, outlet="hill.example")
        for number, url in enumerate(
            (
                "https://www.lakeside.example/f",
                "https://sport.lakeside.example/f",
                "https://lakeside.example/g",
                "https://feeds.feedburner.com/hill",
            )
        )
    )
    hosts = FeedHosts((whole, part, twin, served, Feed("fd1-9", "file:/x")))
    assert hosts.find("http://lakeside.example/a") == whole
    assert hosts.find("https://politics.lakeside.example:444/a") == whole
    assert hosts.find("https://live.sport.lakeside.example/a") == part
    assert hosts.find("https://www.hill.example/a") == served
    assert hosts.find("https://feeds.feedburner.com/a") is None
    assert hosts.find("https://notlakeside.example/a") is None
    assert hosts.find("nonsense") is None
    assert list(hosts.by_site) == ["hill.example", "lakeside.example", "sport.lakeside.example"]


@pytest.mark.parametrize(
    ("url", "site", "is_own"),
    [
        ("https://live.sport.lakeside.example/", "lakeside.example", True),
        ("https://www.lakeside.example:8443/a", "lakeside.example", True),
        ("https://gov.uk/a", "www.gov.uk", True),
        ("https://council.gov.uk/a", "www.gov.uk", False),
        ("https://notlakeside.example/", "lakeside.example", False),
        ("https://lakeside.example.evil.example/", "lakeside.example", False),
        ("/a", "", False),
        ("/a", "lakeside.example", False),
    ],
)
def test_a_site_has_its_host_and_those_below(url: str, site: str, is_own: bool) -> None:
    assert is_of_site(url, site) == is_own


def test_one_host_is_itself_with_www() -> None:
    assert is_same_host("https://www.lakeside.example/a", "https://x.example/", "http://lakeside.example:80/")
    assert not is_same_host("https://sport.lakeside.example/", "https://lakeside.example/")
    assert not is_same_host("/a", "/b")


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_has_a_site_or_none(text: str, outlet: str) -> None:
    for url in (text, f"https://{text}", f"https://{text}.example/", f"https://feeds.feedburner.com/{text}"):
        feed = Feed("fd1-x", url, outlet=outlet)
        site = find_site(feed)
        assert name_host(url).isascii()
        assert site.isascii()
        assert bool(site) >= bool(find_home(feed))
        assert is_service(url) or is_of_site(url, site) == bool(site)
        assert (
            FeedHosts([feed]).find(f"https://{site}/") == (feed if site and ":" not in site else None)
            or ":" in site
        )
