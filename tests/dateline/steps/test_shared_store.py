"""One warehouse, two other homes that do the steps, one store between them: the rows are those of one home."""

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dateline.commands.doctor import check_sharing
from dateline.home import Home
from dateline.settings import load_settings
from dateline.steps.context import Context
from dateline.steps.load import load_ready
from dateline.steps.pipeline import POLL, list_failures, name_batches, run_fetching_steps, run_step
from dateline.steps.plan_poll import plan_poll
from dateline.steps.quarantine import find_set_aside
from ingest.store.object_store import ObjectStore, open_store
from ingest.store.packs import pack_files
from tests.dateline.homes import (
    SETTINGS,
    call_well,
    copy_home,
    environment,
    lend_gazetteer,
    make_home,
    read_rows,
)
from tests.dateline.small_newsroom import open_small_newsroom
from tests.dateline.steps.test_errors import ATTEMPTS
from tests.limits import HANG_S
from tests.paths import ROOT
from transforms.errors import Permanent, Transient
from transforms.records import Feed

SHARED = """
[storage]
url = "s3://dateline/{name}"
patience_s = 5
[locks]
url = "{redis}"
lease_s = 1
"""


@pytest.fixture
def settings(object_store: dict[str, str], redis_url: str, tmp_path: Path) -> str:
    """Those of homes that share a store and locks."""
    return SETTINGS + SHARED.format(name=tmp_path.name, redis=redis_url)


def open_context(home: Home) -> Context:
    return Context(home, load_settings(home, {}))


def make_helper(path: Path, settings: str) -> Home:
    """A home that does steps of others."""
    home = Home(path)
    lend_gazetteer(home)
    home.settings.write_text(settings, encoding="utf-8")
    return home


def open_shared(home: Home) -> ObjectStore:
    store = open_store(load_settings(home, {}).storage)
    assert store is not None
    return store


@pytest.fixture(scope="module")
def feeds() -> Iterator[list[Feed]]:
    """Of two hosts, so that they make two batches."""
    with open_small_newsroom() as newsroom:
        yield newsroom.feeds


