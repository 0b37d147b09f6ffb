"""Which events to show: read from the query of a URL, written back to one, and put into SQL.

The names in a URL are `from`, `to`, `country`, `type`, `mode`, `actor`, `party`, `killed`, `outlet`, `outlets`,
`confidence`, `q`, `place`, `background` and `bbox`.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from transforms.errors import Permanent
from transforms.safe_text import put_on_a_line
from warehouse.sql_files import read_sql

MOST_TEXT = 200  # characters of a text that is looked for
MOST_VALUES = 300  # of a list; there are some 250 countries
Bounds = tuple[float, float, float, float]
"""South, west, north, east; WGS 84 degrees. West is greater than east where the 180th meridian is crossed."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CODE = re.compile(r"[A-Z][A-Z_]{1,29}")
_MODE = re.compile(r"[a-z][a-z_-]{1,39}")
_TRUE, _FALSE = ("1", "true", "on", "yes"), ("0", "false", "off", "no")


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What is asked of an event; a field that is empty or None asks nothing."""

    first: date | None = None
    last: date | None = None
    countries: tuple[str, ...] = ()  # of the place, ISO 3166-1 alpha-3
    types: tuple[str, ...] = ()  # PLOVER event types
    modes: tuple[str, ...] = ()
    actor: str = ""  # part of the name of an actor or recipient, whatever its case
    party: str = ""  # the whole name of an actor or recipient
    least_killed: int | None = None
    outlets: tuple[str, ...] = ()  # names; one of them reports it
    least_outlets: int | None = None
    least_confidence: float | None = None  # 0 to 1
    text: str = ""  # part of the sentence or of the place's names, whatever its case
    place: int | None = None  # GeoNames id
    background: bool = False  # also events that articles only recall
    bounds: Bounds | None = None


def read_filter(pairs: Iterable[tuple[str, str]]) -> EventFilter:
    """The filter that names and values of a URL's query ask for; other names and empty values are ignored.

    `country`, `type`, `mode` and `outlet` may be repeated; the first three also take values joined by commas.

    Raises:
        Permanent: a value is not what its name takes.
    """
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        line = " ".join(put_on_a_line(value).split())
        if line:
            given.setdefault(name, []).append(line)
    first, last = _read_day(given, "from"), _read_day(given, "to")
    if first and last and first > last:
        raise Permanent(f"from={first} is after to={last}; exchange them")
    return EventFilter(
        first=first,
        last=last,
        countries=_read_codes(
            given, "country", re.compile(r"[A-Z]{3}"), "three letters such as UKR", str.upper
        ),
        types=_read_codes(given, "type", _CODE, "a PLOVER event type such as ASSAULT", str.upper),
        modes=_read_codes(given, "mode", _MODE, "a mode such as aerial", str.lower),
        actor=_read_text(given, "actor"),
        party=_read_text(given, "party"),
        least_killed=_read_count(given, "killed"),
        outlets=_bound_list("outlet", given.get("outlet", ())),
        least_outlets=_read_count(given, "outlets"),
        least_confidence=_read_share(given, "confidence"),
        text=_read_text(given, "q"),
        place=_read_count(given, "place"),
        background=_read_flag(given, "background"),
        bounds=_read_bounds(given),
    )


def write_filter(chosen: EventFilter) -> list[tuple[str, str]]:
    """The names and values of a URL's query from which `read_filter` reads `chosen`."""
    pairs: list[tuple[str, object]] = [
        ("from", chosen.first),
        ("to", chosen.last),
        *(("country", value) for value in chosen.countries),
        *(("type", value) for value in chosen.types),
        *(("mode", value) for value in chosen.modes),
        ("actor", chosen.actor or None),
        ("party", chosen.party or None),
        ("killed", chosen.least_killed),
        *(("outlet", value) for value in chosen.outlets),
        ("outlets", chosen.least_outlets),
        ("confidence", chosen.least_confidence),
        ("q", chosen.text or None),
        ("place", chosen.place),
        ("background", "1" if chosen.background else None),
        ("bbox", ",".join(map(repr, chosen.bounds)) if chosen.bounds else None),
    ]
    return [(name, str(value)) for name, value in pairs if value is not None]


def where(chosen: EventFilter) -> tuple[str, dict[str, Any]]:
    """A condition on a row of `events`, and the values to bind to it."""
    parts: list[str] = []
    values: dict[str, Any] = {}
    for part, bound in _list_conditions(chosen):
        parts.append(part)
        values |= bound
    return " AND ".join(parts) or "true", values


def to_sql(chosen: EventFilter) -> str:
    """The statement that gives the rows asked for, newest first, to read and to copy."""
    parts = []
    for part, bound in _list_conditions(chosen):
        shown = part
        for name, value in bound.items():
            literal = _quote(value)
            shown = shown.replace(f"IN ${name}", f"IN ({literal[1:-1]})").replace(f"${name}", literal)
        parts.append(shown)
    condition = "\n  AND ".join(parts)
    return read_sql("browse_shown").replace("{where}", condition or "true") + ";\n"


