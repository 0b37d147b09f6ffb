import asyncio
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.http.host_gate import HostGate, HostHeld, file_name

HOST = "news.example"
SPAWN = multiprocessing.get_context("spawn")


def now() -> datetime:
    return datetime.now(UTC)


async def run_requests(gate: HostGate, count: int, spacing_s: float, lasting_s: float) -> list[float]:
    """Start `count` requests at once; returns when each was let through."""
    starts: list[float] = []
    connections = asyncio.Semaphore(100)

    async def request() -> None:
        async with gate.enter(HOST, spacing_s, connections):
            starts.append(time.time())
            await asyncio.sleep(lasting_s)

    await asyncio.gather(*(request() for _ in range(count)))
    return starts


def gaps(starts: list[float]) -> list[float]:
    ordered = sorted(starts)
    return [later - earlier for earlier, later in pairwise(ordered)]


def test_starts_are_spaced(tmp_path: Path) -> None:
    starts = asyncio.run(run_requests(HostGate(tmp_path, 5, now), 5, 0.1, 0.0))
    assert min(gaps(starts)) >= 0.098
    assert max(starts) - min(starts) < 2.0


def test_hosts_do_not_wait_for_one_another(tmp_path: Path) -> None:
    async def run() -> float:
        gate = HostGate(tmp_path, 1, now)
        connections = asyncio.Semaphore(2)
        began = time.monotonic()

        async def request(host: str) -> None:
            async with gate.enter(host, 30.0, connections):
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
        return time.monotonic() - began

    assert asyncio.run(run()) < 5.0


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
    folder: Path, spacing_s: float, lasting_s: float, results: "multiprocessing.Queue[float]"
) -> None:
    for start in asyncio.run(run_requests(HostGate(folder, 1, now), 3, spacing_s, lasting_s)):
        results.put(start)


def in_processes(target: Callable[..., None], folder: Path, *args: float) -> list[float]:
    results: multiprocessing.Queue[float] = SPAWN.Queue()
    processes = [SPAWN.Process(target=target, args=(folder, *args, results)) for _ in range(2)]
    for process in processes:
        process.start()
    starts = [results.get(timeout=30) for _ in range(6)]
    for process in processes:
        process.join()
    return starts


def test_spacing_holds_over_processes(tmp_path: Path) -> None:
    assert min(gaps(in_processes(ask_in_process, tmp_path, 0.1, 0.0))) >= 0.098


def test_one_at_a_time_holds_over_processes(tmp_path: Path) -> None:
    assert min(gaps(in_processes(ask_in_process, tmp_path, 0.0, 0.08))) >= 0.078


def hold_slot(folder: Path, ready: "multiprocessing.Queue[float]") -> None:
    async def run() -> None:
        async with HostGate(folder, 1, now).enter(HOST, 0.0, asyncio.Semaphore(1)):
            ready.put(time.time())
            await asyncio.sleep(60)

    asyncio.run(run())


def test_a_killed_process_frees_its_slot(tmp_path: Path) -> None:
    ready: multiprocessing.Queue[float] = SPAWN.Queue()
    process = SPAWN.Process(target=hold_slot, args=(tmp_path, ready))
    process.start()
    ready.get(timeout=30)

    async def wait(seconds: float) -> None:
        async with asyncio.timeout(seconds):
            await run_requests(HostGate(tmp_path, 1, now), 1, 0.0, 0.0)

    with pytest.raises(TimeoutError):
        asyncio.run(wait(0.2))
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    asyncio.run(wait(2.0))


def test_a_host_on_hold_is_not_waited_for(tmp_path: Path) -> None:
    until = now() + timedelta(seconds=60)

    async def run() -> None:
        await HostGate(tmp_path, 1, now).hold(HOST, until)
        gate = HostGate(tmp_path, 1, now)  # as another step would make it
        await run_requests(gate, 1, 0.0, 0.0)

    began = time.monotonic()
    with pytest.raises(HostHeld, match=HOST) as caught:
        asyncio.run(run())
    assert time.monotonic() - began < 1.0
    assert abs(caught.value.until - until) < timedelta(milliseconds=1)


def test_a_short_hold_is_waited_for(tmp_path: Path) -> None:
    async def run() -> list[float]:
        gate = HostGate(tmp_path, 1, now)
        await gate.hold(HOST, now() + timedelta(seconds=0.2))
        return await run_requests(gate, 1, 0.0, 0.0)

    began = time.time()
    assert asyncio.run(run())[0] - began >= 0.19


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


@pytest.mark.parametrize("content", [b"", b"garbage", b"nan nan", b"inf 1", b"\xff" * 64, b"99999999999 0"])
def test_a_broken_file_is_an_unknown_host(tmp_path: Path, content: bytes) -> None:
    (tmp_path / f"{HOST}.times").write_bytes(content)
    assert len(asyncio.run(run_requests(HostGate(tmp_path, 1, now), 2, 0.05, 0.0))) == 2


@given(st.lists(st.text(min_size=1, max_size=300), unique=True, min_size=2, max_size=5))
def test_hosts_have_files_of_their_own(hosts: list[str]) -> None:
    names = [file_name(host) for host in hosts]
    assert len(set(names)) == len(hosts)
    assert all("/" not in name and len(name.encode()) < 200 for name in names)
