"""The ways to cut a noun phrase: a text calls the same people `two alleged rebels of the North` and `rebels`."""

from collections.abc import Iterator
from typing import Literal

from transforms.coder.code_actors import NAME_PARTICLES, TITLES
from transforms.coder.lexicon import Lexicon
from transforms.coder.noun_phrases import Phrase
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.word_classes import Tag
from transforms.word_lists import word_set

Cut = Literal["full", "bare", "plain", "core", "name", "modifier"]
"""The whole phrase; without what `of` joins to it, or a weapon's words; without numbers and doubt; without names and
peoples before the noun; a person's name alone; a name before a noun."""

_UNCOUNTED = word_set(
    "the a an at least most up to more fewer less than over about around nearly almost under roughly some several "
    "many few various other others another such these those this that two-dozen dozens alleged allegedly suspected "
    "presumed presumably apparent so-called self-styled self-proclaimed purported supposed reputed certain possible "
    "approximately both all his her its their our my your same"
)


def cut_phrase(parsed: ParsedSentence, phrase: Phrase, lexicon: Lexicon) -> Iterator[tuple[Phrase, Cut]]:
    """The phrase and its shorter forms, longest first; `phrase` must be led by a noun."""
    yield phrase, "full"
    short = phrase
    of = next((i for i in range(phrase.head + 1, phrase.end) if parsed.words[i].lower == "of"), 0)
    if of:
        while parsed.tags[of - 1] == Tag.MARK and of - 1 > phrase.head:
            of -= 1  # "Ana Ruiz, of Quito"
        short = Phrase(phrase.start, of, phrase.head)
        yield short, "bare"
    plain = _start_plain(parsed, short)
    if plain > short.start:
        yield Phrase(plain, short.end, short.head), "plain"
        if of:
            yield Phrase(plain, phrase.end, phrase.head), "plain"
    if parsed.tags[short.head] == Tag.NAME:
        first = _start_name(parsed, short, lexicon)
        if first > short.start:
            yield Phrase(first, short.end, short.head), "name"
        return
    core = _start_core(parsed, short)
    if core > plain:
        yield Phrase(core, short.end, short.head), "core"


def _start_plain(parsed: ParsedSentence, phrase: Phrase) -> int:
    """Where numbers, determiners and words of doubt end."""
    start = phrase.start
    while start < phrase.head and (
        parsed.words[start].lower in _UNCOUNTED or parsed.tags[start] in (Tag.NUMBER, Tag.DETERMINER)
    ):
        start += 1
    return start


def _start_core(parsed: ParsedSentence, phrase: Phrase) -> int:
    """Behind the last capitalised word before the noun: `FMLN | urban guerrillas`."""
    start = phrase.head
    while start > phrase.start and not parsed.words[start - 1].text[0].isupper():
        start -= 1
    return start if start > phrase.start else phrase.start


def _start_name(parsed: ParsedSentence, phrase: Phrase, lexicon: Lexicon) -> int:
    """Where the name of a person begins: `Salvadoran President | Ana Ruiz`, `30-year-old | Ana Ruiz`."""
    start = phrase.head
    while start > phrase.start:
        word = parsed.words[start - 1]
        if word.text == "." and start - 1 > phrase.start and len(parsed.words[start - 2].text) == 1:
            start -= 2
            continue
        part = word.lower in NAME_PARTICLES and start - 1 > phrase.start
        named = word.text[0].isupper() and word.text not in lexicon.demonyms
        titled = word.lower in TITLES or word.lower in lexicon.agents
        if not part and (not named or titled):
            break
        start -= 1
    return start
