"""Telling a missing network from hosts that are down."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from transforms.errors import Transient
from transforms.records import Fetch

_NO_NETWORK = re.compile(
    r"temporary failure in name resolution|network is (?:unreachable|down)|no route to host|no address assoc",
    re.IGNORECASE,
)


def check_network(fetches: Sequence[Fetch]) -> None:
    """Say so if there seems to be no network.

    That is when no fetch got any answer, and either several hosts were asked or the one host's error is one
    of a machine without a network: a single host that is down or gone must be recorded as such, or its
    feed would never show an error.

    Raises:
        Transient: there is no network.
    """
    if not fetches or any(fetch.outcome != "network_error" for fetch in fetches):
        return
    hosts = {urlsplit(fetch.url).hostname for fetch in fetches}
    if len(hosts) > 1 or any(_NO_NETWORK.search(fetch.error) for fetch in fetches):
        raise Transient(
            f"no network: of {len(fetches)} addresses on {len(hosts)} hosts none could be reached "
            f"({fetches[0].url}: {fetches[0].error}); check the connection and run again, nothing is lost"
        )
