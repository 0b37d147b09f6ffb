"""The events page: filter, map, timeline and table are one state, which lives in the address."""

import csv
import json
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.browser.site import PHONE

OpenPage = Callable[..., Page]
Count = Callable[[str], int]


def wait_shown(page: Page, query: str) -> None:
    """Until the page shows the filter of a query string; "all" without one."""
    page.wait_for_selector(f'body[data-shown="{query or "all"}"]')


def query_of(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def count_shown(page: Page) -> int:
    return int(page.locator("#total").inner_text().split(" ")[0].replace(",", ""))


def wait_count(page: Page, number: int) -> None:
    """Until the heading of the list says so."""
    expect(page.locator("#total")).to_have_text(f"{number} event{'' if number == 1 else 's'}")


def find_rows(page: Page) -> Locator:
    return page.locator("#events tbody tr")


def test_the_first_view_has_map_timeline_and_list(open_page: OpenPage, count: Count) -> None:
    page = open_page("/")
    wait_shown(page, "")
    page.wait_for_selector('#map[data-ready="true"]')
    assert count_shown(page) == count("true") > 100
    assert find_rows(page).count() == 50
    assert page.locator("#timeline .bar").count() > 80
    assert page.locator("#places tbody tr").count() >= 4
    assert (page.locator("#places tbody").text_content() or "").count("Lorvan") == 1
    page.locator("#more").click()
    expect(page.locator("#more")).to_contain_text("left")
    expect(find_rows(page)).to_have_count(100)
    page.locator("#more").click()
    expect(find_rows(page)).to_have_count(count("true"))
    expect(page.locator("#more")).to_be_hidden()
    identifiers = page.locator("#events a.sentence").evaluate_all("links => links.map(link => link.href)")
    assert len(set(identifiers)) == count("true")


def test_filters_are_in_the_address_and_the_back_button_takes_them_back(
    open_page: OpenPage, count: Count
) -> None:
    page = open_page("/")
    wait_shown(page, "")
    page.locator("#menu-type summary").click()
    page.get_by_role("checkbox", name="Protest").check()
    wait_shown(page, "type=PROTEST")
    assert count_shown(page) == 42
    assert set(page.locator("#events .type").all_inner_texts()) == {"Protest"}
    page.get_by_role("checkbox", name="demonstrate").check()
    wait_shown(page, "type=PROTEST&mode=demonstrate")
    page.keyboard.press("Escape")
    page.get_by_placeholder("Words of the sentence or place").fill("day 7.")
    wait_shown(page, "type=PROTEST&mode=demonstrate&q=day+7.")
    assert count_shown(page) == 1
    page.go_back()
    wait_shown(page, "type=PROTEST&mode=demonstrate")
    assert page.get_by_placeholder("Words of the sentence or place").input_value() == ""
    page.go_back()
    page.go_back()
    wait_shown(page, "")
    assert count_shown(page) == count("true")
    page.go_forward()
    wait_shown(page, "type=PROTEST")
    assert page.get_by_role("button", name="Remove the filter Protest").is_visible()


@pytest.mark.parametrize(
    ("name", "value", "condition"),
    [
        ("killed", "40", "killed_best >= 40"),
        ("outlets", "2", "outlets >= 2"),
        ("confidence", "1", "confidence >= 1"),
        ("actor", "student", "actor = 'students'"),
    ],
)
def test_every_field_filters(
    open_page: OpenPage, count: Count, name: str, value: str, condition: str
) -> None:
    left = count(condition)
    assert left < count("true")
    page = open_page("/")
    wait_shown(page, "")
    if name != "actor":
        page.locator("#menu-more summary").click()
    page.locator(f'[name="{name}"]').fill(value)
    wait_shown(page, f"{name}={value}")
    assert count_shown(page) == left
    assert page.locator("#empty").is_visible() == (left == 0)
    page.locator("#chips button").first.click()
    wait_shown(page, "")
    assert count_shown(page) == count("true")


def test_countries_outlets_and_days_filter(open_page: OpenPage, count: Count) -> None:
    page = open_page("/")
    wait_shown(page, "")
    page.locator("#menu-country summary").click()
    page.get_by_placeholder("Find a country").fill("ken")
    assert page.locator("#menu-country .choice:visible").count() == 1
    page.locator("#menu-country .choice:visible input").check()
    wait_shown(page, "country=KEN")
    assert count_shown(page) == 14
    page.locator("#menu-days summary").click()
    page.get_by_role("button", name="Last 7 days").click()
    wait_shown(page, "from=2026-03-03&to=2026-03-09&country=KEN")
    assert count_shown(page) == count("country = 'KEN' AND event_day >= '2026-03-03'")
    page.get_by_role("button", name="Remove all").click()
    wait_shown(page, "")
    page.locator("#menu-more summary").click()
    page.locator("#outlet").fill("gamma")
    page.locator("#outlet").press("Enter")
    wait_shown(page, "outlet=gamma")
    assert count_shown(page) == 42


def test_a_link_shows_the_same_view(open_page: OpenPage, count: Count) -> None:
    path = "/?from=2026-02-10&to=2026-03-01&country=UKR&type=ASSAULT&killed=6"
    path += "#map=6.5/49.000/34.000&span=2026-02-01..2026-03-09"
    page = open_page(path)
    wait_shown(page, "from=2026-02-10&to=2026-03-01&country=UKR&type=ASSAULT&killed=6")
    condition = "event_day BETWEEN '2026-02-10' AND '2026-03-01' AND country = 'UKR' AND killed_best >= 6"
    assert count_shown(page) == count(condition) > 0
    assert page.locator("#from").input_value() == "2026-02-10"
    assert page.locator("#to").input_value() == "2026-03-01"
    assert page.locator('input[data-name="type"][value="ASSAULT"]').is_checked()
    assert page.locator('input[data-name="country"][value="UKR"]').is_checked()
    assert page.locator("#killed").input_value() == "6"
    assert page.locator("#chips").inner_text().split("\n")[0].startswith("10 Feb 2026")
    page.wait_for_timeout(300)  # the map may move by itself within that time
    assert urlsplit(page.url).fragment == "map=6.5/49.000/34.000&span=2026-02-01..2026-03-09"
    again = open_page(path)
    wait_shown(again, "from=2026-02-10&to=2026-03-01&country=UKR&type=ASSAULT&killed=6")
    assert find_rows(again).all_inner_texts() == find_rows(page).all_inner_texts()


def test_a_bad_link_says_what_is_wrong(open_page: OpenPage) -> None:
    page = open_page("/?killed=many", expect=400)
    assert "killed=many is no whole number" in page.locator("main").inner_text()


def test_dragging_over_the_timeline_chooses_days(open_page: OpenPage) -> None:
    page = open_page("/")
    wait_shown(page, "")
    box = page.locator("#timeline svg").bounding_box()
    assert box
    day = (box["width"] - 36 - 8) / 42
    at = [box["x"] + 36 + (n + 0.5) * day for n in (10, 14)]
    page.mouse.move(at[0], box["y"] + 60)
    page.mouse.down()
    page.mouse.move(at[1], box["y"] + 60, steps=5)
    page.mouse.up()
    wait_shown(page, "from=2026-02-06&to=2026-02-10")
    assert page.locator("#timeline .in").count() == 1
    assert page.locator("#timeline .bar").count() > 80  # the other days stay in view
    assert page.locator("#from").input_value() == "2026-02-06"
    page.locator("#zoom-in").click()
    expect(page.locator("#timeline svg")).to_have_attribute(
        "aria-label", re.compile("6 Feb 2026 to 10 Feb 2026")
    )
    assert "span=2026-02-06..2026-02-10" in page.url
    page.locator("#zoom-out").click()
    wait_shown(page, "")
    page.go_back()
    wait_shown(page, "from=2026-02-06&to=2026-02-10")


def test_a_finger_chooses_days(open_page: OpenPage) -> None:
    page = open_page("/", PHONE, is_touch=True)
    wait_shown(page, "")
    chart = page.locator("#timeline svg")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] - 12, box["y"] + 80)
    wait_shown(page, "from=2026-03-09&to=2026-03-09")


