"""What goes wrong in a backfill from the network: stops at bad moments, hosts that throttle, windows that break."""

import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dateline.home import Home
from dateline.settings import load_settings
from dateline.steps import history_pages, import_window
from dateline.steps.backfill_jobs import list_progress, open_job
from dateline.steps.backfill_stint import is_more_left
from dateline.steps.context import Context
from dateline.steps.job_files import BackfillJob
from dateline.steps.kept_imports import IMPORTS
from dateline.steps.pipeline import name_batches
from dateline.steps.run_backfill import run_job
from dateline.steps.run_limits import Limits
from ingest.history.protocol import FoundItem, HistoryAccess, HistoryRequest, HistoryWindow
from ingest.history.sources import SOURCES, KnownSource
from ingest.staging.records import is_done, mark_done
from tests.dateline.calendar_site import SETTINGS_HERE, CalendarSource, Site
from tests.dateline.homes import ask, call_well, make_home, read_rows
from tests.loopback import LoopbackServer, Received, Reply, throttle
from transforms.errors import Permanent, Transient

CALENDAR = "tests.dateline.calendar_site:CalendarSource"
COUNT = "SELECT count(*) FROM articles WHERE text_source = 'page'"


class BrokenSource(CalendarSource):
    """Fails in February: for good, or as nobody foresaw."""

    error: Exception = Permanent("February is nowhere to be had")

    async def discover(
        self, window: HistoryWindow, cursor: str, wanted: HistoryRequest, access: HistoryAccess
    ) -> AsyncIterator[FoundItem]:
        if window.first_day and window.first_day.month == 2:
            raise self.error
        async for found in super().discover(window, cursor, wanted, access):
            yield found


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name, source in (
        ("calendar", "tests.dateline.calendar_site:CalendarSource"),
        ("broken", f"{__name__}:BrokenSource"),
    ):
        monkeypatch.setitem(SOURCES, name, KnownSource(source, name, is_network=True))
    with LoopbackServer() as server:
        yield Site(server)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path / "home", settings=SETTINGS_HERE)


def open_here(
    home: Home, site: Site, source: str = "calendar", last: str = "2024-03-31"
) -> tuple[Context, BackfillJob]:
    context = Context(home, load_settings(home, {}))
    return context, open_job(context, [source], "", [site.feed], "2024-01-01", last)


