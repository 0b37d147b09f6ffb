"""Runs the command line and sends this very process a signal when it comes to a certain file.

`python -m tests.dateline.strike_at KILL clean.done run` kills `dateline run` when it is about to open
a file whose name ends in `clean.done`, or to put one of that name in its place; "" for both: no signal.
With `warehouse.load:record_load` it is when that function is about to be called, with `#120` at the 120th time that a
file of Dateline's home is opened, moved, removed or locked.
"""

import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from dateline.cli import main

COUNTED = ("open", "os.rename", "os.remove", "os.mkdir", "os.truncate", "fcntl.flock")


def strike(name: str, end: str) -> None:
    """Arm this process: signal `name` at the first file that ends in `end`."""
    chosen = signal.Signals[f"SIG{name}"]
    pending = [chosen]

    def look(event: str, arguments: tuple[Any, ...]) -> None:
        path = arguments[{"open": 0, "os.rename": 1}[event]] if event in ("open", "os.rename") else ""
        if pending and isinstance(path, str | os.PathLike) and str(path).endswith(end):
            os.kill(os.getpid(), pending.pop())

    if end.startswith("#"):
        sys.addaudithook(count_down(int(end[1:]), chosen))
        return
    module, _, function = end.partition(":")
    if function:
        setattr(import_module(module), function, lambda *_, **__: os.kill(os.getpid(), chosen))
    else:
        sys.addaudithook(look)


def count_down(events: int, chosen: signal.Signals) -> Callable[[str, tuple[Any, ...]], None]:
    """A hook that sends the signal at the last of so many events in Dateline's home."""
    home = os.environ["DATELINE_HOME"]
    left = events

    def look(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if event not in COUNTED:
            return
        if event == "fcntl.flock" or any(str(one).startswith(home) for one in arguments[:2]):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), chosen)

    return look


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the suite runs in the background
    if sys.argv[1]:
        strike(sys.argv[1], sys.argv[2])
    main(sys.argv[3:])
