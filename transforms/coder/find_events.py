"""Find the words that tell of an event, and decide whether they stand as a verb or as a noun."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from transforms.coder.inflect import opens_with_adverb
from transforms.coder.lexicon import Lexicon, TriggerForm, TriggerRow
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.quantities import HURT_WORDS, KILL_WORDS
from transforms.coder.tree_phrases import ACTS, match_in_tree, name_act, reach_noun_words, reach_words
from transforms.coder.word_classes import Tag
from transforms.word_lists import word_set

_SKIPPABLE = frozenset({Tag.DETERMINER, Tag.WORD, Tag.NUMBER, Tag.NAME, Tag.ADVERB, Tag.TIME})
COUNTED_WORDS = KILL_WORDS | HURT_WORDS
_MOST_SKIPPED = 4


@dataclass(frozen=True, slots=True)
class Hit:
    """A trigger in a sentence: words `start` to `end` (exclusive)."""

    start: int
    end: int
    form: TriggerForm
    reading: Literal["verb", "noun"]
    at: int  # the word among them on which the others depend: the verb, or the noun
    own: tuple[int, ...]  # the words of the trigger itself, without an object between them
    said: bool = False  # the announcement is the event, so that it has happened: "said it would help"

    @property
    def row(self) -> TriggerRow:
        return self.form.row


def speaks_of_violence(words: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether lower-case words hold a trigger of violence that needs no guard (`air strike`)."""
    for i, word in enumerate(words):
        for form in lexicon.triggers.get(word, ()):
            row = form.row
            if (
                row.type == "ASSAULT"
                and row.pos == "noun"
                and not row.needs
                and words[i : i + len(form.words)] == form.words
            ):
                return True
    return False


def hold_words(words: Iterable[str]) -> set[str]:
    """Lower-case words and what a trigger may ask for instead of them: singulars, and the verbs of `withdrawal`."""
    held = set(words)
    held |= {word[:-1] for word in held if word[-1] == "s"} | {
        word[:-2] for word in held if word[-2:] == "es"
    }
    held |= {word[:-3] + "y" for word in held if word[-3:] == "ies"}
    held |= {ACTS[word] for word in held if word in ACTS}
    return held | {word[:-3] for word in held if word[-3:] == "ing"}


def find_events(parsed: ParsedSentence, lexicon: Lexicon) -> list[Hit]:
    """The triggers of a sentence, left to right, none overlapping; the longest phrase wins."""
    hits: list[Hit] = []
    taken = 0
    held = hold_words(word.lower for word in parsed.words)
    for i, word in enumerate(parsed.words):
        if i < taken:
            continue
        forms = [form for form in lexicon.triggers.get(word.lower, ()) if held.issuperset(form.words)]
        near = reach_words(parsed, i) if forms and len(forms[0].words) > 1 and parsed.is_verb(i) else {}
        for form in forms:
            hit = _find_hit(parsed, i, form, near)
            if hit is not None:
                hits.append(hit)
                taken = hit.end if form.row.pos != "verb" else i + 1
                break
        else:
            nominal = _find_nominal(parsed, i, lexicon)
            if nominal is not None:
                hits.append(nominal)
    return [hit for hit in hits if not any(_covers(other, hit) for other in hits)]


def list_senses(parsed: ParsedSentence, hit: Hit, lexicon: Lexicon) -> list[Hit]:
    """The other triggers that begin with the first word of a hit: `march` where `march on` is not meant."""
    forms = lexicon.triggers.get(parsed.words[hit.start].lower, ())
    near = reach_words(parsed, hit.start) if parsed.is_verb(hit.start) else {}
    others = (_find_hit(parsed, hit.start, form, near) for form in forms if form.row != hit.row)
    return [other for other in others if other is not None and other.row.type != hit.row.type]


def _find_hit(parsed: ParsedSentence, start: int, form: TriggerForm, near: dict[str, int]) -> Hit | None:
    """The trigger whose first word is `start`: its words in a row, or those of a verb phrase in the tree."""
    end = _match(parsed, start, form)
    if end and (reading := _read(parsed, start, end, form)):
        lead = _find_lead(parsed, start, end, "phrase" if form.row.pos == "phrase" else reading)
        return Hit(start, end, form, reading, lead, _find_own(parsed, start, end, form))
    if form.row.pos == "verb" and len(form.words) > 1 and near:
        own = match_in_tree(parsed, form.words, near, start)
        if own and (not parsed.is_verb(start) or _stands_as_verb(parsed, start, form)):
            return Hit(start, start + 1, form, "verb" if parsed.is_verb(start) else "noun", start, own)
    return None


