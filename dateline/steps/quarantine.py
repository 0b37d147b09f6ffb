"""Batches that cannot be processed or loaded, set aside so that they do not keep the others.

`staging-quarantine/RUN/BATCH` holds the files of such a batch as they were, with a file that says why.
"""

import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dateline.home import Home
from dateline.steps.job_files import read_job
from dateline.steps.runs import is_planned
from ingest.staging.records import find_batches, mark_done
from transforms.errors import Permanent

log = logging.getLogger("dateline")
WHY = "why.txt"


@dataclass(frozen=True, slots=True)
class QuarantinedBatch:
    """A batch in quarantine."""

    run_id: str
    batch: str
    reason: str


def set_aside(home: Home, batch: Path, error: Exception) -> QuarantinedBatch:
    """Move a batch's folder out of the staging folder, with a file that says why and how it comes back."""
    reason = str(error) if isinstance(error, Permanent) else f"{type(error).__name__}: {error}"
    reason = " ".join(reason.split())[:1000]
    target = home.quarantine / batch.parent.name / batch.name
    text = (
        f"{reason}\n\nSet aside on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC. Nothing of it is in the warehouse.\n"
        f"To try it again, also with a newer Dateline:\n\n{describe_return(home, batch.parent.name)}\n\n"
        "To give it up, remove this folder. What was fetched is in the archive either way.\n"
    )
    (batch / WHY).write_text(text.encode("utf-8", "replace").decode(), encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)  # the same batch, brought back and set aside again
    target.parent.mkdir(parents=True, exist_ok=True)
    if is_planned(batch.parent):
        mark_done(target.parent, "plan")  # so that the folder can be copied back as it is
    batch.rename(target)
    log.warning("batch_set_aside run=%s batch=%s error=%r", batch.parent.name, batch.name, reason)
    return QuarantinedBatch(batch.parent.name, batch.name, reason)


def find_set_aside(home: Home) -> Sequence[QuarantinedBatch]:
    """Every batch in quarantine, in order."""
    runs = sorted(home.quarantine.iterdir()) if home.quarantine.is_dir() else []
    return [
        QuarantinedBatch(batch.parent.name, batch.name, _read_reason(batch))
        for run in runs
        for batch in find_batches(run)
    ]


def describe_return(home: Home, run_id: str) -> str:
    """The command that brings a run's batches back, and goes on with them."""
    source = home.quarantine / run_id
    job = read_job(home, run_id)
    then = f"dateline backfill resume {run_id.removeprefix('backfill-')[:8]}" if job else "dateline run"
    return f"cp -a '{source}' '{home.staging}/' && rm -r '{source}' && {then}"


def explain_set_aside(home: Home, found: Sequence[QuarantinedBatch]) -> str:
    """What was set aside, why, and how it comes back: one sentence a thought."""
    first = found[0]
    more = f" (and {len(found) - 1} more)" if found[1:] else ""
    return (
        f"batch {first.run_id}/{first.batch}{more} was set aside in {home.quarantine}: {first.reason}; "
        f"all else is loaded; {WHY} there says how to bring it back"
    )


def _read_reason(batch: Path) -> str:
    try:
        return (batch / WHY).read_text(encoding="utf-8").partition("\n")[0]
    except OSError:
        return "no reason is noted"
