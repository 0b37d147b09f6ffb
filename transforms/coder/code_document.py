"""The coder by rules: from a document to its events. Every field goes back to words and rows of tables."""

from collections.abc import Sequence
from datetime import date

from transforms.coder.choose_fillers import choose_fillers, find_least_odds
from transforms.coder.code_actors import is_armed
from transforms.coder.count_casualties import Toll
from transforms.coder.describe_fillers import Scene, set_scene
from transforms.coder.document_reading import DocumentReading
from transforms.coder.drafts import LEAST_SURE, Draft, is_background, sum_strength
from transforms.coder.gazetteer import Gazetteer
from transforms.coder.geolocate import Located, to_place, to_toponym
from transforms.coder.grammar import Grammar
from transforms.coder.lexicon import CoderTables, EventTypeRow, build_lexicon
from transforms.coder.list_fillers import fold_names, list_fillers
from transforms.coder.pair_odds import Judge
from transforms.coder.quantities import Bound
from transforms.coder.read_document import DocumentReader, TextReading
from transforms.coder.recall_place import find_home
from transforms.coder.resolve_dates import DateSpan, find_coming, latest_day
from transforms.coder.restore_offsets import restore_event, restore_toponym
from transforms.coder.score_fillers import Scorer, is_scored
from transforms.records import CodedDocument, Document, Event, Place, Weapon

RULES_VERSION = "rules-3"
_DAYS_OF_NEWS = 3
LEAST_ODDS_OF_EVENT = 0.5


class RulesCoder:
    """Codes documents with the given tables and gazetteer; keeps nothing from one to the next."""

    def __init__(
        self,
        tables: CoderTables,
        gazetteer: Gazetteer,
        grammar: Grammar,
        tables_hash: str,
        scorer: Scorer | None = None,
        judge: Judge | None = None,
    ) -> None:
        self._lexicon = build_lexicon(tables)
        self._folded = fold_names(self._lexicon)
        self._reader = DocumentReader(grammar, self._lexicon, gazetteer, judge)
        self._scorer = scorer
        learnt = f"-{scorer.version}" if scorer is not None else ""
        judged = f"-{judge.encoder.version}" if judge is not None else ""
        self._version = f"{RULES_VERSION}-{tables_hash}-{grammar.version}{learnt}{judged}"

    @property
    def version(self) -> str:
        return self._version

    def code(self, document: Document) -> CodedDocument:
        """The events and places of a document. Never raises, whatever the text."""
        reading = self.read(document)
        return CodedDocument(
            id=document.id,
            events=tuple(restore_event(event, reading.prepared) for event in self.make_events(reading)),
            places=tuple(restore_toponym(to_toponym(one), reading.prepared) for one in reading.found),
            unread=len(document.text) - reading.prepared.find_given(reading.end, reading.end)[0],
        )

    def read(self, document: Document) -> DocumentReading:
        """All that the events of a document are made of. Never raises, whatever the text."""
        read = self._reader.read(document)
        told = self._weigh(read)
        sure = tuple(filter(self._is_event, told))
        offset = read.scene.joined.offset
        dateline_place = _find_dateline_place(read.sites)
        return DocumentReading(
            scene=read.scene,
            found=read.found,
            told=tuple(told),
            sure=sure,
            main_place=_find_main_place(sure, 1 if dateline_place is None else _TOLD_TWICE),
            lead_place=_find_lead_place(read.sites, read.scene.joined.text[offset:]),
            dateline_place=dateline_place,
            news_day=_find_news_day(sure, read.scene.published),
            prepared=read.prepared,
            end=read.end,
        )

    def make_events(self, reading: DocumentReading) -> tuple[Event, ...]:
        """The events of the reading's `sure` drafts, one each; offsets into its prepared text."""
        return tuple(self._event(draft, reading) for draft in reading.sure)

    def set_scene(self, document: Document) -> Scene:
        """What the learnt weights judge in a document: its attacks, and the noun phrases that may fill their roles."""
        return self._set_scene(self._reader.read(document))

    def _weigh(self, read: TextReading) -> list[Draft]:
        """What the text tells, its attacks with the roles and the odds that the learnt weights give them."""
        if self._scorer is None:
            return list(read.told)
        settled = iter(choose_fillers(self._set_scene(read), self._scorer))
        return [next(settled) if is_scored(draft) else draft for draft in read.told]

    def _is_event(self, draft: Draft) -> bool:
        if draft.judged:
            return max(one.odds for one in draft.judged) >= LEAST_ODDS_OF_EVENT
        if draft.odds is None or self._scorer is None:
            return sum_strength(draft) >= LEAST_SURE
        return draft.odds >= find_least_odds(draft, self._scorer)

    def _set_scene(self, read: TextReading) -> Scene:
        attacks = [draft for draft in read.told if is_scored(draft)]
        places = frozenset(located.text for located in read.found)
        text, lexicon, sentences = read.scene.joined.text, read.scene.lexicon, read.scene.sentences
        fillers = list_fillers(sentences, text, lexicon, self._folded, places) if attacks else []
        return set_scene(sentences, fillers, attacks, lexicon)

    def _event(self, draft: Draft, reading: DocumentReading) -> Event:
        offset, published, news_day = reading.scene.joined.offset, reading.scene.published, reading.news_day
        row = self._type_row(draft)
        when = draft.when
        ahead = draft.realis in ("planned", "hypothetical")
        last = latest_day(when.end) if when else None
        if ahead and published and when and last and last < published:
            when = find_coming(when, published) if draft.realis == "planned" else None
        day = (
            published if draft.event_type in ("COERCE", "PROTEST") else news_day
        )  # they answer to what is dated
        if when is None and day is not None and not ahead:
            when = DateSpan(day.isoformat(), day.isoformat())
        located = draft.where or find_home(draft, reading.found) or reading.find_stand_in(draft)
        place: Place | None = (
            to_place(located, reading.scene.joined.text if draft.where else "") if located else None
        )
        acled_type, acled_subtype = row.acled_type, row.acled_subtype
        if draft.event_type == "ASSAULT" and draft.mode in ("", "firearms") and _both_armed(draft):
            acled_type, acled_subtype = "Battles", "Armed clash"
        killed, injured = _bound_toll(draft.toll)
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
            killed_min=killed[0],
            killed_max=killed[1],
            injured_min=injured[0],
            injured_max=injured[1],
            cameo=draft.cameo or row.cameo,
            goldstein=row.goldstein,
            quad=row.quad,
            acled_type=acled_type,
            acled_subtype=acled_subtype,
            sentence=draft.sentence.text,
            sentence_start=-1 if draft.headline else draft.sentence.start - offset,
            sentence_end=-1 if draft.headline else draft.sentence.end - offset,
            confidence=_rate(draft),
            background=is_background(when, published) or _is_told_as_background(draft),
            coder=self._version,
            toll_claimed=draft.toll.claimed and (killed, injured) != (_UNKNOWN, _UNKNOWN),
        )

    def _type_row(self, draft: Draft) -> EventTypeRow:
        types = self._lexicon.event_types
        return types.get((draft.event_type, draft.mode)) or types[draft.event_type, ""]


