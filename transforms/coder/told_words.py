"""Where in the text the words stand that an event was made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from transforms.coder.draft_events import Weighed
from transforms.coder.parsed_sentence import ParsedSentence

Offsets = tuple[int, int]
"""Character offsets into the text that the coder reads, the end exclusive."""


@dataclass(frozen=True, slots=True)
class Telling:
    """A sentence that tells of an event, and what its triggers were weighed as."""

    parsed: ParsedSentence
    weighed: Weighed

    @property
    def start(self) -> int:
        return self.parsed.sentence.start

    def span(self, start: int, end: int) -> Offsets:
        """Of words `start` to `end` (exclusive)."""
        return self.parsed.words[start].start, self.parsed.words[end - 1].end

    def find_ending(self, text: str, last: int) -> Offsets:
        """Of the words of `text`, the last of which is word `last`."""
        return self.span(max(0, last - len(text.split()) + 1), last + 1)


def find_words(text: str, tellings: Sequence[Telling], document: str) -> Offsets | None:
    """Where `text` stands as written: in the sentences that tell of the event, else nearest before, else after.

    Whole words come before parts of words.
    """
    if not text:
        return None
    for telling in tellings:
        found = _find_whole(text, document, telling.start, telling.parsed.sentence.end)
        if found:
            return found
    until = tellings[-1].parsed.sentence.end if tellings else 0
    at = document.rfind(text, 0, until)
    at = at if at >= 0 else document.find(text)
    return (at, at + len(text)) if at >= 0 else None


def _find_whole(text: str, document: str, start: int, end: int) -> Offsets | None:
    first = None
    at = document.find(text, start, end)
    while at >= 0:
        span = at, at + len(text)
        first = first or span
        if not document[at - 1 : at].isalnum() and not document[span[1] : span[1] + 1].isalnum():
            return span
        at = document.find(text, at + 1, end)
    return first
