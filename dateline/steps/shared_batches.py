"""Batches that several machines work on: what each step leaves lies in the store, and every home has copies.

A batch in the store is a folder of packs, `staging/RUN/BATCH/STEP.zip`: all that a step leaves, in one file, and the
plan. A pack appears whole and is never changed, and its name is taken once. So a step is done when its pack is there;
one that is killed has left nothing; and of two processes that did the same step, each thinking the other dead, the
first counts, and the other takes what that one left. The pages that a step archived are in the store before its pack.

In a home `STEP.shared`, beside the files, says of which pack they are.
"""

import logging
import os
import shutil
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from dateline.home import Home
from dateline.steps.context import Context
from dateline.steps.job_files import further_of
from dateline.steps.quarantine import set_aside
from dateline.steps.runs import LAST_STEP, is_planned
from dateline.steps.shared_archive import forget_import_of, pull_archive, push_archive
from dateline.steps.shared_home import owns_warehouse, pull_home, share_home
from ingest.leases import hold_lease
from ingest.locks import hold_lock
from ingest.staging.records import is_done, mark_done, read_records
from ingest.store.object_store import ObjectStore, StoredFile, open_store
from ingest.store.packs import list_names, pack_files, unpack_files
from transforms.errors import Permanent, Transient
from transforms.records import Page

log = logging.getLogger("dateline")
_STAGING, _EXPORTS = "staging", "exports"
_PLAN = "plan"
_ORDER = (_PLAN, "import", "pages", "poll", "fetch", "clean", LAST_STEP)
_FURTHER = "further"
_DAY_S = 86_400
_LONGEST_REASON = 1_000

_DAMAGED, _SET_ASIDE = "damaged.txt", "set-aside.txt"

Packs = dict[str, StoredFile]
"""What the store has of a batch, by step, in the order of the steps."""


@contextmanager
def share_step(context: Context, step: str, batch: Path) -> Iterator[bool]:
    """Bring what a step reads into this home, and what it leaves into the store; yields whether it is to be done.

    Where no store is shared it is, and nothing is brought. While a step runs here it runs nowhere else, as far as
    `locks.url` says who does.

    Raises:
        Transient: the store, or what keeps the locks, does not answer; the step is not done, or done again.
        Permanent: the store refuses.
    """
    store = open_store(context.settings.storage)
    if store is None:
        yield True
        return
    with hold_lease(context.settings.locks, _name(batch)):
        is_to_do = _bring(context, store, step, batch)
        yield is_to_do
        if is_to_do:
            push_archive(context, store, batch)
            _push_pack(context.home, store, batch, step)
            _drop_old_copies(context)


def _bring(context: Context, store: ObjectStore, step: str, batch: Path) -> bool:
    """Make the home's copy of a batch what the store has of it; whether the step is still to be done."""
    packs = _list_packs(store, batch)
    if _PLAN not in packs and owns_warehouse(context.home):
        _push_pack(context.home, store, batch, _PLAN)
        packs = _list_packs(store, batch)
    if _PLAN not in packs:
        log.warning("batch_gone run=%s batch=%s step=%s", batch.parent.name, batch.name, step)
        return False
    if step in packs:
        log.debug("step_skipped run=%s batch=%s step=%s", batch.parent.name, batch.name, step)
        return False
    pull_home(context, store)
    _pull_packs(context.home, store, batch, packs)
    if step == "clean":
        pages = (page for path in batch.glob("*.pages.parquet") for page in read_records(path, Page))
        pull_archive(context, store, {page.warc_file for page in pages})
    return True


def is_copy(context: Context) -> bool:
    """Whether what lies in this home's staging folder are copies of what is in the store."""
    return bool(context.settings.storage.url) and not owns_warehouse(context.home)


