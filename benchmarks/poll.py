"""A poll of 1,000 feeds on loopback that have nothing new, against `reader` and against bare httpx.

    python -m benchmarks.poll [--feeds 1000] [--ports 1,8] [--runs 3]

All ask the same server, in another process, for the same feeds; each has asked once before, so that every
answer is a 304. Politeness is off for all: reader knows no spacing between requests to one host, so
Dateline's is set to 0 and its limit for one host to that of all. `reader` is installed into a virtual
environment in a temporary folder, from `benchmarks/requirements.txt`.
"""

import argparse
import asyncio
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from benchmarks.measure import MB, ROOT, peak_bytes, print_table, run_child
from dateline import read_version
from dateline.home import Home
from dateline.settings import Settings
from dateline.steps.context import Context
from dateline.steps.load import load_ready
from dateline.steps.pipeline import run_steps
from dateline.steps.plan_poll import write_plan
from dateline.steps.planning import BatchPlan
from dateline.steps.poll import poll_batch
from dateline.steps.runs import name_run
from ingest.feeds.fetch_feeds import PolledFeed, poll_feeds
from ingest.http.client import HttpFetcher
from ingest.staging.records import read_records
from transforms.identity import make_id
from transforms.records import Feed, FeedState
from transforms.settings import HttpSettings

CONNECTIONS = 32
SETTINGS = Settings(
    http=HttpSettings(
        allow_private_addresses=True, connections=CONNECTIONS, per_host=CONNECTIONS, host_spacing_s=0
    )
)
READER_WORKERS = (1, 10, CONNECTIONS)


def main() -> None:
    """Serve, measure by turns, and print a table for each number of ports."""
    parser = argparse.ArgumentParser(description="Poll feeds that have nothing new.")
    parser.add_argument("--feeds", type=int, default=1_000)
    parser.add_argument("--ports", default="1,8", help="how many hosts the feeds are spread over")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--child", nargs=2, metavar=("WHAT", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        what, name = options.child
        print(json.dumps(_CHILDREN[what](Path(name))))
        return
    with tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as name:
        python = _install_reader(Path(name) / "reader")
        for ports in map(int, options.ports.split(",")):
            folder = Path(name) / str(ports)
            with serve_feeds(options.feeds, ports) as addresses:
                _measure(folder, addresses, options.feeds, options.runs, python)


