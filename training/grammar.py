"""Train the grammar that the coder ships: a spaCy pipeline, on gold trees and on the teacher's silver trees.

python -m training.grammar TREEBANK OUT SILVER.spacy… trains, measures on EWT test and PUD, and writes OUT.
"""

import json
import os
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import spacy
from spacy.language import Language
from spacy.scorer import Scorer
from spacy.tokens import Doc, DocBin
from spacy.training import Example
from thinc.api import Adam, Config, NumpyOps, fix_random_seed, set_current_ops, warmup_linear

from ingest.models.grammar import LemmaPipe
from training.treebank import Tree, read_trees, vary_tree
from transforms.coder.lemmas import learn_table

_GOLD_COPIES = 2  # a gold sentence is seen this often for each time a silver one is
_BATCH_WORDS = 1200
_WIDTH = 128
_META = {
    "name": "dateline_news_grammar",
    "version": "1.0.0",
    "description": "Tagger, dependency parser and lemmas for English news",
    "license": "CC BY-SA 4.0",
    "author": "the Dateline project",
    "sources": [
        {
            "name": "UD English EWT",
            "url": "https://universaldependencies.org/treebanks/en_ewt/",
            "license": "CC BY-SA 4.0",
            "author": "Silveira, Dozat, de Marneffe, Bowman, Connor, Bauer, Manning (2014) and contributors",
        }
    ],
}


@dataclass(frozen=True, slots=True)
class Round:
    """One go of training: passes over the data, the peak learning rate, the share of `vary_tree` in force."""

    epochs: int
    rate: float
    varied: float


_ROUNDS = (Round(epochs=8, rate=0.0012, varied=1.0), Round(epochs=3, rate=0.0006, varied=0.35))

_CONFIG = f"""
[nlp]
lang = "en"
pipeline = ["tok2vec", "tagger", "parser"]

[components]

[components.tok2vec]
factory = "tok2vec"

[components.tok2vec.model]
@architectures = "spacy.Tok2Vec.v2"

[components.tok2vec.model.embed]
@architectures = "spacy.MultiHashEmbed.v2"
width = {_WIDTH}
attrs = ["NORM", "PREFIX", "SUFFIX", "SHAPE"]
rows = [10000, 1500, 2500, 1000]
include_static_vectors = false

[components.tok2vec.model.encode]
@architectures = "spacy.MaxoutWindowEncoder.v2"
width = {_WIDTH}
depth = 4
window_size = 1
maxout_pieces = 3

[components.tagger]
factory = "tagger"

[components.tagger.model]
@architectures = "spacy.Tagger.v2"

[components.tagger.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = {_WIDTH}

[components.parser]
factory = "parser"
min_action_freq = 30
update_with_oracle_cut_size = 100

[components.parser.model]
@architectures = "spacy.TransitionBasedParser.v2"
state_type = "parser"
extra_state_tokens = false
hidden_width = 128
maxout_pieces = 2
use_upper = true

[components.parser.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = {_WIDTH}
"""


def to_doc(tree: Tree, nlp: Language) -> Doc:
    """One sentence as a spaCy Doc with its tags, heads, labels and lemmas."""
    return Doc(
        nlp.vocab,
        words=list(tree.words),
        spaces=list(tree.spaces),
        tags=list(tree.tags),
        heads=[k if head < 0 else head for k, head in enumerate(tree.heads)],
        deps=["ROOT" if label == "root" else label for label in tree.labels],
        lemmas=list(tree.lemmas),
    )


def read_silver(paths: list[Path], nlp: Language) -> list[Tree]:
    """The teacher's trees."""
    return [_from_doc(doc) for path in paths for doc in DocBin().from_disk(path).get_docs(nlp.vocab)]


def _from_doc(doc: Doc) -> Tree:
    return Tree(
        words=tuple(token.text for token in doc),
        spaces=tuple(bool(token.whitespace_) for token in doc),
        tags=tuple(token.tag_ for token in doc),
        heads=tuple(-1 if token.head.i == token.i else token.head.i for token in doc),
        labels=tuple(token.dep_ for token in doc),
        lemmas=tuple(token.text for token in doc),
    )


def epoch_batches(
    trees: list[Tree], chance: random.Random, nlp: Language, varied: float
) -> Iterator[list[Example]]:
    """Every tree once, varied, in a new order, some `_BATCH_WORDS` words at a time."""
    order = list(trees)
    chance.shuffle(order)
    batch: list[Example] = []
    words = 0
    for tree in order:
        doc = to_doc(vary_tree(tree, chance, varied), nlp)
        blank = Doc(nlp.vocab, words=[t.text for t in doc], spaces=[bool(t.whitespace_) for t in doc])
        batch.append(Example(blank, doc))
        words += len(doc)
        if words >= _BATCH_WORDS:
            yield batch
            batch, words = [], 0
    if batch:
        yield batch


