"""One warehouse, two other homes that do the steps, one store between them: the rows are those of one home."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import pytest

from dateline.demo.newsroom import Newsroom
from dateline.home import Home
from dateline.settings import load_settings
from dateline.steps.context import Context
from dateline.steps.load import load_ready
from dateline.steps.pipeline import POLL, name_batches, require_complete, run_step
from dateline.steps.poll import plan_poll
from tests.dateline.homes import SETTINGS, call_well, lend_gazetteer, make_home, read_rows
from tests.dateline.steps.test_errors import ATTEMPTS
from tests.object_store import run_object_store
from tests.redis_server import run_redis
from transforms.errors import Permanent

SHARED = (
    SETTINGS
    + '[storage]\nurl = "s3://dateline/news"\npatience_s = 5\n[locks]\nurl = "{redis}"\nlease_s = 2\n'
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Those of homes that share a store and locks."""
    with run_object_store(), run_redis(tmp_path_factory.mktemp("redis")) as redis:
        yield SHARED.format(redis=redis)


def open_context(home: Home) -> Context:
    return Context(home, load_settings(home, {}))


def make_helper(path: Path, settings: str) -> Home:
    """A home that does steps of others."""
    home = Home(path)
    lend_gazetteer(home)
    home.settings.write_text(settings, encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(preferred_ports=False) as running:
        yield running


def test_two_homes_give_the_rows_of_one(newsroom: Newsroom, settings: str, tmp_path: Path) -> None:
    feeds = [feed for feed in newsroom.feeds if "ourier" not in feed.outlet]  # that one fails once
    alone = make_home(tmp_path / "alone", feeds)
    call_well(alone, "run")
    owner = make_home(tmp_path / "owner", feeds, settings)
    helpers = [make_helper(tmp_path / name, settings) for name in ("one", "two")]
    batches = name_batches(plan_poll(open_context(owner), datetime.now(UTC)))
    turns = cycle(helpers)
    for step in POLL:
        for batch in batches:
            run_step(open_context(next(turns)), step, Path(batch))
        next(turns)  # so that no home has a whole batch
    load_ready(open_context(owner))
    require_complete(owner, batches)
    assert read_rows(owner, ATTEMPTS) == read_rows(alone, ATTEMPTS)
    assert not owner.archive.exists()
    with pytest.raises(Permanent, match="belongs to the warehouse of another home"):
        plan_poll(open_context(helpers[0]), datetime.now(UTC))
