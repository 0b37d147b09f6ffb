"""Open the shipped grammar: a spaCy pipeline (tags, dependencies, lemmas) trained by `training/grammar.py`."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, cast

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import NumpyOps, set_current_ops

from transforms.coder.grammar import Grammar, Tagged, Token
from transforms.coder.lemmas import LemmaTable, lemmatize
from transforms.errors import Permanent

_BATCH = 64
_OF_PARSING = ("parser", "dateline_lemmas")


class LemmaPipe:
    """The pipeline's last component: lemmas from a table and rules, see `transforms.coder.lemmas`."""

    def __init__(self, table: LemmaTable) -> None:
        self.table = table

    def __call__(self, doc: Doc) -> Doc:
        for token in doc:
            token.lemma_ = lemmatize(token.text, token.tag_, self.table)
        return doc

    def to_disk(self, path: Path, exclude: Sequence[str] = ()) -> None:
        path.mkdir(parents=True, exist_ok=True)
        content = {"exceptions": dict(self.table.exceptions), "bases": dict(self.table.bases)}
        (path / "table.json").write_text(json.dumps(content), encoding="utf-8")

    def from_disk(self, path: Path, exclude: Sequence[str] = ()) -> "LemmaPipe":
        content = json.loads((path / "table.json").read_text(encoding="utf-8"))
        self.table = LemmaTable(content["exceptions"], content["bases"])
        return self


@Language.factory("dateline_lemmas")
def make_lemma_pipe(nlp: Language, name: str) -> LemmaPipe:
    """An empty table; spaCy fills it from the pipeline's folder."""
    return LemmaPipe(LemmaTable({}, {}))


class SpacyGrammar:
    """A loaded spaCy pipeline as a `Grammar`."""

    def __init__(self, nlp: Language, version: str) -> None:
        self._nlp = nlp
        self._version = version
        lemmas = cast(LemmaPipe, nlp.get_pipe("dateline_lemmas"))
        self._lemmatize = lru_cache(maxsize=20_000)(partial(lemmatize, table=lemmas.table))

    @property
    def version(self) -> str:
        return self._version

    def tag(self, texts: Sequence[str]) -> list[Tagged]:
        docs = self._nlp.pipe(texts, batch_size=_BATCH, disable=_OF_PARSING)
        return [Tagged(text, tuple(self._read_tags(doc)), doc) for text, doc in zip(texts, docs, strict=True)]

    def parse(self, tagged: Sequence[Tagged]) -> list[tuple[Token, ...]]:
        docs = [cast(Doc, one.state) for one in tagged]
        parser: Any = self._nlp.get_pipe("parser")
        parsed = parser.pipe(docs, batch_size=_BATCH)
        return [tuple(self._read_tokens(doc, one)) for doc, one in zip(parsed, tagged, strict=True)]

    def _read_tags(self, doc: Doc) -> Iterator[tuple[int, int, str]]:
        # arrays and running sums: an object for each token takes several times as long
        start = 0
        for length, blank, tag in doc.to_array(["LENGTH", "SPACY", "TAG"]).tolist():
            yield start, start + length, self._nlp.vocab.strings[tag]
            start += length + blank

    def _read_tokens(self, doc: Doc, tagged: Tagged) -> Iterator[Token]:
        text, strings = tagged.text, self._nlp.vocab.strings  # `doc.text` would be built again
        offsets, labels = doc.to_array("HEAD").view("int64").tolist(), doc.to_array("DEP").tolist()
        for at, ((start, end, tag), offset, dep) in enumerate(zip(tagged.tags, offsets, labels, strict=True)):
            label = strings[dep]
            lemma = self._lemmatize(text[start:end], tag)
            yield Token(start, end, tag, at + offset, "root" if label == "ROOT" else label, lemma)


@lru_cache(maxsize=1)
def open_grammar(folder: Path) -> Grammar:
    """Load the grammar from its folder (a second or so, once a process).

    Raises:
        Permanent: the folder holds no grammar that this spaCy can read.
    """
    # numpy's own matrix product is twice as fast here as the one that spaCy brings
    set_current_ops(NumpyOps(use_blis=False))
    try:
        nlp = spacy.load(folder)
        digest = hashlib.blake2b((folder / "meta.json").read_bytes(), digest_size=4).hexdigest()
    except (OSError, ValueError) as error:
        raise Permanent(f"{folder}: cannot be read as a grammar ({error}); install Dateline again") from error
    return SpacyGrammar(nlp, digest)
