"""Who tells of a deed, and when it is told: claims of those who did it, and the trials of old crimes."""

from collections.abc import Sequence

from transforms.coder.clauses import find_subjects
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.resolve_dates import DateSpan
from transforms.coder.tree_paths import find_word
from transforms.records import Actor
from transforms.word_lists import word_set

_CLAIMING = word_set("claim say boast announce declare tell add assert state report")
_OWN = word_set("it they we its their our")  # of `he` it is not known whether he speaks of himself
_STATE = frozenset({"GOV", "MIL", "COP", "IGO"})
_COURT = word_set("try convict sentence acquit trial retrial verdict conviction prosecute imprison")
_MOST_STEPS = 4


def is_own_claim(parsed: ParsedSentence, trigger: int, actors: tuple[Actor, ...]) -> bool:
    """`the group said it had killed 40 soldiers`: those who did it count their victims; no body of a state."""
    if not actors or any(actor.sector in _STATE or actor.kind == "country" for actor in actors):
        return False
    at = trigger
    for _ in range(_MOST_STEPS):
        above, label = parsed.head(at), parsed.label(at)
        if above == at:
            return False
        if label in ("ccomp", "xcomp") and parsed.lemma(above) in _CLAIMING:
            own = find_subjects(parsed, at) if label == "ccomp" else []
            words = {parsed.words[i].lower for noun in own for i in (noun, *parsed.find(noun, "nmod:poss"))}
            return not own or not words.isdisjoint(_OWN)
        at = above
    return False


def is_tried(parsed: ParsedSentence, trigger: int) -> bool:
    """`went on trial over the killing of`, `was convicted of murdering`: a crime that a court judges."""
    at = trigger
    for _ in range(_MOST_STEPS):
        above = parsed.head(at)
        if above == at:
            return False
        beside = {
            parsed.lemma(child).lower() for child in parsed.find(above, "obl", "obj", "nsubj", "nsubj:pass")
        }
        if parsed.lemma(above).lower() in _COURT or (
            (at != trigger or parsed.label(at) == "obl") and beside & _COURT
        ):
            return True
        at = above
    return False


def is_far(span: DateSpan) -> bool:
    """Whether a date is told in years or not at all: `thirty years on`, `in 1996`."""
    return len(span.start) <= 4


def stands_below(parsed: ParsedSentence, start: int, triggers: Sequence[int]) -> bool:
    """Whether the word at a character of the text hangs on a trigger: `the killing of 40 villagers in 2014`."""
    at = find_word(parsed, start)
    while parsed.head(at) != at and at not in triggers:
        at = parsed.head(at)
    return at in triggers
