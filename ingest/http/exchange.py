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
class Request:
    kind: FetchKind
    url: str
    run_id: str
    feed_id: str = ""
    entry_id: str = ""
    etag: str = ""  # sent as If-None-Match, as it was received
    last_modified: str = ""  # sent as If-Modified-Since, as it was received


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
