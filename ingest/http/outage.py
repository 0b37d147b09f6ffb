"""Distinguishing a missing network from hosts that are down."""

from collections.abc import Sequence

from ingest.http.client import is_offline
from ingest.http.exchange import Exchange
from transforms.errors import Transient


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
