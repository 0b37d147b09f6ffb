"""WordPress' REST API: one page of a listing of posts, asked for and read."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.history.answers import is_cut
from ingest.history.paged_links import add_query
from ingest.history.services import ask
from ingest.http.exchange import Exchange, Fetcher, Request
from transforms.feeds.parsed_feed import MAX_ADDRESS_CHARS, MAX_TITLE_CHARS
from transforms.history.windows import DayRange, begin_of
from transforms.urls import make_absolute

MOST_A_PAGE = 100
"""As many posts as WordPress gives at once. Source: REST API Handbook, "Pagination"."""
USUAL_A_PAGE = 10
"""What every site gives; some are set to give less than the most."""
_FIELDS = "id,date,date_gmt,modified_gmt,link,title"
_WALL = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d")
_FURTHEST_ZONE_S = 15 * 3600
_STRAY = timedelta(days=2)
"""How far a post may lie outside the days asked for: by the zone of the site's clock, and a change of it."""


@dataclass(frozen=True, slots=True)
class Post:
    number: int  # its id; 0 where it tells none
    url: str = ""  # "" without an address that can be fetched
    title: str = ""  # markup
    published_at: datetime | None = None
    published_source: str = ""
    utc_offset_s: int | None = None


@dataclass(frozen=True, slots=True)
class PostsPage:
    """What became of one request: posts, or why the API is of no use."""

    exchange: Exchange
    problem: str = ""  # a sentence; "" where it is an answer of WordPress that could be read
    is_cut: bool = False  # the problem is that it broke off
    posts: tuple[Post, ...] = ()
    total: int = 0  # X-WP-Total: how many posts there are in these days
    pages: int = 0  # X-WP-TotalPages

    @property
    def is_beyond(self) -> bool:
        """Whether WordPress itself says that it will not take these parameters, such as a page past the last."""
        return self.exchange.fetch.status == 400 and _is_json(self.exchange)


async def ask_posts(
    fetcher: Fetcher,
    api: str,
    days: DayRange | None,
    run_id: str,
    feed_id: str,
    page: int = 1,
    size: int = 1,
    order: str = "id",
) -> PostsPage:
    """Ask for a page of the posts of `days` (UTC; None: all), in the order of their ids.

    `after` and `before` are exclusive and reach to the second, so one lies a second before the first day. Posts
    come by id, not by date: many may have one date, and what is published meanwhile, however dated, comes last, so
    that pages shift only where a post is deleted.

    Raises:
        Transient: the site is down, refuses connections or wants to be left alone for long.
    """
    url = add_query(api, **_bound(days), orderby=order, order="asc", per_page=str(size), _fields=_FIELDS)
    if page > 1:
        url = add_query(url, page=str(page))
    return _read(await ask(fetcher, Request("listing", url, run_id, feed_id)), days)


def _bound(days: DayRange | None) -> dict[str, str]:
    if days is None:
        return {}
    after = begin_of(days[0]) - timedelta(seconds=1)
    before = begin_of(days[1]) + timedelta(days=1)
    return {"after": f"{after:%Y-%m-%dT%H:%M:%SZ}", "before": f"{before:%Y-%m-%dT%H:%M:%SZ}"}


def _read(exchange: Exchange, days: DayRange | None) -> PostsPage:
    fetch = exchange.fetch
    if fetch.outcome != "ok":
        return PostsPage(exchange, f"the API answered {fetch.error}")
    try:
        told: Any = json.loads(exchange.body)
    except (ValueError, RecursionError) as error:
        if is_cut(exchange) or (exchange.body.lstrip()[:1] == b"[" and _is_json(exchange)):
            return PostsPage(exchange, f"the API's answer broke off ({error})", is_cut=True)
        return PostsPage(exchange, "the API answered something else than JSON, perhaps a firewall's page")
    total, pages = (_read_count(exchange, name) for name in ("x-wp-total", "x-wp-totalpages"))
    if not isinstance(told, list) or not all(isinstance(post, dict) for post in told):
        return PostsPage(exchange, "the API answered something else than a list of posts")
    if total is None or pages is None:
        return PostsPage(exchange, "the API does not say how many posts there are")
    posts = tuple(read_post(post, fetch.final_url) for post in told)
    dates = [post.published_at for post in posts if post.published_at]
    if days and any(
        not begin_of(days[0]) - _STRAY <= at < begin_of(days[1]) + timedelta(days=1) + _STRAY for at in dates
    ):
        return PostsPage(exchange, "the API does not keep to the days that it is asked for")
    return PostsPage(exchange, posts=posts, total=total, pages=pages)


def read_post(told: dict[str, Any], base: str) -> Post:
    """A post as the API tells it; what is missing or makes no sense is left out. Never raises.

    `date` is of the site's clock and `date_gmt` UTC, so their difference is the offset of that clock.
    """
    number = told.get("id")
    title = told.get("title")
    rendered = title.get("rendered") if isinstance(title, dict) else title
    link = told.get("link")
    local, utc = _read_wall(told.get("date")), _read_wall(told.get("date_gmt"))
    offset_s = round((local - utc).total_seconds()) if local and utc else None
    return Post(
        number if isinstance(number, int) and number > 0 else 0,
        make_absolute(base, link) if isinstance(link, str) and 0 < len(link) <= MAX_ADDRESS_CHARS else "",
        rendered[:MAX_TITLE_CHARS] if isinstance(rendered, str) else "",
        utc or local,
        "date_gmt" if utc else "date" if local else "",
        offset_s if offset_s is not None and abs(offset_s) <= _FURTHEST_ZONE_S else None,
    )


def _read_wall(told: object) -> datetime | None:
    """A date as WordPress writes it, without a zone; None for `0000-00-00T00:00:00` and what is none."""
    if not isinstance(told, str) or not _WALL.match(told):
        return None
    try:
        return datetime.fromisoformat(told[:19]).replace(tzinfo=UTC)
    except ValueError:
        return None


def _read_count(exchange: Exchange, name: str) -> int | None:
    told = exchange.headers.get(name, "").strip()
    return int(told) if told.isdecimal() and told.isascii() and len(told) < 10 else None


def _is_json(exchange: Exchange) -> bool:
    return "json" in exchange.fetch.content_type.lower()
