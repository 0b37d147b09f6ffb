"""The coder: a document goes through one list of passes, each of which reads some layers and adds one."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from transforms.coder.coded_text import CodedText
from transforms.coder.find_mentions import find_mentions
from transforms.coder.gazetteer import Gazetteer
from transforms.coder.geolocate import to_toponym
from transforms.coder.judge import Encoder
from transforms.coder.lexicon import CoderTables, build_lexicon
from transforms.coder.make_events import make_events
from transforms.coder.merge_mentions import merge_mentions
from transforms.coder.pair_odds import Judge
from transforms.coder.prepare_text import PreparedText
from transforms.coder.protocol import CoderAnswer, code_each
from transforms.coder.read_layers import (
    find_casualties,
    find_days,
    find_places,
    find_triggers,
    prepare,
    split,
)
from transforms.coder.retractions import find_retractions
from transforms.records import CodedDocument, Document, Event, Toponym

JUDGED_VERSION = "judge-4"
LANGUAGES = frozenset({"en"})


def name_version(tables_hash: str, judge_version: str) -> str:
    """The coder's version: it changes with the code, the tables and the judge's weights."""
    return f"{JUDGED_VERSION}-{tables_hash}-{judge_version}"


class JudgedCoder:
    """Codes documents with the given tables, gazetteer and judge; keeps nothing from one to the next."""

    def __init__(self, tables: CoderTables, gazetteer: Gazetteer, tables_hash: str, judge: Judge) -> None:
        self._lexicon = build_lexicon(tables)
        self._gazetteer = gazetteer
        self._judge = judge
        self._version = name_version(tables_hash, judge.version)

    @property
    def version(self) -> str:
        return self._version

    @property
    def languages(self) -> frozenset[str]:
        return LANGUAGES

    @property
    def encoder(self) -> Encoder:
        """What finds the triggers, to be asked again by `explain_events`."""
        return self._judge.encoder

    def code(self, documents: Iterable[Document]) -> Iterator[CoderAnswer]:
        """The events and places of documents. Never raises, whatever the texts."""
        yield from code_each(self._code, documents)

    def _code(self, document: Document) -> CodedDocument:
        coded = self.read(document)
        prepared = coded.prepared
        end = coded.end - coded.offset
        return CodedDocument(
            id=document.id,
            events=tuple(_restore_event(event, prepared) for _, event in coded.events),
            places=tuple(_restore_toponym(to_toponym(one), prepared) for one in coded.found),
            unread=len(document.text) - prepared.find_given(end, end)[0],
        )

    def read(self, document: Document) -> CodedText:
        """A document with all that was found in it on the way to its events. Never raises, whatever the text."""
        coded = prepare(document, self._lexicon)
        for run in (
            split,
            lambda coded: find_places(coded, self._gazetteer),
            find_days,
            find_casualties,
            lambda coded: find_triggers(coded, self._judge),
            find_retractions,
            find_mentions,
            lambda coded: merge_mentions(coded, self._judge.pairs),
            lambda coded: make_events(coded, self._version),
        ):
            coded = run(coded)
        return coded


def _restore_event(event: Event, prepared: PreparedText) -> Event:
    """The event with its sentence as it stands in the given text; a headline's stays as it is."""
    if event.sentence_start < 0:
        return event
    start, end = prepared.find_given(event.sentence_start, event.sentence_end)
    return replace(event, sentence=prepared.given[start:end], sentence_start=start, sentence_end=end)


def _restore_toponym(toponym: Toponym, prepared: PreparedText) -> Toponym:
    """The place name as it stands in the given text."""
    start, end = prepared.find_given(toponym.start, toponym.end)
    return replace(toponym, text=prepared.given[start:end], start=start, end=end)
