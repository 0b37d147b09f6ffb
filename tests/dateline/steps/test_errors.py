"""The errors that a user will meet: each says what to do, and after each the next run carries on."""

import fcntl
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dateline.demo.newsroom import Newsroom
from dateline.home import Home
from ingest.feeds.subscriptions import make_feed
from tests.dateline.homes import (
    ask,
    call,
    call_well,
    copy_home,
    environment,
    finish,
    make_home,
    read_rows,
    start,
)
from tests.dateline.saved_news import SAVED_AT, feed, page, save, write_news
from tests.paths import ROOT
from warehouse.checks import run_checks
from warehouse.connection import lock_of

ATTEMPTS = {
    "feeds": ("last_attempt_at", "last_success_at", "next_poll_at"),
    "fetches": ("fetch_id", "run_id", "requested_at", "duration_s", "warc_file", "warc_offset"),
    "entries": ("fetch_id", "seen_at", "last_seen_at"),
    "articles": ("fetch_id", "fetched_at", "last_fetched_at"),
    "codings": ("coded_at",),
    "article_stories": ("seen_at",),
    "stories": ("first_seen_at", "last_seen_at"),
    "events": ("first_seen_at", "last_seen_at"),
    "rejections": ("run_id", "rejected_at"),
    "step_counts": ("run_id",),
    "loaded_batches": ("run_id",),
}
"""The columns that tell when and where something was fetched: two runs differ in nothing else."""


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(preferred_ports=False) as running:
        yield running


