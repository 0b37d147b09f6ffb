"""Score the shipped grammar on treebanks that lie beside the repository, and time it on one core.

.venv/bin/python benchmarks/score_grammar.py
"""

import os
import sys
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import spacy
from thinc.api import NumpyOps, set_current_ops

import ingest.models.grammar  # registers the pipeline's last component
from training.grammar import measure
from training.treebank import read_trees

ROOT = Path(__file__).resolve().parents[1]
TREEBANK = ROOT / ".." / "shared" / "treebank"


def main() -> int:
    if not TREEBANK.is_dir():
        print(f"skipped: no treebanks in {TREEBANK}")
        return 0
    set_current_ops(NumpyOps(use_blis=False))
    nlp = spacy.load(ROOT / "models" / "grammar")
    for name in ("en_ewt-test", "en_pud-test"):
        print(name, measure(nlp, read_trees(TREEBANK / f"{name}.conllu.gz")))
    return 0


if __name__ == "__main__":
    assert ingest.models.grammar
    sys.exit(main())
