"""The real site in a thread, and a real Chromium that watches what its pages do."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

from dateline.home import Home
from dateline.web.serve import listen, make_server
from tests.limits import HANG_S

CHROMIUM = shutil.which("chromium") or ("/usr/bin/chromium" if Path("/usr/bin/chromium").exists() else "")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK = (1440, 900)
PHONE = (390, 844)


@contextmanager
def serve_site(published: Path) -> Iterator[str]:
    """The address of the site over a published file, without a slash at its end."""
    with listen("127.0.0.1", 0) as (opened, address):
        server = make_server(Home(published.parent), ("127.0.0.1",))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]}, daemon=True)
        thread.start()
        try:
            yield address.rstrip("/")
        finally:
            server.should_exit = True
            thread.join(HANG_S)


@contextmanager
def open_chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


class Watch:
    """Notes what a page must not do: errors on its console, requests to other hosts, answers that failed."""

    def __init__(self, page: Page, site: str) -> None:
        self.wrong: list[str] = []
        self.expected: set[int] = set()
        self._host = urlsplit(site).netloc
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("request", self._on_request)
        page.on("response", self._on_response)

    def expect(self, status: int) -> None:
        """An answer with this status is no fault."""
        self.expected.add(status)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(
            f" {code} " in message.text for code in self.expected
        ):
            self.wrong.append(f"{message.type}: {message.text}")

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("blob", "data") and parts.netloc != self._host:
            self.wrong.append(f"asked another host: {request.url}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.wrong.append(f"{response.status}: {response.url}")