def test_a_stop_between_further_batches_loses_none(
    site: Site, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first window makes two batches; the stop comes when the first was written and the second not."""
    context, job = open_here(home, site, last="2024-01-31")

    def stop(batch: Path, step: str) -> None:
        if step == "import" and batch.parent.name != job.run_id:
            raise Transient("the disk is full")
        mark_done(batch, step)

    monkeypatch.setattr(import_window, "mark_done", stop)
    with pytest.raises(Transient, match="disk is full"):
        run_job(context, job, Limits())
    monkeypatch.undo()
    monkeypatch.setitem(
        SOURCES, "calendar", KnownSource("tests.dateline.calendar_site:CalendarSource", "", True)
    )
    run_job(context, job, Limits())
    assert ask(home, COUNT) == [(4,)]
    assert not (home.backfills / job.run_id / "further").exists() or not list(
        (home.backfills / job.run_id / "further").iterdir()
    )


def test_further_batches_outlive_the_folder_of_their_first_one(
    site: Site, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one is loaded, and its run's folder cleared away before the others were put beside it."""
    context, job = open_here(home, site, last="2024-01-31")
    with monkeypatch.context() as patched:
        patched.setattr("dateline.steps.backfill_jobs.release_further", lambda *_: None)
        run_job(context, job, Limits())
    assert ask(home, COUNT) == [(3,)]
    shutil.rmtree(home.staging / job.run_id)
    run_job(context, job, Limits())
    assert ask(home, COUNT) == [(4,)]


def test_days_whose_further_batches_wait_are_not_complete(site: Site, home: Home) -> None:
    context, job = open_here(home, site, last="2024-01-31")
    run_job(context, job, Limits(max_requests=6))  # the plan, three answers, and two of four pages
    run_job(context, job, Limits(max_requests=3))
    [(loaded,)] = ask(home, COUNT)
    states = dict(ask(home, "SELECT day, state FROM coverage_days"))
    for number, at in enumerate(site.of(1)):
        assert states[at.date()] == ("complete" if number < loaded else "partial")
    run_job(context, job, Limits())
    assert {state for (state,) in ask(home, "SELECT DISTINCT state FROM coverage_days")} == {"complete"}


def test_a_host_that_throttles_gets_its_time_and_no_page_is_given_up(site: Site, home: Home) -> None:
    """After each three pages it says 429 until a second has passed, now with Retry-After, now without."""
    settings = SETTINGS_HERE.replace("pause_s = 0", "pause_s = 1")
    home.settings.write_text(settings, encoding="utf-8")
    served: list[float] = []
    quiet_until = 0.0

    def guard(request: Received) -> Reply:
        nonlocal quiet_until
        if request.at < quiet_until:
            return throttle(429, "1") if len(served) % 2 else Reply(status=429)
        served.append(request.at)
        if len(served) % 3 == 0:
            quiet_until = request.at + 0.9
        return site.page_of(request)

    for at in site.articles:
        site.server.route(site.path(at), guard)
    run_job(*open_here(home, site), Limits())
    assert ask(home, COUNT) == [(9,)]
    assert ask(home, "SELECT DISTINCT status FROM page_states") == [("done",)]


@pytest.mark.parametrize("error", [Permanent("February is nowhere to be had"), ValueError("what is that?")])
def test_a_window_that_breaks_is_passed_over_and_said(
    site: Site, home: Home, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BrokenSource, "error", error)
    context, job = open_here(home, site, "broken")
    with pytest.raises(Permanent, match=str(error).rstrip("?")):
        run_job(context, job, Limits())
    assert ask(home, COUNT) == [(6,)]
    assert [(one.state, one.windows_done, one.windows) for one in list_progress(context)] == [
        ("under way", 2, 3)
    ]


def test_a_batch_that_cannot_be_cleaned_does_not_keep_the_others(
    site: Site, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, job = open_here(home, site)
    with monkeypatch.context() as patched:
        patched.setattr(
            history_pages, "write_counts", lambda *_: shutil.rmtree(home.archive, ignore_errors=True)
        )
        with pytest.raises(Permanent):
            run_job(context, job, Limits(max_days=1))
    with pytest.raises(Permanent):  # January's pages are gone for good
        run_job(context, job, Limits())
    assert ask(home, COUNT) == [(5,)]


def test_an_outlet_that_is_gone_is_asked_of_the_archives(
    home: Home, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dateline.steps.backfill_jobs.AUTO", ("gone", "calendar"))
    monkeypatch.setitem(SOURCES, "gone", KnownSource(f"{__name__}:GoneSource", "nobody", is_network=True))
    context = Context(home, load_settings(home, {}))
    job = open_job(context, ["auto"], "", [site.feed], "2024-01-01", "2024-01-31")
    done = run_job(context, job, Limits())
    assert ask(home, COUNT) == [(4,)]
    assert done.notes == ("gone was passed over for now: nobody answers",)
    assert [one.state for one in list_progress(context)] == ["under way"]  # it is asked again in the next run


class GoneSource(CalendarSource):
    async def plan(self, wanted: HistoryRequest, access: HistoryAccess) -> AsyncIterator[HistoryWindow]:
        if wanted.feeds:
            raise Transient("nobody answers")
        yield HistoryWindow("nothing")


def test_many_lanes_mark_one_run_at_once(tmp_path: Path) -> None:
    for number in range(50):
        run = tmp_path / str(number)
        run.mkdir()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _, run=run: mark_done(run, "plan"), range(8)))
        assert is_done(run, "plan")


def test_what_was_kept_of_a_stopped_try_is_replaced(site: Site, home: Home) -> None:
    context, job = open_here(home, site, last="2024-01-31")
    run_job(context, job, Limits())
    before = read_rows(home)
    [kept] = [path for path in (home.archive / IMPORTS).iterdir() if not path.name.endswith(".002")]
    shutil.copytree(kept, kept.with_name(f"{kept.name}.part"))  # a stop before it was put in its place
    call_well(home, "replay")
    assert read_rows(home) == before


def test_a_stint_that_loaded_nothing_starts_no_other(site: Site, home: Home) -> None:
    context, job = open_here(home, site, last="2024-01-31")
    batch = home.staging / job.run_id / "calendar-x"
    batch.mkdir(parents=True)
    mark_done(batch, "code")
    assert not is_more_left(home, name_batches([batch]))
    assert not is_more_left(home, None)
    done = run_job(context, job, Limits())
    assert is_more_left(home, name_batches([batch, *done.batches]))
