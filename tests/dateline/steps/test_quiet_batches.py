"""Polls that brought nothing wait for a load that has more to say; what they learnt is known all the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline.demo.newsroom import Newsroom
from dateline.home import Home
from ingest.feeds.subscriptions import make_feed, write_subscriptions
from tests.dateline.homes import SETTINGS, ask, call, call_well, make_home

WAIT = {"LOAD_QUIET_WAIT_S": "3600"}


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(preferred_ports=False) as running:
        yield running


@pytest.fixture
def home(newsroom: Newsroom, tmp_path: Path) -> Home:
    home = make_home(tmp_path / "home", newsroom.feeds[-1:])
    call_well(home, "run", **WAIT)
    return home


def count_batches(home: Home) -> int:
    [(count,)] = ask(home, "SELECT count(*) FROM loaded_batches")
    return int(count)


def test_a_poll_without_news_publishes_nothing_until_there_is_some(newsroom: Newsroom, home: Home) -> None:
    published = home.published.stat().st_ino
    for _ in range(2):
        assert "1 = 0 with news + 1 unchanged" in call_well(home, "run", "--all", **WAIT)
    assert home.published.stat().st_ino == published
    assert count_batches(home) == 1
    newsroom.advance()
    call_well(home, "run", "--all", **WAIT)
    assert home.published.stat().st_ino != published
    assert count_batches(home) == 4


def test_a_feed_is_not_due_again_since_a_waiting_poll_asked_it(newsroom: Newsroom, home: Home) -> None:
    home.settings.write_text(SETTINGS.replace("min_interval_s = 0", "min_interval_s = 1800"))
    call_well(home, "run", "--all", **WAIT)
    asked = len(newsroom.requests)
    assert "nothing was due" in call_well(home, "run", **WAIT)
    assert len(newsroom.requests) == asked


def test_after_the_wait_it_is_loaded(home: Home) -> None:
    call_well(home, "run", "--all", **WAIT)
    assert count_batches(home) == 1
    call_well(home, "run", "--all", LOAD_QUIET_WAIT_S="0.001")
    assert count_batches(home) == 3


def test_a_feed_that_was_taken_away_is_news(home: Home, newsroom: Newsroom) -> None:
    write_subscriptions(home.feeds, newsroom.feeds[:1])
    call_well(home, "run", **WAIT)
    assert (newsroom.feeds[-1].feed_id, "removed") in ask(home, "SELECT feed_id, status FROM feeds")


def test_a_failure_is_news(home: Home, newsroom: Newsroom) -> None:
    gone = make_feed(newsroom.feeds[-1].url + "/nothing.xml")
    write_subscriptions(home.feeds, [newsroom.feeds[-1], gone])
    call_well(home, "run", **WAIT)
    assert ask(home, f"SELECT count(*) FROM rejections WHERE feed_id = '{gone.feed_id}'") == [(1,)]


def test_a_damaged_state_hinders_no_plan(home: Home) -> None:
    call_well(home, "run", "--all", **WAIT)
    *_, last = sorted(home.staging.glob("poll-*/*/poll.states.parquet"))
    last.write_bytes(b"cut")
    answer = call(home, "run", "--all", **WAIT)
    assert "set aside" in answer.err + call_well(home, "status")
    call_well(home, "run", "--all", **WAIT)
