"""Which feed an address belongs to, and which hosts are a site's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.history.feed_hosts import FeedHosts, is_of_site, name_host, name_site
from ingest.history.sitemap import _find_home
from tests.ingest.history.listing_runs import make_feed


@pytest.mark.parametrize(
    ("url", "site", "home"),
    [
        ("https://Lakeside.example/feed", "lakeside.example", "https://lakeside.example"),
        ("http://www.lakeside.example:8080/feed", "lakeside.example", "http://www.lakeside.example:8080"),
        ("https://feeds.lakeside.example/x", "lakeside.example", "https://lakeside.example"),
        ("https://rss.lakeside.example./x?y#z", "lakeside.example", "https://lakeside.example"),
        ("https://user:pass@feed.lakeside.example/", "lakeside.example", "https://lakeside.example"),
        ("https://news.lakeside.example/", "news.lakeside.example", "https://news.lakeside.example"),
        ("https://www.example/", "www.example", "https://www.example"),
        ("https://feedsoflake.example/", "feedsoflake.example", "https://feedsoflake.example"),
        ("http://127.0.0.1:99/", "127.0.0.1", "http://127.0.0.1:99"),
        ("http://[2001:db8::1]:99/", "2001:db8::1", "http://[2001:db8::1]:99"),
        ("https://größe.example/", "xn--gre-6ka8i.example", "https://xn--gre-6ka8i.example"),
    ],
)
def test_a_site_is_a_host_without_what_stands_before_it(url: str, site: str, home: str) -> None:
    assert name_site(url) == site
    assert _find_home(url) == home


def test_an_address_belongs_to_the_nearest_host_above_it() -> None:
    whole, part, twin = (
        make_feed(url, number)
        for number, url in enumerate(
            (
                "https://www.lakeside.example/f",
                "https://sport.lakeside.example/f",
                "https://lakeside.example/g",
            )
        )
    )
    hosts = FeedHosts((whole, part, twin, make_feed("file:/x", 9)))
    assert hosts.find("http://lakeside.example/a") == whole
    assert hosts.find("https://politics.lakeside.example:444/a") == whole
    assert hosts.find("https://live.sport.lakeside.example/a") == part
    assert hosts.find("https://notlakeside.example/a") is None
    assert hosts.find("nonsense") is None
    assert hosts.by_site == {"lakeside.example": whole, "sport.lakeside.example": part}
    assert is_of_site("https://live.sport.lakeside.example/", "lakeside.example")
    assert not is_of_site("https://notlakeside.example/", "lakeside.example")
    assert not is_of_site("https://lakeside.example.evil.example/", "lakeside.example")
    assert not is_of_site("/a", "")


@given(st.text(max_size=60))
def test_any_text_has_a_host_or_none(text: str) -> None:
    for url in (text, f"https://{text}", f"https://{text}.example/"):
        host = name_host(url)
        assert host.isascii()
        assert FeedHosts([make_feed(url)]).find(url) is not None or not name_site(url)
