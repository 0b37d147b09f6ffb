"""The first view of the site in a real Chromium, over a warehouse of any size.

    python -m benchmarks.web [--events 1000000] [--runs 5] [--file dateline.duckdb]

Measured is the time from the beginning of the navigation until all of it is there: rows of the list, timeline,
circles and countries of the map. `new` is a browser that was never here, asking a site that was just started;
`again` the same browser on the same site. A view should be there within a second.
"""

import argparse
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext

from benchmarks.measure import print_table
from benchmarks.warehouse import name_build
from benchmarks.warehouse_fill import fill_warehouse
from tests.web.browser.site import CHROMIUM, open_chromium, serve_site
from warehouse.publish import publish

LIMIT_MS = 1_000
WATCH = """
window.seen = {};
const parts = {
  rows: '#events tbody tr', timeline: '#timeline svg', countries: '#map[data-ready]', all: 'body[data-shown]',
};
const look = () => {
  for (const [name, selector] of Object.entries(parts)) {
    if (!(name in seen) && document.querySelector(selector)) seen[name] = performance.now();
  }
  if (Object.keys(seen).length < 4) return;
  watch.disconnect();
  document.documentElement.dataset.seen = 'all';
};
const watch = new MutationObserver(look);
watch.observe(document, {subtree: true, childList: true, attributes: true});
"""
PARTS = ("rows", "timeline", "countries", "all")


def main() -> None:
    """Make the file where none is given, look at it some times, and print a table."""
    parser = argparse.ArgumentParser(description="The first view of the site.")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--file", type=Path, help="a published file to look at")
    options = parser.parse_args()
    if not CHROMIUM:
        raise SystemExit("chromium is not on PATH")
    with tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as folder:
        published = options.file or make_file(Path(folder), options.events)
        found: dict[str, list[dict[str, float]]] = {"new": [], "again": []}
        with open_chromium() as browser:
            for _ in range(options.runs):
                for name, times in look_twice(browser, published).items():
                    found[name].append(times)
    rows = []
    for name, runs in found.items():
        middle = {part: statistics.median(run[part] for run in runs) for part in (*PARTS, "sent")}
        parts = [f"{middle[part]:,.0f}" for part in PARTS]
        rows.append([name, *parts, f"{middle['all'] / LIMIT_MS:.2f}", f"{middle['sent'] / 1000:,.0f}"])
    print_table(["view", *(f"{part}, ms" for part in PARTS), "all / 1 s", "sent, kB"], rows)


def make_file(folder: Path, events: int) -> Path:
    build = name_build(folder / "build.duckdb", folder / "dateline.duckdb")
    fill_warehouse(folder, build, events)
    publish(build)
    return build.published


def look_twice(browser: Browser, published: Path) -> dict[str, dict[str, float]]:
    with serve_site(published) as site:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_init_script(WATCH)
        found = {"new": look(context, site), "again": look(context, site)}
        context.close()
    return found


def look(context: BrowserContext, site: str) -> dict[str, float]:
    """Milliseconds since the navigation began, and the bytes that were sent for it."""
    page = context.new_page()
    page.goto(site)
    page.wait_for_selector("html[data-seen]", timeout=120_000)
    found: dict[str, float] = page.evaluate("window.seen")
    sent = "performance.getEntriesByType('resource').reduce((sum, one) => sum + one.transferSize, 0)"
    found["sent"] = page.evaluate(sent)
    page.close()
    return found


if __name__ == "__main__":
    main()