def report_damage(context: Context, batch: Path, error: Exception) -> None:
    """Throw away a damaged copy of a batch. Where that was done before, its packs are damaged: let its owner set it
    aside.

    Raises:
        Transient: the next try brings the batch again.
        Permanent: it is no better then.
    """
    store = open_store(context.settings.storage)
    assert store is not None, "there are copies of a store only"
    shutil.rmtree(batch, ignore_errors=True)
    reason = context.home.staging / f"{batch.parent.name}.{batch.name}.{os.getpid()}.part"
    reason.write_text(f"{error}"[:_LONGEST_REASON], encoding="utf-8")
    try:
        if store.push_new(reason, f"{_STAGING}/{_name(batch)}/{_DAMAGED}"):
            raise Transient(f"{error}; it was a copy, which the next try brings again") from error
        store.push(reason, f"{_STAGING}/{_name(batch)}/{_SET_ASIDE}")
    finally:
        reason.unlink(missing_ok=True)
    raise Permanent(
        f"{error}, also where it was brought again; the next plan or load sets the batch aside"
    ) from error


def push_plans(context: Context, batches: Iterable[Path]) -> None:
    """Put batches that are waiting into the store, as far as they are not there.

    Raises:
        Transient: the store does not answer; the next plan goes on.
    """
    store = open_store(context.settings.storage)
    if store is None:
        return
    stored = _list_batches(store)
    for batch in batches:
        packs = _sort_packs(stored.get(_name(batch), {}))
        for step in _ORDER:
            if step not in packs and (step == _PLAN or is_done(batch, step)):
                _push_pack(context.home, store, batch, step)


def pull_ready(context: Context, loaded: Collection[tuple[str, str]]) -> None:
    """Bring every batch that has come through its last step, and is not in `loaded`, into the home that loads; set
    aside those of which a step has found that they are damaged.

    Raises:
        Permanent: this is another home's store.
        Transient: the store does not answer.
    """
    store, home = open_store(context.settings.storage), context.home
    if store is None:
        return
    share_home(context)
    with hold_lock(home.store / "ready.lock"):
        for name, files in _list_batches(store).items():
            batch, packs = home.staging / name, _sort_packs(files)
            if not packs.keys() >= {_PLAN, LAST_STEP} and _SET_ASIDE not in files:
                continue
            if (batch.parent.name, batch.name) in loaded:
                continue
            _pull_packs(home, store, batch, packs)
            if not is_planned(batch.parent):
                mark_done(batch.parent, "plan")
            if _SET_ASIDE in files:
                reason = store.read(f"{_STAGING}/{name}/{_SET_ASIDE}") or b""
                set_aside(home, batch, Permanent(reason.decode("utf-8", "replace")))
                _remove(store, name, files)


def forget_batches(
    context: Context, names: Collection[tuple[str, str]], *, is_given_up: bool = False
) -> None:
    """Remove batches (run, batch) from the store: they are loaded, or set aside, or given up for good.

    Raises:
        Transient: the store does not answer; what is left there, the next load removes.
    """
    store = open_store(context.settings.storage)
    if store is None:
        return
    for name, files in _list_batches(store).items():
        if tuple(name.split("/")) in names:
            _remove(store, name, files)
    if is_given_up:
        for run, batch in names:
            forget_import_of(store, Path(run) / batch)


def push_exports(context: Context, paths: Iterable[Path]) -> None:
    """Put files of the exports folder into the store.

    Raises:
        Transient: the store does not answer.
    """
    store = open_store(context.settings.storage)
    if store is not None:
        for name, path in list_names(paths, context.home.exports).items():
            store.push(path, f"{_EXPORTS}/{name}")


def _name(batch: Path) -> str:
    return f"{batch.parent.name}/{batch.name}"


def _list_packs(store: ObjectStore, batch: Path) -> Packs:
    return _sort_packs(store.list_files(f"{_STAGING}/{_name(batch)}"))


