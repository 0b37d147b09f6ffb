"""Sixty kills at random moments of a run: after each series the next run gives the rows of one that nobody killed."""

import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline.demo.newsroom import Newsroom
from dateline.home import Home
from tests.dateline.homes import ask, call, call_well, finish, make_home, read_rows, start
from tests.dateline.steps.test_errors import ATTEMPTS

pytestmark = pytest.mark.campaign

SEEDS = range(12)
KILLS = 5  # a seed
LAST_EVENT = 200  # a whole run touches some more files


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(preferred_ports=False) as running:
        yield running


@pytest.fixture(scope="module")
def undisturbed(newsroom: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = make_home(tmp_path_factory.mktemp("undisturbed") / "home", newsroom.feeds[-1:])
    call_well(home, "run")
    return home


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_killed_the_next_run_finishes(
    seed: int, newsroom: Newsroom, undisturbed: Home, tmp_path: Path
) -> None:
    moments = random.Random(seed)
    home = make_home(tmp_path / "home", newsroom.feeds[-1:])
    for _ in range(KILLS):
        at = moments.randrange(1, LAST_EVENT)
        answer = finish(start(home, "run", strike="KILL", at=f"#{at}"))
        assert answer.status in (0, -signal.SIGKILL), (at, answer)
        if answer.status == 0:
            break  # what was left to do took fewer events; a further run would ask the feed again
        if home.published.exists():
            ask(home, "SELECT count(*) FROM events")  # readers can open it at any time
    else:
        call_well(home, "run")
    assert read_rows(home, ATTEMPTS) == read_rows(undisturbed, ATTEMPTS)
    assert call(home, "doctor").status == 0
