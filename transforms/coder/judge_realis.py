"""Did it happen? Negation, modals and the verbs above a trigger make an event planned, hypothetical or negated."""

from transforms.coder.clauses import ADDRESSING, find_case, find_speech
from transforms.coder.find_events import Hit
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.records import Realis
from transforms.word_lists import word_set

_NEGATIONS = word_set("not n't never no nobody neither nor without hardly")
_FUTURE = word_set("will shall 'll ’ll wo")
_MODALS = word_set("could may might would can should must ca")
_SUPPOSING_MARKS = word_set("if unless whether lest")
_DENYING = word_set(
    "deny foil thwart prevent avert avoid refuse fail stop block reject abort abandon cancel intercept disrupt "
    "decline postpone"
)
_PLANNING = word_set(
    "plan intend vow pledge promise threaten prepare plot schedule order want agree demand urge ask "
    "seek consider propose decide aim hope conspire warn instruct authorise authorize offer ready go set "
    "request appeal recommend tell expect"
)
_SUPPOSING = word_set(
    "fear risk suspect warn attempt try worry speculate suggest imagine discuss simulate rehearse assume predict "
    "anticipate"
)
_PLANNING_NOUNS = word_set(
    "plan plot threat intention preparation call decision order vow pledge promise proposal"
)
_SUPPOSING_NOUNS = word_set(
    "fear risk possibility attempt danger prospect suspicion likelihood warning concern potential chance "
    "bid rumour rumor"
)
_DENIALS = word_set("end denial absence lack prevention halt suspension cessation")
_MOST_STEPS = 5


def judge_realis(parsed: ParsedSentence, hit: Hit) -> Realis:
    """The reality of the event of one trigger."""
    if hit.said or is_demand(hit):
        return "actual"
    at = hit.at
    own = _judge_own(parsed, at, hit)
    if own:
        return own
    if (
        hit.row.type == "PROTEST"
        and parsed.label(at) == "obj"
        and parsed.lemma(parsed.head(at)) == "announce"
    ):
        return "planned"  # "announced a rally": who has held it does not announce it
    for _ in range(_MOST_STEPS):
        above, label = parsed.head(at), parsed.label(at)
        if above == at or label in ("acl:relcl", "parataxis", "nsubj", "appos", "csubj"):
            return _judge_subject(parsed, above, label)
        found = _judge_above(parsed, at, above, label)
        if found == "actual":
            return "actual"
        if found:
            return found
        if label in ("obl", "advcl", "nmod:poss", "compound") and not _is_tied(parsed, at, label):
            return "actual"
        at = above
    return "actual"


def is_demand(hit: Hit) -> bool:
    """`said that it must go`: a word that makes the clause an act of its speaker."""
    return hit.row.frame is not None and hit.row.frame.actor == ("speaker",)


def is_denied(word: str, label: str) -> bool:
    """`didn't` and `cannot`, which are one word."""
    return word.endswith(("n't", "n’t", "cannot")) and label in ("aux", "aux:pass", "advmod", "cop")


def _is_tied(parsed: ParsedSentence, at: int, label: str) -> bool:
    """`fear of an attack`, `threatened with an attack` share the reality of what stands above."""
    return label == "compound" or (label == "advcl" and parsed.tokens[at].tag == "VB")


def _judge_own(parsed: ParsedSentence, at: int, hit: Hit) -> Realis | None:
    children = [child for child in parsed.children[at] if child not in hit.own]
    for child in children:
        lower, label = parsed.words[child].lower, parsed.label(child)
        if lower in _NEGATIONS and label in ("advmod", "det", "cc", "cc:preconj", "case", "mark"):
            return "negated"
        if is_denied(lower, label):
            return "negated"
        if label in ("nsubj:pass", "nsubj", "obj") and _is_nobody(parsed, child) and hit.reading == "verb":
            return "negated"
    for child in children:
        lower, label = parsed.words[child].lower, parsed.label(child)
        if label in ("aux", "aux:pass", "cop") and lower in _FUTURE:
            return "planned"
        if label == "aux" and lower == "would" and find_speech(parsed, at) is not None:
            return "planned"  # "said it would": the future as told in the past
        if label == "aux" and lower in _MODALS:
            return "hypothetical"
        if label in ("mark", "advmod") and lower in _SUPPOSING_MARKS:
            return "hypothetical"
        if label in ("amod", "compound") and lower in _UNREAL_ADJECTIVES and hit.reading == "noun":
            return _UNREAL_ADJECTIVES[lower]
    return None


_UNREAL_ADJECTIVES: dict[str, Realis] = {
    "planned": "planned", "imminent": "planned", "possible": "hypothetical", "potential": "hypothetical",
    "future": "planned", "threatened": "planned", "foiled": "negated", "attempted": "hypothetical",
    "failed": "negated", "thwarted": "negated", "likely": "hypothetical", "further": "actual",
    "upcoming": "planned", "proposed": "planned", "hypothetical": "hypothetical", "fictional": "negated",
    "averted": "negated", "would-be": "hypothetical", "any": "hypothetical", "looming": "planned",
}  # fmt: skip


def _is_nobody(parsed: ParsedSentence, at: int) -> bool:
    """`no one`, `nobody`, `no soldiers`."""
    if parsed.words[at].lower in ("nobody", "none", "no-one"):
        return True
    dets = (child for child in parsed.find(at, "det", "advmod", "nmod") if child < at)
    following = parsed.words[min(at, len(parsed.words) - 1)].lower
    return any(parsed.words[child].lower == "no" and following not in ("fewer", "less") for child in dets)


