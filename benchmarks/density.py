"""Loading a day of news of growing density: how its cost grows with the articles that are alike.

    python -m benchmarks.density [--densities 2500,10000,30000]

Two days of so many events are in the warehouse, the load brings the third. Seconds are processor time.
"""

import argparse
import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.measure import MB, peak_bytes, print_table, run_child
from benchmarks.synthetic_news import write_day
from benchmarks.warehouse import MAX_DAYS_APART, name_build
from warehouse import load
from warehouse.group_stories import group_changed


def main() -> None:
    """Measure each density in a process of its own, and print the table."""
    parser = argparse.ArgumentParser(description="Load days of growing density.")
    parser.add_argument("--densities", default="2500,10000,30000", help="events a day, comma-separated")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(_measure(options.child)))
        return
    rows = []
    for density in options.densities.split(","):
        found = run_child("benchmarks.density", "--child", density)
        articles, stories_s = found["articles"], found["stories_s"]
        rest_ms, stories_ms = (
            1_000 * (found["load_s"] - stories_s) / articles,
            1_000 * stories_s / articles,
        )
        rows.append((int(density), articles, found["load_s"], rest_ms, stories_ms, found["peak"] / MB))
    columns = ("events a day", "articles", "load s", "rest ms an article", "stories ms an article", "peak MB")
    print_table(columns, rows)


def _measure(density: int) -> dict[str, Any]:
    spent = 0.0

    def group_timed(*arguments: Any) -> Any:
        nonlocal spent
        began = time.process_time()
        try:
            return group_changed(*arguments)
        finally:
            spent += time.process_time() - began

    with tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as name:
        build = name_build(Path(name) / "build.duckdb")
        days = [write_day(Path(name) / "days", day, density) for day in range(3)]
        load.load_batches(build, days[:2], "fill", datetime.now(UTC), MAX_DAYS_APART)
        began = time.process_time()
        with patch.object(load, "group_changed", group_timed):
            done = load.load_batches(build, days[2:], "next", datetime.now(UTC), MAX_DAYS_APART)
        load_s = time.process_time() - began
    [articles] = [count.rows_new for count in done.counts if count.table == "articles"]
    return {"articles": articles, "load_s": load_s, "stories_s": spent, "peak": peak_bytes()}


if __name__ == "__main__":
    main()
