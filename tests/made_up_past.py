"""The made-up outlet with the archives that hold what its site has lost."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from dateline.home import Home
from tests.common_crawl import CommonCrawl
from tests.dateline.homes import SETTINGS, make_home
from tests.loopback import LoopbackServer
from tests.made_up_outlet import THREE_YEARS, Eras, Outlet, make_pieces
from tests.web_archive import Archived, WebArchive

SHOWN = 12
"""How many articles the feed shows at once."""
_LATER = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Past:
    """The outlet's site, the web archive and Common Crawl, all on loopback."""

    outlet: Outlet
    archive: WebArchive
    crawl: CommonCrawl

    def make_home(self, path: Path) -> Home:
        """A home whose services are these."""
        own = {
            "wayback_url": self.archive.replay_url,
            "wayback_index_url": self.archive.index_url,
            "commoncrawl_index_url": self.crawl.settings.commoncrawl_index_url,
            "commoncrawl_data_url": self.crawl.settings.commoncrawl_data_url,
        }
        lines = "".join(f'{name} = "{value}"\n' for name, value in own.items())
        settings = SETTINGS.replace("[http]\n", '[http]\ncontact = "desk@gazette.example"\n') + (
            f"[history]\n{lines}wayback_index_per_minute = 60_000\nwayback_replay_per_minute = 60_000\n"
            "commoncrawl_spacing_s = 0\npause_s = 0\n"
        )
        return make_home(path, settings=settings)

    def list_wanted(self, first: date, last: date) -> list[tuple[str, date]]:
        """Addresses and days of all articles of some days: each is held by some source."""
        return [
            (self.outlet.url_of(one), one.at.date())
            for one in self.outlet.pieces
            if first <= one.at.date() <= last
        ]

    @property
    def asked(self) -> dict[str, int]:
        """How many requests each of them got so far."""
        servers = {"site": self.outlet.server, "archive": self.archive, "crawl": self.crawl.server}
        return {name: len(server.requests) for name, server in servers.items()}


@contextmanager
def open_past(a_day: float, eras: Eras = THREE_YEARS) -> Iterator[Past]:
    """Everything that there is of the outlet, with so many articles a day."""
    with LoopbackServer() as server, WebArchive() as archive, CommonCrawl(lines_a_page=100) as crawl:
        outlet = Outlet(server, make_pieces(a_day, eras), eras)
        archive.captures += _list_captures(outlet)
        crawls: set[str] = set()
        for piece in outlet.held_by("commoncrawl"):
            captured_at = piece.at + timedelta(days=1)
            name = f"CC-MAIN-{captured_at:%Y-%m}"
            if name not in crawls:
                last = (captured_at.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
                crawl.add_crawl(name, f"{captured_at:%Y-%m}-01", f"{last:%Y-%m-%d}")
                crawls.add(name)
            crawl.add_capture(name, outlet.url_of(piece), piece.html, captured_at)
        yield Past(outlet, archive, crawl)


def _list_captures(outlet: Outlet) -> list[Archived]:
    """The pages of the days that the archive holds, and a snapshot of the feed at every fourth article."""
    held = outlet.held_by("wayback")
    pages = [Archived(outlet.url_of(one), f"{one.at + _LATER:%Y%m%d%H%M%S}", one.html) for one in held]
    feeds = [
        Archived(
            outlet.feed,
            f"{held[at].at + timedelta(minutes=5):%Y%m%d%H%M%S}",
            outlet.write_feed(held[max(0, at - SHOWN + 1) : at + 1]),
            mime="application/atom+xml",
        )
        for at in range(3, len(held), 4)
    ]
    return pages + feeds


def check_states(past: Past, states: Mapping[date, str], first: date, last: date) -> None:
    """Compare what the coverage says of each day with the truth.

    A day is complete where a source that can say so holds it: the web archive between its first and last snapshot,
    the site's listings from the day of their oldest article on. What only Common Crawl holds is partial. A day
    without an article at the edge of what a source holds may be either.
    """
    eras = past.outlet.eras.days
    held = {source: sorted(one.at.date() for one in past.outlet.held_by(source)) for source in eras}
    certain = {source: (days[0], days[-1]) for source, days in held.items() if source != "commoncrawl"}
    certain["wayback"] = (held["wayback"][SHOWN], held["wayback"][-5])
    there = {one.at.date() for one in past.outlet.pieces}
    edge = 3 * past.outlet.eras.overlap
    for at in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(at)
        inside = [source for source, (begin, end) in certain.items() if begin < day < end]
        around = [source for source, days in eras.items() if days[0] - edge <= day <= days[1] + edge]
        if inside:
            assert states.get(day) == "complete", (day, states.get(day), inside)
        elif day in there and around == ["commoncrawl"]:
            assert states.get(day) == "partial", (day, states.get(day))
