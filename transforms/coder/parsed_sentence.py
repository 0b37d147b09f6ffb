"""A sentence with its words, their grammar and its noun phrases: what the steps of the coder share."""

import re
from dataclasses import dataclass

from transforms.coder.free_relatives import open_free_relatives
from transforms.coder.grammar import Token, merge_tokens
from transforms.coder.noun_phrases import Phrase, find_phrases, span_phrase
from transforms.coder.sentences import Sentence, Word, split_words
from transforms.coder.word_classes import Tag, classify


@dataclass(frozen=True, slots=True)
class ParsedSentence:
    """All lists have one item a word; indices are word numbers within the sentence."""

    sentence: Sentence
    words: tuple[Word, ...]
    tokens: tuple[Token, ...]  # the grammar of each word; offsets count from the sentence's start
    children: tuple[tuple[int, ...], ...]
    tags: list[Tag]
    phrases: list[Phrase]  # the outermost noun phrases, left to right
    phrase_at: list[int]  # for each word the index of its outermost phrase, -1 outside

    def text(self, start: int, end: int, document: str) -> str:
        """The document's text of words `start` to `end` (exclusive)."""
        return document[self.words[start].start : self.words[end - 1].end] if end > start else ""

    def label(self, at: int) -> str:
        return self.tokens[at].label

    def lemma(self, at: int) -> str:
        return self.tokens[at].lemma

    def head(self, at: int) -> int:
        """The word on which word `at` depends; itself for the root."""
        return self.tokens[at].head

    def find(self, at: int, *labels: str) -> list[int]:
        """The dependents of word `at` with one of these relations, left to right."""
        return [child for child in self.children[at] if self.tokens[child].label in labels]

    def is_verb(self, at: int) -> bool:
        return self.tokens[at].tag.startswith("VB")

    def is_noun(self, at: int) -> bool:
        return self.tokens[at].tag.startswith(("NN", "CD", "PRP", "WP", "DT", "WDT", "JJ", "$"))

    def phrase(self, head: int) -> Phrase:
        """The noun phrase led by word `head`, itself inside a larger one or not."""
        return span_phrase(self.tokens, self.children, self.words, head)


def build_sentence(sentence: Sentence, tokens: tuple[Token, ...], document: str) -> ParsedSentence:
    """Join a sentence and its parse; words are cut as `split_words` does, so that hyphenated words are one."""
    cut = split_words(document, sentence.start, sentence.end)
    base = sentence.start
    parts = [part for word in cut for part in _open_contraction(word)]
    spans, leaders = merge_tokens(tokens, [(start - base, end - base) for start, end in parts])
    words = tuple(_word(document, base + start, base + end) for start, end in spans)
    leaders = open_free_relatives(leaders, [word.lower for word in words])
    children: list[list[int]] = [[] for _ in words]
    for number, token in enumerate(leaders):
        if token.head != number:
            children[token.head].append(number)
    tags = classify(words, leaders)
    family = tuple(map(tuple, children))
    phrases = find_phrases(tuple(leaders), family, words, tags)
    phrase_at = [-1] * len(words)
    for number, phrase in enumerate(phrases):
        for i in range(phrase.start, phrase.end):
            phrase_at[i] = number
    return ParsedSentence(sentence, words, tuple(leaders), family, tags, phrases, phrase_at)


_CONTRACTION = re.compile(r"(i|you|he|she|it|we|they|who|there)'(?:d|ll|ve|re|m|s)")


def _open_contraction(word: Word) -> list[tuple[int, int]]:
    """Where the words of `he'd`, `they've` begin and end: the pronoun may be the subject."""
    match = _CONTRACTION.fullmatch(word.lower)
    if match is None:
        return [(word.start, word.end)]
    middle = word.start + match.end(1)
    return [(word.start, middle), (middle, word.end)]


def _word(document: str, start: int, end: int) -> Word:
    text = document[start:end]
    return Word(text, text.lower().replace("’", "'"), start, end)
