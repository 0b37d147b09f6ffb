"""Is a quotation in the text, and where? Models copy faithfully but for blanks, quotation marks and dashes."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_SAME = {
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}
_UNSEEN = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")  # soft hyphen, zero-width marks
_AROUND = " \t\r\n\"'“”‘’„«»….,;"  # what a model puts around a quotation


@dataclass(frozen=True, slots=True)
class Span:
    start: int  # character offsets into the text
    end: int


class QuotableText:
    """A text in which quotations are looked up."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._folded, self._starts = _fold(text)

    def find(self, quote: str, near: Span | None = None) -> Span | None:
        """Where `quote` stands: as it is, else but for blanks, quotation marks, dashes and unseen characters.

        A quotation begins and ends with whole words. Of several places the first inside `near` is taken, else
        the first. None: it is not in the text.
        """
        for candidate in dict.fromkeys((quote.strip(), quote.strip(_AROUND))):
            for places in (self._find_exact(candidate), self._find_folded(candidate)):
                found = list(places)
                inside = (span for span in found if near and near.start <= span.start < near.end)
                if found:
                    return next(inside, found[0])
        return None

    def _find_exact(self, quote: str) -> Iterator[Span]:
        at = self.text.find(quote) if quote else -1
        while at >= 0:
            if _is_whole(self.text, at, at + len(quote)):
                yield Span(at, at + len(quote))
            at = self.text.find(quote, at + 1)

    def _find_folded(self, quote: str) -> Iterator[Span]:
        folded = _fold(quote)[0].strip()
        at = self._folded.find(folded) if folded else -1
        while at >= 0:
            span = self._unfold(at, at + len(folded))
            if span and _is_whole(self.text, span.start, span.end):
                yield span
            at = self._folded.find(folded, at + 1)

    def _unfold(self, start: int, end: int) -> Span | None:
        """The stretch of the text that became this one; None where it would cut a character (`ﬁ`) in two."""
        starts = self._starts
        if start and starts[start - 1] == starts[start]:
            return None
        if end < len(starts) and starts[end - 1] == starts[end]:
            return None
        return Span(starts[start], starts[end - 1] + 1)


def _fold(text: str) -> tuple[str, list[int]]:
    """One spelling for all, and for each of its characters the offset of the one that it comes from."""
    letters: list[str] = []
    starts: list[int] = []
    for at, character in enumerate(text):
        if character in _UNSEEN:
            continue
        for plain in unicodedata.normalize("NFKD", _SAME.get(character, character)):
            letter = " " if plain.isspace() else _SAME.get(plain, plain)
            if letter == " " and letters and letters[-1] == " ":
                continue
            letters.append(letter)
            starts.append(at)
    return "".join(letters), starts


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether no word is cut at either end; an accent belongs to the letter before it."""
    begins = start == 0 or not (text[start - 1].isalnum() and text[start].isalnum())
    ends = end == len(text) or not (text[end - 1].isalnum() and text[end].isalnum())
    return begins and ends and not (end < len(text) and unicodedata.combining(text[end]))
