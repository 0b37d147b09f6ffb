"""Values of the warehouse as JSON has them, and as one line of text."""

import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

_LARGEST_INTEGER = 2**53  # that a browser holds exactly


def to_plain(value: Any) -> Any:
    """A value that JSON has: times in UTC, what a number cannot hold as text, no NaN."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _LARGEST_INTEGER else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return show_time(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {str(key): to_plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(one) for one in value]
    assert isinstance(value, timedelta | UUID | object)
    return str(value)


def show_time(moment: datetime) -> str:
    """RFC 3339, such as 2026-03-09T12:00:00Z; one without a zone as it is."""
    if moment.tzinfo is None:
        return moment.isoformat()
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def to_json(value: Any) -> bytes:
    text = json.dumps(to_plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def link_or_nothing(url: Any) -> str:
    """An address that may be made a link: http or https; else nothing."""
    text = str(url or "").strip()
    return text if text.lower().startswith(("http://", "https://")) else ""
