"""Locks that hold over machines: leases in Redis, which whoever holds them renews.

A process that is killed or cut off renews nothing, and its lease ends by itself. So a lease may be lost while its
holder goes on (the network was gone, the server was started anew): a lease saves work done twice, and what must not
happen twice is kept from it by the store, which takes a name once.
"""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from transforms.errors import Permanent, Transient
from transforms.sharing_settings import LocksSettings

if TYPE_CHECKING:
    from redis import Redis

log = logging.getLogger("dateline.locks")
_PREFIX = "dateline:"
_RENEWED = 3  # times in a lease: one that fails is no loss
_LOOK_S = 0.25  # between two attempts at a lease that another holds
NO_REDIS = "locks.url is set, and the package redis is missing; install dateline[cluster]"
ATTEMPTS = 8
BACKOFF: dict[str, float] = {"base": 0.125, "cap": 8.0}
"""How every client of ours waits for a server that is started anew."""


def key_of_lock(kind: str, name: str) -> str:
    """The key of something in Redis; all keys of Dateline begin alike."""
    return f"{_PREFIX}{kind}:{name}"


def give_redis_options(settings: LocksSettings) -> dict[str, Any]:
    """What every client of ours is opened with, beside the URL and how it tries again."""
    password = os.environ.get(settings.password_env) if settings.password_env else None
    return {"password": password, "socket_timeout": 10.0, "socket_connect_timeout": 5.0}


def open_redis(settings: LocksSettings) -> "Redis":
    """A client of the server. One that does not answer is tried again for about half a minute.

    Raises:
        Permanent: the package redis is missing, or the URL makes no sense to it.
    """
    try:
        from redis import Redis
        from redis.backoff import ExponentialBackoff
        from redis.retry import Retry
    except ImportError as error:
        raise Permanent(NO_REDIS) from error
    try:
        retry = Retry(ExponentialBackoff(**BACKOFF), ATTEMPTS)
        return Redis.from_url(settings.url, retry=retry, **give_redis_options(settings))
    except ValueError as error:
        raise Permanent(f"locks.url makes no sense to redis ({error})") from error


@contextmanager
def explain_redis() -> Iterator[None]:
    """Say what an error of Redis means.

    Raises:
        Transient: the server does not answer, or fails.
        Permanent: it refuses us.
    """
    from redis.exceptions import AuthenticationError, RedisError

    try:
        yield
    except AuthenticationError as error:
        raise Permanent(f"the Redis server of locks.url refuses us ({error})") from error
    except RedisError as error:
        raise Transient(
            f"the Redis server of locks.url does not answer ({error}); run again when it does, nothing is lost"
        ) from error


@contextmanager
def hold_lease(settings: LocksSettings, name: str) -> Iterator[None]:
    """Hold a lock over all machines, however long that has to be waited for; nothing without `locks.url`.

    Raises:
        Transient: the server does not answer. A lease that is lost later is a warning in the log.
    """
    if not settings.url:
        yield
        return
    client = open_redis(settings)
    lease = client.lock(
        key_of_lock("lease", name), timeout=settings.lease_s, sleep=_LOOK_S, thread_local=False
    )
    with explain_redis():
        lease.acquire()
    stop = threading.Event()
    renewing = threading.Thread(
        target=_renew, args=(lease, settings.lease_s / _RENEWED, stop, name), daemon=True
    )
    renewing.start()
    try:
        yield
    finally:
        stop.set()
        renewing.join()
        _release(lease, name)
        client.close()


def _renew(lease: Any, every_s: float, stop: threading.Event, name: str) -> None:
    from redis.exceptions import LockNotOwnedError, RedisError

    while not stop.wait(every_s):
        try:
            lease.reacquire()
        except LockNotOwnedError:
            if not _take_again(lease):
                log.warning("lease_lost name=%s", name)
                return
        except RedisError as error:  # the next time may do
            log.warning("lease_not_renewed name=%s error=%r", name, str(error))


def _take_again(lease: Any) -> bool:
    """Whether a lease that the server has forgotten, and that nobody has taken meanwhile, could be had once more."""
    return bool(lease.acquire(blocking=False, token=lease.local.token))


def _release(lease: Any, name: str) -> None:
    from redis.exceptions import LockError, RedisError

    try:
        lease.release()
    except LockError:
        pass  # it was lost, which was said
    except RedisError as error:  # it ends by itself
        log.warning("lease_not_released name=%s error=%r", name, str(error))
