"""The documents for contributors tell the truth about files: every path that they name is there."""

import re

import pytest

from tests.conftest import TOGETHER
from tests.paths import ROOT

DOCUMENTS = ("CONTRIBUTING.md", "SECURITY.md", "docs/design.md", "docs/releasing.md")
ELSEWHERE = ("archive", "budgets", "cache", "demo", "dist", "exports", "staging")
"""Folders of Dateline's home, and of a build."""
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#]+)")
PATH = re.compile(r"\.?[\w*-][\w.*-]*(?:/[\w.*-]+)+/?|[A-Z][A-Z_]+\.md|Makefile|[a-z]+\.(?:lock|yaml)")
PLACEHOLDER = re.compile(r"(?<![A-Za-z])(?:NAME|NNNN|TOPIC)(?![A-Za-z])")
MAP = re.compile(r"```mermaid\n.*?```", re.DOTALL)


def read(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def list_paths(document: str) -> set[str]:
    """What a document names as a path, in code or as a target of a link; `NAME` stands for any name."""
    text = read(document)
    named = {code for code in CODE.findall(text) if PATH.fullmatch(code)}
    folder = (ROOT / document).parent
    linked = {
        (folder / link).resolve().relative_to(ROOT).as_posix()
        for link in LINK.findall(text)
        if "://" not in link
    }
    return {path for path in named | linked if path.partition("/")[0] not in ELSEWHERE}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_that_is_named_exists(document: str) -> None:
    paths = list_paths(document)
    assert len(paths) > 2
    missing = [path for path in sorted(paths) if not list(ROOT.glob(PLACEHOLDER.sub("*", path).rstrip("/")))]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_target_of_make_that_is_named_exists(document: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    assert set(re.findall(r"make ([a-z][a-z-]*)", "\n".join(CODE.findall(read(document))))) <= targets


def test_the_files_that_share_a_fixture_are_there() -> None:
    assert [path for path in TOGETHER if not (ROOT / path).exists()] == []


def test_the_map_is_the_same_in_both_documents() -> None:
    [one], [other] = MAP.findall(read("CONTRIBUTING.md")), MAP.findall(read("docs/design.md"))
    assert one == other
    named = set(re.findall(r"[\[(\"]([a-z]+)/<br>", one))
    assert named == {"dags", "dateline", "ingest", "models", "seeds", "training", "transforms", "warehouse"}
    assert all((ROOT / name).is_dir() for name in named)
