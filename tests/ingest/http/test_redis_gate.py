"""The host gate in a real Redis: what `test_host_gate.py` asks of files, over processes that share no folder."""

import asyncio
import multiprocessing
import os
import signal
import time
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from ingest.http import redis_gate
from ingest.http.host_gate import HostHeld, HostSpent
from ingest.http.redis_gate import RedisHostGate
from tests.ingest.http.test_host_gate import HOST, SPAWN, Span, are_spaced, now, run_requests
from tests.limits import HANG_S
from tests.redis_server import find_free_port, run_redis
from transforms.errors import Transient
from transforms.sharing_settings import LocksSettings


@pytest.fixture
def locks(redis_url: str) -> LocksSettings:
    from redis import Redis

    Redis.from_url(redis_url).flushdb()
    return LocksSettings(url=redis_url, lease_s=1)


def ask(gate: RedisHostGate, count: int = 1, spacing_s: float = 0.0, lasting_s: float = 0.0) -> list[Span]:
    async def run() -> list[Span]:
        try:
            return await run_requests(gate, count, spacing_s, lasting_s)
        finally:
            await gate.close()

    return asyncio.run(run())


def ask_in_process(
    locks: LocksSettings, folder: Path, results: "multiprocessing.Queue[tuple[float, list[Span]]]"
) -> None:
    began = time.time()
    results.put((began, ask(RedisHostGate(locks, folder, 1, now), 3, 0.1, 0.15)))


def test_spacing_and_slots_hold_over_machines(locks: LocksSettings, tmp_path: Path) -> None:
    results: multiprocessing.Queue[tuple[float, list[Span]]] = SPAWN.Queue()
    homes = tmp_path / "one", tmp_path / "other"
    processes = [SPAWN.Process(target=ask_in_process, args=(locks, home, results)) for home in homes]
    for process in processes:
        process.start()
    (one, spans), (other, more) = (results.get(timeout=HANG_S) for _ in processes)
    for process in processes:
        process.join()
    assert are_spaced(min(one, other), [*spans, *more], 0.1)
    assert all(end <= start for (_, end), (start, _) in pairwise(sorted([*spans, *more])))


def hold_slot(locks: LocksSettings, folder: Path, ready: "multiprocessing.Queue[float]") -> None:
    async def run() -> None:
        async with RedisHostGate(locks, folder, 1, now).enter(HOST, 0.0, asyncio.Semaphore(1)):
            ready.put(time.time())
            await asyncio.sleep(2 * HANG_S)

    asyncio.run(run())


def test_a_slot_is_kept_while_its_process_lives_and_freed_when_it_is_killed(
    locks: LocksSettings, tmp_path: Path
) -> None:
    ready: multiprocessing.Queue[float] = SPAWN.Queue()
    process = SPAWN.Process(target=hold_slot, args=(locks, tmp_path, ready))
    process.start()
    ready.get(timeout=HANG_S)

    async def wait(seconds: float) -> None:
        gate = RedisHostGate(locks, tmp_path, 1, now)
        try:
            async with asyncio.timeout(seconds):
                await run_requests(gate, 1, 0.0, 0.0)
        finally:
            await gate.close()

    with pytest.raises(TimeoutError):
        asyncio.run(wait(1.6))  # longer than a lease
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    asyncio.run(wait(HANG_S))


def test_holds_are_heeded_by_all_and_the_longer_one_stays(locks: LocksSettings, tmp_path: Path) -> None:
    async def run() -> list[Span]:
        gate = RedisHostGate(locks, tmp_path, 1, now)
        await gate.hold(HOST, now() + timedelta(seconds=0.3))
        spans = await run_requests(gate, 1, 0.0, 0.0)  # a short one is waited for
        await gate.hold(HOST, until)
        await gate.hold(HOST, now() + timedelta(minutes=1))
        await gate.hold(HOST, now() - timedelta(minutes=1))
        await gate.close()
        return spans

    began, until = time.time(), now() + timedelta(hours=1)
    assert asyncio.run(run())[0][0] - began >= 0.29
    with pytest.raises(HostHeld, match=HOST) as caught:
        ask(RedisHostGate(locks, tmp_path, 1, now))
    assert abs(caught.value.until - until) < timedelta(seconds=1)
    ask(RedisHostGate(locks, tmp_path, 1, now, ignores_holds=True))


def test_what_a_host_took_counts_for_the_whole_run_and_for_no_other(
    locks: LocksSettings, tmp_path: Path
) -> None:
    def make_gate(run: str, budget_s: float = 0.05) -> RedisHostGate:
        return RedisHostGate(locks, tmp_path, 1, now, budget_s, run=run)

    for run in ("poll-1", "poll-2", "", ""):
        ask(make_gate(run), lasting_s=0.1)
    with pytest.raises(HostSpent):
        ask(make_gate("poll-2"))
    ask(make_gate("poll-2", 1e6), lasting_s=0.1)
    with pytest.raises(HostSpent):
        ask(make_gate("poll-2", 0.19))


def test_a_server_that_is_started_again_is_waited_for(tmp_path: Path) -> None:
    port = find_free_port()

    async def run() -> None:
        with run_redis(tmp_path, port) as url:
            gate = RedisHostGate(LocksSettings(url=url), tmp_path, 1, now)
            await run_requests(gate, 1, 0.0, 0.0)
        asking = asyncio.create_task(run_requests(gate, 1, 0.0, 0.0))
        await asyncio.sleep(0.3)
        with run_redis(tmp_path, port):
            await asking
            await gate.close()

    asyncio.run(run())


def test_a_server_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_gate, "ATTEMPTS", 0)
    locks = LocksSettings(url=f"redis://127.0.0.1:{find_free_port()}/0")
    with pytest.raises(Transient, match=r"locks\.url does not answer"):
        ask(RedisHostGate(locks, tmp_path, 1, now))
