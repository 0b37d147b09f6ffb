"""A sentence with its words, tags and noun phrases: what the steps of the coder share."""

from dataclasses import dataclass

from transforms.lexicon import Lexicon
from transforms.sentences import Sentence, Word, split_words
from transforms.tag_words import Phrase, Tag, find_phrases, tag_words


@dataclass(frozen=True, slots=True)
class ParsedSentence:
    sentence: Sentence
    words: tuple[Word, ...]
    tags: list[Tag]
    phrases: list[Phrase]
    phrase_at: list[int]  # for each word the index of its phrase, -1 outside

    def text(self, start: int, end: int, document: str) -> str:
        """The document's text of words `start` to `end` (exclusive)."""
        return document[self.words[start].start : self.words[end - 1].end] if end > start else ""


def parse_sentence(sentence: Sentence, document: str, lexicon: Lexicon) -> ParsedSentence:
    words = split_words(document, sentence.start, sentence.end)
    tags = tag_words(words, lexicon)
    phrases = find_phrases(words, tags)
    phrase_at = [-1] * len(words)
    for number, phrase in enumerate(phrases):
        for i in range(phrase.start, phrase.end):
            phrase_at[i] = number
    return ParsedSentence(sentence, words, tags, phrases, phrase_at)
