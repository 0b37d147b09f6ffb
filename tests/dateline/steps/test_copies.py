"""The lake and the copy in PostgreSQL after a run: what fails keeps nothing, is said, and is done the next time."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pyarrow.dataset as pds
import pytest

from dateline.home import Home
from dateline.settings import Settings
from dateline.steps.copies import read_states, require_copies, update_copies
from ingest.feeds.subscriptions import write_subscriptions
from tests.dateline.homes import call, call_well
from tests.postgres import run_postgres
from tests.warehouse.newsroom import make_warehouse
from tests.warehouse.sample import NOW, make_feed
from transforms.errors import Transient
from transforms.settings import LakeSettings, WarehouseSettings

LATER = NOW + timedelta(hours=1)
BOTH = Settings(lake=LakeSettings(path="lake"), warehouse=WarehouseSettings(postgres_url_env="NEWS_DATABASE"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("home")
    make_warehouse(folder)
    home = Home(folder)
    out_of_bounds = replace(make_feed("alpha"), url="http://127.0.0.1:9/feed")
    write_subscriptions(home.feeds, [out_of_bounds])
    return home


def test_a_copy_that_fails_keeps_no_other_is_said_and_comes_with_the_next_run(made: Home) -> None:
    for address, words in (
        ("", "not set or empty"),
        ("postgresql://x@127.0.0.1:9/x", "cannot be written now"),
    ):
        states = update_copies(made, BOTH, NOW, {"NEWS_DATABASE": address})
        assert states["lake"].error == ""
        assert words in states["postgres"].error
        with pytest.raises(Transient, match=words):
            require_copies(states)
    assert len(list((made.path / "lake" / "events").glob("*/*.parquet"))) == 2
    assert f"postgres fails since {NOW:%Y-%m-%dT%H:%M}: the PostgreSQL database cannot be" in call_well(
        made, "status"
    )
    with run_postgres() as url:
        states = update_copies(made, BOTH, LATER, {"NEWS_DATABASE": url})
        require_copies(states)
        assert "made again: events, mentions, stories" in states["postgres"].done
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM dateline.events").fetchall() == [(4,)]
    assert read_states(made) == states
    update_copies(made, Settings(), LATER)  # asked for no more
    assert read_states(made) == {}


def test_the_command_keeps_a_lake_wherever_it_is_told_to(made: Home, tmp_path: Path) -> None:
    first = call_well(made, "export", "--lake", str(tmp_path / "lake"))
    assert f"{tmp_path}/lake: 17 rows, 5 files written, 0 removed" in first
    assert "0 files written" in call_well(made, "export", "--lake", str(tmp_path / "lake"))
    assert "5 files written" in call_well(made, "export", "--whole", "--lake", str(tmp_path / "lake"))
    made.copies_state.unlink(missing_ok=True)
    assert "0 removed" in call_well(made, "export", "--lake", LAKE_PATH=str(tmp_path / "set"))
    assert read_states(made)["lake"].error == ""
    assert pds.dataset(tmp_path / "set" / "events").count_rows() == 4


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--lake"], 1, "no lake is set"),
        (["--postgres"], 1, "no PostgreSQL database is set"),
        ([], 2, "--to names a folder"),
        (["--to", "x", "--lake"], 2, "take tables of their own"),
    ],
)
def test_what_is_missing_is_named(made: Home, arguments: list[str], status: int, words: str) -> None:
    answer = call(made, "export", *arguments)
    assert answer.status == status
    assert words in answer.err


def test_a_run_brings_the_copies_up_to_date_and_does_not_fail_for_them(made: Home) -> None:
    answer = call(made, "run", LAKE_PATH="kept", WAREHOUSE_POSTGRES_URL_ENV="NOT_THERE")
    assert answer.status == 0
    assert (
        "postgres: failed and tried again with the next run: warehouse.postgres_url_env names" in answer.out
    )
    assert (made.path / "kept" / "manifest.json").exists()
    assert json.loads(made.copies_state.read_text())["lake"]["error"] == ""
