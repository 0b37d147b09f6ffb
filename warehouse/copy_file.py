"""Copy a closed DuckDB file byte by byte, and look at each block's checksum on the way.

Source of the layout: `src/storage/single_file_block_manager.cpp` and `src/common/checksum.cpp` of DuckDB: three
headers of 4,096 bytes, then blocks; each begins with the checksum of the rest, the exclusive or of its 64-bit words
times a constant.
"""

from io import FileIO
from pathlib import Path

import numpy as np

from transforms.errors import Permanent

HEADERS, HEADER_BYTES = 3, 4096
BLOCK_BYTES = 262_144
_BLOCKS_AT_ONCE = 32
_FACTOR, _START = np.uint64(0xBF58476D1CE4E5B9), np.uint64(5381)


class DamagedBlock(Permanent):
    """A block is not what was written, or was never written."""


def copy_database(source: Path, target: Path) -> None:
    """Copy a database file that is closed; `target` is written anew.

    Raises:
        DamagedBlock: a block's checksum does not fit; `target` is of no use.
        OSError: the disk is full.
    """
    with source.open("rb", buffering=0) as given, target.open("wb", buffering=0) as copy:
        _copy_part(given.read(HEADERS * HEADER_BYTES), HEADER_BYTES, copy, source)
        while data := given.read(_BLOCKS_AT_ONCE * BLOCK_BYTES):
            _copy_part(data, BLOCK_BYTES, copy, source)


def _copy_part(data: bytes, size: int, copy: FileIO, source: Path) -> None:
    if len(data) % size or not _are_whole(np.frombuffer(data, "<u8").reshape(-1, size // 8)):
        raise DamagedBlock(f"{source} has a block that is not whole")
    copy.write(data)


def _are_whole(blocks: np.ndarray) -> bool:
    found = np.bitwise_xor.reduce(blocks[:, 1:] * _FACTOR, axis=1) ^ _START
    return bool((found == blocks[:, 0]).all())
