"""Verb phrases whose words stand apart: `the sanctions were imposed`, `gave the region 5 million in aid`."""

from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.word_classes import Tag
from transforms.word_lists import list_words

_COMPLEMENTS = frozenset(
    {"obj", "iobj", "nsubj:pass", "obl", "compound:prt", "advmod", "xcomp", "obl:unmarked", "nmod"}
)
_INNER = frozenset({"compound", "amod", "nmod:desc", "flat", "case", "nummod"})
PARTICLES = frozenset(
    {"in", "to", "on", "off", "out", "up", "down", "for", "from", "with", "over", "into", "at"}
)
_DEEPEST = 3  # "a package of aid and loans"


def reach_words(parsed: ParsedSentence, verb: int) -> dict[str, int]:
    """The words of a verb's complements, lower case and singular as well, each with its number."""
    found: dict[str, int] = {}
    for child in parsed.children[verb]:
        if parsed.label(child) in _COMPLEMENTS and parsed.tags[child] != Tag.TIME:
            _collect(parsed, child, found, _DEEPEST)
    label = parsed.label(verb)
    if label.startswith("acl") and not parsed.find(verb, "obj"):
        _add(parsed, parsed.head(verb), found)  # "sanctions imposed on", "the sanctions that it imposed"
    return found


def match_in_tree(
    parsed: ParsedSentence, wanted: tuple[str, ...], near: dict[str, int], verb: int
) -> tuple[int, ...]:
    """The words of a phrase, the verb first, where all of them are among its complements; () if not."""
    own = [verb]
    for word in wanted[1:]:
        at = near.get(word)
        particle = word in PARTICLES and at is not None and at < verb and parsed.is_verb(verb)
        if at is None or at in own or particle or not _is_named_with_case(parsed, at, verb, wanted):
            return ()
        own.append(at)
    return tuple(own)


def _is_named_with_case(parsed: ParsedSentence, at: int, verb: int, wanted: tuple[str, ...]) -> bool:
    """`left for talks` is not `left the talks`: what a preposition leads to counts only with it."""
    if parsed.head(at) != verb or not parsed.label(at).startswith(("obl", "nmod")):
        return True
    cases = [parsed.words[c].lower for c in parsed.find(at, "case")]
    return not cases or any(case in wanted for case in cases) or not parsed.is_verb(verb)


def _collect(parsed: ParsedSentence, at: int, found: dict[str, int], depth: int) -> None:
    _add(parsed, at, found)
    for child in parsed.children[at]:
        label = parsed.label(child)
        if label in _INNER and not (label == "case" and depth < _DEEPEST):
            _add(parsed, child, found)
        elif depth and not parsed.is_verb(child) and (label == "conj" or _is_part(parsed, at, child)):
            _collect(parsed, child, found, depth - 1)


def _is_part(parsed: ParsedSentence, at: int, child: int) -> bool:
    """`dollars of aid`, `dollars in aid`, `a ban on imports`; but not `the lifting of sanctions`."""
    if parsed.label(child) != "nmod" or name_act(parsed, at):
        return False
    return any(parsed.words[c].lower in ("of", "in", "on") for c in parsed.find(child, "case"))


def _add(parsed: ParsedSentence, at: int, found: dict[str, int]) -> None:
    lower = parsed.words[at].lower
    found.setdefault(lower, at)
    if lower.endswith("ies"):
        found.setdefault(lower[:-3] + "y", at)
    elif lower.endswith("s"):
        found.setdefault(lower[:-1], at)
        if lower.endswith("es"):
            found.setdefault(lower[:-2], at)


ACTS = dict(
    entry.split("/")
    for entry in list_words(
        "suspension/suspend withdrawal/withdraw release/release resumption/resume closure/close imposition/impose "
        "cancellation/cancel expulsion/expel deployment/deploy reduction/reduce establishment/establish "
        "restoration/restore normalisation/normalise normalization/normalize provision/provide delivery/deliver "
        "supply/supply removal/remove abolition/abolish severance/sever dismissal/dismiss reopening/reopen "
        "extension/extend seizure/seize confiscation/confiscate exchange/exchange cessation/cease halt/halt "
        "return/return repatriation/repatriate extradition/extradite relaxation/relax rejection/reject "
        "dissolution/dissolve handover/hand dispatch/dispatch recall/recall destruction/destroy surrender/surrender"
    )
)
"""Nouns of acts that end in no -ing, with their verbs."""


def name_act(parsed: ParsedSentence, at: int) -> str:
    """The verb of which a noun is made (`withdrawal`, `the lifting of`); "" for other words."""
    word, tag = parsed.words[at].lower, parsed.tokens[at].tag
    if tag.startswith("NN") and word in ACTS:
        return ACTS[word]
    if word.endswith("ing") and tag.startswith(("NN", "VBG")) and parsed.find(at, "det", "nmod:poss"):
        return parsed.lemma(at) if parsed.lemma(at) != word else word[:-3]
    return ""


def reach_noun_words(parsed: ParsedSentence, noun: int) -> dict[str, int]:
    """The words that a noun made of a verb has for complements: behind `of`, or before it."""
    found: dict[str, int] = {}
    for child in parsed.find(noun, "nmod", "compound"):
        if parsed.label(child) == "compound" or any(
            parsed.words[c].lower == "of" for c in parsed.find(child, "case")
        ):
            _collect(parsed, child, found, _DEEPEST - 1)
    return found
