import asyncio
import os
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from ingest.archive.warc_files import (
    ArchiveFetcher,
    ArchiveWriter,
    index_archive,
    iterate_exchanges,
    key_of,
    read_exchange,
)
from ingest.http.exchange import Request
from tests.ingest.archive.exchanges import MEGABYTES, NOW, append, files, make_exchange
from tests.ingest.http.fetching import HASTY, QUICK, ask, feed, page
from tests.loopback import LoopbackServer, Reply, redirect, throttle


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
        answers = [
            *ask(tmp_path, requests[:4], QUICK, archive=writer),
            *ask(tmp_path, requests[4:5], HASTY, archive=writer),
            *ask(tmp_path, requests[5:], QUICK, archive=writer),
        ]
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
