"""Runs and their folders: names, locks, markers, what waits and what may go."""

import os
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.home import Home
from dateline.settings import Settings
from dateline.steps.context import Context
from dateline.steps.plan_poll import write_plan
from dateline.steps.planning import BatchPlan
from dateline.steps.poll import fetch_batch, poll_batch
from dateline.steps.runs import (
    find_ready_batches,
    find_unfinished_runs,
    find_waiting_batches,
    is_planned,
    name_run,
    planning_of,
    read_start,
    remove_old_runs,
    step_of,
)
from ingest.archive.warc_files import ArchiveFetcher
from ingest.http.exchange import Fetcher
from ingest.staging.records import is_done, mark_done

STEPS_THAT_FETCH = (poll_batch, fetch_batch)
NOW = datetime(2026, 3, 6, 9, tzinfo=UTC)


def make_run(staging: Path, name: str, *batches: str, planned: bool = True, done: str = "") -> Path:
    run = staging / name
    run.mkdir(parents=True)
    for batch in batches:
        (run / batch).mkdir()
        if done:
            mark_done(run / batch, done)
    if planned:
        mark_done(run, "plan")
    return run


def age(run: Path, days: float) -> None:
    at = (NOW - timedelta(days=days)).timestamp()
    os.utime(run, (at, at))


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_run_id_carries_its_clock(started_at: datetime) -> None:
    run_id = name_run("poll", started_at)
    assert read_start(run_id) == started_at
    assert run_id.startswith("poll-")


@given(
    st.lists(
        st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        min_size=2,
    )
)
def test_run_ids_sort_as_their_clocks(instants: list[datetime]) -> None:
    assert [name_run("poll", at) for at in sorted(instants)] == sorted(
        name_run("poll", at) for at in instants
    )


def test_a_step_is_done_once(tmp_path: Path) -> None:
    with step_of(tmp_path, "poll") as to_do:
        assert to_do
    assert is_done(tmp_path, "poll")
    with step_of(tmp_path, "poll") as to_do:
        assert not to_do


def test_a_step_that_fails_is_not_done(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="broken"), step_of(tmp_path, "poll"):
        raise ValueError("broken")
    assert not is_done(tmp_path, "poll")
    with step_of(tmp_path, "poll") as to_do:
        assert to_do


def test_whoever_waits_for_a_step_finds_it_done(tmp_path: Path) -> None:
    found: list[bool] = []

    def wait() -> None:
        with step_of(tmp_path, "poll") as to_do:
            found.append(to_do)

    with step_of(tmp_path, "poll"):
        other = threading.Thread(target=wait)
        other.start()
        time.sleep(0.05)
        assert found == []
    other.join()
    assert found == [False]


def test_two_do_not_plan_at_once(tmp_path: Path) -> None:
    order: list[str] = []

    def plan() -> None:
        with planning_of(tmp_path / "staging"):
            order.append("second")

    with planning_of(tmp_path / "staging"):
        other = threading.Thread(target=plan)
        other.start()
        time.sleep(0.05)
        order.append("first")
    other.join()
    assert order == ["first", "second"]


def test_a_killed_plans_remains_are_no_batches(tmp_path: Path) -> None:
    run = make_run(tmp_path, "poll-1", "batch-000", planned=False)
    assert not is_planned(run)
    assert find_waiting_batches(tmp_path, "poll", set()) == []
    mark_done(run, "plan")
    assert find_waiting_batches(tmp_path, "poll", set()) == [run / "batch-000"]


def test_a_batch_waits_until_it_is_loaded(tmp_path: Path) -> None:
    done = make_run(tmp_path, "poll-1", "batch-000", "batch-001", done="code")
    open_ = make_run(tmp_path, "poll-2", "batch-000", done="clean")
    make_run(tmp_path, "backfill-1", "batch-000")
    loaded = {("poll-1", "batch-000")}
    assert find_ready_batches(tmp_path) == [done / "batch-000", done / "batch-001"]
    assert find_waiting_batches(tmp_path, "poll", loaded) == [done / "batch-001", open_ / "batch-000"]
    assert find_unfinished_runs(tmp_path) == {"poll-2", "backfill-1"}


def test_only_old_runs_that_are_loaded_whole_go(tmp_path: Path) -> None:
    loaded = make_run(tmp_path, "poll-1", "batch-000", done="code")
    half = make_run(tmp_path, "poll-2", "batch-000", "batch-001", done="code")
    empty = make_run(tmp_path, "poll-3")
    fresh = make_run(tmp_path, "poll-4", "batch-000", done="code")
    for run in (loaded, half, empty):
        age(run, 8)
    age(fresh, 6)
    known = {("poll-1", "batch-000"), ("poll-2", "batch-000"), ("poll-4", "batch-000")}
    assert remove_old_runs(tmp_path, known, 7, NOW) == 2
    assert sorted(run.name for run in tmp_path.iterdir()) == ["poll-2", "poll-4"]


def test_a_plans_remains_go_but_not_one_that_is_under_way(tmp_path: Path) -> None:
    age(make_run(tmp_path, "poll-1", "batch-000", planned=False), 8)
    age(make_run(tmp_path, "poll-2", "batch-000", planned=False), 0.1)
    assert remove_old_runs(tmp_path, set(), 0, NOW) == 1
    assert [run.name for run in tmp_path.iterdir()] == ["poll-2"]


def test_there_may_be_no_staging_folder(tmp_path: Path) -> None:
    assert find_ready_batches(tmp_path / "none") == []
    assert remove_old_runs(tmp_path / "none", set(), 7, NOW) == 0


def test_all_steps_of_a_run_fetch_in_its_name(tmp_path: Path) -> None:
    """So the time of a host is counted together, whichever process does a step."""
    asked_by: list[str] = []

    @asynccontextmanager
    async def open_nothing(home: Home, settings: Settings, run: str) -> AsyncIterator[Fetcher]:
        asked_by.append(run)
        yield ArchiveFetcher(home.archive, {})

    context = Context(Home(tmp_path), Settings(), open_nothing)
    run = context.home.staging / name_run("poll", NOW)
    write_plan(run, [BatchPlan(()), BatchPlan(())], [])
    for batch in sorted(run.glob("batch-*")):
        for step in STEPS_THAT_FETCH:
            step(context, batch)
    assert asked_by == [run.name] * 4
