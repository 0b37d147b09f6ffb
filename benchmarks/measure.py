"""What the benchmarks share: children with a process of their own, memory peaks, and tables."""

import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[1]
SHARED = ROOT / ".." / "shared"
MB = 1_000_000


def run_child(
    module: str, *arguments: object, python: Path | None = None, environ: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Run `python -m module arguments` and return the JSON object that it printed last.

    What is measured runs in a process of its own, so that neither what was loaded before nor its memory
    counts.

    Raises:
        subprocess.CalledProcessError: it failed; its error output has been shown.
    """
    done = subprocess.run(
        [python or sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | (environ or {}),
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def peak_bytes(pid: int | str = "self") -> int:
    """The most memory that a process has held (resident).

    `ru_maxrss` is of no use on Linux: a new process begins with that of the one that started it.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except FileNotFoundError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if pid == "self" and sys.platform == "darwin" else 0
    lines = (line.split() for line in status.splitlines())
    return next((1024 * int(line[1]) for line in lines if line[0] == "VmHWM:"), 0)


class ChildrenWatch:
    """`with ChildrenWatch() as watch:` looks at this process's children; `watch.peak` is the largest's peak.

    Zero where there is no /proc.
    """

    def __init__(self) -> None:
        self.peak = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(0.1):
            for path in Path("/proc/self/task").glob("*/children"):
                try:
                    children = path.read_text(encoding="ascii").split()
                except (FileNotFoundError, ProcessLookupError):  # a thread that has ended
                    continue
                self.peak = max([self.peak, *map(peak_bytes, children)])


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows as a Markdown table, aligned."""
    cells = [list(columns), *([_show(value) for value in row] for row in rows)]
    widths = [max(len(row[nth]) for row in cells) for nth in range(len(columns))]
    cells.insert(1, ["-" * width for width in widths])
    for row in cells:
        padded = [row[0].ljust(widths[0])]
        padded += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print("| " + " | ".join(padded) + " |")


def _show(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
