import errno
import logging
import multiprocessing
import os
import resource
import signal
from pathlib import Path

import pytest

from ingest.archive.warc_files import ArchiveWriter, iterate_exchanges, read_exchange
from tests.ingest.archive.exchanges import MEGABYTES, NOW, append, files, make_exchange
from tests.limits import HANG_S
from transforms.errors import Permanent, Transient

SPAWN = multiprocessing.get_context("spawn")


def write_until_killed(folder: Path, ready: "multiprocessing.Queue[int]") -> None:
    writer = ArchiveWriter(folder, MEGABYTES, clock=lambda: NOW)
    for number in range(10**6):
        writer.append(make_exchange(number, os.urandom(2000)))
        if number == 20:
            ready.put(number)


def test_a_killed_writer_harms_nobody(tmp_path: Path) -> None:
    ready: multiprocessing.Queue[int] = SPAWN.Queue()
    process = SPAWN.Process(target=write_until_killed, args=(tmp_path, ready))
    process.start()
    ready.get(timeout=HANG_S)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    with ArchiveWriter(tmp_path, MEGABYTES, clock=lambda: NOW) as writer:
        last = append(writer, make_exchange(7))
    assert len(files(tmp_path)) == 2  # the killed one's file is not touched again
    found = list(iterate_exchanges(tmp_path))
    assert len(found) >= 22
    assert found[-1] == last
    assert read_exchange(tmp_path, found[5].fetch.warc_file, found[5].fetch.warc_offset) == found[5]


def test_a_file_cut_anywhere_gives_all_whole_records(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with ArchiveWriter(tmp_path, MEGABYTES) as writer:
        placed = [append(writer, make_exchange(number, os.urandom(100))) for number in range(3)]
    path = tmp_path / files(tmp_path)[0]
    whole = path.read_bytes()
    offsets = [one.fetch.warc_offset for one in placed]
    for end in range(offsets[1], len(whole)):
        path.write_bytes(whole[:end])
        caplog.clear()
        found = list(iterate_exchanges(tmp_path))
        whole_ones = 1 if end < offsets[2] else 2
        spare = (offsets[2] if whole_ones == 1 else len(whole)) - end
        # without its last bytes (the checksum, blank lines) a record still has its whole body
        assert found in (
            [placed[:whole_ones], placed[: whole_ones + 1]] if spare < 40 else [placed[:whole_ones]]
        )
        if end not in offsets and len(found) == whole_ones:
            assert "archive_damaged" in caplog.text


@pytest.mark.parametrize(
    "garbage", [b"", b"garbage, no gzip at all", b"\x1f\x8b\x08" + b"\xff" * 50, b"\0" * 99]
)
def test_files_of_garbage_are_passed_over(
    tmp_path: Path, garbage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.warc.gz").write_bytes(garbage)
    with ArchiveWriter(tmp_path, MEGABYTES) as writer:
        placed = append(writer, make_exchange())
    caplog.set_level(logging.WARNING)
    assert list(iterate_exchanges(tmp_path)) == [placed]
    assert ("archive_damaged" in caplog.text) == bool(garbage)


def test_reading_what_is_not_there(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, MEGABYTES) as writer:
        name, offset = writer.append(make_exchange())
    with pytest.raises(Permanent, match=r"gone\.warc\.gz is missing"):
        read_exchange(tmp_path, "gone.warc.gz", 0)
    with pytest.raises(Permanent, match="no record can be read"):
        read_exchange(tmp_path, name, offset + 5)
    with pytest.raises(Permanent, match="no record of an exchange"):
        read_exchange(tmp_path, name, 10**9)
    with pytest.raises(Permanent, match="no record of an exchange"):
        read_exchange(tmp_path, name, 0)
    with pytest.raises(Permanent, match="no file of the archive"):
        read_exchange(tmp_path / "inside", f"../{name}", offset)
    with (tmp_path / name).open("rb+") as file:
        file.truncate(offset + 400)
    with pytest.raises(Permanent, match="no record can be read"):
        read_exchange(tmp_path, name, offset)


def fill_the_disk(folder: Path, results: "multiprocessing.Queue[str]") -> None:
    """Write under a limit on file sizes, which fails in the middle of a record as a full disk does."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    writer = ArchiveWriter(folder, MEGABYTES, clock=lambda: NOW)
    writer.append(make_exchange(0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, resource.RLIM_INFINITY))
    try:
        writer.append(make_exchange(1, os.urandom(20_000)))
    except Transient as error:
        results.put(str(error))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    writer.append(make_exchange(2))
    writer.close()


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    results: multiprocessing.Queue[str] = SPAWN.Queue()
    process = SPAWN.Process(target=fill_the_disk, args=(tmp_path, results))
    process.start()
    assert "is full; make room" in results.get(timeout=HANG_S)
    process.join()
    assert [one.fetch.entry_id for one in iterate_exchanges(tmp_path)] == ["en1-0", "en1-2"]


def test_a_full_disk_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # /dev/full gives the real error, but is no file that could be cut back: the write alone is replaced
    def write(file: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with ArchiveWriter(tmp_path, MEGABYTES) as writer:
        writer.append(make_exchange(0))
        monkeypatch.setattr(os, "write", write)
        with pytest.raises(Transient, match=r"is full; make room"):
            writer.append(make_exchange(1))
        monkeypatch.undo()
        writer.append(make_exchange(2))
    assert [one.fetch.entry_id for one in iterate_exchanges(tmp_path)] == ["en1-0", "en1-2"]


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(Transient, match="cannot be written"):
        ArchiveWriter(tmp_path / "file", MEGABYTES).append(make_exchange())
