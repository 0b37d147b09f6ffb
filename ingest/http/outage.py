"""Distinguishing a missing network from hosts that are down."""

import socket
from collections.abc import Collection, Sequence

from ingest.http.exchange import Exchange
from transforms.errors import Transient

_SILENT = ("offline:", "dns:")
_CONTROL_NAME = "a.root-servers.net"
"""A name that every name server on the Internet knows, and that belongs to no publisher."""
_FAR_ADDRESSES = ((socket.AF_INET, "198.41.0.4"), (socket.AF_INET6, "2001:503:ba3e::2:30"))
"""The addresses of that name. Nothing is sent to them."""
_MANY_HOSTS = 3


def check_network(exchanges: Sequence[Exchange]) -> None:
    """Say so if this machine seems to have no network.

    Raises:
        Transient: it has none. A host that is down or gone does not raise: its feeds must show their error.
    """
    if is_offline(exchanges):
        first = exchanges[0].fetch
        raise Transient(
            f"no network: none of {len(exchanges)} addresses could be reached ({first.url}: {first.error}); "
            "check the connection and run again, nothing is lost"
        )


def is_offline(exchanges: Collection[Exchange]) -> bool:
    """Whether `exchanges`, all of a batch, failed because this machine has no network.

    Only where each one that was asked failed for want of a name, a name server or a route is there a doubt,
    and then the machine itself is looked at. Dead links alone never count as an outage: a name server that
    says "no such name" is an answer, unless it says so of the feeds of several hosts and of a name that
    exists (what some systems say when they are offline).
    """
    fetches = [exchange.fetch for exchange in exchanges]
    if any(fetch.status or fetch.outcome == "ok" for fetch in fetches):
        return False
    failures = [fetch for fetch in fetches if fetch.outcome == "network_error"]
    if not failures or not all(fetch.error.startswith(_SILENT) for fetch in failures):
        return False
    if not _has_route():
        return True
    has_answer = any(fetch.error.startswith("dns:") for fetch in failures)
    feed_hosts = {fetch.url.split("/")[2] for fetch in failures if fetch.kind == "feed"}
    if has_answer and len(feed_hosts) < _MANY_HOSTS:
        return False
    error = _look_up_control_name()
    return error is not None and (error != socket.EAI_NONAME or len(feed_hosts) >= _MANY_HOSTS)


def _has_route() -> bool:
    """Whether the system would know where to send a packet for the Internet; none is sent."""
    for family, address in _FAR_ADDRESSES:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((address, 53))
                return True
        except OSError:
            continue
    return False


def _look_up_control_name() -> int | None:
    """The resolver's error number; None when the name was found."""
    try:
        socket.getaddrinfo(_CONTROL_NAME, 80)
    except OSError as error:
        return error.errno or socket.EAI_FAIL
    return None
