"""What tells a machine without a network from hosts that are gone; the name servers' answers are scripted."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.http import outage
from ingest.http.exchange import Exchange
from ingest.http.outage import is_offline
from tests.ingest.http.fetching import ask, feed
from tests.loopback import LoopbackServer, Reply

NOT_KNOWN = "dns: not known"
SILENT = "offline: no name server answered"


def answer_names(monkeypatch: pytest.MonkeyPatch, error: int | None, has_route: bool = True) -> None:
    """Let the machine's name server answer every question with `error`, None for an address."""

    def look_up(*_: object, **__: object) -> list[object]:
        if error is not None:
            raise socket.gaierror(error, "no")
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(outage, "_has_route", lambda: has_route)


@pytest.fixture
def base(tmp_path: Path) -> Exchange:
    return ask(tmp_path, [feed("mailto:nobody")])[0]


def fail(base: Exchange, error: str, names: str = "abc", kind: str = "feed") -> list[Exchange]:
    return [
        replace(
            base,
            fetch=replace(
                base.fetch,
                kind=kind,  # type: ignore[arg-type]
                url=f"http://{name}.example/x",
                outcome="network_error",
                error=error,
            ),
        )
        for name in names
    ]


def test_what_was_answered_is_no_outage(
    base: Exchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LoopbackServer() as server:
        server.route("/feed", Reply(body=b"<rss/>"))
        (answered,) = ask(tmp_path, [feed(server.url("/feed"))])
    answer_names(monkeypatch, socket.EAI_AGAIN, has_route=False)
    assert is_offline(fail(base, SILENT))
    assert not is_offline([*fail(base, SILENT), answered])
    assert not is_offline([*fail(base, SILENT), *fail(base, "connect: Connection refused", "d")])
    assert not is_offline([*fail(base, SILENT), *fail(base, "timeout: the server stayed silent", "d")])
    assert not is_offline([])
    assert not is_offline([base])  # never asked


@pytest.mark.parametrize(
    ("error", "names", "kind", "control", "expected"),
    [
        (SILENT, "a", "feed", socket.EAI_AGAIN, True),
        (SILENT, "a", "feed", socket.EAI_FAIL, True),
        (SILENT, "a", "feed", None, False),  # this host's own name servers are broken
        (SILENT, "abc", "page", None, False),
        (SILENT, "a", "feed", socket.EAI_NONAME, False),
        (NOT_KNOWN, "a", "feed", socket.EAI_NONAME, False),
        (NOT_KNOWN, "abcdef", "page", socket.EAI_NONAME, False),  # dead links of one feed
        (NOT_KNOWN, "abc", "feed", socket.EAI_NONAME, True),
        (NOT_KNOWN, "abc", "feed", None, False),  # three feeds that are gone
    ],
)
def test_a_machine_with_a_route(
    base: Exchange,
    monkeypatch: pytest.MonkeyPatch,
    error: str,
    names: str,
    kind: str,
    control: int | None,
    expected: bool,
) -> None:
    answer_names(monkeypatch, control)
    assert is_offline(fail(base, error, names, kind)) == expected


@pytest.mark.parametrize("error", [SILENT, NOT_KNOWN])
def test_a_machine_without_a_route(base: Exchange, monkeypatch: pytest.MonkeyPatch, error: str) -> None:
    answer_names(monkeypatch, socket.EAI_NONAME, has_route=False)
    assert is_offline(fail(base, error, "a"))
