"""What all homes have of the one that owns the warehouse: the published file, subscriptions, tables, backfills.

One home owns the warehouse: it plans, loads and publishes, and puts these files into the store. The others run
steps, and before each they take from the store what has changed since. So a step reads the same files wherever it
runs. (Known entries and the places of earlier articles could go into each batch when it is planned. But which of them
a step asks for is known only when a feed has been read, and all of a feed's grow without end.)
"""

import json
import logging
import secrets
import socket
from pathlib import Path

from dateline.home import Home
from dateline.steps.context import Context
from ingest.locks import hold_lock
from ingest.store.object_store import ObjectStore, open_store
from transforms.errors import Permanent

log = logging.getLogger("dateline")
_FOLDER = "home"
_OWNER = f"{_FOLDER}/owner"
_SHARED = (
    "feeds.csv",
    "seeds/*.csv",
    "backfills/*/job.parquet",
    "backfills/*/paused",
    "backfills/*/cancelled",
    "dateline.duckdb",
)
"""Patterns of the files of a home that all others have."""


def owns_warehouse(home: Home) -> bool:
    """Whether this home has planned or loaded for the store."""
    return (home.store / "owner").exists()


def share_home(context: Context) -> None:
    """Put what has changed of the owner's files into the store; only the home that owns the warehouse does this.

    Raises:
        Permanent: another home owns the warehouse of this store.
        Transient: the store does not answer.
    """
    store, home = open_store(context.settings.storage), context.home
    if store is None:
        return
    _claim(store, home)
    with hold_lock(home.store / "lock"):
        known = _read_tags(home, context.settings.storage.url)
        here = {
            path.relative_to(home.path).as_posix(): path
            for pattern in _SHARED
            for path in sorted(home.path.glob(pattern))
        }
        for name, path in here.items():
            about = path.stat()
            tag = f"{about.st_ino}-{about.st_size}-{about.st_mtime_ns}"
            if known.get(name) != tag:
                store.push(path, f"{_FOLDER}/{name}")
                known[name] = tag
                _write_tags(home, context.settings.storage.url, known)
        gone = known.keys() - here.keys()
        if gone:
            store.remove(f"{_FOLDER}/{name}" for name in gone)
            _write_tags(home, context.settings.storage.url, {name: known[name] for name in here})


def _claim(store: ObjectStore, home: Home) -> None:
    """Make this home the owner, if none is; two that load would each have half of the news."""
    path = home.store / "owner"
    home.store.mkdir(parents=True, exist_ok=True)
    stored = store.read(_OWNER)
    if stored is None:
        if not path.exists():
            path.write_text(f"{secrets.token_hex(8)} {socket.gethostname()} {home.path}", encoding="utf-8")
        store.push_new(path, _OWNER)
        stored = store.read(_OWNER)
    if stored is None or not path.exists() or path.read_bytes() != stored:
        who = (stored or b"").decode("utf-8", "replace").partition(" ")[2]
        path.unlink(missing_ok=True)
        raise Permanent(
            f"the store of storage.url belongs to the warehouse of another home ({who}), which alone plans and loads; "
            f"where that is gone for good, remove the file {_OWNER} from the store"
        )


def pull_home(context: Context, store: ObjectStore) -> None:
    """Take what has changed of the owner's files; nothing in the owner's own home.

    Raises:
        Permanent: this home has a warehouse of its own, which would be replaced.
        Transient: the store does not answer.
    """
    home = context.home
    if owns_warehouse(home):
        return
    if home.build.exists():
        raise Permanent(
            f"{home.path} has a warehouse of its own, and storage.url is that of another home; give this one another "
            "storage.url, or DATELINE_HOME a folder of its own for the work of others"
        )
    home.store.mkdir(parents=True, exist_ok=True)
    with hold_lock(home.store / "lock"):
        known = _read_tags(home, context.settings.storage.url)
        there = store.list_files(_FOLDER)
        for name, file in there.items():
            path = home.path / name
            if not _is_shared(name) or (known.get(name) == file.tag and path.exists()):
                continue
            known[name] = store.pull(f"{_FOLDER}/{name}", path).tag
            _write_tags(home, context.settings.storage.url, known)
            log.info("home_pulled file=%s bytes=%d", name, file.size_bytes)
        for name in known.keys() - there.keys():
            (home.path / name).unlink(missing_ok=True)
            del known[name]
            _write_tags(home, context.settings.storage.url, known)


def forget_published(context: Context) -> None:
    """Let the next step bring the published file again, where it is a copy of another home's."""
    if context.settings.storage.url and not owns_warehouse(context.home):
        context.home.published.unlink(missing_ok=True)


def _is_shared(name: str) -> bool:
    return any(Path(name).match(pattern) and name.count("/") == pattern.count("/") for pattern in _SHARED)


def _read_tags(home: Home, url: str) -> dict[str, str]:
    """What was put or taken of which file, in the store of this URL."""
    try:
        noted = json.loads((home.store / "tags.json").read_text(encoding="utf-8"))
        return dict(noted["files"]) if noted["url"] == url else {}
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
    ):  # nothing was noted, or half of it: all is put or taken again
        return {}


def _write_tags(home: Home, url: str, files: dict[str, str]) -> None:
    part = home.store / "tags.json.part"
    part.write_text(json.dumps({"url": url, "files": files}), encoding="utf-8")
    part.replace(home.store / "tags.json")
