"""Bare trafilatura, in one process or in a pool: the peer of `benchmarks.articles`, which runs this.

It is asked for what an article needs: text, title, authors and date.
"""

import gzip
import json
import logging
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import Any

from trafilatura import bare_extraction

from benchmarks.measure import SHARED, ChildrenWatch, peak_bytes

PAGES = SHARED / "real" / "pages"


def read_pages() -> Iterator[tuple[dict[str, Any], bytes]]:
    """The gold and the body of each page."""
    for line in (PAGES / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        yield gold, gzip.decompress((PAGES / gold["file"]).read_bytes())


def read_copies(copies: int = 2) -> Iterator[tuple[str, datetime, bytes]]:
    """Address, time of fetching and body of each page, several times under as many addresses: so few pages alone are
    coded in one process."""
    for copy in ("", *(f"?copy={nth}" for nth in range(2, copies + 1))):
        for gold, body in read_pages():
            yield gold["url"] + copy, datetime.fromisoformat(gold["fetched"]).replace(tzinfo=UTC), body


def extract(url: str, body: bytes) -> int:
    """Extract one page and return its text's length, so that a pool sends little back."""
    dates = {"original_date": True, "extensive_search": True}
    document: Any = bare_extraction(
        body, url=url, with_metadata=True, include_comments=False, date_extraction_params=dates
    )
    return len(document.text or "") if document else 0


def main() -> None:
    """Argument: `one` or `all`."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    pages = [(url, body) for url, _, body in read_copies()]
    if sys.argv[1] == "one":
        extract(*pages[0])  # what is loaded once is not measured
        started = time.perf_counter()
        for url, body in pages:
            extract(url, body)
        print(json.dumps({"seconds": time.perf_counter() - started, "peak": peak_bytes()}))
        return
    with ChildrenWatch() as watch:
        started = time.perf_counter()
        with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
            list(pool.map(extract, *zip(*pages, strict=True)))
            seconds = time.perf_counter() - started
            started = time.perf_counter()
            list(pool.map(extract, *zip(*pages, strict=True)))
            warm = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "warm_s": warm, "worker_peak": watch.peak}))


if __name__ == "__main__":
    main()
