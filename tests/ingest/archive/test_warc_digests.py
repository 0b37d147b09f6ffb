"""Records whose digests tell that they are not what was written."""

import gzip
import hashlib
from base64 import b32encode, b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.archive.warc_digests import read_digest
from ingest.archive.warc_files import ArchiveWriter, read_warc
from ingest.archive.warc_reader import Damage
from ingest.http.exchange import Exchange
from tests.ingest.archive.captures import PAGE, make_record
from tests.ingest.archive.exchanges import MEGABYTES, make_exchange
from tests.ingest.history.saved import save

CHUNKED = b"%x\r\n%b\r\n0\r\n\r\n" % (len(PAGE), PAGE)
PACKED = gzip.compress(PAGE, mtime=0)


def _base32(data: bytes, name: str = "sha1") -> str:
    return f"{name}:{b32encode(hashlib.new(name, data).digest()).decode()}"


def _hex(data: bytes, name: str = "sha1") -> str:
    return f"{name}:{hashlib.new(name, data).hexdigest()}"


def _read(tmp_path: Path, record: bytes) -> Exchange | Damage:
    [found] = read_warc(save(tmp_path / "x.warc", record), "x.warc")
    return found


@pytest.mark.parametrize(
    "write",
    [
        _base32,
        _hex,
        lambda data: _hex(data).upper(),
        lambda data: _base32(data).lower(),
        lambda data: _base32(data, "sha256"),
        lambda data: _base32(data, "sha256").rstrip("="),
        lambda data: _hex(data, "sha256").replace("sha256", "sha-256"),
        lambda data: f"sha256:{b64encode(hashlib.sha256(data).digest()).decode()}",
    ],
)
def test_a_page_that_was_changed_is_damage(tmp_path: Path, write: Callable[[bytes], str]) -> None:
    extra = f"WARC-Payload-Digest: {write(PAGE)}\r\n"
    assert isinstance(_read(tmp_path, make_record("a", extra=extra)), Exchange)
    found = _read(tmp_path, make_record("a", extra=extra, payload=PAGE.replace(b"well", b"ill ")))
    assert isinstance(found, Damage)
    assert (found.url, found.offset) == ("https://hills.example/a", 0)
    assert "digest" in found.detail


@pytest.mark.parametrize(
    ("http", "payload", "digested"),
    [
        ("", PAGE, PAGE),
        ("Transfer-Encoding: chunked\r\n", CHUNKED, CHUNKED),
        ("Transfer-Encoding: chunked\r\n", CHUNKED, PAGE),
        ("Transfer-Encoding: chunked\r\n", PAGE, PAGE),  # its chunks were joined, its headers kept
        ("Content-Encoding: gzip\r\n", PACKED, PACKED),
        ("Content-Encoding: gzip\r\n", PACKED, PAGE),
        ("", PAGE, b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n" + PAGE),  # the block
    ],
)
def test_a_payload_may_be_understood_in_several_ways(
    tmp_path: Path, http: str, payload: bytes, digested: bytes
) -> None:
    extra = f"WARC-Payload-Digest: {_base32(digested)}\r\n"
    found = _read(tmp_path, make_record("a", http=http or "X: y\r\n", payload=payload, extra=extra))
    assert isinstance(found, Exchange)
    assert found.body == PAGE


def test_one_digest_that_fits_is_enough(tmp_path: Path) -> None:
    other = _base32(b"other")
    block = b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n" + PAGE
    for digests, kind in (
        ((_base32(block), other), Exchange),
        ((other, _base32(PAGE)), Exchange),
        ((_base32(block), ""), Exchange),
        ((other, ""), Damage),
        ((other, other), Damage),
    ):
        extra = f"WARC-Block-Digest: {digests[0]}\r\nWARC-Payload-Digest: {digests[1]}\r\n"
        assert isinstance(_read(tmp_path, make_record("a", http="X: y\r\n", extra=extra)), kind)


@pytest.mark.parametrize(
    "extra",
    [
        f"WARC-Payload-Digest: {_base32(b'other')}\r\nWARC-Truncated: length\r\n",
        "WARC-Payload-Digest: sha1:\r\n",
        "WARC-Payload-Digest: sha1:-\r\n",
        "WARC-Payload-Digest: crc32:0a0b0c0d\r\n",
        f"WARC-Payload-Digest: sha1:{'0' * 40}\r\n",
    ],
)
def test_what_says_nothing_is_no_damage(tmp_path: Path, extra: str) -> None:
    assert isinstance(_read(tmp_path, make_record("a", extra=extra)), Exchange)


def test_what_dateline_wrote_is_checked_as_well(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, MEGABYTES) as writer:
        name, _ = writer.append(make_exchange(1, b"Barley does well."))
    plain = gzip.decompress((tmp_path / name).read_bytes())
    [whole] = read_warc(save(tmp_path / "x.warc", plain), "x.warc")
    assert isinstance(whole, Exchange)
    [changed] = read_warc(save(tmp_path / "x.warc", plain.replace(b"does well", b"does ill ")), "x.warc")
    assert isinstance(changed, Damage)


def test_a_digest_is_read_whatever_it_is_written_in() -> None:
    assert read_digest(_hex(b"x")) == read_digest(_base32(b"x")) == ("sha1", hashlib.sha1(b"x").digest())
    for nothing in (None, "", "sha1", "sha1:zz", "AB2CDEF", "sha256:" + "a" * 40):
        assert read_digest(nothing) is None
