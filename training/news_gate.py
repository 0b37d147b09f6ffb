"""Learn which articles report any event at all, over the first piece's vectors of a trained judge.

    python -m training.news_gate SET.jsonl... --raw RAW.jsonl.gz --weights judge.pt --out models/judge/gate.npz

A logistic regression with an L2 penalty over the mean of the windows' vectors. What has no actual mention is quiet.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn

from training.judge import ANNOTATIONS, OWN, load_model
from training.judge_data import Annotated, read_annotations, read_own, read_set
from training.pairs import TorchEncoder
from transforms.coder.judge import REALIS, Array, cut_windows

PENALTY = 0.02
ACTUAL = REALIS.index("actual")


def read_article(encoder: TorchEncoder, article: Annotated) -> Array:
    """The mean of the vectors of the windows' first pieces."""
    windows = cut_windows(encoder, article.title, article.sentences)
    return np.mean([encoder.read([window])[0].vectors[0] for window in windows], axis=0)  # type: ignore[no-any-return]


def fit(vectors: Array, wanted: Sequence[bool]) -> tuple[Array, float]:
    """Weights and bias for vectors as they are; the fit is over standardised ones."""
    middle, spread = vectors.mean(0), vectors.std(0) + 1e-6
    inputs = torch.tensor((vectors - middle) / spread, dtype=torch.double)
    labels = torch.tensor(wanted, dtype=torch.double)
    weights = torch.zeros(inputs.shape[1], dtype=torch.double, requires_grad=True)
    bias = torch.zeros(1, dtype=torch.double, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights, bias], max_iter=200)

    def measure() -> float:
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(inputs @ weights + bias, labels)
        loss = loss + PENALTY * (weights * weights).sum()
        loss.backward()
        return loss.item()

    optimizer.step(measure)  # type: ignore[arg-type]
    plain = weights.detach().numpy() / spread
    return plain, float(bias.item() - plain @ middle)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--raw", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    torch.set_num_threads(1)
    encoder = TorchEncoder(load_model(given.weights))
    articles = [article for path in given.sets for article in read_set(path)]
    articles += read_annotations(ANNOTATIONS, given.raw) + read_own(OWN)
    vectors = np.stack([read_article(encoder, article) for article in articles])
    wanted = [any(told.realis == ACTUAL for told in article.told) for article in articles]
    weights, bias = fit(vectors, wanted)
    said = vectors @ weights + bias > 0
    print(
        f"{len(articles)} articles, {np.mean(wanted):.2f} report something; {np.mean(said == wanted):.3f} right"
    )
    np.savez(given.out, weights=weights.astype(np.float16), bias=np.float16(bias))


if __name__ == "__main__":
    main()
