"""Whom a pronoun, a bare family name or `the group` means: the nearest fitting actor told before, if safe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from transforms.coder.code_actors import code_actor
from transforms.coder.lexicon import Lexicon
from transforms.coder.noun_phrases import Phrase
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.word_classes import Tag
from transforms.records import Actor
from transforms.word_lists import word_set

_PERSONS = word_set("he she him her his hers")
_PLURALS = word_set("they them their theirs")
THINGS = word_set("it its")
REFERRING = _PERSONS | _PLURALS | THINGS
"""Words whose sentence is read together with the one before."""
_GROUP_WORDS = word_set("group organization organisation movement militia outfit faction")
_STATE_WORDS = word_set("country nation state kingdom republic regime")
STANDING_FOR_NAMES = _GROUP_WORDS | _STATE_WORDS
_REACH = 500  # characters: the sentence and two before it
_ARGUMENTS = word_set("nsubj nsubj:pass obj iobj obl:agent root appos nmod:poss conj")
_SUBJECTS = word_set("nsubj nsubj:pass root")


@dataclass(frozen=True, slots=True)
class _Mention:
    actor: Actor
    at: int  # character offset into the document's text
    clause: tuple[
        int, int
    ]  # sentence start and the word it hangs on: two arguments of one verb are not the same
    subject: bool


@dataclass(frozen=True, slots=True)
class Discourse:
    """The actors that the parsed sentences of a document name, in the order of the text."""

    mentions: tuple[_Mention, ...] = ()
    full_names: Mapping[str, str] = field(default_factory=dict)  # by family name


def read_discourse(sentences: Sequence[ParsedSentence], document: str, lexicon: Lexicon) -> Discourse:
    """Collect who is named where."""
    mentions: list[_Mention] = []
    full_names: dict[str, str] = {}
    for parsed in sentences:
        for head, token in enumerate(parsed.tokens):
            if token.label not in _ARGUMENTS or parsed.tags[head] not in (Tag.WORD, Tag.NAME, Tag.NUMBER):
                continue
            phrase = parsed.phrase(head)
            actor = code_actor(parsed, phrase, document, lexicon)
            if actor is None or actor.kind == "property" or _is_said_of(parsed, head):
                continue
            clause = (parsed.sentence.start, parsed.head(head))
            mentions.append(
                _Mention(actor, parsed.words[phrase.start].start, clause, token.label in _SUBJECTS)
            )
            if actor.kind == "person" and " " in actor.text and actor.text.istitle():
                full_names.setdefault(actor.text.rsplit(" ", 1)[-1], actor.text)
    return Discourse(tuple(mentions), full_names)


def _is_said_of(parsed: ParsedSentence, head: int) -> bool:
    """`Karimi was a driver who`: the driver is Karimi, whom `he` means."""
    return bool(parsed.find(head, "cop")) and bool(parsed.find(head, "nsubj"))


def resolve(
    parsed: ParsedSentence, phrase: Phrase, document: str, discourse: Discourse, lexicon: Lexicon
) -> Actor | None:
    """The actor of a phrase: its own, or the one that it refers to; None where it names nobody we know."""
    word = parsed.words[phrase.head].lower
    if word in REFERRING and phrase.end - phrase.start == 1:
        return _name_in_full(_find_antecedent(parsed, phrase.head, word, discourse), discourse)
    actor = code_actor(parsed, phrase, document, lexicon)
    known = _find_state(parsed, phrase, actor, discourse)
    if known is not None:
        return known
    if actor is None:
        return None
    if not actor.name and word in _GROUP_WORDS and parsed.words[phrase.start].lower in ("the", "this"):
        return _find_antecedent(parsed, phrase.head, word, discourse) or actor
    return _name_in_full(actor, discourse)


def _name_in_full(actor: Actor | None, discourse: Discourse) -> Actor | None:
    """`Karimi` is `Omar Karimi`, if the text names him so."""
    if actor is None or actor.kind != "person" or actor.name:
        return actor
    full = discourse.full_names.get(actor.text)
    return replace(actor, text=full) if full else actor


def _find_state(
    parsed: ParsedSentence, phrase: Phrase, actor: Actor | None, discourse: Discourse
) -> Actor | None:
    """Of `the isolated country`, `the North` the state that the text named last before."""
    if actor is not None and actor.name:
        return None
    words = parsed.words[phrase.start : phrase.end]
    last = words[-1].text if words else ""
    if not words or words[0].lower not in ("the", "this"):
        return None
    here = words[0].start
    states = [
        mention.actor for mention in discourse.mentions
        if mention.at < here and mention.actor.kind == "country" and mention.actor.name
    ]  # fmt: skip
    if last.lower() in _STATE_WORDS and last.islower() and phrase.head == phrase.end - 1:
        return states[-1] if states else None
    if last in ("North", "South", "West", "East") and len(words) == 2:
        return next((state for state in reversed(states) if state.name.startswith(f"{last} ")), None)
    return None


def _find_antecedent(parsed: ParsedSentence, at: int, word: str, discourse: Discourse) -> Actor | None:
    here = parsed.words[at].start
    clause = (parsed.sentence.start, parsed.head(at))
    possessive = parsed.tokens[at].tag == "PRP$"
    fitting = [
        mention for mention in discourse.mentions
        if here - _REACH <= mention.at < here
        and (possessive or mention.clause != clause) and _fits(mention.actor, word)
    ]  # fmt: skip
    if not fitting:
        return None
    last = fitting[-1].clause[0]
    nearest = [mention for mention in fitting if mention.clause[0] == last]
    subjects = [mention for mention in nearest if mention.subject]
    return (subjects or nearest)[-1 if last == parsed.sentence.start else 0].actor


def _fits(actor: Actor, word: str) -> bool:
    if word in _PERSONS:
        return actor.kind == "person"
    if word in _PLURALS:
        return actor.kind == "group" or (actor.kind == "organization" and bool(actor.sector))
    if word in _GROUP_WORDS:
        return actor.kind == "organization" and bool(actor.name)
    return actor.kind in ("organization", "country") and bool(actor.name or actor.sector)
