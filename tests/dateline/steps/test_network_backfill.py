"""A backfill from the network: lanes, marks, parts, limits, pauses, coverage and a replay."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from dateline.home import Home
from dateline.settings import load_settings
from dateline.steps.backfill_jobs import choose_feeds, list_progress, open_job
from dateline.steps.context import Context
from dateline.steps.job_files import PAUSED, BackfillJob, read_job, set_mark
from dateline.steps.run_backfill import run_job
from dateline.steps.run_limits import Limits
from dateline.steps.survey import survey
from ingest.history.sources import SOURCES, KnownSource
from tests.dateline.calendar_site import SETTINGS_HERE, Site
from tests.dateline.homes import ask, call, call_well, make_home, read_rows
from tests.dateline.saved_news import page
from tests.loopback import LoopbackServer, Received, Reply, throttle
from transforms.errors import Permanent, Transient
from transforms.records import Feed


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    known = KnownSource("tests.dateline.calendar_site:CalendarSource", "calendars", is_network=True)
    monkeypatch.setitem(SOURCES, "calendar", known)
    with LoopbackServer() as server:
        yield Site(server)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path / "home", settings=SETTINGS_HERE)


def open_here(home: Home, site: Site, last: str = "2024-03-31") -> tuple[Context, BackfillJob]:
    context = Context(home, load_settings(home, {}))
    return context, open_job(context, ["calendar"], "", [site.feed], "2024-01-01", last)


def read_whole(home: Home) -> dict[str, list[dict[str, object]]]:
    tables = (
        "entries",
        "articles",
        "mentions",
        "events",
        "page_states",
        "backfill_windows",
        "coverage_evidence",
    )
    times = {
        "entries": ("seen_at", "last_seen_at"),
        "articles": ("fetched_at", "last_fetched_at", "fetch_id"),
        "backfill_windows": ("finished_at", "requests"),
    }
    return read_rows(home, times, tables)


def test_everything_that_a_source_names_is_fetched_coded_and_loaded_in_parts(site: Site, home: Home) -> None:
    context, job = open_here(home, site)
    done = run_job(context, job, Limits())
    assert ask(home, "SELECT count(*), min(published_at::DATE), max(published_at::DATE) FROM articles") == [
        (9, date(2024, 1, 3), date(2024, 3, 15))
    ]
    assert sorted(site.asked_for_pages()) == sorted(map(site.path, site.articles))  # each once
    assert ask(home, "SELECT max(n) FROM (SELECT count(*) AS n FROM articles GROUP BY load_id)") == [(3,)]
    assert ask(home, "SELECT count(*) FROM events WHERE event_type = 'ASSAULT'") == [(3,)]
    listings = sum(request.path.startswith("/calendar/") for request in site.server.requests)
    assert done.requests == listings + 9
    assert ask(home, "SELECT source, state, expected, found FROM backfill_windows ORDER BY first_day") == [
        ("calendar", "complete", 4, 4), ("calendar", "complete", 3, 3), ("calendar", "complete", 2, 2),
    ]  # fmt: skip
    assert ask(home, "SELECT state, count(*) FROM coverage_days GROUP BY ALL") == [("complete", 91)]
    day = "SELECT found, fetched, refused, articles, evidence FROM coverage_days WHERE day = '2024-01-03'"
    assert ask(home, day) == [(1, 1, 0, 1, "calendar: the calendar's own count")]


def test_the_same_again_asks_for_nothing_but_the_plan(site: Site, home: Home) -> None:
    context, job = open_here(home, site, "2024-01-31")
    run_job(context, job, Limits())
    before, asked = read_whole(home), len(site.server.requests)
    again = run_job(*open_here(home, site, "2024-01-31"), Limits())
    assert (again.batches, again.requests) == ((), 1)
    assert len(site.server.requests) == asked + 1
    assert read_whole(home) == before


def test_a_replay_needs_no_network_and_gives_the_same_rows(site: Site, home: Home) -> None:
    context, job = open_here(home, site, "2024-02-29")
    site.server.route(site.path(site.articles[4]), Reply(status=404))
    run_job(context, job, Limits())
    before, asked = read_rows(home), len(site.server.requests)
    coverage = "FROM coverage_days ORDER BY ALL"
    days = ask(home, coverage)
    call_well(home, "replay")
    assert read_rows(home) == before
    assert ask(home, coverage) == days
    assert len(site.server.requests) == asked
    assert "all of it was loaded before" in call_well(
        home, "backfill", "resume", job.run_id, HISTORY_PAUSE_S="0"
    )


def test_a_dead_page_makes_its_day_partial_and_nothing_is_lost(site: Site, home: Home) -> None:
    site.server.route(site.path(site.articles[4]), Reply(status=404))
    context, job = open_here(home, site, "2024-02-29")
    run_job(context, job, Limits())
    assert ask(home, "SELECT day, state, refused FROM coverage_days WHERE state <> 'complete'") == [
        (site.articles[4].date(), "partial", 1)
    ]
    assert ask(home, "SELECT reason, detail FROM rejections WHERE stage = 'page'") == [
        ("page_unreachable", "HTTP 404")
    ]


def test_a_page_that_fails_for_now_is_tried_again_at_once(site: Site, home: Home) -> None:
    path = site.path(site.articles[0])
    body = page("aleppo", 1).replace(b"2026-03-01", b"2024-01-03")
    site.server.route(path, [Reply(status=500), throttle(503, "0"), Reply(body=body)])
    context, job = open_here(home, site, "2024-01-31")
    run_job(context, job, Limits())
    assert site.asked_for_pages().count(path) == 3
    assert ask(home, "SELECT count(*) FROM articles WHERE text_source = 'page'") == [(4,)]


def test_a_listing_that_breaks_off_goes_on_behind_its_last_mark(site: Site, home: Home) -> None:
    whole = site.answer

    def fail_once(request: Received) -> Reply:
        asked = [one for one in site.server.requests if one.path == request.path]
        return whole(request, 1) if "page=2" not in request.path or len(asked) > 1 else Reply(status=502)

    site.server.route("/calendar/2024-01", fail_once)
    context, job = open_here(home, site, "2024-01-31")
    with pytest.raises(Transient, match="HTTP 502"):
        run_job(context, job, Limits())
    run_job(context, job, Limits())
    pages = [request.path for request in site.server.requests_for("/calendar/2024-01")]
    assert [path.partition("?")[2] for path in pages] == [
        "",
        "page=1",
        "page=2",
        "page=2",
        "page=3",
    ]
    assert ask(home, "SELECT count(*) FROM articles") == [(4,)]


def test_limits_end_a_run_well_and_the_next_carries_on(site: Site, home: Home) -> None:
    context, job = open_here(home, site)
    done = run_job(context, job, Limits(max_days=31))
    assert "31 days of each feed were read" in done.notes[0]
    assert ask(home, "SELECT count(*) FROM articles") == [(4,)]
    asked = len(site.server.requests)
    done = run_job(context, job, Limits(max_requests=4))
    assert "4 requests were sent" in done.notes[0]
    assert asked < len(site.server.requests) <= asked + 4
    run_job(context, job, Limits())
    assert ask(home, "SELECT count(*) FROM articles") == [(9,)]


def test_a_backfill_can_be_paused_resumed_and_cancelled(site: Site, home: Home) -> None:
    context, job = open_here(home, site)
    run_job(context, job, Limits(max_days=31))
    short = job.run_id.removeprefix("backfill-")[:8]
    assert f"resume {short}" in call_well(home, "backfill", "pause", short)
    answer = call(home, "backfill", "resume", "0000")
    assert (answer.status, "no backfill is named '0000'" in answer.err) == (1, True)
    with pytest.raises(Transient, match="is paused"):
        run_job(context, job, Limits())
    assert [one.state for one in list_progress(context)] == [PAUSED]
    call_well(home, "backfill", "resume", short, "--max-days", "29")
    [progress] = list_progress(context)
    assert (progress.state, progress.windows_done, progress.windows, progress.found) == (
        "under way",
        2,
        3,
        7,
    )
    assert f"{short}" in call_well(home, "backfill", "status")
    assert "what is loaded stays" in call_well(home, "backfill", "cancel", short)
    assert [one.state for one in list_progress(context)] == ["cancelled"]
    with pytest.raises(Permanent, match="is cancelled"):
        run_job(context, job, Limits())
    assert ask(home, "SELECT count(*) FROM articles") == [(7,)]
    again = open_here(home, site)[1]  # the same request is another backfill now
    assert again.run_id != job.run_id
    run_job(context, again, Limits())
    assert ask(home, "SELECT count(*) FROM articles") == [(9,)]


def test_a_running_backfill_stops_when_it_is_paused(site: Site, home: Home) -> None:
    context, job = open_here(home, site, "2024-02-29")

    def pause_once(request: Received) -> Reply:
        if len(site.server.requests_for("/calendar/2024-02")) == 2:
            set_mark(home, job.run_id, PAUSED)
        return site.answer(request, 2)

    site.server.route("/calendar/2024-02", pause_once)
    with pytest.raises(Transient, match="is paused"):
        run_job(context, job, Limits())
    set_mark(home, job.run_id, "")
    run_job(context, job, Limits())
    assert ask(home, "SELECT count(*) FROM articles") == [(7,)]


def test_what_is_known_already_is_not_fetched_again(site: Site, home: Home) -> None:
    context, job = open_here(home, site, "2024-01-31")
    run_job(context, job, Limits())
    asked = len(site.asked_for_pages())
    context, wider = open_here(home, site, "2024-02-29")
    assert wider.run_id != job.run_id
    run_job(context, wider, Limits())
    assert len(site.asked_for_pages()) == asked + 3
    assert ask(home, "SELECT count(DISTINCT article_id), count(*) FROM articles") == [(7, 7)]


@pytest.mark.parametrize(
    ("sources", "feeds", "days", "message"),
    [
        (["calendar"], ["x"], ("", "2024-01-02"), "needs --from DAY and --to DAY"),
        (["calendar"], ["x"], ("2024-01-03", "2024-01-02"), "--from 2024-01-03 is after --to 2024-01-02"),
        (["calendar"], ["x"], ("2024-01-03", "2999-01-02"), "lies in the future"),
        (["calendar"], ["x"], ("tomorrow", "2024-01-02"), "is no day"),
        (["calendar"], [], ("2024-01-01", "2024-01-02"), "say which feeds"),
        (["tape"], ["x"], ("2024-01-01", "2024-01-02"), "no history source is named 'tape'"),
        (["calendar", "folder"], ["x"], ("2024-01-01", "2024-01-02"), "reads saved files"),
        (["calendar", "auto"], ["x"], ("2024-01-01", "2024-01-02"), "give it alone"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_is_asked(
    site: Site, home: Home, sources: list[str], feeds: list[str], days: tuple[str, str], message: str
) -> None:
    with pytest.raises(Permanent, match=message):
        open_job(Context(home, load_settings(home, {})), sources, "", feeds, *days)
    assert site.server.requests == []


def test_nobody_is_asked_before_we_say_who_we_are(site: Site, tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    with pytest.raises(Permanent, match=r"set http\.contact"):
        open_here(home, site)


def test_feeds_are_chosen_by_address_tag_or_all() -> None:
    feeds = [Feed("1", "https://a.example/rss", tags=("east",)), Feed("2", "https://b.example/rss")]
    assert choose_feeds(feeds, ["https://a.example/rss?utm_source=x"], []) == ("https://a.example/rss",)
    assert choose_feeds(feeds, ["https://c.example/rss"], ["east"]) == (
        "https://c.example/rss", "https://a.example/rss",
    )  # fmt: skip
    assert choose_feeds(feeds, ["all"], []) == ("https://a.example/rss", "https://b.example/rss")
    with pytest.raises(Permanent, match="no feed has it; there are east"):
        choose_feeds(feeds, [], ["west"])
    with pytest.raises(Permanent, match="there are no feeds yet"):
        choose_feeds([], ["all"], [])


def test_a_job_is_known_by_what_was_asked_for(site: Site, home: Home) -> None:
    _, job = open_here(home, site)
    assert open_here(home, site)[1] == job == read_job(home, job.run_id)


def test_a_plan_says_what_it_would_take_and_fetches_no_article(site: Site, home: Home) -> None:
    context, job = open_here(home, site)
    [one] = survey(context, job)
    assert (one.source, one.feeds, one.windows, one.articles) == ("calendar", (site.feed,), 3, 9)
    assert (one.first_day, one.last_day, one.problem) == (date(2024, 1, 1), date(2024, 3, 31), "")
    site.server.route("/calendar/2024-02", Reply(status=500))
    [one] = survey(context, job)
    assert (one.windows, "HTTP 500" in one.problem) == (0, True)
    assert site.asked_for_pages() == []
