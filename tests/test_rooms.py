"""The rooms' import rules and sizes, as `docs/design.md` states them."""

import ast
from collections import defaultdict
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
ONLY_IN = {
    "duckdb": {"warehouse"},
    "airflow": {"dags"},
    "psutil": {"dateline"},
    "apprise": {"dateline"},
    "starlette": {"dateline"},
    "uvicorn": {"dateline"},
    "prometheus_client": {"dateline"},
    "httpx": {"ingest"},
    "httpcore": {"ingest"},
    "psycopg": {"warehouse"},
    "fsspec": {"ingest"},
    "redis": {"ingest"},
}
SUBROOMS = {
    "ingest": {
        "archive": {"http"},
        "chat": {"http", "staging"},
        "feeds": {"http", "workers"},
        "history": {"http", "archive"},
        "http": set(),
        "models": set(),
        "pages": {"http", "workers"},
        "staging": set(),
        "store": {"staging"},
        "tables": set(),
        "workers": set(),
    },
    "dateline": {
        "alerts": set(),
        "coders": set(),
        "commands": {"coders", "demo", "explain", "steps", "alerts", "report", "web"},
        "demo": {"coders", "commands", "steps"},  # of commands: tables and the local Airflow
        "explain": {"coders", "commands", "steps"},  # of commands: tables
        "report": set(),
        "steps": {"coders", "report"},
        "web": {"explain"},
    },
    "transforms": {
        "articles": {"history", "written_dates"},
        "chat": {"coder"},
        "coder": set(),
        "events": set(),
        "feeds": {"written_dates"},
        "history": set(),
        "written_dates": set(),
    },
}
"""Which folders of a room each may import; the modules beside them are for all."""
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


def test_the_folders_of_rooms_are_known() -> None:
    for room, folders in SUBROOMS.items():
        assert {path.parent.name for path in (ROOT / room).glob("*/__init__.py")} == set(folders)


@pytest.mark.parametrize("room", SUBROOMS)
def test_folders_import_only_what_they_may(room: str) -> None:
    for folder, others in SUBROOMS[room].items():
        for path in (ROOT / room / folder).rglob("*.py"):
            for module in imports(ast.parse(path.read_text(encoding="utf-8"))):
                parts = module.split(".")
                if parts[0] == room and len(parts) > 1 and parts[1] in SUBROOMS[room]:
                    assert parts[1] in {folder, *others}, f"{path.relative_to(ROOT)} imports {module}"


def read_top_imports() -> dict[str, set[str]]:
    """The modules of ours that each module imports when it is imported itself."""
    paths = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path
        for room in ROOMS
        for path in modules(room)
    }
    found = {}
    for name, path in paths.items():
        top = ast.parse(path.read_text(encoding="utf-8"))
        top.body = [node for node in top.body if isinstance(node, ast.Import | ast.ImportFrom)]
        found[name] = {module for module in imports(top) if module in paths}
    return found


def test_no_modules_import_one_another() -> None:
    graph = read_top_imports()
    while leaves := {name for name, needed in graph.items() if not needed & graph.keys()}:
        graph = {name: needed for name, needed in graph.items() if name not in leaves}
    assert not graph, "a circle of imports"


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


def public_types(tree: ast.Module) -> Iterator[str]:
    """Names of a module's public classes and type aliases, which alone are written in CamelCase."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        else:
            continue
        yield from (name for name in names if name[0].isupper() and not name.isupper())


def test_no_two_public_types_have_one_name() -> None:
    owners: dict[str, list[str]] = defaultdict(list)
    for room in ROOMS:
        for path in modules(room):
            for name in public_types(ast.parse(path.read_text(encoding="utf-8"))):
                owners[name].append(str(path.relative_to(ROOT)))
    assert not {name: paths for name, paths in owners.items() if len(paths) > 1}


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
