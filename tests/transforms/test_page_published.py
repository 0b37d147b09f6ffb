"""Which date of a page wins, and how one that is only shown to readers is read."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.transforms.test_extract_article import ENTRY, FEED, PAGE
from transforms.articles.extract_article import ExtractedArticle, extract_article, make_article
from transforms.records import Entry

FETCHED_AT = datetime(2026, 11, 27, tzinfo=UTC)
URL = "https://ledger.example/ports/crane-falls"
TEXT = "".join(
    f"<p>{line}</p>"
    for line in (
        "BERBERA - Two dock workers were hurt on Monday when a crane fell at the old quay, the port said.",
        "The crane had been out of use since a storm in the spring and was to be taken down, engineers said.",
        "Officials closed the quay for the rest of the day and asked ships to wait until the wreck was cleared.",
    )
)
TOLD = replace(
    ENTRY,
    title="Crane falls at old quay",
    published_at=datetime(2026, 9, 3, 20, 0, tzinfo=UTC),
    published_utc_offset_s=10_800,
)


def make_page(line: str = "", head: str = "", lang: str = "en", above: str = "") -> bytes:
    return (
        f"<!DOCTYPE html><html lang='{lang}'><head><meta charset='utf-8'><title>Crane falls at old quay</title>{head}"
        f"</head><body><nav><a href='/'>Home</a></nav><article>{above}<h1>Crane falls at old quay</h1>{line}"
        f"<div class='body'>{TEXT}</div></article><aside>1 January 2026</aside></body></html>"
    ).encode()


def extract(page: bytes, entry: Entry | None = None, country: str = "") -> ExtractedArticle:
    return extract_article(page, URL, FETCHED_AT, "text/html", entry, "", country)


def show(found: ExtractedArticle) -> str:
    if found.published_at is None:
        return "none"
    form = "%Y-%m-%d" if found.published_precision == "day" else "%Y-%m-%dT%H:%M%z"
    return f"{found.published_at:{form}}"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("<p class='date'>Sept. 4, 2026</p>", "2026-09-04"),
        ("<p>4 września 2026</p>", "2026-09-04"),
        ("<span>Posted: Sep. 4, 2026, 3:00 pm</span>", "2026-09-04"),
        ("<p>Updated 3:00 PM EDT, Fri September 4, 2026</p>", "2026-09-04T15:00-0400"),
        ("<div>By Ada Mbeki</div><div>4 September 2026 15:05 EAT</div>", "2026-09-04T15:05+0300"),
        ("<time>4 Sep 2026</time>", "2026-09-04"),
        ("<p>4 กันยายน 2569</p>", "2026-09-04"),
        ("<p>۱۳ شهریور ۱۴۰۵</p>", "2026-09-04"),
        ("<p>民國115年9月4日</p>", "2026-09-04"),
        ("<p>Updated 5 September 2026 | Published 4 September 2026</p>", "2026-09-04"),
        ("<p>Updated 5 September 2026</p><p>4 September 2026</p>", "2026-09-04"),
        ("<p>4 September</p>", "none"),
        ("<p>4 September 2031</p>", "none"),
        ("<p>4/9/2026</p>", "none"),
        ("<p>4/19/2026</p>", "2026-04-19"),
    ],
)
def test_a_date_near_the_headline_is_read(line: str, expected: str) -> None:
    assert show(extract(make_page(line))) == expected


def test_a_date_above_the_headline_is_read() -> None:
    assert show(extract(make_page(above="<p>4 September 2026</p>"))) == "2026-09-04"


@pytest.mark.parametrize(
    ("lang", "country", "line", "expected"),
    [
        ("en-US", "", "11/05/2026", "2026-11-05"),
        ("en-US", "KEN", "11/05/2026", "2026-11-05"),
        ("en-GB", "USA", "11/05/2026", "2026-05-11"),
        ("en", "USA", "10/11/2026 08:15 AM EST", "2026-10-11T08:15-0500"),
        ("en", "KEN", "10/11/2026 08:15 AM EAT", "2026-11-10T08:15+0300"),
        ("fr", "", "10/11/2026", "2026-11-10"),
        ("en", "", "10/11/2026", "none"),
        ("en", "", "12/11/2026", "2026-11-12"),  # read the other way it would lie ahead
    ],
)
def test_numbers_are_read_by_the_pages_language_then_by_the_outlets_country(
    lang: str, country: str, line: str, expected: str
) -> None:
    assert show(extract(make_page(f"<p>{line}</p>", lang=lang), country=country)) == expected


@pytest.mark.parametrize(
    "head",
    [
        "<meta name='date' content='9/4/2026'>",
        "<meta property='article:published_time' content='4/9/2026 15:00'>",
    ],
)
def test_marked_numbers_are_read_no_more_boldly(head: str) -> None:
    assert show(extract(make_page(head=head))) == "none"
    assert extract(make_page(head=head), country="USA").published_at is not None


def test_a_marked_date_beats_the_feeds_and_the_feeds_a_written_one() -> None:
    marked = "<meta property='article:published_time' content='2026-09-05T08:00:00+03:00'>"
    written = "<p>6 September 2026 09:00 EAT</p>"
    assert show(extract(make_page(written, marked), TOLD)) == "2026-09-05T08:00+0300"
    found = extract(make_page(written), TOLD)
    assert (show(found), found.published_source) == ("2026-09-03T20:00+0000", "feed published")
    assert (
        show(extract(make_page(written), replace(TOLD, published_trusted=False))) == "2026-09-06T09:00+0300"
    )
    assert show(extract(make_page(written))) == "2026-09-06T09:00+0300"


def test_microdata_in_the_text_is_marked() -> None:
    page = make_page("<span itemprop='datePublished'>September 4, 2026</span>")
    found = extract(page, TOLD)
    assert (show(found), found.published_source) == ("2026-09-04", "microdata datePublished")


def test_the_feed_settles_which_number_is_the_day() -> None:
    head = "<span itemprop='datePublished'>9/4/2026</span>"
    assert (
        show(extract(make_page(head), replace(TOLD, published_at=datetime(2026, 9, 4, tzinfo=UTC)))) != "none"
    )
    alone = extract(make_page(head))
    assert alone.published_at is None


def test_a_feeds_time_without_a_zone_gives_its_day_only() -> None:
    entry = replace(TOLD, published_utc_offset_s=None)
    found = extract(make_page(), entry)
    assert (show(found), found.published_precision) == ("2026-09-03", "day")
    marked = make_page(head="<meta name='date' content='2026-09-03'>")
    assert extract(marked, entry).published_precision == "day"
    assert extract(marked, TOLD).published_precision == "second"


@pytest.mark.parametrize(
    ("value", "entry", "offset_s"),
    [
        ("2026-09-04T08:00:00+03:00", None, 10_800),
        ("2026-09-04T05:00:00Z", None, 0),
        ("2026-09-04T05:00:00Z", TOLD, 10_800),  # UTC says nothing of the place, the feed does
        ("2026-09-04T08:00:00-04:00", TOLD, -14_400),
        ("1788498000", None, None),
        ("2026-09-04", None, None),
        ("2026-09-04T00:00:00+08:00", None, None),
        ("2026-09-04 08:00:00", None, None),
    ],
)
def test_the_offset_of_the_clock_is_kept(value: str, entry: Entry | None, offset_s: int | None) -> None:
    found = extract(make_page(head=f"<meta name='date' content='{value}'>"), entry)
    assert found.published_utc_offset_s == offset_s
    row = make_article(found, TOLD, PAGE, FEED)
    assert row.published_utc_offset_s == offset_s
    assert row.published_at is not None
    assert row.published_at.utcoffset() == UTC.utcoffset(None)


def test_another_date_of_the_page_tells_the_offset_of_one_in_utc() -> None:
    head = (
        "<meta property='article:published_time' content='2026-09-04T05:00:00Z'>"
        "<meta property='article:modified_time' content='2026-09-04T09:30:00+03:00'>"
    )
    assert extract(make_page(head=head)).published_utc_offset_s == 10_800


def test_dates_of_other_articles_are_not_this_ones() -> None:
    teasers = "".join(
        f"<div class='card'><span class='date'>{day} May 2026</span></div>" for day in range(1, 9)
    )
    page = make_page().replace(b"</body>", f"<div class='more'>{teasers}</div></body>".encode())
    assert show(extract(page)) == "none"
