"""Make `models/words/frequencies.csv`: how often English words are used, from the data of the package wordfreq.

    PYTHONPATH=. python -m training.word_frequencies wordfreq/data/large_en.msgpack.gz models/words/frequencies.csv

The file is the one in the wheel of wordfreq 3.1.1 (https://pypi.org/project/wordfreq/). Forms are joined by
`strip_ending`, so the table holds what fingerprints look up, and grouped by frequency, so it stays small.
"""

import csv
import gzip
import math
import sys
from collections import defaultdict
from pathlib import Path

import srsly

from transforms.events.fingerprint import strip_ending

_FORMS = 40_000
_LEAST_PER_MILLION = 10.0  # of rarer words the fingerprint makes no difference
_STEP = 0.05  # of the decimal logarithm: 12 % from one row to the next


def read_forms(path: Path) -> list[tuple[str, float]]:
    """(word, share of all words), commonest first, from wordfreq's format: a list of words a centibel."""
    header, *levels = srsly.msgpack_loads(gzip.decompress(path.read_bytes()))
    if header["format"] != "cB":
        raise SystemExit(f"{path} is not in wordfreq's format cB")
    return [(word, 10 ** (-level / 100)) for level, words in enumerate(levels) for word in words]


def main(source: Path, target: Path) -> None:
    """Write the table, commonest first."""
    frequencies: defaultdict[str, float] = defaultdict(float)
    for form, share in read_forms(source)[:_FORMS]:
        frequencies[strip_ending(form)] += share * 1e6
    rows: defaultdict[float, list[str]] = defaultdict(list)
    for word, per_million in frequencies.items():
        if per_million >= _LEAST_PER_MILLION and word.replace("'", "").replace("-", "").isalpha():
            rows[float(f"{_round(per_million):.3g}")].append(word)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["per_million", "words"])
        writer.writerows(
            [f"{key:g}", " ".join(sorted(words))] for key, words in sorted(rows.items(), reverse=True)
        )


def _round(per_million: float) -> float:
    return float(10 ** (round(math.log10(per_million) / _STEP) * _STEP))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
