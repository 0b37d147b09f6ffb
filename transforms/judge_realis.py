"""Did it happen? Cue words near a trigger make an event actual, planned, hypothetical or negated."""

from transforms.find_events import Hit
from transforms.parsed_sentence import ParsedSentence
from transforms.records import Realis
from transforms.tag_words import Tag
from transforms.word_lists import word_set

_NEGATING = word_set(
    "not no never didn't didn’t won't won’t wasn't weren't hasn't haven't hadn't isn't without denied "
    "denies deny denying foiled thwarted prevented averted prevent avert avoid avoided refused failed "
    "cannot can't can’t neither nor stopped"
)
_PLANNING = word_set(
    "will shall plans plan planned planning intends intend intended vowed vows pledged promised threatened "
    "threatening threatens preparing prepares prepared going scheduled plotting plotted plot called calls "
    "calling urged ordered wants wanted due agreed expected 'll ’ll demand demanding demanded upcoming "
    "plots"
)
_SUPPOSING = word_set(
    "could may might would if should can must unless fear fears feared fearing risk possible potential "
    "threat threats possibility whether hypothetical warned warning warns danger likely unlikely concerns "
    "worried prospect suspicion attempt attempting"
)
_STOPS = frozenset({",", ";", ":", "but", "because", "after", "when", "while", "as", '"', "”", "“"})
_VERB_REACH, _NOUN_REACH = 6, 5


def judge_realis(parsed: ParsedSentence, hit: Hit) -> Realis:
    """The reality of the event of one trigger."""
    words = parsed.words
    reach = _VERB_REACH if hit.reading == "verb" else _NOUN_REACH
    nearest: Realis | None = None
    infinitive = hit.reading == "verb" and hit.start > 0 and parsed.tags[hit.start - 1] == Tag.TO
    finite_past = hit.reading == "verb" and hit.form.form == "past" and not infinitive
    for i in range(hit.start - 1, max(-1, hit.start - 1 - reach), -1):
        word = words[i].lower
        if word in _STOPS:
            break
        if word == "no" and i + 1 < len(words) and words[i + 1].lower in ("fewer", "less", "more"):
            continue
        if word in _NEGATING:
            return "negated"
        if finite_past and (hit.start - i > 2 or parsed.tags[i] == Tag.VERB):
            # "officials warned that rebels attacked": the cue does not reach past a finite verb's subject
            if parsed.tags[i] == Tag.VERB:
                break
            continue
        if nearest is None and word in _PLANNING:
            nearest = "planned"
        if nearest is None and word in _SUPPOSING:
            nearest = "hypothetical"
        if hit.reading == "noun" and parsed.tags[i] == Tag.VERB and nearest is None and hit.start - i > 3:
            break
    if nearest is None and infinitive:
        before = words[hit.start - 2].lower if hit.start > 1 else ""
        if before not in (
            "began",
            "continued",
            "managed",
            "continue",
            "forced",
            "started",
            "used",
            "helped",
            "led",
        ):
            return "planned"
    return nearest or "actual"
