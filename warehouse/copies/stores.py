"""Where a lake lies: a folder, or whatever else keeps files. A file appears whole under its name, or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol


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
