"""The subscriptions file and OPML."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.feeds.opml import looks_like_opml, read_opml, write_opml
from ingest.feeds.subscriptions import (
    add_feeds,
    format_subscriptions,
    make_feed,
    read_subscriptions,
    repair_feed_url,
    write_subscriptions,
)
from tests.paths import ROOT
from transforms.errors import Permanent
from transforms.records import Feed

REAL = ROOT / ".." / "shared" / "real" / "opml"
FEEDS = [
    make_feed("https://a.example/feed", 'Quoted, "title"', "Outlet A", "KEN", "sw", ["africa/east", "x, y"]),
    make_feed("https://b.example/feed?a=1&b=2"),
    make_feed("https://c.example/ü", "Ünïcode & <b>", tags=["africa/east/deep", "africa"]),
]


def test_the_file_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "feeds.csv"
    write_subscriptions(path, FEEDS)
    assert read_subscriptions(path) == FEEDS
    assert [file.name for file in path.parent.iterdir()] == ["feeds.csv"]


def test_a_missing_file_holds_no_feeds(tmp_path: Path) -> None:
    assert read_subscriptions(tmp_path / "feeds.csv") == []


def test_a_file_made_by_hand_is_read(tmp_path: Path) -> None:
    path = tmp_path / "feeds.csv"
    path.write_text(
        "\ufeff# mine\nTitle , URL\n\nNews, https://a.example/feed \n,feed://b.example/x\n", encoding="utf-8"
    )
    assert [(feed.url, feed.title) for feed in read_subscriptions(path)] == [
        ("https://a.example/feed", "News"),
        ("http://b.example/x", ""),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("url,country\nhttps://a.example/,GB\n", "feeds.csv, line 2, column country: 'GB' is not an ISO"),
        (
            "url,language\nhttps://a.example/,eng\n",
            "line 2, column language: 'ENG'|line 2, column language: 'eng'",
        ),
        ("url\n\nhello world\n", "line 3, column url: 'hello world' is no http"),
        ("url\nhttps://a.example/\nhttps://a.example/\n", "line 3, column url: .* is in line 2 already"),
        ("url,colour\nhttps://a.example/,red\n", "line 1: the first line must name .*'colour'"),
        ("title\nhttps://a.example/\n", "line 1: the first line must name"),
        ("url,title\nhttps://a.example/,a,b\n", "line 2: 3 values for 2 columns"),
        ('url\n"https://a.example/\n', "not valid CSV"),
    ],
)
def test_a_broken_row_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "feeds.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Permanent, match=message):
        read_subscriptions(path)


def test_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "feeds.csv"
    path.write_bytes("url,title\nhttps://a.example/,Café\n".encode("latin-1"))
    with pytest.raises(Permanent, match="UTF-8"):
        read_subscriptions(path)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("example.org/feed", "https://example.org/feed"),
        ("feed:https://example.org/", "https://example.org/"),
        ("feed://example.org/", "http://example.org/"),
        (" HTTPS://Example.org/A ", "https://Example.org/A"),
        ("nonsense", "nonsense"),
    ],
)
def test_addresses_as_people_write_them(written: str, url: str) -> None:
    assert repair_feed_url(written) == url


def test_adding_keeps_what_is_there() -> None:
    again = make_feed(FEEDS[0].url, "Another title")
    feeds, added = add_feeds(FEEDS[:2], [again, FEEDS[2]])
    assert feeds == FEEDS
    assert added == [FEEDS[2]]


def test_the_starter_list_is_sound() -> None:
    path = ROOT / "seeds" / "feeds.csv"
    feeds = read_subscriptions(path)
    assert 35 <= len(feeds) <= 50
    assert all(
        feed.url.startswith("https://") and feed.title and feed.outlet and feed.language and feed.tags
        for feed in feeds
    )
    assert format_subscriptions(feeds) == path.read_text(encoding="utf-8")


TEXT = st.text(alphabet=st.characters(exclude_categories=["C"]), max_size=12)
ANY_FEEDS = st.lists(
    st.builds(
        make_feed,
        url=st.from_regex(r"https://[a-z]{1,6}\.example/[a-z?&=%;,\"']{0,9}", fullmatch=True),
        title=TEXT,
        outlet=TEXT,
        country=st.sampled_from(["", "KEN"]),
        language=st.sampled_from(["", "en"]),
        tags=st.lists(
            st.one_of(TEXT, st.sampled_from(["a", "a/b", "a/b/c", "a,b", "50%", "%2C"])), max_size=3
        ),
    ),
    max_size=6,
    unique_by=lambda feed: feed.url,
)


@given(ANY_FEEDS)
def test_both_formats_give_every_feed_back(feeds: list[Feed]) -> None:
    found, problems = read_opml(write_opml(feeds), "x.opml")
    assert not problems
    by_url = {feed.url: feed for feed in found}
    assert by_url == {feed.url: feed for feed in feeds}


@given(ANY_FEEDS)
def test_csv_gives_every_feed_back(tmp_path_factory: pytest.TempPathFactory, feeds: list[Feed]) -> None:
    path = tmp_path_factory.mktemp("csv") / "feeds.csv"
    write_subscriptions(path, feeds)
    assert read_subscriptions(path) == feeds


OPML = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><!-- <outline xmlUrl="https://no.example/"/> --><title>Subs</title></head><body>
  <outline text="Africa">
    <outline title="Sudan &amp; Chad">
      <outline text="Dabanga" XMLURL="https://a.example/feed" language="en-us" category="/radio/,news"/>
    </outline>
    <outline text="Bad" xmlUrl="javascript:alert(1)"/>
  </outline>
  <outline text="Again" xmlUrl="https://a.example/feed"/>
  <outline xmlUrl="https://b.example/?a=1&b=2"/>
  <outline text="Empty folder"/>
</body></opml>"""


