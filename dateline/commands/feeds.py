"""`dateline feeds`: the subscriptions."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.commands.show_text import echo
from dateline.home import Home, find_home
from ingest.bundled import SEEDS
from transforms.errors import Permanent
from transforms.safe_text import disarm_cell, drop_control_characters, put_on_a_line

if TYPE_CHECKING:
    from transforms.records import Feed

STARTER = SEEDS / "feeds.csv"


@click.group()
def command() -> None:
    """Add, remove, list, import and export subscriptions.

    They are kept in feeds.csv in Dateline's home, which you may also edit by hand.
    """


@command.command()
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option("--title", default="", help="Name of the feed. Default: its own title.")
@click.option(
    "--outlet",
    default="",
    help="Publisher of the feed; events are counted by outlet. Default: the title.",
)
@click.option("--country", default="", help="The outlet's country, ISO 3166-1 alpha-3, such as KEN.")
@click.option(
    "--language", default="", help="ISO 639-1, such as en. Default: the language that the feed declares."
)
@click.option("--tag", "tags", multiple=True, help="A label; may be given more than once.")
@click.option("--no-check", is_flag=True, help="Add the address without fetching it first.")
@click.option("--now", is_flag=True, help="Also ask a host that asked to be left alone for a while.")
def add(
    urls: tuple[str, ...],
    title: str,
    outlet: str,
    country: str,
    language: str,
    tags: tuple[str, ...],
    no_check: bool,
    now: bool,
) -> None:
    """Subscribe to feeds, after a check that each address serves one.

    Of several, those that serve one are added and the others are named; then the exit code is 1.
    """
    from ingest.feeds.subscriptions import add_feeds, make_feed, read_subscriptions, write_subscriptions

    if len(urls) > 1 and (title or outlet):
        raise click.UsageError("--title and --outlet are for one URL at a time")
    home = find_home()
    present = read_subscriptions(home.feeds)
    wanted: list[Feed] = []
    problems: list[Permanent] = []
    for url in urls:
        try:
            wanted.append(make_feed(url, title, outlet, country, language, tags))
        except Permanent as error:
            problems.append(error)
    if not no_check:
        checked = _check(wanted, home, now)
        wanted = [found for found in checked if not isinstance(found, Permanent)]
        problems += [found for found in checked if isinstance(found, Permanent)]
    if len(urls) == 1 and problems:
        raise problems[0]
    feeds, added = add_feeds(present, wanted)
    write_subscriptions(home.feeds, feeds)
    for feed in wanted:
        echo(("added    " if feed in added else "present  ") + _describe(feed))
    if added:
        echo("The next `dateline run` polls what was added.")
    for problem in problems:
        echo(f"dateline: left out: {problem}", err=True)
    if problems:
        raise click.exceptions.Exit(1)


@command.command()
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
def remove(urls: tuple[str, ...]) -> None:
    """Unsubscribe from feeds; their articles and events stay in the warehouse."""
    from ingest.feeds.subscriptions import read_subscriptions, repair_feed_url, write_subscriptions

    home = find_home()
    feeds = read_subscriptions(home.feeds)
    named = {repair_feed_url(url) for url in urls} | set(urls)
    unknown = named - {feed.url for feed in feeds} - {feed.feed_id for feed in feeds}
    missing = [url for url in urls if url in unknown and repair_feed_url(url) in unknown]
    if missing:
        raise Permanent(f"not subscribed to {missing[0]}; `dateline feeds list` shows the addresses")
    gone = [feed for feed in feeds if feed.url in named or feed.feed_id in named]
    write_subscriptions(home.feeds, [feed for feed in feeds if feed not in gone])
    for feed in gone:
        echo("removed  " + _describe(feed))


@command.command(name="list")
@click.option("--tag", default="", help="Only feeds with this tag.")
def list_feeds(tag: str) -> None:
    """List the subscriptions."""
    from ingest.feeds.subscriptions import read_subscriptions

    feeds = [feed for feed in read_subscriptions(find_home().feeds) if not tag or tag in feed.tags]
    for feed in feeds:
        echo(_describe(feed))
    if not feeds:
        echo(
            "no feeds; `dateline feeds import starter` adds a list to start from, `feeds add URL` one",
            err=True,
        )


@command.command(name="import")
@click.argument("source", metavar="FILE|starter")
def import_feeds(source: str) -> None:
    """Subscribe to the feeds of an OPML or CSV file, or of the bundled list `starter`.

    OPML folders become tags. Feeds that are already subscribed stay as they are.
    """
    from ingest.feeds.subscriptions import add_feeds, read_subscriptions, write_subscriptions

    home = find_home()
    present = read_subscriptions(home.feeds)
    found, problems = _read_list(STARTER if source == "starter" else Path(source))
    feeds, added = add_feeds(present, found)
    write_subscriptions(home.feeds, feeds)
    for problem in problems:
        echo(f"dateline: left out: {problem}", err=True)
    counts = f"{len(added)} added, {len(found) - len(added)} present already, {len(problems)} left out"
    echo(f"{counts}; {home.feeds}")


@command.command()
@click.option(
    "--opml", "form", flag_value="opml", default=True, help="As OPML, for other feed readers (the default)."
)
@click.option("--csv", "form", flag_value="csv", help="As CSV, with every column.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file, not the screen.",
)
def export(form: str, output: Path | None) -> None:
    """Print the subscriptions as OPML or CSV.

    In CSV, a title that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    from ingest.feeds.opml import write_opml
    from ingest.feeds.subscriptions import format_subscriptions, read_subscriptions

    feeds = [_make_plain(feed, is_cell=form == "csv") for feed in read_subscriptions(find_home().feeds)]
    body = write_opml(feeds) if form == "opml" else format_subscriptions(feeds).encode()
    if output:
        output.write_bytes(body)
    else:
        echo(body.decode(), nl=False)


