"""Pages for everybody: axe finds nothing, the keyboard is enough, nothing is wider than a phone, texts stay texts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import axe_core_python
import pytest
from playwright.sync_api import Page, expect

from tests.web.browser.made_up_month import LONG, SCRIPT, TURNED
from tests.web.browser.site import DESK, PHONE

OpenPage = Callable[..., Page]
AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PAGES = ("events", "filtered", "event", "actor", "place", "feeds", "sql", "about", "lost")


def find_path(name: str, open_page: OpenPage) -> str:
    if name == "event":
        page = open_page("/?outlets=2")
        link = page.locator("#events a.sentence").first.get_attribute("href")
        assert link
        return link
    return {
        "events": "/",
        "filtered": "/?type=ASSAULT&country=UKR&from=2026-02-20",
        "actor": "/actors/Russia",
        "place": "/places/1003",
        "lost": "/nothing-here",
    }.get(name, f"/{name}")


def open_whole(name: str, open_page: OpenPage, **how: Any) -> Page:
    """A page when all of it is there, with what it opens on wish."""
    page = open_page(find_path(name, open_page), **how, expect=404 if name == "lost" else 0)
    if name in ("events", "filtered"):
        page.wait_for_selector("body[data-shown]")
        expect(page.locator("#legend button").first).to_be_visible()
    if name == "sql":
        page.locator("#run").click()
        expect(page.locator("#answer")).to_be_visible()
    page.wait_for_load_state("networkidle")
    return page


def find_violations(page: Page) -> list[str]:
    page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")  # fading colours
    page.evaluate(AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def is_narrow(page: Page, width: int) -> bool:
    return int(page.evaluate("document.documentElement.scrollWidth")) <= width


def resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_no_page_is_wider_than_its_window(open_page: OpenPage, name: str) -> None:
    page = open_whole(name, open_page)
    assert is_narrow(page, DESK[0])
    assert find_violations(page) == []
    page.emulate_media(color_scheme="dark")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert find_violations(page) == []
    page.emulate_media(color_scheme="light")
    resize(page, PHONE)
    assert is_narrow(page, PHONE[0])
    assert find_violations(page) == []


OVERLAPS = """
() => {
    const parts = [...document.querySelectorAll('.map-card, .time-card, .list-card, .filters, .chips, header.top')]
        .filter((one) => one.checkVisibility())
        .map((one) => ({name: one.className, box: one.getBoundingClientRect(), one}));
    const found = parts.filter(({one}) => one.scrollHeight > one.clientHeight + 2).map(({name}) => `${name} is cut`);
    parts.forEach((one, at) => parts.slice(at + 1).forEach((other) => {
        const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        if (across > 2 && down > 2) found.push(`${one.name} lies over ${other.name}`);
    }));
    return found;
}
"""


@pytest.mark.parametrize("size", [PHONE, (390, 1500), (820, 1180), (1280, 900)])
@pytest.mark.parametrize("query", ["", "?type=COERCE&outlets=1"])
def test_no_part_of_the_events_page_lies_over_another(
    open_page: OpenPage, size: tuple[int, int], query: str
) -> None:
    page = open_page(f"/{query}", size)
    page.wait_for_selector("body[data-shown]")
    page.wait_for_load_state("networkidle")
    assert page.evaluate(OVERLAPS) == []
    if size[0] < 1080:  # one column: the card of the map ends below the map
        bottom = "one => one.getBoundingClientRect().bottom"
        card, last = (page.locator(one).evaluate(bottom) for one in (".map-card", ".map-card .as-text"))
        assert card - last < 30


NAMES_OVER_NAMES = """
() => {
    const names = [...document.querySelectorAll('.country-name')]
        .map((one) => [one.textContent, one.getBoundingClientRect()]);
    const over = ([, one], [, other]) => Math.min(one.right, other.right) > Math.max(one.left, other.left) + 1
        && Math.min(one.bottom, other.bottom) > Math.max(one.top, other.top) + 1;
    return {
        count: names.length,
        over: names.flatMap((one, at) => names.slice(at + 1).filter((other) => over(one, other)).map((other) =>
            `${other[0]} over ${one[0]}`)),
    };
}
"""


def test_no_name_of_a_country_stands_over_another(open_page: OpenPage) -> None:
    most = 0
    for bounds in ("-25,-10,25,45", "-15,0,15,35", "-6,5,6,20", "35,5,55,30", "5,-95,20,-55"):
        page = open_page(f"/?bbox={bounds}", (1280, 900))
        page.wait_for_selector('body[data-shown*="bbox"]')
        page.wait_for_selector("#map[data-ready]")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)  # the map glides
        found = page.evaluate(NAMES_OVER_NAMES)
        assert found["over"] == []
        most = max(most, found["count"])
    assert most > 5


def test_hostile_texts_are_texts(open_page: OpenPage, site: str) -> None:
    page = open_page("/?country=BOL")
    page.wait_for_selector('body[data-shown="country=BOL"]')
    expect(page.locator("#events tbody tr")).to_have_count(3)
    sentences = page.locator("#events a.sentence").all_text_contents()
    assert f"script: {SCRIPT}" in sentences
    assert f"turned: {TURNED}" in sentences
    assert is_narrow(page, DESK[0])
    paths = page.locator("#events a.sentence").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    actors = page.locator("#events .who a").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    places = page.locator("#events .place a").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    seen = ""
    for path in {*paths, *actors, *places}:
        page.goto(site + path)
        seen += page.locator("main").inner_text()
        for size in (DESK, PHONE):
            resize(page, size)
            assert is_narrow(page, size[0]), path
        assert page.evaluate("window.broken") is None
        assert page.locator("main script, main img").count() == 0
    assert "<script>window.broken = 1</script>" in seen
    assert LONG[:200] in seen.replace("\n", "")
    assert page.evaluate("window.broken") is None


def test_hostile_words_in_the_address_are_texts(open_page: OpenPage) -> None:
    page = open_page(
        "/?q=%3Cscript%3Ewindow.broken%3D1%3C/script%3E&actor=%22%3E%3Cimg%20src=x%20onerror=broken=1%3E"
    )
    page.wait_for_selector("body[data-shown]")
    assert "“<script>window.broken=1</script>”" in page.locator("#chips").inner_text()
    assert page.locator("#chips img, #chips script").count() == 0
    sql = open_page("/sql?q=%3C/textarea%3E%3Cscript%3Ewindow.broken=1%3C/script%3E")
    assert sql.locator("#sql").input_value() == "</textarea><script>window.broken=1</script>"


def press_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Press a key until the element has the focus."""
    for _ in range(80):
        page.keyboard.press(key)
        if page.locator(selector).first.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not come to {selector}")


