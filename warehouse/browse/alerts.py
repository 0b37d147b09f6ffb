"""What alerts ask of the published file: events by filter or by a statement of the user's own, and feeds in trouble."""

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from transforms.errors import Permanent
from transforms.event_wording import NewsEvent
from warehouse.browse.feeds import read_silent
from warehouse.browse.filters import EventFilter, where
from warehouse.browse.report import fetch_news
from warehouse.connection import open_published
from warehouse.sql_files import read_sql

MOST_ROWS = 1_000
"""Rows of one alert that are read at once, the most important first."""
LEAST_FAILURES = 3
"""A feed counts as failing after so many failures in a row."""
_SQL_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class FeedTrouble:
    """A feed that is silent, failing, or lost something; `key` names this very trouble."""

    key: str
    kind: str  # silent, failing or gap
    outlet: str
    url: str
    since: date | None  # the last entry, the last success, or the day that lacks something
    detail: str


class AlertReader:
    """Answers from one state of the published file, however often it is replaced meanwhile."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def list_events(self, chosen: EventFilter, since: date, sent: Iterable[str]) -> list[NewsEvent]:
        """Events of `since` and later that the filter lets through and are none of `sent`, most important first."""
        first = max(since, chosen.first) if chosen.first else since
        condition, values = where(replace(chosen, first=first))
        condition += " AND event_id NOT IN (SELECT unnest($sent::VARCHAR[]))"
        return fetch_news(self._connection, condition, {**values, "sent": list(sent)}, MOST_ROWS)

    def list_events_of(self, ids: Iterable[str], since: date) -> list[NewsEvent]:
        """Those of the events `ids` that happened on `since` or later, the most important first."""
        values = {"ids": list(ids), "since": since}
        condition = "event_id IN (SELECT unnest($ids::VARCHAR[])) AND event_day >= $since"
        return fetch_news(self._connection, condition, values, MOST_ROWS)

    def run_select(self, text: str) -> list[dict[str, Any]]:
        """The rows of one SELECT by column.

        Raises:
            Permanent: it is no such statement, is wrong, takes too long, or gives too many rows.
        """
        is_over = threading.Event()
        try:
            statements = self._connection.extract_statements(text)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise Permanent("`sql` is not one SELECT")
            with self._bound_time(is_over):
                result = self._connection.execute(statements[0])
                names = [column[0] for column in result.description or ()]
                rows = result.fetchmany(MOST_ROWS + 1)
        except (duckdb.Error, RuntimeError) as error:  # an interrupt comes as one or the other
            if isinstance(error, RuntimeError) and not is_over.is_set():
                raise  # Ctrl-C
            if is_over.is_set():
                raise Permanent(f"`sql` takes longer than {_SQL_TIMEOUT_S:.0f} seconds") from error
            raise Permanent(f"`sql` fails: {' '.join(str(error).split())[:300]}") from error
        if len(rows) > MOST_ROWS:
            raise Permanent(f"`sql` gives more than {MOST_ROWS:,} rows; ask for fewer")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def list_old_ids(self, ids: Iterable[str]) -> dict[str, set[str]]:
        """Per event the ids of events that were merged into it."""
        found: dict[str, set[str]] = defaultdict(set)
        rows = self._connection.execute(read_sql("alert_old_ids"), {"ids": list(ids)}).fetchall()
        for event_id, old_id in rows:
            found[event_id].add(old_id)
        return found

    def list_troubles(self, kinds: Sequence[str], now: datetime, since: date) -> list[FeedTrouble]:
        """Feeds in trouble: of `kinds` those asked for; gaps only of `since` and later."""
        found: list[FeedTrouble] = []
        if "silent" in kinds:
            rows = read_silent(self._connection, now)
            found += [_make_trouble("silent", row) for row in rows]
        if "failing" in kinds:
            values = {"least_failures": LEAST_FAILURES}
            rows = self._connection.execute(read_sql("alert_failing_feeds"), values).fetchall()
            found += [_make_trouble("failing", row) for row in rows]
        if "gap" in kinds:
            rows = self._connection.execute(read_sql("alert_gaps"), {"since": since}).fetchall()
            found += [_make_trouble("gap", row) for row in rows]
        return found

    @contextmanager
    def _bound_time(self, is_over: threading.Event) -> Iterator[None]:
        def stop() -> None:
            is_over.set()
            self._connection.interrupt()

        timer = threading.Timer(_SQL_TIMEOUT_S, stop)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


@contextmanager
def open_alert_reader(published: Path) -> Iterator[AlertReader]:
    """Open the published file for the questions of one evaluation.

    Raises:
        Permanent: there is no published file yet, or it is from a newer version, or broken.
    """
    with open_published(published) as connection:
        yield AlertReader(connection)


def _make_trouble(kind: str, row: Sequence[Any]) -> FeedTrouble:
    feed_id, outlet, url, since, detail = row
    day = since.date() if isinstance(since, datetime) else since
    return FeedTrouble(f"{kind}:{feed_id}:{since or 'never'}", kind, outlet, url, day, detail)
