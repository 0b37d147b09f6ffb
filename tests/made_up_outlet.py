"""A made-up outlet, of whose years each source of history holds some time: the truth is known.

| days of `THREE_YEARS` | where they can be had |
|---|---|
| 2021 | snapshots of the feed and of its pages in a web archive; the site itself has lost them |
| January to June 2022 | pages in a crawl of Common Crawl; the site has lost them, too |
| July to December 2022 | the site's sitemaps, a file a month |
| January to June 2023 | the archive documents of the site's feed (RFC 5005) |
| July to December 2023 | the API of WordPress |

Ten days around each border are held by both neighbours. `SEASON` is the same within four
months. Articles are short, and made of our own sentences.
"""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import escape
from urllib.parse import parse_qs, urlsplit

from tests.loopback import LoopbackServer, Received, Reply


@dataclass(frozen=True, slots=True)
class Eras:
    """Which days each source holds, and how many more around each border its neighbours hold, too."""

    days: Mapping[str, tuple[date, date]]
    overlap: timedelta

    @property
    def first(self) -> date:
        return min(begin for begin, _ in self.days.values())

    @property
    def last(self) -> date:
        return max(end for _, end in self.days.values())


SOURCES = ("wayback", "commoncrawl", "sitemap", "paged", "wordpress")


def make_eras(borders: Sequence[date], overlap_days: int) -> Eras:
    """Eras of the sources in turn: each begins at its border, and the last one ends before the last."""
    days = {name: (borders[at], borders[at + 1] - timedelta(days=1)) for at, name in enumerate(SOURCES)}
    return Eras(days, timedelta(days=overlap_days))


