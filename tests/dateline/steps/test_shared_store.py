"""One warehouse, two other homes that do the steps, one store between them: the rows are those of one home."""

import random
import signal
import subprocess
import sys
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
from ingest.store.object_store import ObjectStore
from tests.dateline.homes import SETTINGS, call_well, environment, lend_gazetteer, make_home, read_rows
from tests.dateline.steps.test_errors import ATTEMPTS
from tests.limits import HANG_S
from tests.paths import ROOT
from transforms.errors import Permanent

SHARED = """
[storage]
url = "s3://dateline/{name}"
patience_s = 5
[locks]
url = "{redis}"
lease_s = 1
"""


@pytest.fixture
def settings(object_store: dict[str, str], redis_url: str, tmp_path: Path) -> str:
    """Those of homes that share a store and locks."""
    return SETTINGS + SHARED.format(name=tmp_path.name, redis=redis_url)


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


def list_store(settings: str, folder: str) -> list[str]:
    url = settings.partition('url = "')[2].partition('"')[0]
    return list(ObjectStore(url, 0).list_files(folder))


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
    assert list_store(settings, "staging") == []
    with pytest.raises(Permanent, match="belongs to the warehouse of another home"):
        plan_poll(open_context(helpers[0]), datetime.now(UTC))


def do_and_kill(home: Home, what: str, batch: str, moment: int) -> int:
    arguments = [sys.executable, "-m", "tests.dateline.steps.step_process", what, batch, str(moment)]
    return subprocess.run(
        arguments, cwd=ROOT, env=environment(home), timeout=HANG_S, check=False, capture_output=True
    ).returncode


def test_whatever_is_killed_between_two_writings_nothing_is_lost_or_doubled(
    newsroom: Newsroom, settings: str, tmp_path: Path
) -> None:
    feeds = newsroom.feeds[-1:]
    alone = make_home(tmp_path / "alone", feeds)
    call_well(alone, "run")
    owner = make_home(tmp_path / "owner", feeds, settings)
    homes = cycle(make_helper(tmp_path / name, settings) for name in ("one", "two"))
    moments = random.Random(17)
    [batch] = name_batches(plan_poll(open_context(owner), datetime.now(UTC)))
    killed = []
    for step in POLL:
        home, most = next(homes), 4 if step in ("poll", "fetch") else 2  # a WARC file and a pack, or a pack
        killed.append(do_and_kill(home, step, batch, moments.randint(1, most)))
        run_step(open_context(home if moments.random() < 0.3 else next(homes)), step, Path(batch))
    killed += [do_and_kill(owner, "load", "", moment) for moment in (1, 3)]
    assert killed == [-signal.SIGKILL] * 6
    load_ready(open_context(owner))
    require_complete(owner, [batch])
    assert read_rows(owner, ATTEMPTS) == read_rows(alone, ATTEMPTS)
    assert list_store(settings, "staging") == []
