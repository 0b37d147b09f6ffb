"""The lake holds the published rows, is read in several ways, and comes right after whatever happened to it."""

import json
import re
import shutil
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.dataset as pds
import pyarrow.parquet as pq
import pytest

from dateline.steps.lake_store import open_lake
from tests.paths import ROOT
from tests.warehouse.newsroom import Files, make_warehouse
from tests.warehouse.sample import LORVAN, NOW, TARNE, make_article, make_mention, write_articles
from transforms.errors import Permanent
from warehouse.connection import open_build, open_published
from warehouse.copies.lake import LAKE_TABLES, LakeSummary, read_manifest, update_lake
from warehouse.copies.stores import FolderStore, LakeStore
from warehouse.copies.tables import EVENTS, CopiedTable
from warehouse.load import load_batches
from warehouse.publish import publish
from warehouse.sql_files import list_statements

GRACE_S = 3600.0
AFTER = NOW + timedelta(seconds=GRACE_S)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The sample warehouse, with its lake beside it."""
    files = make_warehouse(tmp_path_factory.mktemp("lake"))
    update(files)
    return files


@pytest.fixture
def files(made: Files, tmp_path: Path) -> Files:
    """A copy of the warehouse and its lake, which a test may change."""
    shutil.copytree(made.folder, tmp_path / "home")
    files = Files(tmp_path / "home")
    update(files)  # the lake is at another place now
    return files


def update(files: Files, now: datetime = NOW, *, whole: bool = False) -> LakeSummary:
    return update_lake(files.published, store_of(files), now, GRACE_S, has_folders=True, whole=whole)


def store_of(files: Files) -> LakeStore:
    return FolderStore(files.folder / "lake")


def load(files: Files, name: str, *articles: tuple[str, dict[str, Any]], now: datetime = NOW) -> None:
    """Load and publish articles, each with one mention."""
    told = [(make_article(one, one), changes) for one, changes in articles]
    batch = write_articles(files.staging, f"{name}/batch-000", [(a, [make_mention(a, **c)]) for a, c in told])
    load_batches(files.build, [batch], name, now, 1)
    publish(files.build)


def read_warehouse(files: Files, table: CopiedTable) -> list[tuple[object, ...]]:
    with open_published(files.published) as connection:
        return connection.execute(f"FROM {table.name} ORDER BY {table.key}").fetchall()


def read_folders(files: Files, table: CopiedTable) -> list[tuple[object, ...]]:
    """As a reader does that lists folders; its column `day` comes from them."""
    pattern = f"{files.folder}/lake/{table.name}/*/*.parquet"
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        rows = f"FROM read_parquet('{pattern}', hive_partitioning = true)"
        assert connection.sql(rows).columns[-1] == "day"
        return connection.execute(f"SELECT * EXCLUDE (day) {rows} ORDER BY {table.key}").fetchall()


def read_listed(files: Files, table: CopiedTable) -> list[tuple[object, ...]]:
    """As a reader does that takes the files that the manifest lists: the statements of docs/lake.md."""
    page = (ROOT / "docs" / "lake.md").read_text(encoding="utf-8")
    [setting] = re.findall(r"^SET VARIABLE files = .*?;", page, re.DOTALL | re.MULTILINE)
    setting = setting.replace("/data/lake/manifests/events", f"{files.folder}/lake/manifests/{table.name}")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(setting)
        rows = "read_parquet(getvariable('files'), hive_partitioning = true)"
        return connection.execute(f"SELECT * EXCLUDE (day) FROM {rows} ORDER BY {table.key}").fetchall()


def require_same(files: Files) -> None:
    """The lake is what the warehouse is, in all of its faces, and nothing lies about."""
    manifest = read_manifest(store_of(files))
    for table in LAKE_TABLES:
        rows = read_warehouse(files, table)
        assert rows
        assert read_folders(files, table) == rows
        assert read_listed(files, table) == rows
        assert sum(day["rows"] for day in manifest.tables[table.name].values()) == len(rows)
    there = {path for path in (files.folder / "lake" / "versions").rglob("*.*") if path.is_file()}
    named = {name for table in LAKE_TABLES for name in manifest.list_files(table.name)}
    assert {
        str(path.relative_to(files.folder / "lake")) for path in there
    } == named | manifest.superseded.keys()
    assert not (files.folder / "lake" / "unfinished").exists()


def test_the_lake_holds_the_published_rows_and_is_left_alone_while_they_stay(files: Files) -> None:
    require_same(files)
    lake = files.folder / "lake"
    before = {path: path.stat().st_mtime_ns for path in lake.rglob("*")}
    assert update(files) == LakeSummary(str(lake), 0, 0, 4 + 7 + 6)
    assert {path: path.stat().st_mtime_ns for path in lake.rglob("*")} == before
    [one] = (lake / "events").glob("day=2026-03-01/*.parquet")
    [same] = (lake / "versions" / "events").glob("day=2026-03-01/*.parquet")
    assert one.samefile(same)  # no second copy
    assert "day" not in pq.read_schema(one).names
    table = pds.dataset(lake / "articles", partitioning="hive").to_table()
    assert table.num_rows == 6


def test_only_days_that_changed_are_written_and_old_files_stay_for_the_grace(files: Files) -> None:
    lake = files.folder / "lake"
    old = set((lake / "versions").rglob("*.parquet"))
    load(files, "poll-2", ("flood", {"place": TARNE, "date_start": "2026-03-04", "date_end": "2026-03-04"}))
    done = update(files, NOW)
    assert (done.days_written, done.days_removed) == (3, 0)  # of each table one
    require_same(files)
    new = set((lake / "versions").rglob("*.parquet"))
    assert old < new  # who reads yet by the old manifest comes to the end
    replaced = {path for path in old if "articles/day=2026-03-10" in str(path)}
    assert {str(path.relative_to(lake)) for path in replaced} == read_manifest(
        store_of(files)
    ).superseded.keys()
    update(files, AFTER)  # nothing has changed, but the grace is over
    assert set((lake / "versions").rglob("*.parquet")) == new - replaced
    require_same(files)


def test_events_that_move_to_another_day_or_are_no_more_do_so_in_the_lake(files: Files) -> None:
    """One edited article reports another day, whose folder goes for it; another takes back what it reported."""
    moved = make_article("protest-old", "gamma", 2, fetched_at=NOW)
    denied = make_article("siege", "alpha", 3)
    told = [
        (moved, [make_mention(moved, date_start="2026-02-20", date_end="2026-02-20", place=LORVAN)]),
        (denied, [make_mention(denied, realis="negated")]),
    ]
    load_batches(files.build, [write_articles(files.staging, "poll-2/batch-000", told)], "poll-2", NOW, 1)
    publish(files.build)
    assert len(read_folders(files, EVENTS)) == 4
    assert update(files).days_removed == 1
    require_same(files)
    assert len(read_folders(files, EVENTS)) == 3
    days = {path.parent.name for path in (files.folder / "lake" / "events").rglob("*.parquet")}
    assert days == {"day=2026-02-20", "day=2026-03-09"}
    assert not (files.folder / "lake" / "events" / "day=2026-03-01").exists()


def test_a_lake_that_was_lost_damaged_or_of_another_warehouse_comes_right(
    files: Files, tmp_path: Path
) -> None:
    lake = files.folder / "lake"
    load(files, "poll-2", ("flood", {"place": TARNE}))
    (lake / "manifest.json").write_text("{")
    update(files)
    require_same(files)
    [gone] = (lake / "versions" / "events").glob("day=2026-03-01/*.parquet")
    gone.unlink()
    other = make_warehouse(tmp_path / "other")
    load(other, "poll-9", ("quake", {"place": TARNE}), now=NOW + timedelta(hours=1))
    shutil.copyfile(other.published, files.published)
    update(files)
    require_same(files)
    shutil.rmtree(lake)
    update(files)
    require_same(files)
    [damaged] = (lake / "versions" / "events").glob("day=2026-03-01/*.parquet")
    damaged.write_bytes(b"PAR1")
    update(files, whole=True)
    require_same(files)
    moved = files.folder / "moved"
    lake.rename(moved)
    update_lake(files.published, FolderStore(moved), NOW, GRACE_S, has_folders=False)
    assert not list((moved / "events").glob("*/*"))
    assert (moved / "manifests/events/files.txt").read_text().startswith(str(moved / "versions"))


KILLED = """
import os, signal, sys
from pathlib import Path
from datetime import datetime
from warehouse.copies import lake, stores

