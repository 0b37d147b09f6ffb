"""A run that finds all published leaves the build file closed; whatever was changed or lost is not missed."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dateline.home import Home
from dateline.settings import Settings
from dateline.steps.context import Context
from dateline.steps.load import load_ready
from dateline.steps.warehouse_files import find_build_file
from ingest.feeds.subscriptions import make_feed
from ingest.locks import hold_named_lock
from ingest.staging.records import mark_done
from tests.dateline.homes import ask, call_well, environment, make_home
from tests.paths import ROOT
from transforms.errors import Transient
from transforms.settings import LoadSettings
from warehouse.connection import lock_of, open_build
from warehouse.load import next_load_id, record_load

NOT_NEEDED = {
    "dateparser", "feedparser", "fsspec", "httpx", "lxml", "numpy", "onnxruntime", "pyarrow", "rich", "trafilatura",
    "warcio",
}  # fmt: skip
"""Each takes as long to import as a run with nothing due takes for all that it does."""
KILLED = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from warehouse.connection import BuildFile, open_build
from warehouse.load import next_load_id, record_load
build, published = map(Path, sys.argv[1:])
with open_build(BuildFile(build, published, "256MB", 0, dict)) as connection:
    record_load(connection, next_load_id(connection), "batches", "poll-1", datetime.now(UTC))
    os._exit(9)
"""
"""A load that is killed after its transaction, so that what it changed lies in DuckDB's journal."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    load_ready(context_of(home))
    return home


def context_of(home: Home) -> Context:
    return Context(home, Settings(load=LoadSettings(lock_wait_s=0)))


def opens_build(home: Home) -> bool:
    """Whether a load opens the build file: another run holds it."""
    with hold_named_lock(lock_of(home.build), 0):
        try:
            load_ready(context_of(home))
        except Transient:
            return True
    return False


def count_loads(home: Home) -> int:
    [(count,)] = ask(home, "SELECT count(*) FROM loads")
    return int(count)


def test_where_all_is_published_the_build_file_stays_closed(home: Home) -> None:
    assert not opens_build(home)


def lose_published(home: Home) -> None:
    home.published.unlink()


def put_older_published(home: Home) -> None:
    content = home.published.read_bytes()
    home.published.unlink()
    home.published.write_bytes(content)


def lose_build(home: Home) -> None:
    home.build.unlink()


def change_tables(home: Home) -> None:
    home.seeds.mkdir()
    (home.seeds / "countries.csv").write_text("iso3,name\n", encoding="utf-8")


def load_only(home: Home) -> None:
    """As a run does that is killed before it publishes."""
    with open_build(find_build_file(context_of(home))) as connection:
        record_load(connection, next_load_id(connection), "batches", "poll-1", datetime.now(UTC))


def kill_load(home: Home) -> None:
    command = [sys.executable, "-c", KILLED, str(home.build), str(home.published)]
    subprocess.run(command, cwd=ROOT, env=dict(os.environ, PYTHONPATH=str(ROOT)), check=False)
    assert home.build.with_name("build.duckdb.wal").stat().st_size


def cut_note(home: Home) -> None:
    path = home.build.with_name("published.json")
    path.write_bytes(path.read_bytes()[:-10])


CHANGES = [
    lose_published,
    put_older_published,
    lose_build,
    change_tables,
    load_only,
    kill_load,
    cut_note,
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_or_lost_is_looked_at(change: Callable[[Home], None], home: Home) -> None:
    change(home)
    assert opens_build(home)


@pytest.mark.parametrize("change", [load_only, kill_load])
def test_what_a_killed_process_left_in_the_build_file_is_published(
    change: Callable[[Home], None], home: Home
) -> None:
    before = count_loads(home)
    change(home)
    load_ready(context_of(home))
    assert count_loads(home) == before + 1
    assert not opens_build(home)


def test_old_runs_go_although_nothing_is_loaded(home: Home) -> None:
    run = home.staging / "poll-20200101T000000.000000Z"
    run.mkdir(parents=True)
    mark_done(run, "plan")
    os.utime(run, (0, 0))
    assert not opens_build(home)
    assert not run.exists()


def test_a_run_with_nothing_due_imports_nothing_that_only_work_needs(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", [make_feed("http://127.0.0.1:9/feed")], "")
    allowed = {"HTTP_ALLOW_PRIVATE_ADDRESSES": "true"}
    assert "1 feed_unreachable" in call_well(home, "run", **allowed)
    program = "import atexit, sys; atexit.register(lambda: print(*sys.modules)); from dateline.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "run"],
        cwd=ROOT,
        env=environment(home, **allowed),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert "nothing was due" in done.stdout
    modules = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert "duckdb" in modules
    assert not modules & NOT_NEEDED
