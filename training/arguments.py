"""Learn who did what to whom: the weights in `models/scorer/` from the MUC-4 training texts (see training/README.md).

    python -m training.arguments MUC4_TRAIN.jsonl OUT.json

Deterministic: the same file gives the same weights.
"""

import json
import math
import re
import string
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

from dateline.coders.tables import load_tables
from dateline.home import find_home
from ingest.bundled import MODELS
from ingest.models.grammar import open_grammar
from ingest.models.scorer import FORMAT
from ingest.tables.gazetteer_file import open_gazetteer
from transforms.coder.code_document import RulesCoder
from transforms.coder.describe_attacks import describe_event
from transforms.coder.describe_fillers import (
    Scene,
    describe_filler,
    describe_pair,
    is_in_reach,
)
from transforms.coder.drafts import Draft
from transforms.coder.score_fillers import (
    ENTITY_FEATURES,
    ROLES,
    find_peaks,
    may_fill,
    measure_entities,
    name_filler,
)
from transforms.records import Document

TEMPLATE_ROLES = dict(zip(ROLES, ("PerpInd", "PerpOrg", "Target", "Victim", "Weapon"), strict=True))
KINDS = {"explosives": "bombing", "suicide-attack": "bombing", "abduct": "kidnapping"}
FOLDS = 5
LEAST_TEXTS = 4  # in which a feature must occur
STRENGTHS = {
    "phrase": 0.1,
    "entity": 1.0,
    "event": 0.1,
}  # scikit-learn's C: the greater, the freer the weights
LEAST_WEIGHT = 0.02  # smaller ones are not shipped


@dataclass(slots=True)
class Attack:
    """An event of a text with what is asked about it."""

    kind: str  # MUC-4's incident type
    features: list[str]
    pairs: dict[int, list[str]]  # by argument
    strings: set[str]  # what the rules gave it
    sentences: set[int]
    logits: dict[str, dict[int, float]] = field(
        default_factory=dict
    )  # by role and argument, of the fold that left it out
    template: Mapping[str, Any] | None = None
    right: bool = False
    odds: float = 0.0  # of being news, by the fold that left it out


@dataclass(slots=True)
class Text:
    id: str
    own: list[list[str]]  # features of each argument
    roles: list[list[str]]
    strings: list[dict[str, str]]
    entities: list[str]
    numbers: list[int]
    attacks: list[Attack]
    wanted: int = 0  # MUC-4's incidents and their arguments together, reported by an attack or not


def norm(text: str) -> str:
    """Lower case, without articles and punctuation, as MUC-4's strings are compared."""
    text = re.sub(r"\b(a|an|the)\b", " ", text.lower())
    return " ".join("".join(c if c not in string.punctuation else " " for c in text).split())


def open_training_coder() -> RulesCoder:
    """The coder without anything learnt: its rules and its grammar."""
    home = find_home()
    tables = load_tables(home)
    gazetteer = open_gazetteer(home.cache, tables.countries, tables.regions)
    return RulesCoder(tables, gazetteer, open_grammar(MODELS / "grammar"), "training")


def read_text(coder: RulesCoder, record: Mapping[str, Any]) -> Text:
    day = record.get("published")
    published = datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None
    scene = coder.set_scene(Document(record["id"], record["text"], record.get("title") or "", published))
    text = Text(record["id"], [], [], [], [], [], [_read_attack(scene, draft) for draft in scene.drafts])
    for argument in scene.fillers:
        parsed = scene.sentences[argument.number]
        text.own.append([sys.intern(feature) for feature in describe_filler(scene, argument)])
        text.roles.append([role for role in ROLES if may_fill(argument, role, parsed)])
        text.strings.append({role: norm(name_filler(argument, role)) for role in ROLES})
        text.entities.append(argument.entity)
        text.numbers.append(argument.number)
    fills = [template[role] for template in record["templates"] for role in TEMPLATE_ROLES.values()]
    text.wanted = len(record["templates"]) + sum(map(len, fills))
    align_templates(text, record["templates"])
    return text


def _read_attack(scene: Scene, draft: Draft) -> Attack:
    numbers = {scene.places[at] for at in draft.told_at if at in scene.places}
    return Attack(
        kind=KINDS.get(draft.mode, "attack"),
        features=describe_event(scene, draft),
        pairs={
            n: [sys.intern(feature) for feature in describe_pair(scene, draft, argument)]
            for n, argument in enumerate(scene.fillers)
            if is_in_reach(scene, draft, argument)
        },
        strings={norm(actor.text) for actor in (*draft.actors, *draft.recipients)}
        | set(map(norm, draft.weapons)),
        sentences=numbers,
    )


