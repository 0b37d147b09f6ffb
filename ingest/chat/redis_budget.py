"""A day's budget of requests and tokens of all machines together, kept in Redis: as `budget.py` keeps it in a file."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from ingest.chat.budget import Budget, Spent
from ingest.leases import explain_redis, key_of_lock, open_redis
from transforms.settings import ChatSettings
from transforms.sharing_settings import LocksSettings

_KEPT_S = 3 * 86_400
_RESERVE = """
local requests = tonumber(redis.call('HGET', KEYS[1], 'requests') or '0')
local tokens = tonumber(redis.call('HGET', KEYS[1], 'tokens') or '0')
local more, most_requests, most_tokens = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local is_over = most_requests > 0 and requests + 1 > most_requests
is_over = is_over or (most_tokens > 0 and tokens + more > most_tokens)
if not is_over then
    redis.call('HINCRBY', KEYS[1], 'requests', 1)
    redis.call('HINCRBY', KEYS[1], 'tokens', ARGV[1])
    redis.call('EXPIRE', KEYS[1], ARGV[4])
end
return {is_over and 1 or 0, requests, tokens}
"""
_CORRECT = """
local used = math.max(0, tonumber(redis.call('HGET', KEYS[1], 'tokens') or '0') + tonumber(ARGV[1]))
redis.call('HSET', KEYS[1], 'tokens', string.format('%.0f', used))
redis.call('EXPIRE', KEYS[1], ARGV[2])
"""


class RedisBudget(Budget):
    """As `Budget`, over all machines.

    Raises:
        Transient: from each method, when the server does not answer.
    """

    def __init__(
        self, locks: LocksSettings, most_requests: int, most_tokens: int, clock: Callable[[], datetime]
    ) -> None:
        super().__init__(Path(), most_requests, most_tokens, clock)
        self._redis: Any = open_redis(locks)

    def reserve(self, tokens: int) -> None:
        """As `Budget.reserve`."""
        day, key = self._today()
        most = self._requests, self._tokens
        with explain_redis():
            is_over, requests, used = self._redis.eval(_RESERVE, 1, key, tokens, *most, _KEPT_S)
        if is_over:
            self._check(Spent(day, requests, used), tokens)

    def correct(self, reserved: int, used: int) -> None:
        """As `Budget.correct`."""
        with explain_redis():
            self._redis.eval(_CORRECT, 1, self._today()[1], used - reserved, _KEPT_S)

    def read(self) -> Spent:
        """As `Budget.read`."""
        day, key = self._today()
        with explain_redis():
            requests, tokens = self._redis.hmget(key, "requests", "tokens")
        return Spent(day, int(requests or 0), int(tokens or 0))

    def _today(self) -> tuple[str, str]:
        day = self._clock().date().isoformat()
        return day, key_of_lock("budget", f"chat:{day}")


def open_budget(
    locks: LocksSettings, path: Path, chat: ChatSettings, clock: Callable[[], datetime]
) -> Budget:
    """The budget of this home, in the file `path`, or of all machines where `locks.url` names their server."""
    most = chat.budget_requests, chat.budget_tokens
    return RedisBudget(locks, *most, clock) if locks.url else Budget(path, *most, clock)
