"""The build file is rewritten when that pays, and nothing but whole blocks is published."""

from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.newsroom import Files, make_records
from tests.warehouse.sample import NOW, make_article, make_mention, write_articles, write_batch
from transforms.errors import Permanent
from warehouse import compact
from warehouse.connection import open_build, open_published
from warehouse.copy_file import BLOCK_BYTES, HEADER_BYTES, HEADERS, DamagedBlock, copy_database
from warehouse.load import load_batches
from warehouse.publish import publish

FIRST_BLOCK = HEADERS * HEADER_BYTES


def load_first(files: Files) -> None:
    batch = write_batch(files.staging, "poll-1/batch-000", make_records())
    load_batches(files.build, [batch], "poll-1", NOW, 1)


def load_more(files: Files, nth: int) -> None:
    article = make_article(f"more-{nth}")
    batch = write_articles(files.staging, f"poll-2/batch-{nth:03d}", [(article, [make_mention(article)])])
    load_batches(files.build, [batch], "poll-2", NOW, 1)


def read_all(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with open_published(path) as connection:
        names = connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
        own = [name for (name,) in names if name != "schema_compaction"]
        return {name: connection.execute(f'FROM "{name}" ORDER BY ALL').fetchall() for name in own}


def flip(path: Path, offset: int) -> None:
    with path.open("rb+") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 1]))


def test_a_file_that_loads_have_bloated_is_rewritten_and_holds_the_same(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compact, "_LEAST_BYTES", 6_000_000)
    load_first(files)
    sizes = []
    for nth in range(6):
        load_more(files, nth)
        publish(files.build)
        sizes.append(files.build.path.stat().st_size)
    assert any(later < earlier for earlier, later in pairwise(sizes))
    assert max(sizes) < 2 * min(sizes)
    with open_published(files.published) as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchall() == [(12,)]
        [(rows,)] = connection.execute("SELECT row_count FROM schema_compaction").fetchall()
        assert rows > 12


def test_rewriting_changes_no_row(files: Files) -> None:
    load_first(files)
    publish(files.build)
    before = read_all(files.published)
    compact.compact(files.build)
    publish(files.build, again=True)
    assert read_all(files.published) == before


def test_a_build_file_of_a_newer_storage_version_is_rewritten(files: Files) -> None:
    load_first(files)
    other = files.folder / "newer.duckdb"
    with open_build(files.build) as connection:
        connection.execute(f"ATTACH '{other}' AS newer (STORAGE_VERSION 'v2.0.0')")
        connection.execute("COPY FROM DATABASE build TO newer")
        connection.execute("DETACH newer")
    other.replace(files.build.path)
    publish(files.build)
    for path in (files.build.path, files.published):
        with duckdb.connect(path, read_only=True) as connection:
            [(tags,)] = connection.execute(
                "SELECT tags FROM duckdb_databases() WHERE database_name = current_database()"
            ).fetchall()
            assert tags["storage_version"].startswith("v1.5.0")


def test_the_copy_is_the_same_bytes(files: Files, tmp_path: Path) -> None:
    load_first(files)
    copy_database(files.build.path, tmp_path / "copy.duckdb")
    assert (tmp_path / "copy.duckdb").read_bytes() == files.build.path.read_bytes()


@pytest.mark.parametrize("offset", [0, 20, HEADER_BYTES + 9, FIRST_BLOCK, FIRST_BLOCK + 100, -1])
def test_a_changed_bit_anywhere_is_seen(offset: int, files: Files, tmp_path: Path) -> None:
    load_first(files)
    size = files.build.path.stat().st_size
    flip(files.build.path, offset % size)
    with pytest.raises(DamagedBlock, match="block that is not whole"):
        copy_database(files.build.path, tmp_path / "copy.duckdb")


def test_a_cut_file_is_seen(files: Files, tmp_path: Path) -> None:
    load_first(files)
    with files.build.path.open("rb+") as file:
        file.truncate(FIRST_BLOCK + BLOCK_BYTES // 2)
    with pytest.raises(DamagedBlock):
        copy_database(files.build.path, tmp_path / "copy.duckdb")


def test_a_block_that_a_kill_left_behind_does_not_hinder_a_publication(files: Files) -> None:
    load_first(files)
    with files.build.path.open("ab") as file:
        file.write(b"\x01" * BLOCK_BYTES)  # written, but nothing refers to it yet
    assert publish(files.build) is True
    with open_published(files.published) as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchall() == [(6,)]


def test_a_damaged_build_file_is_never_published(files: Files) -> None:
    load_first(files)
    publish(files.build)
    before = files.published.read_bytes()
    load_more(files, 0)
    damaged = 0
    for block in range(0, (files.build.path.stat().st_size - FIRST_BLOCK) // BLOCK_BYTES, 5):
        flip(files.build.path, FIRST_BLOCK + block * BLOCK_BYTES + 200)
        try:
            publish(files.build)
        except Permanent:
            damaged += 1
        flip(files.build.path, FIRST_BLOCK + block * BLOCK_BYTES + 200)
        if files.published.read_bytes() != before:
            break  # it was a block that nothing refers to, and the file was rewritten
    assert damaged > 0
    with open_published(files.published) as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchall() in ([(6,)], [(7,)])
