"""Pages to articles: file pairs, what the feed adds, and the row for the warehouse."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.paths import CASES
from transforms.articles.extract_article import ExtractedArticle, extract_article, make_article
from transforms.records import Entry, Feed, Page

PAGE_CASES = CASES / "pages"
FETCHED_AT = datetime(2026, 3, 7, tzinfo=UTC)
WHOLE = "".join(
    f"<p>Paragraph {n} of the feed's own copy, which tells all of the story again.</p>" for n in range(12)
)

PAGE_WITH_DATE = (
    "<html lang=en><head><title>Bridge opens</title><meta property='og:type' content='article'>"
    "<meta property='article:published_time' content='2026-03-05T09:00:00+00:00'></head><body><article>"
    "<h1>Bridge opens</h1>" + "<p>The bridge over the river was opened on Thursday after three years.</p>" * 6
    + "</article></body></html>"
)  # fmt: skip
ENTRY = Entry(
    entry_id="en1-1",
    entry_version_id="ev1-1",
    article_id="ar1-1",
    feed_id="fd1-1",
    fetch_id="ft1-1",
    guid="1",
    url="https://news.example/1",
    canonical_url="https://news.example/1",
    title="The feed's title",
    authors=("By Ana Lind",),
    published_at=datetime(2026, 3, 5, 17, 30, tzinfo=UTC),
    published_source="published",
    published_trusted=True,
    updated_at=None,
    summary="Two lines of summary from the feed.",
    content="",
    language="en",
    tags=("World",),
    seen_at=FETCHED_AT,
    published_utc_offset_s=0,
)
PAGE = Page(
    entry_version_id="ev1-1",
    fetch_id="ft1-2",
    url="https://news.example/1",
    final_url="https://news.example/one",
    fetched_at=FETCHED_AT,
    content_type="text/html",
    warc_file="w",
    warc_offset=0,
)
FEED = Feed(feed_id="fd1-1", url="https://news.example/feed", title="News", outlet="The News", country="GBR")


def read_case(name: str) -> bytes:
    return (PAGE_CASES / f"{name}.html").read_bytes()


def extract(body: bytes | None, entry: Entry | None = None) -> ExtractedArticle:
    return extract_article(body, "https://news.example/world/story", FETCHED_AT, "text/html", entry)


def to_plain(found: ExtractedArticle) -> dict[str, object]:
    published = found.published_at.isoformat() if found.published_at else None
    return {
        "page_kind": found.page_kind,
        "title": [found.title, found.title_source],
        "authors": [list(found.authors), found.authors_source],
        "published_at": [published, found.published_precision, found.published_source],
        "modified_at": found.modified_at.isoformat() if found.modified_at else None,
        "section": [found.section, found.section_source],
        "language": [found.language, found.language_source],
        "text": found.text.split("\n") if found.text else [],
        "text_method": found.text_method,
    }


@pytest.mark.parametrize("page", sorted(PAGE_CASES.glob("*.html")), ids=lambda page: page.stem)
def test_pages_give_the_expected_articles(page: Path) -> None:
    expected = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    assert to_plain(extract(page.read_bytes())) == expected


def test_without_a_page_a_whole_feed_text_is_the_article() -> None:
    found = extract(None, replace(ENTRY, content=WHOLE))
    assert (found.page_kind, found.text_source, found.text_method) == ("article", "feed", "feed content")
    assert (
        found.text.split("\n")[0] == "Paragraph 0 of the feed's own copy, which tells all of the story again."
    )
    assert (found.title, found.title_source) == ("The feed's title", "feed")
    assert (found.authors, found.authors_source) == (("Ana Lind",), "feed")
    assert (found.published_at, found.published_source) == (ENTRY.published_at, "feed published")
    assert (found.section, found.section_source) == ("World", "feed")
    assert (found.language, found.language_source) == ("en", "feed")


def test_a_whole_text_counts_as_one_also_where_the_feed_calls_it_a_description() -> None:
    entry = replace(ENTRY, content="", summary="The council met until late in the night. " * 20)
    found = extract(None, entry)
    assert (found.page_kind, found.text_method) == ("article", "feed summary")


def test_without_a_page_a_line_that_invites_to_read_is_a_stub() -> None:
    found = extract(None, ENTRY)
    assert (found.page_kind, found.text_source) == ("stub", "feed")
    assert found.text == ENTRY.summary


def test_without_a_page_a_report_of_a_sentence_is_an_article() -> None:
    summary = (
        "Gunmen killed four traders on the road to Maroua on Tuesday, the governor of the region said. "
        "Two others were wounded."
    )
    found = extract(None, replace(ENTRY, content="", summary=summary))
    assert (found.page_kind, found.text_source, found.text) == ("article", "feed", summary)


@pytest.mark.parametrize("wall", ["consent_wall", "bot_check", "error_soft_404", "stub_paywall"])
def test_a_whole_feed_text_stands_in_for_a_page_that_is_no_article(wall: str) -> None:
    found = extract(read_case(wall), replace(ENTRY, content=WHOLE))
    assert (found.page_kind, found.text_source) == ("article", "feed")


@pytest.mark.parametrize(("wall", "kind"), [("consent_wall", "consent_wall"), ("bot_check", "bot_check")])
def test_a_summary_does_not_make_a_wall_an_article(wall: str, kind: str) -> None:
    found = extract(read_case(wall), ENTRY)
    assert (found.page_kind, found.text_source, found.text) == (kind, "feed", ENTRY.summary)
    assert found.title == "The feed's title", "nothing of the wall is kept"


def test_an_article_keeps_its_own_fields_over_the_feeds() -> None:
    found = extract(read_case("article_json_ld"), replace(ENTRY, content=WHOLE))
    assert found.text_source == "page"
    assert (found.title_source, found.authors_source) == ("json-ld headline", "json-ld")
    assert found.published_source == "json-ld datePublished"


def test_the_feed_gives_the_time_that_a_page_lacks() -> None:
    page = read_case("article_open_graph").replace(b"2026-03-03 14:05:00 +01:00", b"2026-03-05")
    found = extract(page, ENTRY)
    assert (found.published_at, found.published_precision) == (ENTRY.published_at, "second")
    assert found.published_source == "feed published"


def test_the_feed_settles_the_zone_of_a_zoneless_time() -> None:
    page = read_case("article_open_graph").replace(b"2026-03-03 14:05:00 +01:00", b"2026-03-05 20:30:12")
    alone = extract(page)
    assert (alone.published_precision, alone.published_at) == (
        "day",
        datetime(2026, 3, 5, 20, 30, 12, tzinfo=UTC),
    )
    found = extract(page, replace(ENTRY, published_at=datetime(2026, 3, 5, 17, 30, 12, tzinfo=UTC)))
    assert found.published_at is not None
    assert found.published_at.isoformat() == "2026-03-05T20:30:12+03:00"


def test_a_date_that_the_feed_does_not_trust_is_not_used() -> None:
    found = extract(None, replace(ENTRY, published_trusted=False))
    assert found.published_at is None


@pytest.mark.parametrize(
    ("fetched", "source", "counts"),
    [
        (datetime(2026, 3, 20, tzinfo=UTC), "date_gmt", "page"),  # soon: the page may have been dated better
        (datetime(2026, 9, 1, tzinfo=UTC), "date_gmt", "feed date_gmt"),  # the site may have moved meanwhile
        (datetime(2026, 9, 1, tzinfo=UTC), "url", "page"),
    ],
)
def test_a_page_dated_anew_long_after_it_was_announced_is_not_believed(
    fetched: datetime, source: str, counts: str
) -> None:
    page = PAGE_WITH_DATE.replace("2026-03-05", "2026-03-15").encode()
    entry = replace(ENTRY, published_source=source, published_utc_offset_s=0)
    found = extract_article(page, ENTRY.url, fetched, "text/html", entry)
    assert found.published_at == (
        ENTRY.published_at if counts != "page" else datetime(2026, 3, 15, 9, tzinfo=UTC)
    )
    assert found.published_source == counts or counts == "page"
    same = extract_article(PAGE_WITH_DATE.encode(), ENTRY.url, fetched, "text/html", entry)
    assert same.published_at == datetime(2026, 3, 5, 9, tzinfo=UTC)  # a day is one day, whoever says it


def test_other_character_sets_are_read() -> None:
    page = read_case("article_time_elements").decode().replace("<head>", '<head><meta charset="iso-8859-1">')
    found = extract(page.encode("windows-1252"))
    assert found.published_at is not None
    assert "ankündigte" not in found.text
    assert "kündigte Gespräche an" in found.text


def test_nesting_and_size_do_not_matter() -> None:
    paragraph = "<p>" + "A sentence about the day. " * 20 + "</p>"
    deep = "<html><body>" + "<div>" * 50_000 + paragraph + "</div>" * 50_000 + "</body></html>"
    assert extract(deep.encode()).page_kind in ("article", "stub")
    wide = "<html><body><h1>A very long page</h1>" + "<p>x</p>" * 70_000 + "</body></html>"
    assert extract(wide.encode()).text == ""


@given(st.binary(max_size=400))
def test_any_bytes_give_a_value(body: bytes) -> None:
    assert isinstance(extract(body), ExtractedArticle)
    assert isinstance(
        extract(b"<html><body><article>" + body + b"</article></body></html>"), ExtractedArticle
    )


def test_the_same_page_gives_the_same_row_whenever_it_is_made() -> None:
    found = extract(read_case("article_json_ld"), ENTRY)
    row = make_article(found, ENTRY, PAGE, FEED)
    assert row == make_article(extract(read_case("article_json_ld"), ENTRY), ENTRY, PAGE, FEED)
    assert (row.article_id, row.url, row.outlet, row.outlet_country) == (
        "ar1-1",
        "https://news.example/one",
        "The News",
        "GBR",
    )
    assert row.published_at == datetime(2026, 3, 2, 6, 15, tzinfo=UTC)
    assert row.published_at is not None
    assert row.published_at.utcoffset() == UTC.utcoffset(None)
    changed = make_article(replace(found, text=found.text + "\nMore."), ENTRY, PAGE, FEED)
    assert changed.article_version_id != row.article_version_id


def test_a_bare_date_keeps_its_day_in_utc() -> None:
    page = read_case("article_open_graph").replace(
        b"2026-03-03 14:05:00 +01:00", b"2026-03-03T00:00:00+08:00"
    )
    row = make_article(extract(page), replace(ENTRY, published_at=None), PAGE, FEED)
    assert (row.published_at, row.published_precision) == (datetime(2026, 3, 3, tzinfo=UTC), "day")


def test_a_page_full_of_stamped_entries_is_a_live_blog_whatever_its_name() -> None:
    entry = "<h3><span>{:02d}.15 Uhr:</span> Neue Angriffe</h3><p>Wieder wurde die Stadt beschossen.</p>"
    page = "<html><body><h1>Krieg im Norden</h1>" + "".join(map(entry.format, range(14))) + "</body></html>"
    assert extract(page.encode()).page_kind == "live_blog"


def test_a_byline_may_hold_the_time() -> None:
    page = read_case("article_cut_in_two").replace(
        b"</h1>", b'</h1><p class="byline">Sports Desk <time datetime="2026-03-05">5 March</time></p>'
    )
    assert extract(page).authors == ("Sports Desk",)
