"""A text while it is coded: each pass reads some layers and adds one. All offsets are characters of `text`."""

from dataclasses import dataclass
from datetime import date

from transforms.coder.count_people import Casualties
from transforms.coder.counts import Count
from transforms.coder.geolocate import Located
from transforms.coder.judge import JudgedTrigger
from transforms.coder.lexicon import Lexicon, TriggerRow
from transforms.coder.prepare_text import PreparedText
from transforms.coder.resolve_dates import DateSpan
from transforms.coder.sentences import Sentence
from transforms.coder.users_triggers import UsersTrigger
from transforms.records import Actor, Document, Event


@dataclass(frozen=True, slots=True)
class Party:
    """Who did it or whom it befell, and the words that say so."""

    actor: Actor
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date expression of the text."""

    span: DateSpan
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TriggerMention:
    """What one sentence tells of an event."""

    trigger: JudgedTrigger
    start: int  # of the trigger
    end: int
    sentence: Sentence
    headline: bool
    row: TriggerRow | None = None  # of the user's, that found it
    actors: tuple[Party, ...] = ()
    recipients: tuple[Party, ...] = ()
    weapons: tuple[tuple[int, int], ...] = ()
    when: FoundDate | None = None
    where: Located | None = None
    site: tuple[int, int] | None = None  # words for the place that hold no place name: `a hospital`
    killed: Count | None = None
    injured: Count | None = None
    claimed: bool = False  # the numbers are those of the side that did it

    @property
    def event_type(self) -> str:
        return self.trigger.event_type


@dataclass(frozen=True, slots=True)
class MergeLink:
    """Why a mention was put with those before it."""

    logit: float  # the mean of the pairs


@dataclass(frozen=True, slots=True)
class Incident:
    """The mentions of one event, in the order of the text; the first has no link."""

    mentions: tuple[TriggerMention, ...]
    links: tuple[MergeLink, ...] = ()
    counted: tuple[Casualties, ...] = ()  # by sentences that only count: `Thirty people were injured.`


@dataclass(frozen=True, slots=True)
class CodedText:
    """The headline, a blank line and the text of a document, with all that was found in them."""

    document: Document
    prepared: PreparedText  # the text behind the headline
    text: str
    offset: int  # where the text begins behind the headline
    published: date | None
    lexicon: Lexicon  # with the names as they stand in this text
    end: int = 0  # what follows was not read
    headline: Sentence | None = None
    sentences: tuple[Sentence, ...] = ()  # behind the headline
    dateline: tuple[int, int] = (0, 0)
    found: tuple[Located, ...] = ()  # every place name of the text; offsets as in `prepared`
    toponyms: tuple[Located, ...] = ()  # where something may have happened
    dates: tuple[FoundDate, ...] = ()
    casualties: tuple[Casualties, ...] = ()
    users: tuple[UsersTrigger, ...] = ()  # words of the user's rows
    triggers: tuple[JudgedTrigger, ...] = ()
    mentions: tuple[TriggerMention, ...] = ()
    incidents: tuple[Incident, ...] = ()  # also those that are too unsure to be events
    events: tuple[tuple[Incident, Event], ...] = ()

    def find_sentence(self, number: int) -> Sentence:
        """The sentence of a number of the judge's."""
        if number < 0:
            assert self.headline is not None
            return self.headline
        return self.sentences[number]

    def locate(self, span: tuple[int, int, int]) -> tuple[int, int]:
        """Where words of the judge's stand in the text."""
        start = self.find_sentence(span[0]).start
        return start + span[1], start + span[2]
