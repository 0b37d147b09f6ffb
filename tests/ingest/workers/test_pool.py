"""Workers that jobs try to take down: the jobs around them come through, in order."""

import itertools
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Iterator

import pytest

from ingest.workers.pool import JobResult, run_jobs
from tests.limits import HANG_S
from transforms.errors import Permanent, Transient

MEMORY_BYTES = 1_500_000_000


def behave(job: str) -> str:
    """What the workers of these tests run."""
    if job == "hang":
        while True:
            pass
    if job == "sleep":
        time.sleep(HANG_S)
    if job == "eat":
        eaten = []
        while True:
            eaten.append(bytearray(50_000_000))
    if job == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    if job == "exit":
        sys.exit("a page must not end its worker quietly")
    if job == "raise":
        raise ValueError("a broken page")
    if job == "fill the disk":
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))
        with tempfile.TemporaryFile(buffering=0) as file:
            while True:
                file.write(bytes(1_000))
    if job == "print":
        print("straight into the pipe")  # noqa: T201
    return f"{job} done"


def run(
    jobs: list[str], timeout_s: float = HANG_S, workers: int = 2, memory_bytes: int = MEMORY_BYTES
) -> list[JobResult]:
    function = f"{__name__}:behave"
    return list(run_jobs(function, jobs, workers=workers, timeout_s=timeout_s, memory_bytes=memory_bytes))


def test_results_come_in_the_order_of_the_jobs() -> None:
    jobs = [str(number) for number in range(50)]
    assert [result.value for result in run(jobs)] == [f"{job} done" for job in jobs]


@pytest.mark.parametrize(
    ("bad", "failure", "detail"),
    [
        ("die", "breaks", "the process ended with status -11"),
        ("exit", "breaks", "the process ended with status 1"),
        ("raise", "breaks", "ValueError: a broken page"),
    ],
)
def test_a_bad_job_fails_alone(bad: str, failure: str, detail: str) -> None:
    results = run(["a", bad, "b", "c"])
    assert [result.value for result in results] == ["a done", None, "b done", "c done"]
    assert (results[1].failure, results[1].detail) == (failure, detail)


@pytest.mark.parametrize("bad", ["hang", "sleep"])
def test_a_job_without_end_is_stopped_alone(bad: str) -> None:
    results = run(["a", bad, "b"], timeout_s=2.0)  # the others take less than a thousandth of it
    assert [result.value for result in results] == ["a done", None, "b done"]
    assert (results[1].failure, results[1].detail) == ("hangs", "more than 2 s")


def test_a_job_that_eats_memory_fails_alone() -> None:
    results = run(["a", "eat", "b"], memory_bytes=400_000_000)
    assert [result.value for result in results] == ["a done", None, "b done"]
    assert (results[1].failure, results[1].detail) == ("too_big", "more than 400,000,000 bytes")


def test_a_full_disk_is_no_fault_of_the_job() -> None:
    with pytest.raises(Transient, match=r"disk for temporary files is full .*nothing is lost"):
        run(["good", "fill the disk", "good"])


def test_what_a_job_prints_does_no_harm() -> None:
    assert [result.value for result in run(["print", "a"], workers=1)] == ["print done", "a done"]


def test_endless_jobs_are_taken_as_they_are_needed() -> None:
    taken = itertools.count()

    def endless() -> Iterator[str]:
        for number in taken:
            yield str(number)

    results = run_jobs(
        f"{__name__}:behave", endless(), workers=2, timeout_s=HANG_S, memory_bytes=MEMORY_BYTES
    )
    assert [next(results).value for _ in range(5)] == [f"{number} done" for number in range(5)]
    results.close()  # type: ignore[attr-defined]
    assert next(taken) <= 12, "only a few jobs ahead"


def test_workers_that_cannot_start_are_reported() -> None:
    with pytest.raises(Permanent, match="could not start"):
        list(run_jobs("no_such_module:f", ["a"], workers=1, timeout_s=1.0, memory_bytes=MEMORY_BYTES))


def test_no_jobs_start_no_workers() -> None:
    assert list(run_jobs("no_such_module:f", [], workers=1, timeout_s=1.0, memory_bytes=MEMORY_BYTES)) == []


def tell_process(job: str) -> int:
    """What the workers of these tests run: which process they are."""
    return os.getpid()


def list_processes(jobs: int) -> set[int]:
    results = run_jobs(
        f"{__name__}:tell_process", ["?"] * jobs, workers=1, timeout_s=HANG_S, memory_bytes=MEMORY_BYTES
    )
    return {result.value for result in results}


def test_the_next_pool_takes_over_the_idle_workers_of_the_last() -> None:
    assert len(list_processes(3)) == 1
    assert list_processes(1) == list_processes(1)


def test_a_forked_process_has_workers_of_its_own() -> None:
    """Two processes may not talk to one worker."""
    ours = list_processes(1)
    read, write = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            os.write(write, b"%d" % next(iter(list_processes(1))))
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    theirs = {int(os.read(read, 20))}
    os.close(read)
    os.close(write)
    assert theirs != ours
    assert list_processes(1) == ours
