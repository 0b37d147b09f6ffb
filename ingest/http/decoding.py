"""Undoing an HTTP Content-Encoding piece by piece, in bounded memory.

A few kilobytes may decompress to gigabytes, so no decoder here ever makes more than `_PIECE_BYTES` at a
time: whoever consumes the pieces counts them and stops.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol

import brotli
import zstandard

ACCEPT_ENCODING = "gzip, br, zstd"
"""What `open_decoder` undoes, as a client says it."""

_PIECE_BYTES = 1 << 16
_MAX_CODINGS = 3  # a body compressed more often than this is made to harm
_ZSTD_WINDOW_BYTES = 8 << 20
_SIGNATURE_BYTES = 4
_TEXT = re.compile(rb"(?:\xef\xbb\xbf)?[\t\r\n -~]{4}(?:[\t\r\n -~]{28}|[\t\r\n -~]{0,27}\Z)")
_GZIP = b"\x1f\x8b\x08"
_GZIP_TRAILER_BYTES = 8


class BadCoding(Exception):
    """The body breaks off, goes on as something else, or is coded too often."""


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
    """A decoder for a body with this Content-Encoding header, as generous as browsers and feed readers are.

    Names that are no coding (`none`, `UTF-8`) say nothing, a body that is not coded as its header says passes
    through as it is, and a body that begins as gzip does is unpacked, whatever its header says.

    Source: RFC 9110, 8.4 (codings are listed in the order they were applied); RFC 9659 (zstd windows).

    Raises:
        BadCoding: too many codings.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    names = [name for name in names if name in _CODINGS]
    if len(names) > _MAX_CODINGS:
        raise BadCoding(f"{len(names)} content codings on one body")
    decoder: Decoder = _Layer("")
    for name in names:  # the first was applied first, so it is undone last
        decoder = _Chain(_Layer(name), decoder)
    return decoder


def keep_as_it_is() -> Decoder:
    """For a part of a file, of which nobody knows how it begins."""
    return _Plain()


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


class _Layer:
    """Undoes one coding; data that turns out not to be so coded, before anything came of it, passes through."""

    def __init__(self, name: str) -> None:
        """`name`: of the coding; "" for gzip that no header told of."""
        self._name = name
        self._decoder: Decoder | None = None
        self._fed = b""  # until something came of it, or it is too much to go back
        self._is_sure = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        if not self._is_sure:
            self._fed += data
        if self._decoder is None:
            is_unclear = self._name == "deflate" or _GZIP.startswith(self._fed)
            if is_unclear and len(self._fed) < _SIGNATURE_BYTES:
                return
            data, self._decoder = self._fed, self._choose()
        try:
            for piece in self._decoder.feed(data):
                self._is_sure, self._fed = True, b""
                yield piece
        except BadCoding:
            if self._is_sure:
                raise
            self._decoder, self._is_sure = _Plain(), True
            yield self._fed
        if len(self._fed) > _PIECE_BYTES:
            self._is_sure, self._fed = True, b""

    def finish(self) -> None:
        if self._decoder is not None:
            self._decoder.finish()
        elif self._fed:
            raise BadCoding("the gzip body is cut short")

    def _choose(self) -> Decoder:
        if self._fed.startswith(_GZIP) and self._name in ("", "deflate"):
            return _Inflate("gzip")
        if self._name == "deflate" and _TEXT.match(self._fed):  # deflate itself has no signature
            return _Plain()
        return _CODINGS[self._name]() if self._name else _Plain()


class _Inflate:
    """gzip (also of several members) and deflate (also without the zlib wrapper); check sums do not matter.

    Source: RFC 1952, 2.3 (header and trailer of gzip); RFC 1950, 2.2 (header of zlib).
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._stream: zlib._Decompress | None = None
        self._waiting = b""  # a header or trailer of which more is to come
        self._begun = self._ended = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._begun = self._begun or bool(data)
        while data and not self._ended:
            if self._stream is None:
                data = self._read_header(self._waiting + data)
            elif self._stream.eof:
                data = self._read_trailer(self._waiting + data)
            else:
                yield from self._decompress(data)
                data = self._stream.unused_data

    def _decompress(self, data: bytes) -> Iterator[bytes]:
        assert self._stream is not None
        try:
            while piece := self._stream.decompress(data, _PIECE_BYTES):
                yield piece
                data = self._stream.unconsumed_tail
        except zlib.error as error:
            raise BadCoding(f"the body is no {self._name}: {error}") from error

    def _read_header(self, data: bytes) -> bytes:
        """What follows the header; b"" while it is not all there."""
        length = _measure_gzip_header(data) if self._name == "gzip" else _measure_zlib_header(data)
        self._waiting = data if length is None else b""
        if length is None:
            return b""
        self._stream = zlib.decompressobj(-15)
        return data[length:]

    def _read_trailer(self, data: bytes) -> bytes:
        """What follows the trailer if it is another member; else the end, and padding does not matter."""
        self._waiting = data if len(data) < _GZIP_TRAILER_BYTES + 2 else b""
        if self._waiting:
            return b""
        rest = data[_GZIP_TRAILER_BYTES:]
        self._ended = self._name != "gzip" or not rest.startswith(_GZIP[:2])
        if not self._ended:
            self._stream = None
        return rest

    def finish(self) -> None:
        if self._begun and not self._ended and (self._stream is None or not self._stream.eof):
            raise BadCoding(f"the {self._name} body is cut short")


def _measure_gzip_header(data: bytes) -> int | None:
    """The length of the header that `data` begins with; None while that is not known.

    Raises:
        BadCoding: it is none.
    """
    if not _GZIP.startswith(data[:3]):
        raise BadCoding("the body is no gzip: it does not begin so")
    if len(data) < 10:
        return None
    flags, end = data[3], 10
    if flags & 4:  # extra fields, with their length before them
        if len(data) < 12:
            return None
        end = 12 + int.from_bytes(data[10:12], "little")
    for flag in (8, 16):  # file name and comment, each ends with a zero
        if flags & flag:
            zero = data.find(b"\0", end)
            if zero < 0:
                if len(data) > _PIECE_BYTES:
                    raise BadCoding("the body is no gzip: its header does not end")
                return None
            end = zero + 1
    end += 2 if flags & 2 else 0  # a check sum
    return end if len(data) >= end else None


def _measure_zlib_header(data: bytes) -> int | None:
    """As `_measure_gzip_header`; 0 for data without one, which many servers send as deflate."""
    if len(data) < 2:
        return None
    return 2 if data[0] & 15 == 8 and int.from_bytes(data[:2], "big") % 31 == 0 else 0


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


_CODINGS: dict[str, Callable[[], Decoder]] = {
    "gzip": partial(_Inflate, "gzip"),
    "x-gzip": partial(_Inflate, "gzip"),
    "deflate": partial(_Inflate, "deflate"),
    "br": _Brotli,
    "zstd": _Zstd,
}
