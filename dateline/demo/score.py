"""How much of the sample newsroom's truth the warehouse holds, against `seeds/newsroom/expected.json`."""

import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dateline.demo.newsroom_pages import NEWSROOM_FOLDER
from warehouse.query import run_queries
from warehouse.sql_files import read_sql

VIOLENT = "ASSAULT"


@dataclass(frozen=True, slots=True)
class ScoredEvent:
    """A row of `events` that is no background, as far as it is compared."""

    event_id: str
    event_type: str
    mode: str
    date_start: str  # ISO, cut to the precision known
    country: str
    place_name: str
    killed: tuple[int | None, int | None]
    injured: tuple[int | None, int | None]
    urls: tuple[str, ...]  # of its articles


@dataclass(frozen=True, slots=True)
class Score:
    """How many true incidents were found, and how right they are; a row answers for one incident at most."""

    incidents: int
    found: int  # type, day and country are right, in an article that reports it
    placed: int  # of these: the place as well
    with_mode: int  # of these: the mode as well
    with_tolls: int  # of these: the killed and hurt as well, least and most
    missed: tuple[str, ...]
    rows: int  # all
    violent_rows: int
    violent_right: int  # rows of violence that are a true incident


def score_demo(published: Path, url_of: Callable[[str], str]) -> Score:
    """Compare the events of the demo's file with the truth; `url_of` gives a story's address."""
    with run_queries(published, read_sql("demo_score")) as results:
        rows = [
            ScoredEvent(
                event_id=row[0],
                event_type=row[1],
                mode=row[2],
                date_start=row[3],
                country=row[4],
                place_name=row[5],
                killed=(row[6], row[7]),
                injured=(row[8], row[9]),
                urls=tuple(row[10]),
            )
            for row in next(results).rows
        ]
    truth = json.loads((NEWSROOM_FOLDER / "expected.json").read_text(encoding="utf-8"))
    return compare(truth["incidents"], rows, url_of)


def compare(
    incidents: Sequence[Mapping[str, Any]], rows: Sequence[ScoredEvent], url_of: Callable[[str], str]
) -> Score:
    """Give each incident the row that fits it best; none to two of them."""
    pairs = sorted(
        (
            (_rate(incident, row), nth, row)
            for nth, incident in enumerate(incidents)
            for row in rows
            if _is_found(incident, row, url_of)
        ),
        key=lambda pair: (-sum(pair[0]), pair[1], pair[2].event_id),
    )
    given: dict[int, tuple[bool, bool, bool]] = {}
    taken: dict[str, int] = {}
    for rates, nth, row in pairs:
        if nth not in given and row.event_id not in taken:
            given[nth] = rates
            taken[row.event_id] = nth
    violent = [row for row in rows if row.event_type == VIOLENT]
    return Score(
        incidents=len(incidents),
        found=len(given),
        placed=sum(place for place, _, _ in given.values()),
        with_mode=sum(mode for _, mode, _ in given.values()),
        with_tolls=sum(tolls for _, _, tolls in given.values()),
        missed=tuple(incident["id"] for nth, incident in enumerate(incidents) if nth not in given),
        rows=len(rows),
        violent_rows=len(violent),
        violent_right=sum(row.event_id in taken for row in violent),
    )


def describe_score(score: Score) -> str:
    """The score in a few lines."""
    lines = [
        f"Of {score.incidents} true incidents {score.found} were found with the right type, day and country.",
        f"Of these {score.placed} have the right place, {score.with_mode} the right mode, and "
        f"{score.with_tolls} the same killed and hurt, from least to most.",
        f"Of {score.violent_rows} rows of violence {score.violent_right} are such an incident; the others are "
        "parts of one, the same one again, or errors.",
    ]
    if score.missed:
        lines.append(f"Not found: {', '.join(score.missed)}.")
    return "\n".join(lines)


def _is_found(incident: Mapping[str, Any], row: ScoredEvent, url_of: Callable[[str], str]) -> bool:
    return (
        row.event_type in (incident["event_type"], *incident.get("also_accepted", ()))
        and row.date_start == incident["date"]
        and row.country == incident["country"]
        and any(_is_of(url, url_of(key)) for key in incident["reports"] for url in row.urls)
    )


def _is_of(url: str, story: str) -> bool:
    """Whether an address is that of a story, whatever its tracking parameters."""
    return url.partition("?")[0] == story


def _rate(incident: Mapping[str, Any], row: ScoredEvent) -> tuple[bool, bool, bool]:
    """Whether place, mode and tolls are right."""
    return (
        _fold(row.place_name) == _fold(incident["place"]),
        row.mode == incident["mode"],
        row.killed == _range(incident["killed"]) and row.injured == _range(incident["injured"]),
    )


def _range(numbers: Sequence[int] | None) -> tuple[int | None, int | None]:
    return (numbers[0], numbers[1]) if numbers else (None, None)


def _fold(name: str) -> str:
    """A name without accents, case and kinds of apostrophe."""
    plain: Iterable[str] = unicodedata.normalize("NFKD", name.replace("’", "'"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
