"""Items of one batch that try to stop it: each is its own rejection or waits, and the others come through."""

from pathlib import Path

from tests.dateline.homes import SETTINGS, ask, call_well, make_home, read_rows
from tests.loopback import LoopbackServer, Reply, redirect, throttle
from transforms.identity import make_id
from transforms.records import Feed

PAGE = b"<html><title>Crane falls at the pier</title><article>%s</article></html>" % (
    b"<p>Two men were hurt when a crane fell at the pier on Monday, police said.</p>" * 20
)
LINKS = {  # the path of an article's page: what its link or its answer does
    "/port": redirect(302, "http://127.0.0.1:99999/"),
    "/minus": redirect(302, "http://127.0.0.1:-1/"),
    "/brackets": redirect(302, "http://[::1"),
    "/late": throttle(503, "Fri, 31 Dec 9999 23:59:59 -0100"),
}
AWAY = ("http://127.0.0.1:99999/x", "http://one.invalid/x", "http://two.invalid/x", "http://three.invalid/x")


def make_feed(links: list[str]) -> Reply:
    items = "".join(
        f"<item><title>Item {at}</title><link>{link}</link></item>" for at, link in enumerate(links)
    )
    return Reply(body=f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode())


def test_no_item_stops_the_others(tmp_path: Path) -> None:
    settings = SETTINGS.replace("batch_feeds = 1", "batch_feeds = 100")
    with LoopbackServer() as server:
        for path, reply in LINKS.items():
            server.route(path, reply)
        server.route("/good", make_feed([server.url("/page", "localhost")]))
        server.route("/page", Reply(body=PAGE))
        server.route("/odd", make_feed([*AWAY, *(server.url(path) for path in LINKS)]))
        server.route("/bad-port", redirect(301, "http://127.0.0.1:70000/feed"))
        urls = [server.url("/odd"), server.url("/bad-port"), server.url("/good", "localhost")]
        home = make_home(tmp_path / "home", [Feed(make_id("fd1", url), url) for url in urls], settings)
        call_well(home, "run")
        assert ask(home, "SELECT reason FROM rejections WHERE stage = 'feed' ORDER BY 1") == [
            ("feed_refused",)
        ]
        refused = ask(home, "SELECT count(*) FROM rejections WHERE reason = 'page_refused'")
        assert refused == [(3,)], "/port, /minus and /brackets"
        waiting = ask(home, "SELECT last_error FROM page_states WHERE status = 'pending' ORDER BY 1")
        assert [error[:4] for (error,) in waiting] == ["HTTP", "dns:", "dns:", "dns:"]
        assert ("Crane falls at the pier", "page") in ask(home, "SELECT title, text_source FROM articles")


def test_dead_links_alone_are_no_outage_and_a_replay_knows_it(tmp_path: Path) -> None:
    with LoopbackServer() as server:
        server.route("/feed", make_feed(list(AWAY[1:])))
        url = server.url("/feed")
        home = make_home(tmp_path / "home", [Feed(make_id("fd1", url), url)], SETTINGS)
        call_well(home, "run")
        assert ask(home, "SELECT count(*) FROM page_states WHERE status = 'pending'") == [(3,)]
        before = read_rows(home, tables=("entries", "page_states", "rejections"))
    call_well(home, "replay")
    assert read_rows(home, tables=("entries", "page_states", "rejections")) == before
