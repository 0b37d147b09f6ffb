"""Open the judge's encoder (`models/judge/`): MiniLM, fine-tuned by `training/judge.py`, run by onnxruntime."""

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from transforms.coder.judge import ROLES, Labels, NewsGate, Outputs, WordPiece
from transforms.coder.pair_odds import Judge, PairWeights
from transforms.coder.word_pieces import WordPieces
from transforms.errors import Permanent

WEIGHTS = ("judge.onnx", "labels.json", "vocabulary.txt", "gate.npz", "pairs.npz")
"""The files of the folder; the coder's version changes with any of them."""


def _read_arrays(path: Path) -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as found:
        arrays = {name: found[name].astype(np.float32) for name in found.files}
    return {name: float(array) if array.ndim == 0 else array for name, array in arrays.items()}


def find_judge_version(folder: Path) -> str:
    """The version of the judge in `folder`, without opening it."""
    digest = hashlib.blake2b(digest_size=4)
    for name in WEIGHTS:
        digest.update((folder / name).read_bytes())
    return f"minilm6-int8-{digest.hexdigest()}-ort{onnxruntime.__version__}"


class OnnxEncoder:
    """The encoder and its heads as one graph; the same rows whatever stands in a batch."""

    def __init__(self, folder: Path) -> None:
        labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        modes = tuple((kind, mode) for kind, mode in labels["modes"])
        self._labels = Labels(tuple(labels["types"]), tuple(labels["role bias"]), modes)
        words = (folder / "vocabulary.txt").read_text(encoding="utf-8").split("\n")
        self.cut = WordPieces({word: number for number, word in enumerate(words) if word}).cut
        weights = (folder / "judge.onnx").read_bytes()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(weights, options, ["CPUExecutionProvider"])
        self._version = find_judge_version(folder)

    @property
    def version(self) -> str:
        return self._version

    @property
    def labels(self) -> Labels:
        return self._labels

    def read(self, windows: Sequence[Sequence[WordPiece]]) -> list[Outputs]:
        return [self._read(window) for window in windows]

    def _read(self, window: Sequence[WordPiece]) -> Outputs:
        numbers = np.array([[piece.number for piece in window]], dtype=np.int64)
        segments = np.array([[piece.segment for piece in window]], dtype=np.int64)
        outputs = self._session.run(None, {"ids": numbers, "segments": segments})
        types, modes, realis, background = (one[0] for one in outputs[:4])
        sides = (len(window), len(ROLES), -1)
        triggers, arguments = (one[0].reshape(sides) for one in outputs[4:6])
        return Outputs(types, modes, realis, background[:, 0], outputs[6][0], triggers, arguments)


@lru_cache(maxsize=1)
def open_judge(folder: Path) -> Judge:
    """Load the judge from its folder (half a second, once a process).

    Raises:
        Permanent: the folder holds none that this onnxruntime can read.
    """
    try:
        gate, pairs = (_read_arrays(folder / name) for name in ("gate.npz", "pairs.npz"))
        return Judge(OnnxEncoder(folder), NewsGate(**gate), PairWeights(**pairs))
    except Exception as error:  # onnxruntime's own errors have no class in common
        raise Permanent(f"{folder}: cannot be read as the judge ({error}); install Dateline again") from error
