"""A pool of worker processes that a job cannot take down: each is bounded in time and memory, and replaced.

A worker that is idle when its pool ends is kept for the next pool that runs the same function: starting one
costs more than many jobs. Workers are plain subprocesses and not `multiprocessing` ones, because the pool
also runs inside Airflow's tasks, whose processes may not have children of that kind.
"""

import atexit
import contextlib
import itertools
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import LifoQueue
from types import TracebackType
from typing import Any, Literal, Self

from ingest.workers.process import EXIT_MEMORY, Reply, Start, read_message, write_message
from transforms.errors import Permanent, Transient

Failure = Literal["", "hangs", "too_big", "breaks"]

JOBS_PER_WORKER = 500
"""A worker is replaced after so many jobs, whatever its libraries have kept in memory by then."""
START_TIMEOUT_S = 120.0
_ENDING_S = 30.0  # a busy machine may take seconds to end a process


@dataclass(frozen=True, slots=True)
class JobResult:
    """The result of a job: a value, or why there is none."""

    value: Any = None
    failure: Failure = ""
    detail: str = ""


def run_jobs(
    function: str, jobs: Iterable[Any], *, workers: int, timeout_s: float, memory_bytes: int
) -> Iterator[JobResult]:
    """Run `function` ("package.module:name") over `jobs`, yielding the results in the jobs' order.

    Jobs and values must be picklable. Jobs are taken as workers come free, a few ahead of what was yielded,
    so endless streams are fine. A job that takes over `timeout_s` seconds or makes its process grow beyond
    `memory_bytes` fails alone: its worker is killed and replaced. `workers` 0 means one a core.

    Raises:
        Permanent: workers cannot be started.
        Transient: a job found the disk full, which is no fault of the job.
    """
    with WorkerPool(function, workers, timeout_s, memory_bytes) as pool:
        source = iter(jobs)
        pending = deque(pool.submit(job) for job in itertools.islice(source, 2 * pool.count))
        while pending:
            result = pending.popleft().result()
            pending.extend(pool.submit(job) for job in itertools.islice(source, 1))
            yield result


def has_kept(function: str) -> bool:
    """Whether workers that run `function` were kept of an earlier pool, so that the next one starts at once."""
    return _SPARES.holds(function)


def close_kept() -> None:
    """End the workers that were kept of earlier pools; the next pool starts its own."""
    _SPARES.close()


class WorkerPool:
    """Processes that run one function over jobs, as `run_jobs` says; each starts when it is first needed."""

    def __init__(self, function: str, workers: int, timeout_s: float, memory_bytes: int) -> None:
        self.count = workers or os.cpu_count() or 1
        start = Start(function, tuple(sys.path), memory_bytes, timeout_s)
        self._workers = [_SPARES.take(start) or _Worker(start) for _ in range(self.count)]
        self._idle: LifoQueue[_Worker] = LifoQueue()  # the one used last is warm
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(self.count, thread_name_prefix="worker")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        idle = []
        while not self._idle.empty():
            idle.append(self._idle.get())
        for worker in self._workers:
            if worker not in idle:
                worker.close()  # in the middle of a job that nobody waits for
        self._threads.shutdown(cancel_futures=True)
        for worker in idle:
            _SPARES.put(worker)

    def submit(self, job: Any) -> Future[JobResult]:
        """Run `job` when a worker is free.

        Raises:
            Permanent, Transient: from the future, as `run_jobs` raises them.
        """
        return self._threads.submit(self._run, job)

    def _run(self, job: Any) -> JobResult:
        worker = self._idle.get()
        try:
            return worker.run(job)
        finally:
            self._idle.put(worker)


