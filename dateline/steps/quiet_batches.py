"""Polls that brought nothing: publishing the whole warehouse for them would write it to the disk at every poll.

They wait in the staging folder for the next load that has something to say, or for an hour. Until then the next plan
reads from them when their feeds were asked.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from dateline.steps.runs import LAST_STEP, read_start
from ingest.staging.records import count_records, is_done, read_records
from transforms.records import FeedState

_SAYS_LITTLE = {"feeds", "known_states", "states", "fetches", "counts"}
"""The records that a poll of feeds that have nothing new leaves."""


def is_quiet(batch: Path) -> bool:
    """Whether a batch is a poll that has come through and brought nothing: no entry, page, rejection or feed that
    is no longer subscribed to."""
    if not (batch.parent.name.startswith("poll-") and is_done(batch, LAST_STEP)):
        return False
    files = [path for path in batch.glob("*.parquet") if path.name.split(".")[1] not in _SAYS_LITTLE]
    files += batch.glob("plan.states.parquet")
    try:
        read_records(batch / "poll.states.parquet", FeedState)
        return not any(count_records(path) for path in files)
    except Exception:  # whatever is wrong with a file, its load finds out
        return False


def has_pages(batch: Path) -> bool:
    """Whether a batch has a page to clean; a file that cannot be read may hold some."""
    try:
        return any(count_records(path) for path in batch.glob("*.pages.parquet"))
    except Exception:  # whatever is wrong with it, the step that reads it finds out
        return True


def may_wait(batches: Sequence[Path], now: datetime, longest_s: float) -> bool:
    """Whether a load of these batches can be left to a later one."""
    oldest = now - timedelta(seconds=longest_s)
    return all(is_quiet(batch) and oldest < read_start(batch.parent.name) <= now for batch in batches)


def read_quiet_states(batches: Iterable[Path]) -> dict[str, FeedState]:
    """The feeds' states as some quiet batches, oldest first, leave them, by feed id."""
    return {
        state.feed_id: state
        for batch in batches
        for state in read_records(batch / "poll.states.parquet", FeedState)
    }