def _install_reader(folder: Path) -> Path | None:
    """A Python that has `reader`; None, and a word about it, where it cannot be installed."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    install = ["-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    done = subprocess.run([python, *install, "-r", ROOT / "benchmarks" / "requirements.txt"], check=False)
    if done.returncode:
        print("skipped: reader (it could not be installed)")
        return None
    return python


@contextmanager
def serve_feeds(feeds: int, ports: int) -> Iterator[list[str]]:
    """The addresses of the feeds, dealt out over the ports."""
    command = [sys.executable, "-m", "benchmarks.feed_server", "--feeds", str(feeds), "--ports", str(ports)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        found = json.loads(server.stdout.readline())
        yield [f"http://127.0.0.1:{found[nth % ports]}/feed/{nth}.xml" for nth in range(feeds)]


def _measure(folder: Path, addresses: list[str], feeds: int, runs: int, python: Path | None) -> None:
    folder.mkdir()
    urls = folder / "urls"
    urls.write_text("\n".join(addresses), encoding="ascii")
    found: dict[str, list[dict[str, Any]]] = {}
    for run in range(runs + 1):  # the first brings the feeds and is not counted
        for what in _CHILDREN:
            found.setdefault(what, []).append(
                _run(addresses, run, "benchmarks.poll", "--child", what, folder)
            )
        for workers in READER_WORKERS if python else ():
            database = folder / f"reader-{workers}.sqlite"
            child = _run(addresses, run, "benchmarks.reader_update", database, urls, workers, python=python)
            found.setdefault(f"reader, {workers} workers", []).append(child)
    medians = {
        name: statistics.median(item["seconds"] for item in items[1:]) for name, items in found.items()
    }
    best = min((seconds for name, seconds in medians.items() if name.startswith("reader")), default=None)
    ports = len({address.split("/")[2] for address in addresses})
    first = {name: items[0]["seconds"] for name, items in found.items()}
    print(f"\n{feeds:,} feeds, ports: {ports}, runs: {runs}; the first poll, with entries, once:\n")
    best_first = min((seconds for name, seconds in first.items() if name.startswith("reader")), default=None)
    print_table(
        ("", "first poll s", "times the best reader", "CPU s"),
        [
            (
                _NAMES.get(name, name),
                seconds,
                best_first / seconds if best_first else "-",
                found[name][0]["cpu"],
            )
            for name, seconds in first.items()
        ],
    )
    print("\nnothing new:\n")
    rows = [
        (
            _NAMES.get(name, name),
            seconds,
            feeds / seconds,
            best / seconds if best else "-",
            medians["httpx"] / seconds,
            statistics.median(item["cpu"] for item in found[name][1:]),
            statistics.median(item["peak"] for item in found[name][1:]) / MB,
        )
        for name, seconds in medians.items()
    ]
    print_table(
        ("", "seconds", "feeds/s", "times the best reader", "of bare httpx", "CPU s", "peak MB"), rows
    )


def _run(addresses: list[str], run: int, *arguments: Any, python: Path | None = None) -> dict[str, Any]:
    """Run a child, and check what the server answered it; `cpu` is that of the whole process and its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = run_child(*arguments, python=python)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found["cpu"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    counts_at = addresses[0].partition("/feed/")[0] + "/counts"
    with urllib.request.urlopen(counts_at, timeout=10) as answer:
        counts = json.load(answer)
    expected = {"200" if run == 0 else "304": len(addresses)}
    if counts != expected:
        raise SystemExit(f"{arguments}: the server answered {counts}, not {expected}")
    return found


def _ask_with_httpx(folder: Path) -> dict[str, Any]:
    """The limit: the same requests by the same HTTP library, and nothing made of the answers."""
    urls = (folder / "urls").read_text(encoding="ascii").split()
    tags = folder / "httpx.json"
    known: dict[str, str] = json.loads(tags.read_text(encoding="utf-8")) if tags.exists() else {}

    async def ask_all() -> None:
        limits = httpx.Limits(max_connections=CONNECTIONS)
        free = asyncio.Semaphore(CONNECTIONS)  # httpx's own queue takes long when it is long
        async with httpx.AsyncClient(limits=limits, timeout=60) as client:

            async def ask(url: str) -> None:
                async with free:
                    answer = await client.get(url, headers={"If-None-Match": known.get(url, "")})
                known[url] = answer.headers["etag"]

            await asyncio.gather(*map(ask, urls))

    started = time.perf_counter()
    asyncio.run(ask_all())
    seconds = time.perf_counter() - started
    tags.write_text(json.dumps(known), encoding="utf-8")
    return {"seconds": seconds, "peak": peak_bytes()}


def _poll_feeds(folder: Path) -> dict[str, Any]:
    """`ingest`'s client and poll alone: nothing archived, nothing staged."""
    home = Home(folder / "client")
    pairs = _read_pairs(folder, home)

    async def poll() -> list[PolledFeed]:
        async with HttpFetcher(SETTINGS.http, home.hosts, None, read_version()) as fetcher:
            return await poll_feeds(pairs, fetcher, "poll-1", SETTINGS.poll, datetime.now(UTC))

    started = time.perf_counter()
    polled = asyncio.run(poll())
    seconds = time.perf_counter() - started
    _write_states(home, [one.state for one in polled])
    return {"seconds": seconds, "peak": peak_bytes()}


def _poll_step(folder: Path) -> dict[str, Any]:
    """The step `poll`: every answer archived, records staged."""
    home = Home(folder / "step")
    batch = _plan(folder, home)
    started = time.perf_counter()
    poll_batch(Context(home, SETTINGS), batch)
    seconds = time.perf_counter() - started
    _write_states(home, read_records(batch / "poll.states.parquet", FeedState))
    return {"seconds": seconds, "peak": peak_bytes()}


def _whole_run(folder: Path) -> dict[str, Any]:
    """All steps, the load and the publication, as `dateline run` does them."""
    home = Home(folder / "run")
    first = not home.path.exists()
    batch = _plan(folder, home)
    context = Context(home, SETTINGS)
    started = time.perf_counter()
    if first:  # the pages of its entries are not served
        poll_batch(context, batch)
    else:
        run_steps(context, [batch])
        load_ready(context)
    seconds = time.perf_counter() - started
    _write_states(home, read_records(batch / "poll.states.parquet", FeedState))
    if first:
        shutil.rmtree(home.staging)
    return {"seconds": seconds, "peak": peak_bytes()}


_CHILDREN = {"httpx": _ask_with_httpx, "client": _poll_feeds, "step": _poll_step, "run": _whole_run}
_NAMES = {
    "httpx": "bare httpx (limit)",
    "client": "dateline, client and poll",
    "step": "dateline, step poll with archive",
    "run": "dateline, whole run with load",
}


def _read_pairs(folder: Path, home: Home) -> list[tuple[Feed, FeedState]]:
    """The feeds with what the last poll from this home has learnt."""
    urls = (folder / "urls").read_text(encoding="ascii").split()
    feeds = [Feed(make_id("fd1", url), url) for url in urls]
    kept = home.path / "states.json"
    tags = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    return [(feed, FeedState(feed.feed_id, feed.url, etag=tags.get(feed.feed_id, ""))) for feed in feeds]


def _write_states(home: Home, states: list[FeedState]) -> None:
    tags = {state.feed_id: state.etag for state in states}
    (home.path / "states.json").write_text(json.dumps(tags), encoding="utf-8")


def _plan(folder: Path, home: Home) -> Path:
    run = home.staging / name_run("poll", datetime.now(UTC))
    write_plan(run, [BatchPlan(tuple(_read_pairs(folder, home)))], [])
    return run / "batch-000"


if __name__ == "__main__":
    main()
