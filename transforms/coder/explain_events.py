"""Explain a document's events: look up again what words and which rows of the tables each field stands on.

While coding, only this is kept: which sentences were merged, and for how many points. The rest is read off the
tables and the trees here, so the coder's steps need not know of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from transforms.coder.choose_mode import find_means
from transforms.coder.document_reading import DocumentReading
from transforms.coder.draft_events import Weighed, weigh_sentence
from transforms.coder.drafts import PER_MENTION, Draft, Part
from transforms.coder.explain_circumstances import explain_date, explain_place, explain_toll
from transforms.coder.explain_guards import describe_guard, describe_judged, find_judged, name_row
from transforms.coder.explain_left_out import find_left_out
from transforms.coder.explain_roles import explain_roles
from transforms.coder.explanation import ExplainedEvent, Explanation, Reason, ToldBy
from transforms.coder.find_events import Hit
from transforms.coder.judge_realis import find_deciding
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.sentences import Sentence
from transforms.coder.told_words import Telling, find_words
from transforms.records import Event


@dataclass(frozen=True, slots=True)
class _Told:
    """An event, the event candidate that it was made of, and the sentences that report it."""

    event: Event
    draft: Draft
    reading: DocumentReading
    tellings: tuple[Telling, ...]

    @property
    def text(self) -> str:
        return self.reading.scene.joined.text

    def cite(
        self, field: str, start: int, end: int, table: str = "", row: str = "", note: str = ""
    ) -> Reason:
        return Reason(field, self.text[start:end], start, end, table, row, note)

    def find_triggers(self) -> list[tuple[Telling, Hit]]:
        return [
            (telling, anchor.hit)
            for telling in self.tellings
            for anchor in self.draft.anchors
            if anchor.sentence_start == telling.start
        ]


def explain_events(identifier: str, reading: DocumentReading, events: Sequence[Event]) -> Explanation:
    """The reasons of each event; `events` are those that the coder makes of `reading`, in its order."""
    scene = reading.scene
    weighed = {
        parsed.sentence.start: weigh_sentence(
            parsed,
            scene.joined.text,
            scene.context,
            list(scene.toponyms),
            scene.discourse,
            scene.lexicon,
            scene.find_judged(parsed.sentence),
        )
        for parsed in scene.sentences
    }
    return Explanation(
        identifier,
        scene.joined.text,
        scene.joined.offset,
        tuple(
            _explain(_Told(event, draft, reading, _find_tellings(draft, reading, weighed)))
            for event, draft in zip(events, reading.sure, strict=True)
        ),
        find_left_out(reading, weighed),
    )


def _find_tellings(
    draft: Draft, reading: DocumentReading, weighed: dict[int, Weighed]
) -> tuple[Telling, ...]:
    starts = {draft.sentence.start, *draft.told_at, *(link.sentence_start for link in draft.links)}
    return tuple(
        Telling(parsed, weighed[parsed.sentence.start])
        for parsed in reading.scene.sentences
        if parsed.sentence.start in starts
    )


def _explain(told: _Told) -> ExplainedEvent:
    event, draft, reading = told.event, told.draft, told.reading
    return ExplainedEvent(
        event,
        (
            *_explain_type(told),
            *_explain_realis(told),
            *explain_roles("actors", event.actors, draft, told.tellings, reading),
            *explain_roles("recipients", event.recipients, draft, told.tellings, reading),
            *_explain_weapons(told),
            *explain_date(event, draft, told.tellings, reading),
            *explain_place(event, draft, told.tellings, reading),
            *explain_toll(event, told.tellings, reading),
            *_explain_codes(told),
            _explain_confidence(told),
        ),
        tuple(_quote(telling, told) for telling in told.tellings),
    )


def _explain_type(told: _Told) -> list[Reason]:
    """Each trigger, and what gave the mode: a trigger, a weapon, or who does it."""
    found: list[Reason] = []
    modes: list[Reason] = []
    lexicon, mode = told.reading.scene.lexicon, told.event.mode
    for telling, hit in told.find_triggers():
        span = telling.span(hit.start, hit.end)
        judged = find_judged(hit, telling)
        known = not judged or any(hit.row.phrase == row.phrase for row in lexicon.tables.triggers)
        row = name_row(hit.row) if known else ""
        guard = (
            describe_judged(judged) if judged else describe_guard(hit, telling, told.reading.scene.context)
        )
        note = f"trigger match as a {hit.reading}; {guard}"
        if not judged and hit.row not in lexicon.tables.triggers:
            note += "; the type of its row is replaced: the act is announced, refused or asked for"
        table = "triggers.csv" if known else ""
        found.append(told.cite("event_type", *span, table, row, note))
        if mode and hit.row.mode == mode:
            modes.append(told.cite("mode", *span, table, row, "the trigger's mode"))
    for telling in told.tellings:
        for weapon in telling.weighed.weapons:
            if mode and weapon.mode == mode:
                row = f"{weapon.text.lower()}: {weapon.mode}"
                modes.append(
                    told.cite(
                        "mode", *telling.find_ending(weapon.text, weapon.at), "weapons.csv", row, "a weapon"
                    )
                )
    for actor in told.event.actors:
        words = find_words(actor.text, told.tellings, told.text)
        if mode and words and find_means(actor, lexicon) == mode:
            modes.append(told.cite("mode", *words, note=f"the actor implies the mode: {mode}"))
    if mode and not modes and found:
        modes = [told.cite("mode", found[0].start, found[0].end, note="from triggers and weapons together")]
    return [*(found or [_cite_sentence(told, "event_type")]), *modes]


def _explain_realis(told: _Told) -> list[Reason]:
    realis = told.event.realis
    for telling, hit in told.find_triggers():
        if judged := find_judged(hit, telling):
            note = f"judged {judged.realis} from the whole sentence, by no single word"
            return [told.cite("realis", *telling.span(hit.start, hit.end), note=note)]
        if realis == "actual":
            note = "no word that governs the trigger makes it negated, planned or hypothetical"
            return [told.cite("realis", *telling.span(hit.start, hit.end), note=note)]
        at = find_deciding(telling.parsed, hit, realis)
        if at is not None:
            note = f"makes `{_read_words(telling, hit)}` {realis}"
            return [told.cite("realis", *telling.span(at, at + 1), note=note)]
    for telling, hit in told.find_triggers():
        note = f"its clause is {realis}, by no single word"
        return [told.cite("realis", *telling.span(hit.start, hit.end), note=note)]
    return [_cite_sentence(told, "realis")]


def _explain_weapons(told: _Told) -> list[Reason]:
    found = []
    for number, weapon in enumerate(told.event.weapons):
        span = find_words(weapon.text, told.tellings, told.text)
        word = next((w for w in _list_ends(weapon.text) if w in told.reading.scene.lexicon.weapons), "")
        if span:
            row = f"{word}: {told.reading.scene.lexicon.weapons[word]}" if word else ""
            found.append(told.cite(f"weapons[{number}]", *span, "weapons.csv" if word else "", row))
    return found


def _list_ends(text: str) -> list[str]:
    """The stretches of a phrase that may be a weapon's name, the longest first."""
    words = text.lower().split()
    sizes = range(min(3, len(words)), 0, -1)
    return [" ".join(words[at : at + size]) for size in sizes for at in range(len(words) - size + 1)]


