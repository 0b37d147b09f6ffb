"""Fits the weights of `transforms/coder/judge_toponyms.py` and prints them.

    .venv/bin/python -m training.place_weights GOLD.jsonl

GOLD holds JSON lines with a `text` and its `toponyms` (`start` and `end` offsets). Logistic regression, ridge of 1;
also printed: precision, recall and F1 of the candidates found, each document judged by weights fitted on others.
"""

import json
import sys
from pathlib import Path

import numpy as np

from ingest.bundled import SEEDS
from ingest.tables.gazetteer_file import open_gazetteer
from ingest.tables.seeds import load_seeds
from transforms.coder.find_toponyms import find_candidates
from transforms.coder.judge_toponyms import WEIGHTS, list_marks
from transforms.coder.lexicon import build_lexicon
from transforms.coder.resolve_toponyms import resolve_candidates

_ROOT = Path(__file__).resolve().parents[1]
_FOLDS = 10
_RIDGE = 1.0
_STEPS = 30


def read_marks(gold: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values of the marks (a row a candidate), whether each is a toponym, and the number of its document."""
    tables = load_seeds(SEEDS)
    lexicon = build_lexicon(tables)
    gazetteer = open_gazetteer(_ROOT / "build", tables.countries, tables.regions)
    capitals = frozenset((row.iso3, row.capital) for row in lexicon.tables.countries)
    column = {mark: number for number, mark in enumerate(WEIGHTS)}
    rows, truth, documents = [], [], []
    for number, line in enumerate(gold.read_text(encoding="utf-8").splitlines()):
        record = json.loads(line)
        found = find_candidates(record["text"], gazetteer, lexicon)
        resolved, votes = resolve_candidates(found.candidates, record["text"], {}, capitals)
        for one, marks in zip(resolved, list_marks(resolved, votes, found, capitals), strict=True):
            if one.candidate.demonym:
                continue
            row = np.zeros(len(column))
            for mark, value in marks:
                row[column[mark]] += value
            start, end = one.candidate.start, one.candidate.end
            rows.append(row)
            truth.append(any(g["start"] < end and start < g["end"] for g in record["toponyms"]))
            documents.append(number)
    return np.array(rows), np.array(truth, float), np.array(documents)


def fit(marks: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Weights by Newton's method."""
    weights = np.zeros(marks.shape[1])
    for _ in range(_STEPS):
        guess = 1 / (1 + np.exp(-marks @ weights))
        slope = marks.T @ (guess - truth) + _RIDGE * weights
        curve = (marks * (guess * (1 - guess))[:, None]).T @ marks + _RIDGE * np.eye(len(weights))
        weights -= np.linalg.solve(curve, slope)
    return weights


def main(gold: Path) -> None:
    marks, truth, documents = read_marks(gold)
    taken = np.zeros(len(truth), bool)
    for fold in range(_FOLDS):
        held = documents % _FOLDS == fold
        taken[held] = marks[held] @ fit(marks[~held], truth[~held]) > 0
    right = float((taken * truth).sum())
    precision, recall = right / taken.sum(), right / truth.sum()
    print(
        f"# held out: P {precision:.3f} R {recall:.3f} F1 {2 * precision * recall / (precision + recall):.3f}"
    )
    for mark, weight in zip(WEIGHTS, fit(marks, truth), strict=True):
        print(f'    "{mark}": {weight:.1f},')


if __name__ == "__main__":
    main(Path(sys.argv[1]))
