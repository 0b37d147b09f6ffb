"""The headline as one more sentence: it tells of what the text tells, but no event stands on it alone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from transforms.coder.geolocate import Located


@dataclass(frozen=True, slots=True)
class Reading:
    """What the coder reads: the headline, a blank line, the text. The text begins at character `offset`."""

    text: str
    offset: int


def join_headline(title: str, text: str) -> Reading:
    """Put the headline before the text, unless the text begins with it."""
    title = " ".join(title.split())
    if not title or " ".join(text.lstrip()[: 2 * len(title)].split()).startswith(title):
        return Reading(text, 0)
    head = f"{title}\n\n"
    return Reading(head + text, len(head))


def place_toponyms(located: Iterable[Located], text: str, offset: int) -> list[Located]:
    """The toponyms of the text behind the headline with offsets into both, and the same names in the headline."""
    in_text = [replace(one, start=one.start + offset, end=one.end + offset) for one in located]
    head = text[:offset]
    again: dict[int, Located] = {}
    for name in sorted({one.text for one in in_text}, key=len, reverse=True):
        known = next(one for one in in_text if one.text == name)
        for match in re.finditer(rf"\b{re.escape(name)}\b", head):
            taken = any(one.start <= match.start() < one.end for one in again.values())
            if not taken:
                cue = bool(re.search(r"\b(?:in|at|near|outside|on) (?:the )?$", head[: match.start()]))
                again[match.start()] = replace(
                    known, start=match.start(), end=match.end(), cue=cue, dateline=False
                )
    return [*(again[start] for start in sorted(again)), *in_text]


def is_title_case(headline: str) -> bool:
    """`Five Killed In Blast`: capitals say nothing about names."""
    words = [word for word in headline.split() if word[:1].isalpha()]
    return sum(word[:1].isupper() for word in words) > 0.7 * len(words)


def add_headlines_own(placed: list[Located], own: Iterable[Located]) -> list[Located]:
    """The toponyms of a reading with those that only the headline has."""
    more = [
        one
        for one in own
        if one.site and not any(known.start < one.end and one.start < known.end for known in placed)
    ]
    return sorted([*placed, *more], key=lambda one: one.start)
