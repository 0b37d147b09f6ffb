"""What a model answers: JSON held to a schema, read into records; nothing in it is believed yet."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_args

from transforms.coder.lexicon import CoderTables
from transforms.records import ActorKind, Realis

MOST_EVENTS = 100  # of one document; a model that repeats itself gives more


class BadAnswer(Exception):
    """The answer is not the JSON asked for; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class GivenActor:
    quote: str
    kind: str
    country: str  # ISO 3166-1 alpha-3
    sector: str


@dataclass(frozen=True, slots=True)
class GivenToll:
    least: int | None
    most: int | None
    quote: str


@dataclass(frozen=True, slots=True)
class GivenEvent:
    """An event as the model gives it: quotations, and values that should be from our tables."""

    sentence: str
    event_type: str
    mode: str
    realis: str
    actors: tuple[GivenActor, ...]
    recipients: tuple[GivenActor, ...]
    weapons: tuple[str, ...]
    date: str
    place: str
    country: str
    killed: GivenToll
    injured: GivenToll


@dataclass(frozen=True, slots=True)
class ChatAnswer:
    events: tuple[GivenEvent, ...]
    broken: int  # items of its list that are no events


def read_answer(text: str) -> ChatAnswer:
    """Read a model's answer; a frame of ``` or a thought before it (`<think>`) is passed over.

    Raises:
        BadAnswer: there is no JSON object with a list `events`.
    """
    bare = _THOUGHT.sub("", text)
    start, end = bare.find("{"), bare.rfind("}")
    if start < 0:
        raise BadAnswer("there is no JSON object in it")
    try:
        values = json.loads(bare[start : end + 1])
    except (ValueError, RecursionError) as error:
        raise BadAnswer(f"it is no JSON ({error})") from error
    items = values.get("events") if isinstance(values, dict) else None
    if not isinstance(items, list):
        raise BadAnswer("it has no list `events`")
    events = [_read_event(item) for item in items[:MOST_EVENTS] if isinstance(item, dict)]
    return ChatAnswer(tuple(events), len(items) - len(events))


_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)


def _read_event(item: dict[str, Any]) -> GivenEvent:
    return GivenEvent(
        sentence=_text(item.get("sentence")),
        event_type=_text(item.get("event_type")),
        mode=_text(item.get("mode")),
        realis=_text(item.get("realis")),
        actors=tuple(_read_actors(item.get("actors"))),
        recipients=tuple(_read_actors(item.get("recipients"))),
        weapons=tuple(_text(weapon) for weapon in _items(item.get("weapons"))),
        date=_text(item.get("date")),
        place=_text(item.get("place")),
        country=_text(item.get("country")),
        killed=_read_toll(item.get("killed")),
        injured=_read_toll(item.get("injured")),
    )


def _read_actors(value: Any) -> Iterable[GivenActor]:
    for item in _items(value):
        if isinstance(item, dict):
            yield GivenActor(
                _text(item.get("quote")),
                _text(item.get("kind")),
                _text(item.get("country")),
                _text(item.get("sector")),
            )
        else:
            yield GivenActor(_text(item), "", "", "")


def _read_toll(value: Any) -> GivenToll:
    item = value if isinstance(value, dict) else {}
    return GivenToll(_number(item.get("min")), _number(item.get("max")), _text(item.get("quote")))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def build_schema(tables: CoderTables) -> str:
    """The JSON schema of an answer, with the types, modes and sectors of the tables in force.

    Source: JSON Schema 2020-12, in the subset that "structured outputs" of OpenAI, vLLM and Ollama share: every
    property required, none added, no lengths and patterns.
    """
    number = {"type": ["integer", "null"]}
    text = {"type": "string"}
    actor = _object(
        {
            "quote": text,
            "kind": _choice(get_args(ActorKind)),
            "country": text,
            "sector": _choice(("", *list_sectors(tables))),
        }
    )
    toll = _object({"min": number, "max": number, "quote": text})
    event = _object(
        {
            "sentence": text,
            "event_type": _choice(row.type for row in tables.event_types),
            "mode": _choice(row.mode for row in tables.event_types),
            "realis": _choice(get_args(Realis)),
            "actors": {"type": "array", "items": actor},
            "recipients": {"type": "array", "items": actor},
            "weapons": {"type": "array", "items": text},
            "date": text,
            "place": text,
            "country": text,
            "killed": toll,
            "injured": toll,
        }
    )
    return json.dumps(_object({"events": {"type": "array", "items": event}}))


def list_sectors(tables: CoderTables) -> tuple[str, ...]:
    """The sectors that actors and agents have, sorted."""
    named = {row.sector for row in tables.actors} | {row.sector for row in tables.agents}
    return tuple(sorted(named - {""}))


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _choice(values: Iterable[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(dict.fromkeys(values))}
