"""`dateline backfill`: load the past from saved files or from the network."""

import os
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from dateline import list_sources
from dateline.commands.show_text import echo

if TYPE_CHECKING:
    from dateline.steps.backfill_stint import BackfillAsked
    from dateline.steps.context import Context
    from dateline.steps.job_files import BackfillJob
    from dateline.steps.run_limits import Limits

SOURCES = list_sources()
_NETWORK = "auto"


class RunByDefault(click.Group):
    """A group whose first command is meant where none is named: `dateline backfill PATH`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        is_named = bool(args) and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if is_named else ["run", *args])


def _what(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what to load."""
    abouts = "; ".join(f"{name}: {about}" for name, about in SOURCES.items())
    options = (
        click.argument("path", type=click.Path(), default=""),
        click.option("--source", "sources", multiple=True, type=click.Choice([_NETWORK, *SOURCES]),
                     help=f"May be given again. auto: the network, cheapest first; {abouts}. "
                     "Default: folder with a PATH, else auto."),
        click.option("--feed", "feeds", multiple=True, help="Only this feed (its URL), or `all`; may be given again."),
        click.option("--tag", "tags", multiple=True, help="Only feeds with this tag; may be given again."),
        click.option("--from", "first_day", default="", metavar="DAY", help="First day, YYYY-MM-DD."),
        click.option("--to", "last_day", default="", metavar="DAY", help="Last day, YYYY-MM-DD."),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def _limits(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that bound one run."""
    requests = click.option(
        "--max-requests", type=click.IntRange(0), default=0, help="Stop after so many requests; 0: no limit."
    )
    days = click.option(
        "--max-days",
        type=click.IntRange(0),
        default=0,
        help="Stop after so many days of a feed; 0: no limit.",
    )
    return requests(days(function))


@click.group(cls=RunByDefault)
def command() -> None:
    """Load the past: saved feeds and pages from PATH, or from the network what feeds published.

    \b
    dateline backfill PATH                                      saved files
    dateline backfill --feed all --from DAY --to DAY            from the network
    dateline backfill plan --feed all --from DAY --to DAY       what that would take

    Run the same command again to carry on after a stop; what was loaded is not loaded twice.
    `dateline backfill run --help` shows all options.
    """


@command.command()
@_what
@_limits
def run(
    path: str,
    sources: tuple[str, ...],
    feeds: tuple[str, ...],
    tags: tuple[str, ...],
    first_day: str,
    last_day: str,
    max_requests: int,
    max_days: int,
) -> None:
    """Load what was asked for (the default)."""
    from dateline.commands.progress import show_progress
    from dateline.steps.backfill_stint import BackfillAsked, open_asked
    from dateline.steps.context import open_context
    from dateline.steps.run_limits import Limits

    asked = BackfillAsked(sources, path, feeds, tags, first_day, last_day)
    if asked.is_of_saved_files:
        _run_saved(asked)
        return
    with show_progress() as progress:
        context = open_context(progress)
        _run_job(context, open_asked(context, asked), Limits(max_requests, max_days))


@command.command()
@_what
def plan(
    path: str,
    sources: tuple[str, ...],
    feeds: tuple[str, ...],
    tags: tuple[str, ...],
    first_day: str,
    last_day: str,
) -> None:
    """Show what each source could give, and how many requests and how long that would take."""
    from dateline.commands.progress import show_progress
    from dateline.commands.show_rows import draw_table
    from dateline.steps.backfill_stint import BackfillAsked, open_asked
    from dateline.steps.context import open_context
    from dateline.steps.survey import survey
    from transforms.errors import Permanent

    asked = BackfillAsked(sources, path, feeds, tags, first_day, last_day)
    if asked.is_of_saved_files:
        raise Permanent("saved files are read at once, there is nothing to plan; give feeds and days instead")
    with show_progress() as progress:
        context = open_context(progress)
        estimates = list(survey(context, open_asked(context, asked, is_kept=False)))
    rows = []
    for one in estimates:
        feed = one.feeds[0] if len(one.feeds) == 1 else f"{len(one.feeds)} feeds"
        days = f"{one.first_day} to {one.last_day}" if one.first_day else ""
        articles = "unknown" if one.articles is None and one.windows else one.articles or ""
        rows.append(
            (feed, one.source, days, articles, one.listing_requests, _say_time(one.seconds), one.problem)
        )
    columns = ("feed", "source", "days", "articles", "listing requests", "time", "problem")
    echo(draw_table(columns, rows, None))
    echo("\nThe time is that of polite asking: listings, and pages where their number is known.")


@command.command()
def status() -> None:
    """List the backfills from the network, with how far each is."""
    from dateline.commands.show_rows import draw_table
    from dateline.steps.backfill_jobs import list_progress
    from dateline.steps.context import open_context

    columns = (
        "backfill",
        "state",
        "sources",
        "feeds",
        "from",
        "to",
        "windows",
        "expected",
        "found",
        "requests",
    )
    rows = [
        (one.name, one.state, one.sources, one.feeds, one.first_day, one.last_day,
         f"{one.windows_done} of {one.windows}", one.expected, one.found, one.requests)
        for one in list_progress(open_context())
    ]  # fmt: skip
    echo(draw_table(columns, rows, None) if rows else "no backfill from the network was begun yet")


@command.command()
@click.argument("name")
def pause(name: str) -> None:
    """Let a backfill stop, also one that is running, until `resume`."""
    from dateline.home import find_home
    from dateline.steps.job_files import PAUSED, find_job, set_mark

    home = find_home()
    job = find_job(home, name)
    set_mark(home, job.run_id, PAUSED)
    echo(f"paused; `dateline backfill resume {_short(job.run_id)}` carries on")


@command.command()
@click.argument("name")
@_limits
def resume(name: str, max_requests: int, max_days: int) -> None:
    """Go on with a backfill."""
    from dateline.commands.progress import show_progress
    from dateline.steps.context import open_context
    from dateline.steps.job_files import PAUSED, find_job, read_mark, set_mark
    from dateline.steps.run_limits import Limits

    with show_progress() as progress:
        context = open_context(progress)
        job = find_job(context.home, name)
        if read_mark(context.home, job.run_id) == PAUSED:
            set_mark(context.home, job.run_id, "")
        _run_job(context, job, Limits(max_requests, max_days))


@command.command()
@click.argument("name")
def cancel(name: str) -> None:
    """Give a backfill up; what is loaded stays, and so does the archive."""
    from dateline.steps.backfill_jobs import drop_batches
    from dateline.steps.context import open_context
    from dateline.steps.job_files import CANCELLED, find_job, set_mark

    context = open_context()
    job = find_job(context.home, name)
    set_mark(context.home, job.run_id, CANCELLED)
    dropped = drop_batches(context, job)
    echo(f"cancelled; {dropped} batches that were under way are gone, what is loaded stays")


def _run_job(context: "Context", job: "BackfillJob", limits: "Limits") -> None:
    from dateline.commands.inform import inform_others, inform_where_it_fails
    from dateline.commands.run_summary import summarize_run
    from dateline.steps.run_backfill import run_job

    try:
        with inform_where_it_fails(context):
            done = run_job(context, job, limits)
    except KeyboardInterrupt:  # lanes may wait for minutes; all that they have is kept as it comes
        echo("\nstopped; nothing is lost, the same command again carries on", err=True)
        sys.stderr.flush()
        os._exit(128 + signal.SIGINT)
    echo(summarize_run(context.home, done.batches, done.loaded, "all of it was loaded before"))
    for note in done.notes:
        echo(note)
    echo(
        f"requests: {done.requests}; `dateline coverage --from {job.first_day or 'DAY'} --to {job.last_day or 'DAY'}` "
        "shows how complete these days are"
    )
    inform_others(context)


def _run_saved(asked: "BackfillAsked") -> None:
    from dateline.commands.inform import inform_others, inform_where_it_fails
    from dateline.commands.progress import show_progress
    from dateline.commands.run_summary import summarize_run
    from dateline.steps.backfill import count_unreadable, plan_windows
    from dateline.steps.context import open_context
    from dateline.steps.pipeline import complete_run
    from ingest.feeds.subscriptions import read_subscriptions
    from transforms.errors import Permanent

    with show_progress() as progress:
        context = open_context(progress)
        params = asked.read_saved_params(read_subscriptions(context.home.feeds))
        planned = plan_windows(context, params)
        batches = [batch for batch, is_waiting in planned.items() if is_waiting]
        with inform_where_it_fails(context):
            loaded = complete_run(context, batches)
    echo(summarize_run(context.home, batches, loaded, "all of it was loaded before"))
    inform_others(context)
    left_out = count_unreadable(context, planned)
    if left_out:  # also of windows that were loaded before: what they lack is still missing
        about = "`dateline sql \"SELECT item_id, detail FROM rejections WHERE reason = 'record_unreadable'\"`"
        raise Permanent(
            f"{left_out} records of WARC files could not be read, all else is loaded; {about} lists them"
        )


def _short(run_id: str) -> str:
    return run_id.removeprefix("backfill-")[:8]


def _say_time(seconds: float | None) -> str:
    if seconds is None:
        return "unknown"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_400 else f"{seconds / 3_600:.1f} h"
