"""The registry of history sources."""

import subprocess
import sys

import pytest

from ingest.history.sources import SOURCES, open_source
from tests.paths import ROOT
from transforms.errors import Permanent

LISTING = "import sys; from dateline import list_sources; print(*list_sources()); print(*sys.modules)"


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_opens(name: str) -> None:
    source = open_source(name)
    assert callable(source.plan)
    assert callable(source.discover)


def test_an_unknown_source_is_said_with_the_known_ones() -> None:
    with pytest.raises(Permanent, match="no history source is named 'tape'; there are folder, warc"):
        open_source("tape")


def test_listing_the_sources_imports_none_of_them() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LISTING], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names, modules = (line.split() for line in done.stdout.splitlines())
    assert names == list(SOURCES)
    assert "ingest.history.sources" in modules
    assert {name for name in modules if name.startswith("ingest.")} == {
        "ingest.history",
        "ingest.history.sources",
    }
    assert not {"airflow", "duckdb", "httpx", "pyarrow", "warcio"} & set(modules)
