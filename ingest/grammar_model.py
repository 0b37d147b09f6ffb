"""Open the shipped grammar: a spaCy pipeline (tags, dependencies, lemmas) trained by `training/grammar.py`."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import NumpyOps, set_current_ops

from transforms.coder.grammar import Grammar, Token
from transforms.coder.lemmas import LemmaTable, lemmatize
from transforms.errors import Permanent

_BATCH = 64


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

    @property
    def version(self) -> str:
        return self._version

    def parse(self, texts: Sequence[str]) -> list[tuple[Token, ...]]:
        return [self._read(doc) for doc in self._nlp.pipe(texts, batch_size=_BATCH)]

    def _read(self, doc: Doc) -> tuple[Token, ...]:
        return tuple(
            Token(
                token.idx,
                token.idx + len(token),
                token.tag_,
                token.head.i,
                "root" if token.dep_ == "ROOT" else token.dep_,
                token.lemma_,
            )
            for token in doc
        )


def open_grammar(folder: Path) -> Grammar:
    """Load the grammar from its folder (a second or so).

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
