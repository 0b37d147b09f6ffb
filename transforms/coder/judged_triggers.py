"""Put what the judge found onto the grammar: each of its triggers becomes a candidate with roles."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from transforms.coder.candidates import Candidate, make_candidate, put_places_right
from transforms.coder.fill_roles import Roles
from transforms.coder.find_events import Hit, find_events
from transforms.coder.gazetteer import GazetteerPlace
from transforms.coder.guards import DocumentContext
from transforms.coder.judge import JudgedTrigger
from transforms.coder.lexicon import Lexicon, TriggerForm, TriggerRow
from transforms.coder.noun_phrases import Phrase
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.resolve_references import Discourse
from transforms.records import Realis

BASE, SUPPORT, QUIET, CALM = -0.8, 4.0, -4.5, -2.0
"""What is added to the judge's logit: always, where the rules find the trigger too, in texts on quiet topics, and for
an assault that the rules do not find in a text that names no attack."""
LEAST_ODDS_OF_MENTION = 0.4
"""With which a trigger adds to an event; one trigger of an event must be likelier (`LEAST_ODDS_OF_EVENT`)."""
_SURE = 15.0


def make_judged_candidates(
    parsed: ParsedSentence,
    judged: Sequence[JudgedTrigger],
    document: str,
    discourse: Discourse,
    names: dict[str, GazetteerPlace],
    lexicon: Lexicon,
) -> list[Candidate]:
    """A candidate for each trigger of the sentence; `judged` has offsets into the document's text.

    Where a row of the table has the same words and type, its frame says where the roles stand.
    """
    known = find_events(parsed, lexicon)
    hits = [(hit, one) for one in judged if (hit := _find_hit(parsed, one, known)) is not None]
    events = frozenset(hit.at for hit, _ in hits if hit.reading == "noun")
    return [
        replace(
            put_places_right(
                make_candidate(
                    parsed, hit, events, document, discourse, lexicon, _find_roles(parsed, hit, one)
                ),
                names,
            ),
            realis=_to_realis(one),
            judged=one,
        )
        for hit, one in hits
    ]


def list_users_own(ruled: Sequence[Candidate], rated: Sequence[Candidate]) -> list[Candidate]:
    """What only a row that the user added finds, as sure as can be: the judge cannot know what is local."""
    known = {(one.hit.row.type, one.hit.at) for one in rated if one.judged and one.judged.odds >= 0.5}
    return [
        replace(one, judged=_trust(one))
        for one in ruled
        if one.hit.row.is_users and (one.hit.row.type, one.hit.at) not in known
    ]


def _trust(candidate: Candidate) -> JudgedTrigger:
    row = candidate.hit.row
    return JudgedTrigger(0, 0, 0, row.type, row.mode, candidate.realis, background=False, odds=1.0)


def _find_roles(parsed: ParsedSentence, hit: Hit, judged: JudgedTrigger) -> Roles:
    """The noun phrases where the judge sees who acts and who suffers."""
    actors, recipients = (_find_phrases(parsed, hit, judged, role) for role in ("actor", "recipient"))
    return Roles(actors, recipients)


def _find_phrases(parsed: ParsedSentence, hit: Hit, judged: JudgedTrigger, role: str) -> tuple[Phrase, ...]:
    begin = judged.begin
    found: dict[int, Phrase] = {}
    for start, end in judged.roles.get(role, ()):
        words = [
            at
            for at, word in enumerate(parsed.words)
            if word.start < begin + end and begin + start < word.end
        ]
        heads = [at for at in words if parsed.head(at) not in words or parsed.head(at) == at]
        nouns = [at for at in heads if parsed.is_noun(at) and at not in hit.own]
        for at in nouns:
            found.setdefault(at, parsed.phrase(at))
    return tuple(found.values())


def weigh_support(candidate: Candidate, ruled: Sequence[Candidate], context: DocumentContext) -> Candidate:
    """The candidate with its odds as the rules see it: whether they find it too, and whether the text is quiet."""
    judged = candidate.judged
    assert judged is not None
    found = any(
        one.hit.row.type == judged.event_type
        and (one.hit.at == candidate.hit.at or not set(one.hit.own).isdisjoint(candidate.hit.own))
        for one in ruled
    )
    logit = math.log(judged.odds / (1 - judged.odds)) if judged.odds < 1 else _SURE
    calm = judged.event_type == "ASSAULT" and not found and not context.violent
    logit += BASE + SUPPORT * found + QUIET * context.quiet + CALM * calm
    return replace(candidate, judged=replace(judged, odds=1 / (1 + math.exp(-logit))))


def _to_realis(one: JudgedTrigger) -> Realis:
    return "hypothetical" if one.realis == "generic" else one.realis


def _find_hit(parsed: ParsedSentence, judged: JudgedTrigger, known: Sequence[Hit]) -> Hit | None:
    words = [
        at for at, word in enumerate(parsed.words) if word.start < judged.end and judged.start < word.end
    ]
    if not words:
        return None
    of_type = [hit for hit in known if hit.row.type == judged.event_type]
    for hit in of_type:
        if hit.at in words or not set(words).isdisjoint(hit.own):
            mode = hit.row.mode if hit.row.is_users else judged.mode
            row = replace(hit.row, mode=mode or hit.row.mode)
            return replace(hit, form=replace(hit.form, row=row), said=False)
    at = next(
        (word for word in words if parsed.head(word) not in words or parsed.head(word) == word), words[0]
    )
    reading: Literal["verb", "noun"] = "verb" if parsed.is_verb(at) else "noun"
    phrase = " ".join(parsed.words[word].lower for word in words)
    row = TriggerRow(phrase, reading, judged.event_type, judged.mode, "", None, "", ())
    form = TriggerForm(tuple(phrase.split()), "base" if reading == "verb" else "singular", row)
    return Hit(words[0], words[-1] + 1, form, reading, at, tuple(words))
