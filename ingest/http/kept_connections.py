"""Connections that are kept to be asked again, by the server that they lead to."""

import time
from collections.abc import Sequence
from typing import Protocol

from ingest.http.stream import OpenAnswer
from ingest.http.targets import Target

_KEPT_S = 30.0
"""Most servers wait longer than this before they close what is idle."""
Origin = tuple[bytes, bytes, int]
"""Scheme, host and port."""


class HttpConnection(Protocol):
    """A connection over which requests can be sent."""

    is_shared: bool
    """Whether it takes a request while another one is under way."""
    kept_at: float
    """When it was put back, by the monotonic clock."""

    @property
    def is_usable(self) -> bool:
        """Whether a request can be sent now, as far as this side knows."""
        ...

    async def ask(self, target: Target, headers: Sequence[tuple[bytes, bytes]], read_s: float) -> OpenAnswer:
        """Send a request and wait for the headers of its answer; `read_s` is how long the server may stay silent.

        Raises:
            Silent, OSError: as `Stream.read` does.
            BrokenAnswer: there is no answer, or none that can be read.
        """
        ...

    def close(self) -> None:
        """Close it, when nobody uses it any more."""
        ...


class KeptConnections:
    """Connections to be asked again, at most `most`: finding one takes as long however many there are."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._by_origin: dict[Origin, list[HttpConnection]] = {}
        self._origins: dict[HttpConnection, Origin] = {}  # the one that was used longest ago first

    def take(self, origin: Origin) -> HttpConnection | None:
        """One that the other side has not closed; of HTTP/2 it stays here, for others to share."""
        while kept := self._by_origin.get(origin):
            connection = kept[-1]
            is_usable = connection.is_usable and time.monotonic() - connection.kept_at < _KEPT_S
            if is_usable and connection.is_shared:
                return connection
            self._drop(connection)
            if is_usable:
                return connection
            connection.close()
        return None

    def put(self, origin: Origin, connection: HttpConnection) -> None:
        """Keep a connection for the next request, or close it where there can be none."""
        self._drop(connection)
        if not connection.is_usable:
            connection.close()
            return
        connection.kept_at = time.monotonic()
        self._origins[connection] = origin
        self._by_origin.setdefault(origin, []).append(connection)
        if len(self._origins) > self._most:
            oldest = next(iter(self._origins))
            self._drop(oldest)
            oldest.close()

    def close(self) -> None:
        for connection in list(self._origins):
            self._drop(connection)
            connection.close()

    def _drop(self, connection: HttpConnection) -> None:
        origin = self._origins.pop(connection, None)
        if origin is not None:
            kept = self._by_origin[origin]
            kept.remove(connection)
            if not kept:
                del self._by_origin[origin]