def test_the_keyboard_is_enough(open_page: OpenPage) -> None:
    page = open_page("/")
    page.wait_for_selector('body[data-shown="all"]')
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate("one => one === document.activeElement")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    press_to(page, "#menu-type summary")
    page.keyboard.press("Enter")
    press_to(page, 'input[data-name="type"][value="COERCE"]')
    page.keyboard.press("Space")
    page.wait_for_selector('body[data-shown="type=COERCE"]')
    page.keyboard.press("Escape")
    assert page.locator("#menu-type").get_attribute("open") is None
    assert page.evaluate("document.activeElement.textContent").startswith("Type")
    press_to(page, "#map")
    before = page.url
    page.keyboard.press("ArrowRight")
    expect(page).not_to_have_url(before)
    press_to(page, '#legend [data-type="COERCE"]')
    page.keyboard.press("Enter")
    page.wait_for_selector('body[data-shown="all"]')
    assert page.evaluate("document.activeElement.dataset.type") == "COERCE"
    press_to(page, "#show-sql")
    page.keyboard.press("Enter")
    expect(page.locator("#sql-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#sql-dialog")).to_be_hidden()
    press_to(page, "#events a.sentence")
    page.keyboard.press("Enter")
    page.wait_for_url("**/events/*")


def test_what_has_the_focus_is_seen(open_page: OpenPage) -> None:
    page = open_page("/")
    page.wait_for_selector('body[data-shown="all"]')
    for _ in range(25):
        page.keyboard.press("Tab")
        ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring not in ("none", ""), page.evaluate("document.activeElement.outerHTML")


def test_the_number_of_events_is_announced(open_page: OpenPage) -> None:
    page = open_page("/?type=COERCE")
    heading = page.locator("#list-title")
    expect(heading).to_contain_text("14 events")
    assert heading.get_attribute("aria-live") == "polite"
