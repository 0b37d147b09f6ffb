"""What copies of a feed, taken now and then, say of the days between them.

A feed shows its newest entries and drops the oldest. So two copies that share an entry lost nothing between
them, and of two that share none something may have come and gone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from transforms.history.records import CoverageState, DayEvidence
from transforms.history.windows import begin_of, list_days

_DAY = timedelta(days=1)
_PINNED = timedelta(days=14)
"""An entry so much older than the next newer one may be one that the feed keeps, whatever comes and goes."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy of a feed, and by what its entries are known."""

    name: str  # in evidence
    captured_at: datetime
    until: datetime  # the last copy that was the same
    keys: frozenset[str]
    recent: frozenset[
        str
    ]  # those of the newer half, all where few are dated: a feed does not keep these for ever
    dates: tuple[datetime, ...]  # of publication, newest first

    @property
    def oldest(self) -> datetime:
        """From when on it shows all that there was."""
        oldest = self.captured_at
        for number, published_at in enumerate(self.dates):
            if number and oldest - published_at > _PINNED:
                break
            oldest = min(oldest, published_at)
        return oldest


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is known of the time between two instants."""

    first: datetime
    last: datetime
    state: Literal["complete", "gap"]
    evidence: str


def make_snapshot(
    name: str, captured_at: datetime, until: datetime, entries: Iterable[tuple[str, datetime | None]]
) -> Snapshot:
    """`entries`: keys, the same in every copy, and dates of publication; those after the copy are not believed."""
    found = dict(entries)
    dated = {key: at for key, at in found.items() if at is not None and at <= captured_at + _DAY}
    dates = sorted(dated.values(), reverse=True)
    recent = frozenset(found)
    if dates and 2 * len(dates) >= len(found):
        middle = dates[(len(dates) - 1) // 2]
        recent = frozenset(key for key, at in dated.items() if at >= middle)
    return Snapshot(name, captured_at, until, frozenset(found), recent, tuple(dates))


def link_snapshots(before: Snapshot | None, after: Snapshot) -> tuple[Stretch, ...]:
    """What a copy adds to what is known, coming after another or as the first."""
    if before is not None and before.recent & after.keys:
        evidence = "copies of the feed that share entries"
        return (Stretch(before.captured_at, after.until, "complete", evidence),)
    own = "what a copy of the feed shows"
    if before is None:
        return (Stretch(after.oldest, after.until, "complete", own),)
    later = [at for at in after.dates if at > before.until]
    begin, end = before.until, min([after.captured_at, *later])
    newest = max(before.dates, default=before.captured_at)
    evidence = (
        f"{before.name} and {after.name} share no entry: what was published between {_say(newest)}, the newest in "
        f"the one, and {_say(end)}, the oldest in the other, may be lost"
    )
    return (Stretch(begin, end, "gap", evidence), Stretch(end, after.until, "complete", own))


def join_stretches(stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """The same in as few as possible."""
    joined: list[Stretch] = []
    for one in sorted(stretches, key=lambda one: (one.first, one.last)):
        last = joined[-1] if joined else None
        if last and last.state == one.state == "complete" and one.first <= last.last:
            joined[-1] = Stretch(last.first, max(last.last, one.last), "complete", one.evidence)
        else:
            joined.append(one)
    return tuple(joined)


def judge_days(
    stretches: Sequence[Stretch], feed_id: str, first: date, last: date
) -> tuple[DayEvidence, ...]:
    """What is known of each day from `first` to `last`, both inclusive."""
    joined = join_stretches(stretches)
    judged = ((day, *_judge_day(joined, day)) for day in list_days(first, last))
    return tuple(DayEvidence(feed_id, day, state, None, evidence) for day, state, evidence in judged)


def _judge_day(stretches: Sequence[Stretch], day: date) -> tuple[CoverageState, str]:
    begin = begin_of(day)
    end = begin + _DAY
    known = [one for one in stretches if one.first < end and one.last >= begin]
    gaps = [one for one in known if one.state == "gap"]
    if gaps:
        return "gap", gaps[0].evidence
    # many feeds tell days only, as midnights: more may have been published on the day of the oldest entry
    whole = [one for one in known if one.first < begin and one.last >= end]
    if whole:
        return "complete", whole[0].evidence
    if known:
        return "partial", "copies of the feed tell of a part of this day"
    return "unknown", "no copy of the feed tells of this day"


def _say(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"
