"""Takes the picture of the events page that the README opens with, from the demo's warehouse.

    dateline demo --into demo
    python -m tests.web.browser.take_picture demo/dateline.duckdb docs/events-page.png

The page is shown as a new user sees it: three days of events, light colours, a desk's window.
"""

import sys
from pathlib import Path

from tests.web.browser.site import open_chromium, serve_site

SIZE = {"width": 1360, "height": 850}


def take_picture(published: Path, picture: Path) -> None:
    with serve_site(published) as site, open_chromium() as browser:
        page = browser.new_page(
            viewport={"width": SIZE["width"], "height": SIZE["height"]}, color_scheme="light"
        )
        page.goto(f"{site}/?from=2026-03-02&to=2026-03-04#map=2.5/16.000/36.000")
        page.wait_for_selector("body[data-shown]")
        page.wait_for_selector('#map[data-ready="true"]')
        page.wait_for_load_state("networkidle")
        picture.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=picture)


if __name__ == "__main__":
    take_picture(Path(sys.argv[1]), Path(sys.argv[2]))
