"""Homes with a published warehouse for the tests of alerts, and the services that they send to."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from dateline.home import Home
from tests.limits import HANG_S
from tests.warehouse.newsroom import Files, make_warehouse
from tests.warehouse.sample import LORVAN, NOW, make_article, make_coding, make_mention, write_batch
from warehouse.connection import open_build
from warehouse.load import load_batches
from warehouse.publish import publish

RAID, SIEGE = "em1-c2395ccb50641e3f", "em1-0e6f524639caa308"
"""The two events of the sample that killed people: 7 in Lorvan, 9 in Vell, on 9 March 2026."""
EVENING = datetime(2026, 3, 10, 20, tzinfo=UTC)


def make_alert_home(folder: Path, alerts: str) -> Home:
    """The sample warehouse with an `alerts.toml`."""
    make_warehouse(folder)
    home = Home(folder)
    home.alerts.write_text(alerts, encoding="utf-8")
    return home


def add_event(home: Home, name: str, **changes: Any) -> None:
    """Load and publish an article that reports an event of its own."""
    files = Files(home.path)
    article = make_article(name, "delta")
    place = replace(LORVAN, name=f"Place of {name}", geonameid=7_000 + len(name), lat=48.5, lon=30.0)
    records = [article, make_coding(article), make_mention(article, **{"place": place, **changes})]
    batch = write_batch(files.staging, f"poll-{name}/batch-000", records)
    load_batches(files.build, [batch], f"poll-{name}", NOW, 1)
    publish(files.build)


def change_file(home: Home, statements: str) -> None:
    """Change the build file by hand and publish it."""
    build = Files(home.path).build
    with open_build(build) as connection:
        connection.execute(statements)
    publish(build, again=True)


class MailSink:
    """A mail server on loopback that keeps what it is sent. Source: RFC 5321, as little of it as a client needs."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()

    async def serve(self, ready: threading.Event) -> None:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await self._stop.wait()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        await say("220 sink")
        while line := (await reader.readline()).decode().strip().upper():
            if line == "DATA":
                await say("354 go on")
                mail = await reader.readuntil(b"\r\n.\r\n")
                parsed = message_from_bytes(mail[:-5], policy=policy.default)
                assert isinstance(parsed, EmailMessage)
                self.mails.append(parsed)
            await say("221 bye" if line == "QUIT" else "250 ok")
            if line == "QUIT":
                break
        writer.close()


@contextmanager
def serve_mail() -> Iterator[MailSink]:
    sink = MailSink()
    ready = threading.Event()

    def run() -> None:
        with suppress(asyncio.CancelledError):
            sink._loop.run_until_complete(sink.serve(ready))
        sink._loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(HANG_S)
    try:
        yield sink
    finally:
        sink._loop.call_soon_threadsafe(sink._stop.set)
        thread.join()
