"""The other side of what is said or settled, where the trigger's own slots hold a thing and no party to it.

Of `turned down an offer from Malaysia`, `approved a loan for Nepal` and `threatened to impose tariffs on Peru` it is
Malaysia, Nepal and Peru; `Indian and French warships` and `officials from Chad and Niger` are two sides.
"""

from collections.abc import Callable
from dataclasses import replace

from transforms.coder.clauses import expand, find_case, find_obliques
from transforms.coder.code_actors import is_human
from transforms.coder.find_events import Hit
from transforms.coder.lexicon import Lexicon
from transforms.coder.noun_phrases import Phrase
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.word_classes import Tag
from transforms.records import Actor
from transforms.word_lists import word_set

Code = Callable[[Phrase], Actor | None]
"""How a noun phrase is coded."""

_WITH_PARTIES = word_set(
    "AGREE CONSULT SUPPORT CONCEDE COOPERATE REQUEST ACCUSE REJECT THREATEN SANCTION AID"
)
_SHARED = word_set("CONSULT COOPERATE SUPPORT AGREE")
_LEADING = ("with", "from", "to", "against", "for", "of", "between", "by")


def is_party(actor: Actor) -> bool:
    """Whether an actor is someone who can be dealt with, and not a thing or a bare act."""
    return is_human(actor) or bool(actor.country or actor.name or actor.sector)


def find_other_side(
    parsed: ParsedSentence,
    hit: Hit,
    actors: tuple[Actor, ...],
    recipients: tuple[Actor, ...],
    heads: list[int],
    code: Code,
) -> tuple[Actor, ...]:
    """The recipients of a trigger, or the parties that words behind them name where they are things only.

    `heads` are the words that hold the recipients; `code` turns a noun phrase into an actor.
    """
    if hit.row.type not in _WITH_PARTIES or any(map(is_party, recipients)):
        return recipients
    own = [at for at in hit.own if at != hit.at]
    for at in dict.fromkeys((*heads, *own, hit.at)):
        for head in _list_near(parsed, at):
            actor = code(parsed.phrase(head))
            if actor is not None and is_party(actor) and actor not in actors:
                return (actor,)
    return recipients


def _list_near(parsed: ParsedSentence, at: int) -> list[int]:
    """The nouns that hang on a word by a preposition, one below another, or stand before it as owners."""
    led = _list_led(parsed, at)
    found = [head for wanted in _LEADING for preposition, head in led if preposition == wanted]
    owners = [] if parsed.is_verb(at) else parsed.find(at, "nmod:poss")
    named = [] if parsed.is_verb(at) else parsed.find(at, "compound", "amod")
    found += [owner for owner in owners if parsed.tokens[owner].tag != "PRP$"]
    found += [name for name in named if parsed.words[name].text[0].isupper()]
    return [head for head in dict.fromkeys(found) if parsed.tags[head] != Tag.TIME]


def _list_led(parsed: ParsedSentence, at: int) -> list[tuple[str, int]]:
    """The nouns that hang on a word by a preposition, one below another, each with its preposition."""
    led: list[tuple[str, int]] = []
    for preposition in _LEADING:
        for head in find_obliques(parsed, at, (preposition,)):
            led += [(preposition, head), *_list_led(parsed, head)]
    return led


def split_sides(
    parsed: ParsedSentence, hit: Hit, actors: tuple[Actor, ...], phrases: tuple[Phrase, ...], lexicon: Lexicon
) -> tuple[Actor, ...]:
    """The second country that a single actor is of: `Indian and French warships`, `the ministers of Chad and Niger`.

    () where there is none, or where the act is not one of two sides.
    """
    if hit.row.type not in _SHARED or len(actors) != 1 or len(phrases) != 1:
        return ()
    top = phrases[0].head
    sides = [
        country
        for child in parsed.find(top, "amod", "compound", "nmod")
        if parsed.label(child) != "nmod" or find_case(parsed, child) in ("of", "from")
        for at in sorted(expand(parsed, child))
        if (country := _name_country(parsed, at, lexicon)) is not None
    ]
    return tuple(side for side in sides[1:] if side.country != sides[0].country)


def _name_country(parsed: ParsedSentence, at: int, lexicon: Lexicon) -> Actor | None:
    phrase = parsed.phrase(at)
    text = " ".join(word.text for word in parsed.words[phrase.start : phrase.end])
    text = text.removeprefix("the ")
    country = lexicon.countries.get(text) or lexicon.demonyms.get(text)
    if country is None:
        return None
    return Actor(text, lexicon.country_names.get(country, ""), "country", country, "GOV")


def name_origin(actor: Actor, parsed: ParsedSentence, phrase: Phrase, lexicon: Lexicon) -> Actor:
    """The actor with the country that it comes from: `officials from Japan`, `the ministers of Chad`."""
    if actor.country or actor.name or actor.kind == "property":
        return actor
    for child in parsed.find(phrase.head, "nmod"):
        if find_case(parsed, child) in ("of", "from"):
            side = _name_country(parsed, child, lexicon)
            if side is not None:
                return replace(actor, country=side.country)
    return actor
