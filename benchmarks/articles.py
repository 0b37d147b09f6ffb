"""Articles a second through `clean` and `code`, against bare trafilatura on the same pages.

    python -m benchmarks.articles [--runs 3]

One process: the functions in a loop, what is loaded once left out. All cores: the steps `clean` and `code`
as a run does them, from the archive to the staging files, against trafilatura in a pool of as many
processes; both with the start of their processes. Pages in languages that the coder does not read are
cleaned only.
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
    bare, bare_all = median("bare", "seconds"), median("bare-all", "seconds")
    clean, code = median("functions", "clean_s"), median("functions", "code_s")
    all_clean, all_code = median("steps", "clean_s"), median("steps", "code_s")
    rows = [
        ("one process: bare trafilatura", pages, bare, pages / bare, 1.0),
        ("one process: clean", pages, clean, pages / clean, bare / clean),
        ("one process: code", coded, code, coded / code, "-"),
        ("one process: clean and code", pages, clean + code, pages / (clean + code), bare / (clean + code)),
        ("all cores: bare trafilatura", pages, bare_all, pages / bare_all, 1.0),
        ("all cores: step clean", pages, all_clean, pages / all_clean, bare_all / all_clean),
        ("all cores: step code", coded, all_code, coded / all_code, "-"),
        (
            "all cores: steps clean and code",
            pages,
            all_clean + all_code,
            pages / (all_clean + all_code),
            bare_all / (all_clean + all_code),
        ),
    ]
    print_table(("", "articles", "seconds", "articles/s", "of bare trafilatura"), rows)
    print()


def _print_memory(median: Callable[[str, str], float]) -> None:
    rows = [
        ("bare trafilatura, one process", median("bare", "peak") / MB),
        ("bare trafilatura, largest of the pool", median("bare-all", "worker_peak") / MB),
        ("clean, largest worker", median("steps", "worker_peak") / MB),
        ("clean and code, the step's own process", median("steps", "peak") / MB),
        ("code alone", median("code", "peak") / MB),
    ]
    print_table(("process", "memory peak MB"), rows)


if __name__ == "__main__":
    main()
