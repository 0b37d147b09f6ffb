"""Two looks before parsing: whether a sentence may tell of an event, by its words alone and then by their tags."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from transforms.coder.casualty_cues import DEATH_NOUNS, INJURY_NOUNS
from transforms.coder.clauses import SAYING
from transforms.coder.code_actors import ARMED_SECTORS, CRAFT, POLITICAL_SECTORS, RANKS
from transforms.coder.find_events import COUNTED_WORDS, hold_words
from transforms.coder.grammar import Tagged
from transforms.coder.guards import CELLS, HELD, WISHES
from transforms.coder.inflect import inflect_verb, opens_with_adverb
from transforms.coder.lexicon import Lexicon, TriggerForm, TriggerRow
from transforms.coder.resolve_references import REFERRING, STANDING_FOR_NAMES, THINGS
from transforms.coder.sentences import Sentence
from transforms.coder.tree_phrases import ACTS, PARTICLES

MOST_SENTENCE_CHARACTERS = 3_000  # longer ones are lists or tables
_ALWAYS = COUNTED_WORDS | {"toll", "incident", "strike", "strikes", "struck", "striking"}
"""Counts of dead and hurt, and what workers do unarmed."""
_HARM = DEATH_NOUNS | INJURY_NOUNS | {"casualty", "casualties", "toll", "life", "lives", "hospital", "clinic"}
_WORDS = re.compile(r"[a-z][a-z'-]*")
_CUT_OFF = ("n't", "'s", "'re")  # of "won't": the grammar reads them as words of their own
_NAME_STARTS = re.compile(r"\w+")
_REACH = 3  # sentences
_FAR = 14  # words
_POINTING = REFERRING | STANDING_FOR_NAMES | {"who", "which", "i", "we"}
_SPEAKING = frozenset(form for verb in SAYING for form in inflect_verb(verb).values()) | {
    "said",
    "told",
    "wrote",
}
_FINITE = ("VB", "VBD", "VBP", "VBZ")  # participles may stand as nouns


@dataclass(frozen=True, slots=True)
class Prospect:
    """A sentence that may tell of an event by its words."""

    sentence: Sentence
    words: tuple[str, ...]  # in lower case
    party: bool  # it names somebody with a say or in arms, or points to somebody named before
    arms: bool  # the same of those in arms
    before: Sentence | None  # the one that its pronouns may point to

    @property
    def read(self) -> tuple[Sentence, ...]:
        """What must be parsed for it, in the order of the text."""
        return (self.before, self.sentence) if self.before else (self.sentence,)


def find_prospects(sentences: Sequence[Sentence], lexicon: Lexicon, violent: bool) -> list[Prospect]:
    """The sentences that may tell of an event, no overlong ones; `violent`: the document speaks of violence."""
    words = [tuple(_WORDS.findall(sentence.text.lower())) for sentence in sentences]
    named = [_list_sectors(s.text, held, lexicon) for s, held in zip(sentences, words, strict=True)]
    found: list[Prospect] = []
    for number, sentence in enumerate(sentences):
        pointing = not _POINTING.isdisjoint(words[number])
        sectors = named[number].union(*named[max(0, number - _REACH) : number] if pointing else ())
        refers = number > 0 and _refer(words[number], sentences[number - 1].text, words[number - 1], lexicon)
        before = sentences[number - 1] if refers else None
        armed = not ARMED_SECTORS.isdisjoint(sectors)
        prospect = Prospect(sentence, words[number], bool(sectors), armed, before)
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
    arms = prospect.arms or violent or not lexicon.weapons.keys().isdisjoint(held)
    return any(
        _may_be_met(form.row, prospect, held, arms) and _may_stand(form, prospect.words, readings)
        for word in held
        for form in lexicon.triggers.get(word, ())
        if held.issuperset(form.words)
    )


def _may_be_met(row: TriggerRow, prospect: Prospect, held: set[str], arms: bool) -> bool:
    """Whether the words leave open that a row's guard lets it pass, see `guards.passes`."""
    if row.needs == "political":
        spoken = row.frame is None or row.frame.actor != ("speaker",) or not _SPEAKING.isdisjoint(held)
        return prospect.party and spoken
    if row.needs == "territory":
        return prospect.arms
    if row.needs in ("armed", "weapon"):
        return arms or (prospect.party and (row.mode in ("battle", "destroy") or not _HARM.isdisjoint(held)))
    if row.needs == "human" and row.type == "RETREAT":
        return arms or prospect.party or any(word.startswith(HELD) or word in CELLS for word in held)
    return True


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
        # a slice: some letters are longer in lower case, so that an index may lie behind the end
        month = word[0] == "march" and text[word.start() : word.start() + 1] == "M"
        if not tags or not (tags.issubset(_FINITE) or month):
            others.add(word[0])
        acts |= {ACTS.get(word[0], ""), word[0][:-3] if word[0].endswith("ing") else ""}
    return _Readings(frozenset(verbs), frozenset(acts), frozenset(others))