def align_templates(text: Text, templates: Sequence[Mapping[str, Any]]) -> None:
    """Give each template the attack that reports it: by shared phrases, then by type, each at most once."""
    points = []
    for i, template in enumerate(templates):
        wanted = {norm(s) for role in TEMPLATE_ROLES.values() for entity in template[role] for s in entity}
        for j, attack in enumerate(text.attacks):
            fits = attack.kind in template["incident_type"]
            near = {
                string
                for number, strings in zip(text.numbers, text.strings, strict=True)
                if number in attack.sentences
                for string in strings.values()
            }
            shared = len(near & wanted)
            if fits or shared:
                points.append((2 * len(attack.strings & wanted) + shared + 1.5 * fits - 0.05 * j, -i, -j))
    taken: set[int] = set()
    for _, i, j in sorted(points, reverse=True):
        if -i not in taken and text.attacks[-j].template is None:
            taken.add(-i)
            text.attacks[-j].template = templates[-i]
            text.attacks[-j].right = text.attacks[-j].kind in templates[-i]["incident_type"]


class Regression:
    """A logistic regression over strings; features of too few texts are left out."""

    def __init__(self, strength: float) -> None:
        self.strength = strength
        self.columns: dict[str, int] = {}
        self.weights: list[float] = []
        self.bias = 0.0

    def fit(self, rows: Sequence[Sequence[str]], right: Sequence[bool], texts: Sequence[str]) -> "Regression":
        from sklearn.linear_model import LogisticRegression

        seen: dict[str, set[str]] = defaultdict(set)
        for row, text in zip(rows, texts, strict=True):
            for feature in row:
                if len(seen[feature]) < LEAST_TEXTS:
                    seen[feature].add(text)
        known = sorted(feature for feature, where in seen.items() if len(where) >= LEAST_TEXTS)
        self.columns = {feature: column for column, feature in enumerate(known)}
        if len(set(right)) < 2:  # nothing to distinguish
            self.columns, self.bias = {}, 4.0 if right and right[0] else -4.0
            return self
        model = LogisticRegression(C=self.strength, solver="liblinear", max_iter=400)
        model.fit(self._matrix(rows), right)
        self.weights, self.bias = [float(weight) for weight in model.coef_[0]], float(model.intercept_[0])
        return self

    def _matrix(self, rows: Sequence[Sequence[str]]) -> Any:
        import numpy as np
        from scipy.sparse import csr_matrix

        ends, columns = [0], []
        for row in rows:
            columns += sorted({self.columns[feature] for feature in row if feature in self.columns})
            ends.append(len(columns))
        content = (np.ones(len(columns)), np.array(columns, dtype=np.int32), np.array(ends, dtype=np.int32))
        return csr_matrix(content, shape=(len(rows), len(self.columns)))

    def judge(self, row: Iterable[str]) -> float:
        """The logit of a row."""
        return self.bias + sum(self.weights[self.columns[f]] for f in set(row) if f in self.columns)


def fit_phrases(texts: Sequence[Text]) -> dict[str, Regression]:
    """One regression a role, over the phrases in reach of an attack that has a template."""
    models = {}
    for role in ROLES:
        rows, right, names = [], [], []
        for text in texts:
            for attack in text.attacks:
                if attack.template is None:
                    continue
                wanted = _list_wanted(attack, role)
                for n, pair in attack.pairs.items():
                    if role in text.roles[n]:
                        rows.append([*text.own[n], *pair])
                        right.append(text.strings[n][role] in wanted)
                        names.append(text.id)
        models[role] = Regression(STRENGTHS["phrase"]).fit(rows, right, names)
    return models


def _list_wanted(attack: Attack, role: str) -> set[str]:
    entities = attack.template[TEMPLATE_ROLES[role]] if attack.template else []
    return {norm(string) for entity in entities for string in entity}


def fit_events(texts: Sequence[Text]) -> Regression:
    """Which attacks are news."""
    rows = [(text.id, attack) for text in texts for attack in text.attacks]
    return Regression(STRENGTHS["event"]).fit(
        [attack.features for _, attack in rows],
        [attack.right for _, attack in rows],
        [name for name, _ in rows],
    )


def judge_phrases(texts: Sequence[Text], models: Mapping[str, Regression]) -> None:
    for text in texts:
        for attack in text.attacks:
            attack.logits = {
                role: {
                    n: model.judge((*text.own[n], *pair))
                    for n, pair in attack.pairs.items()
                    if role in text.roles[n]
                }
                for role, model in models.items()
            }


def list_entities(text: Text, role: str) -> list[dict[str, list[tuple[float, int]]]]:
    """For each attack the logits and numbers of the phrases of each entity."""
    found = []
    for attack in text.attacks:
        entities: dict[str, list[tuple[float, int]]] = {}
        for n, logit in attack.logits[role].items():
            entities.setdefault(text.entities[n], []).append((logit, n))
        found.append(entities)
    return found


@dataclass(frozen=True, slots=True)
class Guess:
    """An entity in a role of an attack: what the second regression sees, and whether its best phrase is right."""

    attack: Attack
    row: tuple[float, ...]
    right: bool


