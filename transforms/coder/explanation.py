"""Why a document's events are as they are: the records that `explain_events` makes. All offsets are characters
of `Explanation.text`."""

from dataclasses import dataclass

from transforms.records import Event


@dataclass(frozen=True, slots=True)
class Reason:
    """What gave a field: words of the text, the row of a table that knows them, and what was made of them.

    `field` is the event's (`date`, `killed` and `injured` stand for both their ends), for lists with the number
    and the part: `actors[0].sector`. Without words `text` is "" and `start` equals `end`.
    """

    field: str
    text: str
    start: int
    end: int
    table: str = ""  # a file of seeds, or "gazetteer"
    row: str = ""  # the cells that matter, the key first
    note: str = ""


@dataclass(frozen=True, slots=True)
class ToldBy:
    """A sentence that reports an event."""

    text: str
    start: int
    end: int
    headline: bool
    note: str  # why it was merged with those before it


@dataclass(frozen=True, slots=True)
class ExplainedEvent:
    event: Event
    reasons: tuple[Reason, ...]
    sentences: tuple[ToldBy, ...]  # in the order of the text


@dataclass(frozen=True, slots=True)
class NotCodedWords:
    """A trigger match that gave no event."""

    text: str
    start: int
    end: int
    row: str  # of triggers.csv; "" for words that only count
    note: str  # why not
    sentence: str
    sentence_start: int


@dataclass(frozen=True, slots=True)
class Explanation:
    id: str
    text: str  # the headline, a blank line and the text
    offset: int  # where the text begins
    events: tuple[ExplainedEvent, ...]
    left_out: tuple[NotCodedWords, ...]
