"""Learnt weights: how likely a noun phrase fills a role of an attack, and how likely the attack is news of one."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from transforms.coder.describe_attacks import describe_event
from transforms.coder.describe_fillers import (
    Scene,
    describe_filler,
    describe_pair,
    is_in_reach,
)
from transforms.coder.drafts import Draft
from transforms.coder.list_fillers import Filler, holds_name, is_name
from transforms.coder.parsed_sentence import ParsedSentence

ROLES = ("individual", "organization", "target", "victim", "weapon")
"""Who did it (people; their organisation), what and who was hit (things; people by name), and with what."""

ENTITY_FEATURES = (
    "best", "second", "mentions", "first", "among two", "among four", "rival", "elsewhere", "positive", "likely",
    "alone",
)  # fmt: skip
"""What a second regression sees of all phrases that mean the same; see `measure_entities`."""

_QUOTES = frozenset('"“‘«')
_FLOOR = -7.0  # of a logit, where there is nothing to compare with
_LEAST_STRENGTH = 0.3


@dataclass(frozen=True, slots=True)
class Scorer:
    """Logistic regressions as tables: the weights of a text's features are added up."""

    version: str
    bias: tuple[float, ...]  # one a role
    weights: Mapping[str, tuple[float, ...]]  # by feature of a phrase, one a role
    entity: Mapping[str, tuple[float, ...]]  # by role: the bias and a weight for each of ENTITY_FEATURES
    event_bias: float
    event_weights: Mapping[str, float]  # by feature of an event
    thresholds: Mapping[
        str, float
    ]  # the least probability of an "event", and of an event times that of a "filler"


@dataclass(frozen=True, slots=True)
class Scored:
    """A noun phrase in a role of an event, and how likely it fills it."""

    filler: Filler
    probability: float
    aliases: tuple[str, ...] = ()


def is_scored(draft: Draft) -> bool:
    """Attacks that happened or are planned, and that a trigger tells of."""
    return (
        draft.event_type == "ASSAULT"
        and draft.realis in ("actual", "planned")
        and draft.strength >= _LEAST_STRENGTH
        and bool(draft.anchors)
    )


def may_fill(filler: Filler, role: str, parsed: ParsedSentence) -> bool:
    """Whether the kind of a phrase allows the role at all."""
    kind = filler.actor.kind if filler.actor else ""
    if role == "weapon":
        words = parsed.words[filler.phrase.start : filler.phrase.end]
        named = any(word.text[0].isupper() for word in words)  # "Monday's drone strike", "US drones"
        return bool(filler.weapon) and (filler.cut == "bare" or not named)
    if (filler.weapon or filler.is_place) and role != "target":
        return False
    if role == "individual":
        return kind != "country" and filler.cut != "modifier"
    if role == "organization":
        return kind in ("organization", "country") or (
            kind in ("person", "property", "group") and holds_name(filler, parsed)
        )
    if role == "target":
        return kind in ("", "property", "organization", "country") and filler.cut != "modifier"
    quoted = filler.phrase.start > 0 and parsed.words[filler.phrase.start - 1].text in _QUOTES  # a title
    return kind == "person" and filler.cut in ("full", "name") and is_name(filler, parsed) and not quoted


def name_filler(filler: Filler, role: str) -> str:
    """The phrase as the role would give it."""
    if role in ("target", "weapon") or filler.actor is None:
        return filler.text
    return filler.actor.text


def score_event(scene: Scene, draft: Draft, scorer: Scorer) -> float:
    """The probability that an attack is one that news tells of."""
    weights = scorer.event_weights
    return _squash(
        scorer.event_bias + sum(weights.get(feature, 0.0) for feature in describe_event(scene, draft))
    )


