"""Loading 10,000 events into warehouses of growing size, publishing these, and asking them for stories.

    python -m benchmarks.warehouse [--sizes 10000,1000000] [--runs 3] [--days 50]

Every warehouse holds the same number of events for each day (200 where 10,000 fill fifty days); a larger one
reaches further back. The load brings as many days again, so what it meets in the days before is the same in each,
and only the archive behind differs. Stories look back six weeks: with fewer days than that the first warehouse has
less to look at than the others. More events a day (--days 4) make stories the larger part of a load.
Loads are measured in CPU seconds, publications in seconds, as they wait for the disk. Publishing is compared with
copying the published file (`shutil.copyfile`, then `fsync`).
"""

import argparse
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb

from benchmarks.measure import MB, peak_bytes, print_table, run_child
from benchmarks.synthetic_news import write_day
from benchmarks.warehouse_fill import multiply_warehouse
from ingest.tables.word_frequencies import open_word_frequencies
from transforms.settings import LoadSettings
from warehouse import load
from warehouse.compact import compact
from warehouse.connection import BuildFile, hold_build, open_build
from warehouse.fingerprint_files import FingerprintFiles
from warehouse.group_stories import group_changed
from warehouse.load_summary import MergeSummary
from warehouse.merge_events import merge_changed
from warehouse.publish import publish

FIRST = 10_000
DAYS = 50
MAX_DAYS_APART = 1
MEMORY_LIMIT = LoadSettings().memory_limit


