"""Sentences and words with their exact places in the text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from transforms.word_lists import word_set

_ABBREVIATIONS = word_set(
    "mr mrs ms dr prof gen col lt sgt maj capt cmdr adm brig cpl pte rev hon sen rep gov pres sr jr st mt "
    "ft no nos vs inc ltd corp co bros dept est fig vol pp jan feb mar apr jun jul aug sept sep oct nov "
    "dec mon tue tues wed thu thur thurs fri sat sun approx etc e.g i.e al"
)
_END = re.compile(r"[.!?…]+[\"'”’)\]»]*(?=\s|$)|\n")
_PARAGRAPH = re.compile(r"\n\s*\n|\n(?=[A-Z\"“‘'])|(?<=[.!?)”\"])\n\s+(?=[A-Z\"“])")
_WORD = re.compile(
    r"\d+(?:-[^\W\d_]+)+"  # 12-year-old
    r"|\d+(?:[.,:]\d+)*(?:st|nd|rd|th|s|km|m|pm|am)?\b"  # 1,200 3.5 5th 10:30
    r"|(?:[^\W\d_]\.){2,}"  # U.S. U.N.
    r"|[^\W_]+(?:[-’'](?!s\b)[^\W_]+)*"  # well-known, N'Djamena, without a possessive 's
    r"|[’']s\b|[^\w\s]|_"
)


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    lower: str  # lower case, with straight apostrophes
    start: int  # character offsets into the document's text
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is the document's text from `start` to `end`, without blanks at its ends."""

    text: str
    start: int
    end: int
    paragraph: int


def split_sentences(text: str) -> tuple[Sentence, ...]:
    """Cut a text into sentences; line breaks before a capital end one, abbreviations and initials do not."""
    sentences: list[Sentence] = []
    for number, (start, end) in enumerate(_split_paragraphs(text)):
        begin = start
        for match in _END.finditer(text, start, end):
            if match.group() == "\n" or not _ends_sentence(text, begin, match, end):
                continue
            _append(sentences, text, begin, match.end(), number)
            begin = match.end()
        _append(sentences, text, begin, end, number)
    return tuple(sentences)


_DATELINE = re.compile(
    r"[A-Z][\w .,'’/-]{2,60}?(?:\([^()\n]{2,40}\)[\w .,'’/-]{0,40}?){0,2} ?(?:--|[-–—](?= ))|[A-Z][A-Z' -]{2,40}: "
    r"|\([A-Z][^()\n]{1,40}\) ?(?:--|[-–—](?= ))"
)
_DATELINE_INSIDE = re.compile(
    r"(?<= )[A-Z]{2}[A-Z'’.-]+(?:[ /][A-Z][A-Z'’.-]+){0,3}(?:, [\w .]{2,30}?){0,2} "
    r"\((?P<agency>[^()\n]{2,40})\) ?(?:--|[-–—](?= ))"
)
"""`By Ann Lind *TOWN (Agency) -* `: what stands before it is no sentence."""
_MOST_BEFORE = 100  # characters
_MOST_LEADING = 10  # lines: the section, the headline again, who wrote it and when
_PROSE = re.compile(r".{60,}[.!?]['\"’”)]*$|.{160}")
_DAY = re.compile(r", (?:\d{1,2} [A-Z][a-z]{2,8}|[A-Z][a-z]{2,8}\.? \d{1,2})\b")
_EDITORS_NOTE = re.compile(r"(?:\s*\[[^\[\]\n]{2,80}\])+\s*")
"""`[Text]`, `[Updated with the toll]`: what a service puts before the story."""


def find_dateline(text: str) -> tuple[int, int]:
    """Where a text's dateline (`KABUL, 4 Feb 2009 (AP) -- [Excerpts] `) begins and where it ends; 0, 0 without one.

    Before it may stand short lines: a section, the headline. The first line of prose is the last that may open so.
    """
    note = _EDITORS_NOTE.match(text)
    start = begin = note.end() if note else _skip_blanks(text, 0)
    for _ in range(_MOST_LEADING):
        line_end = text.find("\n", start)
        line_end = len(text) if line_end < 0 else line_end
        found = _match_dateline(text, start, line_end)
        if found:
            behind = _EDITORS_NOTE.match(text, found[1])
            return found[0], _skip_blanks(text, behind.end() if behind else found[1])
        if _PROSE.match(text[start : min(line_end, start + 1_000)].strip()) or line_end == len(text):
            break
        start = _skip_blanks(text, line_end)
    return (0, begin) if note else (0, 0)


def _match_dateline(text: str, start: int, line_end: int) -> tuple[int, int] | None:
    inside = _DATELINE_INSIDE.search(text, start, min(line_end, start + 2 * _MOST_BEFORE))
    if inside and inside.start() - start <= _MOST_BEFORE and not _STOP.search(text, start, inside.start()):
        return inside.start(), inside.end()
    match = _DATELINE.match(text, start)
    if match is None:
        return None
    opening = match.group()
    # "Gunmen in Kano - some masked - fired" opens with no dateline
    noted = text.startswith(("[", " ["), match.end())
    if noted or opening[:2].isupper() or "(" in opening or _DAY.search(opening):
        return start, match.end()
    return None


_STOP = re.compile(r"[.!?](?= )")


def _skip_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def split_words(text: str, start: int = 0, end: int | None = None) -> tuple[Word, ...]:
    """The words and marks of a stretch of text, with offsets into the whole text."""
    return tuple(
        Word(match.group(), match.group().lower().replace("’", "'"), match.start(), match.end())
        for match in _WORD.finditer(text, start, len(text) if end is None else end)
    )


def _split_paragraphs(text: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for match in _PARAGRAPH.finditer(text):
        yield begin, match.start()
        begin = match.end()
    yield begin, len(text)


def _append(sentences: list[Sentence], text: str, start: int, end: int, paragraph: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        sentences.append(Sentence(text[start:end], start, end, paragraph))


def _ends_sentence(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    after = match.end()
    while after < end and text[after].isspace():
        after += 1
    following = text[after : after + 2].lstrip("\"'“‘([")
    if following and not (following[0].isupper() or following[0].isdigit()):
        return False
    mark = match.group()
    if mark[0] != ".":
        return True
    word_start = match.start()
    while word_start > begin and not text[word_start - 1].isspace():
        word_start -= 1
    word = text[word_start : match.start()].lstrip("\"'“‘([").lower()
    if word in _ABBREVIATIONS:
        # "on Dec. 10" and "Gen. Smith" go on; "No." does when a number follows.
        return word in ("no", "co", "inc", "ltd", "corp", "etc") and not following[:1].isdigit()
    if len(word) == 1 and word.isalpha():
        return False  # an initial: "J. Smith"
    dotted = "." in word and all(len(part) <= 1 for part in word.split("."))
    # "U.S. troops" goes on; before a word that begins sentences it is an end.
    return not dotted or text[after:].split(" ", 1)[0].lower() in _SENTENCE_STARTS


_SENTENCE_STARTS = word_set(
    "the a an in on at it he she they we but and this that these those there his her its"
)


def is_title_case(headline: str) -> bool:
    """`Five Killed In Blast`: capitals say nothing about names."""
    words = [word for word in headline.split() if word[:1].isalpha()]
    return sum(word[:1].isupper() for word in words) > 0.7 * len(words)
