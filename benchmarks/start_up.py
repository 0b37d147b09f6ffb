"""How fast the command line and a second set-up start.

    python -m benchmarks.start_up [--runs 9]

Limits: `dateline --help` 0.5 s, a second `make setup` 2 s.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.measure import ROOT, print_table


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


if __name__ == "__main__":
    main()
