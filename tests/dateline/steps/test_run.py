"""`dateline run` on the sample newsroom's two editions: nothing lost, nothing twice, the truth comes out."""

import json
from pathlib import Path
from typing import Any

import pytest

from dateline.demo.newsroom_pages import NEWSROOM_FOLDER, load_outlets
from tests.dateline.conftest import Polled
from tests.dateline.homes import ask, call_well, copy_home, read_rows
from transforms.identity import make_id
from transforms.urls import canonicalize_url

EXPECTED: dict[str, Any] = json.loads((NEWSROOM_FOLDER / "expected.json").read_text(encoding="utf-8"))

GAZIPUR = "bay/0302-gazipur"


def url_of_feed(polled: Polled, name: str) -> str:
    outlet, feed_name = name.split("/")
    [path] = [
        feed.path
        for one in load_outlets()
        if one.key == outlet
        for feed in one.feeds
        if feed.name == feed_name
    ]
    return polled.newsroom.origin_of(outlet) + path


def article_id_of(polled: Polled, key: str) -> str:
    return make_id("ar1", canonicalize_url(polled.newsroom.url_of(key)))


def test_the_books_of_every_step_balance(polled: Polled) -> None:
    unbalanced = "FROM step_counts WHERE taken <> passed + unchanged + rejected"
    assert ask(polled.home, unbalanced) == []
    assert ask(polled.home, "SELECT count(*) FROM step_counts GROUP BY run_id, batch") == [(5,), (5,)]


def test_every_entry_of_the_feeds_is_accounted_for(polled: Polled) -> None:
    """Counted by hand in expected.json; a feed that answers 304 in the second run brings none."""
    in_feeds = [0, 0]
    for name, feed in EXPECTED["feeds"].items():
        requests = polled.newsroom.requests
        target = url_of_feed(polled, feed.get("moved_to", name))
        answers = [status for url, status in requests if url == target][:2]
        for edition, status in enumerate(answers):
            in_feeds[edition] += feed["entries"][edition] if status == 200 else 0
    counts = ask(
        polled.home,
        "SELECT sum(taken), sum(passed), sum(unchanged) FROM step_counts WHERE step = 'poll_entries'"
        " GROUP BY run_id ORDER BY run_id",
    )
    assert [row[0] for row in counts] == in_feeds
    [(new,)] = ask(polled.home, "SELECT count(*) FROM entries")
    [(rejected,)] = ask(polled.home, "SELECT count(*) FROM rejections WHERE stage = 'entry'")
    known = sum(row[2] for row in counts)
    assert sum(in_feeds) == new + known + rejected


def test_every_entry_becomes_an_article_or_a_rejection(polled: Polled) -> None:
    lost = """
        SELECT e.entry_id FROM entries AS e
        WHERE NOT EXISTS (FROM articles AS a WHERE a.article_id = e.article_id)
          AND NOT EXISTS (FROM rejections AS r WHERE r.item_id = e.entry_id)"""
    assert ask(polled.home, lost) == []
    unread = """
        SELECT a.article_version_id FROM articles AS a
        WHERE NOT EXISTS (FROM codings AS c WHERE c.article_version_id = a.article_version_id)
          AND NOT EXISTS (FROM rejections AS r WHERE r.item_id = a.article_version_id)"""
    assert ask(polled.home, unread) == []


@pytest.mark.parametrize("name", EXPECTED["feeds"])
def test_a_feed_has_the_outcome_that_is_expected(polled: Polled, name: str) -> None:
    expected, url = EXPECTED["feeds"][name], url_of_feed(polled, name)
    [(status, poll_url, failures)] = ask(
        polled.home, f"SELECT status, poll_url, failures FROM feeds WHERE url = '{url}'"
    )
    reasons = ask(
        polled.home,
        "SELECT reason FROM rejections JOIN feeds USING (feed_id)"
        f" WHERE stage = 'feed' AND feeds.url = '{url}'",
    )
    assert status == ("gone" if expected["outcome"] == "gone" else "active")
    assert reasons == ([(expected["rejection"],)] if "rejection" in expected else [])
    assert poll_url == url_of_feed(polled, expected.get("moved_to", name))
    assert (failures == 0) == (expected["outcome"] == "ok")