def test_two_fields_choose_days_by_keyboard(open_page: OpenPage, count: Count) -> None:
    page = open_page("/")
    wait_shown(page, "")
    for name, day in (("from", "2026-03-01"), ("to", "2026-03-03")):
        page.locator(f"#{name}").fill(day)
        page.keyboard.press("Tab")
    wait_shown(page, "from=2026-03-01&to=2026-03-03")
    assert count_shown(page) == count("event_day BETWEEN '2026-03-01' AND '2026-03-03'")
    page.locator("#from").fill("2026-03-07")  # behind the last day, which comes along
    wait_shown(page, "from=2026-03-07&to=2026-03-07")


def test_the_legend_filters_by_type(open_page: OpenPage) -> None:
    page = open_page("/")
    wait_shown(page, "")
    page.locator('#legend [data-type="COERCE"]').click()
    wait_shown(page, "type=COERCE")
    assert page.locator('#legend [data-type="COERCE"]').get_attribute("aria-pressed") == "true"
    assert count_shown(page) == 14
    page.locator('#legend [data-type="COERCE"]').click()
    wait_shown(page, "")


def click_middle(page: Page) -> None:
    """Click in the middle of the map."""
    page.wait_for_selector('#map[data-ready="true"]')
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_a_click_on_a_circle_shows_its_events(open_page: OpenPage) -> None:
    page = open_page("/#map=5/-1.290/36.820")
    wait_shown(page, "")
    click_middle(page)
    page.wait_for_selector("#chips button")
    wait_count(page, 14)
    south, west, north, east = map(float, query_of(page)["bbox"][0].split(","))
    assert south <= -1.29 <= north and west <= 36.82 <= east
    assert page.get_by_role("button", name="Remove the filter Part of the map").is_visible()


