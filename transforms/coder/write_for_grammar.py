"""A sentence as the grammar is given it: what its training texts hardly have is written as they would."""

import re

from transforms.coder.write_numbers import MONTHS

_NUMBER = (
    r"(?:(?!(?:19|20)\d\d\b)\d[\d,]*|(?:a|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?)(?: (?:hundred|thousand|dozen|million))?)"
)
_BETWEEN = re.compile(rf"\bbetween(?= {_NUMBER} and {_NUMBER}\b)(?! \d\d? and \d\d? (?:{MONTHS}))")
_FROM = re.compile(rf"\bfrom(?= {_NUMBER} (?:up )?to {_NUMBER} [a-z])(?! \d\d? to \d\d? (?:{MONTHS}))")
_MARCH = re.compile(r"\b(?P<before>a|the|to|protest|mass|peaceful) march\b(?! \d)")
_BLANKS = re.compile(r"\s")  # line breaks and no-break spaces
_SIGNS = str.maketrans("[]≥≤", "()><")  # "FMLN [its long name] troops"


def write_for_grammar(sentence: str) -> str:
    """A sentence as the grammar reads it best, each word in its place: plain blanks, no brackets, and

    `killed between 20 and 25 people` with `perhaps`, `killed from 20 to 25` with `some`, so that people are killed;
    `to march`, `called for a march` with `rally`, as `march` is a month to the grammar.
    """
    plain = _MARCH.sub(r"\g<before> rally", _BLANKS.sub(" ", sentence).translate(_SIGNS))
    return _FROM.sub("some", _BETWEEN.sub("perhaps", plain))
