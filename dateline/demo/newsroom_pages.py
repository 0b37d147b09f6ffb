"""The sample newsroom's words turned into web sites: `seeds/newsroom/` in, pages and feeds as bytes out.

Nothing here listens or waits; `dateline.demo.newsroom` serves what `render_site` makes.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import jinja2

from ingest.bundled import SEEDS

NEWSROOM_FOLDER = SEEDS / "newsroom"
EDITIONS = ("first-edition", "second-edition")
FEED_MAX_AGE_S = 2  # so short that a demo may poll twice without waiting
PAGE_MAX_AGE_S = 300


@dataclass(frozen=True, slots=True)
class OutletFeed:
    """A feed address of an outlet; `moved_to` and `gone` are addresses that serve no feed any more."""

    name: str
    title: str
    path: str
    template: str = ""
    charset: str = "utf-8"  # of the bytes, whatever the feed declares
    tracking: str = ""  # query string added to each link
    moved_to: str = ""
    gone: bool = False
    subscribed: bool = True
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlet:
    key: str
    title: str
    country: str  # ISO 3166-1 alpha-3
    language: str  # ISO 639-1
    port: int  # the one asked for first
    article_path: str  # a format string
    template: str
    feeds: tuple[OutletFeed, ...]
    disallow: tuple[str, ...] = ()  # for robots.txt


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a body: `tag` is p or h2."""

    tag: str
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    """One article in one edition. `key` is outlet/file name, such as "bay/0302-gazipur"."""

    key: str
    outlet: str
    path: str
    title: str
    authors: tuple[str, ...]
    published_at: datetime  # in the outlet's own zone
    updated_at: datetime
    section: str
    summary: str
    language: str
    feeds: tuple[str, ...]  # names of the outlet's feeds that list it; empty: all
    page: str  # what its address serves: article, consent_wall, stub, video, live_blog or listing
    fault: str  # "", missing (404) or unavailable_once (503, then the page)
    repeated: bool  # the feed lists it twice, under another tracking parameter
    comments: tuple[Mapping[str, str], ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """What a path answers."""

    status: int
    content_type: str = ""
    body: bytes = b""
    modified_at: datetime | None = None
    location: str = ""
    max_age_s: int = PAGE_MAX_AGE_S
    unavailable_once: bool = False


def load_outlets(folder: Path = NEWSROOM_FOLDER) -> tuple[Outlet, ...]:
    """Read `outlets.toml`."""
    tables = tomllib.loads((folder / "outlets.toml").read_text(encoding="utf-8"))
    return tuple(_outlet_of(key, table) for key, table in tables.items())


def load_stories(outlet: Outlet, edition: int, folder: Path = NEWSROOM_FOLDER) -> tuple[Story, ...]:
    """An outlet's stories in edition 1 or 2, newest first.

    The second edition is laid over the first: a file of the same name takes the first one's place.
    """
    files: dict[str, Path] = {}
    for name in EDITIONS[:edition]:
        files |= {path.stem: path for path in (folder / name / outlet.key).glob("*.md")}
    stories = [parse_story(path.read_text(encoding="utf-8"), path.stem, outlet) for path in files.values()]
    return tuple(sorted(stories, key=lambda story: (story.published_at, story.key), reverse=True))


def parse_story(source: str, name: str, outlet: Outlet) -> Story:
    """Read a story: TOML between two lines of `+++`, then paragraphs; `## ` begins a sub-heading.

    `name` is the file's, without `.md`: month and day, a hyphen, the slug.

    Raises:
        ValueError: the front matter is missing or broken, or holds a key that nobody reads.
    """
    opening, front, body = source.split("+++\n", 2)
    if opening:
        raise ValueError(f"{outlet.key}/{name}.md: text before the front matter")
    fields: dict[str, Any] = tomllib.loads(front)
    published_at: datetime = fields.pop("published")
    section: str = fields.pop("section")
    path = fields.pop("path", "") or outlet.article_path.format(
        section=section.lower().replace(" ", "-"),
        year=f"{published_at:%Y}",
        month=f"{published_at:%m}",
        day=f"{published_at:%d}",
        slug=name[5:],
    )
    story = Story(
        key=f"{outlet.key}/{name}",
        outlet=outlet.key,
        path=path,
        title=fields.pop("title"),
        authors=tuple(fields.pop("authors", ())),
        published_at=published_at,
        updated_at=fields.pop("updated", published_at),
        section=section,
        summary=fields.pop("summary"),
        language=fields.pop("language", outlet.language),
        feeds=tuple(fields.pop("feeds", ())),
        page=fields.pop("page", "article"),
        fault=fields.pop("fault", ""),
        repeated=fields.pop("repeated", False),
        comments=tuple(fields.pop("comments", ())),
        blocks=tuple(_block_of(text) for text in re.split(r"\n\s*\n", body.strip())),
    )
    if fields:
        raise ValueError(f"{story.key}: nothing reads {', '.join(fields)}")
    return story


def render_site(outlet: Outlet, stories: Sequence[Story], base: str) -> dict[str, Resource]:
    """Every path of an outlet's site; `base` is its origin, such as "http://127.0.0.1:18761"."""
    newest = max((story.updated_at for story in stories), default=None)
    site = {
        "/robots.txt": _text("text/plain; charset=utf-8", _render_robots(outlet), newest),
        "/": _text("text/html; charset=utf-8", _render("listing.html", outlet, stories, base), newest),
    }
    for story in stories:
        site[story.path] = _render_story(story, outlet, stories, base)
    for feed in outlet.feeds:
        site[feed.path] = _render_feed(feed, outlet, stories, base)
    return site


def render_error(status: int, outlet: Outlet) -> bytes:
    """The HTML that goes with an HTTP error."""
    return _TEMPLATES.get_template("error.html").render(outlet=outlet, status=status).encode()


def link_of(story: Story, base: str, tracking: str = "") -> str:
    """A story's absolute URL."""
    return base + story.path + (f"?{tracking}" if tracking else "")


def _render_story(story: Story, outlet: Outlet, stories: Sequence[Story], base: str) -> Resource:
    if story.fault == "missing":
        return Resource(404)
    # A stub is the outlet's ordinary page, cut short.
    template = outlet.template if story.page in ("article", "stub") else f"{story.page}.html"
    html = _render(template, outlet, stories, base, story=story, related=_pick_related(story, stories))
    once = story.fault == "unavailable_once"
    return Resource(200, "text/html; charset=utf-8", html.encode(), story.updated_at, unavailable_once=once)


def _render_feed(feed: OutletFeed, outlet: Outlet, stories: Sequence[Story], base: str) -> Resource:
    if feed.gone:
        return Resource(410)
    if feed.moved_to:
        return Resource(301, location=base + feed.moved_to)
    listed = [story for story in stories if not story.feeds or feed.name in story.feeds]
    text = _render(feed.template, outlet, listed, base, feed=feed)
    kind = {"feed_atom.xml": "application/atom+xml", "feed_json.json": "application/feed+json"}.get(
        feed.template, "application/rss+xml"
    )
    newest = max((story.updated_at for story in listed), default=None)
    return Resource(200, kind, text.encode(feed.charset), newest, max_age_s=FEED_MAX_AGE_S)


def _render(template: str, outlet: Outlet, stories: Sequence[Story], base: str, **names: object) -> str:
    return _TEMPLATES.get_template(template).render(outlet=outlet, stories=stories, base=base, **names)


def _render_robots(outlet: Outlet) -> str:
    rules = [f"Disallow: {path}" for path in outlet.disallow] or ["Allow: /"]
    return "\n".join(["User-agent: *", *rules, ""])


def _pick_related(story: Story, stories: Sequence[Story]) -> list[Story]:
    """The four stories after this one: their headlines are clutter on its page."""
    at = [other.key for other in stories].index(story.key)
    return [*stories[at + 1 :], *stories[:at]][:4]


def _text(content_type: str, text: str, modified_at: datetime | None) -> Resource:
    return Resource(200, content_type, text.encode(), modified_at)


def _block_of(text: str) -> Block:
    line = " ".join(text.split())
    return Block("h2", line[3:]) if line.startswith("## ") else Block("p", line)


def _outlet_of(key: str, table: Mapping[str, Any]) -> Outlet:
    feeds = tuple(OutletFeed(**{**feed, "tags": tuple(feed.get("tags", ()))}) for feed in table["feeds"])
    return Outlet(**{**table, "key": key, "feeds": feeds, "disallow": tuple(table.get("disallow", ()))})


def _make_templates(folder: Path) -> jinja2.Environment:
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=jinja2.select_autoescape(["html", "xml"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["rfc822"] = format_datetime
    templates.filters["iso"] = datetime.isoformat
    templates.globals["link_of"] = link_of
    return templates


_TEMPLATES = _make_templates(NEWSROOM_FOLDER / "templates")