def _make_plain(feed: "Feed", *, is_cell: bool) -> "Feed":
    """The feed with names that do nothing in a terminal, nor in a cell of a spreadsheet."""
    title, outlet = drop_control_characters(feed.title), drop_control_characters(feed.outlet)
    if is_cell:
        title, outlet = disarm_cell(title), disarm_cell(outlet)
    return replace(feed, title=title, outlet=outlet)


def _check(feeds: Sequence["Feed"], home: Home, now: bool) -> list["Feed | Permanent"]:
    """The subscriptions, completed by what the feeds themselves declare, or what is wrong with them."""
    import asyncio

    from dateline.commands.entries import describe
    from dateline.commands.feed_check import CheckedFeed, fetch_feeds
    from dateline.settings import load_settings
    from ingest.feeds.subscriptions import make_feed
    from transforms.feeds.decide_entries import to_iso_639_1
    from transforms.feeds.parsed_feed import NotAFeed

    def complete(feed: "Feed", checked: CheckedFeed | Permanent) -> "Feed | Permanent":
        if isinstance(checked, Permanent):
            return checked
        parsed = checked.parsed
        if isinstance(parsed, NotAFeed):
            return Permanent(describe(feed.url, parsed))
        language = feed.language or to_iso_639_1(parsed.language)
        echo(f"found    {len(parsed.entries)} entries at {checked.url}")
        try:
            return make_feed(
                checked.url, feed.title or parsed.title, feed.outlet, feed.country, language, feed.tags
            )
        except Permanent as error:
            return error

    found = asyncio.run(fetch_feeds([feed.url for feed in feeds], home, load_settings(home), now=now))
    return [complete(feed, checked) for feed, checked in zip(feeds, found, strict=True)]


def _read_list(path: Path) -> tuple[Sequence["Feed"], list[str]]:
    from ingest.feeds.opml import looks_like_opml, read_opml
    from ingest.feeds.subscriptions import read_subscriptions

    try:
        body = path.read_bytes()
    except OSError as error:
        raise Permanent(
            f"{path}: cannot be read ({error.strerror}); give an OPML or CSV file, or `starter`"
        ) from error
    if looks_like_opml(body):
        return read_opml(body, str(path))
    return read_subscriptions(path), []


def _describe(feed: "Feed") -> str:
    facts = [
        feed.title,
        feed.outlet if feed.outlet != feed.title else "",
        feed.country,
        feed.language,
        ";".join(feed.tags),
    ]
    return "  ".join(put_on_a_line(fact) for fact in [feed.url, *facts] if fact)
