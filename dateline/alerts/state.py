"""What alerts have sent and what waits, in one JSON file of the home that is always whole."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from dateline.alerts.items import AlertItem
from transforms.errors import Permanent

VERSION = 1
KEPT_D = 400
"""Days beyond an alert's own for which it remembers what it has sent."""


@dataclass(slots=True)
class AlertFailure:
    """Why an alert could not be sent, or not be evaluated."""

    error: str
    since: datetime
    tries: int


@dataclass(slots=True)
class AlertState:
    """What is known of one alert."""

    sent: dict[str, date] = field(default_factory=dict)  # the keys of rows that were sent, and when
    waiting: list[AlertItem] = field(default_factory=list)
    sent_at: datetime | None = None  # the last delivery
    failure: AlertFailure | None = None

    def forget(self, now: datetime, days: int) -> None:
        """Drop keys of rows so old that the alert finds them no more."""
        oldest = (now - timedelta(days=days + KEPT_D)).date() if days < now.toordinal() - KEPT_D else date.min
        self.sent = {key: day for key, day in self.sent.items() if day >= oldest}


States = dict[str, AlertState]


def read_states(path: Path) -> States:
    """What is known of each alert by name; nothing where there is no file yet.

    Raises:
        Permanent: the file is damaged, or of a newer version.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    try:
        kept = json.loads(text)
        if kept["version"] != VERSION:
            raise Permanent(f"{path} was written by another version of Dateline; upgrade it")
        return {name: _read_state(values) for name, values in kept["alerts"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Permanent(
            f"{path} is damaged; remove it (what alerts have sent of the last days is then sent again)"
        ) from error


def write_states(path: Path, states: Mapping[str, AlertState]) -> None:
    """Put the file in its place as a whole; after a crash the old one is there or the new one.

    Only who holds the lock of alerts writes it.
    """
    kept = {"version": VERSION, "alerts": {name: asdict(state) for name, state in states.items()}}
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            json.dump(kept, file, default=_write_instant)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _read_state(values: Mapping[str, Any]) -> AlertState:
    failure = values["failure"]
    return AlertState(
        {key: date.fromisoformat(day) for key, day in values["sent"].items()},
        [AlertItem(**item) for item in values["waiting"]],
        datetime.fromisoformat(values["sent_at"]) if values["sent_at"] else None,
        AlertFailure(failure["error"], datetime.fromisoformat(failure["since"]), failure["tries"])
        if failure
        else None,
    )


def _write_instant(value: object) -> str:
    assert isinstance(value, date)
    return value.isoformat()
