"""What is told only to be taken back: corrected, retracted, debunked, dismissed or made up. It did not happen.

The judge hears it only now and then, and a hoax coded as an attack does great harm. Patterns look at what stands before
a trigger (`dismissed as fake reports that`), behind it (`was wrong`, `had made up the story`), and at the sentence that
follows (`That is false`).
"""

import re
from dataclasses import replace

from transforms.coder.coded_text import CodedText
from transforms.coder.judge import JudgedTrigger

_UNTRUE = (
    "(?:false|untrue|wrong|fake|faked|fabricated|incorrect|inaccurate|baseless|unfounded|misleading|not true|a hoax"
    "|a fake|a fabrication|made up|staged)"
)
_BEFORE = re.compile(
    r"(?i)\b(?:fake news|hoax|fake reports?|untrue|retract\w*|debunk\w*|misreported|no truth (?:in|to)|rumou?rs?"
    r"|false(?:ly)? (?:claim|report|rumou?r|alarm|post|said|stor)\w*|(?:earlier|previous) (?:version|report|story)"
    r"|(?:dismiss|den|reject)(?:y|ies|ied|ed|es|s)? (?:as \w+ )*(?:reports?|rumou?rs?|claims?|suggestions?))\b"
    r"[^.;]*?\b(?:that|of|said|stated|showing|claiming|claimed|reported)\b[^.;]*$"
)
_BEHIND = re.compile(
    r"(?i)^[^.;]*\b(?:(?:was|were|is|are|has been|have been|proved|turned out(?: to be)?) (?:\w+ly )?"
    rf"{_UNTRUE}|(?:had|has|have) (?:made (?:it |this |that )?up|invented|fabricated|staged|faked|retracted)"
    r"|never happened|did not happen)\b"
)
_VERDICT = re.compile(
    r"(?i)^(?:verdict|ruling|rating|conclusion|that|this|it|the (?:reports?|claims?|story|post|video|images?|letter"
    rf"|rumou?rs?|photo\w*|statement|tweet|quote))\b[^.]{{0,40}}?\b{_UNTRUE}\b"
)


def find_retractions(coded: CodedText) -> CodedText:
    """The triggers of what is taken back, as negated."""
    return replace(coded, triggers=tuple(_negate(coded, one) for one in coded.triggers))


def _negate(coded: CodedText, trigger: JudgedTrigger) -> JudgedTrigger:
    if trigger.realis != "actual":
        return trigger
    text = coded.find_sentence(trigger.sentence).text
    following = coded.sentences[trigger.sentence + 1 : trigger.sentence + 2]
    taken_back = (
        _BEFORE.search(text[: trigger.start])
        or _BEHIND.search(text[trigger.end :])
        or any(_VERDICT.search(one.text) for one in following)
    )
    return replace(trigger, realis="negated") if taken_back else trigger