def _find_nominal(parsed: ParsedSentence, at: int, lexicon: Lexicon) -> Hit | None:
    """`the release of prisoners`, `a suspension of air links`: a verb phrase turned into a noun."""
    verb = name_act(parsed, at)
    if not verb:
        return None
    near = reach_noun_words(parsed, at)
    if near:
        for form in lexicon.triggers.get(verb, ()):
            hit = _find_hit(parsed, at, form, near) if form.form == "base" and len(form.words) > 1 else None
            if hit is not None:
                return hit
    return None


def _covers(outer: Hit, inner: Hit) -> bool:
    """`staged a protest` covers `protest`; a casualty's verb inside another phrase is kept."""
    if outer is inner:
        return False
    return (outer.start <= inner.start and inner.end <= outer.end) or inner.start in outer.own


def _match(parsed: ParsedSentence, start: int, form: TriggerForm) -> int:
    """The end of the trigger's words from `start`, 0 where they are not there."""
    at = start + 1
    words = parsed.words
    for wanted in form.words[1:]:
        skipped = 0
        while at < len(words) and not _same(words[at].lower, wanted, form):
            if form.row.pos != "verb" or skipped == _MOST_SKIPPED or not _may_skip(parsed, at):
                return 0
            skipped += 1
            at += 1
        if at >= len(words):
            return 0
        at += 1
    return at


def _may_skip(parsed: ParsedSentence, at: int) -> bool:
    """Determiners and adjectives, and `on Wednesday`."""
    tags = parsed.tags
    opens_time = tags[at] == Tag.PREPOSITION and at + 1 < len(tags) and tags[at + 1] == Tag.TIME
    return tags[at] in _SKIPPABLE or opens_time


def _same(word: str, wanted: str, form: TriggerForm) -> bool:
    if word == wanted:
        return True
    return (
        form.row.pos == "verb"
        and len(word) > len(wanted)
        and word in (wanted + "s", wanted + "es", wanted[:-1] + "ies")
    )


def _read(parsed: ParsedSentence, start: int, end: int, form: TriggerForm) -> Literal["verb", "noun"] | None:
    if form.row.pos == "phrase":
        return "verb"
    if form.row.pos == "verb":
        return "verb" if _stands_as_verb(parsed, start, form) else None
    at = _find_lead(parsed, start, end, "noun")
    if parsed.tags[at] == Tag.VERB and not _is_gerund_noun(parsed, at):
        return None
    modifies = end < len(parsed.words) and parsed.label(at) == "compound" and parsed.head(at) >= end
    if modifies and parsed.words[parsed.head(at)].lower in _NOT_THE_EVENT:
        return None  # "attack plans", "strike team": the phrase is about something else
    return "noun"


def _find_own(parsed: ParsedSentence, start: int, end: int, form: TriggerForm) -> tuple[int, ...]:
    """Of `beat a man to death` the words that the trigger names."""
    own, at = [start], start + 1
    for wanted in form.words[1:]:
        while at < end and not _same(parsed.words[at].lower, wanted, form):
            at += 1
        own.append(min(at, end - 1))
        at += 1
    return tuple(own)


def _find_lead(parsed: ParsedSentence, start: int, end: int, reading: str) -> int:
    """The word of a trigger on which its others depend."""
    if reading == "verb":
        return next((i for i in range(start, end) if parsed.tags[i] == Tag.VERB), start)
    outside = [i for i in range(start, end) if not start <= parsed.head(i) < end or parsed.head(i) == i]
    if reading == "phrase":
        # Of "must" and "will not" the verb that they go with, of "ready to" the adjective.
        firm = [i for i in outside if parsed.label(i) not in _LEANING]
        return firm[0] if firm else parsed.head(outside[-1])
    return outside[-1] if outside else end - 1


_LEANING = frozenset({"aux", "aux:pass", "cop", "mark", "case", "advmod", "det", "cc", "punct"})


def _stands_as_verb(parsed: ParsedSentence, start: int, form: TriggerForm) -> bool:
    at = start + int(opens_with_adverb(form.words))
    if parsed.tags[at] != Tag.VERB:
        return False
    return not _is_gerund_noun(parsed, at)


def _is_gerund_noun(parsed: ParsedSentence, at: int) -> bool:
    """`the killing of`, `the bombing`: a gerund that an article makes a noun."""
    if parsed.tokens[at].tag != "VBG" or parsed.find(at, "obj"):
        return False
    return bool(parsed.find(at, "det", "nmod:poss", "nmod", "amod"))


_NOT_THE_EVENT = word_set(
    "plan plans plot plots threat threats warning warnings victim victims survivor survivors suspect "
    "suspects charge charges investigation investigators squad unit division capability capabilities law "
    "laws case cases trial rate rates weapon weapons action force forces line lines ground grounds field "
    "fields dog dogs team teams room shelter shelters fund mediator officer warrant warrants aircraft "
    "rifle rifles submarine submarines boat boats vessel vessels "
    "helicopter helicopters leader organiser organisers organizer march-off movement"
)
