"""Leases in a real Redis, between real processes."""

import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.leases import hold_lease, key_of_lock
from tests.limits import HANG_S
from tests.paths import ROOT
from tests.redis_server import find_free_port, run_redis
from transforms.sharing_settings import LocksSettings

HOLD = """
import sys
from ingest.leases import hold_lease
from transforms.sharing_settings import LocksSettings
with hold_lease(LocksSettings(url=sys.argv[1], lease_s=1), sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_lease_outlives_its_time_and_not_its_process(redis_url: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, redis_url, "run/batch"],
        cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    got = threading.Event()

    def take() -> None:
        with hold_lease(LocksSettings(url=redis_url, lease_s=1), "run/batch"):
            got.set()

    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with hold_lease(LocksSettings(url=redis_url, lease_s=1), "run/other"):
            pass
        taking = threading.Thread(target=take)
        taking.start()
        assert not got.wait(1.6)  # it was renewed
        process.send_signal(signal.SIGKILL)
        assert got.wait(HANG_S)
        taking.join()


def test_a_lease_that_another_has_taken_is_said_to_be_lost_and_left_to_it(
    redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    from redis import Redis

    client, key = Redis.from_url(redis_url), key_of_lock("lease", "run/lost")
    with caplog.at_level(logging.WARNING, "dateline.locks"):
        with hold_lease(LocksSettings(url=redis_url, lease_s=1), "run/lost"):
            client.set(key, "another's")
            wait_for(lambda: "lease_lost" in caplog.text)
        assert client.get(key) == b"another's"


def test_a_lease_that_the_server_forgot_is_taken_again(tmp_path: Path) -> None:
    from redis import Redis

    port = find_free_port()
    with run_redis(tmp_path, port) as url:
        lease = hold_lease(LocksSettings(url=url, lease_s=1), "run/batch")
        lease.__enter__()
    with run_redis(tmp_path, port):  # a minute without the broker, made short
        client = Redis.from_url(url)
        wait_for(lambda: client.exists(key_of_lock("lease", "run/batch")) == 1)
        lease.__exit__(None, None, None)
        assert client.exists(key_of_lock("lease", "run/batch")) == 0


def test_without_a_server_nothing_is_held_and_redis_not_imported() -> None:
    program = (
        "import sys\nfrom ingest.leases import hold_lease\nfrom ingest.store.object_store import open_store\n"
        "from transforms.sharing_settings import LocksSettings, StorageSettings\n"
        "with hold_lease(LocksSettings(), 'x'): assert open_store(StorageSettings()) is None\n"
        "print([name for name in ('redis', 's3fs') if name in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, text=True, capture_output=True, check=True
    ).stdout
    assert said == "[]\n"


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + HANG_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
