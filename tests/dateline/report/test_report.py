"""The report: one HTML file that loads nothing, holds what the warehouse holds, and shows hostile words as text."""

import re
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from dateline.home import Home
from dateline.report.write import MOST_EVENTS, render_report, write_report
from dateline.settings import Settings
from dateline.steps.context import Context
from dateline.steps.days import export_day
from tests.dateline.alerts.homes import add_event, change_file, make_alert_home
from tests.dateline.conftest import Polled
from tests.dateline.homes import call
from transforms.errors import Permanent
from warehouse.browse.report import read_report

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 10)
MOST_BYTES = 1_000_000
NASTY = "<script>alert(1)</script> \u202egnp.exe \x1b[2J \"'&" + "x" * 10_000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = make_alert_home(tmp_path_factory.mktemp("home"), "")
    add_event(made, "nasty", sentence=NASTY, killed_min=3, killed_max=3)
    change_file(
        made,
        f"UPDATE events SET sentence_url = 'javascript:alert(2)', urls = ['javascript:alert(3)'], actor = $${NASTY}$$,"
        f" recipient = $${NASTY}$$, place_name = $${NASTY}$$, outlet_names = [$${NASTY}$$]"
        " WHERE sentence LIKE '%script%'",
    )
    return made


def test_it_holds_what_the_warehouse_holds(home: Home, tmp_path: Path) -> None:
    page: Any = lxml.html.fromstring(
        write_report(home.published, FIRST, LAST, tmp_path / "r.html").read_bytes()
    )
    text = page.text_content()
    assert page.xpath("//h1/text()") == ["Events of 1 March 2026 to 10 March 2026"]
    numbers = dict(
        zip(page.xpath("//ul[@class='sums']//span/text()"), page.xpath("//ul[@class='sums']//b/text()"), strict=True)
    )  # fmt: skip
    assert numbers["events"] == "5"
    assert numbers["killed, as reports say"] == "17 to 19"
    assert numbers["by several outlets"] == "1"
    lines = page.xpath("//ol[@class='events']//strong/text()")
    assert len(lines) == 5
    assert lines[0].startswith("9 March 2026: air strike by Russia on five villagers in Lorvan")
    assert len(page.xpath("//*[local-name()='circle']")) == 4
    assert len(page.xpath("//*[local-name()='rect']")) == 3
    assert "students" in text
    assert "Of 6 articles of these days" in " ".join(text.split())


def test_it_loads_nothing_and_runs_nothing(home: Home, tmp_path: Path) -> None:
    text = write_report(home.published, FIRST, LAST, tmp_path / "r.html").read_text(encoding="utf-8")
    assert len(text.encode()) < MOST_BYTES
    page: Any = lxml.html.fromstring(text.encode())
    assert not page.xpath("//script | //link | //img | //iframe | //object | //form | //@onclick | //@src")
    assert "url(" not in text
    assert "@import" not in text
    assert {link.partition(":")[0] for link in page.xpath("//a/@href")} == {"https"}
    for bad in ("\u202e", "\x1b", "<script", "javascript:"):
        assert bad not in text
    assert "&lt;script&gt;" in text


def test_the_same_rows_give_the_same_bytes(home: Home, tmp_path: Path) -> None:
    first = write_report(home.published, FIRST, LAST, tmp_path / "a.html")
    second = write_report(home.published, FIRST, LAST, tmp_path / "deeper" / "b.html")
    assert first.read_bytes() == second.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "deeper"]


def test_days_without_events(home: Home, tmp_path: Path) -> None:
    text = write_report(home.published, date(2020, 1, 1), date(2020, 1, 2), tmp_path / "r.html").read_text()
    assert "No events of these days are known." in text
    assert "<svg" not in text


def test_days_in_the_wrong_order_are_explained(home: Home, tmp_path: Path) -> None:
    with pytest.raises(Permanent, match="exchange them"):
        write_report(home.published, LAST, FIRST, tmp_path / "r.html")


def test_the_command(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "r.html"
    said = call(home, "report", "--from", "2026-03-01", "--to", "2026-03-10", "--output", str(path)).out
    assert said.startswith(str(path))
    assert path.stat().st_size > 10_000
    said = call(home, "report", "--to", "2026-03-10").out
    assert said.startswith(str(home.exports / "reports" / "2026-03-04_2026-03-10.html"))
    assert call(home, "report", "--to", "yesterday").status == 1


def test_the_daily_export_has_a_report(home: Home) -> None:
    paths = export_day(Context(home, Settings()), "2026-03-09")
    assert [str(path.relative_to(home.exports)) for path in paths] == [
        "events/2026-03-09.parquet", "mentions/2026-03-09.parquet", "reports/2026-03-09.html",
    ]  # fmt: skip
    assert "Events of 9 March 2026" in paths[-1].read_text()


def test_many_events_make_no_large_file(tmp_path: Path) -> None:
    home = make_alert_home(tmp_path, "")
    change_file(
        home,
        "INSERT INTO events SELECT * EXCLUDE (n) REPLACE ('em2-' || n AS event_id,"
        " DATE '2020-01-01' + (n % 2000)::INTEGER AS event_day,"
        " n % 170 - 85 + n / 50_000 AS lat, n % 359 - 179 AS lon, repeat(sentence, 100) AS sentence)"
        " FROM events, range(20_000) AS r(n) WHERE killed_best = 9",
    )
    report = read_report(home.published, date(2019, 1, 1), date(2026, 12, 31), MOST_EVENTS)
    page = render_report(report)
    assert len(page.encode()) < MOST_BYTES
    assert len(report.events) == MOST_EVENTS
    assert "Events by month" in page


def test_the_newsroom(polled: Polled, tmp_path: Path) -> None:
    path = write_report(polled.home.published, date(2026, 3, 1), date(2026, 3, 6), tmp_path / "r.html")
    page: Any = lxml.html.fromstring(path.read_bytes())
    assert "El Obeid, Sudan; 14 to 23 killed" in page.xpath("//ol[@class='events']//strong/text()")[0]
    assert {"Bay Herald", "Meridian Wire"} <= set(page.xpath("//td/bdi/text()"))
    assert any("is not an article" in cell for cell in page.xpath("//td/text()"))


@pytest.mark.skipif(not shutil.which("chromium"), reason="no Chromium here")
def test_a_browser_draws_it(home: Home, tmp_path: Path) -> None:
    path = write_report(home.published, FIRST, LAST, tmp_path / "r.html")
    options = "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-sync"
    done = subprocess.run(
        [
            "chromium",
            *options.split(),
            f"--user-data-dir={tmp_path / 'profile'}",
            "--dump-dom",
            path.as_uri(),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search(r"<svg class=\"map\"", done.stdout)
    assert "alert(1)" in done.stdout
    assert "<script" not in done.stdout
