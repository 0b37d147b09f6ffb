"""The first coder: rules over words. Every field of an event goes back to words of its sentence."""

import re
from dataclasses import dataclass, replace
from datetime import date

from transforms.coder.assemble_events import Draft, is_background, merge_drafts
from transforms.coder.candidates import Context
from transforms.coder.choose_fillers import choose_fillers, is_news
from transforms.coder.code_actors import is_armed
from transforms.coder.describe_fillers import Scene, set_scene
from transforms.coder.draft_events import draft_events
from transforms.coder.find_events import has_trigger, speaks_of_violence
from transforms.coder.gazetteer import Gazetteer
from transforms.coder.geolocate import Located, find_toponyms, to_place
from transforms.coder.grammar import Grammar
from transforms.coder.lexicon import CoderTables, EventTypeRow, build_lexicon
from transforms.coder.list_fillers import fold_names, list_fillers
from transforms.coder.parsed_sentence import ParsedSentence, build_sentence
from transforms.coder.resolve_dates import DateSpan, find_dates, latest_day
from transforms.coder.resolve_references import REFERRING, read_discourse
from transforms.coder.score_fillers import Scorer, is_scored
from transforms.coder.sentences import Sentence, find_dateline_end, split_sentences
from transforms.records import CodedDocument, Document, Event, Place, Toponym, Weapon

RULES_VERSION = "rules-2"
MOST_CHARACTERS = 200_000  # of one document; what follows is not read
_MOST_SENTENCE_CHARACTERS = 3_000  # longer ones are lists or tables
_EMIT = 0.6
_DAYS_OF_NEWS = 3
_QUIET_SHARE = 0.018  # of all words; news of conflict stays below a third of it
_BLANKS = re.compile(r"\s")  # line breaks and no-break spaces; one for one, so that offsets hold
_WORDS = re.compile(r"[a-z][a-z'-]*")


@dataclass(frozen=True, slots=True)
class _Reading:
    """A document's sentences that may tell of events, and the events as the rules have them."""

    published: date | None
    toponyms: list[Located]
    sentences: list[ParsedSentence]
    drafts: list[Draft]


class RulesCoder:
    """Codes documents with the given tables and gazetteer; keeps nothing from one to the next."""

    def __init__(
        self,
        tables: CoderTables,
        gazetteer: Gazetteer,
        grammar: Grammar,
        tables_hash: str,
        scorer: Scorer | None = None,
    ) -> None:
        self._grammar = grammar
        self._lexicon = build_lexicon(tables)
        self._folded = fold_names(self._lexicon)
        self._gazetteer = gazetteer
        self._scorer = scorer
        self._version = f"{RULES_VERSION}-{tables_hash}-{grammar.version}"
        if scorer is not None:
            self._version += f"-{scorer.version}"

    @property
    def version(self) -> str:
        return self._version

    def code(self, document: Document) -> CodedDocument:
        """The events and places of a document. Never raises, whatever the text."""
        reading = self._read(document)
        published = reading.published
        merged = self._judge(reading, document.text[:MOST_CHARACTERS])
        lead = _find_main_place(merged) or _find_lead_place(reading.toponyms, document.text[:MOST_CHARACTERS])
        news_day = _find_news_day(merged, published)
        return CodedDocument(
            id=document.id,
            events=tuple(self._event(draft, published, news_day, lead) for draft in merged),
            places=tuple(_toponym(located) for located in reading.toponyms),
        )

    def _judge(self, reading: _Reading, text: str) -> list[Draft]:
        """The events that are sure enough; of attacks, roles and sureness by the learnt weights too."""
        if self._scorer is None:
            return [draft for draft in reading.drafts if _is_sure(draft)]
        scene = self._set_scene(reading, text)
        settled = iter(choose_fillers(scene, self._scorer))
        judged: list[Draft] = []
        for draft in reading.drafts:
            if not is_scored(draft):
                judged += [draft] if _is_sure(draft) else []
                continue
            better, odds = next(settled)
            if is_news(draft, odds, _is_sure(draft), self._scorer):
                judged.append(better)
        return judged

    def set_scene(self, document: Document) -> Scene:
        """What the learnt weights judge in a document: its attacks and the noun phrases that may fill their roles."""
        reading = self._read(document)
        return self._set_scene(reading, document.text[:MOST_CHARACTERS])

    def _set_scene(self, reading: _Reading, text: str) -> Scene:
        attacks = [draft for draft in reading.drafts if is_scored(draft)]
        places = frozenset(located.text for located in reading.toponyms)
        fillers = (
            list_fillers(reading.sentences, text, self._lexicon, self._folded, places) if attacks else []
        )
        return set_scene(reading.sentences, fillers, attacks, self._lexicon)

    def _read(self, document: Document) -> _Reading:
        text = document.text[:MOST_CHARACTERS]
        published = document.published_at.date() if document.published_at else _find_dateline_date(text)
        toponyms = find_toponyms(text, self._gazetteer, self._lexicon, document.country)
        dateline = find_dateline_end(text)
        sentences = self._parse(text, split_sentences(text), dateline)
        context = self._judge_context(tuple(_WORDS.findall(text.lower())))
        discourse = read_discourse(sentences, text, self._lexicon)
        drafts: list[Draft] = []
        for parsed in sentences:
            start, told = parsed.sentence.start, parsed.sentence.text
            dates = [span for span in find_dates(told, published) if start + span.at >= dateline]
            drafts += draft_events(parsed, text, context, toponyms, dates, discourse, self._lexicon)
        return _Reading(published, toponyms, sentences, merge_drafts(drafts, published))

    def _parse(self, text: str, sentences: tuple[Sentence, ...], dateline: int) -> list[ParsedSentence]:
        """The sentences that may tell of an event, and the one before those that refer back, parsed.

        `dateline` is where the text's dateline ends: it belongs to no sentence.
        """
        worth: list[Sentence] = []
        told = [_cut_dateline(sentence, text, dateline) for sentence in sentences]
        for number, sentence in enumerate(told):
            words = tuple(_WORDS.findall(sentence.text.lower()))
            if len(sentence.text) > _MOST_SENTENCE_CHARACTERS or not has_trigger(words, self._lexicon):
                continue
            before = told[number - 1] if number else None
            if before and before not in worth and not REFERRING.isdisjoint(words[:12]):
                worth.append(before)
            worth.append(sentence)
        parses = self._grammar.parse([_BLANKS.sub(" ", sentence.text) for sentence in worth])
        return [
            build_sentence(sentence, tokens, text)
            for sentence, tokens in zip(worth, parses, strict=True)
            if tokens
        ]

    def _judge_context(self, words: tuple[str, ...]) -> Context:
        quiet = sum(word in self._lexicon.quiet_words for word in words)
        accident = sum(word in self._lexicon.accident_words for word in words)
        violent = speaks_of_violence(words, self._lexicon)
        return Context(
            quiet=quiet > 2 and quiet > _QUIET_SHARE * len(words),
            accident=accident >= 2 and not violent,
            violent=violent,
        )

    def _event(
        self, draft: Draft, published: date | None, news_day: date | None, lead: Located | None
    ) -> Event:
        row = self._type_row(draft)
        when = draft.when
        ahead = draft.realis in ("planned", "hypothetical")
        last = latest_day(when.end) if when else None
        if ahead and published and last and last < published:
            when = None  # "by the end of June": the one to come, which the text does not date
        if when is None and news_day is not None and not ahead:
            when = DateSpan(news_day.isoformat(), news_day.isoformat())
        located = draft.where or lead
        place: Place | None = to_place(located) if located else None
        acled_type, acled_subtype = row.acled_type, row.acled_subtype
        if draft.event_type == "ASSAULT" and draft.mode in ("", "firearms") and _both_armed(draft):
            acled_type, acled_subtype = "Battles", "Armed clash"
        return Event(
            event_type=draft.event_type,
            mode=draft.mode,
            realis=draft.realis,
            actors=draft.actors,
            recipients=draft.recipients,
            weapons=tuple(Weapon(text) for text in draft.weapons),
            date_start=when.start if when else "",
            date_end=when.end if when else "",
            date_text=draft.when.text if draft.when else "",
            place=place,
            killed_min=draft.toll.killed[0],
            killed_max=draft.toll.killed[1],
            injured_min=draft.toll.injured[0],
            injured_max=draft.toll.injured[1],
            cameo=row.cameo,
            goldstein=row.goldstein,
            quad=row.quad,
            acled_type=acled_type,
            acled_subtype=acled_subtype,
            sentence=draft.sentence.text,
            sentence_start=draft.sentence.start,
            sentence_end=draft.sentence.end,
            confidence=_rate(draft),
            background=is_background(when, published),
            coder=self._version,
        )

    def _type_row(self, draft: Draft) -> EventTypeRow:
        types = self._lexicon.event_types
        return types.get((draft.event_type, draft.mode)) or types[draft.event_type, ""]


