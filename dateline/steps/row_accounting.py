"""What steps share: the entries of a batch, and the row accounting by which nothing is lost."""

import logging
from collections.abc import Sequence
from pathlib import Path

from dateline.steps.tracing import note_counts
from ingest.staging.records import read_records, write_records
from transforms.errors import Permanent
from transforms.records import Entry, StepCount

log = logging.getLogger("dateline")


def read_entries(batch: Path) -> list[Entry]:
    """The entry versions whose articles a batch brings: new ones, and those whose page is tried again."""
    new = [entry for path in sorted(batch.glob("*.entries.parquet")) for entry in read_records(path, Entry)]
    versions = {entry.entry_version_id for entry in new}
    retried = read_records(batch / "plan.retries.parquet", Entry)
    return new + [entry for entry in retried if entry.entry_version_id not in versions]


def count_step(batch: Path, step: str, taken: int, passed: int, unchanged: int, rejected: int) -> StepCount:
    """The row accounting of a step; it balances or the step fails."""
    if taken != passed + unchanged + rejected:
        raise Permanent(
            f"{step} took {taken} but accounts for {passed} + {unchanged} + {rejected}; report this"
        )
    return StepCount(batch.parent.name, batch.name, step, taken, passed, unchanged, rejected)


def write_counts(batch: Path, step: str, counts: Sequence[StepCount]) -> None:
    """Write a step's row accounting, and one line about each count to the log."""
    for count in counts:
        log.info(
            "step_done run=%s batch=%s step=%s taken=%d passed=%d unchanged=%d rejected=%d",
            count.run_id, count.batch, count.step, count.taken, count.passed, count.unchanged, count.rejected,
        )  # fmt: skip
    note_counts(
        rows_taken=sum(count.taken for count in counts),
        rows_passed=sum(count.passed for count in counts),
        rows_rejected=sum(count.rejected for count in counts),
    )
    write_records(batch / f"{step}.counts.parquet", StepCount, counts)
