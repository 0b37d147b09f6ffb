"""File locks between real processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.locks import KeptLocks, LockHeld, hold_lock, hold_named_lock, read_holder, try_lock
from tests.paths import ROOT
from transforms.errors import Transient

HOLD = """
import sys
from pathlib import Path
from ingest.locks import hold_lock, hold_named_lock
path = Path(sys.argv[1])
with (hold_named_lock(path, 0) if sys.argv[2] == "named" else hold_lock(path)):
    print("held", flush=True)
    sys.stdin.read()
"""
COUNT = """
import os, sys, time
from pathlib import Path
from ingest.locks import hold_lock
for _ in range(20):
    with hold_lock(Path(sys.argv[1])) as file:
        number = int(os.pread(file, 20, 0) or b"0")
        time.sleep(0.001)
        os.pwrite(file, b"%d" % (number + 1), 0)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.lock"


@contextmanager
def another_holds(path: Path, how: str = "plain") -> "Iterator[subprocess.Popen[str]]":
    """A process that holds the lock until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), how],
        cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.communicate()


def test_only_one_has_the_lock_and_after_it_the_next(path: Path) -> None:
    with another_holds(path):
        assert try_lock(path) is None
    file = try_lock(path)
    assert file is not None
    assert try_lock(path) is None  # not even the same process has it twice
    os.close(file)


def test_a_killed_holder_frees_its_lock(path: Path) -> None:
    with another_holds(path, "named") as process:
        with pytest.raises(LockHeld):
            hold_named_lock(path, 0).__enter__()
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert read_holder(path) == ""
        with hold_named_lock(path, 0):
            assert read_holder(path).startswith(f"pid {os.getpid()} since 2")


def test_whoever_waits_in_vain_is_told_who_holds_it(path: Path) -> None:
    with another_holds(path, "named") as process:
        assert read_holder(path).startswith(f"pid {process.pid} since 2")
        started = time.monotonic()
        with pytest.raises(Transient, match=rf"locked by another process \(pid {process.pid} since 2"):
            hold_named_lock(path, 0.2).__enter__()
        assert time.monotonic() - started >= 0.2
    assert read_holder(path) == ""
    assert path.read_bytes() == b""


def test_a_holder_without_a_name_is_another_process(path: Path) -> None:
    with another_holds(path):
        assert read_holder(path) == "another process"


def test_nobody_holds_a_file_that_is_not_there(path: Path) -> None:
    assert read_holder(path) == ""
    assert try_lock(path, create=False) is None
    assert not path.exists()
    with pytest.raises(FileNotFoundError):
        try_lock(path.parent / "nowhere" / "some.lock")


def test_a_failure_inside_frees_the_lock(path: Path) -> None:
    for hold in (hold_lock(path), hold_named_lock(path, 0)):
        with pytest.raises(ZeroDivisionError), hold:
            raise ZeroDivisionError
        assert read_holder(path) == ""


def test_what_several_processes_do_under_the_lock_is_never_mixed(path: Path) -> None:
    counting = [subprocess.Popen([sys.executable, "-c", COUNT, str(path)], cwd=ROOT) for _ in range(3)]
    assert [process.wait() for process in counting] == [0, 0, 0]
    assert path.read_bytes() == b"60"


def test_a_child_process_does_not_inherit_the_lock(path: Path) -> None:
    command = [sys.executable, "-c", "print('up', flush=True); input()"]
    with hold_lock(path):
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, close_fds=False)
    with child:
        assert child.stdout is not None
        child.stdout.readline()  # only now is it certain that the new program's files are all there are
        file = try_lock(path)
        child.communicate(b"\n")
    assert file is not None
    os.close(file)


def test_a_lock_whose_file_stays_open_is_free_between(path: Path) -> None:
    locks = KeptLocks(most=1)
    name = str(path)
    file = locks.take(name)
    assert file is not None
    assert try_lock(path) is None
    assert locks.take(name) is None
    locks.give(name, file)
    with another_holds(path):
        assert locks.take(name) is None
    assert locks.take(name) == file
    locks.give(name, file)
    other = str(path.with_name("other.lock"))
    taken = locks.take(other)
    assert taken is not None
    locks.give(other, taken)  # no more than one stays open
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(file)
    locks.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(taken)
