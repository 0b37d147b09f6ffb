"""An object store that can fail and come back with all that it holds: moto's server, in this process."""

import logging
import urllib.request
from types import TracebackType
from typing import Self

from moto.server import ThreadedMotoServer


class Store:
    """Serves on `port` of loopback, with the bucket `dateline`, from `with` to the end of it."""

    def __init__(self, port: int) -> None:
        self._port = port
        logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line for each request
        self._server: ThreadedMotoServer | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What leads a client here."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._port}",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def start(self) -> None:
        self._server = ThreadedMotoServer("127.0.0.1", self._port, verbose=False)
        self._server.start()

    def stop(self) -> None:
        """Refuse connections; what it holds stays in this process's memory."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def __enter__(self) -> Self:
        self.start()
        request = urllib.request.Request(f"http://127.0.0.1:{self._port}/dateline", method="PUT")
        urllib.request.urlopen(request).close()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
