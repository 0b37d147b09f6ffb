"""From a model's answer to events: what it quotes must be in the text, what it names must be in our tables.

Only the reading is the model's. Days, places, codes and scores come from the same resolvers and tables as
those of the rules.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast, get_args

from transforms.chat.answer import ChatAnswer, GivenActor, GivenEvent, GivenToll, list_sectors
from transforms.chat.figures import check_toll
from transforms.chat.quotes import QuotableText, Span
from transforms.coder.actors import is_armed
from transforms.coder.calendar_days import find_local_day
from transforms.coder.conflicts import is_background
from transforms.coder.counts import Bound
from transforms.coder.gazetteer import Gazetteer, GazetteerPlace
from transforms.coder.geolocate import Located, find_toponyms, to_place, to_toponym
from transforms.coder.lexicon import Lexicon
from transforms.coder.resolve_dates import DateSpan, find_dates, latest_day
from transforms.coder.sentences import Sentence, find_dateline, split_sentences
from transforms.records import Actor, ActorKind, CodedDocument, Document, Event, Place, Realis, Weapon

_SURE = 0.9
_LESS_SURE = 0.1  # for every field that had to be dropped
_LEAST_SURE = 0.3
_LEAST_SENTENCE_WORDS = 3
_MOST_ACTOR_CHARACTERS = 200
_MOST_ACTORS = 8
_ARTICLES = ("the ", "a ", "an ", "The ", "A ", "An ")


@dataclass(frozen=True, slots=True)
class Verified:
    coded: CodedDocument
    dropped: Mapping[str, int]  # how many fields of which kind, and events, did not stand up


class Verifier:
    """Checks answers against texts, with the tables and gazetteer given."""

    def __init__(self, lexicon: Lexicon, gazetteer: Gazetteer, coder: str) -> None:
        """`coder`: the version that the events carry."""
        self.lexicon = lexicon
        self.gazetteer = gazetteer
        self.coder = coder
        self.sectors = frozenset(list_sectors(lexicon.tables))

    def verify(self, document: Document, text: str, answer: ChatAnswer) -> Verified:
        """What of an answer about `text`, the document's text as it was sent, stands up."""
        reading = _Reading(self, document, text)
        found = [event for event in map(reading.make_event, answer.events) if event]
        reading.dropped["event"] += answer.broken
        places = tuple(to_toponym(located) for located in reading.toponyms)
        events = tuple(dict.fromkeys(found))
        return Verified(
            CodedDocument(document.id, events, places), {k: n for k, n in reading.dropped.items() if n}
        )


