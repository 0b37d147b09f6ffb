"""`dateline coverage`: how complete the past of each feed is."""

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

import click

from dateline.commands.show_text import echo

if TYPE_CHECKING:
    from warehouse.read import CoverageDay

_COLUMNS = ("feed", "from", "to", "state", "expected", "found", "fetched", "refused", "articles", "why")


@click.command()
@click.option("--feed", "url", default="", help="Only this feed (its URL).")
@click.option("--from", "first_day", default="", metavar="DAY", help="First day, YYYY-MM-DD.")
@click.option("--to", "last_day", default="", metavar="DAY", help="Last day, YYYY-MM-DD.")
@click.option("--days", "by_day", is_flag=True, help="A line for each day, not for days alike.")
def command(url: str, first_day: str, last_day: str, by_day: bool) -> None:
    """Show for each feed which days of the past are complete, and which are not.

    The view `coverage_days` has the same, day by day: `dateline sql "FROM coverage_days"`.
    """
    from dateline.commands.show_rows import draw_table
    from dateline.home import find_home
    from dateline.steps.backfill_params import parse_day
    from transforms.errors import Permanent
    from transforms.identity import make_id
    from warehouse.read import read_coverage, read_feeds

    home = find_home()
    first, last = parse_day(first_day, "--from"), parse_day(last_day, "--to")
    if first and last and first > last:
        raise Permanent(f"--from {first} is after --to {last}")
    addresses = {feed.feed_id: feed.url for feed, _ in read_feeds(home.published)}
    feed_id = make_id("fd1", url) if url else None
    if feed_id and feed_id not in addresses:
        raise Permanent(f"the warehouse has nothing of {url}; `dateline feeds list` shows the addresses")
    days = read_coverage(home.published, feed_id, first, last)
    if not days:
        echo(
            "nothing is known of these days; `dateline backfill --feed URL --from DAY --to DAY` asks for them"
        )
        return
    rows = [
        (addresses.get(some[0].feed_id, some[0].feed_id), some[0].day, some[-1].day, some[0].state,
         _add(one.expected for one in some), *(_add(getattr(one, name) for one in some) for name in _COLUMNS[5:9]),
         some[0].evidence)
        for some in _join(days, by_day)
    ]  # fmt: skip
    echo(draw_table(_COLUMNS, rows, None))
    if any(one.state == "gap" for one in days):
        echo(
            "\nA gap: entries were lost. Poll such a feed more often (poll.default_interval_s), or backfill the days."
        )


def _join(days: "Iterable[CoverageDay]", by_day: bool) -> "Iterable[list[CoverageDay]]":
    """Runs of days alike of one feed, one after the other."""

    def key(numbered: "tuple[int, CoverageDay]") -> tuple[object, ...]:
        number, one = numbered
        run = one.day.toordinal() - number if not by_day else one.day
        return (one.feed_id, one.state, one.evidence, run)

    for _, some in groupby(enumerate(days), key):
        yield [one for _, one in some]


def _add(numbers: "Iterable[int | None]") -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None
