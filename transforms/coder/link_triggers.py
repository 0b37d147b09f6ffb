"""Which triggers of one sentence tell of the same incident, by the way between them in the tree."""

from collections.abc import Sequence

from transforms.coder.candidates import Candidate
from transforms.coder.clauses import find_agents, find_case, is_passive
from transforms.coder.fill_roles import COLLECTIONS
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.quantities import HURT_WORDS, KILL_WORDS
from transforms.coder.reprisals import find_answered
from transforms.coder.same_event import meet
from transforms.coder.tree_paths import find_path
from transforms.coder.word_classes import Tag
from transforms.word_lists import word_set

_VERBAL = word_set("AGREE CONSULT SUPPORT CONCEDE COOPERATE AID REQUEST ACCUSE REJECT THREATEN SANCTION")
_TYING_CASES = word_set("in by with during from of through under via amid at on using")
_APART_MODES = frozenset({"abduct", "sexual", "torture"})
_TIMES_APART = word_set("before since until following ahead despite like than besides")
_RESULTS = word_set("after when as while where in amid")
_TYING_LABELS = word_set(
    "nsubj nsubj:pass obj obl:agent xcomp compound appos flat iobj amod parataxis dep list"
)


def group_triggers(parsed: ParsedSentence, candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Put candidates together that tell of one incident, in the order of the text."""
    groups: list[list[Candidate]] = []
    answered = find_answered(parsed, (candidate.hit.at for candidate in candidates))
    for candidate in candidates:
        for group in reversed(
            groups
        ):  # the nearest one: "claimed the attack, an answer to strikes that killed 30"
            if answered and answered.parts(group[0].hit.at, candidate.hit.at):
                continue
            if any(_belongs(parsed, member, candidate) for member in group):
                group.append(candidate)
                break
        else:
            groups.append([candidate])
    return groups


def _belongs(parsed: ParsedSentence, earlier: Candidate, later: Candidate) -> bool:
    a, b = earlier.hit.row, later.hit.row
    if a.type != b.type:
        return False
    told = earlier.hit.reading == "noun" and earlier.realis != "negated" and later.realis == "actual"
    if earlier.realis != later.realis and a.type != "PROTEST" and not told:
        return False
    if a.type in _VERBAL:
        return True
    if _have_other_parts(earlier, later):
        return False
    if a.type == "ASSAULT":
        if a.mode and b.mode and a.mode != b.mode and (a.mode in _APART_MODES or b.mode in _APART_MODES):
            return False
    elif not (a.mode == b.mode or not a.mode or not b.mode or a.type == "PROTEST"):
        return False
    return is_linked(parsed, earlier.hit.at, later.hit.at)


def _have_other_parts(earlier: Candidate, later: Candidate) -> bool:
    """Another one does it, the other side strikes back, or captives are killed after a battle."""
    both_verbs = earlier.hit.reading == later.hit.reading == "verb"
    if both_verbs and earlier.actors and later.actors and not meet(earlier.actors, later.actors):
        return True
    if meet(earlier.actors, later.recipients) and earlier.hit.reading == "verb":
        return True
    modes = {earlier.hit.row.mode, later.hit.row.mode}
    captives = any(
        not _CAPTIVE.isdisjoint(actor.text.lower().split())
        for candidate in (earlier, later)
        if candidate.hit.row.mode != "battle"
        for actor in candidate.recipients
    )
    return "battle" in modes and captives


_CAPTIVE = word_set(
    "detained captured captive captives prisoner prisoners hostage hostages surrendered detainee detainees"
)


def is_linked(parsed: ParsedSentence, first: int, second: int) -> bool:
    """Whether the words tell of one incident: nothing on the way between them says that it is another."""
    ups, downs = find_path(parsed, first, second)
    if first < second and (_counts_in_it(parsed, second) or _leaves_dead(parsed, second)):
        return True
    if first < second and _harms(parsed, second) and parsed.words[second - 1].lower in ("which", "that"):
        return not parsed.is_verb(first)  # "a response to strikes last week which killed 30"
    if (_starts_at(parsed, ups) and _counts_victims(parsed, second)) or (
        not downs and _counts_victims(parsed, first)
    ):
        return True
    ends = (first, second)
    return all(_ties(parsed, at, ends) for at in (*ups, *downs))


def _starts_at(parsed: ParsedSentence, ups: list[int]) -> bool:
    """The way begins at the event's own word, or at the verb that carries it: `committed a massacre, as 25 died`."""
    return not ups or (len(ups) == 1 and parsed.label(ups[0]) in ("obj", "nsubj", "nsubj:pass"))


def _ties(parsed: ParsedSentence, at: int, ends: tuple[int, int]) -> bool:
    label, above = parsed.label(at), parsed.head(at)
    if label in ("obl", "nmod", "obl:unmarked", "nmod:unmarked"):
        if find_case(parsed, at) == "with" and any(_harms(parsed, c) for c in parsed.find(at, "acl")):
            return True  # "rose to six, with 30 others wounded"
        if at not in ends and parsed.lemma(at) not in COLLECTIONS:
            return False  # "in support of forces who came under attack"
        case = find_case(parsed, at)
        return case in _TYING_CASES or (case in ("after", "as") and _lacks_agent(parsed, above))
    if label == "advcl":
        marks = {parsed.words[m].lower for m in parsed.find(at, "mark", "advmod", "case")}
        if marks & _TIMES_APART:
            return False
        return _lacks_agent(parsed, above) if marks & _RESULTS else True
    if label == "conj":
        return _shares(parsed, at, above)
    if label in ("acl", "acl:relcl"):
        beside = _harms(parsed, at) and find_case(parsed, above) == "with"  # "with 30 others wounded"
        # "a bomber who blew himself up killed five", "three were killed and eight people injured"
        return beside or above in ends or parsed.label(above) in ("nsubj", "nsubj:pass")
    return label in _TYING_LABELS


def _counts_victims(parsed: ParsedSentence, verb: int) -> bool:
    """`air strikes on a village in which 30 people were killed`, `raids, as 25 civilians were killed`."""
    if parsed.words[verb].lower not in KILL_WORDS | HURT_WORDS:
        return False
    if parsed.label(verb) == "acl:relcl":
        relatives = {parsed.words[c].lower for c in parsed.children[verb]} | {
            parsed.words[below].lower for c in parsed.children[verb] for below in parsed.children[c]
        }
        return not relatives & {"who", "whom"}
    marks = {parsed.words[m].lower for m in parsed.find(verb, "mark", "advmod")}
    return parsed.label(verb) == "advcl" and bool(marks & _RESULTS) and not find_agents(parsed, verb)


def _counts_in_it(parsed: ParsedSentence, verb: int) -> bool:
    """`strikes on the town last week in which 30 died`: wherever the clause hangs, it counts their victims."""
    if parsed.words[verb].lower not in KILL_WORDS | HURT_WORDS or parsed.label(verb) != "acl:relcl":
        return False
    return any(
        parsed.words[child].lower == "which" and find_case(parsed, child) == "in"
        for child in parsed.children[verb]
    )


def _leaves_dead(parsed: ParsedSentence, verb: int) -> bool:
    """`strikes on the town last week that left 12 farmers dead`: wherever the clause hangs."""
    if parsed.lemma(verb) != "leave" or not parsed.label(verb).startswith(("acl", "advcl")):
        return False
    return any(word.lower in KILL_WORDS | HURT_WORDS for word in parsed.words[verb + 1 : verb + 8])


def _lacks_agent(parsed: ParsedSentence, verb: int) -> bool:
    """`were killed after a bomb exploded`: what follows tells how; `rebels fled after the raid` does not."""
    harmed = parsed.words[verb].lower in KILL_WORDS | HURT_WORDS
    return harmed and (not find_agents(parsed, verb) or parsed.lemma(verb) in ("die", "perish"))


def _shares(parsed: ParsedSentence, at: int, above: int) -> bool:
    """A second verb without a subject of its own, or one that only counts: `exploded and five were killed`."""
    if not parsed.is_verb(at):
        return not parsed.find(at, "nmod", "det")
    if not parsed.find(at, "nsubj", "nsubj:pass"):
        return not _have_own_place_or_day(parsed, at, above)
    if _harms(parsed, at) and _harms(parsed, above) and is_passive(parsed, above):
        return not parsed.find(at, "obj")  # "three were killed and eight injured"
    counts = is_passive(parsed, at) or parsed.words[at].lower in ("died", "dead")
    return counts and parsed.words[at].lower in KILL_WORDS | HURT_WORDS and not find_agents(parsed, at)


def _harms(parsed: ParsedSentence, at: int) -> bool:
    return parsed.words[at].lower in KILL_WORDS | HURT_WORDS


def _have_own_place_or_day(parsed: ParsedSentence, first: int, second: int) -> bool:
    """`killed two in Homs and wounded five in Hama`: each verb has a place, or each a day."""
    places = [
        any(find_case(parsed, c) in ("in", "near", "outside") for c in _obliques(parsed, verb, Tag.NAME))
        for verb in (first, second)
    ]
    days = [bool(_obliques(parsed, verb, Tag.TIME)) for verb in (first, second)]
    return all(places) or all(days)


def _obliques(parsed: ParsedSentence, verb: int, tag: Tag) -> list[int]:
    return [c for c in parsed.find(verb, "obl", "obl:unmarked") if parsed.tags[c] == tag]
