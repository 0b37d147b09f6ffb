"""Asking the services that hold the past: patiently where they say to wait, and never twice what they refused."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from ingest.http.exchange import Exchange, Fetcher, Request, ServiceGate
from transforms.errors import Transient
from transforms.history.settings import HistorySettings

log = logging.getLogger("dateline.history")

MEMENTO = "memento-datetime"
"""The header of what an archive kept. Source: RFC 7089, 2.1.1."""
TRIES = 4
_LONGEST_WAIT_S = 900.0
"""A service that wants to be left alone for longer ends the run; the next one carries on."""
ARCHIVE_ORG = ("archive.org",)
COMMON_CRAWL = ("commoncrawl.org",)


def make_gate(
    url: str,
    use: str,
    spacing_s: float,
    history: HistorySettings,
    least_s: float = 0.0,
    owners: tuple[str, ...] = (),
) -> ServiceGate:
    """The gate of a service, such as the index of an archive.

    `least_s` holds instead of a lower `spacing_s` where the service is one of `owners`' own, whatever a user
    sets; an archive of the user's own may be asked as fast as that bears.
    """
    host = urlsplit(url).hostname or "nowhere"
    is_theirs = any(host == owner or host.endswith(f".{owner}") for owner in owners)
    return ServiceGate(
        f"{host}_{use}",
        max(spacing_s, least_s) if is_theirs else spacing_s,
        max(history.pause_s, 60.0) if is_theirs else history.pause_s,
    )


def _never(exchange: Exchange) -> bool:
    return False


async def ask(fetcher: Fetcher, request: Request, is_final: Callable[[Exchange], bool] = _never) -> Exchange:
    """Fetch; wait and ask again while the service says so, or does not answer; at most four times in all.

    An answer that is no success and will not become one (404, 403) is returned as it is, and so is what an archive
    kept of another server, whatever that said, and what `is_final` says yes to.

    Raises:
        Transient: the service is down, refuses connections or wants to be left alone for long.
    """
    for attempt in range(TRIES):
        exchange = await fetcher.fetch(request)
        fetch = exchange.fetch
        may_pass = fetch.outcome in ("throttled", "network_error") or fetch.status >= 500
        if not may_pass or MEMENTO in exchange.headers or is_final(exchange):
            return exchange
        if request.gate and fetch.outcome == "network_error" and "refused" in fetch.error:
            raise Transient(
                f"{request.gate.name.partition('_')[0]} refuses connections, as archives do for an hour or more when "
                "they were asked too often; run again later, nothing is lost"
            )
        wait_s = 2.0**attempt
        if exchange.retry_at is not None:
            wait_s = max(0.0, (exchange.retry_at - datetime.now(UTC)).total_seconds()) + 0.05
        if wait_s > _LONGEST_WAIT_S or attempt == TRIES - 1:
            break
        log.info("service_waits url=%s seconds=%.0f error=%r", request.url, wait_s, fetch.error)
        await asyncio.sleep(wait_s)
    raise Transient(f"{request.url}: {fetch.error}; run again later, nothing is lost")
