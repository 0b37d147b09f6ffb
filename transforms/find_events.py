"""Find the words that tell of an event, and decide whether they stand as a verb or as a noun."""

from dataclasses import dataclass
from typing import Literal

from transforms.lexicon import Lexicon, TriggerForm, TriggerRow
from transforms.parsed_sentence import ParsedSentence
from transforms.quantities import HURT_WORDS, KILL_WORDS
from transforms.tag_words import Tag
from transforms.word_lists import word_set

_SKIPPABLE = frozenset({Tag.DETERMINER, Tag.WORD, Tag.NUMBER, Tag.NAME, Tag.ADVERB, Tag.TIME})
COUNTED_WORDS = KILL_WORDS | HURT_WORDS
_MOST_SKIPPED = 4
_NP_START = frozenset({Tag.DETERMINER, Tag.NUMBER, Tag.NAME, Tag.PRONOUN})


@dataclass(frozen=True, slots=True)
class Hit:
    """A trigger in a sentence: words `start` to `end` (exclusive)."""

    start: int
    end: int
    form: TriggerForm
    reading: Literal["verb", "noun", "phrase"]

    @property
    def row(self) -> TriggerRow:
        return self.form.row


def has_trigger(words: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether any of the lower-case words may begin a trigger or count casualties: a look before parsing."""
    return not (lexicon.triggers.keys().isdisjoint(words) and COUNTED_WORDS.isdisjoint(words))


def find_events(parsed: ParsedSentence, lexicon: Lexicon) -> list[Hit]:
    """The triggers of a sentence, left to right, none overlapping; the longest phrase wins."""
    hits: list[Hit] = []
    taken = 0
    for i, word in enumerate(parsed.words):
        if i < taken:
            continue
        for form in lexicon.triggers.get(word.lower, ()):
            end = _match(parsed, i, form)
            if end and (reading := _read(parsed, i, end, form, lexicon)):
                hits.append(Hit(i, end, form, reading))
                taken = end if form.row.pos != "verb" else i + 1
                break
    return [hit for n, hit in enumerate(hits) if not any(_covers(other, hit) for other in hits[:n])]


def _covers(outer: Hit, inner: Hit) -> bool:
    """`staged a protest` covers `protest`; a casualty's verb inside another phrase is kept."""
    return outer.start <= inner.start and inner.end <= outer.end


def _match(parsed: ParsedSentence, start: int, form: TriggerForm) -> int:
    """The end of the trigger's words from `start`, 0 where they are not there."""
    at = start + 1
    words = parsed.words
    for wanted in form.words[1:]:
        skipped = 0
        while at < len(words) and not _same(words[at].lower, wanted, form):
            if form.row.pos != "verb" or skipped == _MOST_SKIPPED or not _may_skip(parsed, at):
                return 0
            skipped += 1
            at += 1
        if at >= len(words):
            return 0
        at += 1
    return at


def _may_skip(parsed: ParsedSentence, at: int) -> bool:
    """Determiners and adjectives, and `on Wednesday`."""
    tags = parsed.tags
    opens_time = tags[at] == Tag.PREPOSITION and at + 1 < len(tags) and tags[at + 1] == Tag.TIME
    return tags[at] in _SKIPPABLE or opens_time


def _same(word: str, wanted: str, form: TriggerForm) -> bool:
    if word == wanted:
        return True
    return (
        form.row.pos == "verb"
        and len(word) > len(wanted)
        and word in (wanted + "s", wanted + "es", wanted[:-1] + "ies")
    )


def _read(
    parsed: ParsedSentence, start: int, end: int, form: TriggerForm, lexicon: Lexicon
) -> Literal["verb", "noun", "phrase"] | None:
    if form.row.pos == "phrase":
        return "phrase"
    verb = _stands_as_verb(parsed, start, end, form)
    if form.row.pos == "verb":
        titled = form.form == "base" and parsed.words[start].text[0].isupper() and start > 0
        return "verb" if verb and not titled else None  # "Kill Bill" is a film
    head_word = parsed.words[end - 1].lower
    noun_modifies = (
        end < len(parsed.words)
        and parsed.tags[end] == Tag.WORD
        and parsed.phrase_at[end] >= 0
        and parsed.phrase_at[end] == parsed.phrase_at[start]
        and head_word not in ("suicide",)
    )
    if noun_modifies and parsed.words[end].lower in _NOT_THE_EVENT:
        return None  # "attack plans", "strike team": the phrase is about something else
    return "noun" if not verb or len(form.words) > 1 else None


_NOT_THE_EVENT = word_set(
    "plan plans plot plots threat threats warning warnings victim victims survivor survivors suspect "
    "suspects charge charges investigation investigators squad unit division capability capabilities law "
    "laws case cases trial rate rates weapon weapons action force forces line lines ground grounds field "
    "fields dog dogs team teams room shelter shelters fund mediator officer warrant warrants aircraft "
    "helicopter helicopters leader organiser organisers organizer march-off movement"
)


def _stands_as_verb(parsed: ParsedSentence, start: int, end: int, form: TriggerForm) -> bool:
    tags, words = parsed.tags, parsed.words
    before = tags[start - 1] if start else Tag.MARK
    after = tags[start + 1] if start + 1 < len(words) else Tag.MARK
    modified = before in (Tag.DETERMINER, Tag.POSSESSIVE, Tag.OF, Tag.NUMBER)
    if form.form in ("past", "participle"):
        if modified or before == Tag.PREPOSITION:
            return before == Tag.NUMBER and after not in (Tag.WORD, Tag.NAME)
        return True
    if form.form == "gerund":
        if modified or (before == Tag.PREPOSITION and after not in _NP_START):
            return False
        return (
            after in _NP_START
            or before in (Tag.MARK, Tag.AUXILIARY)
            or after not in (Tag.OF, Tag.MARK, Tag.AUXILIARY)
        )
    if before in (Tag.TO, Tag.AUXILIARY, Tag.PRONOUN, Tag.RELATIVE) or (
        start and words[start - 1].lower == "not"
    ):
        return True
    if before == Tag.ADVERB and start >= 2 and tags[start - 2] in (Tag.AUXILIARY, Tag.TO, Tag.PRONOUN):
        return True
    if modified or before in (Tag.PREPOSITION, Tag.MARK, Tag.VERB):
        return False
    if len(form.words) > 1:
        return True
    if form.form == "third":
        return before in (Tag.NAME, Tag.WORD, Tag.RELATIVE) and after in (*_NP_START, Tag.WORD)
    plural_subject = before in (Tag.WORD, Tag.NAME) and words[start - 1].lower.endswith(
        ("s", "men", "people", "police")
    )
    return plural_subject and after in (*_NP_START, Tag.WORD)
