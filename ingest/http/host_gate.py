"""Politeness to a host, kept over all processes and steps: how many requests at once, how close together,
and not before the host said to come back.

What must be shared lies in the hosts folder, in files named after the host:

- `HOST.slot0`, `HOST.slot1`, ...: a request holds the lock of one of them while it runs. The kernel drops
  the lock of a process that is killed, so no slot is ever lost.
- `HOST.times`: when the last request started, until when the host is to be left alone, how long its requests
  took in the run that asked last, and that run, as four words in one line of fixed length, written at one
  stroke under the file's lock. A file that cannot be read (the power failed) counts as that of an unknown host.

Nobody holds the lock of a `.times` file longer than it takes to read and write it, and it is only ever
asked for without waiting, so the event loop never stands still.
"""

import asyncio
import hashlib
import math
import os
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from ingest.locks import KeptLocks

_POLL_S = 0.01  # between two tries for a lock that another process holds; doubles up to
_MAX_POLL_S = 0.25
_PATIENCE_S = 2.0  # a host that wants to be left alone for no longer than this is waited for
_MAX_HOLD_S = 86_400.0  # whatever a host says, it is asked again after a day
_CLOCK_STEP_S = 1.0  # a start that lies further ahead than this was noted by a clock that was wrong
_LINE_BYTES = 64
_FILES_KEPT = 64
"""How many files stay open for the next request: opening one takes longer than all that is done with it."""


class HostHeld(Exception):
    """The host said to wait until `until`."""

    def __init__(self, host: str, until: datetime) -> None:
        super().__init__(f"{host} asked to be left alone until {until:%Y-%m-%d %H:%M:%S} UTC")
        self.until = until


class HostSpent(Exception):
    """The host has used up the time that one run gives it."""

    def __init__(self, host: str, budget_s: float) -> None:
        super().__init__(f"{host} took more than {budget_s:g} s in this run; the rest waits for the next one")


@dataclass(slots=True)
class _Times:
    started: float = 0.0  # seconds since 1970
    held_until: float = 0.0
    spent_s: float = 0.0  # in `run`
    run: str = "-"  # a digest; "-" for none


@dataclass(slots=True)
class Host:
    """What this process knows of a host."""

    name: str
    queue: asyncio.Semaphore
    files: str  # how the names of its files begin
    taken: set[int] = field(default_factory=set)  # slots that this process holds
    spent_s: float = 0.0

    @property
    def times(self) -> str:
        return f"{self.files}.times"


