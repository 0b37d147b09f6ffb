"""One HTTP exchange as the rest of the project sees it, and what may fetch one.

`Fetcher` has two kinds of implementation: the HTTP client, and readers of what was fetched before (the
archive, for a replay). Steps get one passed in and do not know which.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from transforms.records import Fetch, FetchKind


@dataclass(frozen=True, slots=True)
class ServiceGate:
    """A service of an archive: asked at a rate of its own, and outside robots.txt, which is about crawling."""

    name: str  # what its rate is kept under, for all processes
    spacing_s: float  # between the starts of two requests
    pause_s: float = 60.0  # at least, after a 429 or 503


@dataclass(frozen=True, slots=True)
class Request:
    kind: FetchKind
    url: str
    run_id: str
    feed_id: str = ""
    entry_id: str = ""
    etag: str = ""  # sent as If-None-Match, as it was received
    last_modified: str = ""  # sent as If-Modified-Since, as it was received
    gate: ServiceGate | None = None  # None: the host's own
    byte_range: tuple[int, int] | None = None  # first and last byte
    headers: tuple[tuple[str, str], ...] = ()  # sent to this host alone, such as a key; kept nowhere
    is_followed: bool = True  # False: a redirect is the answer
    is_kept: bool = True  # False: the caller archives what it makes of the answer


@dataclass(frozen=True, slots=True)
class Exchange:
    """The result of a request; a failure is reported in `fetch.outcome`, never raised."""

    fetch: Fetch
    headers: Mapping[str, str]  # of the last response, names in lower case, repeats joined by ", "
    body: bytes  # decompressed; b"" unless outcome is ok
    moved_to: str = ""  # where to ask from now on: set when every redirect of the chain was permanent
    retry_at: datetime | None = None  # when to come back: Retry-After of a 429 or 503


class Fetcher(Protocol):
    async def fetch(self, request: Request) -> Exchange:
        """Fetch `request.url`; raises only for what ends the whole batch (a full disk, a lost archive)."""
        ...

    def check_network(self, exchanges: Sequence[Exchange]) -> None:
        """Raise `Transient` if `exchanges`, all of a batch, failed because this machine has no network."""
        ...


class Archive(Protocol):
    def append(self, exchange: Exchange) -> tuple[str, int]:
        """Keep `exchange`; returns the file, relative to the archive, and the offset in it."""
        ...
