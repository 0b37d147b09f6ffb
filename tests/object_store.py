"""A real server of S3's protocol on loopback: moto's, in this process, with what it holds in memory."""

import os
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from unittest import mock

import pytest


@pytest.fixture(scope="session")
def object_store() -> Iterator[dict[str, str]]:
    """A store for all tests of a worker, each with a URL of its own in the bucket `dateline`."""
    with run_object_store() as environment:
        yield environment


@contextmanager
def run_object_store(bucket: str = "dateline") -> Iterator[dict[str, str]]:
    """An empty bucket; yields the environment that leads to it, which is also this process's meanwhile.

    Skips the test where moto's server, or the driver, is not installed.
    """
    pytest.importorskip("s3fs")
    server_module = pytest.importorskip("moto.server")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    environment = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",  # the driver's own; ours come after
    }
    try:
        with mock.patch.dict(os.environ, environment):
            make_bucket(environment, bucket)
            yield environment
    finally:
        server.stop()


def make_bucket(environment: Mapping[str, str], bucket: str) -> None:
    url = f"{environment['AWS_ENDPOINT_URL']}/{bucket}"
    request = urllib.request.Request(url, method="PUT")
    urllib.request.urlopen(request).close()
