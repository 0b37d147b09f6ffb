"""A chat endpoint: where it is, and the key to it, which nothing ever prints."""

from dataclasses import dataclass

import httpx

from transforms.errors import Permanent

_PATH = "/chat/completions"


class Key:
    """A secret that is only ever sent; its text appears in no representation."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        """`value`: the key; "" for an endpoint that wants none.

        Raises:
            Permanent: it cannot stand in a header.
        """
        self._value = value.strip()
        if not (self._value.isascii() and (self._value.isprintable() or not self._value)):
            raise Permanent("the key in the environment variable of chat.key_env is no line of plain ASCII")

    def __repr__(self) -> str:
        return "Key(***)" if self._value else "Key()"

    def make_headers(self) -> dict[str, str]:
        """What sends the key; only for the request itself."""
        return {"Authorization": f"Bearer {self._value}"} if self._value else {}

    def cover(self, text: str) -> str:
        """`text` with `***` wherever the key stands in it: endpoints quote what they refuse."""
        return text.replace(self._value, "***") if self._value else text


@dataclass(frozen=True, slots=True)
class Endpoint:
    url: str  # of chat completions
    key: Key


def make_endpoint(url: str, key: Key) -> Endpoint:
    """The endpoint at `url`, the address that ends in `/v1` (the whole one will do too); as the setting takes it.

    Raises:
        Permanent: its host cannot be one.
    """
    try:
        _ = httpx.URL(url).host
    except (httpx.InvalidURL, ValueError) as error:
        raise Permanent(f"chat.url = {url!r} is no address ({error})") from error
    base = url.rstrip("/")
    return Endpoint(base if base.endswith(_PATH) else base + _PATH, key)
