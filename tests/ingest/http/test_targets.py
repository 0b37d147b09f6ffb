"""Addresses read by a pattern are what httpx makes of them."""

import string

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.http.targets import NoTarget, Target

PIECES = st.lists(
    st.sampled_from(["http", "https", "://", "a.example", "127.0.0.1", "256.1.1.1", "1.2.3", "xn--a", "A.B", "[::1]",
                     ":", "80", "443", "8080", "99999", "0", "/", "/x", "/.", "/..", ".", "?", "?q=1", "&", "%41", "%",
                     "#top", "u:p@", "\u00fc", " ", "\\", "-", "_", "~", "//"]),
    max_size=8,
).map("".join)  # fmt: skip
USUAL = st.builds(
    "{}://{}.example{}/{}{}".format,
    st.sampled_from(["http", "https"]),
    st.text(string.ascii_lowercase + string.digits + "-", min_size=1, max_size=5),
    st.sampled_from(["", ":80", ":443", ":8080", ":65535", ":65536"]),
    st.text(string.ascii_letters + "/._-~", max_size=8),
    st.sampled_from(["", "?a=b", "?a=b&c=1.2/3"]),
)


@given(PIECES | USUAL)
def test_the_pattern_reads_what_httpx_reads(text: str) -> None:
    try:
        url = httpx.URL(text.strip()).copy_with(fragment=None, userinfo=b"")
    except Exception:
        url = httpx.URL("")
    fine = url.scheme in ("http", "https") and url.raw_host and (url.port is None or 0 < url.port < 65_536)
    if not fine:
        with pytest.raises(NoTarget):
            Target.read(text)
        return
    target = Target.read(text)
    assert target == Target(str(url), url.scheme, url.raw_host.decode("ascii"), url.port, url.raw_path)
    assert target.authority == url.netloc


def test_where_a_redirect_leads() -> None:
    target = Target.read("https://a.example/news/feed")
    assert target.join("/new#top") == "https://a.example/new"
    assert target.join("http://u:p@b.example") == "http://b.example"
    assert target.join("next?x=1") == "https://a.example/news/next?x=1"
    with pytest.raises(NoTarget):
        target.join("http://a.example:port/")
