"""The inside of one worker: runs one function over jobs that come in on standard input.

Started by `ingest.workers.pool`, which calls `main`. Messages are pickles, each after its length in eight
bytes, and come from nobody but the parent. Standard output belongs to the messages: whatever the function
prints goes to standard error.
"""

import contextlib
import importlib
import os
import pickle
import resource
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from transforms.errors import is_full_disk

LENGTH = struct.Struct(">Q")
EXIT_MEMORY = 71
"""The exit status of a worker that took too much memory."""
_WATCH_S = 0.1


@dataclass(frozen=True, slots=True)
class Start:
    """The first message to a worker."""

    function: str  # "package.module:name"
    path: tuple[str, ...]  # the parent's sys.path
    memory_bytes: int
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Reply:
    """A worker's answer to a job; `failure` is "" for a value, else "memory", "error", or "disk" where that is full."""

    value: Any = None
    failure: str = ""
    detail: str = ""


def write_message(stream: BinaryIO, message: Any) -> None:
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def read_message(stream: BinaryIO) -> Any:
    """Read a message.

    Raises:
        EOFError: the other side is gone.
    """
    (length,) = LENGTH.unpack(_read_exactly(stream, LENGTH.size))
    return pickle.loads(_read_exactly(stream, length))


def _read_exactly(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    if data is None or len(data) < count:
        raise EOFError
    return data


def main() -> None:
    jobs = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # stray prints must not end up between the messages
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    start: Start = read_message(jobs)
    sys.path[:] = start.path
    module, _, name = start.function.partition(":")
    function: Callable[[Any], Any] = getattr(importlib.import_module(module), name)
    _bound_memory(start.memory_bytes)
    write_message(answers, Reply())
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            job = read_message(jobs)
            # should the parent be gone, nobody else would ever stop a page that hangs
            signal.setitimer(signal.ITIMER_REAL, start.timeout_s + 5)
            reply = _run(function, job)
            signal.setitimer(signal.ITIMER_REAL, 0)
            write_message(answers, reply)
            if reply.failure == "memory":
                return


def _run(function: Callable[[Any], Any], job: Any) -> Reply:
    try:
        return Reply(function(job))
    except MemoryError:
        return Reply(failure="memory", detail="out of memory")
    except OSError as error:
        return Reply(failure="disk" if is_full_disk(error) else "error", detail=_describe(error))
    except Exception as error:  # whatever a page does to the parser is that page's failure
        return Reply(failure="error", detail=_describe(error))


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


def _bound_memory(memory_bytes: int) -> None:
    """Limit the address space where the system enforces that (Linux); watch the resident size elsewhere."""
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    else:
        threading.Thread(target=_watch_memory, args=(memory_bytes,), daemon=True).start()


def _watch_memory(memory_bytes: int) -> None:
    while resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < memory_bytes:  # in bytes on macOS
        time.sleep(_WATCH_S)
    os._exit(EXIT_MEMORY)