@pytest.fixture(scope="module")
def alone(feeds: list[Feed], tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that has polled them by itself."""
    home = make_home(tmp_path_factory.mktemp("alone") / "home", feeds)
    call_well(home, "run")
    return home


def do_and_kill(home: Home, what: str, batch: str, moment: int) -> None:
    arguments = [sys.executable, "-m", "tests.dateline.steps.step_process", what, batch, str(moment)]
    status = subprocess.run(
        arguments, cwd=ROOT, env=environment(home), timeout=HANG_S, check=False
    ).returncode
    assert status == -signal.SIGKILL


@pytest.mark.parametrize("seed", [17, *(pytest.param(seed, marks=pytest.mark.campaign) for seed in range(5))])
def test_two_homes_give_the_rows_of_one_whoever_is_killed(
    seed: int, feeds: list[Feed], alone: Home, settings: str, tmp_path: Path
) -> None:
    """The homes take turns with the steps of two batches. Some are killed between two writings into the store; then
    the one that was killed, or the other, does the step."""
    chance = random.Random(seed)
    owner = make_home(tmp_path / "owner", feeds, settings)
    homes = [make_helper(tmp_path / name, settings) for name in ("one", "two")]
    batches = name_batches(plan_poll(open_context(owner), datetime.now(UTC)))
    assert len(batches) == 2
    work = [(step, batch) for step in POLL for batch in batches]
    to_kill = chance.sample(range(len(work)), 2)
    for number, (step, batch) in enumerate(work):
        if number in to_kill:
            moments = (
                4 if step in ("poll", "fetch") else 2
            )  # before and after a WARC file and a pack, or a pack
            do_and_kill(chance.choice(homes), step, batch, chance.randint(1, moments))
        run_step(open_context(chance.choice(homes)), step, Path(batch))
    do_and_kill(owner, "load", "", chance.randint(1, 4))  # the published file, and what is loaded
    load_ready(open_context(owner))
    assert list_failures(owner, batches) == []
    assert read_rows(owner, ATTEMPTS) == read_rows(alone, ATTEMPTS)
    assert open_shared(owner).list_files("staging") == {}
    assert not owner.archive.exists()
    with pytest.raises(Permanent, match="belongs to the warehouse of another home"):
        plan_poll(open_context(homes[0]), datetime.now(UTC))


def test_a_damaged_copy_is_brought_again_and_a_damaged_pack_is_set_aside_by_its_owner(
    feeds: list[Feed], settings: str, tmp_path: Path
) -> None:
    owner = make_home(tmp_path / "owner", feeds[:1], settings)
    helper = make_helper(tmp_path / "one", settings)
    [batch] = name_batches(plan_poll(open_context(owner), datetime.now(UTC)))
    run_step(open_context(helper), "poll", Path(batch))
    (helper.staging / batch / "plan.retries.parquet").write_bytes(b"cut")
    with pytest.raises(Transient, match="which the next try brings again"):
        run_step(open_context(helper), "fetch", Path(batch))
    run_step(open_context(helper), "fetch", Path(batch))
    damaged = helper.staging / batch / "poll.entries.parquet"
    damaged.write_bytes(b"cut")
    pack_files(tmp_path / "poll.zip", {damaged.name: damaged})
    open_shared(owner).push(tmp_path / "poll.zip", f"staging/{batch}/poll.zip")
    with pytest.raises(Permanent, match="the next plan or load sets the batch aside"):
        run_step(open_context(helper), "clean", Path(batch))
    assert batch not in name_batches(plan_poll(open_context(owner), datetime.now(UTC)))
    [aside] = find_set_aside(owner)
    assert (f"{aside.run_id}/{aside.batch}", "poll.entries.parquet is damaged" in aside.reason) == (
        batch,
        True,
    )
    assert [name for name in open_shared(owner).list_files("staging") if name.startswith(batch)] == []


def test_what_another_home_has_fetched_is_coded_by_whom_coding_is_for(
    feeds: list[Feed], settings: str, tmp_path: Path
) -> None:
    """Airflow gives a killed worker's task to another, and the steps are done already."""
    owner = make_home(tmp_path / "owner", feeds[:1], settings)
    one, two = (make_helper(tmp_path / name, settings) for name in ("one", "two"))
    [batch] = name_batches(plan_poll(open_context(owner), datetime.now(UTC)))
    assert run_fetching_steps(open_context(one), POLL[:2], Path(batch))
    assert run_fetching_steps(open_context(two), POLL[:2], Path(batch))
    assert f"{batch}/clean.zip" not in open_shared(owner).list_files("staging")


def test_a_step_that_is_done_brings_nothing(feeds: list[Feed], settings: str, tmp_path: Path) -> None:
    """The published file may be large."""
    owner = make_home(tmp_path / "owner", feeds[:1], settings)
    one, other = (make_helper(tmp_path / name, settings) for name in ("one", "other"))
    [batch] = name_batches(plan_poll(open_context(owner), datetime.now(UTC)))
    run_step(open_context(one), "poll", Path(batch))
    assert one.feeds.exists()
    run_step(open_context(other), "poll", Path(batch))
    assert not other.feeds.exists()


def test_a_home_with_a_warehouse_of_its_own_takes_none_of_another(
    alone: Home, feeds: list[Feed], settings: str, tmp_path: Path
) -> None:
    owner = make_home(tmp_path / "owner", feeds[:1], settings)
    assert next(iter(check_sharing(owner)))[0]
    [batch] = name_batches(plan_poll(open_context(owner), datetime.now(UTC)))
    other = copy_home(alone, tmp_path / "other")
    other.settings.write_text(settings, encoding="utf-8")
    with pytest.raises(Permanent, match="has a warehouse of its own"):
        run_step(open_context(other), "poll", Path(batch))
    assert other.published.read_bytes() == alone.published.read_bytes()
    assert [text for ok, text in check_sharing(owner) if ok and "owns its warehouse" in text]