def test_a_click_on_a_circle_of_one_event_opens_it(open_page: OpenPage) -> None:
    page = open_page("/?country=KEN&from=2026-03-09&to=2026-03-09#map=6/-1.290/36.820")
    wait_shown(page, "from=2026-03-09&to=2026-03-09&country=KEN")
    click_middle(page)
    page.wait_for_url("**/events/*")
    assert "Nairobi" in page.locator("h1").inner_text()


def test_the_list_follows_the_map(open_page: OpenPage) -> None:
    page = open_page("/#map=6/-1.290/36.820")
    wait_shown(page, "")
    page.get_by_label("Only what the map shows").check()
    wait_count(page, 14)
    assert "bbox" in query_of(page)
    box = page.locator("#map").bounding_box()
    assert box
    for _ in range(4):
        page.mouse.move(box["x"] + 300, box["y"] + 150)
        page.locator(".leaflet-control-zoom-out").click()
        page.wait_for_timeout(350)
    expect(page.locator("#total")).not_to_have_text("14 events")
    page.get_by_label("Only what the map shows").uncheck()
    wait_shown(page, "")
    assert "bbox" not in query_of(page)


def test_the_map_has_a_text(open_page: OpenPage) -> None:
    page = open_page("/")
    wait_shown(page, "")
    page.get_by_text("The map as a table").click()
    page.locator("#places").get_by_role("button", name="Nairobi").click()
    wait_count(page, 14)


def test_downloads_are_what_is_shown(open_page: OpenPage) -> None:
    page = open_page("/?country=KEN")
    wait_shown(page, "country=KEN")
    page.get_by_text("Download", exact=True).click()
    files = {}
    for name in ("CSV", "GeoJSON", "Parquet"):
        with page.expect_download() as waiting:
            page.locator("#downloads").get_by_text(name).click()
        files[name] = waiting.value.path()
    rows = list(csv.DictReader(files["CSV"].read_text(encoding="utf-8").splitlines()))
    features = json.loads(files["GeoJSON"].read_text(encoding="utf-8"))["features"]
    assert len(rows) == len(features) == 14
    assert {row["country"] for row in rows} == {"KEN"}
    assert features[0]["geometry"] == {"type": "Point", "coordinates": [36.82, -1.29]}
    assert files["Parquet"].read_bytes()[:4] == files["Parquet"].read_bytes()[-4:] == b"PAR1"


def test_the_sql_behind_the_view_runs_in_the_editor(open_page: OpenPage) -> None:
    page = open_page("/?country=KEN&q=trader")
    wait_shown(page, "country=KEN&q=trader")
    page.locator("#show-sql").click()
    expect(page.locator("#sql-dialog")).to_be_visible()
    statement = page.locator("#sql-dialog code").inner_text()
    assert "'KEN'" in statement and "trader" in statement
    page.locator("#open-sql").click()
    page.wait_for_url("**/sql?*")
    assert page.locator("#sql").input_value().strip() == statement.strip()
    page.locator("#run").click()
    expect(page.locator("#answer-title")).to_contain_text("14 rows")


def test_feeds_of_the_filter_are_linked(open_page: OpenPage) -> None:
    page = open_page("/?type=PROTEST")
    wait_shown(page, "type=PROTEST")
    links = page.locator("#feeds a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert links == ["/feed.atom?type=PROTEST", "/feed.json?type=PROTEST"]


def test_the_colours_are_chosen_and_kept(open_page: OpenPage) -> None:
    page = open_page("/about", colours="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.locator("#theme").click()
    assert page.evaluate(ground) != dark
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    assert page.evaluate(ground) != dark
