"""Pages a second and a core through the step `fetch`, over loopback: its own work, without any waiting for hosts.

    python -m benchmarks.fetch [--copies 5]

A server process gives the 109 real pages, packed as servers send them, each under several addresses.
"""

import argparse
import asyncio
import gzip
import json
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.articles_bare import PAGES, read_pages
from benchmarks.measure import print_table
from dateline.home import Home
from dateline.settings import Settings
from dateline.steps.context import Context
from dateline.steps.plan_poll import write_plan
from dateline.steps.planning import BatchPlan
from dateline.steps.poll import fetch_batch
from ingest.history.saved_files import make_exchange
from ingest.staging.records import read_records, write_records
from transforms.feeds.page_entries import make_page_entry
from transforms.records import Entry, Page
from transforms.settings import HttpSettings

HEADERS = b"content-type: text/html\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n"
RUN = "poll-20260302T060000.000000Z"
AT = datetime(2026, 3, 2, 6, tzinfo=UTC)
SETTINGS = Settings(
    http=HttpSettings(allow_private_addresses=True, host_spacing_s=0, per_host=32, host_budget_s=3_600)
)


def main() -> None:
    """Start the server, fetch everything once, and print the table."""
    parser = argparse.ArgumentParser(description="Time the step fetch.")
    parser.add_argument("--copies", type=int, default=5)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(_serve())
        return
    if not (PAGES / "gold.jsonl").exists():
        print(f"skipped: there are no pages in {PAGES}")
        return
    command = [sys.executable, "-m", "benchmarks.fetch", "--serve"]
    with (
        tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as folder,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server,
    ):
        assert server.stdout is not None
        port = json.loads(server.stdout.readline())
        seconds, cpu_s, pages = _fetch(Home(Path(folder)), port, options.copies)
        server.terminate()
    print_table(
        ("", "pages", "seconds", "CPU seconds", "pages a CPU second"),
        [("step fetch, one process", pages, seconds, cpu_s, pages / cpu_s)],
    )


def _fetch(home: Home, port: int, copies: int) -> tuple[float, float, int]:
    run = home.staging / RUN
    write_plan(run, [BatchPlan(())], [])
    batch = run / "batch-000"
    entries = []
    for nth, (gold, body) in enumerate(read_pages()):
        exchange = make_exchange(RUN, "page", gold["url"], AT, "text/html", body)
        _, entry = make_page_entry(exchange.fetch, body)
        for copy in range(copies):
            name = f"{nth}-{copy}"
            url = f"http://127.0.0.1:{port}/{name}"
            changes: dict[str, Any] = {
                "entry_id": f"en1-{name}",
                "entry_version_id": f"ev1-{name}",
                "article_id": f"ar1-{name}",
            }
            entries.append(replace(entry, url=url, canonical_url=url, **changes))
    write_records(batch / "poll.entries.parquet", Entry, entries)
    began, began_cpu = time.perf_counter(), time.process_time()
    fetch_batch(Context(home, SETTINGS), batch)
    took = time.perf_counter() - began, time.process_time() - began_cpu
    return *took, len(read_records(batch / "fetch.pages.parquet", Page))


async def _serve() -> None:
    bodies = [gzip.compress(body) for _, body in read_pages()]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):  # the client leaves
            while head := await reader.readuntil(b"\r\n\r\n"):
                name = head.split(b" ")[1].decode().removeprefix("/").partition("-")[0]
                body = bodies[int(name)] if name.isdigit() else b""  # robots.txt
                status = b"200 OK" if body else b"404 Not Found"
                writer.write(b"HTTP/1.1 " + status + b"\r\n" + HEADERS % len(body) + body)
                await writer.drain()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(json.dumps(server.sockets[0].getsockname()[1]), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    main()
