"""Killed loads and publications, two loads at once, readers while a new file is published."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from ingest.locks import read_holder, try_lock
from tests.limits import HANG_S
from tests.paths import ROOT
from tests.warehouse.newsroom import Files, make_records
from tests.warehouse.sample import NOW, make_article, make_mention, write_articles, write_batch
from transforms.errors import Permanent, Transient
from warehouse.checks import run_checks
from warehouse.connection import lock_of, open_build, open_published
from warehouse.load import load_batches
from warehouse.publish import publish

KILLED_LOAD = """
import os, signal, sys
from pathlib import Path
from datetime import UTC, datetime
import warehouse.load, warehouse.publish
from tests.warehouse.newsroom import make_build_file

def die(*arguments, **named):
    os.kill(os.getpid(), signal.SIGKILL)

setattr({module}, "{function}", die)
path, published, *batches = map(Path, sys.argv[1:])
build = make_build_file(path, published)
warehouse.load.load_batches(build, batches, "poll-2", datetime(2026, 3, 10, 13, tzinfo=UTC), 1)
warehouse.publish.publish(build)
"""


def load_two(files: Files) -> list[Path]:
    """Load and publish one batch; return another that is not loaded."""
    first = write_batch(files.staging, "poll-1/batch-000", make_records())
    load_batches(files.build, [first], "poll-1", NOW, 1)
    publish(files.build)
    article = make_article("second")
    return [first, write_articles(files.staging, "poll-2/batch-000", [(article, [make_mention(article)])])]


def count_articles(published: Path) -> int:
    with open_published(published) as connection:
        [(count,)] = connection.execute("SELECT count(*) FROM articles").fetchall()
        return int(count)


@pytest.mark.parametrize(
    ("module", "function"),
    [
        ("warehouse.load", "merge_changed"),  # rows are inserted, events are not merged
        ("warehouse.load", "record_load"),  # all is written, nothing committed
        ("warehouse.publish", "publish"),  # committed, not published
        ("warehouse.publish", "_copy"),
        ("warehouse.publish", "put_in_place"),  # the copy is made, not yet in its place
        ("warehouse.compact.os", "close"),  # in its place, the folder not yet synced for certain
    ],
)
def test_after_a_kill_the_published_file_is_whole_and_the_next_run_finishes(
    module: str, function: str, files: Files
) -> None:
    batches = load_two(files)
    text = KILLED_LOAD.format(module=module, function=function)
    killed = subprocess.run(
        [sys.executable, "-c", text, str(files.build.path), str(files.published), *map(str, batches)],
        cwd=ROOT,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert count_articles(files.published) in (6, 7)
    load_batches(files.build, batches, "poll-2", NOW, 1)
    publish(files.build)
    assert count_articles(files.published) == 7
    assert [result for result in run_checks(files.published, NOW, 3600) if not result.ok] == []
    leftovers = [path.name for path in files.folder.iterdir() if path.name.startswith(".")]
    assert leftovers == []


def test_a_second_publication_has_nothing_to_do(files: Files) -> None:
    load_two(files)
    before = files.published.stat().st_ino
    assert publish(files.build) is False
    assert files.published.stat().st_ino == before


def test_a_broken_published_file_is_replaced(files: Files) -> None:
    load_two(files)
    files.published.write_bytes(b"not a database")
    with pytest.raises(Permanent, match="broken or no warehouse"), open_published(files.published):
        pass
    assert publish(files.build) is True
    assert count_articles(files.published) == 6


def test_readers_keep_their_file_while_a_new_one_is_published(files: Files) -> None:
    batches = load_two(files)
    with open_published(files.published) as reader:
        load_batches(files.build, batches, "poll-2", NOW, 1)
        assert publish(files.build) is True
        assert reader.execute("SELECT count(*) FROM articles").fetchall() == [(6,)]
        assert reader.execute("SELECT count(*) FROM mentions").fetchall() == [(7,)]
    assert count_articles(files.published) == 7


def test_reading_all_the_time_never_fails_nor_delays_a_load(files: Files) -> None:
    load_two(files)
    stop, seen, failures = threading.Event(), [], []

    def read() -> None:
        while not stop.is_set():
            try:
                seen.append(count_articles(files.published))
                time.sleep(0.02)
            except Exception as error:
                failures.append(error)
                return

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for nth in range(4):
            article = make_article(f"more-{nth}")
            batch = write_articles(files.staging, f"poll-9{nth}/b", [(article, [make_mention(article)])])
            load_batches(files.build, [batch], "r", NOW, 1)
            publish(files.build)
    finally:
        stop.set()
        reader.join()
    assert failures == []
    assert sorted(seen) == seen
    assert count_articles(files.published) == 10


def test_two_loads_at_once_wait_for_each_other_and_both_are_in(files: Files) -> None:
    text = (
        "import sys\nfrom pathlib import Path\nfrom datetime import UTC, datetime\n"
        "from tests.warehouse.newsroom import make_build_file\n"
        "from warehouse.load import load_batches\n"
        "path, published, batch = map(Path, sys.argv[1:])\n"
        "build = make_build_file(path, published, lock_wait_s=600)\n"
        "load_batches(build, [batch], 'r', datetime(2026, 3, 10, tzinfo=UTC), 1)\n"
    )
    running = []
    for nth in range(2):
        article = make_article(f"a{nth}")
        batch = write_articles(files.staging, f"poll-{nth}/b", [(article, [make_mention(article)])])
        arguments = [sys.executable, "-c", text, str(files.build.path), str(files.published), str(batch)]
        running.append(subprocess.Popen(arguments, cwd=ROOT))
    assert [process.wait(timeout=HANG_S) for process in running] == [0, 0]
    with open_build(files.build) as connection:
        assert connection.execute("SELECT load_id FROM loads ORDER BY ALL").fetchall() == [(1,), (2,)]
        assert connection.execute("SELECT articles FROM events").fetchall() == [(2,)]


def test_a_held_lock_says_who_holds_it(files: Files) -> None:
    with open_build(files.build):
        assert read_holder(lock_of(files.build.path)).startswith(f"pid {os.getpid()} since 2")
        started = time.monotonic()
        with (
            pytest.raises(Transient, match=rf"locked by another run \(pid {os.getpid()} since 20"),
            open_build(replace(files.build, lock_wait_s=0.2)),
        ):
            pass
        assert time.monotonic() - started >= 0.2
    assert read_holder(lock_of(files.build.path)) == ""


def test_a_waiting_load_begins_when_the_lock_is_free(files: Files) -> None:
    lock = try_lock(lock_of(files.build.path))
    assert lock is not None
    timer = threading.Timer(0.3, lambda: os.close(lock))
    timer.start()
    with open_build(replace(files.build, lock_wait_s=HANG_S)):
        pass
    timer.join()


def test_a_log_left_beside_the_published_file_is_not_taken_for_its_own(files: Files) -> None:
    batches = load_two(files)
    files.published.with_name(files.published.name + ".wal").write_bytes(b"another program's")
    load_batches(files.build, batches, "poll-2", NOW, 1)
    publish(files.build)
    assert count_articles(files.published) == 7


def test_the_published_file_is_in_the_older_storage_format(files: Files) -> None:
    load_two(files)
    with open_published(files.published) as connection:
        [(tags,)] = connection.execute(
            "SELECT tags::VARCHAR FROM duckdb_databases() WHERE database_name = current_database()"
        ).fetchall()
    assert "v1.5.0" in tags
    assert duckdb.__version__.startswith("2.")
