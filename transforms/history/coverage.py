"""How complete the days of a feed are, out of what one window said and what was found in it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from transforms.history.records import CoverageEvidence, CoverageState, DayEvidence, WindowEnd
from transforms.history.windows import list_days

_LONGEST_GAP = timedelta(days=366)
"""Of a feed that was not asked for longer nobody expects what lies before."""
FoundCounts = Mapping[tuple[str, date], int]
"""How many articles were found, by feed id and day of publication."""


def cover_days(
    end: WindowEnd, feed_id: str, first: date | None, last: date | None, found: FoundCounts
) -> list[DayEvidence]:
    """What a window says of each of its days: its own word, else the window's.

    A window without a feed or days of its own says something only of days that it names.
    """
    told = {(one.feed_id or feed_id, one.day): one for one in end.days}
    if feed_id and first and last:
        for day in list_days(first, last):
            told.setdefault((feed_id, day), DayEvidence(feed_id, day, end.state, None, end.evidence))
    return [_weigh(one, found.get(key, 0)) for key, one in sorted(told.items())]


def _weigh(told: DayEvidence, found: int) -> DayEvidence:
    """A day of which fewer articles were found than there are is not complete, whatever was said of it."""
    if told.state == "complete" and told.expected is not None and found < told.expected:
        evidence = f"{told.evidence}; {found} of {told.expected} found".removeprefix("; ")
        return DayEvidence(told.feed_id, told.day, "partial", told.expected, evidence)
    return told


def sum_states(states: Iterable[CoverageState]) -> CoverageState:
    """The state of several days together: complete where all are, unknown where nothing is known."""
    seen = set(states)
    if not seen or seen == {"unknown"}:
        return "unknown"
    if seen == {"complete"}:
        return "complete"
    if "gap" in seen:
        return "gap"
    return "excluded" if seen == {"excluded"} else "partial"


def make_evidence(
    run_id: str, batch: str, source: str, days: Iterable[DayEvidence], found: FoundCounts
) -> list[CoverageEvidence]:
    """The rows of days, with how many articles were found of each."""
    return [
        CoverageEvidence(
            run_id,
            batch,
            source,
            one.feed_id,
            one.day,
            one.state,
            one.expected,
            found.get((one.feed_id, one.day), 0),
            one.evidence,
        )
        for one in days
    ]


def find_poll_gap(
    feed_id: str, answered_at: datetime, oldest_at: datetime | None, now: datetime
) -> list[DayEvidence]:
    """The days on which a feed lost entries, when two answers share none.

    `answered_at`: when the earlier one came; `oldest_at`: the oldest publication in the later one. Where that
    lies before the earlier answer, nothing was lost between.
    """
    until = min(oldest_at or now, now)
    if until <= answered_at:
        return []
    first = max(answered_at, until - _LONGEST_GAP).date()
    evidence = (
        f"the answers of {answered_at:%Y-%m-%d %H:%M} and {now:%Y-%m-%d %H:%M} UTC share no entry: "
        "poll more often, or backfill these days"
    )
    return [DayEvidence(feed_id, day, "gap", None, evidence) for day in list_days(first, until.date())]