def test_a_moved_feed_is_asked_at_its_new_address_and_one_that_is_gone_not_again(polled: Polled) -> None:
    answers = polled.newsroom.requests
    [moved] = [name for name, feed in EXPECTED["feeds"].items() if "moved_to" in feed]
    [gone] = [name for name, feed in EXPECTED["feeds"].items() if feed["outcome"] == "gone"]
    assert [s for url, s in answers if url == url_of_feed(polled, moved)] == [301]
    assert [s for url, s in answers if url == url_of_feed(polled, gone)] == [410]


def test_an_unchanged_feed_answers_304(polled: Polled) -> None:
    outcomes = ask(
        polled.home, "SELECT outcome, status FROM fetches WHERE kind = 'feed' AND outcome = 'not_modified'"
    )
    assert outcomes == [("not_modified", 304)] * 2


@pytest.mark.parametrize("key", EXPECTED["odd"])
def test_an_odd_entry_has_the_kind_and_the_rejection_that_are_expected(polled: Polled, key: str) -> None:
    expected, article_id = EXPECTED["odd"][key], article_id_of(polled, key)
    kinds = ask(polled.home, f"SELECT DISTINCT page_kind FROM articles WHERE article_id = '{article_id}'")
    reasons = ask(
        polled.home,
        f"""SELECT DISTINCT reason FROM rejections WHERE item_id IN (
                SELECT unnest([entry_id, article_version_id]) FROM articles
                WHERE article_id = '{article_id}')""",
    )
    if (
        expected["page_kind"] is None
    ):  # the page may not be fetched: an article of the feed's few words at most
        assert kinds in ([], [("stub",)])
        assert (expected["rejection"],) in reasons
    else:
        assert kinds == [(expected["page_kind"],)]
        assert reasons == ([(expected["rejection"],)] if expected["rejection"] else [])
    if expected["rejection"] in ("not_an_article", "language_unsupported"):
        mentions = ask(polled.home, f"SELECT count(*) FROM mentions WHERE article_id = '{article_id}'")
        assert mentions == [(0,)]
    for column in ("language", "text_source"):
        if column in expected:
            found = ask(
                polled.home, f"SELECT DISTINCT {column} FROM articles WHERE article_id = '{article_id}'"
            )
            assert found == [(expected[column],)]
    versions = ask(polled.home, f"SELECT count(*) FROM articles WHERE article_id = '{article_id}'")
    assert versions == [(expected.get("versions", 0 if not kinds else 1),)]


def test_a_page_that_fails_once_comes_back_in_the_second_run(polled: Polled) -> None:
    [key] = [key for key, case in EXPECTED["odd"].items() if "statuses" in case]
    url = polled.newsroom.url_of(key)
    fetches = ask(polled.home, f"SELECT status FROM fetches WHERE url = '{url}' ORDER BY requested_at")
    assert [status for (status,) in fetches] == EXPECTED["odd"][key]["statuses"]
    assert [row for row in polled.first_rows["page_states"] if row["status"] == "pending"]
    assert ask(polled.home, "SELECT count(*) FROM page_states WHERE status = 'pending'") == [(0,)]


def test_an_edited_article_gets_a_version_whose_mentions_take_the_place_of_the_first(polled: Polled) -> None:
    for key in [key for key, case in EXPECTED["odd"].items() if case.get("versions") == 2]:
        article_id = article_id_of(polled, key)
        current = f"SELECT is_current FROM articles WHERE article_id = '{article_id}' ORDER BY fetched_at"
        assert ask(polled.home, current) == [(False,), (True,)]
        astray = f"""FROM mentions AS m JOIN articles AS a USING (article_version_id)
                     WHERE a.article_id = '{article_id}' AND m.is_current <> a.is_current"""
        assert ask(polled.home, astray) == []
    tolls = (
        f"SELECT is_current, killed_max FROM mentions WHERE article_id = '{article_id_of(polled, GAZIPUR)}'"
    )
    said = set(ask(polled.home, tolls))
    assert (False, 3) in said  # the first edition's toll, which the second corrects to one
    assert (True, 3) not in said


