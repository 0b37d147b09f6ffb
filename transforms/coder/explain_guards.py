"""What a trigger's guard asked for, and what met it."""

from transforms.coder.candidates import Candidate
from transforms.coder.code_actors import is_armed, is_human, is_political
from transforms.coder.draft_events import Weighed
from transforms.coder.find_events import Hit
from transforms.coder.guards import DocumentContext
from transforms.coder.judge import JudgedTrigger
from transforms.coder.lexicon import Lexicon, TriggerRow
from transforms.coder.told_words import Telling
from transforms.records import Actor

_ASKS = {
    "human": "a person or a group that suffers it, or people counted dead",
    "armed": "an armed force, a weapon, another trigger of violence without a guard, or dead and wounded",
    "political": "a state, a force, a party or another political body as actor",
    "crowd": "people as actor",
    "weapon": "a weapon that does it",
    "territory": "an armed force and a place that it takes or loses, or two armed sides",
}
"""What `needs` asks, in plain words; `guards.passes` has the whole of it."""


def name_row(row: TriggerRow) -> str:
    """A row of triggers.csv by its key and what else decides."""
    mode = f"/{row.mode}" if row.mode else ""
    return f"{row.phrase}, {row.pos}: {row.type}{mode}" + (f", needs {row.needs}" if row.needs else "")


def describe_guard(hit: Hit, telling: Telling, context: DocumentContext) -> str:
    """What met the guard of a trigger that counts."""
    row = hit.row
    if not row.needs:
        return "needs no guard"
    candidate = next((one for one in telling.weighed.candidates if one.hit == hit), None)
    met = _find_met(candidate, telling.weighed, context) if candidate else []
    return f"needs {row.needs}: met by {', '.join(met)}" if met else f"needs {row.needs}: met"


def find_judged(hit: Hit, telling: Telling) -> JudgedTrigger | None:
    """What the judge says of a trigger, if there is a judge."""
    return next((one.judged for one in telling.weighed.candidates if one.hit == hit), None)


def describe_judged(judged: JudgedTrigger) -> str:
    """How sure the judge is, with what the rules find."""
    return f"judge and rules: {judged.odds:.2f} that it reports a {judged.event_type} ({judged.realis})"


def describe_failure(
    candidate: Candidate, telling: Telling, context: DocumentContext, lexicon: Lexicon
) -> str:
    """Why a trigger was not taken in the sense of its row."""
    if candidate.judged:
        return f"trigger match not accepted: {describe_judged(candidate.judged)}"
    row = candidate.hit.row
    met = _find_met(candidate, telling.weighed, context)
    words = ["trigger match not accepted: another sense than that of its row"]
    if row.needs:
        words = [
            f"trigger match not accepted: guard failed, needs {row.needs}: {_ASKS.get(row.needs, row.needs)}"
        ]
        words.append(f"{', '.join(met)} are not enough here" if met else "nothing of the kind is there")
    for role, actors in (("actor", candidate.actors), ("recipient", candidate.recipients)):
        words.append(f"{role}: {', '.join(map(_name, actors)) or 'none'}")
    if row.type == "ASSAULT" and row.needs != "armed" and not _find_armed(candidate, telling.weighed):
        words.append("no armed side, weapon or other trigger of violence without a guard beside it")
    if context.quiet:
        words.append(
            "the text has many words of quiet topics (context_words.csv), so the guard asks for more"
        )
    accidents = sorted({w.lower for w in telling.parsed.words if w.lower in lexicon.accident_words})
    if accidents:
        words.append(f"words of accidents (context_words.csv): {', '.join(accidents)}")
    elif context.accident:
        words.append("the text has several words of accidents (context_words.csv)")
    return "; ".join(words)


def _find_met(candidate: Candidate, weighed: Weighed, context: DocumentContext) -> list[str]:
    """The words that the row's guard may have taken."""
    needs = candidate.hit.row.needs
    everyone = (*candidate.actors, *candidate.recipients)
    cues = [f"{c.kind} people" for c in weighed.casualties[:1]]
    if needs == "human":
        return [f"`{one.text}`" for one in candidate.recipients if is_human(one)] or cues
    if needs == "political":
        return [f"`{one.text}`" for one in candidate.actors if is_political(one)]
    if needs == "crowd":
        return [f"`{one.text}`" for one in candidate.actors if is_human(one)]
    if needs == "territory":
        return [f"`{one.text}`" for one in everyone if is_armed(one)]
    if needs == "weapon":
        return [f"`{weapon.text}`" for weapon in weighed.weapons]
    violent = ["triggers of violence without a guard elsewhere in the text"] if context.violent else []
    return [*_find_armed(candidate, weighed), *cues] or violent


def _find_armed(candidate: Candidate, weighed: Weighed) -> list[str]:
    """Armed sides, weapons, and triggers beside it that need no guard."""
    armed = [one.text for one in (*candidate.actors, *candidate.recipients) if is_armed(one)]
    sure = [
        other.hit.row.phrase
        for other in weighed.candidates
        if other is not candidate and other.hit.row.type == "ASSAULT" and not other.hit.row.needs
    ]
    return [f"`{words}`" for words in (*armed, *(weapon.text for weapon in weighed.weapons), *sure)]


def _name(actor: Actor) -> str:
    return f"`{actor.text}` ({actor.kind}{', ' + actor.sector if actor.sector else ''})"
