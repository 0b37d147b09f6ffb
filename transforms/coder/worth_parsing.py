"""A look before parsing: whether a sentence may tell of an event, by its words alone."""

import re
from collections.abc import Sequence

from transforms.coder.code_actors import POLITICAL_SECTORS
from transforms.coder.find_events import COUNTED_WORDS, hold_words
from transforms.coder.lexicon import Lexicon
from transforms.coder.resolve_references import REFERRING, STANDING_FOR_NAMES
from transforms.coder.sentences import Sentence

MOST_SENTENCE_CHARACTERS = 3_000  # longer ones are lists or tables
_ALWAYS = COUNTED_WORDS | {"incident", "strike", "strikes", "struck", "striking"}  # workers strike unarmed
_WORDS = re.compile(r"[a-z][a-z'-]*")
_CUT_OFF = ("n't", "'s", "'re")  # of "won't": the grammar reads them as words of their own
_NAME_STARTS = re.compile(r"\w+")
_REACH = 3  # sentences
_POINTING = REFERRING | STANDING_FOR_NAMES | {"who", "which", "i", "we"}


def choose_sentences(sentences: Sequence[Sentence], lexicon: Lexicon, violent: bool) -> list[Sentence]:
    """The sentences that may tell of an event, and the one before those that refer back; no overlong ones.

    `violent` is whether the document speaks of violence.
    """
    words = [tuple(_WORDS.findall(sentence.text.lower())) for sentence in sentences]
    named = [_names_party(s.text, held, lexicon) for s, held in zip(sentences, words, strict=True)]
    worth: list[Sentence] = []
    for number, sentence in enumerate(sentences):
        points = not _POINTING.isdisjoint(words[number]) and any(named[max(0, number - _REACH) : number])
        if len(sentence.text) > MOST_SENTENCE_CHARACTERS or not may_tell(
            words[number], named[number] or points, lexicon, violent
        ):
            continue
        before = sentences[number - 1] if number else None
        refers = not REFERRING.isdisjoint(words[number][:12]) or not STANDING_FOR_NAMES.isdisjoint(
            words[number]
        )
        if before and before not in worth and refers:
            worth.append(before)
        worth.append(sentence)
    return worth


def may_tell(words: tuple[str, ...], party: bool, lexicon: Lexicon, violent: bool) -> bool:
    """Whether a sentence holds all words of a trigger, in any order, and something that its guard may ask for.

    `words` are its words in lower case; `party` is whether it names somebody with a say or in arms, or points to
    somebody named before; `violent` is whether the document speaks of violence.
    """
    held = hold_words((*words, *_CUT_OFF))
    if not _ALWAYS.isdisjoint(held):
        return True
    asked = {
        form.row.needs
        for word in held
        for form in lexicon.triggers.get(word, ())
        if held.issuperset(form.words)
    }
    if asked - {"political", "armed", "weapon"} or (party and asked):
        return True
    armed = not lexicon.weapons.keys().isdisjoint(held)
    return (armed and bool(asked)) or (violent and "armed" in asked)


def _names_party(text: str, words: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether it names an actor or a people, or has a word for those with a say or in arms."""
    agents = (lexicon.agents[word].row for word in words if word in lexicon.agents)
    if any(agent.armed or agent.sector in POLITICAL_SECTORS for agent in agents):
        return True
    text = text.replace("’", "'")
    return any(
        text.startswith(name, word.start())
        for word in _NAME_STARTS.finditer(text)
        for name in lexicon.names.get(word[0], ())
    )
