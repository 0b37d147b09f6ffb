"""The first coder: rules over words. Every field of an event goes back to words of its sentence."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from transforms.coder.assemble_events import merge_drafts
from transforms.coder.candidates import Context
from transforms.coder.code_actors import is_armed
from transforms.coder.document_reading import DocumentReading, Scene
from transforms.coder.draft_events import draft_events
from transforms.coder.drafts import Draft, is_background
from transforms.coder.find_events import has_trigger, speaks_of_violence
from transforms.coder.find_sites import find_sites
from transforms.coder.gazetteer import Gazetteer
from transforms.coder.geolocate import Located, find_toponyms, to_place, to_toponym
from transforms.coder.grammar import Grammar
from transforms.coder.headline import join_headline, place_toponyms
from transforms.coder.infer_sides import infer_opponent
from transforms.coder.lexicon import CoderTables, EventTypeRow, build_lexicon, view_document
from transforms.coder.parsed_sentence import ParsedSentence, build_sentence
from transforms.coder.recall_place import recall_place
from transforms.coder.resolve_dates import DateSpan, find_coming, find_dates, find_told_day, latest_day
from transforms.coder.resolve_references import REFERRING, read_discourse
from transforms.coder.sentences import Sentence, find_dateline_end, split_sentences
from transforms.records import CodedDocument, Document, Event, Place, Weapon

RULES_VERSION = "rules-2"
MOST_CHARACTERS = 200_000  # of one document; what follows is not read
MOST_SENTENCE_CHARACTERS = 3_000  # longer ones are lists or tables
LEAST_SURE = 0.6  # a draft below it is no event
PER_MENTION = 0.03  # what each further sentence adds to how sure a draft is
_DAYS_OF_NEWS = 3
_QUIET_SHARE = 0.018  # of all words; news of conflict stays below a third of it
_BLANKS = re.compile(r"\s")  # line breaks and no-break spaces; one for one, so that offsets hold
_WORDS = re.compile(r"[a-z][a-z'-]*")


class RulesCoder:
    """Codes documents with the given tables and gazetteer; keeps nothing from one to the next."""

    def __init__(self, tables: CoderTables, gazetteer: Gazetteer, grammar: Grammar, tables_hash: str) -> None:
        self._grammar = grammar
        self._lexicon = build_lexicon(tables)
        self._gazetteer = gazetteer
        self._version = f"{RULES_VERSION}-{tables_hash}-{grammar.version}"

    @property
    def version(self) -> str:
        return self._version

    def code(self, document: Document) -> CodedDocument:
        """The events and places of a document. Never raises, whatever the text."""
        reading = self.read(document)
        return CodedDocument(
            id=document.id,
            events=self.make_events(reading),
            places=tuple(to_toponym(located) for located in reading.found),
        )

    def read(self, document: Document) -> DocumentReading:
        """All that the events of a document are made of. Never raises, whatever the text."""
        text = document.text[:MOST_CHARACTERS]
        published = document.published_at.date() if document.published_at else _find_dateline_date(text)
        joined = join_headline(document.title, text)
        lexicon = view_document(self._lexicon, joined.text, published)
        found = find_toponyms(text, self._gazetteer, lexicon, document.country, document.url)
        known = [located for located in found if located.site]
        sites = find_sites(text, known, lexicon)
        toponyms = place_toponyms(sorted([*known, *sites], key=lambda one: one.start), joined)
        dateline = find_dateline_end(text)
        dateline += joined.offset if dateline else 0
        sentences = tuple(self._parse(joined.text, split_sentences(joined.text), dateline))
        scene = Scene(
            joined,
            published,
            lexicon,
            self._judge_context(tuple(_WORDS.findall(joined.text.lower()))),
            sentences,
            read_discourse(sentences, joined.text, lexicon),
            tuple(toponyms),
        )
        told = tuple(d for d in merge_drafts(_draft(scene, dateline), published) if not d.headline)
        sure = tuple(draft for draft in told if _is_sure(draft))
        return DocumentReading(
            scene,
            tuple(found),
            told,
            sure,
            _find_main_place(sure),
            _find_lead_place(known, text),
            _find_news_day(sure, published),
        )

    def make_events(self, reading: DocumentReading) -> tuple[Event, ...]:
        """The events of the reading's `sure` drafts, one each."""
        lead = reading.main_place or reading.lead_place
        scene = reading.scene
        return tuple(
            self._event(draft, scene.joined.offset, scene.published, reading.news_day, lead)
            for draft in reading.sure
        )

    def _parse(self, text: str, sentences: tuple[Sentence, ...], dateline: int) -> list[ParsedSentence]:
        """The sentences that may tell of an event, and the one before those that refer back, parsed.

        `dateline` is where the text's dateline ends: it belongs to no sentence.
        """
        worth: list[Sentence] = []
        told = [_cut_dateline(sentence, text, dateline) for sentence in sentences]
        for number, sentence in enumerate(told):
            words = tuple(_WORDS.findall(sentence.text.lower()))
            if len(sentence.text) > MOST_SENTENCE_CHARACTERS or not has_trigger(words, self._lexicon):
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
        self,
        draft: Draft,
        offset: int,
        published: date | None,
        news_day: date | None,
        lead: Located | None,
    ) -> Event:
        row = self._type_row(draft)
        when = draft.when
        ahead = draft.realis in ("planned", "hypothetical")
        last = latest_day(when.end) if when else None
        if ahead and published and when and last and last < published:
            when = find_coming(when, published) if draft.realis == "planned" else None
        day = published if draft.event_type == "COERCE" else news_day  # arrests follow what they answer to
        if when is None and day is not None and not ahead:
            when = DateSpan(day.isoformat(), day.isoformat())
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
            cameo=draft.cameo or row.cameo,
            goldstein=row.goldstein,
            quad=row.quad,
            acled_type=acled_type,
            acled_subtype=acled_subtype,
            sentence=draft.sentence.text,
            sentence_start=draft.sentence.start - offset,
            sentence_end=draft.sentence.end - offset,
            confidence=_rate(draft),
            background=is_background(when, published),
            coder=self._version,
        )

    def _type_row(self, draft: Draft) -> EventTypeRow:
        types = self._lexicon.event_types
        return types.get((draft.event_type, draft.mode)) or types[draft.event_type, ""]


