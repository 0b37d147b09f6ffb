import shutil
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.newsroom import Files, make_warehouse
from tests.warehouse.sample import NOW
from transforms.errors import Permanent
from warehouse.checks import run_checks, run_day_checks
from warehouse.finalize import finalize_day
from warehouse.publish import publish

DAY = date(2026, 3, 9)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Files:
    files = make_warehouse(tmp_path_factory.mktemp("checks"))
    finalize_day(files.build, DAY, NOW, 1)
    publish(files.build)
    return files


def failing(published: Path, hours: float = 1) -> dict[str, str]:
    results = run_checks(published, NOW + timedelta(hours=hours), stale_feed_s=86_400)
    return {result.name: result.detail for result in results if not result.ok}


def test_a_brand_new_warehouse_passes(files: Files) -> None:
    publish(files.build)
    assert failing(files.published) == {}
    assert all(result.ok for result in run_day_checks(files.published, DAY))


def test_a_sound_warehouse_passes(sample: Files) -> None:
    assert failing(sample.published) == {}
    assert all(result.ok for result in run_day_checks(sample.published, DAY))


def test_feeds_that_do_not_answer_are_named(sample: Files) -> None:
    assert list(failing(sample.published, hours=25)) == ["stale_feeds"]
    assert (
        "https://beta.example.org/feed has not answered since" in failing(sample.published, 25)["stale_feeds"]
    )


def test_a_file_of_an_older_version_is_said_to_be_one(sample: Files, tmp_path: Path) -> None:
    copy = tmp_path / "copy.duckdb"
    shutil.copyfile(sample.published, copy)
    with duckdb.connect(copy) as connection:
        connection.execute("ALTER TABLE finalized_days RENAME TO event_days")
        connection.execute("DELETE FROM schema_migrations WHERE version > 3")
    with pytest.raises(Permanent, match=r"older Dateline \(schema 3, .*`dateline run` brings it up to date"):
        failing(copy)


@pytest.mark.parametrize(
    ("damage", "check", "detail"),
    [
        ("UPDATE step_counts SET passed = 3", "steps_balance", "5, but 3 passed + 0 unchanged + 1 rejected"),
        ("DELETE FROM rejections", "rejections_balance", "steps counted 1 rejections, the table has 0"),
        ("UPDATE load_counts SET rows_new = 0", "loads_balance", "load 1 entries: 4 rows in"),
        ("UPDATE loads SET rows_in = 1 WHERE load_id = 1", "loads_balance", "load 1: 1 rows in"),
        ("DELETE FROM events", "orphans", "which does not exist"),
        ("DELETE FROM articles WHERE is_current", "orphans", "has no article version"),
        ("DELETE FROM codings", "orphans", "no coding of its article version by rules-1"),
        ("UPDATE mentions SET event_id = NULL", "orphans", "counts but belongs to no event"),
        ("UPDATE events SET mentions = 99", "event_members", "says 99 mentions"),
        ("UPDATE articles SET is_current = true", "current_articles", "ar1-siege has 2 current versions"),
        ("INSERT INTO entries FROM entries", "unique_keys", "entry version ev1-raid-1 is there 2 times"),
        ("UPDATE rejections SET reason = 'bad luck'", "known_reasons", "the unknown reason bad luck"),
        ("UPDATE events SET killed_best = 1000 WHERE killed_best > 0", "tolls", "best 1000"),
        ("CREATE OR REPLACE VIEW events_daily AS SELECT 1 WHERE false", "empty_views", "events_daily is"),
    ],
)  # fmt: skip
def test_damage_is_found(damage: str, check: str, detail: str, sample: Files, tmp_path: Path) -> None:
    copy = tmp_path / "copy.duckdb"
    shutil.copyfile(sample.published, copy)
    with duckdb.connect(copy) as connection:
        connection.execute(damage)
    assert detail in failing(copy)[check]


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        ("UPDATE finalized_days SET events = 77", "day_finalized"),
        ("DELETE FROM finalized_days", "day_finalized"),
        ("DELETE FROM mentions", "day_members"),
        ("UPDATE events SET urls = []", "day_sources"),
    ],
)
def test_damage_of_a_day_is_found(damage: str, check: str, sample: Files, tmp_path: Path) -> None:
    copy = tmp_path / "copy.duckdb"
    shutil.copyfile(sample.published, copy)
    with duckdb.connect(copy) as connection:
        connection.execute(damage)
    assert check in {result.name for result in run_day_checks(copy, DAY) if not result.ok}
    assert all(result.ok for result in run_day_checks(copy, date(2020, 1, 1)))


def test_many_problems_are_cut_short(sample: Files, tmp_path: Path) -> None:
    copy = tmp_path / "copy.duckdb"
    shutil.copyfile(sample.published, copy)
    with duckdb.connect(copy) as connection:
        connection.execute("DELETE FROM codings")
    assert failing(copy)["orphans"].endswith("; and 2 more")