def _list_conditions(chosen: EventFilter) -> Iterator[tuple[str, dict[str, Any]]]:
    one_value = {
        "first": ("event_day >= $first", chosen.first),
        "last": ("event_day <= $last", chosen.last),
        "countries": ("country IN $countries", list(chosen.countries) or None),
        "types": ("event_type IN $types", list(chosen.types) or None),
        "modes": ("mode IN $modes", list(chosen.modes) or None),
        "actor": (read_sql("browse_if_actor"), chosen.actor or None),
        "party": (read_sql("browse_if_party"), chosen.party or None),
        "least_killed": ("killed_best >= $least_killed", chosen.least_killed),
        "outlets": ("list_has_any(outlet_names, $outlets)", list(chosen.outlets) or None),
        "least_outlets": ("outlets >= $least_outlets", chosen.least_outlets),
        "least_confidence": ("confidence >= $least_confidence", chosen.least_confidence),
        "text": (read_sql("browse_if_text"), chosen.text or None),
        "place": ("geonameid = $place", chosen.place),
    }
    for name, (condition, value) in one_value.items():
        if value is not None:
            yield condition, {name: value}
    if not chosen.background:
        yield "NOT background", {}
    if chosen.bounds:
        south, west, north, east = chosen.bounds
        yield "lat BETWEEN $south AND $north", {"south": south, "north": north}
        joined = "(lon >= $west OR lon <= $east)" if west > east else "lon BETWEEN $west AND $east"
        yield joined, {"west": west, "east": east}


def _quote(value: object) -> str:
    """A literal of SQL."""
    if isinstance(value, list):
        return f"[{', '.join(map(_quote, value))}]"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    assert isinstance(value, int | float)
    return repr(value)


def _read_one(given: dict[str, list[str]], name: str) -> str:
    values = given.get(name, [])
    if len(set(values)) > 1:
        raise Permanent(f"{name} is given {len(values)} times; give it once")
    return values[0] if values else ""


def _read_day(given: dict[str, list[str]], name: str) -> date | None:
    value = _read_one(given, name)
    if not value:
        return None
    day = read_day(value)
    if day is None:
        raise Permanent(f"{name}={_cut(value)} is no day; write it as 2026-03-09")
    return day


def read_day(value: str) -> date | None:
    """A day as YYYY-MM-DD; None for anything else."""
    if not _DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _read_codes(
    given: dict[str, list[str]], name: str, form: re.Pattern[str], what: str, fold: Any
) -> tuple[str, ...]:
    found = [fold(part.strip()) for value in given.get(name, ()) for part in value.split(",") if part.strip()]
    for value in found:
        if not form.fullmatch(value):
            raise Permanent(f"{name}={_cut(value)} is not {what}")
    return _bound_list(name, found)


def _bound_list(name: str, values: Iterable[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(values))
    if len(found) > MOST_VALUES:
        raise Permanent(f"{name} has {len(found)} values; give at most {MOST_VALUES}")
    for value in found:
        if len(value) > MOST_TEXT:
            raise Permanent(f"{name} has a value of {len(value)} characters; give at most {MOST_TEXT}")
    return found


def _read_text(given: dict[str, list[str]], name: str) -> str:
    value = _read_one(given, name)
    if len(value) > MOST_TEXT:
        raise Permanent(f"{name} has {len(value)} characters; give at most {MOST_TEXT}")
    return value


def _read_count(given: dict[str, list[str]], name: str) -> int | None:
    value = _read_one(given, name)
    if not value:
        return None
    if not re.fullmatch(r"[0-9]{1,12}", value):
        raise Permanent(f"{name}={_cut(value)} is no whole number from 0")
    return int(value)


def _read_share(given: dict[str, list[str]], name: str) -> float | None:
    value = _read_one(given, name)
    if not value:
        return None
    number = _read_number(value)
    if number is None or not 0 <= number <= 1:
        raise Permanent(f"{name}={_cut(value)} is no number from 0 to 1, such as 0.8")
    return number


def _read_flag(given: dict[str, list[str]], name: str) -> bool:
    value = _read_one(given, name).lower()
    if value and value not in (*_TRUE, *_FALSE):
        raise Permanent(f"{name}={_cut(value)} is neither 1 nor 0")
    return value in _TRUE


def _read_bounds(given: dict[str, list[str]]) -> Bounds | None:
    value = _read_one(given, "bbox")
    if not value:
        return None
    numbers = [_read_number(part.strip()) for part in value.split(",")]
    found = [number for number in numbers if number is not None]
    if len(found) != 4 or len(numbers) != 4:
        raise Permanent(f"bbox={_cut(value)} is not south,west,north,east in degrees, such as 44,22,53,41")
    south, west, north, east = found
    if not -90 <= south <= north <= 90 or not (-180 <= west <= 180 and -180 <= east <= 180):
        raise Permanent(f"bbox={_cut(value)} is not on the Earth; write south,west,north,east in degrees")
    return south, west, north, east


def _read_number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _cut(value: str) -> str:
    return value if len(value) <= 60 else value[:60] + "..."
