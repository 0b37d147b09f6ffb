"""Word pieces of the uncased BERT vocabulary, with their places in the text.

Source: Devlin et al. 2019 (basic tokenization: lower case, no accents, punctuation and CJK characters alone) and
Wu et al. 2016 (the longest piece first). Of our own because the package that has it brings six others.
"""

import re
import sys
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

_LONGEST_WORD = 100  # letters; what is longer is one unknown piece
UNKNOWN = "[UNK]"
_CJK = (
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002ceaf\U0002f800-\U0002fa1f"
)


@lru_cache(maxsize=1)
def _word_pattern() -> "re.Pattern[str]":
    signs = [
        chr(code) for code in range(128, sys.maxunicode + 1) if unicodedata.category(chr(code))[0] == "P"
    ]
    alone = "!-/:-@\\[-`{-~" + re.escape("".join(signs)).replace("-", "\\-") + _CJK
    return re.compile(rf"[{alone}]|[^\s{alone}]+")


class WordPieces:
    """Cuts texts by a vocabulary."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary
        self._unknown = vocabulary[UNKNOWN]
        self._cut_word = lru_cache(maxsize=50_000)(self._cut)

    def cut(self, text: str) -> list[tuple[int, int, int]]:
        """The pieces of a text: number in the vocabulary, start, end (exclusive)."""
        found: list[tuple[int, int, int]] = []
        for word in _word_pattern().finditer(text):
            begin = word.start()
            found += [(number, begin + start, begin + end) for number, start, end in self._cut_word(word[0])]
        return found

    def _cut(self, word: str) -> tuple[tuple[int, int, int], ...]:
        letters, places = _normalize(word)
        if not letters:
            return ()
        if len(letters) > _LONGEST_WORD:
            return ((self._unknown, 0, len(word)),)
        pieces: list[tuple[int, int, int]] = []
        start = 0
        while start < len(letters):
            end = len(letters)
            while end > start:
                number = self._vocabulary.get(("##" if start else "") + letters[start:end])
                if number is not None:
                    break
                end -= 1
            else:
                return ((self._unknown, 0, len(word)),)
            pieces.append((number, places[start], places[end - 1] + 1))
            start = end
        return tuple(pieces)


def _normalize(word: str) -> tuple[str, list[int]]:
    """Lower-case letters without accents and control characters, and where each stands in the word."""
    if word.isascii():
        return word.lower(), list(range(len(word)))
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(word):
        for plain in unicodedata.normalize("NFD", letter.lower()):
            if unicodedata.category(plain) not in ("Mn", "Cc", "Cf", "Co", "Cs", "Cn") and plain != "\ufffd":
                letters.append(plain)
                places.append(place)
    return "".join(letters), places