@pytest.fixture(scope="module")
def undisturbed(newsroom: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = make_home(tmp_path_factory.mktemp("undisturbed") / "home", newsroom.feeds[-1:])
    call_well(home, "run")
    return home


@pytest.fixture
def fresh(newsroom: Newsroom, tmp_path: Path) -> Home:
    return make_home(tmp_path / "home", newsroom.feeds[-1:])


def test_a_run_stopped_or_killed_at_every_step_is_finished_by_the_next(
    fresh: Home, undisturbed: Home
) -> None:
    for at in (
        "plan.known_states.parquet",  # the plan is half made
        "poll.entries.parquet",
        "fetch.done",
        "clean.articles.parquet",
        "code.mentions.parquet",
        "warehouse.load:record_load",  # in the load's transaction
        "/dateline.duckdb",  # loaded, not published
    ):
        assert finish(start(fresh, "run", strike="KILL", at=at)).status == -signal.SIGKILL, at
        assert not fresh.published.exists()
        if at == "fetch.done":
            stop_while_cleaning(fresh)
    call_well(fresh, "run")
    assert read_rows(fresh, ATTEMPTS) == read_rows(undisturbed, ATTEMPTS)
    assert ask(fresh, "SELECT count(*) FROM fetches WHERE kind = 'feed'") == [(1,)]


def stop_while_cleaning(home: Home) -> None:
    """Ctrl-C while the workers are there, to the whole group of processes, as a terminal does it."""
    process = start(home, "run", strike="STOP", at="clean.articles.parquet")
    os.waitpid(process.pid, os.WUNTRACED)
    os.killpg(process.pid, signal.SIGINT)
    os.killpg(process.pid, signal.SIGCONT)
    answer = finish(process)
    assert answer.status == 130
    assert answer.err.strip() == "stopped; nothing is lost, the next run carries on"


def test_two_runs_at_once_share_the_work(fresh: Home, undisturbed: Home) -> None:
    runs = [start(fresh, "run") for _ in range(2)]
    assert [finish(run).status for run in runs] == [0, 0]
    assert read_rows(fresh, ATTEMPTS) == read_rows(undisturbed, ATTEMPTS)


def test_a_batch_that_waits_for_its_load_is_not_polled_again(
    undisturbed: Home, newsroom: Newsroom, tmp_path: Path
) -> None:
    home = copy_home(undisturbed, tmp_path / "home")
    assert (
        finish(start(home, "run", strike="KILL", at="warehouse.load:record_load")).status == -signal.SIGKILL
    )
    asked = len(newsroom.requests)
    call_well(home, "run")
    assert len(newsroom.requests) == asked
    assert ask(home, "SELECT count(*) FROM loaded_batches") == [(2,)]


def test_no_network_is_said_and_the_next_run_carries_on(
    undisturbed: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_home(undisturbed, tmp_path / "home")
    subscriptions = home.feeds.read_text(encoding="utf-8")
    home.feeds.write_text(subscriptions.replace("127.0.0.1", "localhost"), encoding="utf-8")
    before = read_rows(home)
    with monkeypatch.context() as offline:
        offline.setattr(socket, "getaddrinfo", find_no_name_server)
        answers = [call(home, "run") for _ in range(2)]
    for answer in answers:
        assert answer.status == 75
        assert "no network: none of 1 addresses could be reached" in answer.err
        assert "check the connection and run again, nothing is lost" in answer.err
    assert read_rows(home) == before
    call_well(home, "run")
    assert ask(home, "SELECT count(*), count(DISTINCT run_id) FROM fetches WHERE kind = 'feed'") == [(2, 2)]


def find_no_name_server(*_: object, **__: object) -> None:
    """What a machine without a network finds."""
    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


def test_no_feeds_yet(tmp_path: Path) -> None:
    answer = call(make_home(tmp_path / "home"), "run")
    assert answer.status == 1
    assert "`dateline feeds add URL` adds one" in answer.err
    assert "`dateline feeds import starter`" in answer.err


@pytest.mark.parametrize("command", ["run", "status", "sql", "replay"])
def test_a_warehouse_of_a_newer_version_is_left_alone(
    command: str, undisturbed: Home, tmp_path: Path
) -> None:
    home = copy_home(undisturbed, tmp_path / "home")
    for path in (home.published, home.build):
        with duckdb.connect(path) as connection:
            connection.execute("INSERT INTO schema_migrations VALUES (9999, '9999_later', 'x')")
    content = home.published.read_bytes()
    arguments = [command, "SELECT 1"] if command == "sql" else [command]
    answer = call(home, *arguments)
    assert answer.status == 1
    assert "was written by a newer Dateline (schema 9999" in answer.err
    assert "upgrade it" in answer.err
    assert home.published.read_bytes() == content


def test_a_warehouse_that_another_run_has_locked(undisturbed: Home, tmp_path: Path) -> None:
    home = copy_home(undisturbed, tmp_path / "home")
    before = read_rows(home)
    with lock_of(home.build).open("w") as lock:
        lock.write("pid 4711 since 2026-03-06T09:00:00Z")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        answer = call(home, "run", LOAD_LOCK_WAIT_S="0.1")
    assert answer.status == 75
    assert "the warehouse is locked by another run (pid 4711 since" in answer.err
    assert "load.lock_wait_s" in answer.err
    assert read_rows(home) == before
    call_well(home, "run")
    assert ask(home, "SELECT count(*) FROM loaded_batches") == [(2,)]


def test_a_full_disk_is_said_and_the_next_run_carries_on(fresh: Home, undisturbed: Home) -> None:
    """A limit on the size of files fails as a full disk does, in the first steps and in the last."""
    for limit_bytes in (3_000, 500_000):
        answer = run_with_limit(fresh, limit_bytes)
        assert answer.returncode == 75, answer.stderr
        assert "Traceback" not in answer.stderr
        assert "run again" in answer.stderr
        assert not fresh.published.exists()
    call_well(fresh, "run")
    assert read_rows(fresh, ATTEMPTS) == read_rows(undisturbed, ATTEMPTS)


def run_with_limit(home: Home, limit_bytes: int) -> "subprocess.CompletedProcess[str]":
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))

    return subprocess.run(
        [sys.executable, "-m", "tests.dateline.strike_at", "", "", "run"],
        cwd=ROOT,
        env=environment(home) | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        preexec_fn=limit,
        check=False,
    )


