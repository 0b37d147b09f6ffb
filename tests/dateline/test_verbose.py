"""`dateline --verbose`: what each step read and wrote, on standard error, and nothing of it without."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dateline.demo.newsroom import Newsroom
from dateline.home import Home
from dateline.steps.pipeline import POLL
from tests.dateline.homes import Answer, ask, call, make_home

LINE = re.compile(r"\d\d:\d\d:\d\d (?:DEBUG|INFO|WARNING) +(\w+)((?: \w+=.+)?)")


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Answer]]:
    """A new home after a run on one feed of the sample newsroom, and what the run said."""
    with Newsroom(preferred_ports=False) as newsroom:
        home = make_home(tmp_path_factory.mktemp("verbose") / "home", newsroom.feeds[:1])
        yield home, call(home, "--verbose", "run")


def events_of(said: Answer) -> list[tuple[str, dict[str, str]]]:
    """The event name and the pairs of each line; every line must be one."""
    found = []
    for line in said.err.splitlines():
        if " newsroom_" in line:  # the server's, which runs in this process
            continue
        match = LINE.fullmatch(line)
        assert match, line
        found.append((match[1], dict(re.findall(r"(\w+)=('[^']*'|\S+)", match[2]))))
    return found


def test_every_step_is_shown_from_start_to_finish(homes: tuple[Home, Answer]) -> None:
    home, said = homes
    assert said.status == 0
    events = events_of(said)
    [run] = {pairs["run"] for name, pairs in events if name == "poll_planned"}
    for batch in sorted(path.name for path in (home.staging / run).iterdir() if path.is_dir()):
        mine = [(name, p["step"]) for name, p in events if p.get("batch") == batch and name != "step_done"]
        assert mine == [(name, step) for step in POLL for name in ("step_started", "step_finished")]


def test_every_staging_file_is_shown_with_its_rows_and_bytes(homes: tuple[Home, Answer]) -> None:
    _, said = homes
    written = {p["file"]: p for name, p in events_of(said) if name == "staging_written"}
    [run] = {Path(file).parents[1] for file in written}
    assert set(written) == {str(path) for path in run.rglob("*.parquet")}
    for file, pairs in written.items():
        assert int(pairs["rows"]) == pq.read_metadata(file).num_rows
        assert int(pairs["bytes"]) == Path(file).stat().st_size
    read = {Path(p["file"]).name for name, p in events_of(said) if name == "staging_read"}
    assert read >= {
        "plan.feeds.parquet",
        "poll.entries.parquet",
        "clean.articles.parquet",
    }


def test_archive_and_published_file_are_shown(homes: tuple[Home, Answer]) -> None:
    home, said = homes
    events = events_of(said)
    [(fetches,)] = ask(home, "SELECT count(*) FROM fetches WHERE run_id = (SELECT max(run_id) FROM fetches)")
    assert sum(int(p["records"]) for name, p in events if name == "archive_written") == fetches > 5
    names = {name for name, _ in events}
    assert {"published_read", "table_loaded", "load_done", "publish_done", "step_done"} <= names


def test_without_the_flag_nothing_is_said_also_after_it_was_given(homes: tuple[Home, Answer]) -> None:
    home, _ = homes
    said = call(home, "run", "--all")
    assert (said.status, said.err) == (0, "")
