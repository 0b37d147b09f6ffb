"""The coder as a deployment has it: bundled tables and the whole gazetteer, compiled once a checkout."""

import fcntl
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from ingest.bundled import MODELS, SEEDS
from ingest.models.grammar import open_grammar
from ingest.models.scorer import open_scorer
from ingest.tables.gazetteer_file import GazetteerFile, open_gazetteer
from ingest.tables.seeds import hash_tables, load_seeds
from tests.paths import ROOT
from transforms.coder.code_document import RulesCoder
from transforms.coder.grammar import Grammar, Token
from transforms.coder.lexicon import CoderTables
from transforms.coder.score_fillers import Scorer
from transforms.records import Document, Event

CACHE = ROOT / ".pytest_cache" / "gazetteer"
PUBLISHED = datetime(2026, 3, 5, 12, tzinfo=UTC)  # a Thursday


@lru_cache(maxsize=1)
def bundled_tables() -> CoderTables:
    return load_seeds(SEEDS)


@lru_cache(maxsize=1)
def whole_gazetteer() -> GazetteerFile:
    tables = bundled_tables()
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of two workers one compiles it and the other waits
        return open_gazetteer(CACHE, tables.countries, tables.regions)


@lru_cache(maxsize=1)
def shipped_grammar() -> Grammar:
    return open_grammar(MODELS / "grammar")


def parse(texts: Sequence[str]) -> list[tuple[Token, ...]]:
    """Sentences as the shipped grammar reads them."""
    return shipped_grammar().parse(shipped_grammar().tag(texts))


@lru_cache(maxsize=1)
def shipped_scorer() -> Scorer:
    return open_scorer(MODELS / "scorer" / "weights.json")


@lru_cache(maxsize=1)
def rules_alone() -> RulesCoder:
    """The coder without anything learnt over it."""
    return RulesCoder(bundled_tables(), whole_gazetteer(), shipped_grammar(), hash_tables(bundled_tables()))


@lru_cache(maxsize=1)
def bundled_coder() -> RulesCoder:
    tables = bundled_tables()
    return RulesCoder(tables, whole_gazetteer(), shipped_grammar(), hash_tables(tables), shipped_scorer())


def code(text: str, published: datetime | None = PUBLISHED) -> tuple[Event, ...]:
    return bundled_coder().code(Document(id="t", text=text, published_at=published)).events
