"""A backfill of the made-up outlet's three years: throughput, memory and requests.

    python -m benchmarks.history [--articles 5000,20000]

The whole command (discover, fetch, clean, code, load) against bare trafilatura over the same pages in one process, in
the same run; the peak resident size of the command at each number of articles; and the requests sent to each service
against the least possible number: a listing's pages at their greatest size, the feed's snapshots, and one a page.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import trafilatura

from benchmarks.measure import MB, ChildrenWatch, print_table
from dateline.home import Home
from tests.dateline.homes import ask
from tests.made_up_outlet import THREE_YEARS
from tests.made_up_past import SHOWN, Past, open_past

FIRST, LAST = THREE_YEARS.first, THREE_YEARS.last
DAYS = (LAST - FIRST).days + 1
POSTS_A_PAGE = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", default="5000,20000", help="how many, in turn")
    sizes = [int(size) for size in parser.parse_args().articles.split(",")]
    rows = []
    for size in sizes:
        with (
            open_past(size / DAYS) as past,
            tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as folder,
        ):
            home = past.make_home(Path(folder) / "home")
            seconds, peak = run_backfill(past, home)
            [(articles,)] = ask(home, "SELECT count(*) FROM current_articles WHERE text_source = 'page'")
            bare = time_bare(past)
            recall = articles / len(past.outlet.pieces)
            rows.append((articles, recall, seconds, articles / seconds, bare / seconds, peak / MB))
            print_requests(past)
    columns = ("articles", "recall", "seconds", "articles/s", "of bare trafilatura", "peak MB")
    print_table(columns, rows)


def run_backfill(past: Past, home: Home) -> tuple[float, int]:
    """Seconds and peak bytes of `dateline backfill`, a process of its own."""
    began = time.perf_counter()
    with ChildrenWatch() as watch:
        subprocess.run(
            [sys.executable, "-m", "dateline", "backfill", "--feed", past.outlet.feed,
             "--from", str(FIRST), "--to", str(LAST)],
            env=os.environ | {"DATELINE_HOME": str(home.path)},
            check=True,
        )  # fmt: skip
    return time.perf_counter() - began, watch.peak


def time_bare(past: Past) -> float:
    """Seconds of trafilatura alone over the same pages."""
    pages = [one.html.decode() for one in past.outlet.pieces]
    began = time.perf_counter()
    for page in pages:
        trafilatura.bare_extraction(page, with_metadata=True)
    return time.perf_counter() - began


def print_requests(past: Past) -> None:
    """What each service was asked, and the least that could have done."""
    held = {source: past.outlet.held_by(source) for source in past.outlet.eras.days}
    live = sum(past.outlet.is_live(one) for one in past.outlet.pieces)
    lost = len(past.outlet.pieces) - live
    listings = {
        "wordpress": -(-len(held["wordpress"]) // POSTS_A_PAGE),
        "paged": len(past.outlet.archived),
        "sitemap": len({f"{one.at:%Y-%m}" for one in held["sitemap"]}) + 2,
        "wayback": len(held["wayback"]) // (SHOWN - 1) + 1,
    }
    least = {
        "site": live + listings["wordpress"] + listings["paged"] + listings["sitemap"],
        "archive": len(held["wayback"]) + listings["wayback"],
        "crawl": lost - len(held["wayback"]) + 7,
    }
    rows = [(name, asked, least[name], asked / least[name]) for name, asked in past.asked.items()]
    print_table(("service", "requests", "least possible", "ratio"), rows)


if __name__ == "__main__":
    main()