class _Worker:
    """One process and its successors; used by one thread at a time, except for `close`."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._process: subprocess.Popen[bytes] | None = None
        self._jobs_done = 0
        self._is_closed = False
        self._lock = threading.Lock()

    def run(self, job: Any) -> JobResult:
        process = self._ready()
        timer = _Timer(process, self._start.timeout_s)
        try:
            reply = self._ask(process, job)
        except (EOFError, OSError):
            timer.stop()
            return self._bury(process, hung=timer.has_struck)
        timer.stop()
        self._jobs_done += 1
        if reply.failure == "memory" or self._jobs_done >= JOBS_PER_WORKER:
            self._stop()
        if reply.failure == "memory":
            return JobResult(failure="too_big", detail=f"more than {self._start.memory_bytes:,} bytes")
        if reply.failure == "disk":
            raise Transient(
                f"the disk for temporary files is full ({reply.detail}); free some space, or set TMPDIR, and run "
                "again, nothing is lost"
            )
        if reply.failure:
            return JobResult(failure="breaks", detail=reply.detail)
        return JobResult(reply.value)

    @property
    def is_warm(self) -> bool:
        """Whether its process runs and waits for a job."""
        return self._process is not None and self._process.poll() is None

    def fits(self, start: Start) -> bool:
        return self._start == start and self.is_warm

    def runs(self, function: str) -> bool:
        return self._start.function == function

    def close(self) -> None:
        """Stop the process for good, even in the middle of a job."""
        with self._lock:
            self._is_closed = True
        self._stop()

    def _ask(self, process: subprocess.Popen[bytes], message: Any) -> Reply:
        assert process.stdin is not None
        assert process.stdout is not None
        write_message(process.stdin, message)  # type: ignore[arg-type]
        reply: Reply = read_message(process.stdout)  # type: ignore[arg-type]
        return reply

    def _ready(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._is_closed:
                raise RuntimeError("the pool is closed")
            if self._process is not None:
                return self._process
            # more threads of linear algebra would reserve memory each and share one core
            environ = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
            environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
            process = subprocess.Popen(
                [sys.executable, "-c", "from ingest.workers.process import main; main()"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environ,
            )
            self._process = process
            self._jobs_done = 0
        timer = _Timer(process, START_TIMEOUT_S)
        try:
            self._ask(process, self._start)
        except (EOFError, OSError) as error:
            self._stop()
            raise Permanent(
                f"a worker process for {self._start.function} could not start (status {process.returncode}); "
                "its error output says why: too low a memory limit, or a broken installation"
            ) from error
        finally:
            timer.stop()
        return process

    def _bury(self, process: subprocess.Popen[bytes], *, hung: bool) -> JobResult:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(
                _ENDING_S
            )  # it closed its pipes, so it is ending: its exit status says what happened
        self._stop()
        if hung:
            return JobResult(failure="hangs", detail=f"more than {self._start.timeout_s:g} s")
        if process.returncode == EXIT_MEMORY:
            return JobResult(failure="too_big", detail=f"more than {self._start.memory_bytes:,} bytes")
        return JobResult(failure="breaks", detail=f"the process ended with status {process.returncode}")

    def _stop(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:  # what was still to be sent has nobody to go to
                    continue


class _Timer:
    """Kills a process when its time is up."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.has_struck = False
        self._process = process
        self._timer = threading.Timer(seconds, self._strike)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        self._timer.cancel()
        self._timer.join()

    def _strike(self) -> None:
        self.has_struck = True
        self._process.kill()


class _Spares:
    """Idle workers between pools; the oldest are stopped when there are many, and all when this process ends."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._workers: list[_Worker] = []
        self._owner = os.getpid()
        self._lock = threading.Lock()

    def take(self, start: Start) -> _Worker | None:
        """A worker that has been started so, if there is one."""
        with self._lock:
            self._forget_a_parents()
            found = next((worker for worker in reversed(self._workers) if worker.fits(start)), None)
            if found is not None:
                self._workers.remove(found)
            return found

    def holds(self, function: str) -> bool:
        with self._lock:
            self._forget_a_parents()
            return any(worker.is_warm and worker.runs(function) for worker in self._workers)

    def put(self, worker: _Worker) -> None:
        with self._lock:
            self._forget_a_parents()
            kept = [*self._workers, worker] if worker.is_warm else self._workers
            self._workers = kept[-self._most :]
            for one in kept[: -self._most]:
                one.close()

    def close(self) -> None:
        with self._lock:
            self._forget_a_parents()
            for worker in self._workers:
                worker.close()
            self._workers = []

    def _forget_a_parents(self) -> None:
        """After a fork the workers are the parent's: two may not talk to one."""
        if self._owner != os.getpid():
            self._owner, self._workers = os.getpid(), []


_SPARES = _Spares(most=3 * (os.cpu_count() or 1))  # of feeds, pages and texts
atexit.register(close_kept)
