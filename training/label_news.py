"""Label raw news with the teacher: sentences in spaCy's tokenization, written as a DocBin of silver trees."""

import json
import random
import sys
from pathlib import Path

import spacy
import torch
from spacy.tokens import Doc, DocBin

from training.teacher import Teacher
from transforms.coder.sentences import split_sentences

_LEAST_WORDS, _MOST_WORDS = 4, 60
_LEAST_CONFIDENCE = -0.35  # mean log-probability of a sentence's arcs; below, the teacher itself is guessing


def read_sentences(paths: list[Path], nlp: spacy.Language) -> list[Doc]:
    """The distinct sentences of JSON-lines files with a `text` field, tokenized, in a fixed random order."""
    texts: set[str] = set()
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            text = json.loads(line)["text"]
            texts.update(" ".join(sentence.text.split()) for sentence in split_sentences(text))
    order = sorted(texts)
    random.Random(1).shuffle(order)
    docs = (nlp.make_doc(text) for text in order)
    return [doc for doc in docs if _LEAST_WORDS <= len(doc) <= _MOST_WORDS]


def label(model: Teacher, docs: list[Doc]) -> DocBin:
    """The docs that the teacher is confident about, with its tags, heads and labels."""
    silver = DocBin(attrs=["ORTH", "SPACY", "TAG", "HEAD", "DEP"])
    docs = sorted(docs, key=len)
    for i in range(0, len(docs), 64):
        part = docs[i : i + 64]
        parses = model.parse([tuple(token.text for token in doc) for doc in part])
        for doc, (tags, heads, labels, confidence) in zip(part, parses, strict=True):
            if confidence < _LEAST_CONFIDENCE:
                continue
            silver.add(
                Doc(
                    doc.vocab,
                    words=[token.text for token in doc],
                    spaces=[bool(token.whitespace_) for token in doc],
                    tags=tags,
                    heads=[k if head < 0 else head for k, head in enumerate(heads)],
                    deps=["ROOT" if x == "root" else x for x in labels],
                )
            )
        if i % 6400 == 0:
            print(i, "of", len(docs), flush=True)
    return silver


def main(teacher: Path, out: Path, news: list[Path]) -> None:
    """Label the sentences of the news files and write them to `out`."""
    torch.set_num_threads(2)
    model: Teacher = torch.load(teacher, weights_only=False)
    sentences = read_sentences(news, spacy.blank("en"))
    print(len(sentences), "sentences", sum(map(len, sentences)), "words", flush=True)
    label(model, sentences).to_disk(out)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [Path(path) for path in sys.argv[3:]])
