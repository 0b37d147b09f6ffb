"""Undoing an HTTP Content-Encoding piece by piece, in bounded memory.

A few kilobytes may decompress to gigabytes, so no decoder here ever makes more than `_PIECE_BYTES` at a
time: whoever consumes the pieces counts them and stops.
"""

import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli
import zstandard

ACCEPT_ENCODING = "gzip, br, zstd"
"""What `open_decoder` undoes, as a client says it."""

_PIECE_BYTES = 1 << 16
_MAX_CODINGS = 3  # a body compressed more often than this is made to harm
_ZSTD_WINDOW_BYTES = 8 << 20


class BadCoding(Exception):
    """The body is not what its Content-Encoding says, or the encoding is one we do not know."""


class Decoder(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decode `data`, which continues what was fed before, into pieces of bounded size.

        Raises:
            BadCoding: the data cannot be decoded.
        """
        ...

    def finish(self) -> None:
        """Say that no more data comes.

        Raises:
            BadCoding: the data ended too early.
        """
        ...


def open_decoder(content_encoding: str) -> Decoder:
    """A decoder for the value of a Content-Encoding header; "" and "identity" pass data through.

    Source: RFC 9110, 8.4 (codings are listed in the order they were applied); RFC 9659 (zstd windows).

    Raises:
        BadCoding: an unknown coding, or too many of them.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if len(names) > _MAX_CODINGS:
        raise BadCoding(f"{len(names)} content codings on one body")
    decoder: Decoder = _Plain()
    for name in names:  # the first was applied first, so it is undone last
        decoder = _Chain(_open_one(name), decoder)
    return decoder


def _open_one(name: str) -> Decoder:
    if name in ("gzip", "x-gzip"):
        return _Zlib(name, 31)
    if name == "deflate":
        return _Zlib(name, 15)
    if name == "br":
        return _Brotli()
    if name == "zstd":
        return _Zstd()
    raise BadCoding(f"unknown content coding {name!r}")


class _Plain:
    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data

    def finish(self) -> None:
        return


class _Chain:
    def __init__(self, outer: Decoder, inner: Decoder) -> None:
        self._outer = outer
        self._inner = inner

    def feed(self, data: bytes) -> Iterator[bytes]:
        for piece in self._outer.feed(data):
            yield from self._inner.feed(piece)

    def finish(self) -> None:
        self._outer.finish()
        self._inner.finish()


class _Zlib:
    """gzip (also of several members, as RFC 1952 allows) and deflate (also without the zlib wrapper)."""

    def __init__(self, name: str, wbits: int) -> None:
        self._name = name
        self._wbits = wbits
        self._stream = zlib.decompressobj(wbits)
        self._begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._stream.eof:
                if not self._is_next_member(data):
                    return  # padding after the end, which browsers ignore too
                self._stream = zlib.decompressobj(self._wbits)
            piece = self._decompress(data)
            self._begun = True
            if piece:
                yield piece
            data = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
        while not self._stream.eof and (piece := self._decompress(b"")):
            yield piece

    def finish(self) -> None:
        if self._begun and not self._stream.eof:
            raise BadCoding(f"the {self._name} body is cut short")

    def _is_next_member(self, data: bytes) -> bool:
        return self._wbits == 31 and data.startswith(b"\x1f")

    def _decompress(self, data: bytes) -> bytes:
        try:
            return self._stream.decompress(data, _PIECE_BYTES)
        except zlib.error as error:
            if self._wbits == 15 and not self._begun:
                self._wbits = -15
                self._stream = zlib.decompressobj(-15)
                return self._decompress(data)
            raise BadCoding(f"the body is no {self._name}: {error}") from error


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()
        self._begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._stream.is_finished():
            return
        self._begun = True
        try:
            piece = self._stream.process(data, output_buffer_limit=_PIECE_BYTES)
            while piece:
                yield piece
                if self._stream.is_finished():
                    return
                piece = self._stream.process(b"", output_buffer_limit=_PIECE_BYTES)
        except brotli.error as error:
            raise BadCoding(f"the body is no br: {error}") from error

    def finish(self) -> None:
        if self._begun and not self._stream.is_finished():
            raise BadCoding("the br body is cut short")


class _Zstd:
    """A frame is decoded in slices so small that even one full of run-length blocks stays bounded.

    Source: RFC 8878, 3.1.1.2: the smallest block has 4 bytes and makes at most 128 KiB.
    """

    _SLICE_BYTES = 32

    def __init__(self) -> None:
        self._codec = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES)
        self._stream = self._codec.decompressobj()
        self._begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), self._SLICE_BYTES):
            rest = data[start : start + self._SLICE_BYTES]
            while rest:
                if self._stream.eof:
                    self._stream = self._codec.decompressobj()
                self._begun = True
                try:
                    piece = self._stream.decompress(rest)
                except zstandard.ZstdError as error:
                    raise BadCoding(f"the body is no zstd: {error}") from error
                if piece:
                    yield piece
                rest = self._stream.unused_data if self._stream.eof else b""

    def finish(self) -> None:
        if self._begun and not self._stream.eof:
            raise BadCoding("the zstd body is cut short")
