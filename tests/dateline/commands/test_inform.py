"""What follows a publication by hand: alerts and copies, after a backfill and a replay as after a run."""

import json
from pathlib import Path

import duckdb
import pytest

from dateline.home import Home
from tests.dateline.homes import SETTINGS, ask, call, call_well, copy_home, make_home
from tests.dateline.saved_news import page, save, url_of, write_news
from tests.ingest.archive.captures import make_record

LAKE = SETTINGS + '[lake]\npath = "lake"\n'
ALERTS = """\
[all]
filter = ""
file = "all.jsonl"
days = 100000

[latest]
filter = ""
file = "latest.jsonl"
"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_news(tmp_path_factory.mktemp("saved"))


@pytest.fixture(scope="module")
def filled(saved: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, str]:
    home = make_home(tmp_path_factory.mktemp("informed") / "home", settings=LAKE)
    home.alerts.write_text(ALERTS, encoding="utf-8")
    return home, call_well(home, "backfill", str(saved))


def count_copied(home: Home) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(f"SELECT count(*) FROM '{home.path}/lake/events/*/*.parquet'").fetchall()


def list_sent(home: Home, name: str) -> list[str]:
    path = home.path / name
    return [json.loads(line)["key"] for line in path.read_text().splitlines()] if path.exists() else []


def test_a_backfill_sends_alerts_and_brings_the_copies_up_to_date(filled: tuple[Home, str]) -> None:
    home, said = filled
    events = ask(home, "SELECT count(*) FROM events WHERE NOT background")
    assert [(len(list_sent(home, "all.jsonl")),)] == events
    assert f"alert all: {events[0][0]} sent" in said
    assert count_copied(home) == ask(home, "SELECT count(*) FROM events")
    assert f"lake: {home.path}/lake: " in said


def test_a_backfill_of_the_past_floods_nobody(filled: tuple[Home, str]) -> None:
    home, _ = filled
    assert list_sent(home, "latest.jsonl") == []
    assert "nothing of the last 7 days fits" in call_well(home, "alerts", "test", "latest")


def test_a_replay_does_so_too_and_tells_nothing_twice(filled: tuple[Home, str], tmp_path: Path) -> None:
    home = copy_home(filled[0], tmp_path / "home")
    before = list_sent(home, "all.jsonl")
    home.settings.write_text(LAKE.replace('"lake"', '"second/lake"'), encoding="utf-8")
    said = call_well(home, "replay")
    assert list_sent(home, "all.jsonl") == before
    assert "alert all: 0 sent" in said
    assert f"lake: {home.path}/second/lake: " in said


def test_a_backfill_that_fails_tells_what_came_through(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", settings=LAKE)
    home.alerts.write_text(ALERTS, encoding="utf-8")
    good = make_record("", url=url_of("aleppo"), payload=page("aleppo", 3))
    bad = make_record("", url="http://[::1", payload=page("kisumu", 4))
    save(tmp_path / "warc" / "a.warc", good + bad)
    assert call(home, "backfill", "--source", "warc", str(tmp_path / "warc")).status == 1
    assert len(list_sent(home, "all.jsonl")) > 0
    assert count_copied(home) == ask(home, "SELECT count(*) FROM events")


def test_what_is_wrong_with_alerts_fails_no_backfill(saved: Path, tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    home.alerts.write_text("[all]\nfilter = 3\n", encoding="utf-8")
    answer = call(home, "backfill", str(saved))
    assert answer.status == 0
    assert "no alerts were sent: " in answer.err
