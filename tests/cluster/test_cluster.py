"""The same rows by a cluster as by one process, whatever is killed, restarted or down meanwhile."""

import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from dateline.demo.newsroom import Newsroom
from dateline.home import Home
from ingest.feeds.subscriptions import make_feed
from scripts.cluster import find_missing
from tests.cluster.running import NAMES, Cluster, run_cluster, wait_until
from tests.dateline.homes import SETTINGS, TABLES, ask, call_well, finish, make_home, read_rows, start
from tests.dateline.steps.test_errors import ATTEMPTS
from tests.loopback import LoopbackServer
from tests.made_up_outlet import Outlet, Piece, make_eras, make_pieces

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(bool(find_missing()), reason=f"not installed: {', '.join(find_missing())}"),
]

PAGES = 5_000
HALF_A_YEAR = make_eras(
    [
        date(2023, 6, 26),
        date(2023, 6, 27),
        date(2023, 6, 28),
        date(2023, 6, 29),
        date(2023, 7, 1),
        date(2024, 1, 1),
    ],
    0,
)
"""All of it in the API of WordPress but some days, which do not count here."""
FIRST, LAST = "2023-07-01", "2023-12-31"
STORE_DOWN_S = 60
OWN_SETTINGS = (
    SETTINGS.replace("[http]\n", '[http]\ncontact = "desk@gazette.example"\nper_host = 8\n')
    + "[history]\nbatch_articles = 10_000\npause_s = 0\n[code]\nworkers = 1\n"
)
"""All windows of the half year at once, a batch each."""


def make_quiet_pieces(count: int) -> list[Piece]:
    """Articles of half a year; few have events, which would take the most time."""
    every = make_pieces(count / 80, HALF_A_YEAR)
    return [one for one in every if one.number % 10 == 0 or one.title.startswith(("Barley", "New bridge"))]


@dataclass(frozen=True, slots=True)
class Both:
    """A cluster, and a home in which one process does the same."""

    cluster: Cluster
    alone: Home
    newsroom: Newsroom

    def compare(self) -> None:
        homes = (self.cluster.warehouse, self.alone)
        hours = {
            row for home in homes for row in ask(home, "SELECT DISTINCT hour(requested_at) FROM fetches")
        }
        tables, without = list(TABLES), {**ATTEMPTS}
        if len(hours) > 1:  # what was fetched in an earlier hour comes first in a story
            tables = [table for table in tables if table not in ("article_stories", "stories")]
            without["articles"] = (*ATTEMPTS["articles"], "story_id")
        rows, wanted = (read_rows(home, without, tables) for home in homes)
        for table in tables:
            if rows[table] != wanted[table]:
                missing = [row for row in wanted[table] if row not in rows[table]]
                more = [row for row in rows[table] if row not in wanted[table]]
                pytest.fail(f"{table}: {len(missing)} missing, {len(more)} more: {missing[:3]}, {more[:3]}")


@pytest.fixture(scope="module")
def both() -> Iterator[Both]:
    # not in pytest's own folder, which PostgreSQL's user may not enter
    folder = Path(tempfile.mkdtemp(prefix="dateline-cluster-"))
    folder.chmod(0o711)
    with Newsroom(preferred_ports=False) as newsroom:
        for key in newsroom.stories:  # one page fails at the first request, whoever asks
            with suppress(HTTPError):
                urlopen(newsroom.url_of(key)).close()
        one, *others = newsroom.feeds
        feeds = [make_feed(one.url.replace("127.0.0.1", "localhost")), *others]
        alone = make_home(folder / "alone", feeds, OWN_SETTINGS)
        with run_cluster(folder, find_free_ports(), feeds, OWN_SETTINGS) as cluster:
            yield Both(cluster, alone, newsroom)
    shutil.rmtree(folder)


def find_free_ports() -> int:
    """The first of some ports in a row that nobody has."""
    for first in range(18_080, 28_080, 10):
        with socket.socket() as probe:
            if all(probe.connect_ex(("127.0.0.1", port)) for port in range(first, first + 4)):
                return first
    raise AssertionError("no port is free")


def test_the_newsroom_gives_the_same_rows(both: Both) -> None:
    for _ in range(2):
        both.cluster.start_run("poll_news", {"poll_all": True})
        call_well(both.alone, "run", "--all")
        assert both.cluster.wait_for_runs("poll_news").keys() == {"success"}
        both.newsroom.advance()
    both.compare()


def test_nothing_is_lost_or_doubled_in_a_backfill_that_meets_every_fault(both: Both) -> None:
    cluster, alone = both.cluster, both.alone
    with LoopbackServer() as server:
        outlet = Outlet(server, make_quiet_pieces(PAGES), HALF_A_YEAR)
        asked = {"sources": ["wordpress"], "feeds": outlet.feed, "from": FIRST, "to": LAST}
        cluster.start_run("backfill_news", asked)
        reference = start(
            alone, "backfill", "--source", "wordpress", "--feed", outlet.feed, "--from", FIRST, "--to", LAST
        )

        def count_coded() -> int:
            return cluster.count_begun(NAMES[1], "backfill_news", "process.code")

        wait_until(
            lambda: cluster.count_begun(NAMES[0], "backfill_news", "process.fetch"), "pages that are fetched"
        )
        cluster.kill(NAMES[0])
        wait_until(count_coded, "articles that are cleaned and coded")
        cluster.kill("redis")
        before_that = count_coded()
        wait_until(lambda: count_coded() > before_that, "more articles that are coded")
        cluster.store.stop()
        time.sleep(STORE_DOWN_S)
        cluster.store.start()

        states = cluster.wait_for_runs("backfill_news")
        while "failed" in states:  # what retries could not mend, the next run carries on with
            cluster.start_run("backfill_news", asked)
            before, states = states, cluster.wait_for_runs("backfill_news")
            if states["failed"] == before["failed"]:
                break
        assert finish(reference).status == 0
    both.compare()
    wanted = [one for one in outlet.pieces if FIRST <= f"{one.at:%Y-%m-%d}" <= LAST]
    assert len(wanted) >= PAGES
    query = "SELECT count(*), count(DISTINCT url) FROM current_articles WHERE url LIKE '%/2023/%'"
    assert ask(cluster.warehouse, query) == [(len(wanted), len(wanted))]
