"""Dateline's cleaning and coding as `benchmarks.articles` runs them, each in a process of its own."""

import json
import logging
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.articles_bare import read_copies
from benchmarks.measure import ChildrenWatch, peak_bytes
from dateline.coders.open_coder import open_coder
from dateline.home import Home
from dateline.settings import Settings
from dateline.steps.articles import clean_batch, code_article, code_batch
from dateline.steps.context import Context
from dateline.steps.plan_poll import write_plan
from dateline.steps.planning import BatchPlan
from dateline.steps.wiring import make_archive
from ingest.archive.warc_files import read_exchange
from ingest.history.saved_files import make_exchange
from ingest.staging.records import read_records, write_records
from transforms.articles.extract_article import extract_article, make_article
from transforms.feeds.page_entries import make_page_entry
from transforms.records import Article, Entry, Feed, Page

SETTINGS = Settings()


def prepare(home: Home, copies: int = 2) -> dict[str, Any]:
    """Leave a batch as the step `fetch` would, the same one cleaned, and the compiled gazetteer."""
    run = home.staging / "run"
    write_plan(run, [BatchPlan(())], [])
    feeds: dict[str, Feed] = {}
    entries, pages = [], []
    with make_archive(home, SETTINGS) as archive:
        for url, at, body in read_copies(copies):
            exchange = make_exchange("run", "page", url, at, "text/html", body)
            file, offset = archive.append(exchange)
            feed, entry = make_page_entry(exchange.fetch, body)
            feeds[feed.feed_id] = feed
            entries.append(entry)
            version, fetch = entry.entry_version_id, exchange.fetch
            pages.append(Page(version, fetch.fetch_id, entry.url, entry.url, at, "text/html", file, offset))
    batch = run / "batch-000"
    write_records(batch / "plan.feeds.parquet", Feed, feeds.values())
    write_records(batch / "poll.entries.parquet", Entry, entries)
    write_records(batch / "fetch.pages.parquet", Page, pages)
    shutil.copytree(batch, home.staging / "cleaned" / "batch-000")
    clean_batch(Context(home, SETTINGS), home.staging / "cleaned" / "batch-000")
    open_coder(home, SETTINGS)
    return {}


def measure_functions(home: Home) -> dict[str, Any]:
    """`extract_article` and the coder in a loop, in this process."""
    batch = home.staging / "run" / "batch-000"
    feeds = {feed.feed_id: feed for feed in read_records(batch / "plan.feeds.parquet", Feed)}
    entries = {entry.entry_version_id: entry for entry in read_records(batch / "poll.entries.parquet", Entry)}
    pages = read_records(batch / "fetch.pages.parquet", Page)
    bodies = [read_exchange(home.archive, page.warc_file, page.warc_offset).body for page in pages]
    coder = open_coder(home, SETTINGS)

    def clean(page: Page, body: bytes) -> Article:
        entry = entries[page.entry_version_id]
        found = extract_article(body, page.final_url, page.fetched_at, page.content_type, entry)
        return make_article(found, entry, page, feeds[entry.feed_id])

    article = clean(pages[0], bodies[0])  # what is loaded once is not measured
    code_article(coder, article)
    started = time.perf_counter()
    articles = [clean(page, body) for page, body in zip(pages, bodies, strict=True)]
    cleaned = time.perf_counter()
    to_code = [article for article in articles if _is_read(article)]
    for article in to_code:
        code_article(coder, article)
    coded = time.perf_counter()
    return {
        "pages": len(pages),
        "coded": len(to_code),
        "clean_s": cleaned - started,
        "code_s": coded - cleaned,
        "peak": peak_bytes(),
    }


def measure_steps(home: Home) -> dict[str, Any]:
    """The steps as a run does them, on two batches: the second finds the first one's processes."""
    found: dict[str, float] = {}
    with ChildrenWatch() as watch, tempfile.TemporaryDirectory(dir=home.staging) as name:
        for prefix in ("", "warm_"):
            batch = Path(name) / f"{prefix}batch"
            shutil.copytree(home.staging / "run" / "batch-000", batch)
            for step, run in (("clean", clean_batch), ("code", code_batch)):
                started = time.perf_counter()
                run(Context(home, SETTINGS), batch)
                found[f"{prefix}{step}_s"] = time.perf_counter() - started
                found[f"{step}_peak"] = max(watch.peak, found.get(f"{step}_peak", 0))
    return {**found, "peak": peak_bytes()}


def measure_code(home: Home) -> dict[str, Any]:
    """The step `code` alone, for its memory."""
    with tempfile.TemporaryDirectory(dir=home.staging) as name:
        batch = Path(name) / "batch-000"
        shutil.copytree(home.staging / "cleaned" / "batch-000", batch)
        code_batch(Context(home, SETTINGS), batch)
    return {"peak": peak_bytes()}


def _is_read(article: Article) -> bool:
    """Whether the step `code` would code it."""
    languages = SETTINGS.code.language_codes
    return (
        article.page_kind in ("article", "live_blog") and bool(article.text) and article.language in languages
    )


CHILDREN: dict[str, Callable[[Home], dict[str, Any]]] = {
    "prepare": prepare,
    "functions": measure_functions,
    "steps": measure_steps,
    "code": measure_code,
}


def main() -> None:
    """Arguments: what to do, and the home folder."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    what, folder = sys.argv[1:]
    print(json.dumps(CHILDREN[what](Home(Path(folder)))))


if __name__ == "__main__":
    main()
