"""Bringing the lake and the copy in PostgreSQL up to date: the first time, with nothing new, and after a load.

    python -m benchmarks.copies [--events 300000] [--postgres URL]

The warehouse is that of `benchmarks.warehouse`. The load brings 50 events of one day, as a poll does. Seconds are of
the processor, ours alone: those of the PostgreSQL server are not in them.
"""

import argparse
import json
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.measure import MB, peak_bytes, print_table, run_child
from benchmarks.synthetic_news import write_day
from benchmarks.warehouse import DAYS, FIRST, MAX_DAYS_APART, name_build
from benchmarks.warehouse_fill import multiply_warehouse
from warehouse import load
from warehouse.copies.lake import update_lake
from warehouse.copies.postgres import update_postgres
from warehouse.copies.stores import FolderStore
from warehouse.publish import publish

_NEW = 50


def main() -> None:
    """Fill a warehouse in a temporary folder, update the copies three times each, and print a table."""
    parser = argparse.ArgumentParser(description="Bring the copies up to date.")
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--postgres", default="", help="the address of a database that may be filled")
    parser.add_argument("--child", nargs=2, metavar=("WHERE", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(_update(*options.child)))
        return
    with tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as name:
        folder = Path(name)
        build = _fill(folder, options.events)
        places = ["lake", *([options.postgres] if options.postgres else [])]
        found = [
            (place, "first", run_child("benchmarks.copies", "--child", place, folder)) for place in places
        ]
        found += [
            (place, "nothing new", run_child("benchmarks.copies", "--child", place, folder))
            for place in places
        ]
        batch = write_day(folder / "next", DAYS, _NEW)
        load.load_batches(build, [batch], "next", datetime.now(UTC), MAX_DAYS_APART)
        publish(build)
        found += [
            (place, "after a load", run_child("benchmarks.copies", "--child", place, folder))
            for place in places
        ]
        size = sum(path.stat().st_size for path in (folder / "lake" / "versions").rglob("*.parquet"))
        rows = [
            ("lake" if place == "lake" else "PostgreSQL", what, one["days"], one["cpu_s"], one["peak"] / MB)
            for place, what, one in found
        ]
        print_table(("copy", "update", "days written", "CPU s", "peak MB"), rows)
        print(
            f"warehouse {(folder / 'dateline.duckdb').stat().st_size / MB:,.0f} MB, lake {size / MB:,.0f} MB"
        )


def _fill(folder: Path, events: int) -> Any:
    base = folder / "base.duckdb"
    first = [write_day(folder / "first", day, FIRST // DAYS) for day in range(DAYS)]
    load.load_batches(name_build(base), first, "fill", datetime.now(UTC), MAX_DAYS_APART)
    build = name_build(folder / "build.duckdb", folder / "dateline.duckdb")
    multiply_warehouse(base, build, max(1, events // FIRST), DAYS)
    publish(build)
    return build


def _update(place: str, folder: str) -> dict[str, Any]:
    published, now = Path(folder) / "dateline.duckdb", datetime.now(UTC)
    if place == "lake":
        days = update_lake(
            published, FolderStore(Path(folder) / "lake"), now, 86_400, has_folders=True
        ).days_written
    else:
        days = update_postgres(published, place, now).days_copied
    spent = os.times()
    return {"days": days, "cpu_s": spent.user + spent.system, "peak": peak_bytes()}


if __name__ == "__main__":
    main()
