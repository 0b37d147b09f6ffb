"""The coder as a deployment has it: bundled tables and the whole gazetteer, compiled once a checkout."""

import fcntl
from datetime import UTC, datetime
from functools import lru_cache

from ingest.bundled import MODELS, SEEDS
from ingest.models.judge import open_judge
from ingest.tables.gazetteer_file import GazetteerFile, open_gazetteer
from ingest.tables.seeds import hash_tables, load_seeds
from tests.paths import ROOT
from transforms.coder.code_document import JudgedCoder
from transforms.coder.lexicon import CoderTables
from transforms.coder.pair_odds import Judge
from transforms.coder.protocol import code_one
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
def shipped_judge() -> Judge:
    return open_judge(MODELS / "judge")


@lru_cache(maxsize=1)
def bundled_coder() -> JudgedCoder:
    tables = bundled_tables()
    return JudgedCoder(tables, whole_gazetteer(), hash_tables(tables), shipped_judge())


def code(text: str, published: datetime | None = PUBLISHED) -> tuple[Event, ...]:
    return code_one(bundled_coder(), Document(id="t", text=text, published_at=published)).events
