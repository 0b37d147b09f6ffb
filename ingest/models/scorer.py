"""Read the weights that the coder learnt (`models/scorer/`), made by `training/arguments.py`."""

import hashlib
import json
import math
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from transforms.coder.score_fillers import ENTITY_FEATURES, ROLES, Scorer
from transforms.errors import Permanent

FORMAT = 1


@lru_cache(maxsize=1)
def open_scorer(path: Path) -> Scorer:
    """Load the weights from their JSON file.

    Raises:
        Permanent: the file is missing or is none of this format; the message says what is wrong.
    """
    try:
        raw = path.read_bytes()
        content = json.loads(raw)
    except (OSError, ValueError) as error:
        raise Permanent(f"{path}: cannot be read as weights ({error}); install Dateline again") from error
    try:
        return _read(content, hashlib.blake2b(raw, digest_size=4).hexdigest())
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Permanent(f"{path}: is broken ({error}); train it again or install Dateline again") from error


def _read(content: Mapping[str, Any], version: str) -> Scorer:
    if content["format"] != FORMAT or tuple(content["roles"]) != ROLES:
        raise ValueError("it is of another version")
    if tuple(content["entity features"]) != ENTITY_FEATURES:
        raise ValueError("its entity features are of another version")
    entity = {role: _numbers(content["entity"][role], 1 + len(ENTITY_FEATURES)) for role in ROLES}
    thresholds = {name: _number(content["thresholds"][name]) for name in ("event", "filler")}
    return Scorer(
        version=version,
        bias=_numbers(content["bias"], len(ROLES)),
        weights={feature: _numbers(row, len(ROLES)) for feature, row in content["weights"].items()},
        entity=entity,
        event_bias=_number(content["event bias"]),
        event_weights={feature: _number(weight) for feature, weight in content["event weights"].items()},
        thresholds=thresholds,
    )


def _numbers(row: list[float], size: int) -> tuple[float, ...]:
    if len(row) != size:
        raise ValueError(f"{len(row)} weights where {size} belong")
    return tuple(map(_number, row))


def _number(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{value} is no weight")
    return float(value)
