"""A warehouse of six weeks for the pages: three countries, several types, disputes, gaps, and hostile texts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.warehouse.newsroom import Files
from tests.warehouse.sample import (
    NOW,
    TARNE,
    make_article,
    make_coding,
    make_entry,
    make_feed,
    make_fetch,
    make_mention,
    make_rejection,
    make_state,
    write_batch,
)
from transforms.records import Actor, PageState, Place
from warehouse.load import load_batches
from warehouse.publish import publish

DAYS = 42
LAST_DAY = datetime(2026, 3, 9, tzinfo=UTC)
NAIROBI = Place("Nairobi", "Nairobi", "KEN", "Nairobi", -1.29, 36.82, 1003, "city")
PUNA = Place("Puna", "Puna", "BOL", "Potosi", -19.9, -65.5, 1004, "city")
SCRIPT = "<script>window.broken = 1</script><img src=x onerror='window.broken = 1'>"
TURNED = "\u202edesrever\u202c \u2066isolated\u2069 \u05e9\u05dc\u05d5\u05dd"
LONG = "x" * 10_000
NO_TOLL: dict[str, Any] = {"killed_min": None, "killed_max": None, "weapons": ()}


def make_month(folder: Path) -> Files:
    """Load and publish it."""
    files = Files(folder)
    batch = write_batch(files.staging, "poll-1/batch-000", list(_make_records()))
    load_batches(files.build, [batch], "poll-1", NOW, 1)
    publish(files.build)
    return files


def _make_records() -> Iterator[Any]:
    for name in ("alpha", "beta", "gamma"):
        yield make_feed(name)
        yield make_state(name, failures=3, last_error="503") if name == "gamma" else make_state(name)
        yield make_fetch(name)
    yield make_feed("delta")
    yield make_state("delta", status="gone", failures=1, last_error="410 Gone")
    for at in range(DAYS):
        day = LAST_DAY - timedelta(days=at)
        yield from _make_day(at, day)
    yield from _make_hostile()
    yield PageState("en1-raid-1", "pending", 1, NOW, "503")
    yield make_rejection("en1-x")
    yield make_rejection("en1-y", "page_refused")


def _make_day(at: int, day: datetime) -> Iterator[Any]:
    text = {"date_start": f"{day:%Y-%m-%d}", "date_end": f"{day:%Y-%m-%d}"}
    yield from _report(f"raid-{at}", "alpha", day, **text)
    if at % 2 == 0:
        yield from _report(f"raid-again-{at}", "beta", day, **text, killed_min=7 + at, killed_max=7 + at)
    march: dict[str, Any] = {
        **NO_TOLL,
        "event_type": "PROTEST",
        "mode": "demonstrate",
        "recipients": (),
        "actors": (Actor("students", "", "group", "UKR", "EDU"),),
        "sentence": f"Students marched in Tarne on day {at}.",
        "place": TARNE,
    }
    yield from _report(f"march-{at}", "gamma", day, **text, **march)
    arrest: dict[str, Any] = {
        **NO_TOLL,
        "event_type": "COERCE",
        "mode": "arrest",
        "actors": (Actor("police", "", "group", "KEN", "COP"),),
        "sentence": "Police arrested traders in Nairobi.",
        "place": NAIROBI,
    }
    if at % 3 == 0:
        yield from _report(f"arrest-{at}", "beta", day, **text, **arrest)


def _report(name: str, outlet: str, day: datetime, **fields: Any) -> Iterator[Any]:
    article = make_article(
        name, outlet, published_at=day + timedelta(hours=15), fetched_at=day + timedelta(hours=16)
    )
    yield make_entry(name, outlet, seen_at=day + timedelta(hours=16))
    yield replace(article, title=f"{outlet.title()} on {fields.get('mode', 'the raid')} of {day:%d %B}")
    yield make_coding(article)
    yield make_mention(article, **fields)


def _make_hostile() -> Iterator[Any]:
    for day, (name, words) in enumerate((("script", SCRIPT), ("turned", TURNED), ("long", LONG)), start=1):
        article = replace(make_article(f"hostile-{name}", "alpha"), title=words)
        yield make_entry(f"hostile-{name}", "alpha", title=words)
        yield article
        yield make_coding(article)
        yield make_mention(
            article,
            place=PUNA,
            sentence=f"{name}: {words}",
            actors=(Actor(words, words[:300], "group", "BOL", ""),),
            killed_min=None,
            killed_max=None,
            date_start=f"2026-03-0{day}",
            date_end=f"2026-03-0{day}",
        )
