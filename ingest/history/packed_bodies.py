"""Bodies that archives replay packed without saying so."""

from ingest.http.decoding import BadCoding, open_decoder

_ZSTD = b"\x28\xb5\x2f\xfd"
_TEXT_STARTS = (b"<", b"{", b"[", b"\xef\xbb\xbf")
_MOST_BYTES = 20_000_000  # of a body that was packed without saying so
_PIECE_BYTES = 1 << 16


def undo_coding(body: bytes) -> bytes:
    """Unpack a body that was archived packed, and is replayed without saying so; else it is as it was.

    gzip is found out while reading. brotli has no signature: what is no text but unpacks to some was packed.
    """
    if body.startswith(_ZSTD):
        return _unpack(body, "zstd") or body
    if not body or body.lstrip()[:3].startswith(_TEXT_STARTS) or not _is_binary(body[:200]):
        return body
    unpacked = _unpack(body, "br")
    return unpacked if unpacked.lstrip()[:3].startswith(_TEXT_STARTS) else body


def _unpack(body: bytes, coding: str) -> bytes:
    """b"" where that fails or is too much."""
    unpacked = bytearray()
    try:
        decoder = open_decoder(coding)
        for start in range(0, len(body), _PIECE_BYTES):
            for piece in decoder.feed(body[start : start + _PIECE_BYTES]):
                unpacked += piece
                if len(unpacked) > _MOST_BYTES:
                    return b""
        decoder.finish()
    except BadCoding:
        return b""
    return bytes(unpacked)


def _is_binary(head: bytes) -> bool:
    """Whether bytes are no text in any usual encoding: controls, or what is no UTF-8 where it begins."""
    if any(byte < 9 or 13 < byte < 27 for byte in head):
        return True
    try:
        head[:-4].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start < 16
    return False