class HostGate:
    """Lets requests through to their hosts; made and used within one event loop."""

    def __init__(
        self,
        folder: Path,
        per_host: int,
        clock: Callable[[], datetime],
        budget_s: float = math.inf,
        *,
        run: str = "",
        ignores_holds: bool = False,
    ) -> None:
        """`budget_s`: how long the requests to one host may take together, in all steps and processes of `run`.

        Without `run` those through this gate count. Where two runs ask a host in turn, each process at least
        counts its own.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._per_host = per_host
        self._clock = clock
        self._hosts: dict[str, Host] = {}
        self._locks = KeptLocks(_FILES_KEPT)
        self._budget_s = budget_s
        self._run = hashlib.blake2b(run.encode("utf-8"), digest_size=6).hexdigest() if run else ""
        self._ignores_holds = ignores_holds

    async def close(self) -> None:
        """Let go of what is open; nothing is asked after."""
        self._locks.close()

    @asynccontextmanager
    async def enter(self, host: str, spacing_s: float, connections: asyncio.Semaphore) -> AsyncIterator[None]:
        """Wait for `host` to be free, hold one of its slots and one of `connections`, note the start.

        `connections` is only held when the request can really start, so that requests that wait for one busy
        host do not keep others from theirs.

        Raises:
            HostHeld: the host said to come back later.
            HostSpent: earlier requests to it took too long.
        """
        known = self._know(host)
        async with known.queue, self._hold_slot(known):
            while True:
                async with connections:
                    wait_s = await self._try_start(known, spacing_s)
                    if wait_s <= 0:
                        began = time.monotonic()
                        try:
                            yield
                        finally:
                            await self._note_time(known, time.monotonic() - began)
                        return
                await asyncio.sleep(wait_s)

    def _know(self, host: str) -> Host:
        known = self._hosts.get(host)
        if known is None:
            known = Host(host, asyncio.Semaphore(self._per_host), str(self._folder / file_name(host)))
            self._hosts[host] = known
        return known

    async def _note_time(self, host: Host, took_s: float) -> None:
        """Tell the run's other processes, and the steps to come, how long a request took."""
        host.spent_s += took_s
        if not self._run:
            return
        file = await self._lock_times(host)
        try:
            times = _read_times(file)
            before_s = times.spent_s if times.run == self._run else 0.0
            times.spent_s, times.run = max(before_s + took_s, host.spent_s), self._run
            _write_times(file, times)
        finally:
            self._locks.give(host.times, file)

    async def hold(self, host: str, until: datetime) -> None:
        """Leave `host` alone until then; a longer hold that is there already stays."""
        limit = self._clock().timestamp() + _MAX_HOLD_S
        known = self._know(host)
        file = await self._lock_times(known)
        try:
            times = _read_times(file)
            before = times.held_until if times.held_until <= limit else 0.0  # else the clock was set back
            times.held_until = min(max(before, until.timestamp()), limit)
            _write_times(file, times)
        finally:
            self._locks.give(known.times, file)

    @asynccontextmanager
    async def _hold_slot(self, host: Host) -> AsyncIterator[None]:
        """Hold one of the host's slots, out of those that this process does not hold already."""
        pause_s = _POLL_S
        while True:
            for number in range(self._per_host):
                path = f"{host.files}.slot{number}"
                slot = self._locks.take(path) if number not in host.taken else None
                if slot is not None:
                    host.taken.add(number)
                    try:
                        yield
                    finally:
                        host.taken.remove(number)
                        self._locks.give(path, slot)
                    return
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _MAX_POLL_S)

    async def _try_start(self, host: Host, spacing_s: float) -> float:
        """Note that a request starts now, or say for how many seconds it may not.

        Raises:
            HostHeld, HostSpent
        """
        file = await self._lock_times(host)
        try:
            times = _read_times(file)
            spent_s = times.spent_s if times.run == self._run else 0.0
            if max(spent_s, host.spent_s) >= self._budget_s:
                raise HostSpent(host.name, self._budget_s)
            wait_s = max(self._check_hold(host.name, times), _remaining_spacing(times, spacing_s))
            if wait_s <= 0:
                times.started = time.time()
                _write_times(file, times)
            return wait_s
        finally:
            self._locks.give(host.times, file)

    def _check_hold(self, host: str, times: _Times) -> float:
        """Seconds that the host is still to be left alone, when they are few."""
        if self._ignores_holds:
            return 0.0
        left_s = times.held_until - self._clock().timestamp()
        if left_s <= _PATIENCE_S:
            return left_s
        if left_s <= _MAX_HOLD_S:
            raise HostHeld(host, datetime.fromtimestamp(times.held_until, UTC))
        return 0.0  # nobody writes such a time: the clock was set back

    async def _lock_times(self, host: Host) -> int:
        while True:
            file = self._locks.take(host.times)
            if file is not None:
                return file
            await asyncio.sleep(_POLL_S)


@lru_cache(maxsize=10_000)
def file_name(host: str) -> str:
    """`host` as a file name that no other host has."""
    name = re.sub(r"[^a-z0-9.-]", "_", host)[:100]
    if name == host:
        return name
    return f"{name}_{hashlib.blake2b(host.encode('utf-8'), digest_size=6).hexdigest()}"


def _remaining_spacing(times: _Times, spacing_s: float) -> float:
    wait_s = times.started + spacing_s - time.time()
    return wait_s if wait_s <= spacing_s + _CLOCK_STEP_S else 0.0  # else the clock was set back


def _read_times(file: int) -> _Times:
    words = os.pread(file, _LINE_BYTES, 0).split()
    try:
        times = _Times(float(words[0]), float(words[1]))
        if len(words) > 3:  # earlier versions wrote two
            times.spent_s, times.run = float(words[2]), words[3].decode("ascii")
    except (IndexError, ValueError):
        return _Times()
    return times if math.isfinite(times.started + times.held_until + times.spent_s) else _Times()


def _write_times(file: int, times: _Times) -> None:
    line = f"{times.started:.6f} {times.held_until:.6f} {times.spent_s:.3f} {times.run}"
    os.pwrite(file, (line.ljust(_LINE_BYTES - 1) + "\n").encode("ascii"), 0)