def _may_stand(form: TriggerForm, words: tuple[str, ...], readings: _Readings | None) -> bool:
    if form.row.pos == "verb":
        lead = form.words[opens_with_adverb(form.words)]
        if lead in words and not _may_follow(form, lead, words):
            return False
        return readings is None or lead in readings.verbs or (len(form.words) > 1 and lead in readings.acts)
    size = len(form.words)
    together = size == 1 or any(words[at : at + size] == form.words for at in range(len(words) - size + 1))
    return together and (readings is None or form.row.pos == "phrase" or form.words[-1] in readings.others)


def _may_follow(form: TriggerForm, lead: str, words: tuple[str, ...]) -> bool:
    """Whether the small words of a verb stand behind it somewhere, and not far: `gave in`, `told Syria to`."""
    small = [word for word in form.words if word in PARTICLES and word != lead]
    wish = form.row.phrase in WISHES
    if not small and not wish:
        return True
    behind = [words[at + 1 : at + _FAR] for at, word in enumerate(words) if word == lead]
    # "wants to leave" wishes nothing of others
    return any(
        all(word in after for word in small) and not (wish and "to" not in after[1:]) for after in behind
    )


def _refer(words: tuple[str, ...], text: str, before: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether words may point to somebody in the sentence `before`, which reads `text`.

    `it` means a body, `he` and `they` whoever is named.
    """
    pronouns = REFERRING.intersection(words[:12])
    if not pronouns and STANDING_FOR_NAMES.isdisjoint(words):
        return False
    if not lexicon.agents.keys().isdisjoint(before) or any(_list_names(text, lexicon)):
        return True
    return not pronouns.issubset(THINGS) and any(letter.isupper() for letter in text[1:])


def _list_names(text: str, lexicon: Lexicon) -> Iterator[str]:
    """Actors and peoples of the tables that a text names."""
    text = text.replace("’", "'")
    for word in _NAME_STARTS.finditer(text):
        yield from (name for name in lexicon.names.get(word[0], ()) if text.startswith(name, word.start()))


def _list_sectors(text: str, words: tuple[str, ...], lexicon: Lexicon) -> set[str]:
    """Sectors of those with a say or in arms whom a sentence names; "" for others of the table and for peoples."""
    pairs, triples = pairwise(words), zip(words, words[1:], words[2:], strict=False)
    told = (*words, *map(" ".join, pairs), *map(" ".join, triples))
    agents = (lexicon.agents[phrase].row for phrase in told if phrase in lexicon.agents)
    sectors = {"UAF" if agent.armed else agent.sector for agent in agents}
    sectors &= ARMED_SECTORS | POLITICAL_SECTORS
    if not (CRAFT | RANKS).isdisjoint(words):
        sectors.add("UAF")
    for name in _list_names(text, lexicon):
        # whatever a name may stand for in some text or at some time
        rows = (*lexicon.actor_rows.get(name, ()), *lexicon.guarded.get(name, ()), lexicon.actors.get(name))
        sectors.update(row.sector if row else "" for row in rows)
    return sectors