def score_fillers(scene: Scene, scorer: Scorer) -> list[dict[str, list[Scored]]]:
    """For each event of the scene and each role the entities that may fill it, the likeliest first."""
    allowed = [
        [n for n, role in enumerate(ROLES) if may_fill(filler, role, scene.sentences[filler.number])]
        for filler in scene.fillers
    ]
    own = [_add_up(scorer, describe_filler(scene, filler)) for filler in scene.fillers]
    logits: list[list[dict[str, list[tuple[float, Filler]]]]] = []
    for draft in scene.drafts:
        by_role: list[dict[str, list[tuple[float, Filler]]]] = [{} for _ in ROLES]
        for filler, sums, roles in zip(scene.fillers, own, allowed, strict=True):
            if not roles or not is_in_reach(scene, draft, filler):
                continue
            pair = _add_up(scorer, describe_pair(scene, draft, filler))
            for n in roles:
                logit = scorer.bias[n] + sums[n] + pair[n]
                by_role[n].setdefault(filler.entity, []).append((logit, filler))
        logits.append(by_role)
    scored: list[dict[str, list[Scored]]] = [{} for _ in logits]
    for n, role in enumerate(ROLES):
        events = [event[n] for event in logits]
        plain = [{entity: [z for z, _ in found] for entity, found in event.items()} for event in events]
        peaks = find_peaks(plain)
        for at, event in enumerate(events):
            scored[at][role] = _score_role(scorer, role, event, measure_entities(plain, at, peaks))
    return scored


def _score_role(
    scorer: Scorer,
    role: str,
    event: Mapping[str, list[tuple[float, Filler]]],
    measures: Mapping[str, tuple[float, ...]],
) -> list[Scored]:
    bias, *weights = scorer.entity[role]
    scored = []
    for entity, row in measures.items():
        logit = bias + sum(weight * value for weight, value in zip(weights, row, strict=True))
        found = sorted(event[entity], key=lambda pair: -pair[0])
        aliases = next((filler.aliases for _, filler in found if filler.aliases), ())
        scored.append(Scored(found[0][1], _squash(logit), aliases))
    return sorted(scored, key=lambda one: -one.probability)


Peaks = Mapping[str, Sequence[tuple[float, int]]]
"""Of each entity the two events where it fits best: the highest logit there, and the event's number."""


def find_peaks(events: Sequence[Mapping[str, Sequence[float]]]) -> Peaks:
    """Where each entity fits best, from the logits of its phrases for each event."""
    found: dict[str, list[tuple[float, int]]] = {}
    for number, event in enumerate(events):
        for entity, logits in event.items():
            found.setdefault(entity, []).append((max(logits), number))
    return {entity: sorted(peaks, reverse=True)[:2] for entity, peaks in found.items()}


def measure_entities(
    events: Sequence[Mapping[str, Sequence[float]]], at: int, peaks: Peaks
) -> dict[str, tuple[float, ...]]:
    """ENTITY_FEATURES of the entities of event number `at`, from the logits of their phrases for each event."""
    here = {entity: sorted(logits, reverse=True) for entity, logits in events[at].items()}
    order = sorted(here, key=lambda entity: (-here[entity][0], entity))
    measured: dict[str, tuple[float, ...]] = {}
    for rank, entity in enumerate(order):
        best, *others = here[entity]
        rival = here[order[1 if rank == 0 else 0]][0] if len(order) > 1 else _FLOOR
        elsewhere = next((logit for logit, number in peaks[entity] if number != at), _FLOOR)
        measured[entity] = (
            best,
            max(others[0], _FLOOR) if others else _FLOOR,
            math.log(1 + len(others)),
            float(rank == 0),
            float(rank <= 1),
            float(rank <= 3),
            max(rival, _FLOOR),
            max(elsewhere, _FLOOR),
            max(0.0, best),
            float(sum(logit > -1.5 for logit in here[entity])),
            float(len(events) == 1),
        )
    return measured


def _add_up(scorer: Scorer, features: Iterable[str]) -> list[float]:
    """The sums of the features' weights, one a role; the bias is not in them."""
    sums = [0.0] * len(ROLES)
    for feature in features:
        row = scorer.weights.get(feature)
        if row is not None:
            for i, weight in enumerate(row):
                sums[i] += weight
    return sums


def _squash(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