class _Reading:
    """One document on its way."""

    def __init__(self, verifier: Verifier, document: Document, text: str) -> None:
        self.verifier = verifier
        self.lexicon = verifier.lexicon
        self.text = text
        self.quotable = QuotableText(text)
        self.sentences = split_sentences(text)
        self.published = find_local_day(document) or _find_day(text)
        self.toponyms = find_toponyms(
            text, verifier.gazetteer, self.lexicon, document.country, home=document.home
        )
        self.dropped: Counter[str] = Counter()

    def make_event(self, given: GivenEvent) -> Event | None:
        """The event, without what does not stand up; None without a sentence of the text or a known type."""
        types = self.lexicon.event_types
        sentence = self._find_sentence(given.sentence)
        default = types.get((given.event_type, ""))
        if sentence is None or default is None or given.realis not in get_args(Realis):
            self.dropped["event"] += 1
            return None
        before = self.dropped.total()
        near = Span(sentence.start, sentence.end)
        row = types.get((given.event_type, given.mode))
        if row is None:
            self.dropped["mode"] += 1
            row = default
        realis = cast(Realis, given.realis)
        actors = self._find_actors(given.actors, near, "actor")
        recipients = self._find_actors(given.recipients, near, "recipient")
        when, date_text = self._find_date(given.date, near, realis)
        place = self._find_place(given.place, given.country, near)
        killed = self._find_toll(given.killed, near, "killed")
        injured = self._find_toll(given.injured, near, "injured")
        weapons = tuple(Weapon(text) for text in self._find_texts(given.weapons, near, "weapon"))
        lost = self.dropped.total() - before
        acled = (row.acled_type, row.acled_subtype)
        if row.type == "ASSAULT" and row.mode in ("", "firearms") and _both_armed(actors, recipients):
            acled = ("Battles", "Armed clash")
        return Event(
            event_type=row.type,
            mode=row.mode,
            realis=realis,
            actors=actors,
            recipients=recipients,
            weapons=weapons,
            date_start=when.start if when else "",
            date_end=when.end if when else "",
            date_text=date_text,
            place=place,
            killed_min=killed[0],
            killed_max=killed[1],
            injured_min=injured[0],
            injured_max=injured[1],
            cameo=row.cameo,
            goldstein=row.goldstein,
            quad=row.quad,
            acled_type=acled[0],
            acled_subtype=acled[1],
            sentence=sentence.text,
            sentence_start=sentence.start,
            sentence_end=sentence.end,
            confidence=round(max(_LEAST_SURE, _SURE - _LESS_SURE * lost), 2),
            background=is_background(when, self.published),
            coder=self.verifier.coder,
        )

    def _find_sentence(self, quote: str) -> Sentence | None:
        """The sentence of the text that was quoted, whole; of several, all that was quoted."""
        if len(quote.split()) < _LEAST_SENTENCE_WORDS:
            return None
        span = self.quotable.find(quote)
        if span is None:
            return None
        whole = next((s for s in self.sentences if s.start <= span.start and span.end <= s.end), None)
        return whole or Sentence(self.text[span.start : span.end], span.start, span.end, 0)

    def _find_texts(self, quotes: Iterable[str], near: Span, field: str) -> tuple[str, ...]:
        found = []
        for quote in quotes:
            span = self.quotable.find(quote, near)
            if span is None or span.end - span.start > _MOST_ACTOR_CHARACTERS:
                self.dropped[field] += 1
            else:
                found.append(_drop_article(self.text[span.start : span.end]))
        return tuple(dict.fromkeys(found))[:_MOST_ACTORS]

    def _find_actors(self, given: Iterable[GivenActor], near: Span, field: str) -> tuple[Actor, ...]:
        actors: dict[str, Actor] = {}
        for item in given:
            for text in self._find_texts((item.quote,), near, field):
                actors.setdefault(text, self._make_actor(item, text, field))
        return tuple(actors.values())[:_MOST_ACTORS]

    def _make_actor(self, given: GivenActor, text: str, field: str) -> Actor:
        """The actor with its row of the actors table, which knows better than the model."""
        country = self._check_country(given.country, f"{field} country")
        sector = given.sector if given.sector in self.verifier.sectors else ""
        kind = cast(ActorKind, given.kind) if given.kind in get_args(ActorKind) else ""
        self.dropped[f"{field} sector"] += bool(given.sector) and not sector
        self.dropped[f"{field} kind"] += bool(given.kind) and not kind
        words = text.split()
        stretches = (
            (" ".join(words[i:j]), j - i == len(words))
            for size in range(len(words), 0, -1)
            for i in range(len(words) - size + 1)
            for j in (i + size,)
        )
        for name, whole in stretches:
            row = self.lexicon.actors.get(name)
            if row and (whole or row.kind != "country"):
                own = row.kind if whole else kind or row.kind
                return Actor(text, row.name, own, row.country or country, sector or row.sector)
        return Actor(text, "", kind or "group", country, sector)

    def _check_country(self, iso3: str, field: str) -> str:
        known = iso3 in self.lexicon.country_names
        self.dropped[field] += bool(iso3) and not known
        return iso3 if known else ""

    def _find_date(self, quote: str, near: Span, realis: Realis) -> tuple[DateSpan | None, str]:
        """The day, as our resolver reads the quoted words; without any, what happened is of the day's news."""
        ahead = realis in ("planned", "hypothetical")
        when: DateSpan | None = None
        text = ""
        if quote:
            span = self.quotable.find(quote, near)
            when = self._resolve_date(span) if span else None
            text = self.text[span.start : span.end] if span and when else ""
            self.dropped["date"] += when is None
        last = latest_day(when.end) if when else None
        if ahead and self.published and last and last < self.published:
            when = None  # "by the end of June": the one to come
        if when is None and self.published and not ahead:
            when = DateSpan(self.published.isoformat(), self.published.isoformat())
        return when, text

    def _resolve_date(self, span: Span) -> DateSpan | None:
        """The date expression that the quoted words touch, read in its sentence ("in March" needs its "in")."""
        around = next(
            (s for s in self.sentences if s.start <= span.start < s.end),
            Sentence(self.text, 0, len(self.text), 0),
        )
        for found in find_dates(around.text, self.published):
            start = around.start + found.at
            if start < span.end and span.start < start + len(found.text):
                return found
        return None

    def _find_place(self, quote: str, iso3: str, near: Span) -> Place | None:
        """The quoted place as our gazetteer knows it, in the country that the model names; else that country."""
        country = self._check_country(iso3, "country")
        span = self.quotable.find(quote, near) if quote else None
        located = self._locate(span, country) if span else None
        if located:
            return to_place(located)
        self.dropped["place"] += bool(quote)
        names = (self.lexicon.country_names[country],) if country else ()
        found = (place for name in names for place in self.verifier.gazetteer.find(name))
        nation = next((place for place in found if place.kind == "country"), None)
        text = self.text[span.start : span.end] if span else ""
        return to_place(Located(text, 0, 0, nation, cue=False, admin=False)) if nation else None

    def _locate(self, span: Span, country: str) -> Located | None:
        touched = [t for t in self.toponyms if t.start < span.end and span.start < t.end]
        finest = sorted(touched, key=lambda t: t.place.kind == "country")
        fitting = next((t for t in finest if not country or t.place.country == country), None)
        if fitting and (fitting.place.kind != "country" or len(touched) == 1):
            return fitting
        text = _drop_article(self.text[span.start : span.end])
        for name in dict.fromkeys((text, *(t.text for t in finest))):
            for place in self.verifier.gazetteer.find(name):
                if _fits(place, country):
                    return Located(text, span.start, span.end, place, cue=False, admin=False)
        return fitting

    def _find_toll(self, toll: GivenToll, near: Span, field: str) -> Bound:
        if toll.least is None and toll.most is None:
            return None, None
        bound = check_toll(toll) if self.quotable.find(toll.quote, near) else None
        self.dropped[field] += bound is None
        return bound or (None, None)


def _fits(place: GazetteerPlace, country: str) -> bool:
    return place.country == country if country else place.official


def _drop_article(text: str) -> str:
    return next((text[len(article) :] for article in _ARTICLES if text.startswith(article)), text)


def _both_armed(actors: tuple[Actor, ...], recipients: tuple[Actor, ...]) -> bool:
    return any(map(is_armed, actors)) and any(map(is_armed, recipients))


def _find_day(text: str) -> date | None:
    """The date of a text's dateline, for documents without a day of publication."""
    start, end = find_dateline(text)
    spans = find_dates(text[start:end], None)
    full = next((span.start for span in spans if len(span.start) == 10), "")
    return date.fromisoformat(full) if full else None
