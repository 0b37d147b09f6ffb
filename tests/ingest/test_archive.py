import asyncio
import errno
import gzip
import io
import logging
import multiprocessing
import os
import resource
import signal
import string
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.archive import (
    ArchiveFetcher,
    ArchiveWriter,
    index_archive,
    iterate_exchanges,
    key_of,
    read_exchange,
)
from ingest.exchange import Exchange, Request
from tests.ingest.fetching import ask, feed, page
from tests.loopback import LoopbackServer, Reply, compress, redirect, throttle
from transforms.errors import Permanent, Transient
from transforms.records import Fetch, FetchKind, Outcome

NOW = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
SPAWN = multiprocessing.get_context("spawn")
MEGABYTES = 10**8


def make_exchange(number: int = 0, body: bytes = b"<p>news</p>") -> Exchange:
    return Exchange(
        fetch=Fetch(
            fetch_id=f"ft1-{number}",
            run_id="run-1",
            kind="page",
            feed_id="fd1-1",
            entry_id=f"en1-{number}",
            url=f"https://news.example/{number}",
            final_url=f"https://news.example/{number}",
            requested_at=NOW + timedelta(seconds=number),
            outcome="ok",
            status=200,
            error="",
            duration_s=0.25,
            body_bytes=len(body),
            content_type="text/html",
            redirects=(),
            warc_file="",
            warc_offset=0,
        ),
        headers={"content-type": "text/html", "content-length": str(len(body))},
        body=body,
    )


def append(writer: ArchiveWriter, exchange: Exchange) -> Exchange:
    """The exchange as it must come back: with its place."""
    warc_file, offset = writer.append(exchange)
    return replace(exchange, fetch=replace(exchange.fetch, warc_file=warc_file, warc_offset=offset))


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.warc.gz"))


WORDS = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
LINES = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30)
URLS = st.builds("https://{}.example/{}?q={}".format, WORDS, WORDS, WORDS) | st.builds(
    "file:{}".format, WORDS
)
INSTANTS = st.integers(0, 2 * 10**15).map(
    lambda us: datetime.fromtimestamp(0, UTC) + timedelta(microseconds=us)
)


@st.composite
def exchanges(draw: st.DrawFn) -> Exchange:
    outcome: Outcome = draw(st.sampled_from(get_args(Outcome)))
    body = draw(st.binary(max_size=500)) if outcome == "ok" else b""
    headers = draw(st.dictionaries(WORDS.map("x-{}".format), LINES, max_size=4))
    headers |= draw(st.sampled_from([{}, {"content-encoding": "gzip"}, {"transfer-encoding": "chunked"}]))
    kind: FetchKind = draw(st.sampled_from(get_args(FetchKind)))
    fetch = Fetch(
        fetch_id=draw(st.text(max_size=10)),
        run_id=draw(st.text(max_size=10)),
        kind=kind,
        feed_id=draw(st.text(max_size=10)),
        entry_id=draw(st.text(max_size=10)),
        url=draw(URLS | st.text(max_size=20)),
        final_url=draw(URLS),
        requested_at=draw(INSTANTS),
        outcome=outcome,
        status=draw(st.integers(100, 999)) if outcome == "ok" else draw(st.sampled_from([0, 304, 410, 503])),
        error=draw(st.text(max_size=40)),
        duration_s=draw(st.floats(0, 100)),
        body_bytes=len(body),
        content_type=draw(LINES),
        redirects=tuple(draw(st.lists(URLS, max_size=3))),
        warc_file="",
        warc_offset=0,
    )
    return Exchange(fetch, headers, body, draw(st.just("") | URLS), draw(st.none() | INSTANTS))


@settings(max_examples=60)
@given(st.lists(exchanges(), min_size=1, max_size=4))
def test_every_exchange_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, stored: list[Exchange]
) -> None:
    folder = tmp_path_factory.mktemp("archive")
    with ArchiveWriter(folder, MEGABYTES) as writer:
        placed = [append(writer, exchange) for exchange in stored]
    assert list(iterate_exchanges(folder)) == placed
    for exchange in reversed(placed):
        assert read_exchange(folder, exchange.fetch.warc_file, exchange.fetch.warc_offset) == exchange


