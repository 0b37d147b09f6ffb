"""What a report of some days holds, read from the published file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from transforms.errors import Permanent
from transforms.event_wording import NewsEvent
from transforms.records import REJECTION_REASONS
from warehouse.connection import open_published
from warehouse.sql_files import read_sql

_MOST_PLACES = 500
_MOST_LINES = 30
_OF_DAYS = "NOT background AND event_day BETWEEN $first AND $last"


@dataclass(frozen=True, slots=True)
class ReportTotals:
    """What the events of the days come to; the tolls are the sums of the least and of the greatest numbers."""

    events: int
    killed_least: int
    killed_most: int
    injured_least: int
    injured_most: int
    countries: int
    by_several: int  # events that several outlets report
    without_place: int  # events that are on no map: their place is a country, or not known


@dataclass(frozen=True, slots=True)
class ReportPlace:
    name: str
    lat: float  # WGS 84 degrees
    lon: float
    events: int
    killed: int
    event_type: str  # of the deadliest event, else the one that most have


@dataclass(frozen=True, slots=True)
class ReportDay:
    day: date
    event_type: str
    events: int
    killed: int


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A line of a table: events and killed of a country or a type, events and articles of an outlet."""

    name: str
    events: int
    number: int


@dataclass(frozen=True, slots=True)
class ReportData:
    first: date
    last: date
    totals: ReportTotals
    events: tuple[NewsEvent, ...]  # those that matter, most first
    places: tuple[ReportPlace, ...]
    days: tuple[ReportDay, ...]
    countries: tuple[ReportLine, ...]
    types: tuple[ReportLine, ...]
    sources: tuple[ReportLine, ...]
    articles: int  # published on the days
    articles_without_event: int
    rejections: tuple[tuple[str, int], ...]  # what a reason means, entries
    pages_waiting: int


def read_report(published: Path, first: date, last: date, most_events: int) -> ReportData:
    """What the days from `first` to `last`, both included, hold; background is left out.

    Raises:
        Permanent: the days are in the wrong order, there is no published file, or it is from a newer version.
    """
    if first > last:
        raise Permanent(f"the first day {first} is after the last day {last}; exchange them")
    days = {"first": first, "last": last}
    with open_published(published) as connection:

        def rows(name: str, **limits: int) -> list[tuple[Any, ...]]:
            return connection.execute(read_sql(name), {**days, **limits}).fetchall()

        [totals], [articles], [waiting] = (
            rows("report_totals"),
            rows("report_articles"),
            rows("report_waiting"),
        )
        return ReportData(
            first,
            last,
            ReportTotals(*totals),
            tuple(fetch_news(connection, _OF_DAYS, days, most_events)),
            tuple(ReportPlace(*row) for row in rows("report_places", most=_MOST_PLACES)),
            tuple(ReportDay(*row) for row in rows("report_days")),
            tuple(ReportLine(*row) for row in rows("report_countries", most=_MOST_LINES)),
            tuple(ReportLine(*row) for row in rows("report_types")),
            tuple(ReportLine(*row) for row in rows("report_sources", most=_MOST_LINES)),
            articles[0],
            articles[1],
            tuple(
                (REJECTION_REASONS.get(reason, reason), count) for reason, count in rows("report_rejections")
            ),
            waiting[0],
        )


def list_top_events(published: Path, most: int) -> list[NewsEvent]:
    """The events of the whole file that matter, most first, without background.

    Raises:
        Permanent: there is no published file, or it is from a newer version.
    """
    with open_published(published) as connection:
        return fetch_news(connection, "NOT background", {}, most)


def fetch_news(
    connection: duckdb.DuckDBPyConnection,
    condition: str,
    values: Mapping[str, Any] | Sequence[Any],
    most: int,
) -> list[NewsEvent]:
    """The events for which `condition` holds, a WHERE clause of our own with bound `values`, most important first."""
    query = read_sql("news_events", condition=condition, most=str(int(most)))
    result = connection.execute(query, values or None)
    names = [column[0] for column in result.description]
    return [make_news_event(dict(zip(names, row, strict=True))) for row in result.fetchall()]


def make_news_event(row: Mapping[str, Any]) -> NewsEvent:
    """The event of a row of `events` with the `country_name`; other columns are left."""
    values: dict[str, Any] = {one.name: row[one.name] for one in fields(NewsEvent)}
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return NewsEvent(**values | lists)
