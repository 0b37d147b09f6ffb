"""The words of death and injury of a sentence, and on whom the grammar says that it fell."""

from dataclasses import dataclass
from typing import Literal

from transforms.coder.clauses import (
    expand,
    find_case,
    find_objects,
    find_obliques,
    find_patients,
    find_subjects,
    is_passive,
)
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.quantities import HURT_WORDS, KILL_WORDS
from transforms.word_lists import word_set

Kind = Literal["killed", "injured", "casualties"]


@dataclass(frozen=True, slots=True)
class Cue:
    """A word of death or injury at word `at`; `victims` are the nouns that it befell, none if the tree is silent."""

    at: int
    kind: Kind
    victims: tuple[int, ...]
    nobody: bool = False  # "no casualties", "no deaths"
    total: bool = False  # "the death toll": holds all that others count
    weak: bool = False  # "taken to hospital": counts only where nothing else says how many were hurt
    shut: bool = False  # speaks of a part ("three of the dead") or of nobody in particular: binds nothing


DEATH_NOUNS = word_set(
    "death deaths fatality fatalities killing killings murder murders assassination assassinations execution "
    "executions slaying slayings beheading beheadings lynching lynchings massacre massacres slaughter"
)
INJURY_NOUNS = word_set("injury injuries wounds wound burns")
_STATES = word_set("dead wounded injured hurt killed slain unhurt")
_HARMED = KILL_WORDS | HURT_WORDS
_LOSING = word_set("lose claim take cost end")
_TREATING = word_set(
    "treat hospitalise hospitalize admit rush take evacuate transfer transport carry airlift"
)
_UNREAL = word_set("could would might may will shall can should must")
_PLANNING = word_set(
    "threaten plan vow pledge want intend try attempt plot conspire hope order fail swear promise prepare aim seek "
    "warn ask wish decide urge encourage call"
)
_DYING = word_set("die succumb perish")


def find_cues(parsed: ParsedSentence) -> list[Cue]:
    """Every word of death or injury that stands for something real, in the order of the text."""
    cues = []
    for at, word in enumerate(parsed.words):
        kind = _find_kind(parsed, at, word.lower)
        if kind is None or _is_unreal(parsed, at):
            continue
        cues.append(_make_cue(parsed, at, word.lower, kind))
    return cues


def _find_kind(parsed: ParsedSentence, at: int, word: str) -> Kind | None:
    above = parsed.lemma(parsed.head(at))
    if word in ("casualties", "casualty"):
        return "casualties"
    if word == "toll":
        return "killed"
    if word in ("lives", "life"):
        lost = above in _LOSING or (parsed.label(at) == "nsubj:pass" and above in _LOSING)
        return "killed" if lost else None
    if word in DEATH_NOUNS or word in KILL_WORDS:
        counting = word != "death" or parsed.words[min(at + 1, len(parsed.words) - 1)].lower != "toll"
        return "killed" if counting else None
    if word in HURT_WORDS or word in INJURY_NOUNS:
        return None if above in _DYING and parsed.label(at).startswith("obl") else "injured"
    if parsed.is_verb(at) and parsed.lemma(at) in _TREATING:
        places = [parsed.lemma(c) for c in parsed.find(at, "obl", "nmod", "xcomp")]
        return (
            "injured" if any(p in ("hospital", "clinic", "injury", "wound", "burn") for p in places) else None
        )
    return None


def _is_unreal(parsed: ParsedSentence, at: int) -> bool:
    """`was not killed`, `could kill`, `threatened to kill`, `without hurting anyone`."""
    bearers = [at]
    if parsed.label(at) in ("xcomp", "advmod", "obl") and parsed.is_verb(parsed.head(at)):
        bearers.append(parsed.head(at))  # "did not leave anyone dead"
    for bearer in bearers:
        small = {parsed.words[c].lower for c in parsed.find(bearer, "advmod", "aux", "mark", "case", "neg")}
        if small & {"not", "n't", "never", "without", "cannot"} or small & _UNREAL:
            return True
        planned = parsed.label(bearer) in ("xcomp", "ccomp", "acl") and "to" in small
        if planned and parsed.lemma(parsed.head(bearer)) in _PLANNING:
            return True
    return False


