"""What the rules read in a document on the way to its events; `explain_events` tells it to people."""

from dataclasses import dataclass
from datetime import date

from transforms.coder.drafts import Draft
from transforms.coder.geolocate import Located
from transforms.coder.guards import DocumentContext
from transforms.coder.headline import Reading
from transforms.coder.judge import JudgedTrigger
from transforms.coder.lexicon import Lexicon
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.prepare_text import PreparedText
from transforms.coder.resolve_references import Discourse
from transforms.coder.sentences import Sentence


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """What surrounds every sentence. All offsets count from the beginning of `joined.text`."""

    joined: Reading  # the headline and the text
    published: date | None
    lexicon: Lexicon  # with the names as this document means them
    context: DocumentContext
    sentences: tuple[ParsedSentence, ...]  # those that may tell of an event, and some before them
    discourse: Discourse
    toponyms: tuple[Located, ...]
    judged: tuple[JudgedTrigger, ...] | None = None  # None without a judge

    def find_judged(self, sentence: Sentence) -> tuple[JudgedTrigger, ...] | None:
        """What the judge found in a sentence; None without a judge."""
        if self.judged is None:
            return None
        return tuple(one for one in self.judged if sentence.start <= one.start < sentence.end)


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """A document read: what its sentences tell, put together, and what stands in where they tell nothing."""

    scene: ReadingContext
    found: tuple[Located, ...]  # the toponyms of the text itself, with offsets into it
    told: tuple[Draft, ...]  # what the text tells, sure or not
    sure: tuple[Draft, ...]  # of these the ones that are events
    main_place: Located | None
    lead_place: Located | None  # offsets into the text, as those of `found`
    dateline_place: Located | None  # likewise
    news_day: date | None
    prepared: PreparedText  # all offsets are those of its `text`, behind the headline
    end: int  # what follows in the prepared text was not read

    def find_stand_in(self, draft: Draft) -> Located | None:
        """Where an event goes that is told without a place.

        Deeds go where the event told most was; words and measures to the dateline, else where the text speaks of
        first, or to the former where that is the province it lies in.
        """
        main, lead = self.main_place, self.dateline_place or self.lead_place
        if main and self.dateline_place and _is_coarse_abroad(main, self.dateline_place):
            main = None  # "TOWN (Agency) -" and an event "in Georgia": hardly the American state
        if draft.event_type in _DEEDS or lead is None or (main is not None and _holds(lead, main)):
            return main or lead
        return lead


def _is_coarse_abroad(main: Located, dateline: Located) -> bool:
    """Whether the place told most is a division or region of another country than the dateline's."""
    return main.place.kind in ("admin1", "region") and main.place.country != dateline.place.country


def _holds(outer: Located, inner: Located) -> bool:
    province, place = outer.place, inner.place
    same = bool(place.admin1) and (place.country, place.admin1) == (province.country, province.admin1)
    return province.kind == "admin1" and place.kind != "admin1" and same


_DEEDS = frozenset({"ASSAULT", "PROTEST", "COERCE", "MOBILIZE", "RETREAT", "AID"})
