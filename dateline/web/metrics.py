"""`/metrics`: what a monitoring system asks every few seconds."""

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from dateline.home import Home
from dateline.metrics import CONTENT_TYPE, SlowNumbers, measure_parts, read_silent, show_metrics
from dateline.web.site import OpenSite

_KEPT_S = 60
"""For so long sizes are not measured again: that looks at every file of the home."""


class Metrics:
    """The endpoint; the home is the folder of the published file."""

    def __init__(self, site: OpenSite) -> None:
        self._site = site
        self._home = Home(site.reader.published.parent)
        self._lock = threading.Lock()
        self._sizes: tuple[float, Mapping[str, int]] | None = None

    def answer(self, request: Request) -> Response:
        reader, version = self._site.reader, self._site.find_version()
        silent = None
        if version is not None:  # it follows from the file alone
            silent = self._site.keep(version, ("silent",), lambda: read_silent(reader))
        text = show_metrics(self._home, reader, SlowNumbers(self._measure(), silent), datetime.now(UTC))
        return Response(text, headers={"content-type": CONTENT_TYPE, "cache-control": "no-store"})

    def _measure(self) -> Mapping[str, int]:
        with self._lock:
            if self._sizes is None or time.monotonic() > self._sizes[0] + _KEPT_S:
                self._sizes = time.monotonic(), measure_parts(self._home)
            return self._sizes[1]
