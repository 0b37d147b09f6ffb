"""One warehouse, one server and one Chromium for all tests of a worker; a fresh profile for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.limits import HANG_S
from tests.web.browser.made_up_month import make_month
from tests.web.browser.site import CHROMIUM, DESK, Watch, open_chromium, serve_site

expect.set_options(timeout=HANG_S * 1000)
OpenPage = Callable[..., Page]
Count = Callable[[str], int]


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_month(tmp_path_factory.mktemp("month")).published


@pytest.fixture(scope="session")
def site(month: Path) -> Iterator[str]:
    with serve_site(month) as address:
        yield address


@pytest.fixture
def count(month: Path) -> Count:
    """How many events fit a condition, as the file itself says."""

    def ask(condition: str) -> int:
        with duckdb.connect(month, read_only=True) as connection:
            [(number,)] = connection.execute(f"SELECT count(*) FROM events WHERE {condition}").fetchall()
        return int(number)

    return ask


@pytest.fixture(
    scope="package"
)  # no longer: while it is open, Playwright's event loop runs in the tests' thread
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no chromium on PATH: the pages are not tested in a browser")
    with open_chromium() as opened:
        yield opened


@pytest.fixture
def watches() -> list[Watch]:
    return []


@pytest.fixture
def open_page(browser: Browser, site: str, watches: list[Watch], tmp_path: Path) -> Iterator[OpenPage]:
    """Opens a path of the site in a profile of its own; afterwards no page may have done what it must not."""
    contexts = []

    def open_path(
        path: str,
        size: tuple[int, int] = DESK,
        colours: str = "light",
        *,
        is_touch: bool = False,
        expect: int = 0,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if colours == "dark" else "light",
            has_touch=is_touch,
            locale="en-GB",
            timezone_id="America/New_York",  # days must not depend on where the browser is
        )
        contexts.append(context)
        context.set_default_timeout(HANG_S * 1000)
        page = context.new_page()
        watch = Watch(page, site)
        watches.append(watch)
        if expect:
            watch.expect(expect)
        page.goto(site + path)
        return page

    yield open_path
    for context in contexts:
        context.close()
    assert [wrong for watch in watches for wrong in watch.wrong] == []
