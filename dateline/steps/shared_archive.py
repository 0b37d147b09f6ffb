"""The archive in the store: WARC files go there when they are closed, and come back to the home that reads them."""

import logging
import os
import time
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from dateline.home import Home
from dateline.steps.context import Context
from ingest.locks import hold_lock
from ingest.store.object_store import ObjectStore, open_store

log = logging.getLogger("dateline")
_FOLDER = "archive"
_DAY_S = 86_400
_KEPT = "kept.parquet"  # says that the folder of an import is whole


def push_archive(context: Context, store: ObjectStore, batch: Path) -> None:
    """Put what was closed since into the store, and remove the copies that have been there for `storage.cache_days`.

    What was kept of an import stays in the store as it is, unless it is that of `batch`, which is done here: a home
    that was killed has kept what nobody took, if another has done the batch since.

    Raises:
        Transient: the store does not answer; the next call goes on.
    """
    from ingest.archive.warc_files import (
        is_being_written,  # this module is imported where nothing is archived
    )

    home = context.home
    oldest = time.time() - context.settings.storage.cache_days * _DAY_S
    home.store.mkdir(parents=True, exist_ok=True)
    settled: dict[str, bool] = {}
    with hold_lock(home.store / "archive.lock"):
        for name, path in _list_closed(home.archive):
            note = _note_of(home, name)
            if _read_note(note) == _describe(path):
                if note.stat().st_mtime < oldest:
                    path.unlink()
                    note.unlink()
            elif not is_being_written(path):
                folder = name.rpartition("/")[0]
                if folder not in settled:
                    is_other = folder not in ("", _import_of(batch))
                    settled[folder] = is_other and store.read(f"{_FOLDER}/{folder}/{_KEPT}") is not None
                if not settled[folder]:
                    store.push(path, f"{_FOLDER}/{name}")
                _write_note(note, path)


def pull_archive(context: Context, store: ObjectStore, names: Iterable[str]) -> None:
    """Bring files of the archive that are not in this home; what the store lacks, its reader will miss.

    Raises:
        Transient: the store does not answer.
    """
    for name in sorted(set(names) - {""}):
        path, note = context.home.archive / name, _note_of(context.home, name)
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            continue
        if note.exists():
            os.utime(note)  # it is needed: no process of this home may remove it now
        if path.exists():
            continue
        try:
            store.pull(f"{_FOLDER}/{name}", path)
        except FileNotFoundError:
            log.warning("archive_lacks file=%s", name)
        else:
            _write_note(note, path)


def pull_whole_archive(context: Context) -> None:
    """Bring all of the archive into this home, for a replay; nothing where no store is shared.

    Raises:
        Transient: the store does not answer.
    """
    store = open_store(context.settings.storage)
    if store is not None:
        pull_archive(context, store, store.list_files(_FOLDER))


def forget_import_of(store: ObjectStore, batch: Path) -> None:
    """Remove what was kept of a batch that is given up."""
    folder = f"{_FOLDER}/{_import_of(batch)}"
    store.remove(f"{folder}/{name}" for name in store.list_files(folder))


def _import_of(batch: Path) -> str:
    return f"imports/{batch.parent.name}.{batch.name}"


def _list_closed(archive: Path) -> list[tuple[str, Path]]:
    files = (path for path in archive.rglob("*") if path.is_file() and path.suffix not in (".lock", ".part"))
    named = ((path.relative_to(archive), path) for path in files)
    found = [(name.as_posix(), path) for name, path in named if not name.parent.name.endswith(".part")]
    return sorted(found, key=lambda one: (one[1].name == _KEPT, one[0]))


def _note_of(home: Home, name: str) -> Path:
    """Where it is noted that a file of the archive is in the store."""
    return home.store / _FOLDER / name


def _describe(path: Path) -> str:
    about = path.stat()
    return f"{about.st_size}-{about.st_mtime_ns}"


def _read_note(note: Path) -> str:
    return note.read_text(encoding="ascii", errors="replace") if note.exists() else ""


def _write_note(note: Path, path: Path) -> None:
    note.parent.mkdir(parents=True, exist_ok=True)
    part = note.with_name(f"{note.name}.part")
    part.write_text(_describe(path), encoding="ascii")
    part.replace(note)
