"""The source `wayback`: snapshots of a feed, what they say of the days between, and captures of pages without any."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.history import wayback
from ingest.history.protocol import HistoryAccess, HistoryRequest, HistoryWindow
from ingest.history.sources import open_source
from ingest.history.wayback import FeedCopy, WaybackSource, list_copies
from ingest.history.wayback_index import ArchivedRow
from tests.ingest.history.asking import check_every_cursor
from tests.ingest.history.wayback_asking import (
    FEED,
    RSS,
    at,
    days_of,
    discover,
    give_access,
    link,
    make_feed,
    plan,
    snapshot,
    want,
)
from tests.loopback import Reply
from tests.web_archive import Archived, WebArchive
from transforms.errors import Permanent, Transient
from transforms.history.records import Capture, WindowEnd
from transforms.records import Feed

DAILY = [snapshot(f"202403{day:02}12", range(max(1, day - 4), day + 1)) for day in range(1, 32)]
"""A feed of five entries, one new a day, captured every noon of March."""


@pytest.fixture
def archive() -> Iterator[WebArchive]:
    with WebArchive(DAILY) as archive:
        yield archive


@pytest.fixture
def access(tmp_path: Path, archive: WebArchive) -> HistoryAccess:
    return give_access(tmp_path, archive.settings())


def the_window(access: HistoryAccess, first: str = "2024-03-01", last: str = "2024-03-31") -> HistoryWindow:
    [window] = plan(access, want(first, last))
    return window


def test_the_registry_knows_the_source() -> None:
    assert isinstance(open_source("wayback"), WaybackSource)


def test_one_question_to_the_index_plans_all_months(access: HistoryAccess, archive: WebArchive) -> None:
    archive.captures += [snapshot(f"20240405{hour}", [30, 31]) for hour in (10, 11)]
    archive.captures += [snapshot("2024041012", [2, 3], 4), snapshot("2024022012", [19, 20], 2)]
    windows = plan(access, want("2024-02-10", "2024-04-08"))
    assert [(one.name, one.first_day, one.last_day) for one in windows] == [
        ("fd1-tern-2024-02-10", date(2024, 2, 10), date(2024, 2, 29)),
        ("fd1-tern-2024-03-01", date(2024, 3, 1), date(2024, 3, 31)),
        ("fd1-tern-2024-04-01", date(2024, 4, 1), date(2024, 4, 8)),
    ]
    assert len(archive.requests) == 1
    assert "from=20240110000000&to=20240422235959" in archive.requests[0].path
    # its own days, the last before and the first after
    stamps = [[item.address.partition("/web/")[2][:8] for item in one.items] for one in windows]
    assert stamps[0] == ["20240220", "20240301"]
    assert stamps[1] == ["20240220", *[f"202403{day:02}" for day in range(1, 32)], "20240405"]
    assert stamps[2] == ["20240331", "20240405", "20240410"]
    for one in windows:
        assert (one.feed_id, one.count, one.requests) == ("fd1-tern", None, len(one.items))
        assert one.items[0].name == FEED.url
    assert plan(access, want("2024-02-10", "2024-04-08")) == windows


def test_a_window_whose_snapshots_have_changed_has_other_facts(
    access: HistoryAccess, archive: WebArchive
) -> None:
    before = the_window(access)
    archive.captures.append(snapshot("2024030514", [4, 5]))
    assert the_window(access).facts != before.facts
    assert the_window(access).name == before.name


def test_the_same_snapshot_is_read_once(access: HistoryAccess, archive: WebArchive) -> None:
    archive.captures += [snapshot("2024030313", range(1, 4)), snapshot("2024030315", range(1, 4))]
    archive.captures += [snapshot("2024030614", range(1, 3))]  # as on the second
    items = the_window(access).items
    assert len(items) == 31
    assert len({item.address for item in items}) == 31


def test_revisits_count_and_errors_do_not(access: HistoryAccess, archive: WebArchive) -> None:
    archive.captures = [
        snapshot("2024030112", [1], is_revisit=True),
        snapshot("2024030212", [1, 2], status=404),
        snapshot("2024030312", [2, 3]),
    ]
    stamps = [item.address.partition("/web/")[2][:14] for item in the_window(access).items]
    assert stamps == ["20240301120000", "20240303120000"]


def test_a_month_with_very_many_snapshots_is_split(
    access: HistoryAccess, archive: WebArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wayback, "MOST_SNAPSHOTS", 10)
    archive.captures += [snapshot(f"20240320{hour:02}", [hour]) for hour in range(13, 24)]
    windows = plan(access, want())
    days = [(one.first_day, one.last_day) for one in windows]
    assert days[0][0] == date(2024, 3, 1)
    assert days[-1][1] == date(2024, 3, 31)
    for (_, end), (begin, _) in pairwise(days):
        assert begin and end and (begin - end).days == 1
    assert [len(one.items) for one in windows if one.first_day == date(2024, 3, 20)] == [14]
    assert all(len(one.items) <= 12 for one in windows if one.first_day != date(2024, 3, 20))
    assert len({one.name for one in windows}) == len(windows)


def test_a_snapshot_becomes_an_answer_of_the_live_feed(access: HistoryAccess, archive: WebArchive) -> None:
    found = discover(access, want(), the_window(access))
    exchanges = found.exchanges
    assert len(exchanges) == 31
    fetch = exchanges[4].fetch
    assert (fetch.kind, fetch.outcome, fetch.feed_id) == ("feed", "ok", FEED.feed_id)
    assert (fetch.url, fetch.final_url) == (FEED.url, FEED.url)
    assert fetch.requested_at == at("2024-03-05T12:00")
    assert fetch.archive_url == f"{archive.replay_url}/20240305120000id_/http://tern.example/feed"
    assert fetch.content_type == RSS
    assert fetch.warc_file == ""
    assert exchanges[4].body == make_feed(range(1, 6))
    assert "etag" not in exchanges[4].headers


def test_each_entry_is_one_candidate_with_its_nearest_capture(
    access: HistoryAccess, archive: WebArchive
) -> None:
    candidates = discover(access, want(), the_window(access)).candidates
    assert [one.url for one in candidates] == [link(day) for day in range(1, 32)]
    one = candidates[4]
    assert one.published_at == at("2024-03-05T08:00")
    assert (one.feed_id, one.source, one.published_source) == (FEED.feed_id, "wayback", "pubDate")
    assert one.published_utc_offset_s == 0
    assert one.not_after == at("2024-03-05T12:00")
    assert one.title == "Ferry 3-5 sails again"
    assert one.captures == (Capture("replay", f"{archive.replay_url}/20240305080000id_/{link(5)}"),)


def test_entries_outside_the_days_wanted_are_no_candidates(access: HistoryAccess) -> None:
    wanted = want("2024-03-10", "2024-03-12")
    [window] = plan(access, wanted)
    found = discover(access, wanted, window)
    assert [one.url for one in found.candidates] == [link(day) for day in (10, 11, 12)]
    assert len(found.exchanges) == 5


def test_links_with_what_tracks_readers_are_asked_for_in_both_spellings(
    access: HistoryAccess, archive: WebArchive
) -> None:
    body = make_feed([5]).replace(b"again</link>", b"again/?utm_source=rss&amp;id=7</link>")
    archive.captures = [snapshot("2024030512", [], body=body)]
    [one] = discover(access, want(), the_window(access)).candidates
    assert one.url == f"{link(5)}/?utm_source=rss&id=7"
    assert [capture.address.partition("id_/")[2] for capture in one.captures] == [
        one.url,
        "https://tern.example/ferry-3-5-sails-again?id=7",
    ]


def test_entries_without_a_date_or_a_page(access: HistoryAccess, archive: WebArchive) -> None:
    body = make_feed([5, 6]).replace(b"05 Mar 2024", b"05 Mar 2031").replace(link(6).encode(), b"")
    archive.captures = [snapshot("2024030512", [], body=body)]
    [one] = discover(access, want(), the_window(access)).candidates
    assert (one.url, one.published_at, one.published_source) == (link(5), None, "")
    assert "/20240305120000id_/" in one.captures[0].address


def test_days_between_snapshots_that_share_entries_are_complete(access: HistoryAccess) -> None:
    wanted = want("2024-03-01", "2024-04-10")
    march, *_ = plan(access, wanted)
    end = discover(access, wanted, march).end
    days = days_of(end)
    assert days == {"01": "partial", **{f"{day:02}": "complete" for day in range(2, 31)}, "31": "partial"}
    assert end.state == "partial"
    assert end.days[4].evidence == "copies of the feed that share entries"
    assert {one.feed_id for one in end.days} == {FEED.feed_id}


def test_the_snapshots_at_the_borders_make_the_outer_days_complete(access: HistoryAccess) -> None:
    wanted = want("2024-03-10", "2024-03-20")
    [window] = plan(access, wanted)
    end = discover(access, wanted, window).end
    assert set(days_of(end).values()) == {"complete"}
    assert end.state == "complete"
    assert end.expected is None


def test_a_gap_is_said_with_both_snapshots(access: HistoryAccess, archive: WebArchive) -> None:
    archive.captures = [one for one in DAILY if not "20240310" < one.timestamp < "20240320"]
    end = discover(access, want(), the_window(access)).end
    days = days_of(end)
    # the snapshot of the 9th shows all until its noon; that of the 20th all from the 16th on
    assert [day for day, state in days.items() if state == "gap"] == [f"{day:02}" for day in range(9, 17)]
    assert days["17"] == "complete"
    assert end.state == "gap"
    assert end.days[11].evidence == (
        "the snapshot of 2024-03-09 12:00 and the snapshot of 2024-03-20 12:00 share no entry: what was published "
        "between 2024-03-09 08:00, the newest in the one, and 2024-03-16 08:00, the oldest in the other, may be lost"
    )


def test_days_before_the_first_and_after_the_last_snapshot_are_unknown(
    access: HistoryAccess, archive: WebArchive
) -> None:
    archive.captures = [one for one in DAILY if "20240310" < one.timestamp < "20240320"]
    days = days_of(discover(access, want(), the_window(access)).end)
    assert {day for day, state in days.items() if state == "unknown"} == {
        *(f"{day:02}" for day in range(1, 6)),
        *(f"{day:02}" for day in range(20, 32)),
    }
    assert (days["06"], days["07"], days["18"], days["19"]) == ("partial", "complete", "complete", "partial")


def test_a_quiet_feed_is_known_as_long_as_it_was_captured(access: HistoryAccess, archive: WebArchive) -> None:
    archive.captures = [snapshot(f"202403{day:02}12", [1, 2, 3]) for day in range(4, 25)]
    window = the_window(access)
    assert len(window.items) == 1
    days = days_of(discover(access, want(), window).end)
    assert days["23"] == "complete"
    assert days["25"] == "unknown"


def test_an_entry_that_a_feed_always_shows_is_no_evidence(access: HistoryAccess, archive: WebArchive) -> None:
    pinned = make_feed([1], 1).partition(b"<item>")[2].partition(b"</channel>")[0]
    archive.captures = [
        snapshot(one, [], body=make_feed(numbers).replace(b"</channel>", b"<item>" + pinned + b"</channel>"))
        for one, numbers in (("2024030512", range(3, 6)), ("2024032012", range(18, 21)))
    ]
    days = days_of(discover(access, want(), the_window(access)).end)
    assert days["02"] == "unknown"
    assert days["10"] == "gap"


def test_a_stopped_window_goes_on_at_its_mark_and_ends_the_same(
    access: HistoryAccess, archive: WebArchive
) -> None:
    archive.captures = [one for one in DAILY if not "20240310" < one.timestamp < "20240320"]
    window = the_window(access)
    whole = check_every_cursor(WaybackSource(), window, want(), access)
    for count in (1, 5, 9, 10, len(window.items)):
        asked = len(archive.replay_requests)
        discover(access, want(), window, whole.cursors[count - 1])
        assert len(archive.replay_requests) - asked == len(window.items) - count


def test_a_snapshot_that_cannot_be_had_is_an_exchange_and_no_evidence(
    access: HistoryAccess, archive: WebArchive
) -> None:
    window = the_window(access)
    archive.captures = [
        Archived(one.url, one.timestamp, b"busy", 503) if one.timestamp[6:8] in ("05", "06") else one
        for one in DAILY
        if one.timestamp[6:8] != "08"
    ]
    archive.captures[-1] = Archived(DAILY[-1].url, DAILY[-1].timestamp, b"<html>A page</html>")
    found = discover(access, want(), window)
    failed = [one.fetch for one in found.exchanges if one.fetch.outcome != "ok"]
    assert [(one.outcome, one.status) for one in failed[:2]] == [("http_error", 503)] * 2
    assert failed[2].error == "the archive shows the snapshot of 2024-03-07 12:00 in its place"
    assert failed[2].requested_at == at("2024-03-08T12:00")
    assert len({one.fetch.fetch_id for one in found.exchanges}) == 31
    end = found.end
    assert end.evidence == "31 snapshots of the feed, 4 of them unreadable"
    assert days_of(end)["06"] == "complete"
    assert days_of(end)["31"] == "unknown"


def test_an_archive_that_is_down_leaves_the_window_open(
    access: HistoryAccess, archive: WebArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = the_window(access)
    cursor = discover(access, want(), window, marks=3).cursors[-1]
    archive.replay_faults = [Reply(429)] * 4
    with pytest.raises(Transient, match="nothing is lost"):
        discover(access, want(), window, cursor)
    assert discover(access, want(), window, cursor).end


def test_a_throttled_index_and_replay_are_waited_for(access: HistoryAccess, archive: WebArchive) -> None:
    archive.index_faults = [Reply(429)]
    archive.replay_faults = [Reply(429), Reply(503)]
    assert len(discover(access, want(), the_window(access)).exchanges) == 31


def test_an_excluded_site_is_one_window_that_says_so(access: HistoryAccess, archive: WebArchive) -> None:
    archive.excluded = {"tern.example"}
    window = the_window(access)
    assert (window.name, window.requests, window.items) == ("fd1-tern-2024-03-01-excluded", 0, ())
    asked = len(archive.requests)
    assert discover(access, want(), window) == [
        WindowEnd("excluded", None, "127.0.0.1 does not show this site (HTTP 403)")
    ]
    assert len(archive.requests) == asked


def test_a_site_that_is_excluded_later_ends_the_window(access: HistoryAccess, archive: WebArchive) -> None:
    window = the_window(access)
    archive.excluded = {"tern.example"}
    found = discover(access, want(), window)
    assert found.end.state == "excluded"
    assert found.end.evidence == "the archive does not show this site, as its owner asked"
    [exchange] = found.exchanges
    assert exchange.fetch.outcome == "refused"


def test_pywb_speaks_another_dialect(tmp_path: Path) -> None:
    with WebArchive(DAILY, "pywb") as archive:
        access = give_access(tmp_path, archive.settings())
        found = discover(access, want(), the_window(access))
        assert len(found.exchanges) == len(found.candidates) == 31
        archive.captures = []
        assert plan(access, want()) == []


def test_a_feed_that_nobody_captured_gives_nothing(access: HistoryAccess, archive: WebArchive) -> None:
    archive.captures = []
    assert plan(access, want()) == []
    assert len(archive.requests) == 2


PAGES = [
    Archived("http://www.tern.example:80/2024/03/05/ferry-sails", "20240306100000", b"a"),
    Archived("http://tern.example/2024/03/05/ferry-sails", "20240307100000", b"a"),
    Archived("https://www.tern.example/2024/03/05/ferry-sails?utm_source=feed", "20240308100000", b"a"),
    Archived("http://tern.example/ferry-waits-for-tide", "20240309100000", b"b"),
    Archived("http://tern.example/2024/02/28/harbour-closed", "20240302100000", b"c"),
    Archived("http://tern.example/2024/03/31/pier-open", "20240412100000", b"d"),
    Archived("http://tern.example/late-find", "20240411100000", b"e"),
    Archived("http://tern.example/", "20240305100000", b"f"),
    Archived("http://tern.example/tag/ferries", "20240305100000", b"g"),
    Archived("http://tern.example/2024/03/06/gone", "20240306100000", b"h", 404),
    Archived("http://tern.example/2024/03/06/chart", "20240306100000", b"i", mime="image/png"),
    Archived("http://ships.example/2024/03/06/other", "20240306100000", b"j"),
]


def test_without_snapshots_captures_of_pages_are_candidates(
    access: HistoryAccess, archive: WebArchive
) -> None:
    archive.captures = PAGES
    wanted = want("2024-03-01", "2024-04-10")
    windows = plan(access, wanted)
    assert [one.name for one in windows] == ["fd1-tern-2024-03-01-pages", "fd1-tern-2024-04-01-pages"]
    assert len(archive.requests) == 2
    march, april = (discover(access, wanted, one) for one in windows)
    assert [one.url for one in march.candidates] == [
        "http://www.tern.example/2024/03/05/ferry-sails",
        "http://tern.example/2024/03/31/pier-open",
        "http://tern.example/ferry-waits-for-tide",
    ]
    assert [one.url for one in april.candidates] == ["http://tern.example/late-find"]
    first = march.candidates[0]
    place = f"{archive.replay_url}/20240306100000id_/http://www.tern.example:80/2024/03/05/ferry-sails"
    assert first.captures == (Capture("replay", place, at("2024-03-06T10:00")),)
    assert (first.published_at, first.not_after) == (None, at("2024-03-06T10:00"))
    assert march.end == WindowEnd("partial", None, "captures of pages, not a list of articles")
    [listing] = march.exchanges
    assert (listing.fetch.kind, listing.fetch.outcome) == ("listing", "ok")
    assert not archive.replay_requests


def test_pages_are_read_on_from_a_mark(access: HistoryAccess, archive: WebArchive) -> None:
    archive.captures = [
        Archived(f"http://tern.example/2024/03/{day:02}/story-{day}", f"202403{day:02}120000", b"x")
        for day in range(1, 32)
    ]
    archive.most_rows = 4
    archive.widest_days = 20
    window = the_window(access)
    whole = check_every_cursor(WaybackSource(), window, want(), access)
    assert len(whole.candidates) == 31
    assert whole.exchanges[0].fetch.status == 504


def test_an_index_of_pages_that_does_not_end_gives_what_it_gave(
    access: HistoryAccess, archive: WebArchive
) -> None:
    archive.captures = PAGES
    window = the_window(access)
    archive.most_rows = 1
    archive.repeats_key = True
    end = discover(access, want(), window).end
    assert end.state == "partial"
    assert "repeats itself" in end.evidence
    archive.excluded = {"tern.example"}
    assert discover(access, want(), window).end.state == "excluded"


def test_a_cut_answer_of_the_index_leaves_the_window_open(access: HistoryAccess, archive: WebArchive) -> None:
    archive.captures = PAGES
    window = the_window(access)
    archive.index_faults = [Reply(body=b'[["urlkey", "timestamp"], ["a", ')]
    with pytest.raises(Transient, match="cut short"):
        discover(access, want(), window)


@pytest.mark.parametrize(
    ("feed", "host"),
    [
        ("https://www.tern.example/feed", "tern.example"),
        ("https://feeds.tern.example/news/rss.xml", "tern.example"),
        ("http://127.0.0.1:8080/feed", "127.0.0.1:8080"),
        ("https://rss.example/feed", "rss.example"),
    ],
)
def test_the_host_whose_pages_are_asked_for(
    access: HistoryAccess, archive: WebArchive, feed: str, host: str
) -> None:
    archive.captures = [Archived(f"http://{host}/2024/03/05/story", "20240305120000")]
    [window] = plan(access, want(feed=Feed("fd1-x", feed)))
    assert window.facts[:2] == ("pages", host)


def test_a_service_for_feeds_is_not_the_site(access: HistoryAccess, archive: WebArchive) -> None:
    assert plan(access, want(feed=Feed("fd1-x", "https://feeds.feedburner.com/tern"))) == []
    assert len(archive.requests) == 1


@pytest.mark.parametrize(
    "wanted",
    [
        HistoryRequest("", (), date(2024, 3, 1), date(2024, 3, 2)),
        HistoryRequest("", (FEED, FEED), date(2024, 3, 1), date(2024, 3, 2)),
        HistoryRequest("", (FEED,)),
        HistoryRequest("/x", (FEED,), date(2024, 3, 1), date(2024, 3, 2)),
    ],
    ids=range(4),
)
def test_what_the_source_needs(access: HistoryAccess, wanted: HistoryRequest) -> None:
    with pytest.raises(Permanent, match=r"one feed at a time|takes no path"):
        plan(access, wanted)


def test_days_the_wrong_way_round_are_none(access: HistoryAccess, archive: WebArchive) -> None:
    archive.captures = []
    assert plan(access, want("2024-03-31", "2024-03-01")) == []


@pytest.mark.parametrize("cursor", ["{}", "7", '[1, 2, ["x"], []]', "nonsense", '[1, 0, null, [["x"]]]'])
def test_a_cursor_of_something_else_is_refused(access: HistoryAccess, cursor: str) -> None:
    with pytest.raises(Permanent, match="no place among snapshots"):
        discover(access, want(), the_window(access), cursor)


def row(minute: int, digest: str, status: int | None = 200) -> ArchivedRow:
    captured_at = at("2024-03-01").replace(hour=minute // 60, minute=minute % 60)
    return ArchivedRow("k", captured_at, "http://tern.example/feed", RSS, status, digest)


@given(
    st.lists(
        st.builds(
            row,
            st.integers(0, 1_000),
            st.sampled_from(["A", "B", "C", ""]),
            st.sampled_from([200, 404, None]),
        )
    )
)
def test_copies_are_in_order_and_each_is_new(rows: list[ArchivedRow]) -> None:
    copies = list_copies(rows)
    times = [one.row.captured_at for one in copies]
    assert times == sorted(set(times))
    digests = [one.row.digest for one in copies if one.row.digest]
    assert len(digests) == len(set(digests))
    assert set(digests) == {one.digest for one in rows if one.is_usable and one.digest} or len(times) < len(
        rows
    )
    assert all(one.row.captured_at <= one.until for one in copies)
    for one, other in pairwise(copies):
        assert one.until < other.row.captured_at
    assert list_copies(reversed(rows)) == copies or len({one.captured_at for one in rows}) < len(rows)
    assert all(isinstance(one, FeedCopy) for one in copies)
