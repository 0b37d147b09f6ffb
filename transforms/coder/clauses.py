"""Find one's way in a dependency tree: subjects, objects and what prepositions lead to.

Relations are Universal Dependencies'. Source: https://universaldependencies.org/en/dep/
All functions take and give word numbers of a parsed sentence.
"""

from collections.abc import Iterable

from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.quantities import HURT_WORDS, KILL_WORDS
from transforms.coder.word_classes import Tag
from transforms.word_lists import word_set

_SUBJECTS = ("nsubj", "nsubj:pass", "nsubj:outer", "csubj")
_RELATIVES = word_set("who whom which that whose")
_SUBJECT_CONTROL = word_set("promise threaten vow pledge swear agree")
_MOST_STEPS = 4  # from clause to clause


def expand(parsed: ParsedSentence, head: int) -> list[int]:
    """A noun and those that `and` joins to it, left to right.

    Who says it is none of them: `wounding 30 others, two medics and a rescue group said`.
    """
    found = [head]
    joined = parsed.find(head, "conj")
    if joined and _speaks(parsed, joined[-1]):
        joined = joined[: _find_speakers(parsed, joined)]
    for child in joined:
        if not parsed.is_verb(child) and parsed.tags[child] not in (Tag.TIME, Tag.ADVERB):
            found += expand(parsed, child)
    return found


_SPEECH = word_set("say tell report add announce confirm state estimate")


_FARTHEST_SAID = 8  # words


def _speaks(parsed: ParsedSentence, head: int) -> bool:
    """Whether a verb of saying stands right behind a noun's phrase, or a second one: `an aide and a guard said`."""
    end = parsed.phrase(head).end
    if parsed.words[end : end + 1] and parsed.words[end].lower == "and":
        for verb in range(end + 1, min(end + _FARTHEST_SAID, len(parsed.words))):
            if parsed.lemma(verb) in _SPEECH and parsed.is_verb(verb):
                return any(parsed.phrase(c).start == end + 1 for c in parsed.find(verb, "nsubj"))
    return end < len(parsed.words) and parsed.lemma(end) in _SPEECH and parsed.is_verb(end)


def _find_speakers(parsed: ParsedSentence, joined: list[int]) -> int:
    """Which of the joined nouns opens the list of speakers: the last one behind a comma; none without a comma."""
    for number in range(len(joined) - 1, -1, -1):
        start = parsed.phrase(joined[number]).start
        if start and parsed.words[start - 1].text == ",":
            return number
    return len(joined)


def is_passive(parsed: ParsedSentence, verb: int) -> bool:
    """`were killed`, `44 people killed in`, `killed by`, `was seized and killed`."""
    if parsed.find(verb, "aux:pass", "nsubj:pass"):
        return True
    tag, label = parsed.tokens[verb].tag, parsed.label(verb)
    active = bool(parsed.find(verb, "nsubj")) and parsed.label(verb) == "root"
    if active and parsed.words[verb].lower not in KILL_WORDS | HURT_WORDS:
        return False  # "the paper called Thursday on": a past tense that the grammar takes for a participle
    if tag not in ("VBN", "VBD", "JJ"):
        return False
    if label == "amod":
        return True
    if label == "acl" and tag == "VBN" and not parsed.find(verb, "obj"):
        return True
    if parsed.find(verb, "obj") or any(parsed.lemma(a) == "have" for a in parsed.find(verb, "aux")):
        return False
    if parsed.find(verb, "obl:agent") or parsed.words[verb].lower in _DONE_TO_SOMEBODY:
        return True  # "Tourist killed in raid"
    above = parsed.head(verb)
    if label == "conj" and parsed.is_verb(above) and not parsed.find(verb, "aux"):
        return tag != "VBD" and is_passive(parsed, above)
    return tag == "VBN" and not parsed.find(verb, "aux")


_DONE_TO_SOMEBODY = word_set(
    "killed wounded injured slain murdered executed massacred arrested detained jailed kidnapped"
)
"""What nobody does without an object: without one, and without `have`, the form is passive."""


