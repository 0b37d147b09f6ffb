"""WARC files that zstd packed: a frame a record, with a dictionary or without, whole and damaged."""

from pathlib import Path

import pytest
import zstandard

from ingest.archive.warc_files import read_warc
from ingest.archive.warc_reader import Damage
from tests.ingest.archive.captures import PAGE, make_record
from tests.ingest.history.saved import save

NAMES = ["a", "b", "c"]
RECORDS = [make_record(name, payload=PAGE + name.encode() * 3000) for name in NAMES]
DICTIONARY = zstandard.train_dictionary(
    2000, [make_record(str(n), payload=PAGE * (n % 7 + 1)) for n in range(300)]
)


def _skip(data: bytes, kind: int = 0x50) -> bytes:
    return bytes((kind, 0x2A, 0x4D, 0x18)) + len(data).to_bytes(4, "little") + data


def _with_dictionary(first: bytes) -> bytes:
    codec = zstandard.ZstdCompressor(dict_data=DICTIONARY)
    return _skip(first, 0x5D) + b"".join(map(codec.compress, RECORDS))


def _read(tmp_path: Path, content: bytes) -> tuple[list[str], list[str]]:
    """The last letters of the addresses read, and what is said of damage."""
    found = list(read_warc(save(tmp_path / "x.warc.zst", content), "x.warc.zst"))
    names = [item.fetch.url[-1] for item in found if not isinstance(item, Damage)]
    return names, [item.detail for item in found if isinstance(item, Damage)]


FRAMES = [zstandard.compress(record) for record in RECORDS]


@pytest.mark.parametrize(
    "content",
    [
        b"".join(FRAMES),
        zstandard.compress(b"".join(RECORDS)),
        _skip(b"notes") + _skip(b"").join(FRAMES),
        _with_dictionary(DICTIONARY.as_bytes()),
        _with_dictionary(zstandard.compress(DICTIONARY.as_bytes())),
    ],
)
def test_all_records_are_read(content: bytes, tmp_path: Path) -> None:
    assert _read(tmp_path, content) == (NAMES, [])


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (b"".join(FRAMES)[:-5], NAMES[:2]),
        (b"".join(FRAMES[:2]) + FRAMES[2][:9], NAMES[:2]),
        (b"".join(FRAMES[:2]) + b"what is no frame", NAMES[:2]),
        (FRAMES[0] + FRAMES[1][:20] + bytes(20) + FRAMES[2], NAMES[:1]),
        (_with_dictionary(DICTIONARY.as_bytes())[:1000], []),
        (_skip(zstandard.compress(b"x")[:-2], 0x5D) + FRAMES[0], []),
        (b"\x28\xb5\x2f\xfd" + bytes(20), []),
    ],
)
def test_what_comes_before_damage_is_read(content: bytes, names: list[str], tmp_path: Path) -> None:
    found, damage = _read(tmp_path, content)
    assert found == names
    assert damage


def test_what_unpacks_to_a_lot_is_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A megabyte may become gigabytes, and the disk is not full of them."""
    monkeypatch.setattr("ingest.archive.warc_zstd._LEAST_ROOM", 1_000_000)
    bomb = FRAMES[0] + zstandard.compress(bytes(50_000_000)) + FRAMES[1]
    found, damage = _read(tmp_path, bomb)
    assert found == NAMES[:1]
    assert any("unpacks to more than 1,000,000 bytes" in one for one in damage)
