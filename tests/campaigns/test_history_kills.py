"""Sixty kills at random moments of a backfill of three years: all is there, once, and each day's state is right."""

import random
import signal
from pathlib import Path

import pytest

from tests.dateline.homes import ask, call_well, finish, start
from tests.made_up_outlet import THREE_YEARS
from tests.made_up_past import check_states, open_past

pytestmark = pytest.mark.campaign

FIRST, LAST = THREE_YEARS.first, THREE_YEARS.last
KILLS = 60
LAST_EVENT = 300  # of the files that a run touches before it is killed


def test_sixty_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    moments = random.Random(7)
    with open_past(2.0) as past:
        home = past.make_home(tmp_path / "home")
        backfill = ("backfill", "--feed", past.outlet.feed, "--from", str(FIRST), "--to", str(LAST))
        killed = 0
        while killed < KILLS:
            answer = finish(start(home, *backfill, strike="KILL", at=f"#{moments.randrange(1, LAST_EVENT)}"))
            assert answer.status in (0, -signal.SIGKILL), answer
            killed += answer.status != 0
            if answer.status == 0:
                break
        call_well(home, *backfill)
        found = ask(home, "SELECT url, published_at::DATE FROM current_articles WHERE text_source = 'page'")
        assert sorted(found) == sorted(past.list_wanted(FIRST, LAST))
        assert ask(home, "SELECT count(*) - count(DISTINCT article_id) FROM articles") == [(0,)]
        check_states(past, dict(ask(home, "SELECT day, state FROM coverage_days")), FIRST, LAST)
        pages = [one.path for one in past.outlet.server.requests if one.path[1:5].isdigit()]
        live = [one for one in past.outlet.pieces if past.outlet.is_live(one)]
        assert len(pages) <= len(live) + 50 * killed  # a kill costs fifty pages at most
    assert killed == KILLS