def test_other_tools_can_replay_it(tmp_path: Path) -> None:
    stored = replace(
        make_exchange(),
        headers={
            "content-type": "text/html",
            "content-encoding": "gzip",
            "content-length": "7",
            "transfer-encoding": "chunked",
            "x-author": "Zoë",
        },
    )
    with ArchiveWriter(tmp_path, MEGABYTES, software="Dateline/1.2.3") as writer:
        writer.append(stored)
    with (tmp_path / files(tmp_path)[0]).open("rb") as file:
        info, record = [(r, r.content_stream().read()) for r in ArchiveIterator(file, check_digests="raise")]
    assert (info[0].rec_type, info[0].rec_headers.protocol) == ("warcinfo", "WARC/1.1")
    assert b"software: Dateline/1.2.3\r\n" in info[1]
    headers, http = record[0].rec_headers, record[0].http_headers
    assert (record[0].rec_type, record[1]) == ("response", b"<p>news</p>")
    assert headers.get_header("WARC-Target-URI") == "https://news.example/0"
    assert headers.get_header("WARC-Date") == "2026-11-23T12:00:00.123456Z"
    assert headers.get_header("WARC-Payload-Digest").startswith("sha1:")
    assert headers.get_header("Dateline-Run-Id") == "run-1"
    assert headers.get_header("Dateline-Kind") == "page"
    assert headers.get_header("Dateline-Feed-Id") == "fd1-1"
    assert headers.get_header("Dateline-Entry-Id") == "en1-0"
    assert http.get_statuscode() == "200"
    assert http.get_header("Content-Length") == "11"
    assert http.get_header("Content-Encoding") is None
    assert http.get_header("Transfer-Encoding") is None
    assert http.get_header("X-Archive-Orig-Content-Encoding") == "gzip"
    assert http.get_header("X-Archive-Orig-Content-Length") == "7"


def test_everything_fetched_goes_in_before_it_is_used(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    with LoopbackServer() as server, ArchiveWriter(folder, MEGABYTES) as writer:
        server.route("/feed", Reply(body=b"<rss/>" * 100, encoding="br", etag='"1"'))
        server.route("/moved", redirect(301, "/feed"))
        server.route("/busy", throttle(503, "3600"))
        server.route("/error", Reply(status=404, body=b"no such page"))
        server.route("/hang", Reply(fault="hang"))
        requests = [
            feed(server.url("/feed")),
            feed(server.url("/feed"), etag='"1"'),
            page(server.url("/moved")),
            page(server.url("/error")),
            page(server.url("/hang")),
            page("ftp://127.0.0.1/"),
            feed(server.url("/busy")),
            feed(server.url("/feed")),
        ]
        answers = ask(tmp_path, requests, archive=writer)
    outcomes = [
        "ok",
        "not_modified",
        "ok",
        "http_error",
        "network_error",
        "refused",
        "throttled",
        "throttled",
    ]
    assert [one.fetch.outcome for one in answers] == outcomes
    assert answers[2].moved_to
    assert answers[6].retry_at is not None
    assert list(iterate_exchanges(folder)) == answers
    for answer in answers:
        assert read_exchange(folder, answer.fetch.warc_file, answer.fetch.warc_offset) == answer
    with (folder / files(folder)[0]).open("rb") as file:
        kinds = [record.rec_type for record in ArchiveIterator(file)]
    assert kinds == ["warcinfo", *["response"] * 4, "metadata", "metadata", "response", "metadata"]


# --- files


def test_files_are_rolled_by_size(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, 20_000) as writer:
        placed = [append(writer, make_exchange(number, os.urandom(6000))) for number in range(12)]
    assert len(files(tmp_path)) == 4
    assert all((tmp_path / name).stat().st_size < 28_000 for name in files(tmp_path))
    assert [one.fetch.warc_file for one in placed] == sorted(one.fetch.warc_file for one in placed)
    assert list(iterate_exchanges(tmp_path)) == placed


def test_files_are_rolled_by_day(tmp_path: Path) -> None:
    at = [datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)]
    with ArchiveWriter(tmp_path, MEGABYTES, clock=lambda: at[0]) as writer:
        writer.append(make_exchange(0))
        writer.append(make_exchange(1))
        at[0] += timedelta(seconds=1)
        writer.append(make_exchange(2))
    first, second = files(tmp_path)
    assert first.startswith("dateline-20261123-00000-")
    assert second.startswith("dateline-20261124-00000-")
    assert [one.fetch.entry_id for one in iterate_exchanges(tmp_path)] == ["en1-0", "en1-1", "en1-2"]


