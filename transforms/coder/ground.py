"""Taking and losing ground: whether `advance`, `push` or `seize` tells of an armed force and a place."""

from typing import TYPE_CHECKING

from transforms.coder.code_actors import is_armed
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.word_classes import Tag
from transforms.word_lists import word_set

if TYPE_CHECKING:
    from transforms.coder.candidates import Candidate

GROUND = word_set(
    "town towns city cities village villages area areas territory territories ground field base bases outpost outposts "
    "position positions airport airbase airfield post district districts neighbourhood neighborhood hill hills "
    "road roads highway crossing bridge port oilfield refinery dam checkpoint checkpoints stronghold border capital "
    "province region island islands line lines front headquarters barracks settlement settlements suburb suburbs"
)
"""Words for what is taken, held and lost."""
_WAYS = ("obj", "obl", "nsubj:pass", "nmod", "advmod", "conj")


def takes_ground(parsed: ParsedSentence, candidate: "Candidate") -> bool:
    """Whether an armed force takes or loses a place, or drives another force from it.

    What a relative clause recalls (`the town that it lost last year`) is no event of its own.
    """
    at = candidate.hit.at
    if parsed.label(at) == "acl:relcl" or _looks_relative(parsed, at):
        return False
    forces = any(map(is_armed, candidate.actors)), any(map(is_armed, candidate.recipients))
    police = bool(candidate.actors) and all(actor.sector == "COP" for actor in candidate.actors)
    return all(forces) or (any(forces) and _names_ground(parsed, at, named=not police))


def _looks_relative(parsed: ParsedSentence, at: int) -> bool:
    """`that it lost to them`, whatever the parse hangs it on: `that`, a pronoun and no object."""
    that = [
        child
        for child in parsed.children[at]
        if child < at and parsed.words[child].lower in ("that", "which")
    ]
    subjects = [parsed.words[child].lower for child in parsed.find(at, "nsubj")]
    return bool(that) and bool({"it", "they"}.intersection(subjects)) and not parsed.find(at, "obj")


def _names_ground(parsed: ParsedSentence, at: int, *, named: bool) -> bool:
    """`named`: whether any name will do (`seized Homs`); police seize cars and guns of all names."""
    for child in parsed.find(at, *_WAYS):
        below = [child, *parsed.find(child, "nmod", "conj")]
        if any(parsed.words[i].lower in GROUND or (named and parsed.tags[i] == Tag.NAME) for i in below):
            return True
    pronoun = [child for child in parsed.find(at, "obj") if parsed.words[child].lower in ("it", "them")]
    return bool(pronoun)
