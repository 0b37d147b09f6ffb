"""Addresses as requests need them, read by httpx's rules.

Reading one by httpx takes longer than sending the request, so an address that is written as most are is read
by a pattern; a test compares the two.
"""

import re
from dataclasses import dataclass
from typing import Self

import httpx

_QUAD = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_PLAIN = re.compile(
    rf"(https?)://((?:[a-z0-9-]+\.)+[a-z]{{2,}}|(?:{_QUAD}\.){{3}}{_QUAD})(?::([1-9][0-9]{{0,4}}))?"
    r"((?:/(?!\.)[A-Za-z0-9_~.-]*)+)(\?[A-Za-z0-9/_~.&=-]+)?"
)
"""Nothing in it is written in two ways: no capitals in the host, no escapes, no dots for folders."""
_PORTS = {"http": 80, "https": 443}


class NoTarget(ValueError):
    """An address that no request can be sent to."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes."""

    text: str  # the whole address, without fragment and credentials
    scheme: str  # http or https
    host: str  # in ASCII, small letters
    port: int | None  # where it is not the scheme's own
    path: bytes  # with the query

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises: NoTarget: `text` is no http or https URL."""
        plain = _PLAIN.fullmatch(text)
        port = int(plain[3]) if plain and plain[3] else None
        if plain and (port is None or (port < 65_536 and port != _PORTS[plain[1]])):
            return cls(text, plain[1], plain[2], port, (plain[4] + (plain[5] or "")).encode("ascii"))
        try:
            url = httpx.URL(text.strip()).copy_with(fragment=None, userinfo=b"")
        except Exception as error:  # httpx fails in several ways at what is no address
            raise NoTarget(f"{text[:300]!r} is no address: {error}") from error
        if url.scheme not in _PORTS or not url.raw_host:
            raise NoTarget(f"{text[:300]!r} is no http or https address")
        if url.port is not None and not 0 < url.port < 65_536:
            raise NoTarget(f"{text[:300]!r} has a port that there is not")
        return cls(str(url), url.scheme, url.raw_host.decode("ascii"), url.port, url.raw_path)

    def join(self, location: str) -> str:
        """The address that a redirect from here names, without fragment and credentials.

        Raises:
            NoTarget: `location` is no address.
        """
        try:
            return str(httpx.URL(self.text).join(location).copy_with(fragment=None, userinfo=b""))
        except Exception as error:  # httpx fails in several ways at what is no address
            raise NoTarget(f"{location[:300]!r} is no address: {error}") from error

    @property
    def origin(self) -> tuple[bytes, bytes, int]:
        """Scheme, host and port."""
        return self.scheme.encode("ascii"), self.host.encode("ascii"), self.port or _PORTS[self.scheme]

    @property
    def authority(self) -> bytes:
        """Host, and port where it is not the scheme's own, as a header names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (host if self.port is None else f"{host}:{self.port}").encode("ascii")