def _judge_above(parsed: ParsedSentence, at: int, above: int, label: str) -> Realis | None:
    """What the word above says; None: nothing, go on upwards."""
    lemma = parsed.lemma(above)
    if parsed.is_verb(above):
        finite = parsed.tokens[at].tag in ("VBD", "VBZ", "VBP") or bool(
            parsed.find(at, "aux", "aux:pass", "nsubj", "nsubj:pass")
        )
        if label == "conj":
            return _judge_shared(parsed, at, above)
        if label in ("obj", "xcomp", "ccomp", "obl", "nsubj:pass", "advcl"):
            open_clause = label in ("xcomp", "obj", "obl", "nsubj:pass") or not finite
            if lemma in _DENYING and label in ("obj", "xcomp", "ccomp", "nsubj:pass", "obl"):
                return "negated"
            purpose = label == "advcl" and parsed.tokens[at].tag == "VB"
            asked = purpose and lemma in ADDRESSING
            plans = lemma in _PLANNING and not (
                lemma == "set" and parsed.find(above, "obj")
            )  # "set himself on fire to"
            if asked or (plans and open_clause and (purpose or label not in ("obl", "advcl"))):
                return "planned"
            if lemma in ("call", "appeal") and label == "obl" and find_case(parsed, at) == "for":
                return "planned"
            if lemma in _ALLOWING and label in ("xcomp", "ccomp", "obj") and _is_general(parsed, above):
                return "hypothetical"
            if lemma in _SUPPOSING and open_clause and label not in ("obl", "advcl"):
                return "hypothetical"
        if label in ("obj", "xcomp", "nsubj:pass") or (label == "advcl" and parsed.tokens[at].tag == "VB"):
            return _judge_verb(parsed, above)
        return None
    if label in ("xcomp", "ccomp", "advcl") and lemma in _INCLINED:
        return _INCLINED[lemma]
    if label in ("nmod", "acl", "compound"):
        if label == "acl" and parsed.tokens[at].tag not in ("VB",):
            return None
        if lemma in _PLANNING_NOUNS:
            return "planned"
        if lemma in _SUPPOSING_NOUNS:
            return "hypothetical"
        if lemma in _DENIALS and label == "nmod":
            return "negated" if lemma in ("denial", "absence", "lack", "prevention") else None
        if label == "acl":
            return "planned"  # "forces to attack": what is not done yet
    return None


_ALLOWING = word_set("allow permit enable let empower entitle")


def _is_general(parsed: ParsedSentence, verb: int) -> bool:
    """`the law allows people to be held`: what may be done, not what was."""
    return parsed.tokens[verb].tag in ("VBZ", "VBP") and not parsed.find(verb, "aux")


_INCLINED: dict[str, Realis] = {
    "ready": "planned", "willing": "planned", "prepared": "planned", "keen": "planned", "eager": "planned",
    "set": "planned", "poised": "planned", "determined": "planned", "due": "planned", "likely": "hypothetical",
    "able": "hypothetical", "free": "hypothetical", "unwilling": "negated", "reluctant": "negated",
    "unable": "negated", "opposed": "negated",
}  # fmt: skip
"""Adjectives whose clause tells of what is not done yet."""


def _judge_verb(parsed: ParsedSentence, verb: int) -> Realis | None:
    """Negation and modals of the verb that carries the trigger: `did not launch an attack`, `will hold a rally`."""
    for child in parsed.children[verb]:
        lower, label = parsed.words[child].lower, parsed.label(child)
        if (label == "advmod" and lower in _NEGATIONS) or is_denied(lower, label):
            return "negated"
        if label in ("mark", "case") and lower == "without":
            return "negated"
    for child in parsed.find(verb, "aux", "mark"):
        lower = parsed.words[child].lower
        if lower in _FUTURE:
            return "planned"
        if lower in _MODALS or lower in _SUPPOSING_MARKS:
            return "hypothetical"
    return None


def _judge_shared(parsed: ParsedSentence, at: int, above: int) -> Realis | None:
    """`will march and block roads`: the auxiliary before the first verb holds for the second."""
    if parsed.find(at, "aux", "nsubj", "nsubj:pass") or parsed.tokens[at].tag in ("VBD", "VBZ", "VBP"):
        return "actual"
    return _judge_verb(parsed, above)


def _judge_subject(parsed: ParsedSentence, above: int, label: str) -> Realis:
    """A noun that is a subject shares its verb's modal: `an attack could follow`, `no attack took place`."""
    if label == "nsubj" and parsed.is_verb(above):
        return _judge_verb(parsed, above) or "actual"
    return "actual"


def find_deciding(parsed: ParsedSentence, hit: Hit, realis: Realis) -> int | None:
    """The word that makes an event planned, hypothetical or negated; None where no single word does."""
    words = {
        "negated": _NEGATIONS | _DENYING | _DENIALS | {"nobody", "none", "no-one"},
        "planned": _FUTURE | _PLANNING | _PLANNING_NOUNS | {"announce"},
        "hypothetical": _MODALS | _SUPPOSING_MARKS | _SUPPOSING | _SUPPOSING_NOUNS,
    }.get(realis, frozenset())
    at = hit.at
    for _ in range(_MOST_STEPS + 1):
        below = [below for child in parsed.children[at] for below in parsed.children[child]]
        for near in (*parsed.children[at], *below, at):
            lower = parsed.words[near].lower
            unreal = _UNREAL_ADJECTIVES.get(lower) == realis
            denied = realis == "negated" and lower.endswith(("n't", "n’t"))
            if near not in hit.own and (
                unreal or denied or not words.isdisjoint((lower, parsed.lemma(near)))
            ):
                return near
        if parsed.head(at) == at:
            return None
        at = parsed.head(at)
    return None
