"""Instants as archives and crawls write them: `20240305120000`, UTC."""

import re
from datetime import UTC, datetime

_STAMP = re.compile("[0-9]{14}")
_FORM = "%Y%m%d%H%M%S"


def write_stamp(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):{_FORM}}"


def read_stamp(text: str) -> datetime | None:
    """The instant that 14 digits mean; None for anything else, such as a month 00."""
    try:
        return datetime.strptime(text, _FORM).replace(tzinfo=UTC) if _STAMP.fullmatch(text) else None
    except ValueError:
        return None
