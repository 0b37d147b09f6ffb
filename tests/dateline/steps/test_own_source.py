"""A history source of somebody's own: a module and a line in the registry, and nothing else, make it work."""

from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from dateline.settings import load_settings
from dateline.steps.backfill import plan_backfill
from dateline.steps.backfill_params import BackfillParams
from dateline.steps.context import Context
from dateline.steps.pipeline import complete_run
from ingest.history.protocol import HistoryAccess, HistoryRequest, HistoryWindow, WindowItem
from ingest.history.sources import SOURCES, KnownSource
from ingest.http.exchange import Exchange, Request
from ingest.staging.records import read_records
from tests.dateline.homes import SETTINGS, ask, call_well, make_home, read_rows
from tests.dateline.saved_news import page
from tests.loopback import LoopbackServer, Reply
from transforms.errors import Permanent, Transient
from transforms.records import Rejection

BOOKS = "SELECT taken, passed, rejected FROM step_counts WHERE step = 'import' ORDER BY ALL"


class DiarySource:
    """A site that says at `/DAY` how many pages a day has, and has them at `/DAY/NUMBER`."""

    async def plan(self, wanted: HistoryRequest, access: HistoryAccess) -> AsyncIterator[HistoryWindow]:
        if wanted.path or not (wanted.feeds and wanted.first_day and wanted.last_day):
            raise Permanent("a diary needs a site and days, and takes no path")
        async with access.open_fetcher() as fetcher:
            [feed], day = wanted.feeds, wanted.first_day
            while day <= wanted.last_day:
                address = f"{feed.url}/{day}"
                told = await fetcher.fetch(Request("feed", address, access.run_id))
                if told.fetch.outcome != "ok":
                    raise Transient(f"{address}: {told.fetch.error}")
                count = int(told.body)
                if count:
                    yield HistoryWindow(
                        str(day),
                        (str(count),),
                        (WindowItem(address, ""),),
                        feed.feed_id,
                        day,
                        day,
                        count=count,
                    )
                day += timedelta(days=1)

    async def discover(
        self, window: HistoryWindow, cursor: str, wanted: HistoryRequest, access: HistoryAccess
    ) -> AsyncIterator[Exchange | Rejection]:
        [place] = window.items
        async with access.open_fetcher() as fetcher:
            for number in range(window.count or 0):
                exchange = await fetcher.fetch(
                    Request("page", f"{place.address}/{number}", access.run_id, window.feed_id)
                )
                if exchange.fetch.status == 503:
                    raise Transient(exchange.fetch.error)
                yield exchange


class StutterSource(DiarySource):
    async def plan(self, wanted: HistoryRequest, access: HistoryAccess) -> AsyncIterator[HistoryWindow]:
        for _ in range(2):
            yield HistoryWindow("day")


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    """Two days of a diary: two pages, and one page and one that is gone."""
    monkeypatch.setitem(SOURCES, "diary", KnownSource(f"{__name__}:DiarySource", "diaries"))
    with LoopbackServer() as server:
        for day, names in ((3, ("aleppo", "harvest")), (4, ("kisumu",))):
            server.route(f"/2026-03-0{day}", Reply(body=b"2", content_type="text/plain"))
            for number, name in enumerate(names):
                server.route(f"/2026-03-0{day}/{number}", Reply(body=page(name, day)))
        yield server


@pytest.fixture
def context(tmp_path: Path) -> Context:
    home = make_home(tmp_path / "home", settings=SETTINGS + "[history]\npause_s = 0\n")
    return Context(home, load_settings(home))


def params_of(site: LoopbackServer) -> BackfillParams:
    return BackfillParams("diary", "", (site.url("").rstrip("/"),), "2026-03-03", "2026-03-04")


def test_a_network_source_fills_the_warehouse_and_a_replay_needs_no_network(
    site: LoopbackServer, context: Context
) -> None:
    batches = plan_backfill(context, params_of(site))
    windows = [w for batch in batches for w in read_records(batch / "plan.window.parquet", HistoryWindow)]
    assert [(w.first_day, w.count) for w in windows] == [(date(2026, 3, 3), 2), (date(2026, 3, 4), 2)]
    complete_run(context, batches)
    home = context.home
    assert ask(home, BOOKS) == [(2, 1, 1), (2, 2, 0)]
    assert ask(home, "SELECT stage, reason, detail FROM rejections") == [
        ("page", "page_unreachable", "HTTP 404")
    ]
    assert ask(home, "SELECT count(*) FROM articles WHERE text <> ''") == [(3,)]
    assert ("ASSAULT", "SYR") in ask(home, "SELECT event_type, country FROM events")
    before = read_rows(home)
    asked = len(site.requests)
    call_well(home, "replay")
    assert read_rows(home) == before
    assert len(site.requests) == asked


def test_a_stopped_backfill_reads_on_from_the_window_that_is_missing(
    site: LoopbackServer, context: Context
) -> None:
    site.route("/2026-03-04/0", [Reply(status=503), Reply(body=page("kisumu", 4))])
    with pytest.raises(Transient, match="503"):
        complete_run(context, plan_backfill(context, params_of(site)))
    asked = len(site.requests_for("/2026-03-03/0"))
    batches = plan_backfill(context, params_of(site))
    complete_run(context, batches)
    assert len(batches) == 2  # neither was loaded yet
    assert len(site.requests_for("/2026-03-03/0")) == asked  # but the first had been read
    assert ask(context.home, "SELECT count(*) FROM articles WHERE text <> ''") == [(3,)]
    assert plan_backfill(context, params_of(site)) == []


def test_a_window_that_holds_more_than_before_is_read_again(site: LoopbackServer, context: Context) -> None:
    complete_run(context, plan_backfill(context, params_of(site)))
    site.route("/2026-03-04", Reply(body=b"3", content_type="text/plain"))
    site.route("/2026-03-04/2", Reply(body=page("harvest", 4)))
    [batch] = plan_backfill(context, params_of(site))
    assert batch.name.startswith("2026-03-04-")


def test_a_plan_that_breaks_off_goes_on_with_the_same_call(site: LoopbackServer, context: Context) -> None:
    site.route("/2026-03-04", [Reply(status=500), Reply(body=b"1", content_type="text/plain")])
    with pytest.raises(Transient, match="HTTP 500"):
        plan_backfill(context, params_of(site))
    assert len(plan_backfill(context, params_of(site))) == 2


def test_what_makes_no_sense_is_said_plainly(site: LoopbackServer, context: Context) -> None:
    with pytest.raises(
        Permanent, match=r"no history source is named 'tape'; there are folder, warc, .*, diary"
    ):
        plan_backfill(context, BackfillParams("tape", "/x"))
    with pytest.raises(Permanent, match="takes no path"):
        plan_backfill(context, BackfillParams("diary", "/x"))
    for day in (3, 4):
        site.route(f"/2026-03-0{day}", Reply(body=b"0", content_type="text/plain"))
    with pytest.raises(Permanent, match="the source 'diary' holds nothing of what was asked for"):
        plan_backfill(context, params_of(site))


def test_a_window_that_is_planned_twice_is_not_lost_silently(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SOURCES, "stutter", KnownSource(f"{__name__}:StutterSource", "the same twice"))
    with pytest.raises(Permanent, match="the source 'stutter' plans 'day' twice"):
        plan_backfill(context, BackfillParams("stutter", ""))
