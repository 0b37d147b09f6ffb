"""What a run did, in a few lines for the one who ran it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dateline.home import Home
from dateline.steps.copies import CopyState
from ingest.staging.records import read_records
from transforms.records import Rejection, StepCount
from warehouse.load_summary import LoadSummary

if TYPE_CHECKING:
    from dateline.alerts.evaluate import AlertOutcome

_STEPS = {
    "poll_feeds": ("feeds", "with news", "unchanged (304)"),
    "poll_entries": ("entries", "new or edited", "known"),
    "import": ("saved entries", "new", "known or not selected"),
    "fetch_pages": ("pages", "fetched", "to retry"),
    "clean_articles": ("articles", "cleaned", "not selected"),
    "code_articles": ("codings", "done", "unchanged"),
}


def summarize_run(home: Home, batches: Iterable[Path], loaded: LoadSummary, nothing: str) -> str:
    """The row accounting of a run's batches, one line a step, the reasons of rejection, and what was loaded."""
    batches = list(batches)
    totals: dict[str, Counter[str]] = {}
    reasons = _count_rejections(batches)
    for batch in batches:
        for path in sorted(batch.glob("*.counts.parquet")):
            for count in read_records(path, StepCount):
                total = totals.setdefault(count.step, Counter())
                total.update(
                    taken=count.taken, passed=count.passed, unchanged=count.unchanged, rejected=count.rejected
                )
    lines = [_describe_step(step, totals[step]) for step in _STEPS if step in totals]
    if reasons:
        lines.append(
            "rejections: " + ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
        )
    if not lines:
        lines.append(nothing)
    events = loaded.events
    lines.append(f"events: {events.new} new, {events.changed} changed, {events.removed} removed by merging")
    lines.append(f"warehouse: {home.published}")
    return "\n".join(lines)


def describe_alerts(outcomes: Iterable["AlertOutcome"]) -> str:
    """A line an alert that sent something, has something waiting, or fails; empty where there is none."""
    lines = []
    for one in outcomes:
        waiting = f", {one.waiting} waiting" if one.waiting else ""
        error = f", failed and tried again with the next run: {one.error}" if one.error else ""
        lines.append(f"alert {one.name}: {one.sent} sent{waiting}{error}")
    return "\n".join(lines)


def describe_copies(states: Mapping[str, CopyState]) -> str:
    """A line a copy; empty where there is none."""
    failed = "failed and tried again with the next run: "
    return "\n".join(
        f"{name}: {failed + state.error if state.error else state.done}" for name, state in states.items()
    )


def _count_rejections(batches: Iterable[Path]) -> Counter[str]:
    """The rejections of some batches by their reason."""
    return Counter(
        rejection.reason
        for batch in batches
        for path in sorted(batch.glob("*.rejections.parquet"))
        for rejection in read_records(path, Rejection)
    )


def _describe_step(step: str, total: Counter[str]) -> str:
    what, passed, unchanged = _STEPS[step]
    return (
        f"{what}: {total['taken']} = {total['passed']} {passed} + {total['unchanged']} {unchanged} "
        f"+ {total['rejected']} rejected"
    )
