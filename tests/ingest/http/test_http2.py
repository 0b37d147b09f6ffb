"""TLS and HTTP/2 against a real server with a certificate of our own making."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived
from h2.exceptions import ProtocolError

from tests.ingest.http.fetching import ask, feed
from tests.limits import HANG_S
from tests.loopback import LoopbackServer, Reply, bomb


def make_certificate(folder: Path, address: str = "127.0.0.1", days: int = 1) -> Path:
    """A file with a key and a certificate for `address` that is signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=30))
        .not_valid_after(today + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{address}-{days}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def serve_with(certificate: Path, *protocols: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.set_alpn_protocols(protocols)
    return context


class Http2Server:
    """Answers every request with its own pseudo-headers; remembers what it received."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self.port = 0
        self.connections = 0
        self.requests: list[dict[str, str]] = []

    async def serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0, ssl=self._context)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        connection = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        connection.initiate_connection()
        with suppress(OSError, ProtocolError):
            writer.write(connection.data_to_send())
            while data := await reader.read(65_536):
                for event in connection.receive_data(data):
                    if isinstance(event, RequestReceived):
                        self._reply(connection, event)
                writer.write(connection.data_to_send())
        writer.close()

    def _reply(self, connection: H2Connection, event: RequestReceived) -> None:
        headers = {str(name): str(value) for name, value in event.headers}
        self.requests.append(headers)
        status = "304" if headers.get("if-none-match") == '"h2"' else "200"
        stream = event.stream_id
        assert stream is not None
        connection.send_headers(stream, [(":status", status), ("etag", '"h2"')], end_stream=status == "304")
        if status == "200":
            connection.send_data(stream, f"you asked for {headers[':path']}".encode(), end_stream=True)


@contextmanager
def http2_server(certificate: Path) -> Iterator[Http2Server]:
    server = Http2Server(serve_with(certificate, "h2"))
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(server.serve(ready, stop)))
    thread.start()
    assert ready.wait(HANG_S)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.05))
        loop.close()


def test_http2_is_spoken_where_the_server_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with http2_server(certificate) as server:
        base = f"https://127.0.0.1:{server.port}"
        requests = [feed(f"{base}/{n}") for n in range(5)] + [feed(f"{base}/5", etag='"h2"')]
        answers = ask(tmp_path, requests)
    assert [one.body for one in answers[:5]] == [f"you asked for /{n}".encode() for n in range(5)]
    assert answers[5].fetch.outcome == "not_modified"
    assert answers[0].headers["etag"] == '"h2"'
    assert server.connections == 1
    for headers in server.requests:
        assert headers[":authority"] == f"127.0.0.1:{server.port}"
        assert headers["user-agent"].startswith("Dateline/")
        assert "cookie" not in headers
        assert "referer" not in headers


def test_http1_over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with LoopbackServer(serve_with(certificate, "http/1.1")) as server:
        server.route("/feed", Reply(body=b"<rss/>", encoding="br"))
        server.route("/bomb", bomb("zstd", 50_000_000))
        fine, bad = ask(tmp_path, [feed(server.url("/feed")), feed(server.url("/bomb"))])
    assert (fine.fetch.outcome, fine.body) == ("ok", b"<rss/>")
    assert bad.fetch.outcome == "refused"


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    with LoopbackServer(serve_with(make_certificate(tmp_path), "http/1.1")) as server:
        fetch = ask(tmp_path, [feed(server.url("/feed"))])[0].fetch
        assert server.requests == []
    assert fetch.outcome == "network_error"
    assert fetch.error.startswith("tls: ")
    assert "self-signed" in fetch.error or "self signed" in fetch.error


@pytest.mark.parametrize(
    ("address", "days", "error"), [("127.0.0.2", 1, "127.0.0.1"), ("127.0.0.1", -1, "expired")]
)
def test_a_certificate_of_another_or_of_yesterday_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, days: int, error: str
) -> None:
    certificate = make_certificate(tmp_path, address, days)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with LoopbackServer(serve_with(certificate, "http/1.1")) as server:
        fetch = ask(tmp_path, [feed(server.url("/feed"))])[0].fetch
        assert server.requests == []
    assert fetch.outcome == "network_error"
    assert fetch.error.startswith("tls: ")
    assert error in fetch.error


def test_plain_http_on_a_tls_port_and_the_reverse(tmp_path: Path) -> None:
    with LoopbackServer() as plain, LoopbackServer(serve_with(make_certificate(tmp_path), "http/1.1")) as tls:
        urls = [f"https://127.0.0.1:{plain.port}/", f"http://127.0.0.1:{tls.port}/"]
        answers = ask(tmp_path, [feed(url) for url in urls])
    assert [one.fetch.outcome for one in answers] == ["network_error"] * 2
