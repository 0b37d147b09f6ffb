"""Days to come: the dates of clauses that lie ahead (`will meet on Friday`, `is due on Friday`, `meets on Friday`).

A bare weekday or day of a month is the last one to a reader of dates; which clause it stands in says whether the
next one is meant, and whether what happens in the clause is planned.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from transforms.coder.clauses import SAYING, find_case, find_speech
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.pick_circumstances import climb_out
from transforms.coder.resolve_dates import DateSpan, earliest_day, find_coming
from transforms.coder.tree_paths import find_word
from transforms.word_lists import word_set

_WILL = word_set("will shall 'll ’ll wo can could may might should must")
_BE = word_set("is are am 's ’s 're ’re be")
_HAVE = word_set("have has had having 've ’ve")
_SETTING = word_set(
    "set schedule plan slate book fix arrange announce call propose organise organize convene summon expect due bill"
)
_PLANNING = _SETTING | word_set(
    "intend agree vow pledge promise hope want urge ask demand prepare seek invite order tell decide ready likely "
    "poise about go need threaten keen willing determined eager aim require consider encourage instruct"
)
_CALLING = _SETTING | word_set("urge ask demand want invite order threaten vow pledge promise encourage")
_GATHERINGS = word_set(
    "march rally protest demonstration strike vigil walkout sit-in boycott shutdown meeting summit session conference "
    "election vote referendum parade blockade hartal bandh stoppage gathering sit-down prayer"
)
_CONVENING = word_set("call organise organize convene")
_STATES = word_set("be have do seem remain appear mean show know think believe want need hope fear expect")
_MOST_STEPS = 6


@dataclass(frozen=True, slots=True)
class Ahead:
    """A day to come, and the words whose doing it dates: a verb with its nouns, or one noun."""

    span: DateSpan
    words: frozenset[int]


def look_ahead(
    parsed: ParsedSentence, spans: Sequence[DateSpan], published: date | None, in_head: bool
) -> tuple[list[DateSpan], list[Ahead]]:
    """The spans with those that lie ahead read as the next such day, and these again with what they date.

    What says itself that it is past stays so. In a headline the present tense is the past.
    """
    if published is None:
        return list(spans), []
    kept: list[DateSpan] = []
    found: list[Ahead] = []
    for span in spans:
        words = _find_dated(parsed, span, in_head)
        if not words:
            kept.append(span)
            continue
        coming = find_coming(span, published)
        first = earliest_day(coming.start) if coming else None
        if coming is None or first is None or first < published:
            kept.append(span)  # "in August 2014", "last month"
            continue
        coming = replace(coming, future=True)
        kept.append(coming)
        found.append(Ahead(coming, words))
    return kept, found


def is_ahead(triggers: Iterable[int], when: DateSpan | None, ahead: Sequence[Ahead]) -> bool:
    """Whether an event of these trigger words is what one of the days to come dates."""
    return when is not None and any(one.span == when and not one.words.isdisjoint(triggers) for one in ahead)


def find_dating(triggers: Iterable[int], ahead: Sequence[Ahead]) -> DateSpan | None:
    """The day to come that dates one of these trigger words, however near it is to the word of another event."""
    triggers = tuple(triggers)
    return next((one.span for one in ahead if not one.words.isdisjoint(triggers)), None)


def _find_dated(parsed: ParsedSentence, span: DateSpan, in_head: bool) -> frozenset[int]:
    """The words that a date dates if its clause lies ahead; none if it does not."""
    at = climb_out(parsed, find_word(parsed, parsed.sentence.start + span.at))
    noun = _find_awaited(parsed, at)
    if noun is not None:
        return frozenset({noun})
    verb = at
    while not parsed.is_verb(verb) and parsed.head(verb) != verb:
        verb = parsed.head(verb)
    set_for = find_case(parsed, at) in ("for", "from")
    if verb == at or (parsed.lemma(verb) in SAYING and not set_for):
        return frozenset()  # "announced a strike on Friday": that may be when it was announced
    if lies_ahead(parsed, verb, in_head):
        return frozenset({verb, *_list_nouns(parsed, verb)})
    return _find_called_for(parsed, verb, at)


def _find_awaited(parsed: ParsedSentence, at: int) -> int | None:
    """`ahead of Saturday's protest`: the noun; before what is over nobody gets ahead."""
    noun = parsed.head(at)
    if parsed.label(at) not in ("nmod:poss", "compound", "nmod") or noun == at:
        return None
    before = {parsed.words[child].lower for child in parsed.find(noun, "case")}
    return noun if "ahead" in before else None


def _find_called_for(parsed: ParsedSentence, verb: int, at: int) -> frozenset[int]:
    """`called for a march on Friday`, `announced a strike for Friday`: that lies ahead, the call does not.

    Of `called a strike for Friday` the verb and its object are one act, which lies ahead.
    """
    if parsed.lemma(verb) not in _CALLING:
        return frozenset()
    nouns = [noun for noun in _list_nouns(parsed, verb) if verb < noun < at]
    wanted = [noun for noun in nouns if parsed.lemma(noun).lower() in _GATHERINGS]
    if find_case(parsed, at) in ("for", "from") and parsed.lemma(verb) in _SETTING and nouns:
        convened = parsed.lemma(verb) in _CONVENING and not set(parsed.find(verb, "obj")).isdisjoint(wanted)
        return frozenset({verb, *wanted} if convened else wanted or nouns)
    return frozenset(wanted)


def _list_nouns(parsed: ParsedSentence, verb: int) -> list[int]:
    """The nouns of a verb's clause and those that hang on them, without a further verb."""
    found: list[int] = []
    below = [c for c in parsed.children[verb] if not parsed.is_verb(c)]
    while below:
        at = below.pop()
        found.append(at)
        below += [c for c in parsed.children[at] if not parsed.is_verb(c)]
    return sorted(found)


def lies_ahead(parsed: ParsedSentence, verb: int, in_head: bool) -> bool:
    """Whether a verb tells of what is to come."""
    for _ in range(_MOST_STEPS):
        tag = parsed.tokens[verb].tag
        helpers = {parsed.words[c].lower for c in parsed.find(verb, "aux", "aux:pass", "cop", "mark")}
        above, label = parsed.head(verb), parsed.label(verb)
        if helpers & _HAVE:
            return False
        if helpers & _WILL or ("would" in helpers and find_speech(parsed, verb) is not None):
            return True
        if tag == "VB" and "to" in helpers:
            if helpers & _BE and "been" not in helpers:
                return True  # "is to visit", "are due to meet"
            if above == verb or label == "root":
                return False
            if parsed.lemma(above).lower() in _PLANNING:
                return True
        elif tag in ("VBZ", "VBP"):
            return not in_head and parsed.lemma(verb) not in _STATES and parsed.lemma(verb) not in SAYING
        elif tag == "VBG" and helpers & _BE:
            return not in_head
        elif tag == "VBN" and helpers & _BE and "been" not in helpers:
            return not in_head and parsed.lemma(verb) in _SETTING
        elif label != "conj" or tag == "VBD":
            return False
        if above == verb or not parsed.is_verb(above):
            return False
        verb = above  # "will march and block roads", "will travel to meet"
    return False
