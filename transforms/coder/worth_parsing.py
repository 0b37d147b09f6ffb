"""A look before parsing: whether a sentence may tell of an event, by its words alone."""

import re
from collections.abc import Iterable, Sequence

from transforms.coder.code_actors import POLITICAL_SECTORS
from transforms.coder.find_events import COUNTED_WORDS
from transforms.coder.lexicon import Lexicon
from transforms.coder.resolve_references import REFERRING, STANDING_FOR_NAMES
from transforms.coder.sentences import Sentence
from transforms.coder.tree_phrases import ACTS

MOST_SENTENCE_CHARACTERS = 3_000  # longer ones are lists or tables
_ALWAYS = COUNTED_WORDS | {"incident", "strike", "strikes", "struck", "striking"}  # workers strike unarmed
_WORDS = re.compile(r"[a-z][a-z'-]*")
_CUT_OFF = ("n't", "'s", "'re")  # of "won't": the grammar reads them as words of their own
_NAMES = re.compile(r"[A-Z][\w.'-]*")
_POINTING = REFERRING | STANDING_FOR_NAMES | {"who", "which", "i", "we"}


def choose_sentences(sentences: Sequence[Sentence], lexicon: Lexicon, violent: bool) -> list[Sentence]:
    """The sentences that may tell of an event, and the one before those that refer back; no overlong ones.

    `violent` is whether the document speaks of violence.
    """
    worth: list[Sentence] = []
    for number, sentence in enumerate(sentences):
        words = tuple(_WORDS.findall(sentence.text.lower()))
        if len(sentence.text) > MOST_SENTENCE_CHARACTERS or not may_tell(
            sentence.text, words, lexicon, violent
        ):
            continue
        before = sentences[number - 1] if number else None
        refers = not REFERRING.isdisjoint(words[:12]) or not STANDING_FOR_NAMES.isdisjoint(words)
        if before and before not in worth and refers:
            worth.append(before)
        worth.append(sentence)
    return worth


def may_tell(text: str, words: tuple[str, ...], lexicon: Lexicon, violent: bool) -> bool:
    """Whether a sentence holds all words of a trigger, in any order, and something that its guard may ask for.

    `words` are those of `text` in lower case; `violent` is whether the document speaks of violence.
    """
    held = {*words, *_CUT_OFF}
    if not _ALWAYS.isdisjoint(held):
        return True
    held |= {word[:-1] for word in words if word[-1] == "s"}  # `shipped out peacekeepers`
    held |= {word[:-3] + "y" for word in words if word[-3:] == "ies"}
    held |= {word[:-3] for word in words if word.endswith("ing")}
    held |= {ACTS[word] for word in words if word in ACTS}  # `the withdrawal of troops`
    asked = {
        form.row.needs
        for word in held
        for form in lexicon.triggers.get(word, ())
        if held.issuperset(form.words)
    }
    if not asked:
        return False
    if asked - {"political", "armed"} or not _POINTING.isdisjoint(held) or _names_known(text, lexicon):
        return True
    if "armed" in asked and (violent or not lexicon.weapons.keys().isdisjoint(held)):
        return True
    agents = [lexicon.agents[word].row for word in words if word in lexicon.agents]
    return any(
        agent.armed or ("political" in asked and agent.sector in POLITICAL_SECTORS) for agent in agents
    )


def _names_known(text: str, lexicon: Lexicon) -> bool:
    """Whether a capitalised word begins the name of an actor, or is that of a people."""
    names: Iterable[str] = (name.partition("'")[0].rstrip(".") for name in _NAMES.findall(text))
    return any(
        name in lexicon.actor_starts or name in lexicon.demonyms or name + "." in lexicon.actor_starts
        for name in names
    )
