"""When, where and how many: the words and rules behind an event's day, place and toll."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from transforms.coder.document_reading import DocumentReading
from transforms.coder.drafts import Draft
from transforms.coder.explanation import Reason
from transforms.coder.geolocate import Located
from transforms.coder.quantities import Bound
from transforms.coder.recall_place import find_home
from transforms.coder.resolve_dates import DateSpan, find_dates, name_rule
from transforms.coder.told_words import Offsets, Telling, find_words
from transforms.records import Event


def explain_date(
    event: Event, draft: Draft, tellings: Sequence[Telling], reading: DocumentReading
) -> Iterator[Reason]:
    """The expression that gave the day and how it was read, or what stands in for one."""
    document, published = reading.scene.joined.text, reading.scene.published
    start = draft.sentence.start
    span = _find_date(draft.when, tellings, document) if draft.when else None
    if draft.when and span:
        rule = name_rule(draft.when.text)
        absolute = any(one.start == draft.when.start for one in find_dates(draft.when.text, None))
        counted = (
            "complete in itself"
            if absolute
            else f"relative to the day of publication or the last day mentioned, {published}"
        )
        votes = f"; {len(draft.days)} sentences give a day" if len(draft.days) > 1 else ""
        note = f"rule {rule or 'offset'}: {draft.when.start}"
        note += f" to {draft.when.end}" if draft.when.end != draft.when.start else ""
        note += f", {counted}{votes}"
        if event.date_start != draft.when.start:
            note += f"; in the future, not the past, so {event.date_start or 'unknown'}"
        yield Reason("date", document[slice(*span)], *span, note=note)
    elif event.date_start:
        that_of_news = published is not None and event.date_start == published.isoformat()
        where = None if that_of_news else _find_first_day(reading)
        if where:
            note = f"no day is reported with it: the day of the first event of the text, {event.date_start}"
            yield Reason("date", document[slice(*where)], *where, note=note)
        else:
            note = f"no day is reported with it: the day of publication, {published}"
            yield Reason("date", "", start, start, note=note)


def _find_first_day(reading: DocumentReading) -> Offsets | None:
    """Where the text gives the day of its first event."""
    first = next((one for one in reading.sure if one.when and one.realis == "actual"), None)
    if first is None or first.when is None or not first.when.text:
        return None
    at = reading.scene.joined.text.find(first.when.text, min(first.told_at, default=0))
    return (at, at + len(first.when.text)) if at >= 0 else None


def _find_date(when: DateSpan, tellings: Sequence[Telling], document: str) -> Offsets | None:
    """Where the expression stands: around its offset in one of the sentences, else wherever it is written."""
    for telling in tellings:
        sentence = telling.parsed.sentence
        reach = max(sentence.start, sentence.start + when.at - len(when.text))
        at = document.find(when.text, reach, sentence.end)
        if when.text and at >= 0 and at <= sentence.start + when.at <= at + len(when.text):
            return at, at + len(when.text)
    return find_words(when.text, tellings, document)


def explain_place(
    event: Event, draft: Draft, tellings: Sequence[Telling], reading: DocumentReading
) -> Iterator[Reason]:
    """The place's name, the row that it means, and why this place."""
    if event.place is None:
        return
    if draft.where is not None:
        votes = f"; {len(draft.sites)} sentences give a place" if len(draft.sites) > 1 else ""
        inside = any(one.start <= draft.where.start < one.parsed.sentence.end for one in tellings)
        how = "reported with it" if inside else "recalled: its sentence points back to a place named before"
        yield _cite_place(draft.where, 0, f"{how}{votes}", reading)
    elif (home := find_home(draft, reading.found)) is not None:
        note = "no place is reported with it; fallback location: the country of who tested it"
        yield _cite_place(home, reading.scene.joined.offset, note, reading)
    elif (stand_in := reading.find_stand_in(draft)) is not None:
        main = stand_in is reading.main_place
        which = "the place of the event reported most" if main else "the first place of the text"
        offset = 0 if main else reading.scene.joined.offset
        yield _cite_place(
            stand_in, offset, f"no place is reported with it; fallback location: {which}", reading
        )


def _cite_place(located: Located, offset: int, note: str, reading: DocumentReading) -> Reason:
    start, end = located.start + offset, located.end + offset
    words = [note]
    if located.cue:
        words.append("a locative word precedes it")
    if located.admin:
        words.append("the division, not the town")
    if located.dateline:
        words.append("from the dateline")
    place = located.place
    table = {"country": "countries.csv", "unknown": ""}.get(place.kind, "gazetteer")
    if place.kind == "unknown":
        words.append(
            f"not in the gazetteer, so it has no point; country from the context: {place.country or 'none'}"
        )
        row = ""
    else:
        known = f"geonameid {place.geonameid}" if place.geonameid else "no geonameid"
        people = f", {place.population:,} people" if place.population else ""
        row = f"{place.name}, {place.country}: {place.kind}, {known}{people}"
    document = reading.scene.joined.text
    return Reason("place", document[start:end], start, end, table, row, "; ".join(words))


def explain_toll(event: Event, tellings: Sequence[Telling], reading: DocumentReading) -> list[Reason]:
    """Each number of dead and wounded in the sentences that report the event, with the word that it is bound to."""
    killed = (event.killed_min, event.killed_max)
    injured = (event.injured_min, event.injured_max)
    dead = _cite_numbers("killed", killed, tellings, reading)
    hurt = _cite_numbers("injured", injured, tellings, reading)
    if killed == (0, 0) and not dead:
        dead = [replace(one, field="killed", note="nobody was hurt, so nobody was killed") for one in hurt]
    return [*dead, *hurt]


def _cite_numbers(
    kind: str, bound: Bound, tellings: Sequence[Telling], reading: DocumentReading
) -> list[Reason]:
    if bound == (None, None):
        return []
    document = reading.scene.joined.text
    found = []
    for telling in tellings:
        for casualty in telling.weighed.casualties:
            cue = telling.parsed.words[casualty.at].text
            for quantity in casualty.quantities if casualty.kind == kind else ():
                start, end = telling.span(quantity.start, quantity.end)
                who = ", of the attackers" if quantity.counts == "attackers" else ""
                note = f"{_show_bound(quantity.bound)}{who}, bound to `{cue}`; the event has {_show_bound(bound)}"
                found.append(Reason(kind, document[start:end], start, end, note=note))
    return found


def _show_bound(bound: Bound) -> str:
    low, high = bound
    if low == high:
        return "uncounted" if low is None else str(low)
    if low is None:
        return f"at most {high}"
    return f"at least {low}" if high is None else f"{low} to {high}"
