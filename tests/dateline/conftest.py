"""The sample newsroom polled twice, once a session, for the tests that only look at what came of it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from dateline.demo.newsroom import Newsroom
from dateline.home import Home
from tests.dateline.homes import call_well, make_home, read_rows


@dataclass(frozen=True, slots=True)
class Polled:
    """A home after a run on each edition; the newsroom is still up, with the second."""

    home: Home
    newsroom: Newsroom
    said: tuple[str, str]  # by the two runs
    first_rows: dict[str, list[dict[str, object]]]  # after the first


@pytest.fixture(scope="session")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Polled]:
    with Newsroom(preferred_ports=False) as newsroom:
        home = make_home(tmp_path_factory.mktemp("polled") / "home", newsroom.feeds)
        first = call_well(home, "run")
        rows = read_rows(home)
        newsroom.advance()
        second = call_well(home, "run", "--all")
        yield Polled(home, newsroom, (first, second), rows)
