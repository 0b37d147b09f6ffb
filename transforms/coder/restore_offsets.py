"""From the prepared text back to the one that was given: offsets, and the words that stand there."""

from dataclasses import replace

from transforms.coder.prepare_text import PreparedText
from transforms.records import Event, Toponym


def restore_event(event: Event, prepared: PreparedText) -> Event:
    """The event with its sentence as it stands in the given text; a headline's stays as it is."""
    if event.sentence_start < 0:
        return event
    start, end = prepared.find_given(event.sentence_start, event.sentence_end)
    return replace(event, sentence=prepared.given[start:end], sentence_start=start, sentence_end=end)


def restore_toponym(toponym: Toponym, prepared: PreparedText) -> Toponym:
    """The place name as it stands in the given text."""
    start, end = prepared.find_given(toponym.start, toponym.end)
    return replace(toponym, text=prepared.given[start:end], start=start, end=end)
