"""What an alert found, row by row, and the message that says so."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from dateline.alerts.rules import AlertRule
from transforms.errors import Permanent
from transforms.event_wording import (
    NewsEvent,
    cut_name,
    cut_sentence,
    describe_event,
    describe_sources,
    format_day,
)
from transforms.safe_text import put_on_a_line
from warehouse.browse.alerts import AlertReader, FeedTrouble
from warehouse.browse.filters import read_filter

MOST_SHOWN = 50
"""Rows that a digest names; how many more there are is said."""
_LONGEST_LINE = 1_000  # characters
_TROUBLES = {"silent": "is silent", "failing": "fails", "gap": "lost entries"}


@dataclass(frozen=True, slots=True)
class AlertItem:
    """A row that an alert found; what it holds can be kept as JSON."""

    key: str  # what it is remembered by: an event's id, or what a statement or a feed gives
    line: str  # in our own words
    sentence: str = ""  # of the source
    sources: str = ""
    url: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)  # of the event or row, as JSON has them


@dataclass(frozen=True, slots=True)
class AlertMessage:
    """What a channel is given."""

    alert: str
    title: str
    text: str
    items: tuple[AlertItem, ...]
    more: int  # rows that it does not name


def find_items(
    rule: AlertRule, reader: AlertReader, now: datetime, sent: Iterable[str] = ()
) -> list[AlertItem]:
    """What the alert finds in the published file; of many events those that are not among the keys `sent`.

    Raises:
        Permanent: its filter or statement is wrong.
    """
    since = (now - timedelta(days=rule.days)).date()
    if rule.filter is not None:
        return [_of_event(event) for event in reader.list_events(read_filter(rule.filter), since, sent)]
    if rule.feeds is not None:
        return [_of_trouble(trouble) for trouble in reader.list_troubles(rule.feeds, now, since)]
    return _of_rows(reader, reader.run_select(rule.sql or ""), since)


def write_message(rule: AlertRule, items: Sequence[AlertItem], *, is_test: bool = False) -> AlertMessage:
    """One message for all of `items`."""
    what = "feed" if rule.feeds is not None else "event" if rule.filter is not None else "row"
    count = f"{len(items)} {what}{'s' if len(items) != 1 else ''}"
    shown = tuple(items[:MOST_SHOWN])
    more = len(items) - len(shown)
    parts = [_write_item(item) for item in shown]
    if more:
        parts.append(f"And {more} more, not named here.")
    title = f"{'Test of ' if is_test else ''}{rule.name}: {count}"
    return AlertMessage(rule.name, title, "\n\n".join(parts), shown, more)


def _write_item(item: AlertItem) -> str:
    lines = [item.line]
    if item.sentence:
        lines.append(f"“{item.sentence}”")
    if origin := " ".join(part for part in (item.sources, item.url) if part):
        lines.append(f"({origin})")
    return "\n".join(lines)


def _of_event(event: NewsEvent) -> AlertItem:
    fields = asdict(event) | {"event_day": event.event_day.isoformat()}
    return AlertItem(
        event.event_id,
        _cut(describe_event(event), _LONGEST_LINE),
        cut_sentence(event.sentence),
        describe_sources(event),
        _keep_link(event.sentence_url),
        to_json(fields),
    )


def _of_trouble(trouble: FeedTrouble) -> AlertItem:
    name = f"{cut_name(trouble.outlet)} ({_cut(trouble.url, 300)})" if trouble.outlet else trouble.url
    day = format_day(trouble.since.isoformat()) if trouble.since else ""
    when = f" of {day}" if trouble.kind == "gap" and day else f" since {day}" if day else ""
    detail = f": {trouble.detail}" if trouble.detail else ""
    line = _cut(f"{name} {_TROUBLES[trouble.kind]}{when}{detail}", _LONGEST_LINE)
    return AlertItem(trouble.key, line, fields=to_json(asdict(trouble)))


def _of_rows(reader: AlertReader, rows: Sequence[Mapping[str, Any]], since: date) -> list[AlertItem]:
    if not rows:
        return []
    if "event_id" in rows[0]:
        ids = {str(row["event_id"]) for row in rows if row["event_id"] is not None}
        return [_of_event(event) for event in reader.list_events_of(ids, since)]
    if "key" not in rows[0]:
        raise Permanent("`sql` gives neither a column event_id nor a column key; name one of them")
    items = {}
    for row in rows:
        plain = to_json({name: value for name, value in row.items() if name != "key"})
        text = plain.get("text") or ", ".join(f"{name} {value}" for name, value in plain.items())
        link = _keep_link(str(plain.get("url") or ""))
        items[str(row["key"])] = AlertItem(
            str(row["key"]), _cut(str(text) or str(row["key"]), _LONGEST_LINE), url=link, fields=plain
        )
    return list(items.values())


def to_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` as JSON has them: what it does not know becomes text."""
    found: dict[str, Any] = json.loads(json.dumps(dict(values), default=str))
    return found


def _cut(text: str, most: int) -> str:
    plain = " ".join(put_on_a_line(text).split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def _keep_link(url: str) -> str:
    """An address of the web, or nothing: a feed may name any scheme."""
    return url if re.fullmatch(r"https?://[\x21-\x7e\u00a1-\uffff]{1,1990}", put_on_a_line(url)) else ""
