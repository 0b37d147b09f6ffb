"""Whether all that there is was loaded and published, by a look at files: opening the build file takes much longer.

A load that has published notes beside the build file how it left both database files, and from which tables, migrations
and views. While all of these are the same, another load would change nothing. A process that is killed leaves the older
note, and the build file changed.
"""

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path

from dateline import read_version
from dateline.home import Home
from ingest.bundled import MODELS, SEEDS
from warehouse.sql_files import ROOM


def is_up_to_date(home: Home) -> bool:
    """Whether the published file holds all that the build file and the tables say; False where that is not known."""
    try:
        noted = json.loads(_note_of(home).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(noted == _make_note(home, describe_build(home), digest_tables(home)))


def note_published(home: Home, build: str, tables: str) -> None:
    """Note what was published.

    Where the build file has changed since, by another load or by the publication itself, nothing is noted. A disk that
    has no room for the note hinders nobody: the next load looks by itself.

    `build`: `describe_build` before the publication; `tables`: `digest_tables` before they were loaded.
    """
    note = _note_of(home)
    part = note.with_name(f".{note.name}.{os.getpid()}.part")
    with suppress(OSError):
        content = json.dumps(_make_note(home, build, tables))
        if describe_build(home) == build:
            part.write_text(content, encoding="utf-8")
            part.replace(note)


def describe_build(home: Home) -> str:
    """The state of the build file and of DuckDB's journal beside it, which holds what a killed process has changed."""
    return _describe(home.build) + _describe(home.build.with_name(f"{home.build.name}.wal"))


def digest_tables(home: Home) -> str:
    """Of the content of some dozens of small files, and of the version of the code that reads them."""
    digest = hashlib.sha256(read_version().encode())
    folders = (SEEDS, home.seeds, MODELS / "gazetteer", ROOM / "migrations", ROOM / "views")
    for path in (path for folder in folders for path in sorted(folder.glob("*.*"))):
        content = path.read_bytes()
        digest.update(f"\n{path.name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _make_note(home: Home, build: str, tables: str) -> dict[str, str]:
    return {"build": build, "published": _describe(home.published), "tables": tables}


def _describe(path: Path) -> str:
    try:
        about = path.stat()
    except FileNotFoundError:
        return ""
    return f"{path.name} {about.st_ino} {about.st_size} {about.st_mtime_ns};"


def _note_of(home: Home) -> Path:
    return home.build.parent / "published.json"