def _make_cue(parsed: ParsedSentence, at: int, word: str, kind: Kind) -> Cue:
    if word == "toll":
        return Cue(at, kind, (), total=True)
    nouns = word in DEATH_NOUNS or word in INJURY_NOUNS or kind == "casualties"
    if nouns and not (parsed.is_verb(at) and parsed.find(at, "obj")):
        if _has_no(parsed, at):
            return Cue(at, kind, (), nobody=True)
        if word != "death" or find_case(parsed, at) != "to":
            return Cue(
                at, kind, tuple(_find_nouns_victims(parsed, at)), shut=word in ("killing", "wound", "burns")
            )
    if word in ("lives", "life"):
        return Cue(at, kind, tuple(_find_losers(parsed, at)))
    if kind == "injured" and parsed.is_verb(at) and word not in HURT_WORDS:
        return Cue(at, kind, tuple(find_patients(parsed, at)), weak=True)
    before = [w.lower for w in parsed.words[max(0, at - 2) : at]]
    if word in _STATES and (before[-1:] == ["the"] or "those" in before):
        return Cue(at, kind, (), shut=True)  # "three of the dead", "among those killed"
    return Cue(at, kind, tuple(_find_victims(parsed, at, word)))


def _has_no(parsed: ParsedSentence, at: int) -> bool:
    """`no injuries`, `no deaths or injuries`."""
    if any(parsed.words[c].lower == "no" for c in parsed.find(at, "det", "advmod", "amod")):
        return True
    return parsed.label(at) == "conj" and parsed.head(at) != at and _has_no(parsed, parsed.head(at))


def _find_nouns_victims(parsed: ParsedSentence, at: int) -> list[int]:
    """`the deaths of 19 villagers`, `his death`, `suffered injuries`, `people with gunshot wounds`."""
    of = find_obliques(parsed, at, ("of", "to", "among"))
    if parsed.lemma(at) in ("massacre", "slaughter"):
        return [noun for noun in of if parsed.tokens[noun].tag == "NNS"]  # not "the massacre of Oradour"
    if of:
        return of
    owners = parsed.find(at, "nmod:poss")
    if owners:
        return owners
    above = parsed.head(at)
    if above != at and parsed.is_verb(above) and parsed.label(at) in ("obj", "obl"):
        if parsed.lemma(above) in ("suffer", "sustain", "receive", "incur", "have"):
            return find_subjects(parsed, above)
        if parsed.lemma(above) == "treat":
            return find_patients(parsed, above)
    return []


def _find_losers(parsed: ParsedSentence, at: int) -> list[int]:
    """`six people lost their lives`, `claimed the lives of six people`."""
    of = find_obliques(parsed, at, ("of",))
    if of or parsed.lemma(parsed.head(at)) != "lose":
        return of
    return find_subjects(parsed, parsed.head(at)) if parsed.label(at) == "obj" else []


def _find_victims(parsed: ParsedSentence, at: int, word: str) -> list[int]:
    label, above = parsed.label(at), parsed.head(at)
    loose = (
        ("advmod", "xcomp", "dep")
        if parsed.is_verb(at)
        else ("advmod", "xcomp", "dep", "obl", "advcl", "acl")
    )
    if word == "death" or (word in _STATES and label in loose):
        if not parsed.is_verb(above):
            return expand(parsed, above) if above != at else []
        own = parsed.find(at, "nsubj", "nsubj:pass")
        return own or (find_patients(parsed, above) or find_objects(parsed, above))
    if label == "amod":
        while at > above and parsed.label(above) == "conj" and not parsed.is_verb(parsed.head(above)):
            above = parsed.head(above)  # "left two guards and a driver dead"
        return expand(parsed, above)
    if not parsed.is_verb(at):
        own = parsed.find(at, "nsubj", "nsubj:pass")
        return [one for subject in own for one in expand(parsed, subject)]
    if parsed.lemma(at) in _DYING:
        return find_subjects(parsed, at)
    victims = find_patients(parsed, at)
    # of a list the grammar sometimes makes several objects, or hangs what follows a place on the verb
    more = parsed.find(at, "obj")[1:] + [c for c in parsed.find(at, "conj") if _counts(parsed, c)]
    cut = next(
        (i for i in range(at + 1, len(parsed.words)) if parsed.words[i].lower in _HARMED), len(parsed.words)
    )
    victims += [one for noun in more if noun < cut for one in expand(parsed, noun) if one not in victims]
    if victims or is_passive(parsed, at):
        return victims
    # "was shot dead", "were found killed" and headlines: "five killed"
    return find_subjects(parsed, at) if parsed.tokens[at].tag == "VBN" else []


def _counts(parsed: ParsedSentence, at: int) -> bool:
    """`killed four people in the port and three in the town`: a number joined to the verb."""
    return parsed.tokens[at].tag == "CD" or bool(
        parsed.find(at, "nummod") and not parsed.find(at, "acl", "amod")
    )