def _explain_codes(told: _Told) -> list[Reason]:
    """CAMEO, Goldstein's scale, quad class and ACLED stand in the row of type and mode."""
    event = told.event
    types = told.reading.scene.lexicon.event_types
    row = types.get((event.event_type, event.mode)) or types[event.event_type, ""]
    name = f"{row.type}, {row.mode or 'no mode'}"
    triggers = told.find_triggers()
    first = triggers[0][0].span(triggers[0][1].start, triggers[0][1].end) if triggers else None
    start, end = first or (told.draft.sentence.start, told.draft.sentence.end)
    cells = {
        "cameo": (event.cameo, row.cameo),
        "goldstein": (event.goldstein, row.goldstein),
        "quad": (event.quad, row.quad),
        "acled_type": (event.acled_type, row.acled_type),
        "acled_subtype": (event.acled_subtype, row.acled_subtype),
    }
    found = []
    for field, (value, usual) in cells.items():
        if value in ("", None):
            continue
        if value == usual:
            found.append(told.cite(field, start, end, "event_types.csv", f"{name}: {value}"))
        else:
            why = "both sides are armed" if field.startswith("acled") else "the trigger's own row says so"
            found.append(
                told.cite(field, start, end, note=f"{value}: {why}; the row of the type has {usual}")
            )
    return found


def _explain_confidence(told: _Told) -> Reason:
    draft = told.draft
    start = draft.sentence.start
    if draft.judged:
        note = f"judge and rules: the surest of {len(draft.judged)} triggers; kept between 0.05 and 0.95"
        return Reason("confidence", "", start, start, note=note)
    note = f"the fullest sentence gives {draft.strength:.2f} = {list_parts(draft.parts)}"
    if draft.mentions > 1:
        note += f"; {draft.mentions - 1} more report it, {PER_MENTION} each"
    if draft.odds is not None:
        note += f"; the learnt weights give odds of {draft.odds:.2f} that it is news of an attack"
    return Reason("confidence", "", start, start, note=f"{note}; kept between 0.05 and 0.95")


def list_parts(parts: Sequence[Part]) -> str:
    """`trigger 0.35 + actor 0.15 - of a kind, not one 0.1`."""
    words = [f"{'-' if points < 0 else '+'} {name} {abs(points):g}" for name, points in parts]
    return " ".join(words).removeprefix("+ ") or "nothing"


def _quote(telling: Telling, told: _Told) -> ToldBy:
    sentence: Sentence = telling.parsed.sentence
    links = [link for link in told.draft.links if link.sentence_start == sentence.start]
    note = "; ".join(
        f"merged with what came before, {sum(points for _, points in link.parts):g} points: {list_parts(link.parts)}"
        for link in links
    )
    own = "main sentence" if sentence.start == told.draft.sentence.start else ""
    headline = sentence.start < told.reading.scene.joined.offset
    return ToldBy(
        sentence.text,
        sentence.start,
        sentence.end,
        headline,
        "; ".join(part for part in (own, note or "reports it first") if part),
    )


def _cite_sentence(told: _Told, field: str) -> Reason:
    sentence = told.draft.sentence
    return told.cite(field, sentence.start, sentence.end)


def _read_words(telling: Telling, hit: Hit) -> str:
    parsed: ParsedSentence = telling.parsed
    return " ".join(word.text for word in parsed.words[hit.start : hit.end])