THREE_YEARS = make_eras(
    [
        date(2021, 1, 1),
        date(2022, 1, 1),
        date(2022, 7, 1),
        date(2023, 1, 1),
        date(2023, 7, 1),
        date(2024, 1, 1),
    ],
    10,
)
SEASON = make_eras(
    [
        date(2022, 3, 5),
        date(2022, 3, 29),
        date(2022, 4, 20),
        date(2022, 5, 12),
        date(2022, 6, 2),
        date(2022, 6, 28),
    ],
    3,
)
_TOWNS = ("Aleppo", "Kisumu", "Mosul", "Lima", "Dakar", "Manila", "Tbilisi", "Kano", "Quito", "Lahore")
_DOINGS = (
    ("Gunmen kill {n} in {town}", "Gunmen killed {n} soldiers in {town} on {day}, the defence ministry said."),
    ("Marchers fill the streets of {town}", "Some {n} thousand people marched in {town} on {day} against a tax."),
    ("Barley does well near {town}", "Farmers near {town} brought in {n} thousand tonnes of barley, the college said."),
    ("Ministers meet in {town}", "The foreign ministers of {n} countries met in {town} on {day} to talk about trade."),
    ("New bridge opens in {town}", "A bridge with {n} arches opened in {town} on {day} after three years of work."),
)  # fmt: skip
_MORE = (
    "The road to the south was closed for most of the day, and shops in the centre opened as usual in the afternoon.",
    "Residents said that they had heard of it early in the morning, and that buses were late until noon.",
    "A spokesman for the county asked people to wait for the report, which is to be read out next week.",
    "Prices at the market have hardly changed since, traders said, though fewer lorries come from the coast.",
    "The council will speak about the matter again in its next meeting, a member said by telephone.",
    "Schools stay open, and the clinic beside the station has taken on two more nurses for the season.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """One article."""

    number: int
    at: datetime
    title: str
    paragraphs: tuple[str, ...]

    @property
    def path(self) -> str:
        return f"/{self.at:%Y/%m/%d}/{self.number:05d}-{self.title.lower().replace(' ', '-')}/"

    @property
    def html(self) -> bytes:
        body = "".join(f"<p>{escape(one)}</p>" for one in self.paragraphs)
        return (
            f'<!doctype html><html lang=en><head><title>{escape(self.title)}</title><meta property="og:type" '
            f'content="article"><meta property="article:published_time" content="{self.at.isoformat()}"></head>'
            f"<body><article><h1>{escape(self.title)}</h1>{body}</article></body></html>"
        ).encode()


def make_pieces(a_day: float, eras: Eras = THREE_YEARS) -> tuple[Piece, ...]:
    """The articles of all eras, oldest first; `a_day`: how many on average."""
    rng = random.Random(1)
    found: list[Piece] = []
    for offset in range((eras.last - eras.first).days + 1):
        day = eras.first + timedelta(days=offset)
        count = int(a_day) + (rng.random() < a_day % 1)
        for minute in sorted(rng.sample(range(1440), count)):
            at = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=UTC)
            found.append(_write(len(found), at, rng))
    return tuple(found)


def _write(number: int, at: datetime, rng: random.Random) -> Piece:
    title, lead = rng.choice(_DOINGS)
    words = {"town": rng.choice(_TOWNS), "n": str(rng.randrange(2, 60)), "day": f"{at:%A}"}
    paragraphs = (
        lead.format(**words),
        *rng.sample(_MORE, 3),
        f"It was the {number}th notice of our gazette.",
    )
    return Piece(number, at, title.format(**words), paragraphs)


_SYLLABLES = (
    "ba",
    "ker",
    "tol",
    "mi",
    "ran",
    "do",
    "sel",
    "va",
    "nu",
    "gor",
    "li",
    "pesh",
    "ta",
    "or",
    "kin",
    "wu",
)
_THINGS = ("bridge", "well", "mill", "school", "ferry", "market", "clinic", "harvest", "road", "library")


def _invent(rng: random.Random) -> str:
    """A sentence with names that no other article has, or articles would all be of one story."""
    one, other, town = ("".join(rng.sample(_SYLLABLES, 3)).capitalize() for _ in range(3))
    thing, another = rng.sample(_THINGS, 2)
    return f"{one} {other} of {town} said that the {thing} would be paid for with what the {another} had brought."


class Outlet:
    """The outlet's own site on loopback: what is left of its pages, its feed, sitemaps, archive and API."""

    def __init__(self, server: LoopbackServer, pieces: Sequence[Piece], eras: Eras = THREE_YEARS) -> None:
        self.server = server
        self.eras = eras
        self.pieces = tuple(pieces)
        self.site = server.url("").rstrip("/")
        self.feed = f"{self.site}/feed/"
        for piece in self.pieces:
            if self.is_live(piece):
                server.route(piece.path, Reply(body=piece.html))
        server.route("/", Reply(body=b"<html><title>The Gazette</title>", headers=(
            ("Link", f'<{self.site}/wp-json/>; rel="https://api.w.org/"'),)))  # fmt: skip
        server.route("/robots.txt", Reply(body=f"User-agent: *\nSitemap: {self.site}/sitemap.xml\n".encode(),
                                          content_type="text/plain"))  # fmt: skip
        server.route("/sitemap.xml", lambda _: _xml(self._list_sitemaps()))
        self.archived = self._split_archive()
        newest = f"/archive/{max(self.archived)}.xml"
        server.route("/feed/", lambda _: _xml(self._write_feed(self.pieces[-20:], newest)))
        for month, some in self.archived.items():
            server.route(f"/archive/{month}.xml", _xml(self._write_archive(month, some)))
        for month in self._list_months("sitemap"):
            server.route(f"/sitemap-{month}.xml", _xml(self._write_sitemap(month)))
        server.route("/wp-json/wp/v2/posts", self._posts)

    def held_by(self, source: str) -> list[Piece]:
        """What a source holds: its own days and some on either side."""
        first, last = self.eras.days[source]
        overlap = self.eras.overlap
        return [one for one in self.pieces if first - overlap <= one.at.date() <= last + overlap]

    def is_live(self, piece: Piece) -> bool:
        """Whether the site still has the page."""
        return piece.at.date() >= self.eras.days["sitemap"][0] - self.eras.overlap

    def url_of(self, piece: Piece) -> str:
        return self.site + piece.path

    def _list_months(self, source: str) -> list[str]:
        return sorted({f"{one.at:%Y-%m}" for one in self.held_by(source)})

    def _list_sitemaps(self) -> str:
        files = "".join(
            f"<sitemap><loc>{self.site}/sitemap-{month}.xml</loc></sitemap>"
            for month in self._list_months("sitemap")
        )
        return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{files}</sitemapindex>'

    def _write_sitemap(self, month: str) -> str:
        some = [one for one in self.held_by("sitemap") if f"{one.at:%Y-%m}" == month]
        urls = "".join(
            f"<url><loc>{self.url_of(one)}</loc><news:news><news:publication_date>{one.at.isoformat()}"
            f"</news:publication_date><news:title>{escape(one.title)}</news:title></news:news></url>"
            for one in some
        )
        return (
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
            f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{urls}</urlset>'
        )

    def _split_archive(self) -> dict[str, list[Piece]]:
        """The documents of the feed's archive, by month."""
        found: dict[str, list[Piece]] = {}
        for piece in self.held_by("paged"):
            found.setdefault(f"{piece.at:%Y-%m}", []).append(piece)
        return found

    def _write_archive(self, month: str, pieces: Sequence[Piece]) -> str:
        before = max((other for other in self.archived if other < month), default="")
        return self._write_feed(pieces, f"/archive/{before}.xml" if before else "", is_archive=True)

    def write_feed(self, pieces: Sequence[Piece]) -> bytes:
        """The feed as it showed these articles."""
        return self._write_feed(pieces, "").encode()

    def _write_feed(self, pieces: Sequence[Piece], before: str, *, is_archive: bool = False) -> str:
        link = f'<link rel="prev-archive" href="{self.site}{before}"/>' if before else ""
        mark = '<fh:archive xmlns:fh="http://purl.org/syndication/history/1.0"/>' if is_archive else ""
        entries = "".join(
            f"<entry><id>{self.url_of(one)}</id><title>{escape(one.title)}</title><link href='{self.url_of(one)}'/>"
            f"<published>{one.at.isoformat()}</published><updated>{one.at.isoformat()}</updated>"
            f"<summary>{escape(one.paragraphs[0])}</summary></entry>"
            for one in reversed(pieces)
        )
        return (
            f'<feed xmlns="http://www.w3.org/2005/Atom"><title>The Gazette</title><id>{self.feed}</id>{mark}{link}'
            f"<updated>{pieces[-1].at.isoformat()}</updated>{entries}</feed>"
        )

    def _posts(self, request: Received) -> Reply:
        given = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
        after, before = (
            _instant(given.get(name, at)) for name, at in (("after", "1970"), ("before", "2100"))
        )
        some = [one for one in self.held_by("wordpress") if after < one.at < before]
        size, page = int(given.get("per_page", 10)), int(given.get("page", 1))
        pages = -(-len(some) // size)
        if page > max(pages, 1):
            body = json.dumps({"code": "rest_post_invalid_page_number", "data": {"status": 400}}).encode()
            return Reply(status=400, body=body, content_type="application/json")
        posts = [
            {"id": one.number, "date": f"{one.at:%Y-%m-%dT%H:%M:%S}", "date_gmt": f"{one.at:%Y-%m-%dT%H:%M:%S}",
             "modified_gmt": f"{one.at:%Y-%m-%dT%H:%M:%S}", "link": self.url_of(one), "title": {"rendered": one.title}}
            for one in some[(page - 1) * size : page * size]
        ]  # fmt: skip
        headers = (("X-WP-Total", str(len(some))), ("X-WP-TotalPages", str(pages)))
        return Reply(body=json.dumps(posts).encode(), content_type="application/json", headers=headers)


def _instant(text: str) -> datetime:
    if len(text) == 4:
        return datetime(int(text), 1, 1, tzinfo=UTC)
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _xml(text: str) -> Reply:
    return Reply(
        body=f'<?xml version="1.0" encoding="utf-8"?>{text}'.encode(), content_type="application/xml"
    )
