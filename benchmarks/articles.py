"""Articles a second through `clean` and `code`, against bare trafilatura on the same pages.

    python -m benchmarks.articles [--runs 3]

One process: the functions in a loop, what is loaded once left out. All cores: the steps `clean` and `code`
as a run does them, from the archive to the staging files, against trafilatura in a pool of as many
processes; first with the start of their processes, then a second batch in the same ones. Pages in languages
that the coder does not read are cleaned only. Each page counts twice.
"""

import argparse
import statistics
import tempfile
from collections.abc import Callable
from typing import Any

from benchmarks.articles_bare import PAGES
from benchmarks.measure import MB, print_table, run_child

BARE, DATELINE = "benchmarks.articles_bare", "benchmarks.articles_dateline"
CHILDREN = {
    "bare": (BARE, "one"),
    "functions": (DATELINE, "functions"),
    "bare-all": (BARE, "all"),
    "steps": (DATELINE, "steps"),
    "code": (DATELINE, "code"),
}


def main() -> None:
    """Archive the pages, measure by turns, and print the tables."""
    parser = argparse.ArgumentParser(description="Time cleaning and coding.")
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    if not (PAGES / "gold.jsonl").exists():
        print(f"skipped: there are no pages in {PAGES}")
        return
    found: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as folder:
        run_child(DATELINE, "prepare", folder)
        for _ in range(runs):
            for name, (module, what) in CHILDREN.items():
                found.setdefault(name, []).append(run_child(module, what, folder))

    def median(name: str, value: str) -> float:
        return float(statistics.median(item[value] for item in found[name]))

    first = found["functions"][0]
    print(f"{first['pages']} pages, {first['coded']} of them coded, {runs} runs:\n")
    _print_speed(median, first["pages"], first["coded"])
    _print_memory(median)


def _print_speed(median: Callable[[str, str], float], pages: int, coded: int) -> None:
    bare, clean, code = (
        median("bare", "seconds"),
        median("functions", "clean_s"),
        median("functions", "code_s"),
    )
    rows: list[tuple[object, ...]] = [
        ("one process: bare trafilatura", pages, bare, pages / bare, 1.0, "-"),
        ("one process: clean", pages, clean, pages / clean, bare / clean, 1.0),
        ("one process: code", coded, code, coded / code, "-", 1.0),
    ]
    for name, prefix, peer in (("started", "", "seconds"), ("kept", "warm_", "warm_s")):
        all_bare = median("bare-all", peer)
        all_clean, all_code = median("steps", f"{prefix}clean_s"), median("steps", f"{prefix}code_s")
        rows += [
            (f"processes {name}: bare", pages, all_bare, pages / all_bare, 1.0, bare / all_bare),
            (
                f"processes {name}: clean",
                pages,
                all_clean,
                pages / all_clean,
                all_bare / all_clean,
                clean / all_clean,
            ),
            (f"processes {name}: code", coded, all_code, coded / all_code, "-", code / all_code),
        ]
    print_table(("", "articles", "seconds", "articles/s", "of bare trafilatura", "times one process"), rows)
    each = all_clean / pages + all_code / coded
    print(
        f"\nEnglish articles cleaned and coded on all cores: {1 / each:.3g} a second, {86_400 / each:,.0f} a day\n"
    )


def _print_memory(median: Callable[[str, str], float]) -> None:
    rows = [
        ("bare trafilatura, one process", median("bare", "peak") / MB),
        ("bare trafilatura, largest of the pool", median("bare-all", "worker_peak") / MB),
        ("clean, largest worker", median("steps", "clean_peak") / MB),
        ("clean and code, largest worker", median("steps", "code_peak") / MB),
        ("clean and code, the steps' own process", median("steps", "peak") / MB),
        ("code alone", median("code", "peak") / MB),
    ]
    print_table(("process", "memory peak MB"), rows)


if __name__ == "__main__":
    main()