def _rate(draft: Draft) -> float:
    """What was found: actor, recipient, place, date, toll, and how often it is told. From 0.05 to 0.95."""
    return round(min(0.95, max(0.05, draft.strength + 0.03 * (draft.mentions - 1))), 2)


def _is_sure(draft: Draft) -> bool:
    return draft.strength + 0.03 * (draft.mentions - 1) >= _EMIT - 1e-9


def _both_armed(draft: Draft) -> bool:
    return any(map(is_armed, draft.actors)) and any(map(is_armed, draft.recipients))


def _cut_dateline(sentence: Sentence, text: str, dateline: int) -> Sentence:
    if not sentence.start < dateline < sentence.end:
        return sentence
    return replace(sentence, text=text[dateline : sentence.end], start=dateline)


def _toponym(located: Located) -> Toponym:
    place = located.place
    return Toponym(
        located.text,
        located.start,
        located.end,
        place.name,
        place.country,
        place.lat,
        place.lon,
        place.geonameid,
    )


def _find_main_place(drafts: list[Draft]) -> Located | None:
    """The place of the event told most often, if it is finer than a country."""
    placed = [d for d in drafts if d.where and d.where.place.kind != "country" and d.realis == "actual"]
    return max(placed, key=lambda d: d.mentions).where if placed else None


def _find_lead_place(toponyms: list[Located], text: str) -> Located | None:
    """Where the news comes from when a sentence names no place: the first finer place with a preposition."""
    early = [t for t in toponyms if t.start < max(1200, len(text) // 3)]
    finer = [t for t in early if t.place.kind != "country"]
    told = [t for t in finer if not t.dateline]
    return (
        next((t for t in told if t.cue), None)
        or next(iter(told), None)
        or next(iter(finer), None)
        or next(iter(early), None)
    )


def _find_news_day(drafts: list[Draft], published: date | None) -> date | None:
    """The day of what the text does not date: that of the first event told, if it is of these days."""
    if published is None or not drafts:
        return published
    told = next((draft.when for draft in drafts if draft.realis == "actual" and draft.when), None)
    day = latest_day(told.end) if told and len(told.start) == 10 else None
    return day if day and 0 <= (published - day).days <= _DAYS_OF_NEWS else published


def _find_dateline_date(text: str) -> date | None:
    """The date of `KABUL, 4 Feb 2009 (AP) --`, for documents without a day of publication."""
    spans = find_dates(text[: find_dateline_end(text)], None)
    full = next((span.start for span in spans if len(span.start) == 10), "")
    return date.fromisoformat(full) if full else None
