"""A home of Dateline for a test: made in a moment, driven by the real command line, read row by row."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

from dateline.cli import main
from dateline.home import Home
from ingest.feeds.subscriptions import write_subscriptions
from ingest.tables.gazetteer_file import find_gazetteer_file
from tests.coders import CACHE, whole_gazetteer
from tests.limits import HANG_S
from tests.paths import ROOT
from transforms.records import Feed
from warehouse.query import run_queries

SETTINGS = """\
[http]
allow_private_addresses = true
host_spacing_s = 0
[poll]
min_interval_s = 0
batch_feeds = 1
[pages]
retry_s = 0
[clean]
workers = 1
page_memory_bytes = 400_000_000
[load]
lock_wait_s = 600
quiet_wait_s = 0
memory_limit = "256MB"
"""
"""Memory is the least that is allowed, so that these tests show that it is enough."""
TABLES = (
    "feeds", "fetches", "entries", "page_states", "articles", "codings", "mentions", "article_places",
    "places", "events", "article_stories", "stories", "rejections", "step_counts", "loaded_batches",
)  # fmt: skip
"""What is loaded from batches, and the events made of it; other tables keep the row accounting of the loads."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said."""

    status: int
    out: str
    err: str


def make_home(path: Path, feeds: Iterable[Feed] = (), settings: str = SETTINGS) -> Home:
    """A home with subscriptions, and the gazetteer as if it had been compiled before."""
    home = Home(path)
    lend_gazetteer(home)
    home.settings.write_text(settings, encoding="utf-8")
    write_subscriptions(home.feeds, feeds)
    return home


def lend_gazetteer(home: Home) -> None:
    """The gazetteer as if the home had compiled it, which takes seconds."""
    whole_gazetteer()
    home.cache.mkdir(parents=True)
    find_gazetteer_file(home.cache).symlink_to(find_gazetteer_file(CACHE))


def copy_home(home: Home, path: Path) -> Home:
    shutil.copytree(home.path, path, symlinks=True)
    return Home(path)


def environment(home: Home, **settings: str) -> dict[str, str]:
    """This process's environment with `home` as Dateline's, and `settings` such as `LOAD_LOCK_WAIT_S`."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
    return plain | {"DATELINE_HOME": str(home.path)} | {f"DATELINE_{k}": v for k, v in settings.items()}


def call(home: Home, *arguments: str, **settings: str) -> Answer:
    """Run the command line in this process."""
    out, err = StringIO(), StringIO()
    with (
        mock.patch.dict(os.environ, environment(home, **settings), clear=True),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main(list(arguments))
        except SystemExit as end:
            return Answer(int(end.code or 0), out.getvalue(), err.getvalue())
    raise AssertionError("main never returns")


def call_well(home: Home, *arguments: str, **settings: str) -> str:
    """As `call`; the command must succeed. Returns what it printed."""
    answer = call(home, *arguments, **settings)
    assert answer.status == 0, answer
    return answer.out


def start(home: Home, *arguments: str, strike: str = "", at: str = "") -> "subprocess.Popen[str]":
    """Start the command line as a process of its own; with `at`, `strike` (KILL, INT, STOP) hits it there.

    `at` ends the name of the file that the process is about to open or put in its place, or names a function
    that it is about to call (`strike_at.py`).
    """
    return subprocess.Popen(
        [sys.executable, "-m", "tests.dateline.strike_at", strike, at, *arguments],
        cwd=ROOT,
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(process: "subprocess.Popen[str]") -> Answer:
    out, err = process.communicate(timeout=HANG_S)
    return Answer(process.returncode, out, err)


def ask(home: Home, query: str) -> list[tuple[Any, ...]]:
    with run_queries(home.published, query) as results:
        return [tuple(row) for row in next(results).rows]


def read_rows(
    home: Home, without: Mapping[str, Iterable[str]] | None = None, tables: Iterable[str] = TABLES
) -> dict[str, list[dict[str, Any]]]:
    """The rows of the published tables in an order of their own, without load ids and the columns named."""
    tables = list(tables)
    rows = {}
    with run_queries(home.published, "; ".join(f"FROM {table}" for table in tables)) as results:
        for table, result in zip(tables, results, strict=True):
            left_out = {"load_id", *(without or {}).get(table, ())}
            found = [
                {name: value for name, value in zip(result.columns, row, strict=True) if name not in left_out}
                for row in result.rows
            ]
            rows[table] = sorted(found, key=repr)
    return rows
