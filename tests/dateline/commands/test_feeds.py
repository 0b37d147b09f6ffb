"""`dateline feeds` and `dateline entries`, as a user runs them."""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dateline.cli import dateline
from ingest.feeds.subscriptions import read_subscriptions
from tests.loopback import LoopbackServer, Reply, redirect, throttle
from tests.paths import CASES
from transforms.errors import Permanent, Transient

FEED_CASES = CASES / "feeds"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DATELINE_HOME", str(tmp_path))
    monkeypatch.setenv("DATELINE_HTTP_ALLOW_PRIVATE_ADDRESSES", "yes")
    monkeypatch.setenv("DATELINE_HTTP_HOST_SPACING_S", "0")

    def invoke(*arguments: str, stdin: bytes = b"") -> Result:
        return CliRunner().invoke(dateline, arguments, input=stdin)

    return invoke


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as running:
        running.route("/feed", Reply(body=(FEED_CASES / "rss20.xml").read_bytes(), content_type="text/xml"))
        running.route("/old", redirect(301, "/feed"))
        page = b'<html><link rel="alternate" type="application/rss+xml" title="World" href="/feed"></html>'
        running.route("/page", Reply(body=page))
        running.route("/empty-page", Reply(body=b"<html><p>Nothing</p></html>"))
        yield running


def test_add_looks_at_the_feed_and_fills_in_what_it_says(
    run: Run, server: LoopbackServer, tmp_path: Path
) -> None:
    result = run("feeds", "add", server.url("/old"), "--tag", "test", "--country", "ken")
    assert result.exit_code == 0, result.output
    assert "3 entries" in result.output
    (feed,) = read_subscriptions(tmp_path / "feeds.csv")
    assert (feed.url, feed.title, feed.language) == (server.url("/feed"), "Valley Times", "en")
    assert (feed.country, feed.tags) == ("KEN", ("test",))
    assert "present" in run("feeds", "add", server.url("/feed")).output


def test_add_says_which_feeds_a_page_advertises(run: Run, server: LoopbackServer, tmp_path: Path) -> None:
    result = run("feeds", "add", server.url("/page"))
    assert isinstance(result.exception, Permanent)
    assert "is no feed: it is a web page; it advertises" in str(result.exception)
    assert f"dateline feeds add '{server.url('/feed')}'" in str(result.exception)
    assert not (tmp_path / "feeds.csv").exists()
    assert str(run("feeds", "add", server.url("/empty-page")).exception).endswith("it is a web page")


def test_add_says_what_is_wrong_with_an_address(run: Run, server: LoopbackServer) -> None:
    assert "HTTP 404" in str(run("feeds", "add", server.url("/nowhere")).exception)
    assert "is no http(s) address" in str(run("feeds", "add", "nonsense").exception)
    assert run("feeds", "add", "a.example", "b.example", "--title", "x").exit_code == 2
    unresolved = run("feeds", "add", "https://nowhere.invalid/feed").exception
    assert isinstance(unresolved, (Transient, Permanent))
    assert "nowhere.invalid" in str(unresolved)


def test_add_without_a_check_remove_and_list(run: Run, tmp_path: Path) -> None:
    assert run("feeds", "add", "--no-check", "a.example/feed", "https://b.example/feed").exit_code == 0
    assert run("feeds", "list").output.split() == ["https://a.example/feed", "https://b.example/feed"]
    assert run("feeds", "list", "--tag", "x").output.startswith("no feeds")
    assert "removed" in run("feeds", "remove", "a.example/feed").output
    assert [feed.url for feed in read_subscriptions(tmp_path / "feeds.csv")] == ["https://b.example/feed"]
    assert "not subscribed" in str(run("feeds", "remove", "https://c.example/").exception)


def test_lists_go_in_and_out(run: Run, tmp_path: Path) -> None:
    assert " added, 0 present already" in run("feeds", "import", "starter").output
    feeds = read_subscriptions(tmp_path / "feeds.csv")
    assert len(feeds) >= 35
    assert "0 added" in run("feeds", "import", "starter").output
    for form in ("--opml", "--csv"):
        out = tmp_path / f"out{form}"
        assert run("feeds", "export", form, "-o", str(out)).exit_code == 0
        assert run("feeds", "export", form).stdout_bytes == out.read_bytes()
        (tmp_path / "feeds.csv").unlink()
        assert "0 left out" in run("feeds", "import", str(out)).output
        assert sorted(read_subscriptions(tmp_path / "feeds.csv"), key=str) == sorted(feeds, key=str)
    assert "cannot be read" in str(run("feeds", "import", str(tmp_path / "none")).exception)


