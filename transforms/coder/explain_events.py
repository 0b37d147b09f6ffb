"""Why a document's events are as they are: what the passes left in `CodedText`, put into words. Nothing is derived
again; only which words a learnt decision hangs on is asked of the judge anew, where it is wanted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from transforms.coder.coded_text import CodedText, Incident, Party
from transforms.coder.counts import UNKNOWN, Bound
from transforms.coder.find_mentions import LEAST_ODDS_OF_MENTION
from transforms.coder.geolocate import Located
from transforms.coder.judge import Encoder, JudgedTrigger, find_deciding
from transforms.coder.make_events import LEAST_ODDS_OF_EVENT, MOST_CONFIDENCE, find_type_row
from transforms.coder.resolve_dates import name_rule
from transforms.coder.vote_fields import find_means
from transforms.records import Actor, Event
from transforms.word_lists import list_words


@dataclass(frozen=True, slots=True)
class Reason:
    """What gave a field: words of the text, the row of a table that knows them, and what was made of them.

    `field` is the event's (`date`, `killed` and `injured` stand for both their ends), for lists with the number
    and the part: `actors[0].sector`. Without words `text` is "" and `start` equals `end`.
    """

    field: str
    text: str
    start: int
    end: int
    table: str = ""  # a file of seeds, or "gazetteer"
    row: str = ""  # the cells that matter, the key first
    note: str = ""


@dataclass(frozen=True, slots=True)
class ToldBy:
    """A sentence that reports an event."""

    text: str
    start: int
    end: int
    headline: bool
    note: str  # why it was merged with those before it


@dataclass(frozen=True, slots=True)
class ExplainedEvent:
    event: Event
    reasons: tuple[Reason, ...]
    sentences: tuple[ToldBy, ...]  # in the order of the text


@dataclass(frozen=True, slots=True)
class NotCodedWords:
    """A trigger match that gave no event."""

    text: str
    start: int
    end: int
    row: str  # of triggers.csv; "" for words that only count
    note: str  # why not
    sentence: str
    sentence_start: int


@dataclass(frozen=True, slots=True)
class Explanation:
    id: str
    text: str  # the headline, a blank line and the text
    offset: int  # where the text begins
    events: tuple[ExplainedEvent, ...]
    left_out: tuple[NotCodedWords, ...]


_CODES = list_words("cameo goldstein quad acled_type acled_subtype")


def explain_events(coded: CodedText, judge: Encoder | None = None) -> Explanation:
    """The reasons of each event, and the words that gave none. With `judge` also the words that decided (slow)."""
    return Explanation(
        coded.document.id,
        coded.text,
        coded.offset,
        tuple(_explain(coded, incident, event, judge) for incident, event in coded.events),
        tuple(_list_left_out(coded)),
    )


def _explain(coded: CodedText, incident: Incident, event: Event, judge: Encoder | None) -> ExplainedEvent:
    reasons = (
        *_explain_type(coded, incident, judge),
        *_explain_mode(coded, incident, event),
        *_explain_realis(coded, incident, event),
        *_explain_parties(coded, event.actors, "actors", incident),
        *_explain_parties(coded, event.recipients, "recipients", incident),
        *_explain_weapons(coded, incident, event),
        *_explain_day(coded, incident, event),
        *_explain_place(coded, incident, event),
        *_explain_counts(coded, incident, event, "killed"),
        *_explain_counts(coded, incident, event, "injured"),
        *_explain_codes(coded, incident, event),
        Reason(
            "confidence", "", incident.mentions[0].start, incident.mentions[0].start, note=_rate(incident)
        ),
    )
    return ExplainedEvent(event, reasons, tuple(_list_sentences(coded, incident, event)))


def _cite(
    coded: CodedText, field: str, span: tuple[int, int], table: str = "", row: str = "", note: str = ""
) -> Reason:
    return Reason(field, coded.text[slice(*span)], *span, table, row, note)


def _explain_type(coded: CodedText, incident: Incident, judge: Encoder | None) -> Iterator[Reason]:
    for one in incident.mentions:
        span = (one.start, one.end)
        if one.row is not None:
            row = f"{one.row.phrase}, {one.row.pos}: {one.row.type}"
            yield _cite(coded, "event_type", span, "triggers.csv", row, "a row of your own")
            continue
        note = f"the judge: {one.event_type} with odds of {one.trigger.odds:.2f}"
        if judge is not None:
            note += _name_deciding(coded, one.trigger, judge)
        yield _cite(coded, "event_type", span, note=note)


def _name_deciding(coded: CodedText, trigger: JudgedTrigger, judge: Encoder) -> str:
    """The words without which the odds fall below half, or most."""
    spans = find_deciding(judge, trigger)
    words = [coded.text[slice(*coded.locate(span))] for span, _ in spans]
    odds = f" (down to {min((odds for _, odds in spans), default=trigger.odds):.2f})"
    return f"; less likely without {', '.join(f'`{word}`' for word in words)}{odds}" if words else ""


def _explain_mode(coded: CodedText, incident: Incident, event: Event) -> Iterator[Reason]:
    if not event.mode:
        return
    told = [one for one in incident.mentions if one.trigger.mode == event.mode]
    for one in told:
        users = one.row is not None and one.row.mode == event.mode
        table, note = ("triggers.csv", "a row of your own") if users else ("", "the judge, from the sentence")
        yield _cite(coded, "mode", (one.start, one.end), table, note=note)
    if told:
        return
    spans = [span for one in incident.mentions for span in one.weapons]
    spans += [(party.start, party.end) for one in incident.mentions for party in one.actors]
    for span in spans:
        if find_means(coded.text[slice(*span)], coded.lexicon) == event.mode:
            yield _cite(coded, "mode", span, "weapons.csv", note="who did it or with what says how")
            return
    first = incident.mentions[0]
    yield _cite(coded, "mode", (first.start, first.end), note="from who did it or with what")


def _explain_realis(coded: CodedText, incident: Incident, event: Event) -> Iterator[Reason]:
    surest = max(incident.mentions, key=lambda one: one.trigger.odds)
    note = f"the judge: {event.realis}, from the whole sentence"
    yield _cite(coded, "realis", (surest.start, surest.end), note=note)


def _explain_parties(
    coded: CodedText, actors: Sequence[Actor], role: str, incident: Incident
) -> Iterator[Reason]:
    told = [(one, party) for one in incident.mentions for party in getattr(one, role)]
    for number, actor in enumerate(actors):
        texts = (actor.text, *actor.mentions)
        known = [(one, party) for one, party in told if party.actor.text in texts]
        for one, party in known:
            own = one.sentence.start <= party.start < one.sentence.end
            how = "in the sentence" if own else "named in another sentence"
            note = f"the judge: {role.removesuffix('s')} of `{coded.text[one.start : one.end]}`, {how}"
            yield _cite(coded, f"{role}[{number}]", (party.start, party.end), note=note)
        if known:
            yield from _explain_actor(coded, f"{role}[{number}]", actor, known[0][1])


def _explain_actor(coded: CodedText, field: str, actor: Actor, party: Party) -> Iterator[Reason]:
    span = (party.start, party.end)
    words = coded.text[slice(*span)]
    lexicon = coded.lexicon
    if actor.name:
        at, alias = next(
            ((words.find(name), name) for name in _list_stretches(words) if name in lexicon.actors),
            (0, words),
        )
        row = f"{actor.name}: {alias}" if alias != actor.name else actor.name
        yield _cite(
            coded, f"{field}.name", (span[0] + at, span[0] + at + len(alias)), "actors.csv", row, actor.name
        )
    agent = next((word for word in _list_stretches(words.lower()) if word in lexicon.agents), "")
    at = words.lower().find(agent)
    of_agent = (span[0] + at, span[0] + at + len(agent)) if agent else span
    table = "agents.csv" if agent else "actors.csv" if actor.name else ""
    yield _cite(coded, f"{field}.kind", of_agent, table, agent, actor.kind)
    if actor.country:
        known = next((word for word in words.split() if word.strip(",'’s") in lexicon.demonyms), "")
        name = lexicon.country_names.get(actor.country, "")
        yield _cite(
            coded, f"{field}.country", span, "countries.csv" if known else "actors.csv",
            f"{actor.country}: {name}", actor.country,
        )  # fmt: skip
    if actor.sector:
        yield _cite(coded, f"{field}.sector", of_agent, table, agent or actor.name, actor.sector)


def _list_stretches(words: str) -> list[str]:
    """The runs of words of a phrase, the longest first."""
    parts = words.split(" ")
    sizes = range(len(parts), 0, -1)
    return [" ".join(parts[at : at + size]) for size in sizes for at in range(len(parts) - size + 1)]


def _explain_weapons(coded: CodedText, incident: Incident, event: Event) -> Iterator[Reason]:
    spans = [span for one in incident.mentions for span in one.weapons]
    for number, weapon in enumerate(event.weapons):
        span = next(span for span in spans if coded.text[slice(*span)] == weapon.text)
        word = next((one for one in _list_stretches(weapon.text.lower()) if one in coded.lexicon.weapons), "")
        row = f"{word}: {coded.lexicon.weapons[word]}" if word else ""
        yield _cite(coded, f"weapons[{number}]", span, "weapons.csv" if word else "", row, "the judge")


def _explain_day(coded: CodedText, incident: Incident, event: Event) -> Iterator[Reason]:
    told = [one.when for one in incident.mentions if one.when]
    chosen = next((one for one in told if one.span.text == event.date_text), None)
    start = incident.mentions[0].start
    if chosen is not None:
        span = chosen.span
        note = f"rule {name_rule(span.text) or 'offset'}: {span.start}"
        note += f" to {span.end}" if span.end != span.start else ""
        note += f", seen from {coded.published}" if coded.published else ""
        note += f"; {len(told)} sentences give a day" if len(told) > 1 else ""
        if event.date_start != span.start:
            note += f"; it lies ahead, so {event.date_start or 'unknown'}"
        yield _cite(coded, "date", (chosen.start, chosen.end), note=note)
    elif event.date_start:
        published = coded.published is not None and event.date_start == coded.published.isoformat()
        which = "publication" if published else "the first event of the text"
        yield Reason("date", "", start, start, note=f"no day is reported with it: that of {which}")


def _explain_place(coded: CodedText, incident: Incident, event: Event) -> Iterator[Reason]:
    if event.place is None:
        return
    told = [one.where for one in incident.mentions if one.where]
    own = next((one for one in told if event.place.text.startswith(one.text)), None)
    if own is not None:
        votes = f"; {len(told)} sentences give a place" if len(told) > 1 else ""
        yield _cite_place(coded, own, f"the judge: where it happened{votes}")
        return
    site = next((one.site for one in incident.mentions if one.site), None)
    if site is not None and coded.text[slice(*site)] == event.place.text:
        note = "the judge: where it happened; no place name, so it lies where the news is from"
        yield _cite(coded, "place", site, note=note)
        return
    known = [*coded.toponyms, *(_move(one, coded.offset) for one in coded.found)]
    stand_in = next((one for one in known if event.place.text.startswith(one.text)), None)
    if stand_in is not None:
        yield _cite_place(coded, stand_in, "no place is reported with it: that of the news is taken")


def _move(located: Located, offset: int) -> Located:
    return replace(located, start=located.start + offset, end=located.end + offset)


def _cite_place(coded: CodedText, located: Located, note: str) -> Reason:
    place = located.place
    note += "; from the dateline" if located.dateline else ""
    note += "; the division, not the town" if located.admin else ""
    span = (located.start, located.end)
    if place.kind == "unknown":
        return _cite(coded, "place", span, note=f"{note}; not in the gazetteer, so it has no point")
    table = "countries.csv" if place.kind == "country" else "gazetteer"
    known = f"geonameid {place.geonameid}" if place.geonameid else "no geonameid"
    people = f", {place.population:,} people" if place.population else ""
    return _cite(
        coded, "place", span, table, f"{place.name}, {place.country}: {place.kind}, {known}{people}", note
    )


def _explain_counts(coded: CodedText, incident: Incident, event: Event, name: str) -> Iterator[Reason]:
    bound = (getattr(event, f"{name}_min"), getattr(event, f"{name}_max"))
    if bound == UNKNOWN:
        return
    for one in incident.mentions:
        count = getattr(one, name)
        if count is not None:
            told = count.bound if count.bound != UNKNOWN else (count.least, None)
            claimed = ", claimed by those who did it" if one.claimed else ""
            note = (
                f"{_show(told)} of `{coded.text[one.start : one.end]}`{claimed}; the event has {_show(bound)}"
            )
            yield _cite(coded, name, (count.start, count.end), note=note)
    for counted in incident.counted:
        if counted.kind == name:
            count = counted.count
            note = f"{_show(count.bound)}, in a sentence that only counts; the event has {_show(bound)}"
            yield _cite(coded, name, (count.start, count.end), note=note)


def _show(bound: Bound) -> str:
    low, high = bound
    if low == high:
        return "uncounted" if low is None else str(low)
    if low is None:
        return f"at most {high}"
    return f"at least {low}" if high is None else f"{low} to {high}"


def _explain_codes(coded: CodedText, incident: Incident, event: Event) -> Iterator[Reason]:
    """CAMEO, Goldstein's scale, quad class and ACLED stand in the row of type and mode."""
    row = find_type_row(event.event_type, event.mode, coded.lexicon)
    first = incident.mentions[0]
    for field in _CODES:
        value, usual = getattr(event, field), getattr(row, field)
        if value in ("", None):
            continue
        if value == usual:
            name = f"{row.type}, {row.mode or 'no mode'}: {value}"
            yield _cite(coded, field, (first.start, first.end), "event_types.csv", name)
        else:
            why = "both sides are armed" if field.startswith("acled") else "your own row says so"
            note = f"{value}: {why}; the row of the type has {usual}"
            yield _cite(coded, field, (first.start, first.end), note=note)


