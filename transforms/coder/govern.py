"""Which act governs another: `said it would help` is a promise and `refused to help` a refusal, not help.

All cooperation that is told in the future counts as an intention to cooperate (AGREE), as PLOVER's codebook
has it; hostile acts that their doer announces are threats.
Source: http://eventdata.parusanalytics.com/data.dir/plover_reference.html
"""

from dataclasses import replace

from transforms.coder.clauses import find_speech, find_subjects
from transforms.coder.find_events import Hit
from transforms.coder.judge_realis import is_denied
from transforms.coder.lexicon import TriggerRow
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.word_lists import word_set

_COOPERATIVE = frozenset({"SUPPORT", "COOPERATE", "AID", "CONCEDE", "CONSULT", "RETREAT"})
_HOSTILE = frozenset({"SANCTION", "COERCE", "ASSAULT", "PROTEST"})
_COMMITTING = word_set(
    "vow pledge promise swear ready prepared willing committed determined plan intend poised"
)
_FUTURE = word_set("will would shall 'll ’ll wo")
_MEANING = word_set("plan intend prepare hope want wish aim mean consider")
_PRONOUNS = word_set("it they he she we i its their who which")
_OWNERS = word_set("its their his her our")
_MOST_STEPS = 4
_NEGATIONS = word_set("not n't n’t never no")

_SUFFIXES = {"COOPERATE": "1", "SUPPORT": "2", "AID": "3", "CONCEDE": "5", "RETREAT": "5", "CONSULT": "6"}
"""The last digit of CAMEO's codes of promises (03x), appeals (02x) and demands (10x), by what they are about."""
_REFUSED = {
    "COOPERATE": "121",
    "SUPPORT": "121",
    "AID": "122",
    "CONCEDE": "124",
    "RETREAT": "124",
    "CONSULT": "125",
}
_THREATENED = {"SANCTION": "131", "COERCE": "137", "PROTEST": "133", "ASSAULT": "138", "MOBILIZE": "138"}
_WANTED_MODES = {
    "COOPERATE": "assist", "SUPPORT": "assist", "AID": "assist", "CONCEDE": "yield", "RETREAT": "yield",
    "CONSULT": "meet",
}  # fmt: skip
_DOUBTFUL = ("territory", "weapon")  # words of other meanings: "promised to advance talks"
_THREAT_MODES = {"SANCTION": "relations", "COERCE": "restrict", "ASSAULT": "violence", "MOBILIZE": "violence"}


def govern(parsed: ParsedSentence, hits: list[Hit]) -> list[Hit]:
    """The hits with those of announcements before what they announce, each act named by what governs it."""
    told: list[Hit] = []
    for hit in hits:
        announcement = _find_announcement(parsed, hit)
        if announcement is not None:
            told.append(announcement)
        told.append(hit)
    return [_refine(parsed, hit, told) for hit in told]


def _denies(parsed: ParsedSentence, at: int) -> bool:
    word = parsed.words[at].lower
    return word in _NEGATIONS or is_denied(word, parsed.label(at))


def _find_announcement(parsed: ParsedSentence, hit: Hit) -> Hit | None:
    """What `said it will send aid` is before there is any aid."""
    verb = hit.at if hit.reading == "verb" else parsed.head(hit.at)
    kind = hit.row.type
    if not parsed.is_verb(verb) or kind not in _COOPERATIVE | _HOSTILE or hit.row.mode == "resign":
        return None
    if any(_denies(parsed, c) for at in (verb, hit.at) for c in parsed.children[at]):
        return None
    above, label = parsed.head(verb), parsed.label(verb)
    meant = label == "xcomp" and parsed.lemma(above) in _MEANING
    clause = above if meant else _climb_conjuncts(parsed, verb)
    future = {parsed.words[c].lower for c in parsed.find(clause, "aux")} & _FUTURE
    if not (meant or future):
        return None
    speech = find_speech(parsed, clause)
    stands = parsed.label(clause) in ("root", "conj", "ccomp", "parataxis") and (
        speech is not None or parsed.label(clause) != "ccomp"
    )
    if not stands or ("would" in future and speech is None):
        return None
    by_itself = speech is not None and _is_speaker(parsed, clause, speech)
    if _has_condition(parsed, clause):
        return _announce(hit, verb, "THREATEN")
    if kind in _COOPERATIVE:
        return _announce(hit, verb, "AGREE")
    if (by_itself and not meant) or (speech is None and kind == "SANCTION"):
        return _announce(hit, verb, "THREATEN")
    return None


