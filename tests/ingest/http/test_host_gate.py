import asyncio
import multiprocessing
import os
import signal
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.http.host_gate import HostGate, HostHeld, HostSpent, file_name
from tests.limits import HANG_S

HOST = "news.example"
SPAWN = multiprocessing.get_context("spawn")


def now() -> datetime:
    return datetime.now(UTC)


Span = tuple[float, float]
"""Seconds since 1970: when a request had been let through and when it was about to end."""


async def run_requests(gate: HostGate, count: int, spacing_s: float, lasting_s: float) -> list[Span]:
    """Start `count` requests at once; returns the span of each."""
    spans: list[Span] = []
    connections = asyncio.Semaphore(100)

    async def request() -> None:
        async with gate.enter(HOST, spacing_s, connections):
            start = time.time()
            await asyncio.sleep(lasting_s)
            spans.append((start, time.time()))

    await asyncio.gather(*(request() for _ in range(count)))
    return spans


def are_spaced(began: float, spans: list[Span], spacing_s: float) -> bool:
    """Whether no request came too early after the first could start; on a busy machine all may be late."""
    starts = sorted(start for start, _ in spans)
    return all(start - began >= 0.98 * spacing_s * nth for nth, start in enumerate(starts))


def test_starts_are_spaced(tmp_path: Path) -> None:
    began = time.time()
    spans = asyncio.run(run_requests(HostGate(tmp_path, 5, now), 5, 0.1, 0.0))
    assert are_spaced(began, spans, 0.1)


def test_hosts_do_not_wait_for_one_another(tmp_path: Path) -> None:
    async def run() -> None:
        gate = HostGate(tmp_path, 1, now)
        connections = asyncio.Semaphore(2)

        async def request(host: str) -> None:
            async with gate.enter(host, 2 * HANG_S, connections):
                pass

        async with asyncio.TaskGroup() as group:
            for number in range(40):
                group.create_task(request(f"host{number}.example"))
        waiting = [asyncio.create_task(request("host0.example")) for _ in range(5)]
        await asyncio.sleep(0.05)
        await request("other.example")  # five requests that wait for host0 hold no connection
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(asyncio.wait_for(run(), HANG_S))


def test_no_more_than_allowed_at_once(tmp_path: Path) -> None:
    async def run() -> int:
        gate = HostGate(tmp_path, 2, now)
        connections = asyncio.Semaphore(100)
        active = peak = 0

        async def request() -> None:
            nonlocal active, peak
            async with gate.enter(HOST, 0.0, connections):
                active += 1
                peak = max(peak, active)
                await asyncio.sleep(0.02)
                active -= 1

        await asyncio.gather(*(request() for _ in range(8)))
        return peak

    assert asyncio.run(run()) == 2


def ask_in_process(
    folder: Path,
    spacing_s: float,
    lasting_s: float,
    results: "multiprocessing.Queue[tuple[float, list[Span]]]",
) -> None:
    began = time.time()
    results.put((began, asyncio.run(run_requests(HostGate(folder, 1, now), 3, spacing_s, lasting_s))))


def in_processes(folder: Path, spacing_s: float, lasting_s: float) -> tuple[float, list[Span]]:
    """Three requests from each of two processes; when the first of them began, and the spans of all six."""
    results: multiprocessing.Queue[tuple[float, list[Span]]] = SPAWN.Queue()
    processes = [
        SPAWN.Process(target=ask_in_process, args=(folder, spacing_s, lasting_s, results)) for _ in range(2)
    ]
    for process in processes:
        process.start()
    (one, spans), (other, more) = (results.get(timeout=HANG_S) for _ in processes)
    for process in processes:
        process.join()
    return min(one, other), [*spans, *more]


def test_spacing_holds_over_processes(tmp_path: Path) -> None:
    assert are_spaced(*in_processes(tmp_path, 0.1, 0.0), 0.1)


def test_one_at_a_time_holds_over_processes(tmp_path: Path) -> None:
    _, spans = in_processes(tmp_path, 0.0, 0.08)
    assert all(end <= start for (_, end), (start, _) in pairwise(sorted(spans)))


def hold_slot(folder: Path, ready: "multiprocessing.Queue[float]") -> None:
    async def run() -> None:
        async with HostGate(folder, 1, now).enter(HOST, 0.0, asyncio.Semaphore(1)):
            ready.put(time.time())
            await asyncio.sleep(2 * HANG_S)

    asyncio.run(run())


def test_a_killed_process_frees_its_slot(tmp_path: Path) -> None:
    ready: multiprocessing.Queue[float] = SPAWN.Queue()
    process = SPAWN.Process(target=hold_slot, args=(tmp_path, ready))
    process.start()
    ready.get(timeout=HANG_S)

    async def wait(seconds: float) -> None:
        async with asyncio.timeout(seconds):
            await run_requests(HostGate(tmp_path, 1, now), 1, 0.0, 0.0)

    with pytest.raises(TimeoutError):
        asyncio.run(wait(0.2))
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    asyncio.run(wait(HANG_S))


