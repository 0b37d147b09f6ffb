import platform
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from tests.paths import ROOT
from tests.warehouse.newsroom import Files, make_warehouse
from transforms.errors import Permanent, Transient
from warehouse.connection import open_build, open_published


def test_without_a_published_file_the_message_says_how_to_make_one(files: Files) -> None:
    with pytest.raises(Permanent, match="`dateline run` makes one"), open_published(files.published):
        pass


def test_a_warehouse_from_a_newer_version_is_refused_and_left_alone(files: Files) -> None:
    make_warehouse(files.folder)
    with duckdb.connect(files.build.path) as connection:
        connection.execute("INSERT INTO schema_migrations VALUES (9999, '9999_future', 'x')")
    shutil.copyfile(files.build.path, files.published)
    before = files.published.read_bytes()
    with pytest.raises(Permanent, match=r"newer Dateline \(schema 9999"), open_published(files.published):
        pass
    with (
        pytest.raises(Permanent, match=r"newer Dateline \(schema 9999"),
        open_build(files.build),
    ):
        pass
    assert files.published.read_bytes() == before


def test_a_database_that_is_not_ours_is_refused(files: Files) -> None:
    with duckdb.connect(files.published) as connection:
        connection.execute("CREATE TABLE other (id INTEGER)")
    with pytest.raises(Permanent, match="not Dateline's"), open_published(files.published):
        pass


def test_a_file_of_another_duckdb_is_told_from_a_broken_one(files: Files) -> None:
    make_warehouse(files.folder)
    with files.published.open("r+b") as file:
        file.seek(12)
        file.write((9_999).to_bytes(8, "little"))  # the storage version
    with (
        pytest.raises(Permanent, match="is broken or no warehouse") as caught,
        open_published(files.published),
    ):
        pass
    checksum = re.search(r"computed checksum (\d+)", str(caught.value))
    assert checksum is not None
    with files.published.open("r+b") as file:
        file.write(int(checksum[1]).to_bytes(8, "little"))
    with (
        pytest.raises(Permanent, match="written by another version of DuckDB"),
        open_published(files.published),
    ):
        pass


def test_a_wrong_memory_limit_names_the_setting(files: Files) -> None:
    with (
        pytest.raises(Permanent, match=r"load\.memory_limit"),
        open_build(replace(files.build, memory_limit="lots")),
    ):
        pass


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from datetime import UTC, datetime
from tests.warehouse.newsroom import make_build_file
from transforms.errors import Transient
from warehouse.load import load_batches
from warehouse.publish import publish

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), int(sys.argv[4])))
build = make_build_file(Path(sys.argv[1]), Path(sys.argv[2]))
try:
    load_batches(build, [Path(sys.argv[3])], "r", datetime(2026, 3, 10, tzinfo=UTC), 1)
    publish(build)
except Transient as error:
    print(error)
    sys.exit(75)
"""


@pytest.mark.parametrize("room_bytes", [20_000, 400_000])
def test_a_full_disk_is_worth_another_try_and_harms_nothing(
    room_bytes: int, files: Files, tmp_path: Path
) -> None:
    """The kernel refuses to let files grow, as it does when a disk is full."""
    made = make_warehouse(tmp_path / "made")
    batch = made.staging / "poll-1" / "batch-000"
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            FULL_DISK,
            str(files.build.path),
            str(files.published),
            str(batch),
            str(room_bytes),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (75, ""), run.stderr
    assert "disk is full" in run.stdout
    assert "run again" in run.stdout
    assert not files.published.exists()


def test_queries_run_in_utc(files: Files) -> None:
    make_warehouse(files.folder)
    with open_published(files.published) as connection:
        assert connection.execute("SELECT current_setting('TimeZone')").fetchall() == [("UTC",)]
    with open_build(
        files.build
    ) as connection:  # where other files, and so the list of extensions, can be read
        extensions = connection.execute(
            "SELECT extension_name FROM duckdb_extensions() WHERE loaded"
        ).fetchall()
    assert {"json", "parquet", "icu", "core_functions"} >= {name for (name,) in extensions}


def test_transient_is_what_a_foreign_lock_gives(files: Files) -> None:
    make_warehouse(files.folder)
    holding = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import duckdb; c = duckdb.connect({str(files.build.path)!r}); print(1, flush=True); input()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holding.stdout is not None
    holding.stdout.readline()
    try:
        with (
            pytest.raises(Transient, match="open for writing in another program"),
            open_build(files.build),
        ):
            pass
    finally:
        holding.communicate(b"\n")


ARENAS = """
import ctypes, os, re, sys, tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from warehouse.connection import open_published

threads = 8
together = Barrier(threads)

def read(nth):
    with open_published(Path(sys.argv[1])) as connection:
        together.wait()
        connection.execute("SELECT event_type, count(*) FROM mentions GROUP BY ALL").fetchall()
        together.wait()

with ThreadPoolExecutor(threads) as pool:
    list(pool.map(read, range(threads)))
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as file:
    stream = ctypes.c_void_p(libc.fopen(file.name.encode(), b"w"))
    libc.malloc_info(0, stream)
    libc.fclose(stream)
    print(len(re.findall(r"<heap nr", Path(file.name).read_text())), os.cpu_count())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have no arenas")
def test_threads_of_many_connections_share_an_arena_of_memory_a_core(files: Files) -> None:
    make_warehouse(files.folder)
    shutil.copyfile(files.build.path, files.published)
    done = subprocess.run(
        [sys.executable, "-c", ARENAS, str(files.published)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    arenas, cores = map(int, done.stdout.split())
    assert arenas <= cores + 1  # those that threads took before the first connection was opened, stay