def find_subjects(parsed: ParsedSentence, verb: int, steps: int = 0) -> list[int]:
    """The grammatical subjects of a verb, its own or those that control, relative clauses and `and` give it."""
    above, label = parsed.head(verb), parsed.label(verb)
    subjects = parsed.find(verb, *_SUBJECTS)
    if subjects:
        if parsed.words[subjects[0]].lower not in _RELATIVES or not label.startswith(("acl", "advcl")):
            whole = [_find_whole(parsed, own) for own in subjects if not parsed.is_verb(own)]
            return [one for own in whole for one in expand(parsed, own)]
        return expand(parsed, above) if label.startswith("acl") else [above]
    if steps == _MOST_STEPS or above == verb:
        return []
    if label.startswith("acl"):
        return _subjects_from_noun(parsed, verb, above, steps)
    if not parsed.is_verb(above):
        return find_subjects(parsed, above, steps + 1) if parsed.find(above, *_SUBJECTS) else []
    if label == "conj":
        return find_subjects(parsed, above, steps + 1)
    if label == "xcomp":
        objects = find_objects(parsed, above, steps + 1) or parsed.find(above, "iobj")
        controlled = bool(objects) and parsed.lemma(above) not in _SUBJECT_CONTROL
        return objects if controlled else find_subjects(parsed, above, steps + 1)
    if label == "advcl":
        return _subjects_from_main(parsed, verb, above, steps)
    return []


def _find_whole(parsed: ParsedSentence, part: int) -> int:
    """Of `twelve people, among them passengers, were hurt`: the people, where the grammar takes the passengers."""
    start = parsed.phrase(part).start
    opening = [word.lower for word in parsed.words[max(0, start - 3) : start]]
    if len(opening) < 3 or opening[0] != "," or opening[1] not in ("among", "including") or start < 4:
        return part
    before = [i for i in range(start - 3) if parsed.phrase(i).end == start - 3 and parsed.is_noun(i)]
    return min(before, key=lambda i: parsed.phrase(i).start) if before else part


def _subjects_from_noun(parsed: ParsedSentence, verb: int, noun: int, steps: int) -> list[int]:
    """`men carrying guns`: men; `a plan to attack`: whose plan it is; objects' relative clauses have their own."""
    if parsed.tokens[verb].tag != "VB":
        return expand(parsed, noun) if parsed.label(verb) != "acl:relcl" else [noun]
    owners = parsed.find(noun, "nmod:poss")
    if owners:
        return owners[:1]
    above = parsed.head(noun)
    if above != noun and parsed.is_verb(above) and parsed.label(noun) in ("obj", "obl", "xcomp"):
        return find_agents(parsed, above, steps + 1)
    return []


def _subjects_from_main(parsed: ParsedSentence, verb: int, above: int, steps: int) -> list[int]:
    """`jets bombed the town, killing 12`; of a passive the doer, unless the clause says when."""
    if parsed.tokens[verb].tag == "VB" and parsed.lemma(above) in ADDRESSING:
        addressed = find_obliques(parsed, above, ("on", "upon", "to", "with"))
        if addressed:
            return addressed
    if not is_passive(parsed, above):
        return find_subjects(parsed, above, steps + 1)
    when = any(parsed.words[mark].lower in _WHEN for mark in parsed.find(verb, "mark", "advmod", "case"))
    seen = parsed.tokens[verb].tag == "VBG" and parsed.lemma(above) in _SEEING  # "was filmed punching"
    return find_subjects(parsed, above, steps + 1) if when or seen else find_agents(parsed, above, steps + 1)


ADDRESSING = word_set("call appeal plead press lean prevail")
"""Verbs whose preposition leads to who is to do it: `called on Israel to stop`."""
_SEEING = word_set("film picture photograph see catch show record hear spot videotape observe capture accuse")
_WHEN = word_set("while when after before since until once")


