"""Real runs of each DAG, by Airflow, against its own database and the sample newsroom."""

import re
from pathlib import Path

import duckdb
import pytest

from dateline.commands.local_airflow import DAG_RUNS_LOG, find_error
from tests.dags.conftest import LocalAirflow
from tests.loopback import LoopbackServer
from tests.made_up_outlet import Outlet, make_pieces
from warehouse.query import run_queries

pytestmark = pytest.mark.airflow


def ask(airflow: LocalAirflow, query: str) -> list[tuple[object, ...]]:
    with run_queries(airflow.home.published, query) as results:
        return [tuple(row) for row in next(results).rows]


@pytest.fixture(scope="module")
def polled(airflow: LocalAirflow) -> LocalAirflow:
    """Two editions of two outlets of the newsroom, polled."""
    for _ in range(2):
        assert airflow.run("poll_news", {"poll_all": True}) == "success"
        airflow.newsroom.advance()
    return airflow


def test_poll_news_fills_the_warehouse(polled: LocalAirflow) -> None:
    [(polls, entries, articles, events)] = ask(
        polled,
        """SELECT (SELECT count(DISTINCT run_id) FROM fetches),
                  (SELECT count(DISTINCT entry_id) FROM entries),
                  (SELECT count(*) FROM articles),
                  (SELECT count(*) FROM events)""",
    )
    assert (polls, entries) == (2, 15)
    assert isinstance(articles, int)
    assert articles > 15
    assert isinstance(events, int)
    assert events > 20


def test_a_poll_that_brings_nothing_takes_three_tasks(polled: LocalAirflow) -> None:
    before = len(polled.log)
    assert polled.run("poll_news", {"poll_all": True}) == "success"
    log = polled.log[before:]
    assert re.findall(r"starting task_id=(\S+)", log) == ["plan", "process.fetch", "load"]


def test_check_warehouse_passes_on_a_sound_warehouse(polled: LocalAirflow) -> None:
    assert polled.run("check_warehouse", {}) == "success"


def test_send_alerts_sends_what_is_new_once_and_a_channel_that_is_down_fails_no_run(
    polled: LocalAirflow,
) -> None:
    polled.home.alerts.write_text(
        '[deaths]\nfilter = "killed=1"\nfile = "alerts.jsonl"\ndays = 100000\n'
        '[down]\nfilter = "killed=1"\nurl = "json://127.0.0.1:9/${NOT_SET}"\ndays = 100000\n'
    )
    for _ in range(2):
        assert polled.run("send_alerts", {}) == "success"
    lines = (polled.home.path / "alerts.jsonl").read_text().splitlines()
    [(deaths,)] = ask(polled, "SELECT count(*) FROM events WHERE killed_best > 0 AND NOT background")
    assert len(lines) == deaths
    assert "NOT_SET" in polled.home.alerts_state.read_text()


def test_copy_warehouse_brings_the_lake_up_to_date(polled: LocalAirflow) -> None:
    with polled.home.settings.open("a", encoding="utf-8") as settings:
        settings.write('[lake]\npath = "lake"\n')
    assert polled.run("copy_warehouse", {}) == "success"
    with duckdb.connect() as connection:
        there = connection.execute(
            f"SELECT count(*) FROM '{polled.home.path}/lake/events/*/*.parquet'"
        ).fetchall()
    assert there == ask(polled, "SELECT count(*) FROM events")


def test_daily_events_exports_a_day_and_does_it_again_alike(polled: LocalAirflow) -> None:
    folder = polled.home.exports
    assert polled.run("daily_events", {"day": "2026-03-02"}) == "success"
    first = {path: path.read_bytes() for path in folder.rglob("*.*")}
    assert {str(path.relative_to(folder)) for path in first} == {
        "events/2026-03-02.parquet", "mentions/2026-03-02.parquet", "reports/2026-03-02.html",
    }  # fmt: skip
    assert polled.run("daily_events", {"day": "2026-03-02"}) == "success"
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == first