def _is_told_as_background(draft: Draft) -> bool:
    """Whether the judge takes most of what tells it for background."""
    return 2 * sum(one.background for one in draft.judged) > len(draft.judged)


_UNKNOWN: Bound = (None, None)


def _bound_toll(toll: Toll) -> tuple[Bound, Bound]:
    """The numbers of the killed and the injured; where none is told, the least that `dozens` can be."""
    killed = toll.killed if toll.killed != (None, None) else (toll.killed_least, None)
    injured = toll.injured if toll.injured != (None, None) else (toll.injured_least, None)
    return killed, injured


def _rate(draft: Draft) -> float:
    """How sure the judge is; without one what was found: actor, recipient, place, date, toll, and how often it is
    told. From 0.05 to 0.95."""
    sure = max((one.odds for one in draft.judged), default=sum_strength(draft))
    return round(min(0.95, max(0.05, sure)), 2)


def _both_armed(draft: Draft) -> bool:
    return any(map(is_armed, draft.actors)) and any(map(is_armed, draft.recipients))


_TOLD_TWICE = 2  # sentences: what is told once says less of where the news is from than the dateline


def _find_main_place(drafts: Sequence[Draft], least: int) -> Located | None:
    """The place of the event told most often, in `least` sentences or more, if it is finer than a country."""
    placed = [
        d for d in drafts
        if d.where and d.where.place.kind != "country" and d.realis == "actual" and d.mentions >= least
    ]  # fmt: skip
    return max(placed, key=lambda d: d.mentions).where if placed else None


def _find_lead_place(toponyms: Sequence[Located], text: str) -> Located | None:
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


def _find_dateline_place(toponyms: Sequence[Located]) -> Located | None:
    """Where the reporter sits: the finest place of `NAIROBI, Kenya (Agency) -`."""
    told = [one for one in toponyms if one.dateline]
    return next((one for one in told if one.place.kind != "country"), None) or next(iter(told), None)


def _find_news_day(drafts: Sequence[Draft], published: date | None) -> date | None:
    """The day of what the text does not date: that of the first event told, if it is of these days."""
    if published is None or not drafts:
        return published
    told = next((draft.when for draft in drafts if draft.realis == "actual" and draft.when), None)
    day = latest_day(told.end) if told and len(told.start) == 10 else None
    return day if day and 0 <= (published - day).days <= _DAYS_OF_NEWS else published
