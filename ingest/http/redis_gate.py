"""Politeness to a host over several machines: what `host_gate.py` keeps in files is kept in Redis, by its clock.

For each host there are keys of its own, which all end by themselves:

- `slots`: the requests that run, each with the instant until which it counts. Who asks renews its own; those of a
  process that is killed run out. One that is cut off from the server for as long may ask beside another for a moment.
- `started`: when the last request started.
- `held`: until when the host is to be left alone.
- `spent`, of one run: how long its requests took.

Each change is one script, so no two processes meet in it.
"""

import asyncio
import math
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ingest.http.host_gate import Host, HostGate, HostHeld, HostSpent
from ingest.leases import ATTEMPTS, BACKOFF, NO_REDIS, explain_redis, give_redis_options, key_of_lock
from transforms.errors import Permanent, Transient
from transforms.settings import HttpSettings
from transforms.sharing_settings import LocksSettings

_PATIENCE_MS = 2_000  # a host that wants to be left alone for no longer than this is waited for
_LONGEST_HOLD_MS = 86_400_000
_RUN_MS = 2 * 86_400_000  # how long it is known what a run has spent
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 0.5
_RENEWED = 3  # times in a lease

_NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
"""
_TAKE_SLOT = f"""{_NOW}
local slots, token, most, lease = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', slots, '-inf', now)
if redis.call('ZSCORE', slots, token) == false and redis.call('ZCARD', slots) >= most then return 0 end
redis.call('ZADD', slots, now + lease, token)
if redis.call('PTTL', slots) < lease then redis.call('PEXPIRE', slots, lease) end
return 1
"""
"""Take a slot, or renew one."""
_START = f"""{_NOW}
local spacing, budget, patience = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if tonumber(redis.call('GET', KEYS[3]) or '0') >= budget then return {{-2, 0}} end
local held = redis.call('PTTL', KEYS[2])
if patience >= 0 and held > patience then return {{-1, held}} end
local wait = 0
if patience >= 0 and held > 0 then wait = held end
local started = tonumber(redis.call('GET', KEYS[1]) or '0')
local spaced = started + spacing - now
if spaced > wait and spaced <= spacing + 1000 then wait = spaced end
if wait <= 0 then redis.call('SET', KEYS[1], string.format('%.0f', now), 'PX', math.floor(spacing + 60000)) end
return {{0, math.ceil(wait)}}
"""
"""Note that a request starts, or say for how many ms it may not. A start far ahead was noted before the server's
clock was set back."""
_HOLD = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], '1', 'PX', ARGV[1]) end
"""
_SPEND = """
redis.call('INCRBYFLOAT', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""


class RedisHostGate(HostGate):
    """Lets requests of all machines through to their hosts; made and used within one event loop."""

    def __init__(
        self,
        locks: LocksSettings,
        folder: Path,
        per_host: int,
        clock: Callable[[], datetime],
        budget_s: float = math.inf,
        *,
        run: str = "",
        ignores_holds: bool = False,
    ) -> None:
        """As `HostGate`; `folder` is that of the robots.txt files, which each home has of its own.

        Raises:
            Permanent: the package redis is missing.
        """
        super().__init__(folder, per_host, clock, budget_s, run=run, ignores_holds=ignores_holds)
        try:
            from redis.asyncio import Redis
            from redis.asyncio.retry import Retry
            from redis.backoff import ExponentialBackoff
        except ImportError as error:
            raise Permanent(NO_REDIS) from error
        retry = Retry(ExponentialBackoff(**BACKOFF), ATTEMPTS)
        self._redis: Any = Redis.from_url(locks.url, retry=retry, **give_redis_options(locks))
        self._lease_s = locks.lease_s

    async def close(self) -> None:
        await super().close()
        await self._redis.aclose()

    async def hold(self, host: str, until: datetime) -> None:
        """As `HostGate.hold`."""
        left_ms = min(int((until - self._clock()).total_seconds() * 1000), _LONGEST_HOLD_MS)
        if left_ms > 0:
            await self._ask(_HOLD, [_key("held", host)], left_ms)

    @asynccontextmanager
    async def _hold_slot(self, host: Host) -> AsyncIterator[None]:
        """Hold one of the host's slots, of all machines together."""
        token = secrets.token_hex(8)
        slot = [_key("slots", host.name)], token, self._per_host, int(self._lease_s * 1000)
        pause_s = _FIRST_PAUSE_S
        while not await self._ask(_TAKE_SLOT, *slot):
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
        renewing = asyncio.create_task(self._renew(slot))
        try:
            yield
        finally:
            renewing.cancel()
            with suppress(asyncio.CancelledError, Transient):  # what is not renewed or freed ends by itself
                await renewing
            with suppress(Transient), explain_redis():
                await self._redis.zrem(_key("slots", host.name), token)

    async def _renew(self, slot: tuple[list[str], str, int, int]) -> None:
        """Renew a slot until this is cancelled."""
        keys, token, _, lease_ms = slot
        while True:
            await asyncio.sleep(self._lease_s / _RENEWED)
            await self._ask(_TAKE_SLOT, keys, token, self._per_host, lease_ms)

    async def _try_start(self, host: Host, spacing_s: float) -> float:
        """As `HostGate._try_start`."""
        if host.spent_s >= self._budget_s:
            raise HostSpent(host.name, self._budget_s)
        keys = [_key("started", host.name), _key("held", host.name), self._key_of_spent(host.name)]
        patience_ms = -1 if self._ignores_holds else _PATIENCE_MS
        budget_s = self._budget_s if self._run else math.inf
        values = spacing_s * 1000, min(budget_s, 1e12), patience_ms
        said, milliseconds = await self._ask(_START, keys, *values)
        if said == -2:
            raise HostSpent(host.name, self._budget_s)
        if said == -1:
            raise HostHeld(host.name, self._clock() + timedelta(milliseconds=milliseconds))
        return float(milliseconds) / 1000

    async def _note_time(self, host: Host, took_s: float) -> None:
        host.spent_s += took_s
        await self._ask(_SPEND, [self._key_of_spent(host.name)], f"{took_s:.6f}", _RUN_MS)

    def _key_of_spent(self, host: str) -> str:
        return f"{_key('spent', host)}:{self._run}"

    async def _ask(self, script: str, keys: list[str], *values: object) -> Any:
        with explain_redis():
            return await self._redis.eval(script, len(keys), *keys, *values)


def _key(what: str, host: str) -> str:
    return f"{key_of_lock('host', host)}:{what}"


def open_gate(
    locks: LocksSettings,
    settings: HttpSettings,
    folder: Path,
    clock: Callable[[], datetime],
    *,
    run: str,
    ignores_holds: bool,
) -> HostGate:
    """The gate of this machine's processes, or of all machines where `locks.url` names their server."""
    given: tuple[Path, int, Callable[[], datetime], float]
    given = folder, settings.per_host, clock, settings.host_budget_s
    if locks.url:
        return RedisHostGate(locks, *given, run=run, ignores_holds=ignores_holds)
    return HostGate(*given, run=run, ignores_holds=ignores_holds)