def test_backfill_news_loads_a_folder_once(polled: LocalAirflow, tmp_path: Path) -> None:
    paragraphs = (
        "A bomb exploded at the bus station of Tabora, Tanzania, on Sunday, killing two people, police said.",
        "Nine others were wounded when the device went off beside a ticket office shortly before noon, "
        "said a doctor at the regional hospital, where the injured were being treated on Sunday evening.",
        "No group had claimed the attack. The regional commissioner asked residents to stay calm and to tell "
        "the police of anything that they had seen, and said that buses would leave from the market instead.",
        "The station, on the line between Dodoma and Kigoma, is one of the busiest in the west.",
    )
    page = (
        "<html lang=en><head><title>Two killed in Tabora bus station blast</title>"
        "<link rel=canonical href='https://example.org/2026/03/01/tabora'>"
        '<meta property="og:type" content="article">'
        '<meta property="article:published_time" content="2026-03-01T20:00:00+00:00"></head><body><article>'
        "<h1>Two killed in Tabora bus station blast</h1>"
        + "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        + "</article></body></html>"
    )
    (tmp_path / "tabora.html").write_text(page, encoding="utf-8")
    conf: dict[str, object] = {
        "sources": ["folder"],
        "path": str(tmp_path),
        "from": "2026-03-01",
        "to": "2026-03-01",
    }
    assert polled.run("backfill_news", conf) == "success"
    query = "SELECT killed_max FROM events WHERE place_name ILIKE 'Tabora' AND event_type = 'ASSAULT'"
    assert ask(polled, query) == [(2,)]
    loads = ask(polled, "SELECT count(*) FROM loads")
    assert polled.run("backfill_news", conf) == "success"
    assert ask(polled, "SELECT count(*) FROM loads") == loads


def test_a_failure_that_no_retry_mends_fails_at_once(polled: LocalAirflow) -> None:
    log_path = polled.home.airflow / DAG_RUNS_LOG
    began, before = log_path.stat().st_size, len(polled.log)
    assert polled.run("backfill_news", {"path": "/nowhere/at/all"}) == "failed"
    log = polled.log[before:]
    assert "/nowhere/at/all does not exist" in log
    assert "/nowhere/at/all does not exist" in find_error(log_path, began)
    assert "new_state=up_for_retry" not in log


def test_check_warehouse_fails_loudly_on_a_stale_feed(polled: LocalAirflow) -> None:
    settings = polled.home.settings.read_text(encoding="utf-8")
    polled.home.settings.write_text(settings + "[checks]\nstale_feed_s = 0\n", encoding="utf-8")
    try:
        assert polled.run("check_warehouse", {}) == "failed"
    finally:
        polled.home.settings.write_text(settings, encoding="utf-8")
    assert "these checks do not hold" in polled.log


def test_backfill_news_goes_on_until_the_past_of_a_site_is_loaded(polled: LocalAirflow) -> None:
    settings = polled.home.settings.read_text(encoding="utf-8")
    own = '[http]\ncontact = "desk@gazette.example"\n'
    polled.home.settings.write_text(settings.replace("[http]\n", own), encoding="utf-8")
    with LoopbackServer() as server:
        outlet = Outlet(server, make_pieces(0.2))
        conf: dict[str, object] = {
            "sources": ["sitemap"], "feeds": outlet.feed, "from": "2022-08-01", "to": "2022-09-30", "path": None,
        }  # fmt: skip
        try:
            again: list[bool] = []
            while len(again) < 5 and False not in again:
                before = len(polled.log)
                assert polled.run("backfill_news", conf) == "success"
                again.append("end task task_id=go_on" in polled.log[before:])
        finally:
            polled.home.settings.write_text(settings, encoding="utf-8")
    wanted = [one for one in outlet.pieces if "2022-08-01" <= f"{one.at:%Y-%m-%d}" <= "2022-09-30"]
    [(found,)] = ask(
        polled, "SELECT count(*) FROM articles WHERE published_at BETWEEN '2022-08-01' AND '2022-10-01'"
    )
    assert found == len(wanted) > 5
    assert again == [True, True, False]  # a run for each month, and one that finds nothing left
