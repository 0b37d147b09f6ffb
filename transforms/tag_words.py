"""A light grammar: what each word of a sentence can be, and the noun phrases these words make.

There is no trained model here: closed lists, word endings and the words that the tables name. It knows enough
to find the phrase on either side of a verb.
"""

from dataclasses import dataclass
from enum import IntEnum

from transforms.lexicon import Lexicon
from transforms.sentences import Word
from transforms.word_lists import list_words, word_set


class Tag(IntEnum):
    WORD = 0  # may be a noun or an adjective: part of a noun phrase
    NAME = 1  # capitalised
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


DETERMINERS = word_set(
    "the a an this these those its their his her our my your some any each every another other several "
    "many few most all both such no more two-thirds"
)
NUMBER_WORDS = word_set(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds "
    "thousand thousands million millions dozen dozens scores"
)
_PREPOSITIONS = word_set(
    "in on at by from with against into onto over under near around outside inside between among through "
    "throughout for about during within without across along towards toward off behind beside beyond above "
    "below despite per via amid upon like including except since until till up down out aboard besides "
    "following amidst"
)
_PRONOUNS = word_set(
    "he she it they we i you him them us me himself herself themselves itself there someone anyone nobody"
)
_RELATIVES = word_set("who which whom whose")
_SUBORDINATORS = word_set(
    "that when while as because although though if whether where after before but so than unless whereas "
    "once since how why what"
)
AUXILIARIES = word_set(
    "is are was were be been being am has have had having do does did will would can could may might shall "
    "should must get gets got getting 've 'd 'll ’ve ’d ’ll cannot won't can't didn't doesn't isn't wasn't "
    "weren't haven't hadn't hasn't didn’t doesn’t isn’t wasn’t weren’t haven’t hadn’t hasn’t won’t can’t "
    "couldn't wouldn't"
)
BE_FORMS = word_set(
    "is are was were be been being am get gets got getting wasn't weren't isn't aren't wasn’t weren’t "
    "isn’t aren’t"
)
_ADVERBS = word_set(
    "also not then now still just only never already even again later soon often once twice together "
    "meanwhile however instead almost ever perhaps further first nearby apart away back ago yet too here "
    "overnight reportedly allegedly abroad"
)
WEEKDAYS = word_set("monday tuesday wednesday thursday friday saturday sunday")
MONTHS = list_words("january february march april may june july august september october november december")
_TIMES = WEEKDAYS | frozenset(MONTHS) - {"may", "march"} | word_set("yesterday today tomorrow tonight")
_SPEECH = word_set(
    "said says say saying told tells tell reported reports added adding announced claimed claims claim "
    "confirmed stated according believed believe believes thought think thinks know knows knew known found "
    "find finds came come comes went go goes made make makes took take takes gave give gives left leave "
    "leaves led leads sent send sends saw see sees broke fled flee began begin became become becomes put "
    "puts brought bring held hold holds kept keep keeps won ran run runs rose fell met lost lose wrote "
    "wore drove stood spoke paid laid lay heard felt appeared remain remained seemed seem followed used "
    "want wants wanted need needs needed occurred happened continues continue erupted"
)
_ADJECTIVAL = word_set(
    "armed unarmed suspected alleged masked united unidentified unnamed wounded injured detained displaced "
    "retired allied besieged disputed occupied hooded heavily-armed wanted jailed kidnapped captured "
    "elected imprisoned killed dead exiled abducted so-called unprecedented hundred red sacred wicked "
    "gifted uniformed plainclothes organised organized accused convicted married divided combined crowded "
    "packed walled fortified improvised militarised deposed ousted mixed"
)
_HYPHEN_ENDS = (
    "backed",
    "led",
    "linked",
    "based",
    "held",
    "aligned",
    "controlled",
    "affiliated",
    "sponsored",
    "inspired",
    "run",
    "trained",
    "born",
    "armed",
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: words `start` to `end` (exclusive) of the sentence; `head` is its head noun's index."""

    start: int
    end: int
    head: int


def tag_words(words: tuple[Word, ...], lexicon: Lexicon) -> list[Tag]:
    """Tag every word of one sentence."""
    tags: list[Tag] = []
    for i, word in enumerate(words):
        tags.append(_tag(word, i, tags, words, lexicon))
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
    return tags


def _tag(word: Word, i: int, tags: list[Tag], words: tuple[Word, ...], lexicon: Lexicon) -> Tag:
    lower = word.lower
    first = lower[0]
    if not (first.isalnum() or len(lower) > 1):
        return Tag.MARK
    if _opens_number(words, i):
        return Tag.DETERMINER
    closed = _CLOSED.get(lower)
    if closed is not None and not (word.text.isupper() and len(lower) == 2 and lower in ("us", "it")):
        if closed == Tag.PRONOUN and lower == "her" and i + 1 < len(words):
            return Tag.DETERMINER
        return closed
    if first.isdigit():
        return Tag.WORD if "-" in lower and lower[-1].isalpha() else Tag.NUMBER
    if lower in NUMBER_WORDS:
        return Tag.NUMBER
    previous = tags[-1] if tags else Tag.MARK
    if word.text[0].isupper() and (i > 0 and previous != Tag.MARK):
        return Tag.NAME
    if lower.endswith("ly") and previous in (Tag.DETERMINER, Tag.POSSESSIVE):
        return Tag.WORD  # "the internationally recognised government"
    if (
        lower.endswith("ly")
        and len(lower) > 4
        and lower not in ("family", "assembly", "italy", "july", "elderly", "deadly")
    ):
        return Tag.ADVERB
    if _looks_like_verb(lower, previous, i, words, lexicon):
        return Tag.VERB
    return Tag.NAME if word.text[0].isupper() else Tag.WORD


def _opens_number(words: tuple[Word, ...], i: int) -> bool:
    """`at least`, `more than`, `up to`, `about` belong to the number as an article does to its noun."""
    lower = words[i].lower
    following = [word.lower for word in words[i + 1 : i + 3]]
    number = any(
        word[0].isdigit() or word in NUMBER_WORDS or word in ("a", "several") for word in following[:1]
    )
    if lower in ("at", "up", "more", "fewer", "less") and following[:1] in (
        ["least"],
        ["most"],
        ["to"],
        ["than"],
    ):
        return len(following) > 1 and (
            following[1][0].isdigit() or following[1] in NUMBER_WORDS or following[1] == "a"
        )
    if lower in ("to", "than", "least", "most"):
        return i > 0 and number and words[i - 1].lower in ("at", "up", "more", "fewer", "less")
    return (
        number
        and lower in ("over", "about", "around", "nearly", "almost", "under", "roughly", "approximately")
        and (following[0] != "a")
    )


def _looks_like_verb(lower: str, previous: Tag, i: int, words: tuple[Word, ...], lexicon: Lexicon) -> bool:
    following = words[i + 1].lower if i + 1 < len(words) else "."
    ends = following in _CLOSED or following in NUMBER_WORDS or not following[0].isalpha()
    modifies = previous in (Tag.DETERMINER, Tag.NUMBER, Tag.PREPOSITION, Tag.OF, Tag.POSSESSIVE)
    before = words[i - 1].lower if i else ""
    if before.endswith("ly") and previous == Tag.WORD and before not in lexicon.agents:
        modifies = True
    if (previous == Tag.AUXILIARY and before in _MODALS) or (
        previous == Tag.TO and lower in lexicon.verb_bases
    ):
        return True
    subject = previous == Tag.RELATIVE or before in _SUBJECT_PRONOUNS
    if subject and lower not in lexicon.agents and not words[i].text[0].isupper():
        return True
    opens_object = (
        _CLOSED.get(following) in (Tag.DETERMINER, Tag.PRONOUN)
        or words[min(i + 1, len(words) - 1)].text[0].isupper()
    )
    if previous == Tag.TO and opens_object and lower not in lexicon.agents and not lower.endswith("s"):
        return True
    past = (lower.endswith("ed") and len(lower) > 3) or lower in lexicon.past_forms
    if past:
        if "-" in lower and lower.rsplit("-", 1)[1] in _HYPHEN_ENDS:
            return False
        if lower in _ADJECTIVAL:
            return ends if modifies else (ends or previous in (Tag.WORD, Tag.NAME, Tag.PRONOUN, Tag.RELATIVE))
        return not modifies or ends
    if lower.endswith("ing") and len(lower) > 4:
        opens = previous in (Tag.MARK, Tag.AUXILIARY) or ends
        return not modifies and lower not in lexicon.agents and opens
    return False


def find_phrases(words: tuple[Word, ...], tags: list[Tag]) -> list[Phrase]:
    """The noun phrases of a tagged sentence, left to right; `of` joins two into one."""
    phrases: list[Phrase] = []
    i = 0
    while i < len(words):
        if tags[i] not in _IN_PHRASE or tags[i] == Tag.OF or tags[i] == Tag.POSSESSIVE:
            i += 1
            continue
        start, head = i, -1
        while i < len(words) and tags[i] in _IN_PHRASE:
            if i > start and tags[i] == Tag.DETERMINER and tags[i - 1] in (Tag.WORD, Tag.NAME):
                break  # "Sunday the army": a new phrase begins
            if tags[i] == Tag.OF:
                if head < 0 or i + 1 >= len(words) or tags[i + 1] not in _IN_PHRASE:
                    break
            elif tags[i] in (Tag.WORD, Tag.NAME, Tag.NUMBER) and not any(t == Tag.OF for t in tags[start:i]):
                head = i
            i += 1
        end = i
        while (
            end > start
            and tags[end - 1] in (Tag.OF, Tag.POSSESSIVE, Tag.DETERMINER, Tag.MARK)
            and end - 1 > head
        ):
            end -= 1
        if head >= start:
            phrases.append(Phrase(start, end, _shift_head(words, tags, start, head)))
        i = max(i, start + 1)
    return phrases


def _shift_head(words: tuple[Word, ...], tags: list[Tag], start: int, head: int) -> int:
    """`dozens of protesters`, `a group of rebels`: the head is behind `of`."""
    if (
        (words[head].lower in _QUANTIFYING or tags[head] == Tag.NUMBER)
        and head + 1 < len(words)
        and tags[head + 1] == Tag.OF
    ):
        at = head + 2
        while at < len(words) and tags[at] in (Tag.WORD, Tag.NAME, Tag.NUMBER, Tag.DETERMINER):
            at += 1
        return max(head, at - 1)
    return head


_QUANTIFYING = word_set(
    "dozens scores hundreds thousands millions group groups number handful crowd crowds members member "
    "some many tens gang one two three four five six seven eight nine ten several couple majority bunch "
    "band column lot most part team"
)
_IN_PHRASE = frozenset({Tag.WORD, Tag.NAME, Tag.NUMBER, Tag.DETERMINER, Tag.OF, Tag.POSSESSIVE})
_MODALS = word_set(
    "will would can could may might shall should must do does did cannot won't can't didn't doesn't 'll ’ll"
)
_PERIODS = word_set("week month year weekend night summer winter spring autumn morning evening afternoon")
_SUBJECT_PRONOUNS = word_set("he she they it we i you")
_MONTH_WORDS = frozenset(MONTHS) | {month[:3] for month in MONTHS} | {"sept"}
_CLOSED: dict[str, Tag] = {
    **dict.fromkeys(_ADVERBS, Tag.ADVERB),
    **dict.fromkeys(_SPEECH, Tag.VERB),
    **dict.fromkeys(_PREPOSITIONS, Tag.PREPOSITION),
    **dict.fromkeys(_SUBORDINATORS, Tag.SUBORDINATOR),
    **dict.fromkeys(_RELATIVES, Tag.RELATIVE),
    **dict.fromkeys(_PRONOUNS, Tag.PRONOUN),
    **dict.fromkeys(AUXILIARIES, Tag.AUXILIARY),
    **dict.fromkeys(DETERMINERS, Tag.DETERMINER),
    **dict.fromkeys(_TIMES, Tag.TIME),
    "of": Tag.OF,
    "to": Tag.TO,
    "and": Tag.CONJUNCTION,
    "or": Tag.CONJUNCTION,
    "'s": Tag.POSSESSIVE,
    "’s": Tag.POSSESSIVE,
}