class Struck(stores.FolderStore):
    left = int(sys.argv[3])

    def strike(self):
        Struck.left -= 1
        if not Struck.left:
            os.kill(os.getpid(), signal.SIGKILL)

    def write(self, name):
        self.strike()
        return super().write(name)

    def show(self, name, again):
        self.strike()
        super().show(name, again)

    def remove(self, name):
        self.strike()
        super().remove(name)

now = datetime.fromisoformat(sys.argv[4])
lake.update_lake(Path(sys.argv[1]), Struck(Path(sys.argv[2])), now, 3600.0, has_folders=True)
print("through")
"""


def test_a_killed_update_is_carried_on(files: Files) -> None:
    """Killed while it writes files, then while it shows them; no reader sees a row twice, and all is right at last."""
    load(files, "poll-2", ("flood", {"place": TARNE, "date_start": "2026-03-04", "date_end": "2026-03-04"}))
    lake = files.folder / "lake"
    for nth in (2, 8):
        arguments = [files.published, lake, nth, AFTER.isoformat()]
        done = subprocess.run(
            [sys.executable, "-c", KILLED, *map(str, arguments)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
        for table in LAKE_TABLES:
            keys = [row[1 if table.name == "articles" else 0] for row in read_folders(files, table)]
            assert len(keys) == len(set(keys))
    update(files, AFTER + timedelta(seconds=GRACE_S))
    update(files, AFTER + timedelta(seconds=2 * GRACE_S))
    require_same(files)
    assert not read_manifest(store_of(files)).superseded


def test_what_a_load_changes_later_is_in_the_mark_of_its_row() -> None:
    """Else a day would change unseen: every column that a statement updates is an argument of `hash`."""
    updates = re.compile(
        r"^UPDATE (events|mentions|articles) SET (.*?)(?:\bFROM\b|\bWHERE\b)", re.DOTALL | re.MULTILINE
    )
    statements = list_statements()
    found = {
        (table, column)
        for text in statements.values()
        for table, changes in updates.findall(text)
        for column in re.findall(r"(\w+) =", changes)
    }
    assert ("articles", "is_current") in found
    for table, column in found:
        [mark] = re.findall(r"hash\((.*?)\) AS mark", statements[f"rows_of_{table}"])
        assert f".{column}," in mark, (table, column)


def test_a_newer_lake_and_an_older_warehouse_are_refused(files: Files, tmp_path: Path) -> None:
    (files.folder / "lake" / "manifest.json").write_text(json.dumps({"format": 2}))
    with pytest.raises(Permanent, match="written by a newer Dateline"):
        update(files)
    with open_build(files.build) as connection:
        connection.execute("DELETE FROM schema_migrations WHERE version > 12")
    shutil.copyfile(files.build.path, tmp_path / "old.duckdb")
    with pytest.raises(Permanent, match="older Dateline"):
        update_lake(tmp_path / "old.duckdb", FolderStore(tmp_path / "lake"), NOW, GRACE_S, has_folders=True)


def test_an_object_store_holds_the_same_lake(object_store: dict[str, str], files: Files) -> None:
    bucket = "s3://dateline/lake"
    store = open_lake(bucket, 0)
    update_lake(files.published, store, NOW, GRACE_S, has_folders=True)
    load(files, "poll-2", ("flood", {"place": TARNE, "date_start": "2026-03-04", "date_end": "2026-03-04"}))
    done = update_lake(files.published, open_lake(f"{bucket}/", 0), NOW, GRACE_S, has_folders=True)
    assert (done.days_written, done.location) == (3, bucket)
    update_lake(files.published, store, AFTER, GRACE_S, has_folders=True)
    listed = (store.read("manifests/events/files.txt") or b"").decode().splitlines()
    assert all(line.startswith(f"{bucket}/versions/events/day=") for line in listed)
    here = files.folder / "lake"
    shutil.rmtree(here)
    folders = ("versions", "manifests", *(table.name for table in LAKE_TABLES))
    for name in ["manifest.json", *(name for folder in folders for name in store.list(folder))]:
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(store.read(name) or b"")
    for listing in (here / "manifests").rglob("*.txt"):
        listing.write_text(listing.read_text().replace(bucket, str(here)))
    require_same(files)
    with pytest.raises(Permanent, match=r"lake\.path: s3://no-such-bucket/x is not there"):
        update_lake(files.published, open_lake("s3://no-such-bucket/x", 0), NOW, GRACE_S, has_folders=True)


def test_a_url_that_nobody_knows_is_named() -> None:
    with pytest.raises(Permanent, match=r"lake\.path: nosuch:// cannot be opened"):
        open_lake("nosuch://place/lake", 0)


def test_a_file_system_without_hard_links_gets_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no hard links")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    store = FolderStore(tmp_path)
    with store.write("a/one") as path:
        path.write_text("1")
    store.show("a/one", "b/two")
    assert store.read("b/two") == b"1"
    assert store.list("") == {"a/one", "b/two"}
