"""The figures of a report: bubbles of the map and bars of the timeline, in pixels."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dateline.report.shapes import MapWindow
from transforms.event_wording import cut_name
from warehouse.browse.report import ReportDay, ReportPlace

TYPES = (
    "ASSAULT", "COERCE", "PROTEST", "MOBILIZE", "SANCTION", "THREATEN", "ACCUSE", "REJECT", "REQUEST",
    "CONSULT", "AGREE", "SUPPORT", "COOPERATE", "AID", "CONCEDE", "RETREAT",
)  # fmt: skip
"""The PLOVER types in the order in which bars are stacked, from below."""
_LARGEST = 26.0  # pixels, the radius of the largest bubble
_SMALLEST = 3.5
_LONGEST_BY_DAY = 92
_LONGEST_BY_WEEK = 3 * 366


@dataclass(frozen=True, slots=True)
class Bubble:
    x: float
    y: float
    radius: float
    event_type: str
    title: str


@dataclass(frozen=True, slots=True)
class BarPart:
    x: float
    y: float
    width: float
    height: float
    event_type: str
    title: str


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A stacked bar chart; `unit` is what a bar stands for: day, week or month."""

    parts: tuple[BarPart, ...]
    days: tuple[Tick, ...]
    counts: tuple[Tick, ...]
    unit: str


def draw_bubbles(places: Sequence[ReportPlace], window: MapWindow) -> list[Bubble]:
    """A bubble a place, its area after the deaths, or after the events where there are none; the largest below."""
    weights = [max(place.killed, 0) + place.events / 4 for place in places]
    most = max(weights, default=1.0)
    bubbles = []
    for place, weight in zip(places, weights, strict=True):
        x, y = window.place(place.lon, place.lat)
        killed = f", {place.killed} killed" if place.killed else ""
        events = f"{place.events} event{'s' if place.events > 1 else ''}"
        radius = max(_SMALLEST, _LARGEST * (weight / most) ** 0.5)
        title = f"{cut_name(place.name) or 'no name'}: {events}{killed}"
        bubbles.append(Bubble(round(x, 1), round(y, 1), round(radius, 1), place.event_type, title))
    return sorted(bubbles, key=lambda bubble: -bubble.radius)


def draw_timeline(rows: Sequence[ReportDay], first: date, last: date, width: float, height: float) -> Chart:
    """Events by day, week (from Monday) or month, stacked by type; as few bars as can be told apart."""
    span = (last - first).days + 1
    unit = "day" if span <= _LONGEST_BY_DAY else "week" if span <= _LONGEST_BY_WEEK else "month"
    starts = _list_starts(first, last, unit)
    counts: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        counts[_find_start(row.day, unit)][row.event_type] += row.events
    left, top, bottom = 34.0, 8.0, height - 22.0
    most = max((sum(by_type.values()) for by_type in counts.values()), default=0)
    scale = _round_up(most)
    step = (width - left) / len(starts)
    bar = min(max(step * 0.82, 0.5), 60.0)
    parts, ticks = [], []
    for nth, start in enumerate(starts):
        x, y = left + nth * step + (step - bar) / 2, bottom
        for event_type in sorted(counts[start], key=_order_of):
            number = counts[start][event_type]
            high = number / scale * (bottom - top)
            y -= high
            parts.append(
                BarPart(
                    round(x, 1), round(y, 1), round(bar, 1), round(high, 1), event_type,
                    f"{start.isoformat()}: {number} {event_type.lower()}",
                )
            )  # fmt: skip
    every = -(-len(starts) // 8)
    for nth in range(0, len(starts), every):
        text = starts[nth].isoformat()[: 7 if unit == "month" else 10]
        ticks.append(Tick(round(left + (nth + 0.5) * step, 1), height - 5, text))
    levels = (0, scale // 2, scale) if scale >= 2 else (0, scale)
    marks = tuple(
        Tick(left - 6, round(bottom - level / scale * (bottom - top), 1), f"{level:,}") for level in levels
    )
    return Chart(tuple(parts), tuple(ticks), marks, unit)


def _list_starts(first: date, last: date, unit: str) -> list[date]:
    starts = [_find_start(first, unit)]
    while True:
        after = starts[-1] + timedelta(days={"day": 1, "week": 7, "month": 31}[unit])
        after = _find_start(after, unit)
        if after > last:
            return starts
        starts.append(after)


def _find_start(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day


def _round_up(most: int) -> int:
    """The next even number of one figure and zeros, for the scale."""
    size = 1
    while most > 10 * size:
        size *= 10
    return max(2, -(-most // (2 * size)) * 2 * size)


def _order_of(event_type: str) -> int:
    return TYPES.index(event_type) if event_type in TYPES else len(TYPES)