def test_a_host_on_hold_is_not_waited_for(tmp_path: Path) -> None:
    until = now() + timedelta(hours=1)

    async def run() -> None:
        await HostGate(tmp_path, 1, now).hold(HOST, until)
        gate = HostGate(tmp_path, 1, now)  # as another step would make it
        await run_requests(gate, 1, 0.0, 0.0)

    with pytest.raises(HostHeld, match=HOST) as caught:
        asyncio.run(run())
    assert abs(caught.value.until - until) < timedelta(milliseconds=1)


def test_a_short_hold_is_waited_for(tmp_path: Path) -> None:
    async def run() -> list[Span]:
        gate = HostGate(tmp_path, 1, now)
        await gate.hold(HOST, now() + timedelta(seconds=0.2))
        return await run_requests(gate, 1, 0.0, 0.0)

    began = time.time()
    assert asyncio.run(run())[0][0] - began >= 0.19


def test_the_longer_hold_stays_and_none_lasts_for_ever(tmp_path: Path) -> None:
    at = [datetime(2026, 11, 23, tzinfo=UTC)]
    day = timedelta(days=1)

    async def run() -> None:
        gate = HostGate(tmp_path, 1, lambda: at[0])
        await gate.hold(HOST, at[0] + 300 * day)
        await gate.hold(HOST, at[0] + timedelta(minutes=1))
        with pytest.raises(HostHeld) as caught:
            await run_requests(gate, 1, 0.0, 0.0)
        assert caught.value.until == at[0] + day
        at[0] += day
        await run_requests(gate, 1, 0.0, 0.0)

    asyncio.run(run())


def test_what_a_host_took_counts_for_the_whole_run_and_for_no_other(tmp_path: Path) -> None:
    def make_gate(run: str, budget_s: float = 0.05) -> HostGate:
        return HostGate(tmp_path, 1, now, budget_s, run=run)  # as each step makes one

    async def ask_beside_another() -> None:
        first = make_gate("poll-3")
        await run_requests(first, 1, 0.0, 0.1)
        await run_requests(make_gate("poll-4"), 1, 0.0, 0.1)  # takes the place of the first in the file
        with pytest.raises(HostSpent):
            await run_requests(first, 1, 0.0, 0.0)

    for run in ("poll-1", "poll-2", "", ""):
        asyncio.run(run_requests(make_gate(run), 1, 0.0, 0.1))
    with pytest.raises(HostSpent, match="in this run; the rest waits for the next one"):
        asyncio.run(run_requests(make_gate("poll-2"), 1, 0.0, 0.0))
    asyncio.run(run_requests(make_gate("poll-2", 1e6), 1, 0.0, 0.1))
    with pytest.raises(HostSpent):
        asyncio.run(run_requests(make_gate("poll-2", 0.19), 1, 0.0, 0.0))
    asyncio.run(ask_beside_another())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"garbage",
        b"nan nan",
        b"inf 1",
        b"\xff" * 64,
        b"99999999999 0",
        b"1 0 nan a",
        b"1 0 1 \xff",
    ],
)
def test_a_broken_file_is_an_unknown_host(tmp_path: Path, content: bytes) -> None:
    (tmp_path / f"{HOST}.times").write_bytes(content)
    assert len(asyncio.run(run_requests(HostGate(tmp_path, 1, now), 2, 0.05, 0.0))) == 2


@given(st.lists(st.text(min_size=1, max_size=300), unique=True, min_size=2, max_size=5))
def test_hosts_have_files_of_their_own(hosts: list[str]) -> None:
    names = [file_name(host) for host in hosts]
    assert len(set(names)) == len(hosts)
    assert all("/" not in name and len(name.encode()) < 200 for name in names)


def test_a_hold_of_a_clock_that_was_ahead_does_not_lengthen_the_next(tmp_path: Path) -> None:
    years_ahead = now() + timedelta(days=2000)
    asyncio.run(HostGate(tmp_path, 1, lambda: years_ahead).hold(HOST, years_ahead + timedelta(hours=1)))
    asked_until = now() + timedelta(hours=2)
    gate = HostGate(tmp_path, 1, now)
    asyncio.run(run_requests(gate, 1, 0.0, 0.0))  # it is not believed
    asyncio.run(gate.hold(HOST, asked_until))
    with pytest.raises(HostHeld) as held:
        asyncio.run(run_requests(gate, 1, 0.0, 0.0))
    assert abs(held.value.until - asked_until) < timedelta(seconds=1)