def read_lines(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.exception
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_entries_of_files_addresses_and_standard_input_are_the_same(
    run: Run, server: LoopbackServer, tmp_path: Path
) -> None:
    path = FEED_CASES / "rss20.xml"
    packed = tmp_path / "feed.xml.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    lines = read_lines(run("entries", str(path)))
    assert lines[0] == {
        "id": "valley-1",
        "title": "Shelling hits market in Orvale",
        "url": "https://valley.example/news/1?utm_source=rss",
        "published_at": "2026-03-03T12:05:00Z",
        "updated_at": "2026-03-03T13:00:00Z",
        "authors": ["Mira Holt", "Jon Abe"],
        "summary": "Five people were killed.",
        "tags": ["conflict", "orvale"],
    }
    assert lines[1]["updated_at"] is None
    assert read_lines(run("entries", str(packed))) == lines
    assert read_lines(run("entries", "-", stdin=path.read_bytes())) == lines
    assert read_lines(run("entries", server.url("/feed"))) == lines


def test_entries_of_a_hostile_file_are_bounded(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_CLEAN_PAGE_MEMORY_BYTES", "400_000_000")
    items = b",".join([b'{"a":1}'] * 2_400_000)
    hostile = b'{"version": "https://jsonfeed.org/version/1.1", "items": [%s]}' % items
    assert "took too much memory" in str(run("entries", "-", stdin=hostile).exception)
    monkeypatch.setenv("DATELINE_HTTP_MAX_FEED_BYTES", "1000")
    packed = tmp_path / "bomb.gz"
    packed.write_bytes(gzip.compress(b"<rss>" + b" " * 2_000_000))
    result = run("entries", str(packed))
    assert "it has more than 1,000 bytes, which is all that http.max_feed_bytes allows" in str(
        result.exception
    )


def test_entries_says_what_is_wrong(run: Run, tmp_path: Path) -> None:
    assert "no such file" in str(run("entries", str(tmp_path / "none")).exception)
    bad = tmp_path / "bad.gz"
    bad.write_bytes(b"\x1f\x8bnot gzip")
    assert "cannot be read" in str(run("entries", str(bad)).exception)
    assert "is no feed" in str(run("entries", "-", stdin=b"<html></html>").exception)


def test_add_of_several_adds_the_good_and_tells_the_bad(
    run: Run, server: LoopbackServer, tmp_path: Path
) -> None:
    server.route("/other", Reply(body=(FEED_CASES / "rss20.xml").read_bytes()))
    urls = [
        server.url("/nowhere"),
        server.url("/feed"),
        "nonsense",
        server.url("/page"),
        server.url("/other"),
    ]
    result = run("feeds", "add", *urls)
    assert result.exit_code == 1
    assert [feed.url for feed in read_subscriptions(tmp_path / "feeds.csv")] == [urls[1], urls[4]]
    left_out = [line for line in result.stderr.splitlines() if line.startswith("dateline: left out: ")]
    assert len(left_out) == 3
    assert any("HTTP 404" in line for line in left_out)
    assert any("'nonsense' is no http(s) address" in line for line in left_out)
    assert any(f"{urls[3]} is no feed: it is a web page" in line for line in left_out)
    assert run("feeds", "add", server.url("/feed"), server.url("/other")).exit_code == 0
    assert run("feeds", "add", "--no-check", "nonsense", "https://c.example/feed").exit_code == 1
    assert read_subscriptions(tmp_path / "feeds.csv")[-1].url == "https://c.example/feed"


def test_a_host_on_hold_is_said_and_may_be_asked_now(
    run: Run, server: LoopbackServer, tmp_path: Path
) -> None:
    server.route("/busy", throttle(503, "3600"))
    first = str(run("feeds", "add", server.url("/busy")).exception)
    assert "HTTP 503, and its host asks to be left alone until 20" in first
    assert first.endswith("try again then, or ask all the same with --now")
    for command in (("feeds", "add"), ("entries",)):
        held = str(run(*command, server.url("/feed")).exception)
        assert "asked to be left alone until 20" in held
        assert held.endswith("try again then, or ask all the same with --now")
    assert server.requests_for("/feed") == []
    assert run("entries", "--now", server.url("/feed")).exit_code == 0
    assert run("feeds", "add", "--now", server.url("/feed")).exit_code == 0
    assert "asked to be left alone" in str(run("entries", server.url("/feed")).exception), "the hold stays"


def test_now_does_not_lift_the_guard(
    run: Run, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_HTTP_ALLOW_PRIVATE_ADDRESSES", "no")
    assert "is not a public address" in str(run("entries", "--now", server.url("/feed")).exception)


def test_a_page_that_leads_on_to_a_feed_is_followed(run: Run, server: LoopbackServer, tmp_path: Path) -> None:
    page = '<html><head><title>Moved</title><meta http-equiv="refresh" content="0; url=%s"></head></html>'
    server.route("/refresh", Reply(body=(page % "/old").encode()))
    server.route("/twice", Reply(body=(page % "refresh").encode()))
    server.route("/left", Reply(body=(page % "/right").encode()))
    server.route("/right", Reply(body=(page % "/left").encode()))
    server.route("/dead", Reply(body=(page % "/nowhere").encode()))
    assert read_lines(run("entries", server.url("/twice"))) == read_lines(run("entries", server.url("/feed")))
    assert run("feeds", "add", server.url("/refresh")).exit_code == 0
    assert [feed.url for feed in read_subscriptions(tmp_path / "feeds.csv")] == [server.url("/feed")]
    assert "leads from page to page" in str(run("entries", server.url("/left")).exception)
    dead = str(run("entries", server.url("/dead")).exception)
    assert (
        f"{server.url('/dead')} (which leads to {server.url('/nowhere')}) cannot be fetched: HTTP 404" in dead
    )
