"""Damaged and unusual WARC files: what is whole is read, what is not is told, and nothing grows without bound."""

import gzip
import random
import resource
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.archive.warc_files import read_warc
from ingest.archive.warc_reader import Damage
from tests.ingest.archive.captures import PAGE, make_record
from tests.paths import ROOT

NAMES = ["a", "b", "c", "d"]
RECORDS = [
    make_record(name, payload=PAGE + random.Random(name).randbytes(3000).hex().encode()) for name in NAMES
]


def read(tmp_path: Path, content: bytes, name: str = "x.warc.gz") -> tuple[list[str], list[Damage]]:
    """The last letters of the addresses read, and the damage."""
    path = tmp_path / name
    path.write_bytes(content)
    found = list(read_warc(path, name, 10_000_000))
    damage = [item for item in found if isinstance(item, Damage)]
    return [item.fetch.url[-1] for item in found if not isinstance(item, Damage)], damage


def pack(*records: bytes) -> bytes:
    return b"".join(gzip.compress(record, mtime=0) for record in records)


@pytest.mark.parametrize(
    "content",
    [
        b"".join(RECORDS),
        pack(*RECORDS),
        gzip.compress(b"".join(RECORDS)),  # one member around all
        gzip.compress(RECORDS[0]) + gzip.compress(b"".join(RECORDS[1:])),
        pack(*(b"".join(RECORDS)[at : at + 777] for at in range(0, len(b"".join(RECORDS)), 777))),  # anywhere
        b"".join(RECORDS).replace(b"\r\n\r\nWARC", b"\r\n\r\n\r\nWARC"),
        pack(*RECORDS) + bytes(512),  # a tape's padding
    ],
)
def test_every_way_of_packing_gives_all_records(content: bytes, tmp_path: Path) -> None:
    assert read(tmp_path, content) == (NAMES, [])


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("nth", range(4))
def test_a_record_cut_in_the_middle_loses_itself_alone(packed: bool, nth: int, tmp_path: Path) -> None:
    records = [pack(record) if packed else record for record in RECORDS]
    whole = records[nth]
    for end in range(12, len(whole) - 10, len(whole) // 40):
        records[nth] = whole[:end]
        found, damage = read(tmp_path, b"".join(records))
        assert found == [name for name in NAMES if name != NAMES[nth]], end
        assert damage, end
        assert damage[0].detail


def test_what_a_cut_member_and_the_next_one_make_together_is_no_record(tmp_path: Path) -> None:
    """Where the stream goes on by chance, and has line ends where the record should end."""
    cut = gzip.compress(RECORDS[0][:-30] + b"\n0\n1\r\n=l9f" + b"x" * 5000 + b"WARC/0.a", mtime=0)
    found, damage = read(tmp_path, cut[:-20] + pack(*RECORDS[1:]))
    assert (found, len(damage) > 0) == (NAMES[1:], True)
    whole = RECORDS[0][:-4]
    for blanks, kept in ((b"\r\n\r\n", NAMES), (b"\n\r\n", NAMES[1:])):
        one = gzip.compress(whole + blanks + b"no record at all\r\n\r\n" + b"".join(RECORDS[1:]), mtime=0)
        found, damage = read(tmp_path, one)
        assert (found, len(damage)) == (kept, 1)


@pytest.mark.parametrize("packed", [True, False])
def test_overwritten_bytes_lose_the_record_that_they_are_in(packed: bool, tmp_path: Path) -> None:
    records = [pack(record) if packed else record for record in RECORDS]
    whole, second = b"".join(records), len(records[0])
    for at in range(second, second + len(records[1]) - 20, 97):
        spoilt = whole[:at] + bytes(byte ^ 0x55 for byte in whole[at : at + 8]) + whole[at + 8 :]
        found, damage = read(tmp_path, spoilt)
        assert [name for name in found if name in "acd"] == ["a", "c", "d"], at
        if packed:
            assert ("b" in found) != bool(damage), at  # its checksum is looked at


def test_a_length_that_is_wrong(tmp_path: Path) -> None:
    for length in (10**6, len(PAGE) + 200, 20):
        found, damage = read(tmp_path, RECORDS[0] + make_record("b", length=length) + RECORDS[2])
        assert found == ["a", "c"], length
        assert len(damage) == 1
    for bad in ("x", "-5", "1e3"):
        record = make_record("b").replace(b"Content-Length: ", f"Content-Length: {bad} ".encode())
        found, damage = read(tmp_path, RECORDS[0] + record + RECORDS[2])
        assert (found, len(damage)) == (["a", "c"], 1)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"date": "0001-01-01T00:00:00Z"}, "nothing was saved at '0001-01-01T00:00:00Z'"),
        ({"date": "9999-12-31T23:59:59-01:00"}, "is no WARC-Date"),
        ({"date": "9999-12-31T23:59:59Z"}, "nothing was saved at"),
        ({"date": "00010101000000"}, "nothing was saved at"),
        ({"date": "yesterday"}, "'yesterday' is no WARC-Date"),
        ({"date": ""}, "is no WARC-Date"),
        ({"date": "20261350000000"}, "is no WARC-Date"),
        ({"url": "http://[::1"}, "is no address that can be read"),
        ({"url": "http://hills.example:99999/{}"}, "is no address that can be read"),
        ({"url": "https:///{}"}, "is no address that can be read"),
        ({"url": "{}"}, "is no address of the web"),
        ({"url": ""}, "is no address of the web"),
        ({"extra": "WARC-Segment-Number: 1\r\n"}, "segments"),
        ({"kind": "continuation"}, "segments"),
    ],
)
def test_a_record_that_says_nonsense_loses_itself_alone(
    changes: dict[str, str], says: str, tmp_path: Path
) -> None:
    found, damage = read(tmp_path, RECORDS[0] + make_record("b", **changes) + RECORDS[2])  # type: ignore[arg-type]
    assert found == ["a", "c"]
    [one] = damage
    assert says in one.detail
    assert one.offset == len(RECORDS[0])


