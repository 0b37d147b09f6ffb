"""Bytes on the disk for each article: archive, staging files, warehouse.

    python -m benchmarks.disk [--copies 40]

109 real pages go from the archive through `clean`, `code` and the load. The warehouse is then filled with copies of
them, whose texts have their words shuffled (the same text again would take no room), and written anew as a
publication would; what an empty one takes is left out.
"""

import argparse
import random
import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks.articles_bare import PAGES
from benchmarks.articles_dateline import SETTINGS, prepare
from benchmarks.measure import print_table
from benchmarks.warehouse import name_build
from benchmarks.warehouse_fill import multiply_warehouse
from dateline.disk_use import measure_bytes
from dateline.home import Home
from dateline.steps.articles import clean_batch, code_batch
from dateline.steps.context import Context
from dateline.steps.load import load_ready
from ingest.staging.records import mark_done
from transforms.events.fingerprint import FINGERPRINT_VERSION
from warehouse.connection import STORAGE_VERSION, open_build


def main() -> None:
    """Fill a home in a temporary folder, and print the table."""
    parser = argparse.ArgumentParser(description="Measure the disk that an article takes.")
    parser.add_argument("--copies", type=int, default=40)
    copies = parser.parse_args().copies
    if not (PAGES / "gold.jsonl").exists():
        print(f"skipped: there are no pages in {PAGES}")
        return
    with tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as folder:
        home = Home(Path(folder) / "home")
        home.path.mkdir()
        prepare(home, copies=1)
        batch = home.staging / "run" / "batch-000"
        context = Context(home, SETTINGS)
        clean_batch(context, batch)
        code_batch(context, batch)
        archive, staging = measure_bytes(home.archive), measure_bytes(batch)
        mark_done(batch.parent, "plan")
        load_ready(context)
        rows = _count(home.published)
        prints = measure_bytes(home.build.with_name(f"{home.build.name}.fingerprints-{FINGERPRINT_VERSION}"))
        large = Path(folder) / "large.duckdb"
        multiply_warehouse(home.build, name_build(large), copies, 1)
        _shuffle_texts(large)
        whole = _write_anew(large, Path(folder)) - _write_anew(_empty(Path(folder)), Path(folder))
    pages = rows["articles"]
    print("Of 109 pages came " + ", ".join(f"{count} {table}" for table, count in rows.items()) + "\n")
    print_table(
        ("what", "bytes for each article"),
        [
            ("archive: the page as fetched, packed", archive / pages),
            ("staging files, kept for some days", staging / pages),
            ("warehouse, one file", whole / (pages * copies)),
            ("fingerprints beside the build file", prints / pages),
        ],
    )


def _count(path: Path) -> dict[str, int]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
            for table in ("articles", "codings", "mentions", "events")
        }


def _shuffle_texts(path: Path) -> None:
    with open_build(name_build(path)) as connection:
        rows = connection.execute("SELECT article_version_id, text FROM articles").fetchall()
        chance = random.Random(1)
        shuffled = []
        for version, text in rows:
            words = text.split(" ")
            chance.shuffle(words)
            shuffled.append({"version": version, "words": " ".join(words)})
        connection.register("shuffled", pa.Table.from_pylist(shuffled))
        connection.execute(
            "UPDATE articles SET text = words FROM shuffled WHERE version = article_version_id"
        )


def _empty(folder: Path) -> Path:
    path = folder / "empty.duckdb"
    with open_build(name_build(path)):
        return path


def _write_anew(path: Path, folder: Path) -> int:
    """The bytes of a file that holds the same and nothing else."""
    target = folder / f"{path.stem}-anew.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{path}' AS old (READ_ONLY)")
        connection.execute(f"ATTACH '{target}' AS new (STORAGE_VERSION '{STORAGE_VERSION}')")
        connection.execute("COPY FROM DATABASE old TO new")
    return target.stat().st_size


if __name__ == "__main__":
    main()
