"""A report from the published file into one HTML file that loads nothing from elsewhere."""

import os
import re
from datetime import date
from importlib.metadata import version
from pathlib import Path

import jinja2

from dateline.report.charts import TYPES, draw_bubbles, draw_timeline
from dateline.report.shapes import choose_window, draw_land
from transforms.event_wording import (
    cut_name,
    cut_sentence,
    describe_event,
    describe_sources,
    format_day,
    name_kind,
)
from warehouse.browse.report import ReportData, read_report

TEMPLATE = Path(__file__).with_name("report.html")
MOST_EVENTS = 40
"""Events that are written out."""
_MAP = (960.0, 480.0)  # pixels
_CHART = (960.0, 200.0)
_MOST_LINKS = 6


def write_report(published: Path, first: date, last: date, path: Path) -> Path:
    """Write the report of the days from `first` to `last` to `path`; it appears whole or not at all.

    The same rows give the same bytes.

    Raises:
        Permanent: the days are in the wrong order, there is no published file, or it is from a newer version.
    """
    page = render_report(read_report(published, first, last, MOST_EVENTS))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(page, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def render_report(report: ReportData) -> str:
    """The HTML of a report."""
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters |= {
        "line": describe_event,
        "sources": describe_sources,
        "name": cut_name,
        "kind": name_kind,
        "css": name_class,
        "count": "{:,}".format,
        "sentence": cut_sentence,
    }
    window = choose_window([(place.lon, place.lat) for place in report.places], *_MAP)
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        report=report,
        days=describe_days(report.first, report.last),
        land=draw_land(window),
        map_size=_MAP,
        bubbles=draw_bubbles(report.places, window),
        chart=draw_timeline(report.days, report.first, report.last, *_CHART),
        chart_size=_CHART,
        types=TYPES,
        links=[list_links(event.sentence_url, event.urls) for event in report.events],
        version=version("dateline"),
    )


def describe_days(first: date, last: date) -> str:
    """Such as "2 March 2026", or "2 March 2026 to 5 March 2026"."""
    start, end = format_day(first.isoformat()), format_day(last.isoformat())
    return start if first == last else f"{start} to {end}"


def name_class(event_type: str) -> str:
    """The CSS class of an event type, which is a word of ours or nothing."""
    return event_type.lower() if event_type in TYPES else "other"


def list_links(sentence_url: str, urls: tuple[str, ...]) -> list[str]:
    """The addresses of the web among an event's, that of the sentence first: a feed may name any scheme."""
    found = [url for url in dict.fromkeys((sentence_url, *urls)) if re.match(r"https?://", url)]
    return found[:_MOST_LINKS]
