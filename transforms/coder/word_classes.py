"""The coarse class of each word, from its Penn Treebank tag and its relation."""

from collections.abc import Sequence
from enum import IntEnum

from transforms.coder.grammar import Token
from transforms.coder.sentences import Word
from transforms.word_lists import list_words, word_set


class Tag(IntEnum):
    WORD = 0  # a noun or an adjective: part of a noun phrase
    NAME = 1
    NUMBER = 2
    DETERMINER = 3
    OF = 4
    PREPOSITION = 5
    PRONOUN = 6
    RELATIVE = 7
    CONJUNCTION = 8  # and, or
    SUBORDINATOR = 9  # that, when, after, because
    AUXILIARY = 10
    VERB = 11
    ADVERB = 12
    TIME = 13  # weekdays, months, yesterday
    MARK = 14
    POSSESSIVE = 15
    TO = 16


NUMBER_WORDS = word_set(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds "
    "thousand thousands million millions dozen dozens scores"
)
WEEKDAYS = word_set("monday tuesday wednesday thursday friday saturday sunday")
MONTHS = list_words("january february march april may june july august september october november december")
_MONTH_WORDS = frozenset(MONTHS) | {month[:3] for month in MONTHS} | {"sept"}
_TIMES = WEEKDAYS | frozenset(MONTHS) - {"may", "march"} | word_set("yesterday today tomorrow tonight")
_PERIODS = word_set("week month year weekend night summer winter spring autumn morning evening afternoon")
_NUMBER_OPENERS = word_set("at up more fewer less least to than most over about around nearly almost under")
_CLASSES = {
    "CD": Tag.NUMBER, "DT": Tag.DETERMINER, "PDT": Tag.DETERMINER, "PRP$": Tag.DETERMINER, "WP$": Tag.RELATIVE,
    "PRP": Tag.PRONOUN, "EX": Tag.PRONOUN, "WP": Tag.RELATIVE, "WDT": Tag.RELATIVE, "CC": Tag.CONJUNCTION,
    "IN": Tag.PREPOSITION, "RP": Tag.ADVERB, "TO": Tag.TO, "MD": Tag.AUXILIARY, "RB": Tag.ADVERB,
    "RBR": Tag.ADVERB, "RBS": Tag.ADVERB, "WRB": Tag.SUBORDINATOR, "POS": Tag.POSSESSIVE,
    "NNP": Tag.NAME, "NNPS": Tag.NAME, "NN": Tag.WORD, "NNS": Tag.WORD, "JJ": Tag.WORD, "JJR": Tag.WORD,
    "JJS": Tag.WORD,
}  # fmt: skip


def classify(words: Sequence[Word], tokens: Sequence[Token]) -> list[Tag]:
    """One class a word."""
    tags = [_classify(word, token) for word, token in zip(words, tokens, strict=True)]
    for i, word in enumerate(words):
        if word.lower.rstrip(".") in _MONTH_WORDS and word.text[0].isupper():
            for j in (i - 1, i + 1, i + 2):  # "6 December", "December 6, 2016"
                if 0 <= j < len(words) and tags[j] == Tag.NUMBER:
                    tags[i] = tags[j] = Tag.TIME
        if word.lower in _PERIODS and i and words[i - 1].lower in ("next", "last", "this"):
            tags[i - 1] = tags[i] = Tag.TIME
        year = tags[i] == Tag.NUMBER and len(word.text) == 4 and word.text[:2] in ("19", "20")
        if year and i and words[i - 1].lower in ("in", "since", "of", "until", "by"):
            tags[i] = Tag.TIME
        if word.lower in _NUMBER_OPENERS and _opens_number(words, tags, i):
            tags[i] = Tag.DETERMINER
    return tags


def _classify(word: Word, token: Token) -> Tag:
    lower, tag = word.lower, token.tag
    if (lower in _TIMES and word.text[0].isupper()) or lower in ("yesterday", "today", "tomorrow", "tonight"):
        return Tag.TIME
    if not any(character.isalnum() for character in lower):
        return Tag.MARK
    if tag == "POS" or (lower == "'s" and token.label == "case"):
        return Tag.POSSESSIVE
    if tag.startswith("VB"):
        if token.label.startswith("aux") or token.label == "cop":
            return Tag.AUXILIARY
        return Tag.WORD if token.label in ("amod", "compound") else Tag.VERB
    if lower in NUMBER_WORDS:
        return Tag.NUMBER
    if lower == "of":
        return Tag.OF
    if tag == "IN" and token.label in ("mark", "advcl"):
        return Tag.SUBORDINATOR
    if lower == "that" and token.label in ("nsubj", "nsubj:pass", "obj"):
        return Tag.RELATIVE
    return _CLASSES.get(tag, Tag.WORD)


def _opens_number(words: Sequence[Word], tags: list[Tag], i: int) -> bool:
    """`at least`, `more than`, `up to`, `about` belong to the number as an article does to its noun."""
    pair = words[i].lower in ("at", "up", "more", "fewer", "less") and i + 2 < len(words)
    if pair and words[i + 1].lower in ("least", "most", "to", "than"):
        return tags[i + 2] == Tag.NUMBER or words[i + 2].lower == "a"
    if i + 1 >= len(words) or tags[i + 1] != Tag.NUMBER:
        return False
    if words[i].lower in ("to", "than", "least", "most"):
        return i > 0 and words[i - 1].lower in ("at", "up", "more", "fewer", "less")
    return words[i].lower in ("over", "about", "around", "nearly", "almost", "under")
