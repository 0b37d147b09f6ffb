"""What is reported only to be taken back: corrected, retracted, debunked, dismissed or made up. It did not happen.

The judge hears it only now and then, and a hoax coded as an attack does great harm. A pattern needs both: a claim that
the trigger is part of (`a report that soldiers shot ...`), and the word that takes it back: before the claim (`denied
reports that`), behind it (`was wrong`), or in the sentence that follows (`That is false`).
"""

import re
from dataclasses import replace

from transforms.coder.coded_text import CodedText
from transforms.coder.judge import JudgedTrigger

_FALSE = (
    "(?:false|untrue|not true|fake|fabricated|baseless|unfounded|misleading|a hoax|a fabrication|made up)"
)
_CLAIM = "(?:reports?|claims?|stor(?:y|ies)|posts?|videos?|rumou?rs?|messages?|allegations?|suggestions?|statements?)"
_HERE = "[^.;,]"  # within one clause
_REST = f"{_HERE}{{0,80}}$"  # to the trigger
_NEAR = f"{_HERE}{{0,40}}?"
_CLAIMED = re.compile(rf"(?i)\b{_CLAIM}\b{_NEAR}\b(?:that|saying|claiming|showing)\b{_REST}")
_SAID = re.compile(rf"(?i)\b(?:said|reported|claimed|says) that\b{_REST}")
_DISMISSED = re.compile(
    rf"(?i)\b(?:(?:dismiss|den|reject|retract|debunk|refut)(?:y|ies|ied|ying|e|es|ed|ing|s)?\b{_NEAR}\b{_CLAIM}"
    rf"|(?:false|untrue|fake) {_CLAIM}|no truth (?:in|to)\b{_NEAR}\b{_CLAIM})\b{_NEAR}\bthat\b{_REST}"
    rf"|\b(?:earlier|previous) version\b{_NEAR}\b(?:said|stated|reported)\b{_REST}"
)
_WAS_FALSE = re.compile(
    rf"(?i)^{_HERE}*\b(?:was|were|is|are|has been|have been|proved|turned out(?: to be)?) (?:\w+ly )?"
    rf"(?:{_FALSE}|wrong|incorrect)\b"
)
_MADE_UP = re.compile(rf"(?i)^{_HERE}*\bhad (?:made (?:\w+ )?up|made up|invented|fabricated|faked)\b")
_VERDICT = re.compile(
    rf"(?i)^(?:verdict: |(?:that|this) (?:is|was) (?:\w+ly )?)(?:{_FALSE})\b"
    rf"|^the {_CLAIM} (?:is|was|are|were) (?:\w+ly )?(?:{_FALSE}|wrong|incorrect)\b"
)
_QUOTES_A_CLAIM = re.compile(rf"(?i)^claim: |\b{_CLAIM}\b")


def find_retractions(coded: CodedText) -> CodedText:
    """The triggers of what is taken back, as negated."""
    return replace(coded, triggers=tuple(_negate(coded, one) for one in coded.triggers))


def _negate(coded: CodedText, trigger: JudgedTrigger) -> JudgedTrigger:
    if trigger.realis != "actual":
        return trigger
    text = coded.find_sentence(trigger.sentence).text
    following = coded.sentences[trigger.sentence + 1 : trigger.sentence + 2]
    before, behind = text[: trigger.start], text[trigger.end :]
    taken_back = (
        _DISMISSED.search(before)
        or (_CLAIMED.search(before) and _WAS_FALSE.search(behind))
        or (_SAID.search(before) and _MADE_UP.search(behind))
        or (_QUOTES_A_CLAIM.search(before) and any(_VERDICT.search(one.text) for one in following))
    )
    return replace(trigger, realis="negated") if taken_back else trigger
