"""`dateline replay`: the archive alone gives the very same rows, and polling carries on after it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline.home import Home
from tests.dateline.conftest import Polled
from tests.dateline.homes import ask, call, call_well, copy_home, finish, make_home, read_rows, start
from tests.dateline.saved_news import write_news
from tests.dateline.small_newsroom import open_small_newsroom
from warehouse.query import run_queries


@pytest.fixture(scope="module")
def filled(polled: Polled, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two polls of several batches, a backfill of files that are older than the polls, and another poll."""
    folder = tmp_path_factory.mktemp("replay")
    home = copy_home(polled.home, folder / "home")
    call_well(home, "backfill", str(write_news(folder / "saved")))
    call_well(home, "run", "--all")
    return home


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """One poll of two feeds that are two hosts, and so two batches."""
    with open_small_newsroom() as newsroom:
        home = make_home(tmp_path_factory.mktemp("small") / "home", newsroom.feeds)
        call_well(home, "run")
        assert ask(home, "SELECT count(*) FROM loaded_batches") == [(2,)]
        yield home


def test_a_lost_warehouse_comes_back_row_for_row_without_the_network(
    filled: Home, polled: Polled, tmp_path: Path
) -> None:
    """Every column of every row but the numbers of the loads: no exception is made."""
    home = copy_home(filled, tmp_path / "home")
    before, asked = read_rows(home), len(polled.newsroom.requests)
    home.published.unlink()
    home.build.unlink()
    assert "replayed 4 runs" in call_well(home, "replay")
    after = read_rows(home)
    assert len(polled.newsroom.requests) == asked
    for table in before:
        assert after[table] == before[table], table
    assert not (home.path / "replay").exists()

    said = call_well(home, "run", "--all")
    assert "feeds: 6 = 0 with news + 6 unchanged (304) + 0 rejected" in said
    assert "events: 0 new, 0 changed" in call_well(home, "backfill", str(filled.path.parent / "saved"))
    assert read_rows(home, tables=["events", "mentions"]) == {t: before[t] for t in ("events", "mentions")}


def test_a_replay_takes_the_place_of_the_warehouse_under_its_readers(small: Home, tmp_path: Path) -> None:
    home = copy_home(small, tmp_path / "home")
    before = read_rows(home)
    with run_queries(home.published, "SELECT count(*) FROM articles") as results:
        call_well(home, "replay")
        assert len(list(next(results).rows)) == 1
    assert read_rows(home) == before


def test_a_killed_replay_leaves_the_warehouse_as_it_was(small: Home, tmp_path: Path) -> None:
    home = copy_home(small, tmp_path / "home")
    before = read_rows(home)
    assert finish(start(home, "replay", strike="KILL", at="clean.articles.parquet")).status == -9
    assert read_rows(home) == before
    assert call(home, "run").status == 0


def test_a_run_that_is_under_way_is_left_to_the_next_run(small: Home, tmp_path: Path) -> None:
    """Its pages are not in the archive yet: a replay of it would take them for unreachable."""
    home = copy_home(small, tmp_path / "home")
    finish(start(home, "run", "--all", strike="KILL", at="fetch.fetches.parquet"))
    call_well(home, "replay")
    assert ask(home, "SELECT count(*) FROM fetches WHERE error LIKE '%not in the archive%'") == [(0,)]
    [(runs,)] = ask(home, "SELECT count(DISTINCT run_id) FROM loaded_batches")
    call_well(home, "run")
    assert ask(home, "SELECT count(DISTINCT run_id) FROM loaded_batches") == [(runs + 1,)]


def test_a_feed_that_was_removed_stays_removed(small: Home, tmp_path: Path) -> None:
    home = copy_home(small, tmp_path / "home")
    [(url, _)] = ask(home, "SELECT url, feed_id FROM feeds WHERE url LIKE '%localhost%'")
    call_well(home, "feeds", "remove", url)
    call_well(home, "run", "--all")
    before = read_rows(home, tables=["feeds"])
    call_well(home, "replay")
    assert read_rows(home, tables=["feeds"]) == before
    assert ask(home, f"SELECT status FROM feeds WHERE url = '{url}'") == [("removed",)]


def test_an_archive_without_anything_is_said(tmp_path: Path) -> None:
    answer = call(make_home(tmp_path / "home"), "replay")
    assert answer.status == 1
    assert "there is nothing to replay" in answer.err


def test_our_archive_is_a_warc_source_like_any_other(polled: Polled, tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    call_well(home, "backfill", "--source", "warc", str(polled.home.archive))
    same = "SELECT DISTINCT article_id FROM articles WHERE text_source = 'page' ORDER BY 1"
    assert ask(home, same) == ask(polled.home, same)
