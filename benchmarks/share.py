"""What a home pays for sharing a store: bytes and seconds of each step of a batch, and of the published file.

    python -m benchmarks.share [--mb 10,1000] [--url s3://bucket/folder]

The sample newsroom is polled once by the home that owns the warehouse, its second edition by another. Without `--url`
the store is a folder on this machine, as a network folder would be. The published files of `--mb` are random bytes.
"""

import argparse
import logging
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks.measure import MB, print_table
from dateline.demo.newsroom import Newsroom
from dateline.demo.run_demo import SETTINGS
from dateline.home import Home
from dateline.settings import load_settings
from dateline.steps.context import Context
from dateline.steps.load import load_ready
from dateline.steps.pipeline import POLL, name_batches, run_step
from dateline.steps.plan_poll import plan_poll
from dateline.steps.shared_home import pull_home, share_home
from ingest.feeds.subscriptions import write_subscriptions
from ingest.store.object_store import open_store

Row = tuple[object, ...]
HEADS = ("what", "home/, kB", "packs, kB", "archive, kB", "put, kB", "s")


class StoreWatch(logging.Handler):
    """Adds up what the store says that it brought and took."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.brought = {"home": 0, "staging": 0, "archive": 0}
        self.put = 0

    def emit(self, record: logging.LogRecord) -> None:
        event, _, rest = record.getMessage().partition(" name=")
        name, _, size = rest.rpartition(" bytes=")
        if event == "store_pulled":
            self.brought[name.partition("/")[0]] += int(size)
        elif event == "store_pushed":
            self.put += int(size)


def main() -> None:
    """Run the steps in temporary folders, move the files, and print a table."""
    parser = argparse.ArgumentParser(description="Measure what sharing a store costs.")
    parser.add_argument("--mb", default="10,1000", help="sizes of published files")
    parser.add_argument("--url", default="", help="a store that may be filled")
    options = parser.parse_args()
    logging.getLogger("dateline.store").setLevel(logging.DEBUG)
    with tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as name:
        folder = Path(name)
        (folder / "store").mkdir()
        url = options.url or f"file://{folder}/store"
        rows = _run_steps(folder, f"{url}/sample")
        for size in map(int, options.mb.split(",")):
            rows += _move_published(folder / f"{size}", f"{url}/{size}", size)
    print_table(HEADS, rows)


def _run_steps(folder: Path, url: str) -> list[Row]:
    owner, other = _open(folder / "owner", url), _open(folder / "other", url)
    with Newsroom(preferred_ports=False) as newsroom:
        write_subscriptions(owner.home.feeds, newsroom.feeds)
        _poll(owner, owner)
        newsroom.advance()
        return _poll(owner, other)


def _poll(owner: Context, worker: Context) -> list[Row]:
    batches = [Path(name) for name in name_batches(plan_poll(owner, datetime.now(UTC), only_due=False))]
    works = [
        (f"{step} of a batch", partial(run_step, worker, step, batch)) for step in POLL for batch in batches
    ]
    rows = [_show(what, *_measure(work)) for what, work in works]
    return [*rows, _show("load", *_measure(lambda: load_ready(owner)))]


def _move_published(folder: Path, url: str, size_mb: int) -> list[Row]:
    """Of a file that is new to the store, then to another home, then to neither."""
    owner, other = _open(folder / "owner", url), _open(folder / "other", url)
    with owner.home.published.open("wb") as file:
        for _ in range(size_mb):
            file.write(os.urandom(MB))
    store = open_store(other.settings.storage)
    assert store is not None
    works: list[tuple[str, Callable[[], object]]] = [
        ("goes to the store", lambda: share_home(owner)),
        ("comes to a home", lambda: pull_home(other, store)),
        ("is there", lambda: pull_home(other, store)),
    ]
    return [_show(f"{size_mb} MB: {what}", *_measure(work)) for what, work in works]


def _open(path: Path, url: str) -> Context:
    home = Home(path)
    home.path.mkdir(parents=True, exist_ok=True)
    home.settings.write_text(SETTINGS, encoding="utf-8")
    return Context(home, load_settings(home, {"DATELINE_STORAGE_URL": url}))


def _measure(work: Callable[[], object]) -> tuple[StoreWatch, float]:
    watch, log, began = StoreWatch(), logging.getLogger("dateline.store"), time.perf_counter()
    log.addHandler(watch)
    try:
        work()
    finally:
        log.removeHandler(watch)
    return watch, time.perf_counter() - began


def _show(what: str, watch: StoreWatch, took_s: float) -> Row:
    return (what, *(size // 1000 for size in (*watch.brought.values(), watch.put)), took_s)


if __name__ == "__main__":
    main()
