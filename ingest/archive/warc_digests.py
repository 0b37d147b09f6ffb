"""The digests that a WARC record tells of itself, compared with what lies there."""

import hashlib
import re
from base64 import b32decode, b64decode
from binascii import Error as BadText
from collections.abc import Callable, Iterable, Iterator

_ALGORITHMS = ("sha1", "sha256", "sha512", "md5")

Digest = tuple[str, bytes]
"""The name of an algorithm, as hashlib has it, and what it should give."""


def is_altered(
    block_digest: str | None,
    payload_digest: str | None,
    block: bytes,
    readings: Callable[[], Iterable[bytes]],
) -> bool:
    """Whether a record has digests that can be read, and none of them is that of what it holds.

    `readings` gives the payload in each way in which writers understand it: as it is stored, without its
    chunks, unpacked. One that fits is enough: tools that rewrite the headers of a response leave the digest of
    the block as it was.

    Source: WARC 1.1, sections 5.8 and 5.9; in the wild digests are base32 or hex.
    """
    wanted = read_digest(block_digest)
    if wanted and _fits(wanted, block):
        return False
    of_payload = read_digest(payload_digest)
    if of_payload is None:
        return wanted is not None
    return not any(_fits(of_payload, payload) for payload in _list_payloads(block, readings))


def read_digest(field: str | None) -> Digest | None:
    """The digest that a field holds, in hex, base32 or base64; None for one that says nothing known."""
    label, _, text = (field or "").partition(":")
    name = re.sub(r"[^a-z0-9]", "", label.lower())
    if name not in _ALGORITHMS:
        return None
    size = hashlib.new(name, usedforsecurity=False).digest_size
    text = text.strip().rstrip("=")
    found = next((value for value in _decode(text) if len(value) == size and any(value)), None)
    return (name, found) if found else None


def _decode(text: str) -> Iterator[bytes]:
    for decode, padding in ((bytes.fromhex, 1), (_read_base32, 8), (_read_base64, 4)):
        try:
            yield decode(text + "=" * (-len(text) % padding))
        except (BadText, ValueError):
            continue


def _read_base32(text: str) -> bytes:
    return b32decode(text, casefold=True)


def _read_base64(text: str) -> bytes:
    return b64decode(text, altchars=b"-_" if re.search("[-_]", text) else None, validate=True)


def _list_payloads(block: bytes, readings: Callable[[], Iterable[bytes]]) -> Iterator[bytes]:
    """The readings of a payload, and the block last, which some writers take for it."""
    yield from readings()
    yield block


def _fits(digest: Digest, data: bytes) -> bool:
    name, wanted = digest
    return hashlib.new(name, data, usedforsecurity=False).digest() == wanted
