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
)
_DAY = re.compile(r", (?:\d{1,2} [A-Z][a-z]{2,8}|[A-Z][a-z]{2,8}\.? \d{1,2})\b")
_EDITORS_NOTE = re.compile(r"(?:\s*\[[^\[\]\n]{2,80}\])+\s*")
"""`[Text]`, `[Updated with the toll]`: what a service puts before the story."""


def find_dateline_end(text: str) -> int:
    """Where a text's dateline ends (`KABUL, 4 Feb 2009 (AP) -- [Excerpts] `); 0 without one."""
    match = _DATELINE.match(text)
    end = 0
    if match is not None:
        opening = match.group()
        # "Gunmen in Kano - some masked - fired" opens with no dateline
        noted = text.startswith(("[", " ["), match.end())
        if noted or opening[:2].isupper() or "(" in opening or _DAY.search(opening):
            end = match.end()
    note = _EDITORS_NOTE.match(text, end)
    end = note.end() if note else end
    return end + len(text[end:]) - len(text[end:].lstrip()) if end else 0


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
