"""The words that the user's own rows of `triggers.csv` name: they count, or are forbidden, whatever the judge says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transforms.coder.judge import HEADLINE, JudgedTrigger, WordSpan
from transforms.coder.lexicon import Lexicon, TriggerForm, TriggerRow
from transforms.coder.sentences import Word, split_words

_MOST_BETWEEN = 3
"""Words that may stand between the words of a verb phrase: `imposed a new *sanction`."""


@dataclass(frozen=True, slots=True)
class UsersTrigger:
    """Words of a row; where they stand apart, from the first to the last of them."""

    span: WordSpan
    row: TriggerRow


def find_users_triggers(headline: str, sentences: Sequence[str], lexicon: Lexicon) -> list[UsersTrigger]:
    """Where the words of rows stand; of several rows at one word the longest."""
    if not lexicon.triggers:
        return []
    return [
        UsersTrigger((number, words[0].start, words[-1].end), row)
        for number, text in enumerate([headline, *sentences], HEADLINE)
        for words, row in _match(split_words(text), lexicon)
    ]


def settle(judged: Sequence[JudgedTrigger], users: Sequence[UsersTrigger]) -> list[JudgedTrigger]:
    """The triggers without those that share words with a row: of a row that names a type only its own stays."""
    return [one for one in judged if all(_may_stay(one, user) for user in users)]


def _may_stay(trigger: JudgedTrigger, user: UsersTrigger) -> bool:
    sentence, start, end = user.span
    if trigger.sentence != sentence or end <= trigger.start or trigger.end <= start:
        return True
    return (trigger.start, trigger.end, trigger.event_type) == (start, end, user.row.type)


def _match(words: Sequence[Word], lexicon: Lexicon) -> Iterator[tuple[list[Word], TriggerRow]]:
    at = 0
    while at < len(words):
        forms = lexicon.triggers.get(words[at].lower, ())
        found = next(((own, form.row) for form in forms if (own := _fit(words, at, form))), None)
        if found:
            yield found
            at = words.index(found[0][-1], at)
        at += 1


def _fit(words: Sequence[Word], at: int, form: TriggerForm) -> list[Word]:
    """The words of a form that begins at word `at`; empty where it does not."""
    between = _MOST_BETWEEN if form.row.pos == "verb" else 0
    own: list[Word] = []
    for wanted in form.words:
        near = range(at, min(len(words), at + 1 + (between if own else 0)))
        place = next((i for i in near if words[i].lower == wanted), None)
        if place is None:
            return []
        own.append(words[place])
        at = place + 1
    return own