def main() -> None:
    """Build the warehouses in a temporary folder, measure by turns, and print three tables."""
    parser = argparse.ArgumentParser(description="Load into and publish warehouses of growing size.")
    parser.add_argument("--sizes", default="10000,1000000", help="events, comma-separated")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--days", type=int, default=DAYS, help="days that 10,000 events fill")
    parser.add_argument("--child", nargs=2, metavar=("WHAT", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        what, folder = options.child
        print(json.dumps(_CHILDREN[what](Path(folder))))
        return
    sizes = [int(size) for size in options.sizes.split(",")]
    with tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as name:
        homes = _prepare(Path(name), sizes, options.days)
        found: dict[tuple[int, str], list[dict[str, Any]]] = {}
        for _ in range(options.runs):
            for what in _CHILDREN:
                for size, home in homes.items():
                    found.setdefault((size, what), []).append(_measure(what, home))
        _print_loads(sizes, found)
        _print_publications(sizes, found)
        _print_stories(sizes, found)


def name_build(path: Path, published: Path | None = None) -> BuildFile:
    """A build file that begins empty unless it is there, and that nobody else opens."""
    return BuildFile(path, published or path, MEMORY_LIMIT, 0, open_word_frequencies)


def _prepare(folder: Path, sizes: list[int], days: int) -> dict[int, Path]:
    """A home for each size, with the batches to be loaded next to them."""
    base = folder / "base.duckdb"
    first = [write_day(folder / "first", day, FIRST // days) for day in range(days)]
    load.load_batches(name_build(base), first, "fill", datetime.now(UTC), MAX_DAYS_APART)
    for day in range(days, 2 * days):
        write_day(folder / "next", day, FIRST // days)
    homes = {}
    for size in sizes:
        homes[size] = folder / str(size)
        homes[size].mkdir()
        kept = name_build(homes[size] / "kept.duckdb")
        multiply_warehouse(base, kept, max(1, size // FIRST), days)
        _rewrite(kept)  # as a warehouse is that has grown for long
    return homes


def _measure(what: str, home: Path) -> dict[str, Any]:
    """Measure in a process of its own, on a copy of the warehouse."""
    build, kept = (
        FingerprintFiles(home / name, open_word_frequencies) for name in ("build.duckdb", "kept.duckdb")
    )
    shutil.copyfile(home / "kept.duckdb", home / "build.duckdb")
    shutil.rmtree(build.folder, ignore_errors=True)
    shutil.copytree(kept.folder, build.folder)
    found = run_child("benchmarks.warehouse", "--child", what, home)
    if what == "publish":
        found["copy_s"] = _time(lambda: _copy_file(home / "dateline.duckdb", home / "copy.duckdb"))
    return found


def _load_child(home: Path) -> dict[str, Any]:
    seconds = {"group_s": 0.0, "merge_s": 0.0, "commit_s": 0.0}
    transaction = load.transaction

    def group_timed(*arguments: Any) -> None:
        started = time.process_time()
        group_changed(*arguments)
        seconds["group_s"] += time.process_time() - started

    def merge_timed(*arguments: Any) -> MergeSummary:
        started = time.process_time()
        summary = merge_changed(*arguments)
        seconds["merge_s"] += time.process_time() - started
        return summary

    @contextmanager
    def transaction_timed(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
        with transaction(connection):
            yield
            started = time.process_time()
        seconds["commit_s"] = time.process_time() - started

    build = name_build(home / "build.duckdb")
    batches = sorted((home.parent / "next").glob("*/batch-*"))
    with open_build(build) as connection:
        [(events,)] = connection.execute("SELECT count(*) FROM events").fetchall()
        [(articles,)] = connection.execute("SELECT count(*) FROM articles").fetchall()
    started = time.process_time()
    with (
        patch.object(load, "group_changed", group_timed),
        patch.object(load, "merge_changed", merge_timed),
        patch.object(load, "transaction", transaction_timed),
    ):
        summary = load.load_batches(build, batches, "next", datetime.now(UTC), MAX_DAYS_APART)
    load_s = time.process_time() - started
    rows = {"events": events, "articles": articles, "new": summary.events.new, "rows": summary.rows_new}
    return rows | seconds | {"load_s": load_s, "peak": peak_bytes()}


def _publish_child(home: Path) -> dict[str, Any]:
    published = home / "dateline.duckdb"
    published.unlink(missing_ok=True)
    publish_s = _time(lambda: publish(name_build(home / "build.duckdb", published)))
    return {"publish_s": publish_s, "bytes": published.stat().st_size, "peak": peak_bytes()}


def _rewrite_child(home: Path) -> dict[str, Any]:
    """What a publication does first where the build file has grown by half."""
    return {"rewrite_s": _time(lambda: _rewrite(name_build(home / "build.duckdb"))), "peak": peak_bytes()}


def _rewrite(build: BuildFile) -> None:
    with hold_build(build):
        compact(build)


def _stories_child(home: Path) -> dict[str, Any]:
    """Ask the file that was published last for one story and for the newest fifty, each for the first time."""
    with duckdb.connect(home / "dateline.duckdb", read_only=True) as connection:
        [(stories,)] = connection.execute("SELECT count(*) FROM stories").fetchall()
        middle = "SELECT story_id FROM stories OFFSET (SELECT count(*) // 2 FROM stories) LIMIT 1"
        [(story_id,)] = connection.execute(middle).fetchall()
        one = "SELECT * FROM stories WHERE story_id = $id"
        page = "SELECT * FROM stories ORDER BY last_seen_at DESC LIMIT 50"
        one_s = _time(lambda: connection.execute(one, {"id": story_id}).fetchall())
        page_s = _time(lambda: connection.execute(page).fetchall())
    folder = FingerprintFiles(home / "build.duckdb", open_word_frequencies).folder
    fingerprints = sum(file.stat().st_size for file in folder.iterdir())
    return {"stories": stories, "one_s": one_s, "page_s": page_s, "fingerprints": fingerprints}


_CHILDREN = {
    "load": _load_child,
    "publish": _publish_child,
    "stories": _stories_child,
    "rewrite": _rewrite_child,
}


def _copy_file(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def _time(function: Callable[[], object]) -> float:
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def _median(found: list[dict[str, Any]], name: str) -> float:
    return float(statistics.median(item[name] for item in found))


def _print_loads(sizes: list[int], found: dict[tuple[int, str], list[dict[str, Any]]]) -> None:
    rows = []
    first_s = first_rest_s = 0.0
    for size in sizes:
        runs = found[size, "load"]
        names = ("load_s", "merge_s", "group_s", "commit_s")
        load_s, merge_s, group_s, commit_s = (_median(runs, name) for name in names)
        first_s, first_rest_s = first_s or load_s, first_rest_s or load_s - commit_s
        counts = tuple(runs[0][name] for name in ("events", "articles", "new", "rows"))
        times = (load_s, merge_s, group_s, commit_s, load_s - merge_s - group_s - commit_s)
        ratios = (load_s / first_s, (load_s - commit_s) / first_rest_s)
        rows.append((*counts, *times, group_s / load_s, *ratios, _median(runs, "peak") / MB))
    columns = (
        "events there",
        "articles there",
        "events new",
        "rows loaded",
        "load CPU s",
        "merging s",
        "stories s",
    )
    more = ("commit s", "the rest s", "stories' share", "ratio to first", "without commit", "peak MB")
    print_table((*columns, *more), rows)
    print()


def _print_publications(sizes: list[int], found: dict[tuple[int, str], list[dict[str, Any]]]) -> None:
    rows = []
    for size in sizes:
        runs, rewrites = found[size, "publish"], found[size, "rewrite"]
        seconds, file_mb = _median(runs, "publish_s"), runs[0]["bytes"] / MB
        copy_s = _median(runs, "copy_s")
        events = found[size, "load"][0]["events"]
        rows.append(
            (
                events,
                file_mb,
                seconds,
                file_mb / seconds,
                copy_s,
                seconds / copy_s,
                _median(runs, "peak") / MB,
                _median(rewrites, "rewrite_s"),
                _median(rewrites, "peak") / MB,
            )
        )
    columns = ("events", "file MB", "publish s", "MB/s", "copy s", "publish / copy", "peak MB")
    print_table((*columns, "rewriting s", "its peak MB"), rows)
    print()


def _print_stories(sizes: list[int], found: dict[tuple[int, str], list[dict[str, Any]]]) -> None:
    rows = []
    for size in sizes:
        runs = found[size, "stories"]
        file_bytes, beside = found[size, "publish"][0]["bytes"], runs[0]["fingerprints"]
        times = 1000 * _median(runs, "one_s"), 1000 * _median(runs, "page_s")
        rows.append((runs[0]["stories"], *times, beside / MB, beside / file_bytes))
    columns = ("stories", "one story ms", "page of 50 ms", "fingerprints beside the file MB", "of the file")
    print_table(columns, rows)


if __name__ == "__main__":
    main()
