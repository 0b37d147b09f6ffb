"""Three articles of two outlets on loopback: enough for what is done to a run, whatever the news is."""

from collections.abc import Iterator
from contextlib import contextmanager

from ingest.feeds.subscriptions import make_feed
from tests.dateline.saved_news import SITE, feed, page
from tests.loopback import LoopbackServer, Reply
from transforms.records import Feed

OUTLETS = {"127.0.0.1": {"aleppo": 3, "harvest": 5}, "localhost": {"kisumu": 4}}
"""By host, which makes a batch of each outlet: the articles, and their days."""


class SmallNewsroom:
    """What it serves never changes; without validators, so that every poll is answered in full."""

    def __init__(self, server: LoopbackServer) -> None:
        self.feeds: list[Feed] = []
        for host, articles in OUTLETS.items():
            here = server.url("", host=host)
            announced = feed(*articles.items()).replace(SITE, here)
            path = f"/{'-'.join(articles)}.xml"
            server.route(path, Reply(body=announced.encode(), content_type="application/rss+xml"))
            for name, day in articles.items():
                body = page(name, day).replace(SITE.encode(), here.encode())
                server.route(f"/2026/03/{name}", Reply(body=body))
            self.feeds.append(make_feed(here + path))


@contextmanager
def open_small_newsroom() -> Iterator[SmallNewsroom]:
    with LoopbackServer() as server:
        yield SmallNewsroom(server)
