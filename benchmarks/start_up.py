"""How fast the command line and a second set-up start, and what a run costs that has nothing to do.

    python -m benchmarks.start_up [--runs 9]

Limits: `dateline --help` 0.5 s, a second `make setup` 2 s, `dateline run` with nothing due half a second of a core.
The home of that run has polled eight feeds on loopback; their pages wait for a further try.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import ROOT, print_table
from benchmarks.poll import serve_feeds
from dateline.home import Home
from ingest.feeds.subscriptions import make_feed, write_subscriptions

FEEDS = 8
LIMIT_CORE_S = 0.5
SETTINGS = "[http]\nallow_private_addresses = true\nhost_spacing_s = 0\n"


def main() -> None:
    """Run each command in turn, several times, and print the medians with their limits."""
    parser = argparse.ArgumentParser(description="Time the start of the command line and of the set-up.")
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    script = Path(sys.executable).parent / "dateline"
    commands: dict[str, tuple[list[str], float | None]] = {
        "python -c pass": ([sys.executable, "-c", "pass"], None),
        "python -c 'import click'": ([sys.executable, "-c", "import click"], None),
        "dateline --help": ([str(script), "--help"], 0.5),
        "dateline sql --help": ([str(script), "sql", "--help"], 0.5),
    }
    make = shutil.which("make")
    # without this check, a changed lock file would have the set-up done again, from the network
    if make and subprocess.run([make, "-q", "setup"], cwd=ROOT, check=False).returncode == 0:
        commands["make setup, again"] = ([make, "setup"], 2.0)
    else:
        print("skipped: `make setup` (there is no make, or it has something to do; run it once before)")
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, (command, _limit) in commands.items():
            started = time.perf_counter()
            subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
            seconds[name].append(time.perf_counter() - started)
    rows = []
    for name, (_, limit) in commands.items():
        median = statistics.median(seconds[name])
        rows.append((name, median, max(seconds[name]), limit or "-", median / limit if limit else "-"))
    print_table(("command", "median s", "slowest s", "limit s", "of the limit"), rows)
    measured = _measure_idle_runs(script, runs)
    median = statistics.median(measured)
    row = ("dateline run, nothing due", median, max(measured), LIMIT_CORE_S, median / LIMIT_CORE_S)
    print()
    print_table(("command", "median seconds of a core", "most", "limit", "of the limit"), [row])


def _measure_idle_runs(script: Path, runs: int) -> list[float]:
    """Seconds of a core that runs take in a home whose feeds were all asked a moment ago."""
    with tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as folder:
        home = Home(Path(folder) / "home")
        home.path.mkdir()
        home.settings.write_text(SETTINGS, encoding="utf-8")
        with serve_feeds(FEEDS, 1) as addresses:
            write_subscriptions(home.feeds, [make_feed(address) for address in addresses])
            _run(script, home)
        measured = []
        for _ in range(runs):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            said = _run(script, home)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            if "nothing was due" not in said:
                raise SystemExit(f"something was due: {said}")
            measured.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return measured


def _run(script: Path, home: Home) -> str:
    environ = os.environ | {"DATELINE_HOME": str(home.path)}
    return subprocess.run([script, "run"], env=environ, stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    main()
