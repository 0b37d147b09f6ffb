"""Does a quotation bear out a number of dead or hurt?"""

import re

from transforms.chat.answer import GivenToll
from transforms.coder.counts import Bound
from transforms.coder.number_words import parse_number
from transforms.coder.sentences import split_words
from transforms.word_lists import word_set

_ONE = word_set("a an his her their its another one")
_NOBODY = word_set("no nobody none zero without nor neither")
_NAMED = re.compile(r"[A-Z]\w")
MOST_DEAD = 1_000_000_000


def check_toll(toll: GivenToll) -> Bound | None:
    """The bounds that the quotation bears out; None where it does not.

    A bound must be a number of the quotation, or the sum of all its numbers ("two men and a woman" is 3). One
    person needs no number ("a soldier", a name), and nobody needs a word that says so.
    """
    least, most = toll.least, toll.most
    if least is not None and most is not None and least > most:
        return None
    allowed = _read_figures(toll.quote)
    if all(value is None or value in allowed for value in (least, most)):
        return least, most
    return None


def _read_figures(quote: str) -> set[int]:
    words = [word.lower for word in split_words(quote)]
    numbers: list[int] = []
    ones = 0
    at = 0
    while at < len(words):
        value, end = parse_number(words, at)
        if value is not None:
            numbers.append(value)
        else:
            ones += words[at] in _ONE
        at = max(end, at + 1)
    figures = {*numbers, sum(numbers) + ones} if numbers or ones else set()
    if not numbers and (ones or _NAMED.match(quote)):
        figures.add(1)
    if not _NOBODY.isdisjoint(words):
        figures.add(0)
    return {figure for figure in figures if figure <= MOST_DEAD}