def _list_batches(store: ObjectStore) -> dict[str, dict[str, StoredFile]]:
    """The files of each batch, by `RUN/BATCH` and name."""
    found: dict[str, dict[str, StoredFile]] = {}
    for path, file in store.list_files(_STAGING).items():
        batch, _, name = path.rpartition("/")
        found.setdefault(batch, {})[name] = file
    return found


def _remove(store: ObjectStore, name: str, files: Iterable[str]) -> None:
    store.remove(f"{_STAGING}/{name}/{file}" for file in files)


def _sort_packs(files: Mapping[str, StoredFile]) -> Packs:
    return {step: files[f"{step}.zip"] for step in _ORDER if f"{step}.zip" in files}


def _list_files(home: Home, batch: Path, step: str) -> dict[str, Path]:
    """What a step has left of a batch, its marker last."""
    files = list_names(sorted(batch.glob(f"{step}.*.parquet")), batch)
    if step == "import":
        further = further_of(home, batch)
        parts = sorted(path for path in further.rglob("*") if path.is_file() and path.name != ".lock")
        files |= {f"{_FURTHER}/{name}": path for name, path in list_names(parts, further).items()}
    marker = batch / f"{step}.done"
    return files | ({marker.name: marker} if marker.exists() else {})


def _push_pack(home: Home, store: ObjectStore, batch: Path, step: str) -> None:
    """Put what a step has left into the store, unless another process was first."""
    files = _list_files(home, batch, step)
    if not files:
        return
    pack = batch / f"{step}.zip.{os.getpid()}.part"
    try:
        pack_files(pack, files)
        stored = store.push_new(pack, f"{_STAGING}/{_name(batch)}/{step}.zip")
    finally:
        pack.unlink(missing_ok=True)
    if stored is None:
        log.warning("step_done_elsewhere run=%s batch=%s step=%s", batch.parent.name, batch.name, step)
    else:
        _mark_shared(batch, step, stored)


def _pull_packs(home: Home, store: ObjectStore, batch: Path, packs: Packs) -> None:
    """Make what the steps of `packs` have left in this home what they have left in the store."""
    is_owner = owns_warehouse(home)
    if not is_owner and _read_shared(batch, _PLAN) != packs[_PLAN].tag:
        shutil.rmtree(batch, ignore_errors=True)  # another batch of this name, from before
    batch.mkdir(parents=True, exist_ok=True)
    place = {"": batch, _FURTHER: further_of(home, batch) if is_owner else batch / _FURTHER}
    for step, file in packs.items():
        if _read_shared(batch, step) == file.tag:
            continue
        for path in _list_files(home, batch, step).values():
            path.unlink(missing_ok=True)
        pack = batch / f"{step}.zip.{os.getpid()}.part"
        try:
            stored = store.pull(f"{_STAGING}/{_name(batch)}/{step}.zip", pack)
            unpack_files(pack, place)
        finally:
            pack.unlink(missing_ok=True)
        _mark_shared(batch, step, stored)


def _read_shared(batch: Path, step: str) -> str:
    with suppress(FileNotFoundError):
        return (batch / f"{step}.shared").read_text(encoding="utf-8")
    return ""


def _mark_shared(batch: Path, step: str, stored: StoredFile) -> None:
    part = batch / f"{step}.shared.{os.getpid()}.part"
    part.write_text(stored.tag, encoding="utf-8")
    part.replace(batch / f"{step}.shared")


def _drop_old_copies(context: Context) -> None:
    """Remove a helping home's copies of batches that it has not touched for `storage.cache_days`."""
    if owns_warehouse(context.home):
        return  # there the load does, which knows what is loaded
    oldest = time.time() - context.settings.storage.cache_days * _DAY_S
    for run in context.home.staging.iterdir():
        with suppress(OSError):  # it is no folder, or not empty, or another process was faster
            is_old = run.stat().st_mtime < oldest
            for batch in [path for path in run.iterdir() if path.stat().st_mtime < oldest]:
                shutil.rmtree(batch, ignore_errors=True)
            if is_old:
                run.rmdir()