def find_objects(parsed: ParsedSentence, verb: int, steps: int = 0) -> list[int]:
    """The grammatical objects of a verb, that of a verb joined to it (`attacked and killed a man`) included."""
    own = parsed.find(verb, "obj")
    if own:
        return expand(parsed, own[0])
    if steps == _MOST_STEPS:
        return []
    if parsed.label(verb) == "acl:relcl" and not is_passive(parsed, verb):
        subject = parsed.find(verb, *_SUBJECTS)
        if subject and parsed.words[subject[0]].lower not in _RELATIVES:
            return expand(parsed, parsed.head(verb))
    for later in parsed.find(verb, "conj"):
        if parsed.is_verb(later) and not parsed.find(later, *_SUBJECTS) and later - verb <= 3:
            return find_objects(parsed, later, steps + 1)
    return []


def find_agents(parsed: ParsedSentence, verb: int, steps: int = 0) -> list[int]:
    """Who does it: the subject of an active verb, what `by` leads to with a passive one."""
    if is_passive(parsed, verb):
        return find_by(parsed, verb)
    return find_subjects(parsed, verb, steps)


def find_patients(parsed: ParsedSentence, verb: int) -> list[int]:
    """To whom it is done: the object of an active verb, the subject of a passive one."""
    if not is_passive(parsed, verb):
        return find_objects(parsed, verb)
    label, above = parsed.label(verb), parsed.head(verb)
    if label == "amod":
        return expand(parsed, above)
    if parsed.find(verb, *_SUBJECTS) or label != "conj":
        return find_subjects(parsed, verb)
    return find_patients(parsed, above)


def find_by(parsed: ParsedSentence, at: int) -> list[int]:
    """The doers behind `by`: of the verb or noun itself, or of what stands between (`the bombing of a school by X`)."""
    agents = parsed.find(at, "obl:agent")
    if agents:
        return expand(parsed, agents[0])
    found = find_obliques(parsed, at, ("by",))
    if found or parsed.is_verb(at):
        return found
    for child in parsed.find(at, "nmod", "conj"):
        if child > at:
            found = find_by(parsed, child)
            if found:
                return found
    return []


def find_obliques(parsed: ParsedSentence, at: int, prepositions: Iterable[str]) -> list[int]:
    """The nouns that one of the prepositions joins to word `at`, by the order of the prepositions; no times."""
    near = [
        child for child in parsed.children[at]
        if parsed.label(child).startswith(("obl", "nmod", "advcl", "advmod", "obj"))
        and parsed.tags[child] not in (Tag.TIME, Tag.ADVERB) and not parsed.is_verb(child)
    ]  # fmt: skip
    for wanted in prepositions:
        for child in near:
            if child > at and wanted in _cases(parsed, child):
                return expand(parsed, child)
    return []


def _cases(parsed: ParsedSentence, at: int) -> list[str]:
    parts = (at, *(part for part in parsed.find(at, "compound") if part < at))  # "on Boko | Haram"
    return [parsed.words[c].lower for part in parts for c in parsed.find(part, "case", "mark") if c < at]


def find_case(parsed: ParsedSentence, at: int) -> str:
    """The preposition before a noun phrase's head; "" without one."""
    cases = _cases(parsed, at)
    return cases[0] if cases else ""


SAYING = word_set(
    "say announce declare state tell confirm insist stress emphasise emphasize reiterate repeat add note "
    "indicate write quote reveal disclose signal argue maintain affirm reaffirm assert proclaim inform"
)


def find_speech(parsed: ParsedSentence, clause: int) -> int | None:
    """The verb of saying whose content a clause is: of `it will help, he said` and `he said it will help`."""
    for child in parsed.find(clause, "parataxis", "ccomp"):
        if (
            parsed.lemma(child) in SAYING
            and parsed.find(child, *_SUBJECTS)
            and parsed.label(child) == "parataxis"
        ):
            return child
    above, label = parsed.head(clause), parsed.label(clause)
    if label in ("ccomp", "xcomp") and parsed.lemma(above) in SAYING:
        return above
    if label == "conj" and parsed.is_verb(above):
        return find_speech(parsed, above)
    return None


def find_speakers(parsed: ParsedSentence, clause: int) -> list[int]:
    """Who says what a clause says; empty where nobody does."""
    speech = find_speech(parsed, clause)
    if speech is None:
        return []
    if parsed.lemma(parsed.head(speech)) == "quote":
        return find_subjects(parsed, parsed.head(speech))  # "was quoted as saying"
    return find_subjects(parsed, speech)
