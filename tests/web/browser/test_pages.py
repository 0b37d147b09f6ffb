"""The pages of one event, an actor, a place, the feeds, about."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]


def open_disputed(open_page: OpenPage) -> Page:
    page = open_page("/?outlets=2")
    page.locator("#events a.sentence").first.click()
    page.wait_for_url("**/events/*")
    return page


def test_an_event_says_who_says_what(open_page: OpenPage) -> None:
    page = open_disputed(open_page)
    assert page.locator("h1").inner_text() == "Assault in Lorvan, UKR"
    facts = page.locator(".facts").inner_text()
    assert "Russia" in facts and "five villagers" in facts and "5–7" in facts and "reports differ" in facts
    tolls = page.locator("section:has(#tolls-title) tbody tr").all_inner_texts()
    assert [text.split("\t")[1:3] for text in tolls] == [["alpha", "5"], ["beta", "7"]]
    assert page.locator(".mention").count() == 2
    marked = page.locator(".mention").first.locator("blockquote mark")
    kinds = {one.get_attribute("class") for one in marked.all()}
    assert {"mark-recipient", "mark-place", "mark-date"} <= kinds
    assert "Lorvan" in (page.locator("blockquote .mark-place").first.get_attribute("title") or "")
    page.wait_for_selector('#small-map[data-ready="true"]')
    page.get_by_text("What its words gave").first.click()
    assert "GeoNames 1001" in page.locator(".reasons").first.inner_text()


def test_what_is_named_leads_on(open_page: OpenPage) -> None:
    page = open_disputed(open_page)
    page.locator(".facts").get_by_role("link", name="Russia").click()
    page.wait_for_url("**/actors/Russia")
    assert page.locator(".drawn svg .bar").count() > 5
    page.go_back()
    page.locator(".facts").get_by_role("link", name="Lorvan").click()
    page.wait_for_url("**/places/1001")
    assert page.locator("h1").inner_text() == "Lorvan"
    page.get_by_text("See them on the map").click()
    page.wait_for_selector('body[data-shown*="place=1001"]')
    assert "Lorvan" in page.locator("#events").inner_text()
    assert "Nairobi" not in page.locator("#events").inner_text()


def test_links_to_articles_hand_on_nothing(open_page: OpenPage) -> None:
    page = open_disputed(open_page)
    links = page.locator("main a[href^='http']")
    assert links.count() >= 2
    for link in links.all():
        assert link.get_attribute("rel") == "noopener noreferrer"


def test_every_page_leads_to_sql(open_page: OpenPage) -> None:
    for path in ("/feeds", "/places/1001", "/actors/Russia"):
        page = open_page(path)
        link = page.locator("main a[href^='/sql?q=']").first.get_attribute("href")
        assert link and parse_qs(urlsplit(link).query)["q"][0].startswith("SELECT")


def test_the_feeds_page_finds_trouble(open_page: OpenPage) -> None:
    page = open_page("/feeds")
    rows = page.locator("#health tbody tr")
    assert rows.count() == 4
    sums = page.locator(".sums").inner_text()
    assert (
        "1 failing" in sums and "1 gone or removed" in sums and "1 page waiting" in sums
    )  # what is gone is not asked any more: it does not fail
    page.get_by_label("Only those with trouble").check()
    expect(rows.filter(visible=True)).to_have_count(2)
    assert "failed 3×" in rows.filter(visible=True).first.inner_text()
    assert "410 Gone" in rows.filter(visible=True).last.inner_text()
    page.get_by_label("Only those with trouble").uncheck()
    page.get_by_placeholder("Find a feed").fill("alp")
    expect(rows.filter(visible=True)).to_have_count(1)
    assert page.locator(".spark rect").count() > 20
    page.locator(".rejection summary").first.click()
    assert "https://example.org/x" in page.locator(".rejection").first.inner_text()


def test_what_is_missing_is_said(open_page: OpenPage) -> None:
    page = open_page("/events/ev1-nothing", expect=404)
    assert page.locator("h1").inner_text() == "Nothing is here"
    page.get_by_role("link", name="All events").click()
    page.wait_for_selector("body[data-shown]")
