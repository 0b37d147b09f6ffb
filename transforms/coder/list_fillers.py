"""The noun phrases of a document that may fill a role of one of its events: people, organisations, things, weapons."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from transforms.coder.code_actors import code_actor
from transforms.coder.cut_phrases import Cut, cut_phrase
from transforms.coder.lexicon import ActorRow, Lexicon
from transforms.coder.link_names import find_acronyms, link_persons
from transforms.coder.noun_phrases import Phrase
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.word_classes import Tag
from transforms.records import Actor
from transforms.word_lists import word_set

Names = Mapping[str, tuple[str, str]]
"""By a long name or an acronym of the document, in lower case: both as they stand there."""

_NOUNS = ("NN", "CD", "JJ")
_INNER = ("compound", "amod", "nmod:desc")
_ARTICLES = word_set("the a an")
_MOST_FILLERS = 400  # of a document; longer ones are lists


@dataclass(frozen=True, slots=True)
class Filler:
    """A noun phrase that may fill a role."""

    number: int  # of its sentence among the parsed ones
    at: int  # the word that hangs in the tree
    phrase: Phrase
    cut: Cut
    text: str  # without a leading article
    actor: Actor | None
    weapon: str  # the mode of ASSAULT that the weapon points to; "" for what is no weapon
    entity: str  # equal for phrases that mean the same
    is_place: bool = False
    aliases: tuple[str, ...] = ()  # long name and acronym, as the document has them


def fold_names(lexicon: Lexicon) -> dict[str, ActorRow]:
    """Actors by their names of several words in lower case: `Shining path` is one of them, too."""
    return {
        name.lower(): row for name, row in lexicon.actors.items() if " " in name and row.kind != "country"
    }


def list_fillers(
    sentences: Sequence[ParsedSentence],
    document: str,
    lexicon: Lexicon,
    folded: Mapping[str, ActorRow],
    places: Set[str] = frozenset(),
) -> list[Filler]:
    """The candidates in the order of the text; `folded` is of `fold_names`, `places` are the names of places."""
    acronyms = find_acronyms(document)
    names = {long.lower(): (long, short) for short, long in acronyms.items()}
    names |= {short.lower(): (long, short) for short, long in acronyms.items()}
    found: list[Filler] = []
    for number, parsed in enumerate(sentences):
        for at in range(len(parsed.words)):
            found += _list_at(parsed, number, at, document, lexicon, names, folded)
        if len(found) > _MOST_FILLERS:
            break
    found = [_link_acronym(_put_place_right(filler, places), names) for filler in found]
    return _link_persons(found, sentences)


def _list_at(
    parsed: ParsedSentence,
    number: int,
    at: int,
    document: str,
    lexicon: Lexicon,
    names: Names,
    folded: Mapping[str, ActorRow],
) -> list[Filler]:
    def make(phrase: Phrase, cut: Cut) -> Filler:
        return _make(parsed, number, at, phrase, cut, document, lexicon, folded)

    token = parsed.tokens[at]
    if parsed.tags[at] not in (Tag.WORD, Tag.NAME, Tag.NUMBER) or not token.tag.startswith(_NOUNS):
        return []
    if token.label in ("flat", "nummod", "det", "fixed", "goeswith"):
        return []
    if token.label in _INNER:
        inner = _find_inner_name(parsed, at, document, lexicon, names, folded)
        return [] if inner is None else [make(inner, "modifier")]
    phrase = parsed.phrase(at)
    cuts = list(cut_phrase(parsed, phrase, lexicon))
    weapon = _find_weapon(parsed, phrase, lexicon)
    if weapon is not None:
        cuts.append((weapon, "bare"))
    made: dict[str, Filler] = {}
    for part, cut in cuts:
        filler = make(part, cut)
        made.setdefault(f"{filler.text}|{filler.actor.text if filler.actor else ''}", filler)
    return list(made.values())


def _find_inner_name(
    parsed: ParsedSentence,
    at: int,
    document: str,
    lexicon: Lexicon,
    names: Names,
    folded: Mapping[str, ActorRow],
) -> Phrase | None:
    """`FMLN` of `FMLN guerrillas`, `Shining Path` of `five Shining Path members`."""
    start = at
    while (
        start > 0
        and parsed.label(start - 1) in ("compound", "flat", "amod", "nmod:desc")
        and parsed.head(start - 1) in (at, parsed.head(at))
        and parsed.words[start - 1].text[0].isupper()
        and parsed.words[start - 1].text not in lexicon.demonyms
    ):
        start -= 1
    text = parsed.text(start, at + 1, document)
    row = lexicon.actors.get(text) or (folded.get(text.lower()) if text[0].isupper() else None)
    known = row is not None and row.kind != "country"
    if not known and text.lower() not in names:
        acronym = parsed.words[at].text.isupper() and len(text) > 2 and start == at
        if not acronym or row is not None or parsed.tags[at] != Tag.NAME:
            return None
    return Phrase(start, at + 1, at)


def _make(
    parsed: ParsedSentence,
    number: int,
    at: int,
    phrase: Phrase,
    cut: Cut,
    document: str,
    lexicon: Lexicon,
    folded: Mapping[str, ActorRow],
) -> Filler:
    start = phrase.start
    while start < phrase.end - 1 and parsed.words[start].lower in _ARTICLES:
        start += 1
    text = parsed.text(start, phrase.end, document)
    actor = code_actor(parsed, phrase, document, lexicon)
    row = folded.get(text.lower()) if text[0].isupper() else None
    if row is not None and (actor is None or not actor.name):
        actor = Actor(text, row.name, row.kind, row.country, row.sector)
    weapon = _find_weapon(parsed, phrase, lexicon)
    mode = ""
    if weapon is not None:
        words = (word.lower for word in parsed.words[weapon.start : weapon.end])
        mode = lexicon.weapons[" ".join(words)]
    if actor is not None and actor.name:
        entity = actor.name
    elif parsed.tags[phrase.head] == Tag.NAME and actor is not None:
        entity = actor.text
    else:
        entity = parsed.lemma(phrase.head if not mode else at)
    return Filler(number, at, phrase, cut, text, actor, mode, entity.lower())


def _find_weapon(parsed: ParsedSentence, phrase: Phrase, lexicon: Lexicon) -> Phrase | None:
    """The words of a weapon inside a phrase, the longest from the left."""
    for start in range(phrase.start, phrase.end):
        for size in (3, 2, 1):
            words = [word.lower for word in parsed.words[start : start + size]]
            if start + size <= phrase.end and " ".join(words) in lexicon.weapons:
                return Phrase(start, start + size, start + size - 1)
    return None


def _put_place_right(filler: Filler, places: Set[str]) -> Filler:
    """A place that is no state is no person either, and does nothing."""
    actor = filler.actor
    text = actor.text if actor else filler.text
    if text not in places or (actor is not None and (actor.name or actor.kind == "country")):
        return filler
    return replace(filler, is_place=True, actor=replace(actor, kind="property") if actor else None)


def _link_acronym(filler: Filler, names: Names) -> Filler:
    actor = filler.actor
    pair = names.get((actor.text if actor else filler.text).lower()) or names.get(filler.text.lower())
    if pair is None or (actor is not None and actor.kind in ("person", "group") and actor.sector):
        return filler
    coded = replace(actor, kind="organization") if actor else Actor(filler.text, kind="organization")
    entity = filler.entity if actor and actor.name else pair[0].lower()
    return replace(filler, actor=coded, entity=entity, aliases=pair)


def _link_persons(fillers: list[Filler], sentences: Sequence[ParsedSentence]) -> list[Filler]:
    """Short names of persons get the full one as their text."""
    bared = {(filler.number, filler.at) for filler in fillers if filler.cut == "name"}
    named = {
        filler.actor.text for filler in fillers
        if filler.actor and filler.actor.kind == "person" and is_name(filler, sentences[filler.number])
        and (filler.cut == "name" or (filler.number, filler.at) not in bared)
    }  # fmt: skip
    links = link_persons(named)
    linked = []
    for filler in fillers:
        full = links.get(filler.actor.text) if filler.actor and filler.actor.kind == "person" else None
        if full and filler.actor:
            actor = replace(filler.actor, text=full)
            linked.append(replace(filler, actor=actor, entity=full.lower()))
        else:
            linked.append(filler)
    return linked


def is_name(filler: Filler, parsed: ParsedSentence) -> bool:
    """Whether the phrase is led by a name."""
    return parsed.tags[filler.phrase.head] == Tag.NAME


def holds_name(filler: Filler, parsed: ParsedSentence) -> bool:
    """Whether the phrase may be a name: it begins with a capital letter inside a sentence, or a name leads it."""
    return is_name(filler, parsed) or (filler.text[0].isupper() and filler.phrase.start > 0)
