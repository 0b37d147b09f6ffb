"""Who: the words of each actor and recipient, how the sentence leads to them, and the rows that know them."""

from collections.abc import Iterator, Sequence
from datetime import date

from transforms.coder.candidates import Candidate
from transforms.coder.clauses import find_case
from transforms.coder.document_reading import DocumentReading
from transforms.coder.drafts import Draft
from transforms.coder.explanation import Reason
from transforms.coder.lexicon import ActorRow, Lexicon, list_names, spell_name
from transforms.coder.noun_phrases import Phrase
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.resolve_references import resolve
from transforms.coder.told_words import Telling, find_words
from transforms.records import Actor

_RELATIONS = {
    "nsubj": "subject of", "nsubj:pass": "subject of the passive", "obj": "object of", "iobj": "object of",
    "obl:agent": "agent of", "nmod:poss": "possessor before", "compound": "noun before", "amod": "adjective before",
    "nmod:desc": "noun before", "conj": "joined to", "appos": "in apposition to", "root": "head of the sentence",
    "nmod": "behind", "obl": "with", "acl:relcl": "in a clause about", "xcomp": "clause below",
    "ccomp": "clause below", "advcl": "clause beside", "acl": "clause below",
}  # fmt: skip
"""Relations of the dependency tree in plain words. Source: Universal Dependencies, the English treebanks."""


def explain_roles(
    role: str, actors: Sequence[Actor], draft: Draft, tellings: Sequence[Telling], reading: DocumentReading
) -> list[Reason]:
    """The reasons of an event's `actors` or `recipients`, one after the other."""
    return [
        reason
        for number, actor in enumerate(actors)
        for reason in (
            *_explain_words(f"{role}[{number}]", role, actor, draft, tellings, reading),
            *_explain_fields(f"{role}[{number}]", actor, tellings, reading),
        )
    ]


def _explain_words(
    field: str,
    role: str,
    actor: Actor,
    draft: Draft,
    tellings: Sequence[Telling],
    reading: DocumentReading,
) -> Iterator[Reason]:
    """Where each of its wordings stands, and by which slot of which trigger it came."""
    document = reading.scene.joined.text
    for text in (actor.text, *actor.mentions):
        slot = _find_slot(role, text, draft, tellings, reading)
        span = slot[0] if slot else find_words(text, tellings, document)
        if span is None:
            continue
        note = slot[1] if slot else _describe_inference(span, draft, tellings)
        if text != actor.text:
            note = f"other words for it; {note}"
        yield Reason(field, document[slice(*span)], *span, note=note)
        words = find_words(text, tellings, document)
        if words and document[slice(*span)] != text:
            yield Reason(
                field,
                text,
                *words,
                note=f"antecedent of `{document[slice(*span)]}`: the nearest name before it",
            )


def _describe_inference(span: tuple[int, int], draft: Draft, tellings: Sequence[Telling]) -> str:
    inside = any(one.start <= span[0] < one.parsed.sentence.end for one in tellings)
    if draft.mode == "battle" and not inside:
        return "in no argument slot of a trigger: inferred as the other side of a battle, the side named last before"
    note = "in no argument slot of a trigger: from another sentence, or chosen by the learnt weights (models/scorer)"
    return note if inside else f"{note}, named elsewhere"


def _find_slot(
    role: str, text: str, draft: Draft, tellings: Sequence[Telling], reading: DocumentReading
) -> tuple[tuple[int, int], str] | None:
    """The words in the argument slot of a trigger that stand for an actor, and the slot's name."""
    scene = reading.scene
    for telling in tellings:
        hits = [anchor.hit for anchor in draft.anchors if anchor.sentence_start == telling.start]
        for candidate in telling.weighed.candidates:
            if candidate.hit not in hits:
                continue
            for phrase in _list_phrases(role, candidate):
                who = resolve(telling.parsed, phrase, scene.joined.text, scene.discourse, scene.lexicon)
                if who is not None and who.text == text:
                    span = telling.span(phrase.start, phrase.end)
                    at = scene.joined.text.find(text, *span)
                    if at >= 0:
                        span = at, at + len(text)
                    return span, describe_slot(telling.parsed, phrase, candidate)
    return None


def _list_phrases(role: str, candidate: Candidate) -> tuple[Phrase, ...]:
    own = candidate.roles.actors if role == "actors" else candidate.roles.recipients
    other = candidate.roles.recipients if role == "actors" else candidate.roles.actors
    return (*own, *other)


def describe_slot(parsed: ParsedSentence, phrase: Phrase, candidate: Candidate) -> str:
    """How the tree leads from a trigger to a phrase: `object of killed`."""
    head = phrase.head
    inside = range(phrase.start, phrase.end)
    while parsed.head(head) in inside and parsed.head(head) != head:
        head = parsed.head(head)
    label, case = parsed.label(head), find_case(parsed, head)
    above = parsed.words[parsed.head(head)].text
    how = _RELATIONS.get(label, f"{label} of")
    trigger = " ".join(parsed.words[i].text for i in candidate.hit.own)
    own = parsed.head(head) in candidate.hit.own
    case_words = f"behind `{case}`, " if case and label in ("obl", "obl:agent", "nmod") else ""
    if label == "root":
        return f"{how}, for `{trigger}`"
    return f"{case_words}{how} `{above}`" + ("" if own else f", which leads to `{trigger}`")


