"""What a home puts into the archive of the store, and what it leaves as it is there."""

from pathlib import Path

import pytest

from dateline.home import Home
from dateline.settings import Settings
from dateline.steps.context import Context
from dateline.steps.kept_imports import keep_import
from dateline.steps.shared_archive import push_archive
from ingest.store.object_store import ObjectStore, open_store
from transforms.sharing_settings import StorageSettings

BATCH, OTHER = Path("backfill-1/batch-000"), Path("backfill-1/batch-001")
KEPT = "archive/imports/backfill-1.batch-000"


@pytest.fixture
def shared(tmp_path: Path) -> StorageSettings:
    (tmp_path / "store").mkdir()
    return StorageSettings(url=f"file://{tmp_path}/store")


def open_shared(shared: StorageSettings) -> ObjectStore:
    store = open_store(shared)
    assert store is not None
    return store


def fetch_pages(home: Home, batch: Path, text: bytes) -> None:
    """What the step leaves of a batch, in the batch and beside the archive."""
    (home.staging / batch).mkdir(parents=True)
    (home.staging / batch / "pages.pages.parquet").write_bytes(text)
    keep_import(home.archive, home.staging / batch)
    (home.archive / "dateline.warc.gz").write_bytes(text)


def test_what_is_kept_of_a_batch_is_of_the_home_that_came_through_with_it(
    tmp_path: Path, shared: StorageSettings
) -> None:
    """A home is killed before its pages are in the store; another fetches them; then the first does other work."""
    store = open_shared(shared)
    killed, other = (Context(Home(tmp_path / name), Settings(storage=shared)) for name in ("killed", "other"))
    fetch_pages(killed.home, BATCH, b"by the one that was killed")
    fetch_pages(other.home, BATCH, b"by the other")
    push_archive(other, store, BATCH)
    push_archive(killed, store, OTHER)
    assert store.read(f"{KEPT}/pages.pages.parquet") == b"by the other"
    push_archive(killed, store, OTHER)
    assert store.read(f"{KEPT}/pages.pages.parquet") == b"by the other"


def test_a_batch_that_is_done_again_takes_the_place_of_what_was_kept(
    tmp_path: Path, shared: StorageSettings
) -> None:
    """A home is killed after its pages are in the store, and before the batch is."""
    store = open_shared(shared)
    for name in ("killed", "other"):
        context = Context(Home(tmp_path / name), Settings(storage=shared))
        fetch_pages(context.home, BATCH, name.encode())
        push_archive(context, store, BATCH)
    assert store.read(f"{KEPT}/pages.pages.parquet") == b"other"


def test_an_archive_from_before_goes_to_the_store(tmp_path: Path, shared: StorageSettings) -> None:
    store, context = open_shared(shared), Context(Home(tmp_path / "home"), Settings(storage=shared))
    fetch_pages(context.home, BATCH, b"before")
    push_archive(context, store, OTHER)
    names = {"pages.pages.parquet", "kept.parquet"}
    assert store.list_files(KEPT).keys() == names
    assert store.list_files("archive").keys() == {
        "dateline.warc.gz", *(f"imports/backfill-1.batch-000/{name}" for name in names)
    }  # fmt: skip
