"""A WordPress site that answers as the real one does.

The answers are those of WordPress 6.1.9, as `tests/real/wordpress.sh` meets them: status, headers, order, bounds,
what is empty and what is an error.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from ingest.history.protocol import HistoryRequest
from tests.ingest.history import asking
from tests.loopback import LoopbackServer, Received, Reply, Route
from transforms.identity import make_id
from transforms.records import Feed

FEED_PAGE = 10
"""How many posts WordPress puts on a page of a feed."""


@dataclass(frozen=True, slots=True)
class SitePost:
    number: int
    at: datetime  # UTC
    categories: tuple[int, ...] = (1,)
    link: str = ""  # "": one of the site's own
    title: str = "Ferry &amp; bridge closed"


class WordPressServer(LoopbackServer):
    """A site on loopback; `script` puts another answer in the place of a path's own."""

    def __init__(self, posts: Iterable[SitePost] = (), zone: str = "Europe/Berlin") -> None:
        super().__init__()
        self.posts = list(posts)
        self.zone = ZoneInfo(zone)
        self.says_api = True  # by the Link header
        self.says_generator = True
        self._scripted: set[str] = set()

    def script(self, path: str, answer: Route) -> None:
        self._scripted.add(path)
        self.route(path, answer)

    def take(self, request: Received) -> Reply:
        scripted = super().take(request)
        return scripted if urlsplit(request.path).path in self._scripted else self.answer(request)

    def answer(self, request: Received) -> Reply:
        """What WordPress answers."""
        parts = urlsplit(request.path)
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        path = asked["rest_route"] if "rest_route" in asked else parts.path.removeprefix("/wp-json")
        if path == "/wp/v2/posts":
            return self._list_posts(asked)
        if "/wp/v2/" in path:
            return self._refuse(404, "rest_no_route")
        steps = [step for step in parts.path.split("/") if step]
        if "feed" in asked or (steps and steps[-1] == "feed"):
            return self._give_feed(steps[:-1], asked)
        if parts.path == "/":
            page = b"<!doctype html><html><head><title>Gazette</title></head><body>News</body></html>"
            return Reply(body=page, headers=self._link())
        return Reply(status=404, body=b"<!doctype html><html><body>Nothing here</body></html>")

    def to_local(self, instant: datetime) -> datetime:
        """The wall-clock time of the site, marked UTC."""
        return instant.astimezone(self.zone).replace(tzinfo=UTC)

    def _link(self, more: str = "") -> tuple[tuple[str, str], ...]:
        api = f'<{self.url("/wp-json/")}>; rel="https://api.w.org/"'
        return (("Link", ", ".join(filter(None, (api if self.says_api else "", more)))),)

    def _refuse(self, status: int, code: str) -> Reply:
        body = json.dumps({"code": code, "message": "No.", "data": {"status": status}}).encode()
        return Reply(
            status=status, body=body, content_type="application/json; charset=UTF-8", headers=self._link()
        )

    def _list_posts(self, asked: dict[str, str]) -> Reply:
        size, page = int(asked.get("per_page", "10")), int(asked.get("page", "1"))
        if not 1 <= size <= 100:
            return self._refuse(400, "rest_invalid_param")
        found = [post for post in self.posts if self._is_between(post, asked)]
        category = asked.get("categories[terms]")
        found = [post for post in found if not category or int(category) in post.categories]
        found.sort(key=lambda post: post.number if asked.get("orderby") == "id" else post.at.timestamp())
        if asked.get("order", "desc") == "desc":
            found.reverse()
        pages = -(-len(found) // size)
        if page > pages and found:
            return self._refuse(400, "rest_post_invalid_page_number")
        names = asked["_fields"].split(",") if "_fields" in asked else None
        told = [self._tell(post, names) for post in found[(page - 1) * size : page * size]]
        counts = (("X-WP-Total", str(len(found))), ("X-WP-TotalPages", str(pages)))
        return Reply(
            body=json.dumps(told).encode(),
            content_type="application/json; charset=UTF-8",
            headers=(*self._link(), *counts, ("Allow", "GET")),
        )

    def _is_between(self, post: SitePost, asked: dict[str, str]) -> bool:
        """Both bounds are exclusive, and compared with the site's own clock."""
        local = self.to_local(post.at)
        after, before = (
            self.to_local(datetime.fromisoformat(asked[name].replace("Z", "+00:00")))
            if name in asked
            else None
            for name in ("after", "before")
        )
        return (after is None or local > after) and (before is None or local < before)

    def _tell(self, post: SitePost, names: Sequence[str] | None) -> dict[str, Any]:
        every = {
            "id": post.number,
            "date": f"{self.to_local(post.at):%Y-%m-%dT%H:%M:%S}",
            "date_gmt": f"{post.at:%Y-%m-%dT%H:%M:%S}",
            "modified_gmt": f"{post.at:%Y-%m-%dT%H:%M:%S}",
            "link": self.link_of(post),
            "title": {"rendered": post.title},
        }
        return {name: value for name, value in every.items() if names is None or name in names}

    def link_of(self, post: SitePost) -> str:
        return post.link or self.url(f"/{self.to_local(post.at):%Y/%m}/report-{post.number}/")

    def _give_feed(self, steps: list[str], asked: dict[str, str]) -> Reply:
        found = sorted(self.posts, key=lambda post: post.at, reverse=True)
        more = ""
        if steps[:1] == ["category"]:
            found = [post for post in found if int(steps[1]) in post.categories]
            route = self.url(f"/wp-json/wp/v2/categories/{steps[1]}")
            more = f'<{route}>; rel="alternate"; type="application/json"'
        elif steps[:1] == ["comments"]:
            found = []
        day = "".join(steps) if all(step.isdecimal() for step in steps) else ""
        day = day or asked.get("m", "")
        found = [post for post in found if f"{self.to_local(post.at):%Y%m%d}".startswith(day)]
        page = int(asked.get("paged", "1"))
        shown = found[(page - 1) * FEED_PAGE : page * FEED_PAGE]
        return Reply(
            status=200 if shown or page == 1 else 404,
            body=self.write_feed(shown),
            content_type="application/rss+xml; charset=UTF-8",
            headers=self._link(more),
        )

    def write_feed(self, posts: Iterable[SitePost]) -> bytes:
        """An RSS feed of these posts."""
        made_by = "<generator>https://wordpress.org/?v=6.1.9</generator>" if self.says_generator else ""
        items = "".join(
            f"<item><title>{escape(post.title)}</title><link>{escape(self.link_of(post))}</link>"
            f"<pubDate>{post.at:%a, %d %b %Y %H:%M:%S} +0000</pubDate>"
            f'<guid isPermaLink="false">{self.url(f"/?p={post.number}")}</guid></item>'
            for post in posts
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Gazette</title>'
            f"<link>{self.url('')}</link>{made_by}{items}</channel></rss>"
        ).encode()


def list_posts(first: datetime, count: int, step: timedelta, number: int = 1) -> list[SitePost]:
    return [SitePost(number + at, first + at * step) for at in range(count)]


def want(url: str, first: str, last: str) -> HistoryRequest:
    """The request for the feed at `url`."""
    return asking.want(Feed(make_id("fd1", url), url), first=first, last=last)