def measure(nlp: Language, trees: list[Tree]) -> dict[str, float]:
    """Tags, UAS, LAS (punctuation left out, as spaCy's scorer does), lemmas on gold tokens; words a second."""
    golds = [to_doc(tree, nlp) for tree in trees]
    blanks = [Doc(nlp.vocab, words=list(tree.words), spaces=list(tree.spaces)) for tree in trees]
    start = time.perf_counter()
    parsed = list(nlp.pipe(blanks, batch_size=64))
    seconds = time.perf_counter() - start
    lemmas = sum(
        token.lemma_.lower() == lemma.lower()
        for doc, tree in zip(parsed, trees, strict=True)
        for token, lemma in zip(doc, tree.lemmas, strict=True)
    )
    scores = Scorer(nlp).score([Example(p, g) for p, g in zip(parsed, golds, strict=True)])
    return {
        "tag": round(scores["tag_acc"], 4),
        "uas": round(scores["dep_uas"], 4),
        "las": round(scores["dep_las"], 4),
        "lemma": round(lemmas / sum(map(len, golds)), 4),
        "words_a_second": round(sum(map(len, golds)) / seconds),
    }


def train(treebank: Path, out: Path, silver: list[Path]) -> None:
    """Train in rounds, each from the averaged weights of the one before; measure; write."""
    set_current_ops(NumpyOps(use_blis=False))  # numpy's own matrix product: twice as fast as blis
    fix_random_seed(0)
    nlp = spacy.util.load_model_from_config(Config().from_str(_CONFIG), auto_fill=True)
    trees = read_trees(treebank / "en_ewt-train.conllu.gz") * _GOLD_COPIES + read_silver(silver, nlp)
    dev = read_trees(treebank / "en_ewt-dev.conllu.gz")[:500]
    examples = [Example(doc, doc) for doc in (to_doc(tree, nlp) for tree in trees)]
    nlp.initialize(lambda: examples)
    for number, plan in enumerate(_ROUNDS):
        if number:
            nlp = spacy.load(out)
        run_round(nlp, trees, dev, plan, random.Random(number))
        nlp.to_disk(out)
    nlp = spacy.load(out)
    add_lemmas(nlp, read_trees(treebank / "en_ewt-train.conllu.gz"))
    nlp.meta |= _META
    nlp.meta["performance"] = {
        name: measure(nlp, read_trees(treebank / f"{name}.conllu.gz"))
        for name in ("en_ewt-dev", "en_ewt-test", "en_pud-test")
    }
    nlp.to_disk(out)
    print(json.dumps(nlp.meta["performance"]), flush=True)


def add_lemmas(nlp: Language, trees: list[Tree]) -> None:
    """Learn the table of lemmas from gold trees."""
    triples = (word for tree in trees for word in zip(tree.words, tree.tags, tree.lemmas, strict=True))
    pipe: LemmaPipe = nlp.add_pipe("dateline_lemmas")
    pipe.table = learn_table(triples)


def run_round(nlp: Language, trees: list[Tree], dev: list[Tree], plan: Round, chance: random.Random) -> None:
    """Train in place; leaves the averaged weights in the pipeline."""
    steps = plan.epochs * sum(len(tree.words) for tree in trees) // _BATCH_WORDS
    schedule = warmup_linear(plan.rate, 250, steps + 1)
    optimizer = Adam(schedule, L2=0.01, grad_clip=1.0, use_averages=True, L2_is_weight_decay=True)
    start, step = time.perf_counter(), 0
    for epoch in range(plan.epochs):
        losses: dict[str, float] = {}
        for batch in epoch_batches(trees, chance, nlp, plan.varied):
            nlp.update(batch, sgd=optimizer, drop=0.1, losses=losses)
            optimizer.step_schedules()
            step += 1
            if step % 500 == 0:
                with nlp.use_params(optimizer.averages):
                    scores = measure(nlp, dev)
                print(step, steps, round(time.perf_counter() - start), scores, flush=True)
        print("epoch", epoch, losses, flush=True)
    nlp.use_params(optimizer.averages).__enter__()


if __name__ == "__main__":
    where, target, *silver_files = map(Path, sys.argv[1:])
    train(where, target, silver_files)