def _draft(scene: Scene, dateline: int) -> list[Draft]:
    """What each sentence tells, before any are put together; days of the dateline count for none."""
    drafts: list[Draft] = []
    text, lexicon = scene.joined.text, scene.lexicon
    told: date | None = None
    for parsed in scene.sentences:
        start, length = parsed.sentence.start, parsed.sentence.text
        in_head = start < scene.joined.offset
        spans = find_dates(length, scene.published, told)
        dates = [span for span in spans if in_head or start + span.at >= dateline]
        told = find_told_day(dates) or told
        found = draft_events(
            parsed, text, scene.context, list(scene.toponyms), dates, scene.discourse, lexicon
        )
        for draft in found:
            placed = recall_place(draft, parsed, list(scene.toponyms))
            drafts.append(replace(infer_opponent(placed, scene.discourse, lexicon), headline=in_head))
    return drafts


def _rate(draft: Draft) -> float:
    """What was found: actor, recipient, place, date, toll, and how often it is told. From 0.05 to 0.95."""
    return round(min(0.95, max(0.05, draft.strength + PER_MENTION * (draft.mentions - 1))), 2)


def _is_sure(draft: Draft) -> bool:
    return draft.strength + PER_MENTION * (draft.mentions - 1) >= LEAST_SURE - 1e-9


def _both_armed(draft: Draft) -> bool:
    return any(map(is_armed, draft.actors)) and any(map(is_armed, draft.recipients))


def _cut_dateline(sentence: Sentence, text: str, dateline: int) -> Sentence:
    if not sentence.start < dateline < sentence.end:
        return sentence
    return replace(sentence, text=text[dateline : sentence.end], start=dateline)


def _find_main_place(drafts: Sequence[Draft]) -> Located | None:
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


def _find_news_day(drafts: Sequence[Draft], published: date | None) -> date | None:
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
