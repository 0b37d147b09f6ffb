"""The site over a million events: every part of the first view comes, filters choose, nothing large is sent."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect

from benchmarks.warehouse import name_build
from benchmarks.warehouse_fill import fill_warehouse
from tests.limits import HANG_S
from tests.web.browser.site import DESK, Watch, serve_site
from warehouse.publish import publish

pytestmark = pytest.mark.campaign
MILLION = 1_000_000
LARGEST_ANSWER = 300_000  # bytes, before they are compressed


@pytest.fixture(scope="module")
def large_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("large")
    build = name_build(folder / "build.duckdb", folder / "dateline.duckdb")
    fill_warehouse(folder, build, MILLION)
    publish(build)
    with serve_site(build.published) as address:
        yield address


def test_a_million_events_are_shown_and_filtered(browser: Browser, large_site: str) -> None:
    page = browser.new_page(viewport={"width": DESK[0], "height": DESK[1]})
    page.set_default_timeout(HANG_S * 1000)
    watch = Watch(page, large_site)
    page.goto(large_site)
    page.wait_for_selector("body[data-shown]")
    page.wait_for_selector('#map[data-ready="true"]')
    assert int(page.locator("#total").inner_text().split()[0].replace(",", "")) > 0.9 * MILLION
    page.locator("#legend button", has_text="Protest").click()
    page.wait_for_selector('body[data-shown="type=PROTEST"]')
    box = page.locator("#timeline svg").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 40, steps=3)
    page.mouse.up()
    page.wait_for_selector('body[data-shown*="from="]')
    page.go_back()
    page.wait_for_selector('body[data-shown="type=PROTEST"]')
    page.goto(f"{large_site}/actors/Group%201")
    expect(page.locator(".drawn svg")).to_be_visible()
    page.close()
    assert watch.wrong == []


def test_no_answer_of_a_page_is_large(large_site: str) -> None:
    with httpx.Client(base_url=large_site, timeout=HANG_S) as client:
        for path in (
            "/",
            "/api/events",
            "/api/map?zoom=18",
            "/api/timeline",
            "/api/facets",
            "/actors/Group%201",
        ):
            assert len(client.get(path).content) < LARGEST_ANSWER, path


def test_all_of_it_can_be_downloaded(large_site: str) -> None:
    lines = 0
    with httpx.stream("GET", f"{large_site}/events.csv", timeout=HANG_S) as answer:
        for part in answer.iter_bytes():
            lines += part.count(b"\n")
    assert lines > 0.9 * MILLION
