"""How often events of each confidence are right: a table, and the plot in the documentation.

    .venv/bin/python -m benchmarks.reliability [--plot docs/reliability.svg]

The events of annotated articles beside the repository (`mentions`) are matched with the annotated ones by the scorer
that lies there too. At the end stand the constants of `to_confidence` as these articles would have them. Where the
articles are missing the script says so and does nothing.
"""

import argparse
import importlib.util
import json
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.score_coder import EVAL, code_file
from dateline.coders.open_coder import open_coder
from dateline.home import find_home
from dateline.settings import load_settings
from transforms.coder.make_events import ODDS_SHIFT, ODDS_SLOPE

BINS = 10
SIZE, MARGIN = 300, 40
NEWTON_STEPS = 20


def load_scorer() -> Any:
    spec = importlib.util.spec_from_file_location("score", EVAL / "score.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def list_outcomes(gold: Path, coded: Path) -> list[tuple[float, bool]]:
    """The confidence of each event that is said to have happened, and whether it is one of the annotated ones."""
    score = load_scorer()
    documents, answers = score.read(gold), score.read(coded)
    outcomes = []
    for name, document in documents.items():
        wanted = score.gold_events(document)
        found = [one for one in answers[name]["events"] if score.actual(one)]
        pairs = [(score.told_points(g, e), i, j) for i, g in enumerate(wanted) for j, e in enumerate(found)]
        used: set[tuple[str, int]] = set()
        for points, i, j in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
            if points and not used & {("gold", i), ("found", j)}:
                used |= {("gold", i), ("found", j)}
        outcomes += [(one["confidence"], ("found", j) in used) for j, one in enumerate(found)]
    return outcomes


def fit(outcomes: list[tuple[float, bool]]) -> tuple[float, float]:
    """Slope and shift of log-odds under which the confidences are as often right as they say (logistic regression)."""
    said, is_right = np.array(outcomes, dtype=float).T
    features = np.stack([np.log(said / (1 - said)), np.ones_like(said)])
    weights = np.array([1.0, 0.0])
    for _ in range(NEWTON_STEPS):
        share = 1 / (1 + np.exp(-weights @ features))
        weights += np.linalg.solve(
            (features * share * (1 - share)) @ features.T, features @ (is_right - share)
        )
    return float(weights[0]), float(weights[1])


def draw(rows: list[tuple[float, float, int]]) -> str:
    """A plot of confidence (across) against the share that is right (up); a circle's area is the number of events."""
    most = max(number for _, _, number in rows)
    x = [MARGIN + SIZE * value for value, _, _ in rows]
    y = [MARGIN + SIZE * (1 - share) for _, share, _ in rows]
    circles = "".join(
        f'<circle cx="{a:.0f}" cy="{b:.0f}" r="{3 + 12 * (number / most) ** 0.5:.1f}"/>'
        for a, b, (_, _, number) in zip(x, y, rows, strict=True)
    )
    ticks = "".join(
        f'<text x="{MARGIN + SIZE * n / 5:.0f}" y="{MARGIN + SIZE + 18}" text-anchor="middle">{n / 5:g}</text>'
        f'<text x="{MARGIN - 6}" y="{MARGIN + SIZE * (1 - n / 5) + 4:.0f}" text-anchor="end">{n / 5:g}</text>'
        for n in range(6)
    )
    side = SIZE + 2 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" font-family="sans-serif" '
        f'font-size="11"><rect width="100%" height="100%" fill="white"/>'
        f'<rect x="{MARGIN}" y="{MARGIN}" width="{SIZE}" height="{SIZE}" fill="none" stroke="#888"/>'
        f'<line x1="{MARGIN}" y1="{MARGIN + SIZE}" x2="{MARGIN + SIZE}" y2="{MARGIN}" stroke="#bbb" '
        f'stroke-dasharray="4"/><g fill="#0b6bcb" fill-opacity="0.7">{circles}</g>{ticks}'
        f'<text x="{MARGIN}" y="{MARGIN - 12}">share of events that are right, by confidence</text></svg>\n'
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plot", type=Path, help="write an SVG file")
    given = parser.parse_args()
    gold = EVAL / "mentions" / "dev.jsonl"
    if not gold.exists():
        print(f"skipped: no {gold}")
        return
    home = find_home()
    with tempfile.TemporaryDirectory() as folder:
        coded = Path(folder) / "coded.jsonl"
        code_file(open_coder(home, load_settings(home)), gold, coded)
        outcomes = list_outcomes(gold, coded)
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, is_right in outcomes:
        bins[min(BINS - 1, int(confidence * BINS))].append((confidence, is_right))
    rows = [
        (sum(c for c, _ in some) / len(some), sum(r for _, r in some) / len(some), len(some))
        for _, some in sorted(bins.items())
    ]
    for confidence, share, number in rows:
        print(json.dumps({"confidence": round(confidence, 2), "right": round(share, 2), "events": number}))
    slope, shift = fit(outcomes)
    new = {"ODDS_SLOPE": slope * ODDS_SLOPE, "ODDS_SHIFT": slope * ODDS_SHIFT + shift}
    print(json.dumps({name: round(value, 3) for name, value in new.items()}))
    if given.plot:
        given.plot.write_text(draw(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
