"""What imports leave beside the archive's WARC files, so that a replay can do them again.

An import of saved files leaves one file, which says what it read. One from the network leaves a folder with all
that it and the fetching of its pages gave.
"""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dateline.steps.backfill_params import BackfillParams
from ingest.staging.records import DamagedFile, mark_done, read_records, write_records
from transforms.records import Fetch, Rejection

IMPORTS = "imports"
"""The folder of the archive with what imports read: a file each, and a folder each of those from the network."""
_KEPT = "kept.parquet"


@dataclass(frozen=True, slots=True)
class ImportedBatch:
    """What an import read, kept beside the archive's WARC files: all that a replay needs to do it again."""

    run_id: str
    batch: str
    started_at: datetime  # of the import
    params: BackfillParams
    fetches: tuple[Fetch, ...]  # with where each lies in the archive, in the order read
    rejections: tuple[Rejection, ...]  # of files that could not be read, and so are not in the archive


@dataclass(frozen=True, slots=True)
class KeptBatch:
    """A batch from the network whose import lies whole in a folder beside the archive's WARC files."""

    run_id: str
    batch: str
    started_at: datetime  # when it was kept


def read_imports(archive: Path) -> tuple[list[ImportedBatch], list[str]]:
    """Every batch of saved files that was imported into the archive, oldest first, and the files that are damaged."""
    found: list[ImportedBatch] = []
    damaged: list[str] = []
    for path in sorted((archive / IMPORTS).glob("*.parquet")):
        try:
            found += read_records(path, ImportedBatch)
        except DamagedFile:
            damaged.append(str(path))
    return sorted(found, key=lambda imported: (imported.started_at, imported.batch)), damaged


def keep_import(archive: Path, batch: Path) -> None:
    """Put what the import and the pages of a batch gave beside the archive, for a replay; it appears whole."""
    target = archive / IMPORTS / f"{batch.parent.name}.{batch.name}"
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for path in sorted(batch.glob("*.parquet")):
        if not path.name.endswith(".part.parquet"):
            shutil.copyfile(path, part / path.name)
    write_records(part / _KEPT, KeptBatch, [KeptBatch(batch.parent.name, batch.name, datetime.now(UTC))])
    old = target.with_name(f"{target.name}.old.part")
    if target.exists():  # of a try that was stopped behind this: it may hold less
        shutil.rmtree(old, ignore_errors=True)
        target.replace(old)
    part.replace(target)
    shutil.rmtree(old, ignore_errors=True)


def forget_import(archive: Path, batch: Path) -> None:
    """Remove what was kept of a batch that is given up."""
    shutil.rmtree(archive / IMPORTS / f"{batch.parent.name}.{batch.name}", ignore_errors=True)


def read_kept(archive: Path) -> tuple[list[tuple[KeptBatch, list[Fetch]]], list[str]]:
    """The kept batches, oldest first, each with its fetches, and the folders that are damaged."""
    found: list[tuple[KeptBatch, list[Fetch]]] = []
    damaged: list[str] = []
    for path in sorted((archive / IMPORTS).glob(f"*/{_KEPT}")):
        if path.parent.name.endswith(".part"):
            continue
        try:
            [kept] = read_records(path, KeptBatch)
            files = sorted(path.parent.glob("*.fetches.parquet"))
            found.append((kept, [fetch for file in files for fetch in read_records(file, Fetch)]))
        except (DamagedFile, ValueError):
            damaged.append(str(path.parent))
    return sorted(found, key=lambda one: (one[0].started_at, one[0].batch)), damaged


def take_kept(archive: Path, kept: KeptBatch, batch: Path) -> None:
    """Make a batch of what was kept, to be cleaned and coded again."""
    shutil.copytree(archive / IMPORTS / f"{kept.run_id}.{kept.batch}", batch)
    (batch / _KEPT).unlink()
    for step in ("import", "pages"):
        mark_done(batch, step)
