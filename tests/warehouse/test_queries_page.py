"""Every query of docs/queries.md runs and finds something."""

import re

import pytest

from tests.paths import ROOT
from tests.warehouse.newsroom import Files, make_warehouse
from warehouse.query import run_queries

PAGE = ROOT / "docs" / "queries.md"
QUERIES = re.findall(r"^## (\d+\. .*?)\n.*?^```sql\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return make_warehouse(tmp_path_factory.mktemp("queries"))


def test_the_page_has_eleven_queries() -> None:
    assert [title.partition(".")[0] for title, _ in QUERIES] == [str(number) for number in range(1, 12)]


@pytest.mark.parametrize(("title", "text"), QUERIES, ids=[title for title, _ in QUERIES])
def test_query_of_the_page_finds_rows(title: str, text: str, files: Files) -> None:
    with run_queries(files.published, text) as results:
        rows = [list(result.rows) for result in results]
    assert len(rows) == 1, title
    assert rows[0], title
