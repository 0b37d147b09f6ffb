"""The site over what the sample newsroom gave, in a real Chromium."""

import pytest

from tests.dateline.conftest import Polled
from tests.limits import HANG_S
from tests.web.browser.site import CHROMIUM, Watch, open_chromium, serve_site
from warehouse.connection import open_published


@pytest.mark.skipif(not CHROMIUM, reason="no chromium on PATH: the pages are not tested in a browser")
def test_every_kind_of_page_shows_the_newsroom(polled: Polled) -> None:
    published = polled.home.published
    with open_published(published) as connection:
        [(events, named)] = connection.execute(
            "SELECT count(*), max_by(event_id, outlets) FILTER (actor <> '' AND geonameid IS NOT NULL) "
            "FROM events WHERE NOT background"
        ).fetchall()
    with serve_site(published) as site, open_chromium() as browser:  # closed here: asyncio.run comes after it
        page = browser.new_page()
        page.set_default_timeout(HANG_S * 1000)
        watch = Watch(page, site)
        page.goto(site)
        page.wait_for_selector("body[data-shown]")
        page.wait_for_selector('#map[data-ready="true"]')
        assert page.locator("#total").inner_text() == f"{events} events"
        page.goto(f"{site}/events/{named}")
        page.wait_for_selector("blockquote mark")
        page.locator("article.mention summary").first.click()
        page.get_by_role("link", name="every trigger, rule and table row").first.click()
        page.wait_for_selector("mark.type")
        grounds = "marks => [...new Set(marks.map(mark => getComputedStyle(mark).backgroundColor))]"
        assert (
            len(page.locator(".legend mark").evaluate_all(grounds)) > 5
        )  # its own style, and nothing else, may act
        assert "the judge: " in page.inner_text("body")
        page.go_back()
        links = page.locator(".facts a.plain").evaluate_all("links => links.map(link => link.href)")
        for link in links:
            page.goto(link)
            page.wait_for_selector(".drawn svg .bar")
        assert {link.split("/")[3] for link in links} == {"actors", "places"}
        page.goto(f"{site}/feeds")
        assert page.locator("#health tbody tr").count() >= len(polled.newsroom.feeds)
    assert watch.wrong == []