def _announce(hit: Hit, verb: int, kind: str) -> Hit:
    mode, cameo = _name_governed(kind, "", hit.row)
    row = replace(hit.row, type=kind, mode=mode, cameo=cameo, needs=hit.row.needs or "political")
    own = hit.own if verb in hit.own else (verb, *hit.own)
    return Hit(hit.start, hit.end, replace(hit.form, row=row), "verb", verb, own, said=True)


def _climb_conjuncts(parsed: ParsedSentence, verb: int) -> int:
    """`will meet and sign`: the first verb has the auxiliary."""
    at = verb
    while parsed.label(at) == "conj" and not parsed.find(at, "aux", "nsubj", "nsubj:pass"):
        if parsed.head(at) == at or not parsed.is_verb(parsed.head(at)):
            break
        at = parsed.head(at)
    return at


def _is_speaker(parsed: ParsedSentence, clause: int, speech: int) -> bool:
    """Whether who speaks speaks of itself: `farmers said they would`, `Paris said Paris would`."""
    own = parsed.find(clause, "nsubj", "nsubj:pass")
    owners = [parsed.words[c].lower for at in own for c in parsed.find(at, "nmod:poss")]
    if not _OWNERS.isdisjoint(owners):
        return True  # "the union said its members would"
    speakers = {parsed.lemma(at) for at in find_subjects(parsed, speech)}
    return not own or parsed.words[own[0]].lower in _PRONOUNS or parsed.lemma(own[0]) in speakers


def _has_condition(parsed: ParsedSentence, clause: int) -> bool:
    """`will leave unless`: a threat."""
    return any(
        parsed.words[mark].lower == "unless"
        for below in parsed.find(clause, "advcl")
        for mark in parsed.find(below, "mark")
    )


def _refine(parsed: ParsedSentence, hit: Hit, hits: list[Hit]) -> Hit:
    """Name a promise, appeal, refusal or threat by the act that hangs on it."""
    row = hit.row
    if row.type not in ("AGREE", "REQUEST", "REJECT", "THREATEN") or hit.said:
        return hit
    governed = next(
        (other for other in hits if other.at != hit.at and hangs_on(parsed, other.at, hit.at)), None
    )
    kind = row.type
    first = row.phrase.partition(" ")[0]
    if kind == "AGREE" and any(
        parsed.words[c].lower in _NEGATIONS and parsed.label(c) == "advmod" for c in parsed.children[hit.at]
    ):
        kind = "REJECT"  # "is not willing to"
    elif governed is not None and first in _COMMITTING:
        if governed.row.type in _HOSTILE and governed.row.needs not in _DOUBTFUL:
            kind = "THREATEN"
        elif governed.row.type in _COOPERATIVE:
            kind = "AGREE"
    mode, cameo = _name_governed(kind, row.cameo, governed.row if governed else None)
    if kind == row.type and row.mode:
        mode = row.mode
    if (kind, mode, cameo) == (row.type, row.mode, row.cameo):
        return hit
    refused = kind == "REJECT" != row.type
    changed = replace(row, type=kind, mode=mode, cameo=cameo)
    return replace(hit, form=replace(hit.form, row=changed), said=hit.said or refused)


def hangs_on(parsed: ParsedSentence, at: int, above: int) -> bool:
    """Whether a word stands in a complement of another: `refused | to release`, `called for | the release of`."""
    for _ in range(_MOST_STEPS):
        if parsed.head(at) == at or parsed.label(at) in ("advcl:relcl", "acl:relcl", "parataxis", "nsubj"):
            return False
        at = parsed.head(at)
        if at == above:
            return True
    return False


def _name_governed(kind: str, cameo: str, governed: TriggerRow | None) -> tuple[str, str]:
    """Mode and CAMEO code of a governing act of a type by what it is about; `cameo` is that of its own row."""
    if governed is None:
        return "", cameo
    about = governed.type
    if kind in ("AGREE", "REQUEST"):
        root = "03" if kind == "AGREE" else (cameo or "020")[:2]
        digit = "7" if governed.mode == "sign" else _SUFFIXES.get(about, "")
        mode = _WANTED_MODES.get(about, "") if kind == "REQUEST" else ""
        return mode, root + digit if digit else cameo
    if kind == "REJECT":
        return _WANTED_MODES.get(about, ""), _REFUSED.get(about, cameo)
    if kind == "THREATEN":
        mode = {"arrest": "arrest", "deport": "expel"}.get(governed.mode) or _THREAT_MODES.get(about, "")
        return mode, _THREATENED.get(about, cameo)
    return "", cameo
