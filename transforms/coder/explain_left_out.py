"""Trigger matches that gave no event, each with the reason: what tracing a miss needs."""

from collections.abc import Iterable, Iterator, Mapping

from transforms.coder.document_reading import DocumentReading
from transforms.coder.draft_events import Weighed
from transforms.coder.drafts import LEAST_SURE, Draft, sum_strength
from transforms.coder.explain_guards import describe_failure, name_row
from transforms.coder.explanation import NotCodedWords
from transforms.coder.lexicon import Lexicon, TriggerForm
from transforms.coder.sentences import split_sentences, split_words
from transforms.coder.told_words import Telling
from transforms.coder.worth_parsing import MOST_SENTENCE_CHARACTERS


def find_left_out(reading: DocumentReading, weighed: Mapping[int, Weighed]) -> tuple[NotCodedWords, ...]:
    """In the order of the text. `weighed` is keyed by where sentences begin."""
    document = reading.scene.joined.text
    found = [*_find_unread(reading)]
    for parsed in reading.scene.sentences:
        telling = Telling(parsed, weighed[parsed.sentence.start])
        for (start, end), row, note in (
            *_judge_triggers(telling, reading),
            *_find_other_words(telling, reading.scene.lexicon),
        ):
            found.append(
                NotCodedWords(
                    document[start:end], start, end, row, note, parsed.sentence.text, parsed.sentence.start
                )
            )
    for draft in reading.told:
        if not draft.anchors:
            sentence = draft.sentence
            note = "only counts dead or wounded, and matches no event reported before it"
            found.append(
                NotCodedWords(
                    sentence.text, sentence.start, sentence.end, "", note, sentence.text, sentence.start
                )
            )
    return tuple(sorted(found, key=lambda one: (one.start, one.end, one.row)))


_Found = tuple[tuple[int, int], str, str]  # where, the row, why not


def _judge_triggers(telling: Telling, reading: DocumentReading) -> Iterator[_Found]:
    scene = reading.scene
    in_head = telling.start < scene.joined.offset
    for candidate in telling.weighed.candidates:
        hit = candidate.hit
        span, row = telling.span(hit.start, hit.end), name_row(hit.row)
        if candidate not in telling.weighed.kept:
            yield span, row, describe_failure(candidate, telling, scene.context, scene.lexicon)
            continue
        owners = [
            draft
            for draft in reading.told
            if any(anchor.sentence_start == telling.start and anchor.hit == hit for anchor in draft.anchors)
        ]
        if not owners:
            note = (
                "reported by the headline alone" if in_head else "its event candidate was dropped on the way"
            )
            yield span, row, note
        elif not any(owner.anchors == draft.anchors for owner in owners for draft in reading.sure):
            yield span, row, _describe_weakness(owners[0])


def _describe_weakness(draft: Draft) -> str:
    has = ", ".join(f"{name} {points:g}" for name, points in draft.parts)
    missing = [
        name
        for name, value in (
            ("actor", draft.actors), ("recipient", draft.recipients), ("place", draft.where),
            ("date", draft.when), ("toll", draft.toll.killed[0] or draft.toll.injured[0]),
        )
        if not value
    ]  # fmt: skip
    sure = sum_strength(draft)
    if draft.odds is not None and sure >= LEAST_SURE:
        return (
            f"event candidate not accepted: the learnt weights give odds of {draft.odds:.2f} that it is news of "
            f"an attack, and its strength of {sure:.2f} is too low to stand without them"
        )
    return (
        f"event candidate not accepted: strength {sure:.2f}, an event needs {LEAST_SURE:g}; it has {has or 'nothing'}; "
        f"it lacks {', '.join(missing) or 'nothing'}"
    )


def _find_other_words(telling: Telling, lexicon: Lexicon) -> Iterator[_Found]:
    """Words that are written as a trigger and were read as another part of speech."""
    words = tuple(word.lower for word in telling.parsed.words)
    taken = {i for c in telling.weighed.candidates for i in range(c.hit.start, c.hit.end)}
    for at, size, forms in _find_written(words, lexicon):
        if taken.isdisjoint(range(at, at + size)):
            kinds = " or ".join(dict.fromkeys(one.row.pos for one in forms))
            note = f"`{' '.join(words[at : at + size])}` is not used here as a {kinds} that reports an event"
            yield telling.span(at, at + size), _name_rows(forms), note


def _find_written(words: tuple[str, ...], lexicon: Lexicon) -> Iterator[tuple[int, int, list[TriggerForm]]]:
    """Where the words of triggers stand side by side, the longest first: at which word, how many, and whose."""
    at = 0
    while at < len(words):
        written = [one for one in lexicon.triggers.get(words[at], ()) if _is_written(words, at, one)]
        size = len(written[0].words) if written else 1
        if written:
            yield at, size, [one for one in written if len(one.words) == size]
        at += size


def _name_rows(forms: Iterable[TriggerForm]) -> str:
    return "; ".join(dict.fromkeys(name_row(one.row) for one in forms))


def _is_written(words: tuple[str, ...], at: int, form: TriggerForm) -> bool:
    return words[at : at + len(form.words)] == form.words


def _find_unread(reading: DocumentReading) -> Iterator[NotCodedWords]:
    """Sentences too long to be any, and words of triggers in those that the prefilter left unparsed."""
    document = reading.scene.joined.text
    parsed = {one.sentence.end for one in reading.scene.sentences}
    for sentence in split_sentences(document):
        if sentence.end in parsed:
            continue
        size = len(sentence.text)
        if size > MOST_SENTENCE_CHARACTERS:
            note = f"a sentence of {size} characters is not read; {MOST_SENTENCE_CHARACTERS} is the most"
            end = sentence.start + 80
            yield NotCodedWords(
                document[sentence.start : end],
                sentence.start,
                end,
                "",
                note,
                sentence.text[:80],
                sentence.start,
            )
            continue
        words = split_words(document, sentence.start, sentence.end)
        for at, length, forms in _find_written(tuple(word.lower for word in words), reading.scene.lexicon):
            start, end = words[at].start, words[at + length - 1].end
            yield NotCodedWords(
                document[start:end], start, end, _name_rows(forms), _NOT_PARSED, sentence.text, sentence.start
            )


_NOT_PARSED = (
    "the prefilter left the sentence unparsed: it holds nothing that the trigger asks for, "
    "or its words are used in another way"
)
