"""JSON as sites write it: a reader that takes what it can of a block that is no JSON.

One pass from left to right; what a strict reader takes is read alike. Mended are comments, commas too many or too few,
keys and strings in other quotes or none, quotes and line breaks inside strings, escapes that do not exist, and
blocks that end too early: what was whole before the cut is kept, the value that was cut is not.
"""

import re
from typing import Any

MAX_CHARS = 1_000_000
"""Longer texts are cut there."""
MAX_DEPTH = 100
_MAX_NUMBER_CHARS = 40

_SKIPPED = re.compile(
    r"(?:[\s;]|<!--|-->"
    r"|(?://|/\*)?\s{0,9}<!\[CDATA\[(?:\s{0,9}\*/)?|(?://|/\*)?\s{0,9}\]\]>(?:\s{0,9}\*/)?"
    r"|//[^\n]*|/\*.{0,2000}?\*/)+",
    re.DOTALL,
)
_START = re.compile(r"[{\[]")
_CLOSING = re.compile(r"""["\\]""")
_CLOSING_SINGLE = re.compile(r"""['\\]""")
_NEXT_KEY = re.compile(r"""(?:"[^"\n]{0,100}"|'[^'\n]{0,100}'|[A-Za-z_@$][\w@$:-]{0,60})\s*:""")
_NEXT_ITEM = re.compile(r"""(?:["'{\[\d-]|true\b|false\b|null\b)""")
_BARE = re.compile(r"[^\s,:{}\[\]\"']+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORDS: dict[str, Any] = {"true": True, "false": False}
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_UNICODE = re.compile(r"u([0-9a-fA-F]{4})")


class _Cut(Exception):
    """The text ends inside a string."""


class _TooDeep(Exception):
    """The text nests deeper than any page's data."""


def read_lenient_json(text: str) -> Any:
    """The values of a text, one as it is, several as a list; None where there is none. Never raises."""
    reader = _Reader(text[:MAX_CHARS])
    values: list[Any] = []
    while (value := reader.read_top()) is not None:
        values.append(value)
    return values[0] if len(values) == 1 else values or None


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def read_top(self) -> Any:
        """The next object or list; None at the end."""
        found = _START.search(self._text, self._behind_blanks(self._at))
        if not found:
            return None
        self._at = found.start()
        try:
            return self._read_value(0)
        except (_Cut, _TooDeep):
            self._at = len(self._text)
            return None

    def _peek(self) -> str:
        self._at = self._behind_blanks(self._at)
        return self._text[self._at : self._at + 1]

    def _read_value(self, depth: int, closers: str = "") -> Any:
        if depth > MAX_DEPTH:
            raise _TooDeep
        first = self._peek()
        if first == "{":
            return self._read_object(depth)
        if first == "[":
            return self._read_list(depth)
        if first in ('"', "'"):
            return self._read_string(closers)
        found = _BARE.match(self._text, self._at)
        if not found:
            raise _Cut
        self._at = found.end()
        if _NUMBER.fullmatch(found[0]) and len(found[0]) < _MAX_NUMBER_CHARS:
            return float(found[0]) if re.search(r"[.eE]", found[0]) else int(found[0])
        return _WORDS.get(found[0])

    def _read_object(self, depth: int) -> dict[str, Any]:
        self._at += 1
        found: dict[str, Any] = {}
        while True:
            mark = self._peek()
            if mark in ("", "}"):
                self._at += 1
                return found
            if mark == "]":  # of a list around: this object was never closed
                return found
            if mark in ",:[{":
                self._at += 1
                continue
            try:
                key = self._read_string(":") if mark in "\"'" else self._read_bare_key()
                if self._peek() == ":":
                    self._at += 1
                if self._peek() not in (",", "}", "]", ""):
                    found[key] = self._read_value(depth + 1, ",}")
            except _Cut:
                self._at = len(self._text)
                return found

    def _read_bare_key(self) -> str:
        found = _BARE.match(self._text, self._at)
        if not found:
            self._at += 1
            return ""
        self._at = found.end()
        return found[0]

    def _read_list(self, depth: int) -> list[Any]:
        self._at += 1
        found: list[Any] = []
        while True:
            mark = self._peek()
            if mark in ("", "]"):
                self._at += 1
                return found
            if mark == "}":  # of an object around: this list was never closed
                return found
            if mark in ",:":
                self._at += 1
                continue
            try:
                found.append(self._read_value(depth + 1, ",]"))
            except _Cut:
                self._at = len(self._text)
                return found

    def _read_string(self, closers: str) -> str:
        """The string at hand; a quote ends it only where what follows goes on as JSON does.

        Raises:
            _Cut: the text ends before the string does.
        """
        quote = self._text[self._at]
        stops = _CLOSING if quote == '"' else _CLOSING_SINGLE
        pieces: list[str] = []
        at = self._at + 1
        while (found := stops.search(self._text, at)) is not None:
            pieces.append(self._text[at : found.start()])
            at = found.end()
            if found[0] == "\\":
                piece, at = self._read_escape(at)
                pieces.append(piece)
            elif self._ends_here(at, closers):
                self._at = at
                return _join_surrogates("".join(pieces))
            else:
                pieces.append(quote)
        raise _Cut

    def _read_escape(self, at: int) -> tuple[str, int]:
        if found := _UNICODE.match(self._text, at):
            return chr(int(found[1], 16)), found.end()
        char = self._text[at : at + 1]
        return _ESCAPES.get(char, char), at + 1

    def _ends_here(self, at: int, closers: str) -> bool:
        """Whether what stands behind a quote is what JSON has behind a string."""
        at = self._behind_blanks(at)
        following = self._text[at : at + 1]
        if closers == ":":
            return following in ("", ":", "}", ",")
        if following in ("", "}", "]"):
            return True
        if following == ",":
            at = self._behind_blanks(at + 1)
            rest = _NEXT_ITEM if closers == ",]" else _NEXT_KEY
            return self._text[at : at + 1] in ("", "}", "]", ",") or bool(rest.match(self._text, at))
        return following in ('"', "'") and bool(_NEXT_KEY.match(self._text, at))  # a comma is missing

    def _behind_blanks(self, at: int) -> int:
        found = _SKIPPED.match(self._text, at)
        return found.end() if found else at


def _join_surrogates(text: str) -> str:
    """Halves of characters joined; half ones without their other half stay for the caller to drop."""
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
