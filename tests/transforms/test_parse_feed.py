"""Feeds of all formats, well-formed and not, to entries."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.paths import CASES, SHARED
from transforms.feeds.decode_feed import decode_feed, repair_xml
from transforms.feeds.parse_feed import parse_feed
from transforms.feeds.parsed_feed import FeedLink, NotAFeed, ParsedFeed

FEED_CASES = CASES / "feeds"
FEEDS = sorted(path for path in FEED_CASES.iterdir() if not path.name.endswith(".expected.json"))
REAL = SHARED / "real" / "feeds"
URL = "https://feeds.example/dir/feed"


def parse(body: bytes, content_type: str = "", url: str = URL) -> ParsedFeed:
    parsed = parse_feed(body, content_type, url)
    assert isinstance(parsed, ParsedFeed), parsed
    return parsed


def rss(items: str, channel: str = "") -> bytes:
    feed = f'<rss version="2.0"><channel><title>T</title>{channel}{items}</channel></rss>'
    return f'<?xml version="1.0"?>{feed}'.encode()


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.name)
def test_case(path: Path) -> None:
    expected = json.loads((FEED_CASES / f"{path.stem}.expected.json").read_text(encoding="utf-8"))
    found = json.loads(json.dumps(asdict(parse(path.read_bytes())), default=lambda value: value.isoformat()))
    found["entries"] = [
        {key: value for key, value in entry.items() if value not in ("", [], None)}
        for entry in found["entries"]
    ]
    assert found == expected


@pytest.mark.skipif(not REAL.is_dir(), reason="the real feeds are not on this machine")
@pytest.mark.parametrize("name", sorted(path.name for path in REAL.iterdir()) if REAL.is_dir() else [])
def test_real_feeds_lose_no_entry(name: str) -> None:
    body = (REAL / name).read_bytes()
    if name.endswith(".json"):
        document = json.loads(body)
        entries = document["rss"]["channel"]["item"] if "rss" in document else document["items"]
        count = len(entries)
    else:  # all of them are in encodings where these bytes mean the same
        bare = re.sub(rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->", b"", body, flags=re.DOTALL)
        count = len(re.findall(rb"</(?:item|entry)>", bare))
    parsed = parse(body)
    assert (len(parsed.entries), parsed.unreadable, parsed.problem) == (count, (), "")
    assert count > 0
    for entry in parsed.entries:
        assert entry.url.startswith("http"), entry
        assert entry.published_at is not None
        assert entry.published_source
        assert entry.title or entry.summary
        assert "\ufffd" not in entry.title + entry.summary


def test_a_header_names_the_encoding_that_the_body_does_not() -> None:
    body = rss("<item><title>Привет</title></item>").decode().encode("koi8-r")
    assert parse(body, "text/xml; charset=koi8-r").entries[0].title == "Привет"


def test_utf_8_wins_over_a_wrong_declaration() -> None:
    body = rss("<item><title>Orán – café</title></item>")
    assert parse(body, "text/xml; charset=iso-8859-1").entries[0].title == "Orán – café"


def test_iso_2022_jp_is_not_taken_for_ascii() -> None:
    body = rss("<item><title>日本</title></item>").decode().encode("iso-2022-jp")
    assert parse(body, "text/xml; charset=iso-2022-jp").entries[0].title == "日本"


def test_a_web_page_tells_which_feeds_it_advertises() -> None:
    page = b"""<!DOCTYPE html><html><head><title>News</title><base href="https://site.example/en/">
      <link rel="stylesheet" type="text/css" href="/s.css">
      <link rel="alternate" type="application/rss+xml" title="Comments" href="/comments.xml">
      <link rel="ALTERNATE" type="application/atom+xml; charset=utf-8" title="World  news" href="world.atom">
      <link rel="alternate" hreflang="fr" href="/fr/"></head><body><a href="/x.rss">RSS</a></body></html>"""
    found = parse_feed(page, "text/html", "https://site.example/")
    assert isinstance(found, NotAFeed)
    assert found.reason == "not_a_feed"
    assert found.advertised == (
        FeedLink("https://site.example/en/world.atom", "World news"),
        FeedLink("https://site.example/comments.xml", "Comments"),
    )


def test_a_page_without_feed_links_offers_what_looks_like_one() -> None:
    page = b'<html><a href="/about">About</a><a href="/rss/">Our feed</a><a href="x.xml">RSS</a></html>'
    found = parse_feed(page, "text/html", "https://site.example/")
    assert isinstance(found, NotAFeed)
    assert [link.url for link in found.advertised] == [
        "https://site.example/rss/",
        "https://site.example/x.xml",
    ]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "feed_unreadable"),
        (b" \r\n", "feed_unreadable"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [', "feed_unreadable"),
        (b"[1, 2]", "not_a_feed"),
        (b'{"a": 1}', "not_a_feed"),
        (b"<urlset><url><loc>https://a.example/</loc></url></urlset>", "not_a_feed"),
        (b"Not found", "not_a_feed"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not_a_feed"),
    ],
)
def test_what_is_no_feed(body: bytes, reason: str) -> None:
    found = parse_feed(body, "", URL)
    assert isinstance(found, NotAFeed)
    assert found.reason == reason
    assert found.detail


def test_an_empty_feed_is_a_feed() -> None:
    assert parse(rss("")).entries == ()
    assert parse(b'{"version": "https://jsonfeed.org/version/1.1", "items": []}').entries == ()


def test_relative_guids_stay_as_they_are_wherever_the_feed_lies() -> None:
    body = rss("<item><guid>12345</guid><title>A</title></item>")
    one, other = parse(body, url="https://a.example/feed"), parse(body, url="https://b.example/feed")
    assert one.entries[0].guid == other.entries[0].guid == "12345"
    assert one.entries[0].url == ""


def test_guids_of_any_scheme_are_kept() -> None:
    body = rss("<item><guid>urn:uuid:1225c695</guid><link>https://a.example/1</link></item>")
    assert parse(body).entries[0].guid == "urn:uuid:1225c695"


def test_a_bare_file_name_is_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "feed.xml"
    secret.write_bytes(rss("<item><title>on disk</title></item>"))
    assert isinstance(parse_feed(str(secret).encode(), "", URL), NotAFeed)


def test_an_entity_bomb_stays_small() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">\n' for n in range(1, 12))
    body = f'<?xml version="1.0"?>\n<!DOCTYPE rss [\n<!ENTITY l0 "ha">\n{laughs}]>\n' + rss(
        "<item><title>&l11;</title><link>https://a.example/1</link></item>"
    ).decode().removeprefix('<?xml version="1.0"?>')
    began = time.process_time()
    parsed = parse(body.encode())
    assert time.process_time() - began < 2
    assert len(parsed.entries) == 1
    assert len(parsed.entries[0].title) < 100


def test_a_wide_entity_stays_small() -> None:
    body = f'<!DOCTYPE rss [<!ENTITY w "{"x" * 50_000}">]>' + rss(
        f"<item><title>{'&w;' * 2_000}</title></item>"
    ).decode().removeprefix('<?xml version="1.0"?>')
    assert len(parse(body.encode()).entries[0].title) < 20_000


def test_files_are_not_read_through_entities(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("topsecret")
    body = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>' + rss(
        "<item><title>a &x;</title></item>"
    ).decode().removeprefix('<?xml version="1.0"?>')
    assert "topsecret" not in repr(parse(body.encode()))


def test_a_small_entity_of_the_feed_itself_is_filled_in() -> None:
    feed = b'<rss version="2.0"><channel><title>&pub;</title></channel></rss>'
    assert parse(b'<!DOCTYPE rss [<!ENTITY pub "Hill Post">]>' + feed).title == "Hill Post"


def test_an_entry_that_breaks_feedparser_is_told_and_the_others_are_read() -> None:
    breaking = '<item><title>b</title><gml:pos xmlns:gml="http://www.opengis.net/gml">1 2</gml:pos></item>'
    items = f"<item><title>a</title></item>{breaking}<item><title>c</title></item>"
    parsed = parse(rss(items, "<language>en</language>"))
    assert [entry.title for entry in parsed.entries] == ["a", "c"]
    assert len(parsed.unreadable) == 1
    assert (parsed.title, parsed.language) == ("T", "en")


def test_hostile_feeds_take_time_in_proportion() -> None:
    head = b'<rss version="2.0"><channel>'
    for body in (
        head + b"<![CDATA[" * 200_000,
        head + b"<!--" * 200_000,
        b"<!DOCTYPE [" * 100_000,
        b"<!DOCTYPE x [" + b"<!ENTITY a " * 100_000,
        head + b"<item><pubDate>" + b" " * 1_000_000 + b"</pubDate></item>",
        head + b"<item " + b" ".join(b'a%d="1"' % number for number in range(50_000)) + b"/>",
        b'{"items":' + b"[" * 500_000,
    ):
        began = time.process_time()
        parse_feed(body, "", URL)
        assert time.process_time() - began < 3, body[:60]


def measure(body: bytes) -> float:
    began = time.process_time()
    parse_feed(body, "", URL)
    return time.process_time() - began


MANY_NS = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:i="http://www.itunes.com/dtds/podcast-1.0.dtd"'


@pytest.mark.parametrize(
    "item",
    [
        lambda size: f"<author>{'a' * size}</author>",
        lambda size: f"<author>x<![CDATA[{'a' * size}]]></author>",
        lambda size: f"<dc:creator {MANY_NS}>{'a.' * (size // 2)}</dc:creator>",
        lambda size: f"<author>{('a' * 3_999 + ' ') * (size // 4_000)}</author>",
        lambda size: "".join(f"<category>c{n}</category>" for n in range(size // 10)),
        lambda size: f"<i:keywords {MANY_NS}>{','.join(f'k{n}' for n in range(size // 6))}</i:keywords>",
        lambda size: f"<description><![CDATA[{'<a>' * size}]]></description>",
        lambda size: "".join(f"<link>https://a.example/{n}</link>" for n in range(size // 20)),
    ],
    ids=["author", "CDATA", "creator", "words", "categories", "keywords", "tags", "links"],
)
def test_no_field_takes_more_than_its_share(item: Callable[[int], str]) -> None:
    small, large = (rss(f"<item><title>t</title>{item(size)}</item>") for size in (50_000, 200_000))
    measure(small)
    assert measure(large) < 8 * measure(small) + 0.5


def test_what_is_cut_is_the_field_alone() -> None:
    fields = f"<author>Ida {'a' * 9_999}</author>" + "".join(f"<category>c{n}</category>" for n in range(999))
    parsed = parse(
        rss(f"<item>{fields}<title>t</title></item><item><title>u</title><author>Bo</author></item>")
    )
    assert (parsed.problem, parsed.unreadable) == ("", ())
    first, second = parsed.entries
    assert (first.title, first.authors[0][:6], len(first.tags)) == ("t", "Ida aa", 100)
    assert (second.title, second.authors) == ("u", ("Bo",))


def test_short_fields_that_hold_other_elements_stay_whole() -> None:
    author = f"<author><name>Ida</name><about>{'a ' * 900}</about><email>i@q.example</email></author>"
    atom = (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>t</title>{author}<id>1</id></entry></feed>'
    )
    parsed = parse(atom.encode())
    assert parsed.problem == ""
    assert (parsed.entries[0].title, parsed.entries[0].authors) == ("t", ("Ida",))


def test_entries_over_the_limit_are_counted() -> None:
    items = "".join(
        f"<item><title>t{n}</title><description><![CDATA[<item>]]></description></item>" for n in range(9)
    )
    parsed = parse_feed(rss(items), "", URL, max_entries=4)
    assert isinstance(parsed, ParsedFeed)
    assert ([entry.title for entry in parsed.entries], parsed.left_out) == (["t0", "t1", "t2", "t3"], 5)
    assert (parsed.problem, parsed.unreadable) == ("", ())
    document = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": str(n)} for n in range(9)]}
    parsed = parse_feed(json.dumps(document).encode(), "", URL, max_entries=4)
    assert isinstance(parsed, ParsedFeed)
    assert (len(parsed.entries), parsed.left_out) == (4, 5)


@pytest.mark.parametrize(
    ("skip", "expected"),
    [
        (0, (["t0", "t1"], 0, 3)),
        (2, (["t2", "t3"], 2, 1)),
        (4, (["t4"], 4, 0)),
        (5, (["t0", "t1"], 0, 3)),  # the feed has become shorter than what was read of it
    ],
)
def test_reading_goes_on_behind_the_entries_that_were_read(
    skip: int, expected: tuple[list[str], int, int]
) -> None:
    items = "".join(f"<item><title>t{n}</title></item>" for n in range(5))
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"title": f"t{n}"} for n in range(5)],
    }
    for body in (rss(items), json.dumps(document).encode()):
        parsed = parse_feed(body, "", URL, max_entries=2, skip=skip)
        assert isinstance(parsed, ParsedFeed)
        assert ([entry.title for entry in parsed.entries], parsed.skipped, parsed.left_out) == expected


def test_a_dump_of_markup_loses_its_formatting_and_no_word() -> None:
    body = "<a href='x'>w</a> " * 30_000
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>t</title><id>1</id><content type="xhtml">'
        f'<div xmlns="http://www.w3.org/1999/xhtml">{body}</div></content></entry>'
        '<entry><title>u</title><id>2</id><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><b>w</b>'
        "</div></content></entry></feed>"
    )
    parsed = parse(atom.encode())
    assert parsed.problem == ""
    assert parsed.entries[0].content.count("w") == 30_000
    assert "<b>w</b>" in parsed.entries[1].content


def test_the_country_tells_what_a_zone_means() -> None:
    body = rss("<item><title>t</title><pubDate>Tue, 10 Nov 2026 09:30:00 IST</pubDate></item>")
    offsets = []
    for country in ("IND", "ISR", ""):
        parsed = parse_feed(body, "", URL, country=country)
        assert isinstance(parsed, ParsedFeed)
        offsets.append(parsed.entries[0].published_utc_offset_s)
    assert offsets == [19_800, 7_200, None]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(st.characters(), max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    )
)
def test_no_json_value_raises_or_leaves_half_a_character(value: object) -> None:
    names = "id url external_url title authors author tags date_published date_modified content_html summary language"
    item = dict.fromkeys(names.split(), value)
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": value,
        "items": [item, {"id": "good"}],
    }
    parsed = parse(json.dumps(document).encode())
    assert len(parsed.entries) + len(parsed.unreadable) == 2
    assert parsed.entries[-1].guid == "good"
    repr(parsed).encode()
    for entry in parsed.entries:
        "".join((entry.guid, entry.url, entry.title, entry.summary, entry.content, *entry.tags)).encode()


def test_deep_nesting_is_survived() -> None:
    parsed = parse_feed(rss("<item>" + "<b>" * 20_000 + "</b>" * 20_000 + "</item>"), "", URL)
    assert isinstance(parsed, ParsedFeed)


def test_an_unclosed_feed_keeps_what_came() -> None:
    whole = rss(
        "".join(f"<item><title>t{n}</title><link>https://a.example/{n}</link></item>" for n in range(50))
    )
    parsed = parse(whole[: len(whole) // 2])
    assert 20 <= len(parsed.entries) + len(parsed.unreadable) <= 26
    assert parsed.entries[10].title == "t10"


@given(st.binary(max_size=400))
def test_bytes_never_raise(body: bytes) -> None:
    parse_feed(body, "", URL)


@given(st.text(alphabet="<>&;/!?[]CDATAitementryrsschannel \n\"'=#x0", max_size=300))
def test_broken_markup_never_raises_or_loses_count(text: str) -> None:
    parsed = parse_feed(rss("<item><title>a</title></item>" + text), "", URL)
    if isinstance(parsed, ParsedFeed):
        assert len(parsed.entries) + len(parsed.unreadable) >= 1


@given(
    st.lists(
        st.text(alphabet=st.characters(exclude_categories=["C"], exclude_characters="<&>"), max_size=60),
        max_size=8,
    )
)
def test_titles_survive(titles: list[str]) -> None:
    dashed = [
        f"– {title}" for title in titles
    ]  # feedparser mends titles that are all Latin-1 and look like UTF-8
    parsed = parse(rss("".join(f"<item><title>{title}</title></item>" for title in dashed)))
    assert [entry.title for entry in parsed.entries] == [" ".join(title.split()) for title in dashed]


@given(st.text(max_size=200), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_decoding_gives_the_text_back(text: str, encoding: str) -> None:
    text = '<?xml version="1.0"?>' + text.encode("utf-8", "ignore").decode()
    assert decode_feed(text.encode(encoding), "") == text


def test_mending_leaves_good_xml_alone() -> None:
    good = '<a href="x?a=1&amp;b=2">&#8217;&lt;<![CDATA[a & b &nbsp; <i>]]></a>'
    assert repair_xml(good).partition("\n")[2] == good


def test_mending_mends() -> None:
    assert repair_xml("<a>x & y &nbsp; &bogus; &#0; &#x1F600;\x0b</a>").partition("\n")[2] == (
        "<a>x &amp; y \xa0 &amp;bogus;  &#x1F600;</a>"
    )