def test_opml_as_it_is_met() -> None:
    feeds, problems = read_opml(OPML.encode(), "subs.opml")
    assert feeds == [
        make_feed(
            "https://a.example/feed", "Dabanga", language="en", tags=["Africa/Sudan & Chad", "radio", "news"]
        ),
        make_feed("https://b.example/?a=1&b=2"),
    ]
    assert problems == ["subs.opml:7: url: 'javascript:alert(1)' is no http(s) address"]


def test_a_truncated_opml_is_used_and_told() -> None:
    feeds, problems = read_opml(OPML.encode()[: OPML.index("Again")], "subs.opml")
    assert [feed.url for feed in feeds] == ["https://a.example/feed"]
    assert "; read as far as it could be" in problems[0]


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"url,title\n", b"\x00\x01"])
def test_what_is_no_opml(body: bytes) -> None:
    with pytest.raises(Permanent, match="not OPML"):
        read_opml(body, "x")


def test_opml_entities_are_not_expanded(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("topsecret")
    body = f"""<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
      <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
      <!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">
      <!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;"><!ENTITY x SYSTEM "file://{tmp_path}/secret">]>
      <opml><body>&x;&g;<outline text="&g;" xmlUrl="https://a.example/"/></body></opml>"""
    try:
        feeds, _ = read_opml(body.encode(), "x")
    except Permanent:
        return
    assert "topsecret" not in repr(feeds)
    assert all(len(feed.title) < 1_000_000 for feed in feeds)


def test_an_address_with_a_password_is_refused_and_the_password_not_repeated() -> None:
    with pytest.raises(
        Permanent, match=r"https://a\.example:8443/feed\?x=1 was given with a user"
    ) as refused:
        make_feed("https://me:pass%20word@a.example:8443/feed?x=1")
    assert "pass" not in str(refused.value)


def test_telling_opml_from_csv() -> None:
    assert looks_like_opml(OPML.encode())
    assert not looks_like_opml(b"url,title\nhttps://a.example/,A\n")


@pytest.mark.skipif(not REAL.is_dir(), reason="the real lists are not on this machine")
@pytest.mark.parametrize("name", ["Subs.opml", "SubsNoTitleAttributes.opml"])
def test_real_lists_round_trip(name: str, tmp_path: Path) -> None:
    body = (REAL / name).read_bytes()
    feeds, problems = read_opml(body, name)
    assert (len(feeds), problems) == (body.count(b"xmlUrl="), [])
    assert all(feed.title for feed in feeds)
    assert {feed.tags for feed in feeds if feed.tags} == {
        ("Programming",),
        ("Macintosh",),
        ("Weblogs",),
        ("Writers",),
    }
    assert read_opml(write_opml(feeds), "out.opml") == (feeds, [])
    write_subscriptions(tmp_path / "feeds.csv", feeds)
    assert read_subscriptions(tmp_path / "feeds.csv") == feeds
