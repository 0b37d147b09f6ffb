"""Runs the command line and sends this very process a signal when it comes to a certain file.

`python -m tests.dateline.strike_at KILL clean.done run` kills `dateline run` when it is about to open
a file whose name ends in `clean.done`, or to put one of that name in its place; "" for both: no signal.
With `warehouse.load:record_load` it is when that function is about to be called.
"""

import os
import signal
import sys
from importlib import import_module
from typing import Any

from dateline.cli import main


def strike(name: str, end: str) -> None:
    """Arm this process: signal `name` at the first file that ends in `end`."""
    chosen = signal.Signals[f"SIG{name}"]
    pending = [chosen]

    def look(event: str, arguments: tuple[Any, ...]) -> None:
        path = arguments[{"open": 0, "os.rename": 1}[event]] if event in ("open", "os.rename") else ""
        if pending and isinstance(path, str | os.PathLike) and str(path).endswith(end):
            os.kill(os.getpid(), pending.pop())

    module, _, function = end.partition(":")
    if function:
        setattr(import_module(module), function, lambda *_, **__: os.kill(os.getpid(), chosen))
    else:
        sys.addaudithook(look)


if __name__ == "__main__":
    if sys.argv[1]:
        strike(sys.argv[1], sys.argv[2])
    main(sys.argv[3:])
