"""Every query of docs/queries.md runs and finds something, and so does its Python."""

import re

import duckdb
import pytest

from tests.paths import ROOT
from tests.warehouse.newsroom import Files, make_warehouse
from warehouse.query import run_queries

PAGE = ROOT / "docs" / "queries.md"
TEXT = PAGE.read_text(encoding="utf-8")
QUERIES = re.findall(r"^## (\d+\. .*?)\n.*?^```sql\n(.*?)^```", TEXT, re.M | re.S)
SNIPPETS = re.findall(r"^```python\n(.*?)^```", TEXT, re.M | re.S)
ATTACHED = re.findall(r"^```sql\n(ATTACH .*?)^```", TEXT, re.M | re.S)


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


@pytest.mark.parametrize("text", SNIPPETS, ids=lambda text: re.findall(r"import (\w+)", text)[-1])
def test_python_of_the_page_runs(
    text: str, files: Files, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for package in re.findall(r"^import (\w+)", text, re.M):
        pytest.importorskip(package)
    monkeypatch.chdir(files.folder)
    exec(compile(text, "docs/queries.md", "exec"), {})
    assert capsys.readouterr().out.strip()


def test_the_file_can_be_attached(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    [text] = ATTACHED
    monkeypatch.chdir(files.folder)
    with duckdb.connect() as connection:
        assert connection.execute(text).fetchall() == [("ASSAULT", 2), ("PROTEST", 2)]
        for (name,) in connection.execute(
            "SELECT view_name FROM duckdb_views() WHERE NOT internal"
        ).fetchall():
            connection.execute(f"FROM dateline.{name}").fetchall()
