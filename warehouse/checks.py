"""What must hold in the published file. Each check is a query of `sql/checks.sql` whose rows say what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from transforms.records import REJECTION_REASONS
from warehouse.connection import open_published
from warehouse.migrate import check_version
from warehouse.sql_files import list_statements

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class CheckResult:
    name: str
    ok: bool
    detail: str  # what is wrong, the first few of it; "" when ok


def run_checks(published: Path, now: datetime, stale_feed_s: float) -> list[CheckResult]:
    """Run every check on the whole file; a feed without a success for `stale_feed_s` counts as stale.

    Raises:
        Permanent: there is no published file yet, or it is from another version.
    """
    values = {"now": now, "stale_feed_s": stale_feed_s, "reasons": list(REJECTION_REASONS)}
    return _run(published, "checks", values)


def run_day_checks(published: Path, day: date) -> list[CheckResult]:
    """Run the checks of one finalized day.

    Raises:
        Permanent: there is no published file yet, or it is from another version.
    """
    return _run(published, "day_checks", {"day": day})


def _run(published: Path, topic: str, values: Mapping[str, Any]) -> list[CheckResult]:
    results = []
    with open_published(published) as connection:
        check_version(connection, str(published), may_be_older=False)
        for check, text in list_statements(topic).items():
            used = {name: value for name, value in values.items() if f"${name}" in text}
            problems = [str(row[0]) for row in connection.execute(text, used).fetchall()]
            shown = "; ".join(sorted(problems)[:_SHOWN])
            more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
            results.append(CheckResult(check, not problems, shown + more))
    return results
