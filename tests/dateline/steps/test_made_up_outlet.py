"""Years of an outlet that each source holds a part of: everything is found, once, and the gaps are told."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from dateline.home import Home
from ingest.feeds.subscriptions import write_subscriptions
from tests.dateline.homes import ask, call, call_well, finish, read_rows, start
from tests.made_up_outlet import SEASON
from tests.made_up_past import Past, check_states, open_past
from transforms.identity import make_id
from transforms.records import Feed

pytestmark = pytest.mark.slow
FIRST, LAST = SEASON.first, SEASON.last
PAGES = "SELECT url, published_at::DATE FROM current_articles WHERE text_source = 'page'"


@pytest.fixture(scope="module")
def past() -> Iterator[Past]:
    with open_past(0.7, SEASON) as there:
        yield there


def ask_for(past: Past) -> tuple[str, ...]:
    return ("backfill", "--feed", past.outlet.feed, "--from", str(FIRST), "--to", str(LAST))


@pytest.fixture(scope="module")
def filled(past: Past, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = past.make_home(tmp_path_factory.mktemp("past") / "home")
    call_well(home, *ask_for(past))
    return home


def test_everything_that_any_source_holds_is_there_once(past: Past, filled: Home) -> None:
    assert sorted(ask(filled, PAGES)) == sorted(past.list_wanted(FIRST, LAST))


def test_what_came_out_of_an_archive_says_so(past: Past, filled: Home) -> None:
    rows = ask(
        filled,
        "SELECT a.url, f.archive_url, f.requested_at FROM articles AS a JOIN fetches AS f USING (fetch_id)",
    )
    lost = {past.outlet.url_of(one): one.at for one in past.outlet.pieces if not past.outlet.is_live(one)}
    assert {url for url, archive_url, _ in rows if archive_url} == lost.keys() & {url for url, _, _ in rows}
    for url, archive_url, captured_at in rows:
        if archive_url:
            assert archive_url.startswith((past.archive.replay_url, past.crawl.server.url("/data/")))
            assert 0 < (captured_at - lost[url]).total_seconds() < 3 * 86_400


def test_the_coverage_says_what_is_certain_and_no_more(past: Past, filled: Home) -> None:
    check_states(past, dict(ask(filled, "SELECT day, state FROM coverage_days")), FIRST, LAST)
    said = call_well(
        filled, "coverage", "--feed", past.outlet.feed, "--from", "2022-04-25", "--to", "2022-05-05"
    )
    assert "complete" in said
    assert "the site's sitemaps go by date" in said


def test_nothing_is_asked_for_again(past: Past, filled: Home) -> None:
    before = past.asked
    assert "all of it was loaded before" in call_well(filled, *ask_for(past))
    pages = [one for one in past.outlet.server.requests[before["site"] :] if one.path[1:5].isdigit()]
    assert pages == []


def test_a_replay_needs_no_network(past: Past, filled: Home) -> None:
    before, asked = read_rows(filled), past.asked
    call_well(filled, "replay")
    assert read_rows(filled) == before
    assert past.asked == asked


def test_polling_the_feed_meanwhile_disturbs_nothing(past: Past, tmp_path: Path) -> None:
    home = past.make_home(tmp_path / "home")
    write_subscriptions(home.feeds, [Feed(make_id("fd1", past.outlet.feed), past.outlet.feed)])
    days = ("--from", "2022-06-10", "--to", "2022-06-27")
    call_well(home, "run")
    call_well(home, "backfill", "--feed", "all", *days)
    call_well(home, "run", "--all")
    call_well(home, "backfill", "--feed", "all", "--from", "2022-06-05", "--to", "2022-06-27")
    [(articles, versions, entries)] = ask(
        home,
        "SELECT count(DISTINCT article_id), count(DISTINCT article_version_id), (SELECT count(DISTINCT entry_id) FROM "
        "entries WHERE published_at >= '2022-06-10') FROM articles WHERE published_at >= '2022-06-10'",
    )
    wanted = past.list_wanted(date(2022, 6, 10), date(2022, 6, 27))
    assert (articles, versions, entries) == (len(wanted),) * 3


def test_a_backfill_killed_time_and_again_is_finished_by_the_same_call(
    past: Past, filled: Home, tmp_path: Path
) -> None:
    home = past.make_home(tmp_path / "home")
    days = ("backfill", "--feed", past.outlet.feed, "--from", "2022-04-10", "--to", "2022-05-05")
    for at in ("import-00000.part.parquet", "pages.pages.parquet", "#150"):
        answer = finish(start(home, *days, strike="KILL", at=at))
        assert answer.status in (0, -9), answer
    answer = call(home, *days)
    assert answer.status == 0, answer
    assert sorted(ask(home, PAGES)) == sorted(past.list_wanted(date(2022, 4, 10), date(2022, 5, 5)))
