"""No header of a server ends a batch: whatever it says, its own exchange fails or succeeds alone."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.archive.warc_files import ArchiveWriter
from tests.ingest.http.fetching import ask, feed, page
from tests.loopback import LoopbackServer, Reply, redirect, throttle

RSS = b"<rss/>"
NAMES = [
    "Location", "Retry-After", "Content-Type", "Content-Encoding", "Content-Length", "Transfer-Encoding", "ETag",
    "Last-Modified", "Cache-Control", "Expires", "Date", "Connection", "Set-Cookie", "X-\xe9", "Content Type",
]  # fmt: skip
VALUES = st.one_of(
    st.text(st.characters(max_codepoint=255, blacklist_characters="\r\n"), max_size=40),
    st.sampled_from([
        "http://127.0.0.1:99999/", "http://127.0.0.1:-1/", "http://[::1", "//", "http://:80/", "ht!tp://x/",
        "https://127.0.0.1:0/", "http://\u00fc..example/".encode().decode("latin-1"), "/" * 70_000, "/a%", "?", "\x00",
        "Fri, 31 Dec 9999 23:59:59 -0100", "Mon, 01 Jan 0001 00:00:00 +1400", "9" * 400, "-1", "1e9", "nan",
        "gzip, gzip, gzip, gzip", "br", "utf-8", "chunked", "identity",
        "chunked, chunked", "text/html; charset=" + "x" * 9000,
    ]),
)  # fmt: skip


@pytest.fixture(scope="module")
def server() -> LoopbackServer:
    running = LoopbackServer()
    running.__enter__()
    running.route("/good", Reply(body=RSS))
    return running


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([200, 204, 301, 302, 304, 308, 404, 429, 503]),
    st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=3),
)
def test_no_header_ends_a_batch(
    server: LoopbackServer, tmp_path: Path, status: int, headers: list[tuple[str, str]]
) -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    head = f"HTTP/1.1 {status} X\r\n{lines}Connection: close\r\n\r\n"
    server.route("/bad", Reply(raw=head.encode("latin-1") + RSS))
    with ArchiveWriter(tmp_path / "archive", 10**9, "test") as archive:
        bad, again, good = ask(
            tmp_path / f"{len(server.requests)}",
            [
                feed(server.url("/bad")),
                feed(server.url("/bad"), *(value for _, value in headers[:2])),
                feed(server.url("/good", "localhost")),
            ],
            archive=archive,
        )
    assert bad.fetch.outcome in ("ok", "http_error", "network_error", "throttled", "refused")
    assert again.fetch.outcome in (
        "ok",
        "http_error",
        "network_error",
        "throttled",
        "refused",
        "not_modified",
    )
    assert not bad.fetch.error.startswith("failed:"), "what is foreseen has a name"
    assert good.body == RSS


@pytest.mark.parametrize("port", ["99999", "-1", "0", "65536", "1" * 5000])
@pytest.mark.parametrize("kind", [feed, page])
def test_a_port_that_there_is_not(tmp_path: Path, port: str, kind: type) -> None:
    with LoopbackServer() as server:
        server.route("/good", Reply(body=RSS))
        server.route("/moved", redirect(301, f"http://127.0.0.1:{port}/".encode().decode("latin-1")))
        requests = [kind(f"http://127.0.0.1:{port}/"), kind(server.url("/moved")), kind(server.url("/good"))]
        direct, moved, good = ask(tmp_path, requests)
    assert (direct.fetch.outcome, moved.fetch.outcome, good.fetch.outcome) == ("refused", "refused", "ok")
    assert direct.fetch.error.startswith("scheme:")


@pytest.mark.parametrize(
    "value",
    [
        "Fri, 31 Dec 9999 23:59:59 -0100",
        "Mon, 01 Jan 0001 00:00:00 +0100",
        "Fri, 31 Dec 99999 23:59:59 GMT",
        "9" * 5000,
        "-99999999999999999999",
        "\x00",
    ],
)
def test_an_absurd_retry_after(tmp_path: Path, value: str) -> None:
    with LoopbackServer() as server:
        server.route("/busy", throttle(503, value))
        server.route("/good", Reply(body=RSS))
        busy, good = ask(tmp_path, [feed(server.url("/busy")), feed(server.url("/good", "localhost"))])
    assert (busy.fetch.outcome, good.fetch.outcome) == ("throttled", "ok")
    assert busy.retry_at is None or busy.retry_at < datetime.now(UTC) + timedelta(days=367)


def test_a_validator_that_cannot_be_sent_back_is_left_out(tmp_path: Path) -> None:
    with LoopbackServer() as server:
        server.route("/feed", Reply(body=RSS, etag='"1"'))
        date = format_datetime(datetime(2026, 1, 1, tzinfo=UTC), usegmt=True)
        exchanges = ask(
            tmp_path, [feed(server.url("/feed"), etag, date) for etag in ("a\x01b", "\u20ac", " ", '"1"')]
        )
        sent = [request.headers.get("if-none-match") for request in server.requests]
    assert [one.fetch.outcome for one in exchanges] == ["ok", "ok", "ok", "not_modified"]
    assert sent == [None, None, None, '"1"']
