"""Batches whose files are damaged: named, set aside, shown, and brought back, while the rest goes on."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline.home import Home
from dateline.steps.quarantine import describe_return, find_set_aside
from tests.dateline.homes import ask, call, call_well, copy_home, finish, make_home, read_rows, start
from tests.dateline.small_newsroom import SmallNewsroom, open_small_newsroom


@pytest.fixture(scope="module")
def newsroom() -> Iterator[SmallNewsroom]:
    with open_small_newsroom() as running:
        yield running


@pytest.fixture(scope="module")
def stopped(newsroom: SmallNewsroom, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two batches that are polled, cleaned and coded, and wait for their load."""
    home = make_home(tmp_path_factory.mktemp("stopped") / "home", newsroom.feeds)
    killed = finish(start(home, "run", strike="KILL", at="warehouse.load:record_load"))
    assert killed.status == -signal.SIGKILL
    return home


TABLES = ["entries", "articles", "events"]
WITHOUT = {
    "entries": ["seen_at", "last_seen_at", "fetch_id"],
    "articles": ["fetch_id", "last_fetched_at", "fetched_at"],
    "events": ["first_seen_at", "last_seen_at"],
}


@pytest.fixture(scope="module")
def undisturbed(
    stopped: Home, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[dict[str, object]]]:
    """The rows where nothing is damaged."""
    home = copy_home(stopped, tmp_path_factory.mktemp("undisturbed") / "home")
    call_well(home, "run")
    return read_rows(home, WITHOUT, TABLES)


def cut(home: Home, name: str) -> bytes:
    """Cut a staging file of the first batch; returns what it was."""
    [path] = home.staging.glob(f"poll-*/batch-000/{name}.parquet")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return whole


def bring_back(home: Home, name: str, whole: bytes) -> None:
    """As the file says how, with the damage undone."""
    [one] = find_set_aside(home)
    (home.quarantine / one.run_id / one.batch / f"{name}.parquet").write_bytes(whole)
    command = describe_return(home, one.run_id)
    why = (home.quarantine / one.run_id / one.batch / "why.txt").read_text(encoding="utf-8")
    assert command in why
    subprocess.run(command.replace("dateline run", "true"), shell=True, check=True)


@pytest.mark.parametrize("name", ["clean.articles", "poll.entries", "plan.feeds", "code.counts"])
def test_a_batch_that_cannot_be_loaded(
    name: str, stopped: Home, undisturbed: dict[str, list[dict[str, object]]], tmp_path: Path
) -> None:
    home = copy_home(stopped, tmp_path / "home")
    whole = cut(home, name)
    answer = call(home, "run")
    assert answer.status == 1
    assert "/batch-000 was set aside in" in answer.err
    assert "Traceback" not in answer.err
    assert "all else is loaded" in answer.err
    assert ("batch-001",) in ask(home, "SELECT batch FROM loaded_batches")
    first_run = min(path.name for path in home.staging.iterdir() if path.is_dir())
    loaded = f"SELECT batch FROM loaded_batches WHERE run_id = '{first_run}' ORDER BY 1"
    assert ask(home, loaded) == [("batch-001",)]
    assert "batch-000" in call_well(home, "status")
    doctor = call(home, "doctor")
    assert doctor.status == 1
    assert "batch-000 was set aside: " in doctor.out
    call_well(home, "run")  # nothing keeps the next run
    bring_back(home, name, whole)
    call_well(home, "run")
    assert ask(home, loaded) == [("batch-000",), ("batch-001",)]
    assert "no batch was set aside" in call(home, "doctor").out
    assert read_rows(home, WITHOUT, TABLES) == undisturbed


def test_a_file_that_a_step_cannot_read(stopped: Home, tmp_path: Path) -> None:
    for step, name in (("code", "clean.articles"), ("clean", "poll.entries"), ("fetch", "poll.entries")):
        home = copy_home(stopped, tmp_path / step)
        [batch] = home.staging.glob("poll-*/batch-000")
        for done in ("code", "clean", "fetch")[: ("code", "clean", "fetch").index(step) + 1]:
            (batch / f"{done}.done").unlink()
        cut(home, name)
        answer = call(home, "run")
        assert answer.status == 1
        assert "batch-000 was set aside in" in answer.err, answer.err
        assert f"{name}.parquet is damaged" in answer.err
        assert ask(home, "SELECT DISTINCT batch FROM loaded_batches WHERE batch = 'batch-001'") == [
            ("batch-001",)
        ]
        call_well(home, "run")
    assert (home.quarantine / batch.parent.name / "batch-000" / "why.txt").is_file()


def test_it_comes_back_when_its_run_folder_is_gone(stopped: Home, tmp_path: Path) -> None:
    home = copy_home(stopped, tmp_path / "home")
    whole = cut(home, "clean.articles")
    assert call(home, "run").status == 1
    [one] = find_set_aside(home)
    shutil.rmtree(home.staging / one.run_id)
    bring_back(home, "clean.articles", whole)
    call_well(home, "run")
    assert (one.run_id, one.batch) in ask(home, "SELECT run_id, batch FROM loaded_batches")


def test_killed_while_it_is_set_aside(stopped: Home, tmp_path: Path) -> None:
    home = copy_home(stopped, tmp_path / "home")
    cut(home, "clean.articles")
    for at in ("why.txt", "staging-quarantine"):
        process = start(home, "run", strike="KILL", at=at)
        assert finish(process).status in (-signal.SIGKILL, 1)
    call(home, "run")
    assert [one.batch for one in find_set_aside(home)] == ["batch-000"]
    assert ("batch-001",) in ask(home, "SELECT batch FROM loaded_batches")
    assert not list(home.staging.glob("*/*.part"))