def test_a_page_that_cannot_be_read_is_counted_and_the_feeds_text_is_used(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    save(tmp_path / "saved" / "rss.xml", feed(("aleppo", 3)).encode())
    endless = page("aleppo", 3).replace(b"</article>", b"<p>On and on.</p>" * 40_000)  # takes many seconds
    save(tmp_path / "saved" / "aleppo.html", endless)
    call_well(home, "backfill", str(tmp_path / "saved"), CLEAN_PAGE_TIMEOUT_S="0.5")
    assert ask(home, "SELECT reason FROM rejections WHERE stage = 'article'") == [("page_hangs",)]
    assert ask(home, "SELECT text_source FROM articles") == [("feed",)]
    counts = "SELECT taken, passed, unchanged, rejected FROM step_counts WHERE step = 'clean_articles'"
    assert ask(home, counts) == [(1, 0, 0, 1)]
    a_century_s = 3.2e9  # nothing is stale
    failed = [one for one in run_checks(home.published, SAVED_AT, a_century_s) if not one.ok]
    assert failed == []


def test_a_broken_seeds_row_is_named_and_does_not_lose_the_run(fresh: Home, undisturbed: Home) -> None:
    fresh.seeds.mkdir()
    broken = fresh.seeds / "weapons.csv"
    broken.write_text("word,mode\ncatapult,\n,siege\n", encoding="utf-8")
    answer = call(fresh, "run")
    assert answer.status == 1
    assert "weapons.csv" in answer.err
    assert "line 3" in answer.err
    assert "word" in answer.err
    broken.unlink()
    call_well(fresh, "run")
    assert read_rows(fresh, ATTEMPTS) == read_rows(undisturbed, ATTEMPTS)


def test_a_batch_that_fails_does_not_keep_the_others(newsroom: Newsroom, tmp_path: Path) -> None:
    one, other = newsroom.feeds[-2:]
    feeds = [one, make_feed(other.url.replace("127.0.0.1", "localhost"))]  # two hosts: two batches
    home = make_home(tmp_path / "home", feeds)
    assert finish(start(home, "run", strike="KILL", at="clean.articles.parquet")).status == -signal.SIGKILL
    away = home.archive.rename(tmp_path / "away")
    answer = call(home, "run")
    assert answer.status == 1
    assert "is missing; put the file back into the archive; the next run tries again" in answer.err
    assert ask(home, "SELECT batch FROM loaded_batches") == [("batch-001",)]
    for path in away.iterdir():
        path.rename(home.archive / path.name)
    call_well(home, "run")
    first_run = "SELECT batch FROM loaded_batches WHERE run_id = (SELECT min(run_id) FROM loaded_batches)"
    assert sorted(ask(home, first_run)) == [("batch-000",), ("batch-001",)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--from", "2026-02-30"], "--from '2026-02-30' is no day; write it as YYYY-MM-DD"),
        (["--to", "yesterday"], "--to 'yesterday' is no day; write it as YYYY-MM-DD"),
        (["--from", "2026-03-05", "--to", "2026-03-04"], "--from 2026-03-05 is after --to 2026-03-04"),
    ],
)
def test_bad_days(arguments: list[str], message: str, fresh: Home, tmp_path: Path) -> None:
    answer = call(fresh, "backfill", str(write_news(tmp_path / "saved")), *arguments)
    assert answer.status == 1
    assert message in answer.err
    assert not list(fresh.staging.glob("*"))


def test_nothing_to_read_before_the_first_run(fresh: Home) -> None:
    answer = call(fresh, "sql", "SELECT 1")
    assert answer.status == 1
    assert "`dateline run` makes one" in answer.err


def test_old_runs_are_cleared_away(undisturbed: Home, tmp_path: Path) -> None:
    home = copy_home(undisturbed, tmp_path / "home")
    finish(start(home, "run", strike="KILL", at="plan.known_states.parquet"))
    ten_days_ago = time.time() - 10 * 86_400
    for run in home.staging.iterdir():
        os.utime(run, (ten_days_ago, ten_days_ago))
    call_well(home, "run")
    assert len([run for run in home.staging.iterdir() if run.is_dir()]) == 1
