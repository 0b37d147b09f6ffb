"""The place of a lake, by a folder's path or a URL."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.store.object_store import ObjectStore
from warehouse.copies.stores import FolderStore, LakeStore


def open_lake(place: str, patience_s: float) -> LakeStore:
    """A folder, or a store that fsspec opens by its URL, which is tried again for `patience_s` where it fails.

    Raises:
        Permanent: the packages for a URL are missing.
    """
    if "://" not in place or place.startswith("file://"):
        return FolderStore(Path(place.removeprefix("file://")))
    return _ObjectLake(place.rstrip("/"), patience_s)


class _ObjectLake:
    """A lake in an object store; an object is put whole."""

    def __init__(self, url: str, patience_s: float) -> None:
        self.location = url
        self._store = ObjectStore(url, patience_s, setting="lake.path")

    def read(self, name: str) -> bytes | None:
        return self._store.read(name)

    @contextmanager
    def write(self, name: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="dateline-lake-") as folder:
            path = Path(folder) / "part"
            yield path
            self._store.push(path, name)

    def show(self, name: str, again: str) -> None:
        self._store.copy(name, again)

    def remove(self, name: str) -> None:
        self._store.remove([name])

    def list(self, folder: str) -> set[str]:
        return {f"{folder}/{name}" for name in self._store.list_files(folder)}
