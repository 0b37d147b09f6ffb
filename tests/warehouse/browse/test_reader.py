"""Reading the published file: it may be replaced, newer, broken, and its path may have any name."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.warehouse.newsroom import Files, make_warehouse
from tests.warehouse.sample import NOW, make_article, make_mention, write_articles
from warehouse.browse.events import count_events
from warehouse.browse.filters import EventFilter
from warehouse.browse.reader import FileUnavailable, WarehouseReader
from warehouse.connection import open_build
from warehouse.load import load_batches
from warehouse.publish import publish


def add_event(files: Files, name: str) -> None:
    article = make_article(name, url=f"https://{name}.example/")
    mention = make_mention(article, date_start="2026-01-01", date_end="2026-01-01")
    load_batches(
        files.build, [write_articles(files.staging, f"{name}/b", [(article, [mention])])], name, NOW, 1
    )
    publish(files.build)


def count_held_files(path: Path) -> int:
    """How many files of this path, replaced ones included, the process holds open."""
    held = 0
    for one in Path("/proc/self/fd").iterdir():
        try:
            held += str(one.readlink()).removesuffix(" (deleted)") == str(path)
        except FileNotFoundError:  # of the listing itself
            continue
    return held


def test_one_who_reads_keeps_the_file_and_the_next_gets_the_new_one(tmp_path: Path) -> None:
    files = make_warehouse(tmp_path)
    reader = WarehouseReader(files.published)
    every = EventFilter(background=True)
    with reader.open() as before:
        count = count_events(before, every)
        first = reader.version()
        add_event(files, "later")
        with reader.open() as after:
            assert count_events(after, every) == count + 1
        assert count_events(before, every) == count
        assert reader.version() != first


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux lists open files")
def test_replaced_files_are_let_go(tmp_path: Path) -> None:
    files = make_warehouse(tmp_path)
    reader = WarehouseReader(files.published)
    for nth in range(3):
        with reader.open():
            add_event(files, f"more{nth}")
    with reader.open() as connection:
        assert count_events(connection, EventFilter()) > 3
    assert count_held_files(files.published) == 1
    reader.close()
    assert count_held_files(files.published) == 0


def test_a_name_with_quotes_is_a_name(tmp_path: Path) -> None:
    folder = tmp_path / "it's here; DROP"
    folder.mkdir()
    with WarehouseReader(make_warehouse(folder).published).open() as connection:
        assert count_events(connection, EventFilter())


def test_a_broken_or_foreign_file_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "dateline.duckdb"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(FileUnavailable, match="broken or no warehouse"), WarehouseReader(path).open():
        pass


def test_a_folder_in_the_place_of_the_file_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(FileUnavailable, match="cannot be opened"), WarehouseReader(tmp_path).open():
        pass


@pytest.mark.parametrize("is_folder", [False, True])
def test_a_file_of_another_user_is_unavailable(is_folder: bool) -> None:
    """As in a container whose user is not the one that publishes."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # pytest's own folder is closed to others
        published = make_warehouse(Path(folder)).published
        Path(folder).chmod(0o755)
        closed = published.parent if is_folder else published
        closed.chmod(0o000)
        try:
            refused = pytest.raises(FileUnavailable, match="permissions")
            with _as_nobody(), refused, WarehouseReader(published).open():
                pass
        finally:
            closed.chmod(0o700)


@contextmanager
def _as_nobody() -> Iterator[None]:
    """Root may read everything; everybody else is somebody already."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65_534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


def test_a_file_of_a_newer_version_is_unavailable(files: Files) -> None:
    with open_build(files.build) as connection:
        connection.execute(
            "INSERT INTO schema_migrations SELECT * REPLACE (9999 AS version) FROM schema_migrations LIMIT 1"
        )
    shutil.copyfile(files.build.path, files.published)
    with pytest.raises(FileUnavailable, match="newer Dateline"), WarehouseReader(files.published).open():
        pass
