"""WARC files that zstd packed: unpacked into a file without a name, and read as plain ones.

Source: the Zstandard WARC file format 1.0 of the IIPC; RFC 8878, 3.1.2 (skippable frames).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, cast

import zstandard

from transforms.errors import Transient, is_full_disk

_FRAME = b"\x28\xb5\x2f\xfd"
_STARTS = (_FRAME, *(bytes((0x50 + n, 0x2A, 0x4D, 0x18)) for n in range(16)))
_DICTIONARY = b"\x5d\x2a\x4d\x18"
_MOST_DICTIONARY_BYTES = 1 << 26
_MOST_WINDOW_BYTES = 1 << 27  # what `zstd --long` writes
_MOST_RATIO = 100  # pages are packed to a fifth or a tenth of their size
_LEAST_ROOM = 1 << 28  # what any file may unpack to
_PIECE_BYTES = 1 << 12  # what so few bytes unpack to has room in memory


@contextmanager
def open_warc(path: Path) -> Iterator[tuple[BinaryIO, str]]:
    """The file's records, packed with gzip or not at all, and what is wrong with what follows them; "" for nothing.

    Raises:
        Transient: there is no room to unpack the file.
    """
    with path.open("rb") as file:
        packed = file.read(len(_FRAME)) in _STARTS
        file.seek(0)
        if not packed:
            yield file, ""
            return
        with TemporaryFile() as nameless:
            unpacked = cast(BinaryIO, nameless)
            damage = _unpack(file, unpacked)
            unpacked.seek(0)
            yield unpacked, damage


def _unpack(file: BinaryIO, unpacked: BinaryIO) -> str:
    try:
        dictionary = _read_dictionary(file)
        codec = zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=_MOST_WINDOW_BYTES)
        frame = codec.decompressobj()
        most_bytes = max(_LEAST_ROOM, _MOST_RATIO * os.fstat(file.fileno()).st_size)
        while rest := file.read(_PIECE_BYTES):
            while rest:
                if frame.eof:
                    frame = codec.decompressobj()
                unpacked.write(frame.decompress(rest))
                rest = frame.unused_data if frame.eof else b""
                if unpacked.tell() > most_bytes:
                    return f"the compressed file unpacks to more than {most_bytes:,} bytes"
        unpacked.flush()
    except zstandard.ZstdError as error:
        return f"the compressed file is damaged ({error})"
    except OSError as error:
        if not is_full_disk(error):
            raise
        raise Transient(
            "there is no room to unpack a WARC file; make room for temporary files, or set TMPDIR"
        ) from error
    return "" if frame.eof else "the compressed file is cut short"


def _read_dictionary(file: BinaryIO) -> zstandard.ZstdCompressionDict | None:
    """What the first frame holds if it is a dictionary; else `file` stays where it was."""
    head = file.read(8)
    size = int.from_bytes(head[4:], "little")
    if head[:4] != _DICTIONARY or size > _MOST_DICTIONARY_BYTES:
        file.seek(0)
        return None
    data = file.read(size)
    if data.startswith(_FRAME):
        data = zstandard.ZstdDecompressor().decompress(data, max_output_size=_MOST_DICTIONARY_BYTES)
    return zstandard.ZstdCompressionDict(data)
