"""Read the shipped table of how often English words are used (`models/words/`)."""

import csv
from collections.abc import Mapping
from functools import cache

from ingest.bundled import MODELS


@cache
def open_word_frequencies() -> Mapping[str, float]:
    """The share of all words that each form of `transforms.events.fingerprint.strip_ending` has."""
    table = MODELS / "words" / "frequencies.csv"
    with table.open(encoding="utf-8") as file:
        return {
            word: float(row["per_million"]) / 1e6
            for row in csv.DictReader(file)
            for word in row["words"].split()
        }
