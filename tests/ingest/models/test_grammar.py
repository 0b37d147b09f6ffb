"""The grammar that is shipped: it opens, parses news, and is what its metadata say."""

import json
from pathlib import Path

import pytest

from ingest.bundled import MODELS
from ingest.models.grammar import open_grammar
from tests.coders import parse
from transforms.errors import Permanent

FOLDER = MODELS / "grammar"


def test_a_sentence_is_parsed() -> None:
    text = "Rebels attacked two villages near Aleppo on Monday."
    (tokens,) = parse([text])
    words = [text[token.start : token.end] for token in tokens]
    found = {
        word: (token.lemma, token.label, words[token.head]) for word, token in zip(words, tokens, strict=True)
    }
    assert found["attacked"] == ("attack", "root", "attacked")
    assert found["Rebels"] == ("rebel", "nsubj", "attacked")
    assert found["villages"] == ("village", "obj", "attacked")


def test_odd_texts_are_parsed() -> None:
    texts = ["", " ", "a" * 5000, "\u200b", "((((", "Bomb kills 12"]
    assert [len(tokens) > 0 for tokens in parse(texts)] == [
        False,
        True,
        True,
        True,
        True,
        True,
    ]


def test_the_same_parse_alone_and_among_others() -> None:
    texts = ["Police arrested 12 protesters.", "The army withdrew.", "No one was killed in the blast."]
    assert parse(texts)[1] == parse(texts[1:2])[0]


def test_the_metadata_hold_licence_attribution_and_scores() -> None:
    meta = json.loads((FOLDER / "meta.json").read_text(encoding="utf-8"))
    assert meta["license"] == "CC BY-SA 4.0"
    assert meta["sources"][0]["name"] == "UD English EWT"
    scores = meta["performance"]["en_pud-test"]
    assert scores["las"] >= 0.84 and scores["tag"] >= 0.95
    assert (FOLDER / "LICENSE.md").is_file()


def test_it_is_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*")) < 15_000_000


def test_a_folder_without_a_grammar_is_told(tmp_path: Path) -> None:
    with pytest.raises(Permanent, match="cannot be read as a grammar"):
        open_grammar(tmp_path / "nowhere")