def test_one_article_under_two_addresses_is_one(polled: Polled) -> None:
    for key in ("meridian/0302-el-obeid-market", "bay/0304-monywa-bombing"):
        entries = ask(
            polled.home, f"SELECT url FROM entries WHERE article_id = '{article_id_of(polled, key)}'"
        )
        assert {"?" in url for (url,) in entries} >= {True}
        versions = ask(
            polled.home, f"SELECT count(*) FROM articles WHERE article_id = '{article_id_of(polled, key)}'"
        )
        assert versions == [(1,)]


def test_the_coder_finds_most_of_the_incidents(polled: Polled) -> None:
    """A floor that today's coder is well above; the quality of coding is measured elsewhere."""
    found = {
        (kind, country, day)
        for kind, country, day in ask(
            polled.home, "SELECT DISTINCT event_type, country, event_day::VARCHAR FROM events"
        )
    }
    wanted = [(case["event_type"], case["country"], case["date"]) for case in EXPECTED["incidents"]]
    assert sum(case in found for case in wanted) >= 0.6 * len(wanted)


def test_sport_business_and_weather_are_not_taken_for_attacks(polled: Polled) -> None:
    quiet = ", ".join(f"'{article_id_of(polled, key)}'" for key in EXPECTED["quiet"])
    attacks = ask(
        polled.home,
        f"SELECT sentence FROM mentions WHERE article_id IN ({quiet}) AND is_current"
        " AND realis = 'actual' AND event_type = 'ASSAULT'",
    )
    assert len(attacks) <= 1, attacks


def test_the_checks_hold_and_the_views_show_something(polled: Polled) -> None:
    [(events, with_recalled)] = ask(
        polled.home,
        "SELECT (SELECT sum(events) FROM events_daily), (SELECT sum(events) FROM events_daily_all)",
    )
    [(new, recalled)] = ask(
        polled.home, "SELECT count(*) FILTER (NOT background), count(*) FILTER (background) FROM events"
    )
    assert (events, with_recalled) == (new, new + recalled)
    assert min(new, recalled) > 0
    unnamed = "SELECT count(*) FROM events WHERE (admin1 = '') <> (admin1_name = '')"
    assert ask(polled.home, unnamed) == [(0,)]
    for view in ("gdelt_events", "acled_events", "feed_health", "current_articles"):
        [(rows,)] = ask(polled.home, f"SELECT count(*) FROM {view}")
        assert rows > 0, view


def test_the_run_says_what_it_did(polled: Polled) -> None:
    first, second = polled.said
    assert "feeds: 7 = 6 with news + 0 unchanged (304) + 1 rejected" in first
    assert "1 to retry" in first
    assert "feeds: 6 = 4 with news + 2 unchanged (304) + 0 rejected" in second
    assert f"warehouse: {polled.home.published}" in second


def test_another_run_changes_nothing(polled: Polled, tmp_path: Path) -> None:
    """Only what is told of the attempts themselves grows: fetches, their counts, and when a feed was asked."""
    home = copy_home(polled.home, tmp_path / "home")
    asked = {"feeds": ("interval_s", "next_poll_at", "last_attempt_at", "last_success_at")}
    grows = ("fetches", "step_counts", "loaded_batches")
    before = read_rows(home, asked)
    said = call_well(home, "run", "--all")
    assert "feeds: 6 = 0 with news + 6 unchanged (304) + 0 rejected" in said
    assert "events: 0 new, 0 changed, 0 removed by merging" in said
    after = read_rows(home, asked)
    for table in before:
        if table in grows:
            assert [row for row in before[table] if row not in after[table]] == []
        else:
            assert after[table] == before[table], table


def test_nothing_due_is_said_so_and_leaves_the_file_alone(polled: Polled, tmp_path: Path) -> None:
    home = copy_home(polled.home, tmp_path / "home")
    call_well(home, "run", "--all", POLL_MIN_INTERVAL_S="600")
    inode = home.published.stat().st_ino
    assert "nothing was due; `dateline run --all` polls every feed" in call_well(home, "run")
    assert home.published.stat().st_ino == inode