def test_steps_one_after_the_other_share_a_file(tmp_path: Path) -> None:
    placed = []
    for number in range(5):
        with ArchiveWriter(tmp_path, MEGABYTES, clock=lambda: NOW) as writer:
            placed.append(append(writer, make_exchange(number)))
    assert len(files(tmp_path)) == 1
    assert list(iterate_exchanges(tmp_path)) == placed


def test_a_writer_may_go_on_after_close(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path, MEGABYTES, clock=lambda: NOW)
    writer.close()
    assert files(tmp_path) == []
    writer.append(make_exchange(0))
    writer.close()
    writer.append(make_exchange(1))
    writer.close()
    assert len(files(tmp_path)) == 1
    assert len(list(iterate_exchanges(tmp_path))) == 2


def test_writers_at_the_same_time_have_files_of_their_own(tmp_path: Path) -> None:
    with (
        ArchiveWriter(tmp_path, MEGABYTES, clock=lambda: NOW) as one,
        ArchiveWriter(tmp_path, MEGABYTES, clock=lambda: NOW) as other,
    ):
        for number in range(10):
            (one if number % 2 else other).append(make_exchange(number))
    assert len(files(tmp_path)) == 2
    assert len(list(iterate_exchanges(tmp_path))) == 10


def test_threads_may_share_a_writer(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, 50_000) as writer:

        def write(first: int) -> None:
            for number in range(first, first + 25):
                writer.append(make_exchange(number, os.urandom(1000)))

        threads = [threading.Thread(target=write, args=(first,)) for first in (0, 25, 50, 75)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = {one.fetch.entry_id for one in iterate_exchanges(tmp_path)}
    assert found == {f"en1-{number}" for number in range(100)}


# --- damage


def write_until_killed(folder: Path, ready: "multiprocessing.Queue[int]") -> None:
    writer = ArchiveWriter(folder, MEGABYTES, clock=lambda: NOW)
    for number in range(10**6):
        writer.append(make_exchange(number, os.urandom(2000)))
        if number == 20:
            ready.put(number)


def test_a_killed_writer_harms_nobody(tmp_path: Path) -> None:
    ready: multiprocessing.Queue[int] = SPAWN.Queue()
    process = SPAWN.Process(target=write_until_killed, args=(tmp_path, ready))
    process.start()
    ready.get(timeout=30)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    with ArchiveWriter(tmp_path, MEGABYTES, clock=lambda: NOW) as writer:
        last = append(writer, make_exchange(7))
    assert len(files(tmp_path)) == 2  # the killed one's file is not touched again
    found = list(iterate_exchanges(tmp_path))
    assert len(found) >= 22
    assert found[-1] == last
    assert read_exchange(tmp_path, found[5].fetch.warc_file, found[5].fetch.warc_offset) == found[5]


def test_a_file_cut_anywhere_gives_all_whole_records(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with ArchiveWriter(tmp_path, MEGABYTES) as writer:
        placed = [append(writer, make_exchange(number, os.urandom(100))) for number in range(3)]
    path = tmp_path / files(tmp_path)[0]
    whole = path.read_bytes()
    offsets = [one.fetch.warc_offset for one in placed]
    for end in range(offsets[1], len(whole)):
        path.write_bytes(whole[:end])
        caplog.clear()
        found = list(iterate_exchanges(tmp_path))
        whole_ones = 1 if end < offsets[2] else 2
        spare = (offsets[2] if whole_ones == 1 else len(whole)) - end
        # without its last bytes (the checksum, blank lines) a record still has its whole body
        assert found in (
            [placed[:whole_ones], placed[: whole_ones + 1]] if spare < 40 else [placed[:whole_ones]]
        )
        if end not in offsets and len(found) == whole_ones:
            assert "archive_file_cut" in caplog.text


@pytest.mark.parametrize(
    "garbage", [b"", b"garbage, no gzip at all", b"\x1f\x8b\x08" + b"\xff" * 50, b"\0" * 99]
)
def test_files_of_garbage_are_passed_over(
    tmp_path: Path, garbage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.warc.gz").write_bytes(garbage)
    with ArchiveWriter(tmp_path, MEGABYTES) as writer:
        placed = append(writer, make_exchange())
    caplog.set_level(logging.WARNING)
    assert list(iterate_exchanges(tmp_path)) == [placed]
    assert ("archive_file_cut" in caplog.text) == bool(garbage)


def test_reading_what_is_not_there(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, MEGABYTES) as writer:
        name, offset = writer.append(make_exchange())
    with pytest.raises(Permanent, match=r"gone\.warc\.gz is missing"):
        read_exchange(tmp_path, "gone.warc.gz", 0)
    with pytest.raises(Permanent, match="no record can be read"):
        read_exchange(tmp_path, name, offset + 5)
    with pytest.raises(Permanent, match="no record of an exchange"):
        read_exchange(tmp_path, name, 10**9)
    with pytest.raises(Permanent, match="no record of an exchange"):
        read_exchange(tmp_path, name, 0)
    with pytest.raises(Permanent, match="no file of the archive"):
        read_exchange(tmp_path / "inside", f"../{name}", offset)
    with (tmp_path / name).open("rb+") as file:
        file.truncate(offset + 400)
    with pytest.raises(Permanent, match="no record can be read"):
        read_exchange(tmp_path, name, offset)


def fill_the_disk(folder: Path, results: "multiprocessing.Queue[str]") -> None:
    """Write under a limit on file sizes, which fails in the middle of a record as a full disk does."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    writer = ArchiveWriter(folder, MEGABYTES, clock=lambda: NOW)
    writer.append(make_exchange(0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, resource.RLIM_INFINITY))
    try:
        writer.append(make_exchange(1, os.urandom(20_000)))
    except Transient as error:
        results.put(str(error))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    writer.append(make_exchange(2))
    writer.close()


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    results: multiprocessing.Queue[str] = SPAWN.Queue()
    process = SPAWN.Process(target=fill_the_disk, args=(tmp_path, results))
    process.start()
    process.join(30)
    assert "cannot be written" in results.get(timeout=5)
    assert [one.fetch.entry_id for one in iterate_exchanges(tmp_path)] == ["en1-0", "en1-2"]


def test_a_full_disk_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # /dev/full gives the real error, but is no file that could be cut back: the write alone is replaced
    def write(file: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with ArchiveWriter(tmp_path, MEGABYTES) as writer:
        writer.append(make_exchange(0))
        monkeypatch.setattr(os, "write", write)
        with pytest.raises(Transient, match=r"is full; make room"):
            writer.append(make_exchange(1))
        monkeypatch.undo()
        writer.append(make_exchange(2))
    assert [one.fetch.entry_id for one in iterate_exchanges(tmp_path)] == ["en1-0", "en1-2"]


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(Transient, match="cannot be written"):
        ArchiveWriter(tmp_path / "file", MEGABYTES).append(make_exchange())


# --- replay


def test_a_replay_gets_the_very_same_exchanges(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, 2000) as writer:
        placed = [append(writer, make_exchange(number, os.urandom(500))) for number in range(8)]
    fetcher = ArchiveFetcher(tmp_path, index_archive(tmp_path))
    for exchange in reversed(placed):
        fetch = exchange.fetch
        request = Request(fetch.kind, fetch.url, fetch.run_id, fetch.feed_id, fetch.entry_id)
        assert asyncio.run(fetcher.fetch(request)) == exchange


def test_a_step_that_was_run_again_counts_with_its_last_run(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, MEGABYTES) as writer:
        first = make_exchange(0, b"first")
        later = replace(first.fetch, requested_at=NOW + timedelta(minutes=5), body_bytes=5)
        writer.append(first)
        placed = append(writer, replace(first, fetch=later, body=b"again"))
    assert index_archive(tmp_path) == {
        key_of(first.fetch): (placed.fetch.warc_file, placed.fetch.warc_offset)
    }


def test_what_was_never_fetched_is_not_in_the_archive(tmp_path: Path) -> None:
    fetcher = ArchiveFetcher(tmp_path, index_archive(tmp_path), clock=lambda: NOW)
    exchange = asyncio.run(fetcher.fetch(feed("https://news.example/feed")))
    fetch = exchange.fetch
    assert (fetch.outcome, fetch.error, fetch.status) == ("network_error", "not in the archive", 0)
    assert (fetch.url, fetch.run_id, fetch.feed_id) == ("https://news.example/feed", "run-1", "fd1-1")
    assert (exchange.body, exchange.headers) == (b"", {})


# --- WARC files of others


def foreign_records() -> Iterator[tuple[str, str, dict[str, str], bytes]]:
    """Responses as crawlers write them: type, status line, headers, body as on the wire."""
    html = {"Content-Type": "text/html"}
    yield "response", "200 OK", html, b"<p>plain</p>"
    yield "response", "200 OK", html | {"Content-Encoding": "gzip"}, compress("gzip", b"<p>gzip</p>")
    yield "response", "200 OK", html | {"Content-Encoding": "zstd"}, compress("zstd", b"<p>zstd</p>")
    yield (
        "response",
        "200 OK",
        html | {"Transfer-Encoding": "chunked"},
        b"5\r\n<p>ch\r\n7\r\nunk</p>\r\n0\r\n\r\n",
    )
    yield "response", "200 OK", {"Content-Type": "application/rss+xml; charset=utf-8"}, b"<rss/>"
    yield "response", "404 Not Found", html, b"<p>no such page</p>"
    yield "response", "200 OK", html | {"Content-Encoding": "gzip"}, b"not gzip at all, not at all"
    yield "response", "200 OK", html | {"Content-Encoding": "br"}, compress("br", b"\0" * 60_000_000)
    yield "request", "GET / HTTP/1.1", {"Host": "news.example"}, b""
    yield "resource", "", {}, b"some text"


def write_foreign(path: Path, packed: bool) -> None:
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=packed)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "a crawler"}))
        for number, (kind, status, headers, body) in enumerate(foreign_records()):
            http = StatusAndHeaders(
                status, list(headers.items()), "HTTP/1.1", is_http_request=kind == "request"
            )
            record = writer.create_warc_record(
                f"https://news.example/{number}",
                kind,
                payload=io.BytesIO(body),
                length=len(body),
                http_headers=http if status else None,
                warc_headers_dict={"WARC-Date": f"2020-02-0{number + 1 if number < 9 else 9}T10:00:00Z"},
            )
            writer.write_record(record)


@pytest.mark.parametrize("packed", [True, False])
def test_warc_files_of_others(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / ("crawl.warc.gz" if packed else "crawl.warc")
    write_foreign(path, packed)
    found = list(iterate_exchanges(path))
    assert [one.body for one in found[:5]] == [
        b"<p>plain</p>",
        b"<p>gzip</p>",
        b"<p>zstd</p>",
        b"<p>chunk</p>",
        b"<rss/>",
    ]
    expected = ["ok", "ok", "ok", "ok", "ok", "http_error", "network_error", "refused"]
    assert [one.fetch.outcome for one in found] == expected
    assert [one.fetch.kind for one in found] == ["page"] * 4 + ["feed"] + ["page"] * 3
    first = found[0].fetch
    assert (first.url, first.status, first.run_id) == ("https://news.example/0", 200, "")
    assert first.requested_at == datetime(2020, 2, 1, 10, tzinfo=UTC)
    assert found[0].headers == {"content-type": "text/html"}
    assert len({one.fetch.fetch_id for one in found}) == len(found)
    if packed:
        for exchange in found:
            assert read_exchange(tmp_path, path.name, exchange.fetch.warc_offset) == exchange
    assert list(iterate_exchanges([path])) == found
    assert list(iterate_exchanges(tmp_path)) == found


def test_a_foreign_record_without_a_date_ends_its_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    block = b"HTTP/1.1 200 OK\r\n\r\nbody"
    record = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://news.example/\r\n"
        b"WARC-Date: yesterday\r\nContent-Type: application/http\r\nContent-Length: %d\r\n\r\n%b\r\n\r\n"
        % (len(block), block)
    )
    (tmp_path / "odd.warc.gz").write_bytes(gzip.compress(record))
    assert list(iterate_exchanges(tmp_path)) == []
    assert "'yesterday' is no WARC-Date" in caplog.text