def _explain_fields(
    field: str, actor: Actor, tellings: Sequence[Telling], reading: DocumentReading
) -> Iterator[Reason]:
    """The rows that gave name, kind, country and sector."""
    document, lexicon = reading.scene.joined.text, reading.scene.lexicon
    span = find_words(actor.text, tellings, document)
    if span is None:
        return
    rows = list(_find_rows(actor, lexicon, reading.scene.published))
    for part in ("name", "kind", "country", "sector"):
        value = getattr(actor, part)
        if not value:
            continue
        words, table, row = next(
            ((words, table, row) for words, table, row, gives in rows if gives.get(part) == value),
            (actor.text, "", ""),
        )
        note = value if table else f"{value}: {_describe_rule(part, actor, lexicon)}"
        place = next((one for one in reading.scene.toponyms if one.text == actor.text), None)
        if not table and part == "country" and place is not None:
            table, row, note = "gazetteer", f"{place.place.name}, {place.place.country}", f"{value}: a place"
        at = document.find(words, *span)
        start = at if at >= 0 else span[0]
        end = start + len(words) if at >= 0 else span[1]
        yield Reason(f"{field}.{part}", document[start:end], start, end, table, row, note)


_Row = tuple[str, str, str, dict[str, str]]  # words as written, table, row, what it gives


def _find_rows(actor: Actor, lexicon: Lexicon, day: date | None) -> Iterator[_Row]:
    """The rows that an actor's words are found in, those that say most first."""
    yield from _find_named(actor, lexicon, day)
    words = actor.text.split(" ")
    for size in (3, 2, 1):
        for start in range(len(words) - size, -1, -1):
            text = " ".join(words[start : start + size])
            match = lexicon.agents.get(text.lower())
            if match is None:
                continue
            row = match.row
            kind = "group" if match.plural and row.kind == "person" else row.kind
            cells = f"{row.word}: {row.kind}, {row.sector or 'no sector'}" + (", armed" if row.armed else "")
            yield text, "agents.csv", cells, {"kind": kind, "sector": row.sector}
    for country in lexicon.tables.countries:
        names = (*country.demonyms, country.name, *country.aliases, country.capital)
        written = max((name for name in names if name and _has_words(actor.text, name)), key=len, default="")
        if written:
            gives = {"country": country.iso3, "name": country.name}
            if written not in country.demonyms:
                gives |= {"kind": "country", "sector": "GOV"}
            yield written, "countries.csv", f"{country.iso3}: {country.name}", gives


def _find_named(actor: Actor, lexicon: Lexicon, day: date | None) -> Iterator[_Row]:
    held = [row for row in lexicon.tables.actors if actor.name and row.name == actor.name]
    iso = day.isoformat() if day else ""

    def rank(row: ActorRow) -> tuple[bool, bool]:
        return row.sector != actor.sector, not row.since <= iso <= (row.until or "9999")

    for row in sorted(held, key=rank):
        guarded = (s for alias in row.aliases if alias[0] == "(" for s in spell_name(alias.strip("()")))
        written = [name for name in (*list_names(row), *guarded) if _has_words(actor.text, name)]
        yield (
            max(written, key=len, default=actor.text),
            "actors.csv",
            _name_actor(row),
            {"name": row.name, "kind": row.kind, "country": row.country, "sector": row.sector},
        )


def _name_actor(row: ActorRow) -> str:
    held = f", {row.since or 'ever'} to {row.until or 'now'}" if row.since or row.until else ""
    return f"{row.name}: {row.kind}, {row.country or 'no country'}, {row.sector or 'no sector'}{held}"


def _has_words(text: str, name: str) -> bool:
    at = text.find(name)
    return (
        at >= 0
        and not text[at - 1 : at].isalnum()
        and not text[at + len(name) : at + len(name) + 1].isalnum()
    )


def _describe_rule(part: str, actor: Actor, lexicon: Lexicon) -> str:
    """The rule that takes the place of a row where no table knows the words."""
    if actor.text.rsplit(" ", 1)[-1].lower() in lexicon.weapons and actor.country:
        return "a country's weapons (weapons.csv) are its forces"
    if part == "kind" and actor.kind == "person":
        return "a capitalised name that no table has"
    if part == "kind" and actor.kind == "organization":
        return "a name that ends in a word for organisations, or capitals"
    if part == "kind" and actor.kind == "property":
        return "no word for people, no name"
    if part in ("kind", "sector") and actor.kind == "group":
        return "a number or a people's name stands for people"
    return "from the words around its name"