def measure_texts(texts: Sequence[Text], role: str) -> list[Guess]:
    guesses = []
    for text in texts:
        events = list_entities(text, role)
        plain = [{entity: [z for z, _ in found] for entity, found in event.items()} for event in events]
        peaks = find_peaks(plain)
        for at, attack in enumerate(text.attacks):
            wanted = _list_wanted(attack, role)
            for entity, row in measure_entities(plain, at, peaks).items():
                best = max(events[at][entity], key=lambda pair: (pair[0], -pair[1]))[1]
                guesses.append(Guess(attack, row, text.strings[best][role] in wanted))
    return guesses


def fit_entities(texts: Sequence[Text]) -> dict[str, list[float]]:
    """The second regressions, one a role, over logits that the first ones gave texts which they had not seen."""
    from sklearn.linear_model import LogisticRegression

    fitted = {}
    for role in ROLES:
        guesses = [guess for guess in measure_texts(texts, role) if guess.attack.template is not None]
        fitted[role] = [1.0 if name == "best" else 0.0 for name in ("bias", *ENTITY_FEATURES)]
        if len({guess.right for guess in guesses}) == 2:
            model = LogisticRegression(C=STRENGTHS["entity"], solver="liblinear", max_iter=400)
            model.fit([guess.row for guess in guesses], [guess.right for guess in guesses])
            fitted[role] = [float(model.intercept_[0]), *map(float, model.coef_[0])]
    return fitted


def squash(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def tune_thresholds(texts: Sequence[Text], entity: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The least probabilities with the best F1 over attacks and arguments together.

    `event`: of an attack; `argument`: of an attack and its argument, multiplied.
    """
    attacks = [attack for text in texts for attack in text.attacks]
    wanted = sum(text.wanted for text in texts)
    guesses = {}
    for role in ROLES:
        bias, *weights = entity[role]
        guesses[role] = [
            (
                squash(bias + sum(w * x for w, x in zip(weights, g.row, strict=True))),
                g.attack.odds,
                g.right and g.attack.right,
            )
            for g in measure_texts(texts, role)
        ]
    guesses["event"] = [(1.0, attack.odds, attack.right) for attack in attacks]

    def rate(event: float, argument: float) -> float:
        shown = [
            right
            for name, found in guesses.items()
            for odds, event_odds, right in found
            if event_odds >= event and (name == "event" or odds * event_odds >= argument)
        ]
        return 2 * sum(shown) / (len(shown) + wanted)

    steps = [round(0.02 * step, 2) for step in range(4, 16)]
    event, argument = max(product(steps, steps), key=lambda pair: rate(*pair))
    return {"event": event, "filler": argument}


def split_folds(texts: Sequence[Text]) -> list[tuple[list[Text], list[Text]]]:
    """Pairs of texts to learn from and texts to judge."""
    return [
        (
            [t for n, t in enumerate(texts) if n % FOLDS != k],
            [t for n, t in enumerate(texts) if n % FOLDS == k],
        )
        for k in range(FOLDS)
    ]


def train(texts: Sequence[Text]) -> dict[str, Any]:
    """Everything that is shipped, as JSON."""
    for known, held in split_folds(texts):
        judge_phrases(held, fit_phrases(known))
        events = fit_events(known)
        for text in held:
            for attack in text.attacks:
                attack.odds = squash(events.judge(attack.features))
    entity = fit_entities(texts)
    thresholds = tune_thresholds(texts, entity)
    phrases, events = fit_phrases(texts), fit_events(texts)
    features = sorted({feature for model in phrases.values() for feature in model.columns})
    rows = {feature: [_round(model, feature) for model in phrases.values()] for feature in features}
    return {
        "format": FORMAT,
        "roles": ROLES,
        "entity features": ENTITY_FEATURES,
        "thresholds": thresholds,
        "bias": [round(model.bias, 3) for model in phrases.values()],
        "entity": {role: [round(weight, 3) for weight in row] for role, row in entity.items()},
        "event bias": round(events.bias, 3),
        "event weights": {f: w for f in sorted(events.columns) if (w := _round(events, f))},
        "weights": {feature: row for feature, row in rows.items() if any(row)},
    }


def _round(model: Regression, feature: str) -> float:
    weight = model.weights[model.columns[feature]] if feature in model.columns else 0.0
    return round(weight, 3) if abs(weight) >= LEAST_WEIGHT else 0.0


def read_file(coder: RulesCoder, path: Path) -> list[Text]:
    with path.open(encoding="utf-8") as lines:
        return [read_text(coder, json.loads(line)) for line in lines if line.strip()]


def write_weights(content: Mapping[str, Any], path: Path) -> None:
    """JSON with a feature a line, so that two trainings can be compared."""
    lines = []
    for key, value in content.items():
        if key in ("weights", "event weights"):
            rows = ",\n".join(
                f"  {json.dumps(f, ensure_ascii=False)}: {json.dumps(w)}" for f, w in value.items()
            )
            lines.append(f"{json.dumps(key)}: {{\n{rows}\n}}")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value)}")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main(train_file: str, out: str) -> None:
    write_weights(train(read_file(open_training_coder(), Path(train_file))), Path(out))


if __name__ == "__main__":
    main(*sys.argv[1:])
