"""Does one step on one batch, or the load, in this process, and kills it at a moment of its work on the store.

`python -m tests.dateline.steps.step_process poll RUN/BATCH 3`: moments are before and after each writing, from 1.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dateline.steps.context import open_context
from dateline.steps.load import load_ready
from dateline.steps.pipeline import run_step
from ingest.store.object_store import ObjectStore


def kill_at(moment: int) -> None:
    """Kill this process with -9 there."""
    left = moment

    def pass_moment() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def strike(write: Callable[..., Any]) -> Callable[..., Any]:
        def struck(*values: Any, **named: Any) -> Any:
            pass_moment()
            written = write(*values, **named)
            pass_moment()
            return written

        return struck

    for name in ("_put", "remove"):
        setattr(ObjectStore, name, strike(getattr(ObjectStore, name)))


if __name__ == "__main__":
    kill_at(int(sys.argv[3]))
    if sys.argv[1] == "load":
        load_ready(open_context())
    else:
        run_step(open_context(), sys.argv[1], Path(sys.argv[2]))
