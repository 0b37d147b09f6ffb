"""`dateline clean`: a line out for every page in, whatever the page."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dateline.cli import dateline
from tests.paths import CASES

PAGE_CASES = CASES / "pages"
PAGE = PAGE_CASES / "article_json_ld.html"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def clean(*files: str, lines: str = "") -> tuple[list[dict[str, Any]], Result]:
    result = CliRunner().invoke(dateline, ["clean", "--workers", "1", *files], input=lines)
    return [json.loads(line) for line in result.stdout.splitlines()], result


def test_files_plain_and_compressed(tmp_path: Path) -> None:
    (tmp_path / "page.html.gz").write_bytes(gzip.compress(PAGE.read_bytes()))
    found, result = clean("page.html.gz", str(PAGE))
    assert result.exit_code == 0
    assert [item["id"] for item in found] == ["page.html.gz", str(PAGE)]
    assert found[0] == found[1] | {"id": "page.html.gz"}
    assert found[0]["title"] == "Blast at Marenga grain market kills nine"
    assert found[0]["authors"] == ["Ada Mbeki", "Tom Reyes"]
    assert found[0]["published_at"] == "2026-03-02T09:15:00+03:00"
    assert (found[0]["lang"], found[0]["page_kind"], found[0]["section"]) == ("en", "article", "World")
    assert found[0]["text"].startswith("Police say a parked lorry")
    assert found[0]["sources"]["published_at"] == "json-ld datePublished"


def test_every_line_of_input_gives_one_of_output(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(PAGE.read_bytes())
    (tmp_path / "empty.html").write_bytes(b"")
    (tmp_path / "bad.html.gz").write_bytes(b"\x1f\x8bnot gzip")
    lines = [
        json.dumps({"id": "good", "file": "page.html", "url": "https://courier.example/world/marenga-blast"}),
        json.dumps({"id": "early", "file": "page.html", "fetched": "2026-01-01 00:00:00"}),
        json.dumps({"id": "missing", "file": "nowhere.html"}),
        json.dumps({"id": "empty", "file": "empty.html"}),
        json.dumps({"id": "gz", "file": "bad.html.gz"}),
        json.dumps({"id": "when", "file": "page.html", "fetched": "soon"}),
        json.dumps({"id": "nameless"}),
        "nonsense",
    ]
    found, result = clean(lines="\n".join(lines) + "\n")
    assert result.exit_code == 1
    assert [item["id"] for item in found] == [
        "good", "early", "missing", "empty", "gz", "when", "line 7", "line 8",
    ]  # fmt: skip
    assert [item["page_kind"] for item in found] == ["article"] * 2 + ["error"] * 6
    assert found[1]["published_at"] is None, "dates after the page was fetched are not believed"
    for item, told in zip(
        found[2:],
        ["no such file", "is empty", "cannot be read", "not an ISO 8601 time", 'needs "file"', "not JSON"],
        strict=True,
    ):
        assert told in item["error"]
        assert told in result.stderr
