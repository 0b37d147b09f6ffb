"""Texts with triggers that a test makes by hand: the passes of the coder without the judge's weights."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np

from tests.coders import PUBLISHED, bundled_tables
from transforms.coder.coded_text import CodedText, FoundDate, Incident, Party, TriggerMention
from transforms.coder.counts import Bound, Count
from transforms.coder.find_mentions import find_mentions
from transforms.coder.gazetteer import GazetteerPlace, PlaceKind, fold_name
from transforms.coder.geolocate import Located
from transforms.coder.judge import HEADLINE, ROLES, JudgedRealis, JudgedTrigger, Role, WordPiece
from transforms.coder.lexicon import Lexicon, TriggerRow, build_lexicon
from transforms.coder.make_events import make_events
from transforms.coder.read_layers import find_casualties, find_days, find_places, prepare, split
from transforms.coder.resolve_dates import DateSpan
from transforms.coder.sentences import Sentence, split_words
from transforms.coder.users_triggers import find_users_triggers
from transforms.records import Actor, Document, Event

NEVER, LIKELY = -9.0, 5.0  # logits
Fills = Mapping[Role, str | Sequence[tuple[str, float]]]
"""Words that fill roles, each with its logit or with `LIKELY`; the first place where they stand."""


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    return build_lexicon(bundled_tables())


def with_triggers(*rows: TriggerRow) -> Lexicon:
    """The bundled tables with rows as a user writes them."""
    small = build_lexicon(replace(bundled_tables(), triggers=rows, agents=(), weapons=(), actors=()))
    return replace(lexicon(), triggers=small.triggers)


def make_place(name: str, country: str, admin1: str, kind: PlaceKind, people: int) -> GazetteerPlace:
    return GazetteerPlace(name, fold_name(name), country, admin1, 10.0, 20.0, None, people, kind)


SYRIA = make_place("Syria", "SYR", "", "country", 18_000_000)
TURKEY = make_place("Turkey", "TUR", "", "country", 80_000_000)
IDLIB_PROVINCE = make_place("Idlib", "SYR", "12", "admin1", 1_400_000)
SARAQIB = make_place("Saraqib", "SYR", "12", "city", 40_000)
BINNISH = make_place("Binnish", "SYR", "12", "city", 20_000)
NEW_HOMS = make_place("New Homs", "SYR", "11", "city", 300_000)
HOMS = make_place("Homs", "SYR", "11", "city", 700_000)
ANKARA = make_place("Ankara", "TUR", "68", "city", 5_000_000)
PLACES = (SYRIA, TURKEY, IDLIB_PROVINCE, SARAQIB, BINNISH, HOMS, NEW_HOMS, ANKARA)


class SmallGazetteer:
    """Knows `PLACES`."""

    version = "test"

    def find(self, name: str) -> tuple[GazetteerPlace, ...]:
        return tuple(place for place in PLACES if place.ascii == fold_name(name))


def read(
    text: str, title: str = "", published: datetime | None = PUBLISHED, words: Lexicon | None = None
) -> CodedText:
    """A text with its sentences, places, days and casualties."""
    coded = split(prepare(Document("t", text, title, published), words or lexicon()))
    return find_casualties(find_days(find_places(coded, SmallGazetteer())))


def at_noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


def find_words(coded: CodedText, words: str, first: int = HEADLINE) -> tuple[int, int, int]:
    """Where words stand first: number of the sentence, start and end in it. `first`: the sentence to begin with."""
    for number in range(first, len(coded.sentences)):
        if number == HEADLINE and coded.headline is None:
            continue
        at = coded.find_sentence(number).text.find(words)
        if at >= 0:
            return number, at, at + len(words)
    raise AssertionError(f"no {words!r} in the text")


def make_trigger(
    coded: CodedText,
    words: str,
    event_type: str = "ASSAULT",
    fills: Fills | None = None,
    *,
    first: int = 0,
    mode: str = "",
    realis: JudgedRealis = "actual",
    background: bool = False,
    odds: float = 0.9,
    vector: Sequence[float] = (1.0,),
) -> JudgedTrigger:
    """A trigger as the judge gives it, with one window over the whole text in which every word is a piece."""
    number, start, end = find_words(coded, words, first)
    window = [
        WordPiece(0, at, word.start, word.end, int(at >= 0))
        for at in range(HEADLINE if coded.headline else 0, len(coded.sentences))
        for word in split_words(coded.find_sentence(at).text)
    ]
    points = np.full((len(ROLES), len(window)), NEVER)
    for role, given in (fills or {}).items():
        for said, logit in [(given, LIKELY)] if isinstance(given, str) else given:
            sentence, begin, stop = find_words(coded, said)
            for at, piece in enumerate(window):
                if piece.sentence == sentence and piece.start < stop and begin < piece.end:
                    points[ROLES.index(role), at] = logit
    return JudgedTrigger(
        number, start, end, event_type, mode, realis, background, odds, np.array(vector), points, window
    )


def mention_all(coded: CodedText, *triggers: JudgedTrigger) -> tuple[TriggerMention, ...]:
    headline = coded.headline.text if coded.headline else ""
    users = find_users_triggers(headline, [one.text for one in coded.sentences], coded.lexicon)
    return find_mentions(replace(coded, users=tuple(users), triggers=triggers)).mentions


def mention(
    coded: CodedText, words: str, event_type: str = "ASSAULT", fills: Fills | None = None
) -> TriggerMention:
    [one] = mention_all(coded, make_trigger(coded, words, event_type, fills))
    return one


def locate(
    place: GazetteerPlace | None, start: int = 0, *, cue: bool = True, dateline: bool = False
) -> Located | None:
    """A place as the text names it."""
    if place is None:
        return None
    return Located(place.name, start, start + len(place.name), place, cue, admin=False, dateline=dateline)


def count(bound: Bound | int | None, least: int | None = None) -> Count | None:
    if bound is None and least is None:
        return None
    if isinstance(bound, int):
        bound = (bound, bound)
    return Count(bound or (None, None), least, 0, 1)


def make_mention(
    event_type: str = "ASSAULT",
    *,
    sentence: int = 0,
    mode: str = "",
    realis: JudgedRealis = "actual",
    odds: float = 0.9,
    background: bool = False,
    actors: Sequence[Actor] = (),
    recipients: Sequence[Actor] = (),
    when: str = "",
    where: GazetteerPlace | None = None,
    killed: Bound | int | None = None,
    injured: Bound | int | None = None,
    claimed: bool = False,
    row: TriggerRow | None = None,
    vector: Sequence[float] = (1.0,),
    words: str = "struck",
) -> TriggerMention:
    """A mention with just what it is given; `when`: a day, or the first and the last with a slash between."""
    text = f"They {words} number {sentence}."
    begin = 100 * (sentence + 1)
    trigger = JudgedTrigger(
        sentence, 5, 5 + len(words), event_type, mode, realis, background, odds, np.array(vector)
    )
    first, _, last = when.partition("/")
    return TriggerMention(
        trigger=trigger,
        start=begin + 5,
        end=begin + 5 + len(words),
        sentence=Sentence(text, begin, begin + len(text), sentence),
        headline=sentence == HEADLINE,
        row=row,
        actors=tuple(Party(actor, begin, begin + 4) for actor in actors),
        recipients=tuple(Party(actor, begin, begin + 4) for actor in recipients),
        when=FoundDate(DateSpan(first, last or first, when), begin, begin) if when else None,
        where=locate(where),
        killed=count(killed),
        injured=count(injured),
        claimed=claimed,
    )


def make_all(coded: CodedText, *incidents: Sequence[TriggerMention]) -> list[Event]:
    """The events of a text whose mentions were put together so."""
    done = make_events(replace(coded, incidents=tuple(Incident(tuple(one)) for one in incidents)), "test")
    return [event for _, event in done.events]
