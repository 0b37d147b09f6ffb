"""Country shapes for a map of a window of the world, as paths of an SVG.

Source: Natural Earth, 1:50m countries, as TopoJSON (world-atlas), bundled with the site.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

SHAPES = Path(__file__).parent.parent / "web" / "static" / "vendor" / "countries-50m.json"
MapPoint = tuple[float, float]
_COARSENESS = 0.6  # pixels that a line may be off
_SMALLEST = 1.5  # pixels; smaller islands are left out


@dataclass(frozen=True, slots=True)
class MapWindow:
    """A part of the world, drawn so that a degree is as wide as it is high at its middle."""

    west: float  # degrees
    east: float
    south: float
    north: float
    width: float  # pixels
    height: float

    def place(self, lon: float, lat: float) -> MapPoint:
        """Where a place is drawn."""
        return (
            (lon - self.west) / (self.east - self.west) * self.width,
            (self.north - lat) / (self.north - self.south) * self.height,
        )


def choose_window(places: Sequence[MapPoint], width: float, height: float) -> MapWindow:
    """The window around places (longitude, latitude), never less than a good part of a continent; else the world."""
    ratio = width / height
    world = MapWindow(-180.0, 180.0, -60.0, -60.0 + 360.0 / ratio, width, height)
    if not places:
        return world
    west, east = min(lon for lon, _ in places), max(lon for lon, _ in places)
    south, north = min(lat for _, lat in places), max(lat for _, lat in places)
    high = max(north - south, (east - west) / ratio) * 1.25 + 6.0
    high = min(max(high, 24.0), 360.0 / ratio)
    wide = high * ratio
    left = min(max((west + east - wide) / 2, -180.0), 180.0 - wide)
    low = min(max((south + north - high) / 2, -60.0 if south > -60 else -90.0), 90.0 - high)
    return MapWindow(left, left + wide, low, low + high, width, height)


def draw_land(window: MapWindow) -> str:
    """All land of the window as the data of one path, with the countries' borders."""
    coarseness = _COARSENESS * (window.east - window.west) / window.width
    arcs = [simplify(arc, coarseness) for arc in _read_arcs()]
    parts = []
    for ring in _list_rings():
        points: list[MapPoint] = []
        for number in ring:
            arc = arcs[number] if number >= 0 else arcs[~number][::-1]
            points += arc[1:] if points else arc
        for copy in unroll(points):
            placed = [window.place(*point) for point in copy]
            if is_seen(placed, window):
                parts.append(_write_path(placed))
    return "".join(parts)


def unroll(ring: Sequence[MapPoint]) -> list[list[MapPoint]]:
    """A ring, and where it crosses the 180th meridian two whole ones, one at each side of a map."""
    turns = 0
    points = [ring[0]]
    for (before, _), (lon, lat) in pairwise(ring):
        if abs(lon - before) > 180:
            turns += 1 if lon < before else -1
        points.append((lon + 360 * turns, lat))
    if turns or points == list(ring):
        return [list(ring)]  # one that goes around a pole is cut by its source
    aside = -360 if max(lon for lon, _ in points) > 180 else 360
    return [points, [(lon + aside, lat) for lon, lat in points]]


def is_seen(points: Sequence[MapPoint], window: MapWindow) -> bool:
    """Whether a ring is large enough and in the window."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    if max(xs) - min(xs) < _SMALLEST and max(ys) - min(ys) < _SMALLEST:
        return False
    return max(xs) > 0 and min(xs) < window.width and max(ys) > 0 and min(ys) < window.height


def simplify(points: Sequence[MapPoint], most_off: float) -> list[MapPoint]:
    """`points` without those that are less than `most_off` off the line between others; both ends stay.

    Source: Douglas and Peucker, 1973.
    """
    kept = {0, len(points) - 1}
    waiting = [(0, len(points) - 1)]
    while waiting:
        first, last = waiting.pop()
        (x1, y1), (x2, y2) = points[first], points[last]
        length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
        farthest, nth = 0.0, 0
        for index in range(first + 1, last):
            x, y = points[index]
            off = (
                abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length
                if length
                else ((x - x1) ** 2 + (y - y1) ** 2) ** 0.5
            )
            if off > farthest:
                farthest, nth = off, index
        if farthest > most_off:
            kept.add(nth)
            waiting += [(first, nth), (nth, last)]
    return [points[index] for index in sorted(kept)]


def _write_path(points: Sequence[MapPoint]) -> str:
    """A closed ring in whole tenths of a pixel, each point relative to the one before."""
    x, y = round(points[0][0] * 10), round(points[0][1] * 10)
    parts = [f"M{x / 10:g} {y / 10:g}l"]
    for point in points[1:-1]:
        to_x, to_y = round(point[0] * 10), round(point[1] * 10)
        if (to_x, to_y) != (x, y):
            parts.append(f"{(to_x - x) / 10:g} {(to_y - y) / 10:g} ")
            x, y = to_x, to_y
    return "".join(parts).rstrip() + "z"


@cache
def _read_topology() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SHAPES.read_text(encoding="utf-8"))
    return found


def _read_arcs() -> Iterator[list[MapPoint]]:
    """The lines that rings are made of, in degrees. Source: the TopoJSON specification, section 2.2."""
    transform = _read_topology()["transform"]
    (scale_x, scale_y), (move_x, move_y) = transform["scale"], transform["translate"]
    for arc in _read_topology()["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + move_x, y * scale_y + move_y))
        yield points


def _list_rings() -> Iterator[list[int]]:
    """The rings of all countries, as numbers of arcs; those below zero run backwards."""
    for shape in _read_topology()["objects"]["countries"]["geometries"]:
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape.get("arcs", [])
        for polygon in polygons:
            yield from polygon
