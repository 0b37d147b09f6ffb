"""What must hold in the published file. Each check is a file of `checks/` whose query names what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from transforms.records import REJECTION_REASONS
from warehouse.connection import open_published
from warehouse.sql_files import ROOM

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class CheckResult:
    name: str
    ok: bool
    detail: str  # what is wrong, the first few of it; "" when ok


def run_checks(published: Path, now: datetime, stale_feed_s: float) -> list[CheckResult]:
    """Run every check on the whole file; a feed without a success for `stale_feed_s` counts as stale.

    Raises:
        Permanent: there is no published file yet, or it is from a newer version.
    """
    values = {"now": now, "stale_feed_s": stale_feed_s, "reasons": list(REJECTION_REASONS)}
    return _run(published, "checks", values)


def run_day_checks(published: Path, day: date) -> list[CheckResult]:
    """Run the checks of one settled day.

    Raises:
        Permanent: there is no published file yet, or it is from a newer version.
    """
    return _run(published, "day_checks", {"day": day})


def _run(published: Path, folder: str, values: Mapping[str, Any]) -> list[CheckResult]:
    results = []
    with open_published(published) as connection:
        for path in sorted((ROOM / folder).glob("*.sql")):
            text = path.read_text(encoding="utf-8")
            used = {name: value for name, value in values.items() if f"${name}" in text}
            problems = [str(row[0]) for row in connection.execute(text, used).fetchall()]
            shown = "; ".join(sorted(problems)[:_SHOWN])
            more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
            results.append(CheckResult(path.stem, not problems, shown + more))
    return results
