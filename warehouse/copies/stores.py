"""Where a lake lies: a folder, or an object store by its URL. A file appears whole under its name, or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from transforms.errors import Permanent, Transient


class LakeStore(Protocol):
    """Files by their names below one place; names are parts joined by `/`."""

    location: str  # the folder's whole path, or the URL, without a slash at its end

    def read(self, name: str) -> bytes | None:
        """A file's bytes; None where there is none."""

    @contextmanager
    def write(self, name: str) -> Iterator[Path]:
        """A path to write to; the file is in its place once the block ends without an error."""

    def show(self, name: str, again: str) -> None:
        """Let a file be read under another name as well, in the place of what that was."""

    def remove(self, name: str) -> None:
        """Remove a file; one that is not there is no error."""

    def list(self, folder: str) -> set[str]:
        """The names of all files below a folder."""


def open_store(place: str) -> LakeStore:
    """The store at a folder's path or an fsspec URL.

    Raises:
        Permanent: the packages for a URL are missing.
        Transient: the store does not answer.
    """
    if "://" not in place or place.startswith("file://"):
        return FolderStore(Path(place.removeprefix("file://")))
    return BucketStore(place)


class FolderStore:
    """A folder of this machine, or one that is mounted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self.location = str(self._folder)

    def read(self, name: str) -> bytes | None:
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None

    @contextmanager
    def write(self, name: str) -> Iterator[Path]:
        path = self._folder / name
        part = self._part_of(path)
        try:
            yield part
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def show(self, name: str, again: str) -> None:
        path = self._folder / again
        part = self._part_of(path)
        part.unlink(missing_ok=True)
        try:
            try:
                part.hardlink_to(self._folder / name)
            except OSError:  # a file system without hard links
                shutil.copyfile(self._folder / name, part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)  # it stays where both names were one file already

    def remove(self, name: str) -> None:
        path = self._folder / name
        path.unlink(missing_ok=True)
        with suppress(OSError):
            path.parent.rmdir()  # the folder of a day that is empty now

    def list(self, folder: str) -> set[str]:
        return {
            path.relative_to(self._folder).as_posix()
            for path in (self._folder / folder).rglob("*")
            if path.is_file()
        }

    def _part_of(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.with_name(f".{path.name}.{os.getpid()}.part")


class BucketStore:
    """A store that fsspec knows by its URL; an object is put whole. Keys come from the store's own variables."""

    def __init__(self, url: str) -> None:
        self.location = url.rstrip("/")
        try:
            from fsspec.core import url_to_fs
        except ImportError as error:
            raise Permanent(f"{url} needs the extra `cluster`: pip install 'dateline[cluster]'") from error
        try:
            files, root = url_to_fs(self.location, skip_instance_cache=True)
        except ImportError as error:
            raise Permanent(f"no package for {url} is installed ({error})") from error
        except ValueError as error:
            raise Permanent(f"lake.path = {url} is no place that fsspec knows ({error})") from error
        self._files: Any = files
        self._root = str(root).rstrip("/")

    def read(self, name: str) -> bytes | None:
        with self._explain():
            try:
                return bytes(self._files.cat_file(self._path(name)))
            except FileNotFoundError:
                return None

    @contextmanager
    def write(self, name: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="dateline-lake-") as folder:
            path = Path(folder) / "part"
            yield path
            with self._explain():
                self._files.put_file(str(path), self._path(name))

    def show(self, name: str, again: str) -> None:
        with self._explain():
            self._files.cp_file(self._path(name), self._path(again))

    def remove(self, name: str) -> None:
        with self._explain(), suppress(FileNotFoundError):
            self._files.rm_file(self._path(name))

    def list(self, folder: str) -> set[str]:
        with self._explain():
            self._files.invalidate_cache()  # others write there, too
            found = self._files.find(self._path(folder))
        return {str(path).removeprefix(self._root + "/") for path in found}

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextmanager
    def _explain(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # each store has exceptions of its own
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            raise Transient(f"the lake at {self.location} does not answer as it should ({reason})") from error
