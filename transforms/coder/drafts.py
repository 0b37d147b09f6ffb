"""An event while it is being put together: what one sentence tells of it, or several after merging."""

from dataclasses import dataclass
from datetime import date

from transforms.coder.count_casualties import Toll
from transforms.coder.find_events import Hit
from transforms.coder.geolocate import Located
from transforms.coder.judge import JudgedTrigger
from transforms.coder.resolve_dates import DateSpan, latest_day
from transforms.coder.sentences import Sentence
from transforms.records import Actor, Realis

BACKGROUND_DAYS = 30
LEAST_SURE = 0.6  # of strength: a draft below it is no event by the rules alone
PER_MENTION = 0.03  # what each further sentence adds to a draft's strength


@dataclass(frozen=True, slots=True)
class Anchor:
    """A trigger that tells of an event."""

    sentence_start: int  # character offset into the document's text
    hit: Hit


QUIET = "text of quiet matters"
"""The name of what speaks against a draft in sport, business and show business."""

Part = tuple[str, float]
"""What something adds to a sum of points, by name."""


@dataclass(frozen=True, slots=True)
class CoreferenceLink:
    """A sentence that was put with those before it, and the points that spoke for it."""

    sentence_start: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """An event as one sentence tells it, or as several do after merging."""

    event_type: str
    mode: str
    realis: Realis
    actors: tuple[Actor, ...]
    recipients: tuple[Actor, ...]
    weapons: tuple[str, ...]
    when: DateSpan | None
    where: Located | None
    toll: Toll
    sentence: Sentence
    strength: float  # how sure the trigger and its surroundings make us
    definite: bool  # "the attack", "the blast": speaks of one told before
    fresh: bool = False  # "in another attack": not one told before
    indefinite: bool = False  # "an offensive": hardly one told before
    told_at: frozenset[int] = frozenset()  # where the sentences that tell it begin
    anchors: tuple[Anchor, ...] = ()
    mentions: int = 1
    headline: bool = False  # told by the headline only
    days: tuple[DateSpan, ...] = ()  # what each sentence says of the day
    sites: tuple[Located, ...] = ()  # and of the place
    tolls: tuple[Toll, ...] = ()  # and of the toll
    loose_day: bool = False  # the day is that of a count: "the toll rose to 12 on Friday"
    counted: tuple[Actor, ...] = ()  # the people whom the toll counts
    cameo: str = ""  # a finer code than that of type and mode
    parts: tuple[Part, ...] = ()  # what `strength` is the sum of
    links: tuple[CoreferenceLink, ...] = ()  # the later sentences
    judged: tuple[JudgedTrigger, ...] = ()  # what the judge said of its triggers
    odds: float | None = None  # of an attack: how likely the learnt weights think that it is news of one


def is_background(when: DateSpan | None, published: date | None) -> bool:
    """Whether an event lies more than 30 days before publication, or nobody knows how long ago."""
    if when is not None and not when.start:
        return True
    last = latest_day(when.end) if when else None
    return bool(published and last and (published - last).days > BACKGROUND_DAYS)


def sum_strength(draft: Draft) -> float:
    """How sure the rules are, all mentions together; rounded, so that sums of tenths compare as they read."""
    return round(draft.strength + PER_MENTION * (draft.mentions - 1), 6)
