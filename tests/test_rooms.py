"""The rooms' import rules and sizes, as `docs/design.md` states them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.paths import ROOT

ROOMS = ("dags", "dateline", "ingest", "transforms", "warehouse")
MAY_IMPORT = {
    "dags": {"dags", "dateline", "transforms"},  # of transforms: the errors, to know which to retry
    "dateline": {"dateline", "ingest", "transforms", "warehouse", "dags"},  # of dags: where they lie
    "ingest": {"ingest", "transforms"},
    "transforms": {"transforms"},
    "warehouse": {"warehouse", "transforms"},
}
MAY_IMPORT_MODULE = {"warehouse": {"ingest.locks"}}  # one way to lock files, whoever locks
ONLY_IN = {"duckdb": {"warehouse"}, "airflow": {"dags"}, "httpx": {"ingest"}, "httpcore": {"ingest"}}
NOT_IN_TRANSFORMS = {"asyncio", "socket", "sqlite3", "subprocess", "multiprocessing", "os", "random", "time"}


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_import_only_what_they_may(room: str) -> None:
    for path in modules(room):
        for module in imports(ast.parse(path.read_text(encoding="utf-8"))):
            name = module.partition(".")[0]
            if name in ROOMS and module not in MAY_IMPORT_MODULE.get(room, ()):
                assert name in MAY_IMPORT[room], f"{path.relative_to(ROOT)} imports {name}"
            assert room in ONLY_IN.get(name, {room}), f"{path.relative_to(ROOT)} imports {name}"
            if room == "transforms":
                assert name not in NOT_IN_TRANSFORMS, f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize("room", ROOMS)
def test_modules_and_functions_stay_small(room: str) -> None:
    for path in modules(room):
        text = path.read_text(encoding="utf-8")
        lines = text.count("\n")
        assert lines <= (80 if room == "dags" else 400), f"{path.relative_to(ROOT)} has {lines} lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                assert length <= 60, f"{path.relative_to(ROOT)}: {node.name} has {length} lines"


def test_transforms_have_no_clock() -> None:
    for path in modules("transforms"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in {"now", "utcnow", "today"}, (
                    f"{path.relative_to(ROOT)} reads the clock"
                )


def test_files_are_locked_by_one_module() -> None:
    locking = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in modules(room)
        if "fcntl" in imports(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert locking == {"ingest/locks.py"}
