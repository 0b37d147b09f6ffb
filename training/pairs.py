"""Learn which mentions of an article tell of one event, over the vectors of a trained judge.

    python -m training.pairs SET.jsonl... --dev DEV.jsonl --weights judge.pt --out models/judge/pairs.npz

Pairs are of one type, of mentions as the judge finds them; the cues are those of `transforms.coder.pair_odds`.
"""

import argparse
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from training.judge import OWN, JudgeModel, encode_batch, load_model, open_pieces
from training.judge_data import MODES, TYPES, Annotated, read_own, read_set
from transforms.coder.find_mentions import LEAST_ODDS_OF_MENTION as LEAST_ODDS
from transforms.coder.judge import HEADLINE, ROLES, Labels, Outputs, WordPiece, judge_text
from transforms.coder.pair_odds import CUES, PairMention, list_cues

PROJECTED, HIDDEN = 96, 64
EPOCHS, BATCH, RATE = 6, 512, 1e-3


class PairModel(nn.Module):
    """The layers of `PairWeights`."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.projection = nn.Linear(size, PROJECTED)
        self.hidden = nn.Linear(2 * PROJECTED + len(CUES), HIDDEN)
        self.output = nn.Linear(HIDDEN, 1)
        self.drop = nn.Dropout(0.2)

    def forward(self, first: Tensor, second: Tensor, cues: Tensor) -> Tensor:
        first, second = self.projection(self.drop(first)), self.projection(self.drop(second))
        inputs = torch.cat([first * second, (first - second).abs(), cues], dim=1)
        logits: Tensor = self.output(self.drop(torch.relu(self.hidden(inputs))))
        return logits[:, 0]


class TorchEncoder:
    """The model under training as the coder sees an encoder."""

    version = "training"

    def __init__(self, model: JudgeModel) -> None:
        self.model = model
        self.labels = Labels(TYPES, tuple(model.role_bias.tolist()), MODES)
        self.cut = open_pieces().cut

    def read(self, windows: Sequence[Sequence[WordPiece]]) -> list[Outputs]:
        return [self._read(window) for window in windows]

    def _read(self, window: Sequence[WordPiece]) -> Outputs:
        with torch.no_grad():
            read, _ = encode_batch(self.model, [(list(window), [])])
            model = self.model
            heads = (
                model.types,
                model.modes,
                model.realis,
                model.background,
                model.triggers,
                model.arguments,
            )
            types, modes, realis, background, triggers, arguments = (head(read)[0].numpy() for head in heads)
        sides = (len(window), len(ROLES), -1)
        vectors = read[0].numpy()
        asked, answers = triggers.reshape(sides), arguments.reshape(sides)
        return Outputs(types, modes, realis, background[:, 0], vectors, asked, answers)


def read_mentions(encoder: TorchEncoder, article: Annotated) -> list[tuple[PairMention, str, int]]:
    """The mentions that the judge finds in an article, with type and the number of the event that they tell of.

    A trigger tells of what the annotated one of its sentence and type tells of, of several the nearest: so the weights
    see at work what they were trained on, two triggers for one mention too.
    """
    found = []
    for one in judge_text(encoder, article.title, article.sentences, LEAST_ODDS):
        same = [t for t in article.told if t.sentence == one.sentence and TYPES[t.type] == one.event_type]
        if same:
            event = min(same, key=lambda told: abs(told.start - one.start)).event
            text = article.title if one.sentence == HEADLINE else article.sentences[one.sentence]
            mention = PairMention(one.sentence, text[one.start : one.end], text, one.vector)
            found.append((mention, one.event_type, event))
    return found


def list_pairs(encoder: TorchEncoder, articles: Sequence[Annotated]) -> list[Tensor]:
    """First vectors, second vectors, cues, and whether the two are of one event."""
    rows = [
        (one.vector, other.vector, list_cues(one, other), event == other_event)
        for article in articles
        for (one, kind, event), (other, other_kind, other_event) in combinations(
            read_mentions(encoder, article), 2
        )
        if kind == other_kind
    ]
    return [torch.tensor(np.array(column), dtype=torch.float32) for column in zip(*rows, strict=True)]


def measure(model: PairModel, pairs: Sequence[Tensor]) -> str:
    model.eval()
    with torch.no_grad():
        said = model(*pairs[:3]) > 0
    model.train()
    right, found, gold = (float(one.sum()) for one in (said * pairs[3], said, pairs[3]))
    return f"P {right / max(1, found):.3f} R {right / gold:.3f} F1 {2 * right / (found + gold):.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--dev", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    articles = [article for path in given.sets for article in read_set(path)] + read_own(OWN)
    encoder = TorchEncoder(load_model(given.weights))
    pairs, dev = list_pairs(encoder, articles), list_pairs(encoder, read_set(given.dev))
    print(f"{len(pairs[3])} pairs, {float(pairs[3].mean()):.2f} of one event", flush=True)
    model = PairModel(pairs[0].shape[1])
    optimizer = torch.optim.AdamW(model.parameters(), RATE, weight_decay=0.01)
    for epoch in range(EPOCHS):
        for rows in torch.randperm(len(pairs[3])).split(BATCH):
            first, second, cues, same = (column[rows] for column in pairs)
            loss = nn.functional.binary_cross_entropy_with_logits(model(first, second, cues), same)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(f"epoch {epoch + 1}: {measure(model, dev)}", flush=True)
    layers = {name: getattr(model, name) for name in ("projection", "hidden", "output")}
    arrays = {name: layer.weight.detach().numpy().T for name, layer in layers.items()}
    arrays |= {f"{name}_bias": layer.bias.detach().numpy() for name, layer in layers.items()}
    arrays["output"], arrays["output_bias"] = arrays["output"][:, 0], arrays["output_bias"][0]
    np.savez(given.out, **{name: array.astype(np.float16) for name, array in arrays.items()})


if __name__ == "__main__":
    main()
