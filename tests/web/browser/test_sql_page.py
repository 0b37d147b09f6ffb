"""The SQL page: run, errors, chart, saved queries."""

import csv
from collections.abc import Callable

from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]


def ask(page: Page, sql: str) -> None:
    page.locator("#sql").fill(sql)
    page.locator("#sql").press("Control+Enter")


def test_a_query_runs_and_is_shown_as_table_and_chart(open_page: OpenPage) -> None:
    page = open_page("/sql")
    ask(page, "SELECT event_type, count(*) AS n FROM events GROUP BY ALL ORDER BY n DESC")
    expect(page.locator("#answer-title")).to_contain_text("3 rows")
    assert page.locator("#result thead th").all_inner_texts() == ["event_type\nVARCHAR", "n\nBIGINT"]
    assert page.locator("#result tbody tr").count() == 3
    page.locator("#as-chart").click()
    assert page.locator("#chart rect").count() == 3
    assert "n by event_type" in page.locator("#chart figcaption").inner_text()
    with page.expect_download() as waiting:
        page.locator("#save-csv").click()
    rows = list(csv.reader(waiting.value.path().read_text(encoding="utf-8").splitlines()))
    assert rows[0] == ["event_type", "n"] and len(rows) == 4


def test_errors_are_said_and_nothing_is_written(open_page: OpenPage) -> None:
    page = open_page("/sql", expect=400)
    for sql, words in (
        ("SELECT nothing FROM events", "nothing"),
        ("DROP TABLE events", "only statements that read"),
        ("SELECT 1; SELECT 2", "2 statements"),
        ("SELECT * FROM read_csv('/etc/passwd')", "may only read the warehouse"),
    ):
        ask(page, sql)
        expect(page.locator("#error")).to_contain_text(words)
    assert page.locator("#error").get_attribute("role") == "alert"
    ask(page, "SELECT 'x' AS a, NULL AS b")
    expect(page.locator("#error")).to_be_hidden()
    expect(page.locator("#result tbody td")).to_have_text(["x", "NULL"])


def test_hostile_values_are_texts(open_page: OpenPage) -> None:
    page = open_page("/sql")
    ask(
        page, "SELECT '<img src=x onerror=alert(1)>' AS a, 'javascript:alert(1)' AS b, repeat('y', 9000) AS c"
    )
    expect(page.locator("#result tbody td").first).to_have_text("<img src=x onerror=alert(1)>")
    assert page.locator("#result img, #result a").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440


def test_queries_are_kept_in_the_browser(open_page: OpenPage) -> None:
    page = open_page("/sql")
    page.locator("#sql").fill("SELECT 42 AS answer")
    page.locator("#keep").click()
    page.keyboard.type("my query")
    page.keyboard.press("Enter")
    page.reload()
    page.locator("#saved").select_option(label="my query")
    assert page.locator("#sql").input_value() == "SELECT 42 AS answer"
    page.locator("#forget").click()
    assert page.locator("#yours option").count() == 0
    page.locator("#saved").select_option(index=2)
    assert page.locator("#sql").input_value().startswith("SELECT")
    page.locator("#run").click()
    expect(page.locator("#answer")).to_be_visible()


def test_given_queries_run(open_page: OpenPage) -> None:
    page = open_page("/sql")
    for query in page.locator("#given option").all():
        ask(page, query.get_attribute("data-sql") or "")
        expect(page.locator("#run")).to_be_enabled()
        expect(page.locator("#answer")).to_be_visible()
        expect(page.locator("#error")).to_be_hidden()


def test_tables_and_their_comments_are_at_hand(open_page: OpenPage) -> None:
    page = open_page("/sql")
    page.get_by_placeholder("Find a table or column").fill("killed_best")
    tables = page.locator(".table:visible summary code").all_inner_texts()
    assert "events" in tables and "feeds" not in tables
    page.locator("#sql").fill("SELECT ")
    page.locator(".table", has=page.locator("summary code", has_text="events")).first.locator(
        ".insert:visible"
    ).first.click()
    assert page.locator("#sql").input_value().startswith("SELECT ")
    assert len(page.locator("#sql").input_value()) > 10
