"""Two looks before parsing: whether a sentence may tell of an event, by its words alone and then by their tags."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from transforms.coder.code_actors import POLITICAL_SECTORS
from transforms.coder.find_events import COUNTED_WORDS, hold_words
from transforms.coder.grammar import Tagged
from transforms.coder.inflect import opens_with_adverb
from transforms.coder.lexicon import Lexicon, TriggerForm
from transforms.coder.resolve_references import REFERRING, STANDING_FOR_NAMES
from transforms.coder.sentences import Sentence
from transforms.coder.tree_phrases import ACTS

MOST_SENTENCE_CHARACTERS = 3_000  # longer ones are lists or tables
_ALWAYS = COUNTED_WORDS | {"incident", "strike", "strikes", "struck", "striking"}
"""Counts of dead and hurt, and what workers do unarmed."""
_WORDS = re.compile(r"[a-z][a-z'-]*")
_CUT_OFF = ("n't", "'s", "'re")  # of "won't": the grammar reads them as words of their own
_NAME_STARTS = re.compile(r"\w+")
_REACH = 3  # sentences
_POINTING = REFERRING | STANDING_FOR_NAMES | {"who", "which", "i", "we"}
_FINITE = ("VB", "VBD", "VBP", "VBZ")  # participles may stand as nouns


@dataclass(frozen=True, slots=True)
class Prospect:
    """A sentence that may tell of an event by its words."""

    sentence: Sentence
    words: tuple[str, ...]  # in lower case
    party: bool  # it names somebody with a say or in arms, or points to somebody named before
    before: Sentence | None  # the one that its pronouns may point to

    @property
    def read(self) -> tuple[Sentence, ...]:
        """What must be parsed for it, in the order of the text."""
        return (self.before, self.sentence) if self.before else (self.sentence,)


def find_prospects(sentences: Sequence[Sentence], lexicon: Lexicon, violent: bool) -> list[Prospect]:
    """The sentences that may tell of an event, no overlong ones; `violent`: the document speaks of violence."""
    words = [tuple(_WORDS.findall(sentence.text.lower())) for sentence in sentences]
    named = [_names_party(s.text, held, lexicon) for s, held in zip(sentences, words, strict=True)]
    found: list[Prospect] = []
    for number, sentence in enumerate(sentences):
        points = not _POINTING.isdisjoint(words[number]) and any(named[max(0, number - _REACH) : number])
        refers = not (
            REFERRING.isdisjoint(words[number][:12]) and STANDING_FOR_NAMES.isdisjoint(words[number])
        )
        before = sentences[number - 1] if number and refers else None
        prospect = Prospect(sentence, words[number], named[number] or points, before)
        if len(sentence.text) <= MOST_SENTENCE_CHARACTERS and may_tell(prospect, lexicon, violent):
            found.append(prospect)
    return found


def may_tell(prospect: Prospect, lexicon: Lexicon, violent: bool, tagged: Tagged | None = None) -> bool:
    """Whether a sentence holds all words of a trigger, and something that its guard may ask for.

    A verb's words may stand in any order, others side by side; where the sentence is `tagged`, verbs must be tagged as
    verbs, and nouns not as finite ones.
    """
    held = hold_words((*prospect.words, *_CUT_OFF))
    if not _ALWAYS.isdisjoint(held):
        return True
    readings = _read_tags(prospect.sentence.text, tagged) if tagged else None
    asked = {
        form.row.needs
        for word in held
        for form in lexicon.triggers.get(word, ())
        if held.issuperset(form.words) and _may_stand(form, prospect.words, readings)
    }
    if asked - {"political", "armed", "weapon"} or (prospect.party and asked):
        return True
    armed = not lexicon.weapons.keys().isdisjoint(held)
    return (armed and bool(asked)) or (violent and "armed" in asked)


@dataclass(frozen=True, slots=True)
class _Readings:
    """Lower-case words of a sentence by how they are tagged."""

    verbs: frozenset[str]
    acts: frozenset[str]  # verbs of which nouns are made: `withdraw` of `withdrawal`
    others: frozenset[str]  # no finite verbs


def _read_tags(text: str, tagged: Tagged) -> _Readings:
    verbs, acts, others = set(), set(), set()
    starts = {start: tag for start, _, tag in tagged.tags}
    for word in _WORDS.finditer(text.lower()):
        tags = {starts[at] for at in range(*word.span()) if at in starts}  # several for `re-opened`
        if not tags or any(tag.startswith("VB") for tag in tags):
            verbs.add(word[0])
        if not tags.issubset(_FINITE) or not tags:
            others.add(word[0])
        acts |= {ACTS.get(word[0], ""), word[0][:-3] if word[0].endswith("ing") else ""}
    return _Readings(frozenset(verbs), frozenset(acts), frozenset(others))


def _may_stand(form: TriggerForm, words: tuple[str, ...], readings: _Readings | None) -> bool:
    if form.row.pos == "verb":
        lead = form.words[opens_with_adverb(form.words)]
        return readings is None or lead in readings.verbs or (len(form.words) > 1 and lead in readings.acts)
    size = len(form.words)
    together = size == 1 or any(words[at : at + size] == form.words for at in range(len(words) - size + 1))
    return together and (readings is None or form.row.pos == "phrase" or form.words[-1] in readings.others)


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