def _rate(incident: Incident) -> str:
    number = len(incident.mentions)
    told = "the trigger" if number == 1 else f"the surest of {number} triggers"
    odds = max(one.trigger.odds for one in incident.mentions)
    if odds == 1:
        return f"a row of triggers.csv; always {MOST_CONFIDENCE}"
    return f"odds of {odds:.2f} for {told}; of events with such odds that share was right"


def _list_sentences(coded: CodedText, incident: Incident, event: Event) -> Iterator[ToldBy]:
    start = -1 if event.sentence_start < 0 else event.sentence_start + coded.offset
    links = (None, *incident.links)
    seen: dict[int, ToldBy] = {}
    for one, link in zip(incident.mentions, links, strict=True):
        sentence = one.sentence
        main = "main sentence; " if (sentence.start == start or (one.headline and start < 0)) else ""
        if link is None:
            note = f"{main}reports it first"
        else:
            note = f"{main}put with those before it: learnt from pairs, logit {link.logit:+g}"
        told = ToldBy(sentence.text, sentence.start, sentence.end, one.headline, note)
        seen.setdefault(sentence.start, told)
    yield from (seen[at] for at in sorted(seen))


def _list_left_out(coded: CodedText) -> Iterator[NotCodedWords]:
    """What the judge doubted, took for no particular event, or what only the headline told beside the text."""
    coded_at = {(one.start, one.event_type) for incident, _ in coded.events for one in incident.mentions}
    for trigger in coded.triggers:
        start, end = coded.locate((trigger.sentence, trigger.start, trigger.end))
        if (start, trigger.event_type) in coded_at or trigger.odds < _LEAST_SHOWN:
            continue
        sentence = coded.find_sentence(trigger.sentence)
        note = f"{trigger.event_type} with odds of {trigger.odds:.2f}, {_find_why_not(trigger)}"
        yield NotCodedWords(coded.text[start:end], start, end, "", note, sentence.text, sentence.start)


_LEAST_SHOWN = 0.2


def _find_why_not(trigger: JudgedTrigger) -> str:
    if trigger.realis == "generic":
        return "but of a kind of events, not of one"
    if trigger.odds < LEAST_ODDS_OF_MENTION:
        return f"a mention needs {LEAST_ODDS_OF_MENTION}"
    if trigger.odds < LEAST_ODDS_OF_EVENT:
        return f"and no likelier words report it: an event needs {LEAST_ODDS_OF_EVENT}"
    return "and the text reports such an event itself"
