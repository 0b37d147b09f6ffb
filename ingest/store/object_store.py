"""A folder of files that several machines share: whatever fsspec opens by its URL (S3, GCS, a network folder).

A file appears whole or not at all, and what has failed is tried again for a while. What the store's own keys and
endpoint are is known to fsspec and its drivers alone, from their environment variables.
"""

import logging
import os
import secrets
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

from ingest.staging.records import explain_full_disk
from transforms.errors import Permanent, Transient, is_full_disk
from transforms.sharing_settings import StorageSettings

log = logging.getLogger("dateline.store")
T = TypeVar("T")
_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 10.0
_TAGS = ("ETag", "etag", "md5Hash", "LastModified", "last_modified", "updated", "mtime", "created")
"""What drivers call that which changes with a file's content, the surest first."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What a store says of a file; `tag` changes with its content."""

    size_bytes: int
    tag: str


class ObjectStore:
    """Files under one URL, by names such as `staging/RUN/BATCH/poll.zip`."""

    def __init__(self, url: str, patience_s: float, setting: str = "storage.url") -> None:
        """`patience_s`: for how long a store that fails is tried again; `setting`: what names the URL, for messages.

        Raises:
            Permanent: fsspec, or the driver of such URLs, is not installed, or there is no such driver.
        """
        try:
            import fsspec  # only who shares a store has it

            # what others write is seen at once
            files, root = fsspec.url_to_fs(url, use_listings_cache=False, skip_instance_cache=True)
        except (ImportError, ValueError) as error:
            raise Permanent(
                f"{setting}: {url.partition('://')[0]}:// cannot be opened ({error}); install dateline[cluster], "
                "or fsspec's driver of such URLs"
            ) from error
        self._files: Any = files
        self._root = str(root).rstrip("/")
        self._url = url
        self._setting = setting
        self._patience_s = patience_s
        self._is_folder = "file" in files.protocol

    def list_files(self, folder: str) -> dict[str, StoredFile]:
        """The files in a folder and below it, by name within it; none where there is no such folder.

        Raises:
            Transient, Permanent: as all methods: the store does not answer for too long, or refuses.
        """
        root = self._path(folder)
        try:
            found = self._try(f"list {folder}", lambda: self._files.find(root, detail=True))
        except FileNotFoundError as error:
            raise self._explain_missing(error) from error
        files = {str(path)[len(root) + 1 :]: about for path, about in (found or {}).items()}
        return {
            name: _describe(about)
            for name, about in sorted(files.items())
            if name and not name.endswith(".part")
        }

    def read(self, name: str) -> bytes | None:
        """A small file's content; None where it is missing."""
        try:
            content: bytes = self._try(f"read {name}", lambda: self._files.cat_file(self._path(name)))
        except FileNotFoundError:
            return None
        return content

    def pull(self, name: str, path: Path) -> StoredFile:
        """Bring a file to `path`, where it appears whole; returns what it was.

        Raises:
            FileNotFoundError: it is not there any more.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}.part")

        def fetch() -> StoredFile:
            stored = self._look(name)
            self._files.get_file(self._path(name), str(part))
            if part.stat().st_size != stored.size_bytes:  # it broke off, or another has just taken its place
                raise OSError(f"{part.stat().st_size} of {stored.size_bytes} bytes came")
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            return stored

        try:
            with explain_full_disk(path.parent):
                stored = self._try(f"pull {name}", fetch)
                part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        log.debug("store_pulled name=%s bytes=%d", name, stored.size_bytes)
        return stored

    def push(self, path: Path, name: str) -> None:
        """Put a file under `name`, in the place of what is there."""
        self._put(path, name, is_new=False)

    def push_new(self, path: Path, name: str) -> StoredFile | None:
        """Put a file under a name that nobody has taken; None where somebody has.

        Of several that try at once one succeeds, where the store keeps to `If-None-Match` (S3 does).
        """
        try:
            self._put(path, name, is_new=True)
        except FileExistsError:
            return None
        return self._try(f"look at {name}", lambda: self._look(name))

    def _put(self, path: Path, name: str, *, is_new: bool) -> None:
        target = self._path(name)

        def put_in_folder() -> None:
            """A driver of folders would let others see half of a file."""
            part = f"{target}.{secrets.token_hex(4)}.part"
            self._files.makedirs(target.rpartition("/")[0], exist_ok=True)
            try:
                self._files.put_file(str(path), part)
                if is_new:
                    os.link(part, target)
                else:
                    os.replace(part, target)  # noqa: PTH105
            finally:
                Path(part).unlink(missing_ok=True)

        def put_object() -> None:
            try:
                self._files.put_file(str(path), target, mode="create" if is_new else "overwrite")
            except Exception as error:
                if is_new and _is_taken(error):
                    raise FileExistsError(name) from error
                raise

        try:
            self._try(f"push {name}", put_in_folder if self._is_folder else put_object)
        except FileNotFoundError as error:
            raise self._explain_missing(error) from error
        log.debug("store_pushed name=%s bytes=%d", name, path.stat().st_size)

    def copy(self, name: str, again: str) -> None:
        """Put a file of the store under another name as well, in the place of what is there."""
        if self._is_folder:
            self._put(Path(self._path(name)), again, is_new=False)
        else:
            self._try(f"copy {name}", lambda: self._files.cp_file(self._path(name), self._path(again)))

    def remove(self, names: Iterable[str]) -> None:
        """Remove files, as far as they are there."""
        paths = [self._path(name) for name in names]
        if not paths:
            return
        try:
            self._try(f"remove {len(paths)} files", lambda: self._files.rm(paths))
        except FileNotFoundError:
            for path in paths:
                with suppress(FileNotFoundError):
                    self._try("remove a file", partial(self._files.rm_file, path))

    def _explain_missing(self, error: Exception) -> Permanent:
        return Permanent(f"{self._setting}: {self._url} is not there ({error}); make it first")

    def _look(self, name: str) -> StoredFile:
        return _describe(self._files.info(self._path(name)))

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _try(self, what: str, work: Callable[[], T]) -> T:
        deadline = time.monotonic() + self._patience_s
        pause_s = _FIRST_PAUSE_S
        while True:
            try:
                return work()
            except (FileNotFoundError, FileExistsError):
                raise
            except PermissionError as error:
                raise Permanent(f"the store {self._url} refuses to {what}: {error}") from error
            except Exception as error:  # drivers raise what they like: only their silence can be told from it
                if is_full_disk(error):
                    raise
                if time.monotonic() + pause_s > deadline:
                    raise Transient(
                        f"the store {self._url} cannot {what} ({type(error).__name__}: {error}); run again when it "
                        "answers, nothing is lost"
                    ) from error
                log.warning("store_fails what=%r error=%r pause_s=%.2f", what, str(error), pause_s)
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)


@lru_cache(maxsize=4)
def _open(url: str, patience_s: float, process: int) -> ObjectStore:  # a child has no threads of its parent
    return ObjectStore(url, patience_s)


def open_store(settings: StorageSettings) -> ObjectStore | None:
    """The store that machines share, opened once in a process; None where there is none.

    Raises:
        Permanent: it cannot be opened.
    """
    return _open(settings.url, settings.patience_s, os.getpid()) if settings.url else None


def _is_taken(error: Exception) -> bool:
    """Whether a store says that a name is taken. Source: stores answer 412 to a condition that does not hold; s3fs
    makes a FileExistsError of it, or leaves botocore's error as the cause, and others name the status."""
    if isinstance(error, FileExistsError):
        return True
    said = getattr(error.__cause__, "response", None) or {}
    return said.get("Error", {}).get("Code") == "PreconditionFailed" or 412 in (
        getattr(error, "code", None),
        getattr(error, "status", None),
    )


def _describe(about: dict[str, Any]) -> StoredFile:
    size_bytes = int(about["size"] or 0)
    found = next((about[name] for name in _TAGS if about.get(name)), "")
    return StoredFile(size_bytes, f"{size_bytes}-{found}".replace('"', ""))
