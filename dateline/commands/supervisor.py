"""Keeps the parts of a local Airflow alive, and leaves none behind.

`airflow standalone` goes on when its scheduler has died, and leaves processes behind when it is told to stop.
So the parts are started here, each in a session of its own with its output in a log file: one that ends is
started again, one that keeps ending stops them all with a loud word, and a stop ends every process below.
"""

import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import psutil

from transforms.errors import Permanent

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_TAIL_LINES = 15
_LOOK_S = 0.5  # between two looks at the parts
_LOG_BYTES = 10_000_000  # a longer log is put aside when its part starts


@dataclass(frozen=True, slots=True)
class Component:
    """A process to keep alive."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)  # beside that of all parts
    may_start: Callable[[], bool] = lambda: True  # asked until it says so: whether what it needs is there


@dataclass(frozen=True, slots=True)
class Patience:
    """How a supervisor meets parts that end, or will not end."""

    restarts: int = 5  # of one part within `window_s`; one more and all is stopped
    window_s: float = 600.0
    pause_s: float = 2.0  # before a part is started again
    grace_s: float = 15.0  # between the request to end and the kill


class Supervisor:
    """Starts parts, starts those again that end, and ends them all."""

    def __init__(
        self,
        parts: Sequence[Component],
        environment: Mapping[str, str],
        logs: Path,
        say: Callable[[str], None],
        patience: Patience | None = None,
    ) -> None:
        """`logs`: the folder with a file a part; `say` tells the user what happens, a line each."""
        self._parts = parts
        self._environment = dict(environment)
        self._logs = logs
        self._say = say
        self._patience = patience or Patience()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._ends: dict[str, deque[float]] = {part.name: deque() for part in parts}
        self._seen: dict[str, dict[int, psutil.Process]] = {part.name: {} for part in parts}  # ever below it
        self._stopping = False

    def run(self, is_ready: Callable[[], bool] = lambda: True, ready: str = "") -> None:
        """Keep the parts alive until a stop signal; says `ready` once `is_ready` holds.

        Raises:
            Permanent: a part keeps ending; everything was stopped, and its last lines are in the message.
        """
        with self._heeding_signals():
            try:
                while not self._stopping:
                    self._look()
                    if ready and len(self._running) == len(self._parts) and is_ready():
                        self._say(ready)
                        ready = ""
                    time.sleep(_LOOK_S)
            finally:
                self._stop()

    @contextmanager
    def _heeding_signals(self) -> Iterator[None]:
        """Handlers of our own: a shell's background jobs begin with SIGINT ignored."""

        def stop(number: int, frame: FrameType | None) -> None:
            self._stopping = True

        before = {number: signal.signal(number, stop) for number in STOP_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _start(self, part: Component) -> None:
        path = self._log_of(part)
        if path.exists() and path.stat().st_size > _LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        path.touch(mode=0o600)
        with path.open("ab") as log:
            self._running[part.name] = subprocess.Popen(
                part.arguments,
                env={**self._environment, **part.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C at the terminal comes to us alone
                umask=0o077,
            )

    def _log_of(self, part: Component) -> Path:
        return self._logs / f"{part.name}.log"

    def _look(self) -> None:
        """See which processes there are, start what may start, and again what has ended."""
        self._remember()
        for part in self._parts:
            if part.name not in self._running:
                if part.may_start():
                    self._start(part)
                continue
            status = self._running[part.name].poll()
            if status is None:
                continue
            now, ends = time.monotonic(), self._ends[part.name]
            ends.append(now)
            while now - ends[0] > self._patience.window_s:
                ends.popleft()
            if len(ends) > self._patience.restarts:
                raise Permanent(
                    f"{part.name} has ended {len(ends)} times (last with status {status}); everything was "
                    f"stopped. Its log is {self._log_of(part)}; it ends:\n{self._tail(part)}"
                )
            self._say(
                f"{part.name} ended with status {status}; starting it again (log: {self._log_of(part)})"
            )
            self._kill([part.name])  # what it left: an executor's workers wait for ever
            time.sleep(self._patience.pause_s)
            self._start(part)

    def _tail(self, part: Component) -> str:
        lines = self._log_of(part).read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return "\n".join(lines[-_TAIL_LINES:])

    def _remember(self) -> None:
        """Note all processes below the parts: those whose parent has ended cannot be found later."""
        for name, child in self._running.items():
            with suppress(psutil.Error):
                parent = psutil.Process(child.pid)
                for process in (parent, *parent.children(recursive=True)):
                    self._seen[name].setdefault(process.pid, process)

    def _left(self, names: Iterable[str]) -> list[psutil.Process]:
        return [process for name in names for process in self._seen[name].values() if process.is_running()]

    def _kill(self, names: Sequence[str]) -> None:
        left = self._left(names)
        for process in left:
            with suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(left, timeout=5)

    def _stop(self) -> None:
        """End everything below, gently first; nothing is left when this returns."""
        self._remember()
        for child in self._running.values():
            child.terminate()  # does nothing to one that has ended
        psutil.wait_procs(self._left(self._running), timeout=self._patience.grace_s)
        self._remember()
        self._kill(list(self._running))
        for child in self._running.values():
            child.wait()