@pytest.mark.parametrize(
    ("date", "instant"),
    [
        ("20260306090501", "2026-03-06T09:05:01+00:00"),
        ("202603060905", "2026-03-06T09:05:00+00:00"),
        ("20260306", "2026-03-06T00:00:00+00:00"),
        ("20260306090501123", "2026-03-06T09:05:01+00:00"),
        ("2026-03-06T09:05:01", "2026-03-06T09:05:01+00:00"),
        ("2026-03-06T09:05:01.123456789Z", "2026-03-06T09:05:01.123456+00:00"),
        ("2026-03-06T09:05:01+03:00", "2026-03-06T06:05:01+00:00"),
        ("2026-03-06T09:05Z", "2026-03-06T09:05:00+00:00"),
        ("2026-03-06", "2026-03-06T00:00:00+00:00"),
        ("2026-03", "2026-03-01T00:00:00+00:00"),
        ("2026", "2026-01-01T00:00:00+00:00"),
    ],
)
def test_the_forms_of_a_date(date: str, instant: str, tmp_path: Path) -> None:
    path = tmp_path / "x.warc"
    path.write_bytes(make_record("a", date=date))
    [found] = read_warc(path, "x.warc")
    assert not isinstance(found, Damage)
    assert found.fetch.requested_at.isoformat() == instant


@pytest.mark.parametrize(
    "changes",
    [
        {"http": "", "kind": "resource", "content_type": "text/html"},
        {"http": "", "kind": "conversion", "content_type": "text/html"},
        {"http": "", "kind": "response", "content_type": "text/html"},
        {"url": "<https://hills.example/{}>"},
        {"http": "Content-Type: text/html\r\nContent-Encoding: gzip\r\n"},
        {"http": "Content-Type: text/html\r\nContent-Encoding: br\r\nTransfer-Encoding: chunked\r\n"},
        {"http": "Content-Type: text/html\r\nContent-Encoding: deflate\r\n"},
        {"http": "Content-Type: text/html\r\nContent-Encoding: zstd\r\n"},
        {"http": "Content-Type: text/html\r\nContent-Encoding: x-own\r\n"},
    ],
)
def test_unusual_records_that_hold_the_page(changes: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "x.warc"
    path.write_bytes(make_record("a", **changes))  # type: ignore[arg-type]
    [found] = read_warc(path, "x.warc")
    assert not isinstance(found, Damage)
    assert (found.fetch.outcome, found.body) == ("ok", PAGE)
    assert found.fetch.url == "https://hills.example/a"


WAYS = [b"".join(RECORDS), pack(*RECORDS), gzip.compress(b"".join(RECORDS))]


@given(
    content=st.sampled_from(WAYS),
    share=st.floats(0, 1),
    lost=st.integers(0, 400),
    put=st.binary(max_size=60),
)
def test_any_damage_ends_and_is_told(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, share: float, lost: int, put: bytes
) -> None:
    start = int(share * len(content))
    changed = content[:start] + put + content[start + lost :]
    found, damage = read(tmp_path_factory.mktemp("any"), changed)
    if changed.startswith(content[:200]) and len(found) < len(NAMES) and start + lost < len(content):
        assert damage, found


def pack_long(begin: bytes, letter: bytes, blocks: int) -> bytes:
    """A gzip member of `begin` and so many megabytes of `letter`: one is packed, and then repeated."""
    packer = zlib.compressobj(wbits=-15)
    head = packer.compress(begin) + packer.flush(zlib.Z_FULL_FLUSH)
    block = letter * 1_000_000
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = zlib.crc32(begin)
    for _ in range(blocks):
        checksum = zlib.crc32(block, checksum)
    size = (len(begin) + blocks * len(block)) % 2**32
    return (
        gzip.compress(b"")[:10] + head + packed * blocks + packer.flush() + struct.pack("<II", checksum, size)
    )


def test_what_decompresses_to_a_lot_takes_little_memory(tmp_path: Path) -> None:
    """In a process with 700 MB: a body, a header without end, and garbage, of 800 MB each."""
    script = (
        "import sys; from pathlib import Path; from ingest.archive.warc_files import read_warc;"
        "from ingest.archive.warc_reader import Damage;"
        "found = read_warc(Path(sys.argv[1]), 'x', 10**7);"
        "[print(getattr(x, 'detail', '') or x.fetch.error or x.fetch.url) for x in found]"
    )
    size = 800_000_000
    head = make_record("b", length=size).partition(b"<!doctype")[0]
    for begin in (head, b"WARC/1.0\r\nWARC-Type: ", b"WARC/1.0\r\n\r\n"):
        path = tmp_path / "bomb.warc.gz"
        bomb = pack_long(begin, b"\0" if begin is head else b"x", size // 1_000_000)
        path.write_bytes(bomb + gzip.compress(RECORDS[2]))
        done = subprocess.run(
            [sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, text=True, check=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (700_000_000, 700_000_000)),
        )  # fmt: skip
        first, last = done.stdout.splitlines()[0], done.stdout.splitlines()[-1]
        assert last == "https://hills.example/c"
        assert first != last
