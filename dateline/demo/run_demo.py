"""The demo: the bundled sample newsroom, polled twice as a deployment would do it, with or without Airflow."""

import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from textwrap import wrap

from dateline.coders.judge import open_judged_coder
from dateline.commands.local_airflow import (
    DAG_RUNS_LOG,
    INSTALL_AIRFLOW,
    airflow_environment,
    find_airflow,
    find_error,
    open_dags,
    prepare_airflow,
)
from dateline.commands.show_rows import draw_table
from dateline.commands.web import DEFAULT_PORT
from dateline.demo.newsroom import Newsroom
from dateline.demo.newsroom_pages import EDITIONS
from dateline.demo.score import describe_score, score_demo
from dateline.home import Home
from dateline.settings import Settings, load_settings
from dateline.steps.context import Context
from dateline.steps.pipeline import complete_run
from dateline.steps.plan_poll import plan_poll
from ingest.feeds.subscriptions import write_subscriptions
from transforms.errors import Permanent
from transforms.event_wording import NewsEvent, cut_sentence, describe_event, describe_sources
from warehouse.browse.report import list_top_events
from warehouse.query import run_queries
from warehouse.sql_files import read_sql

SETTINGS = """\
# What the demo needs and a deployment does not: its newsroom is on this machine, and may be asked at once.
[http]
allow_private_addresses = true
host_spacing_s = 0.02
[poll]
min_interval_s = 0
[pages]
retry_s = 0
[clean]
workers = 2
"""
MARKER = "This folder was made by `dateline demo`"

TABLES = {
    "Feeds polled": "demo_feeds",
    "Every entry: its page, its text and its events": "demo_entries",
}
"""What is shown, by the name of its query in `warehouse/sql/demo.sql`."""
MOST_EVENTS = 15
INDENT = "    "
SITE = f"http://127.0.0.1:{DEFAULT_PORT}/"
NEXT_QUERY = (
    "SELECT event_day, country, place_name, actor, recipient, killed_min, killed_max, sentence "
    "FROM events WHERE killed_max >= 10 ORDER BY event_day"
)


def run_demo(folder: Path, say: Callable[[str], None], width: int) -> None:
    """Make `folder` again, poll the sample newsroom's two editions into it, and show the result.

    Raises:
        Permanent: `folder` holds something else, or a run failed.
    """
    home = Home(folder.absolute())
    _make_folder(home)
    with Newsroom() as newsroom:
        write_subscriptions(home.feeds, newsroom.feeds)
        say(f"The sample newsroom is up: {len(newsroom.feeds)} feeds on 127.0.0.1.")
        if find_airflow():
            _poll_with_airflow(home, newsroom, say)
        else:
            _poll_by_steps(home, newsroom, say)
        score = score_demo(home.published, newsroom.url_of)
    for title, name in TABLES.items():
        say(f"\n{title}\n\n{_show(home, read_sql(name), width)}")
    events = list_top_events(home.published, MOST_EVENTS)
    say(f"\nThe {len(events)} events that matter, of {score.rows}\n\n{draw_events(events, width)}")
    say(f"\nAgainst the newsroom's own truth (seeds/newsroom/expected.json)\n\n{describe_score(score)}")
    dateline = f"DATELINE_HOME={shlex.quote(str(folder))} {shlex.quote(sys.argv[0])}"
    say(f"\nThe warehouse is {home.published}: one DuckDB file. Ask it yourself:\n")
    say(f'  {dateline} sql "{NEXT_QUERY}"\n')
    say("Look at it, with a map and a timeline:\n")
    say(f"  {dateline} web      then open {SITE}\n")


def draw_events(events: Sequence[NewsEvent], width: int) -> str:
    """Each event in our own words, below it its sentence as a whole and its outlets."""
    width = min(max(width, 40), 140)
    lines = []
    for number, event in enumerate(events, start=1):
        lines += wrap(describe_event(event), width, initial_indent=f"{number:>2}. ", subsequent_indent=INDENT)
        quote = f"“{cut_sentence(event.sentence)}” ({describe_sources(event)})"
        lines += wrap(quote, width, initial_indent=INDENT, subsequent_indent=INDENT)
    return "\n".join(lines)


def _poll_with_airflow(home: Home, newsroom: Newsroom, say: Callable[[str], None]) -> None:
    environment, log = airflow_environment(home), home.airflow / DAG_RUNS_LOG
    say("Preparing Airflow, and the gazetteer from GeoNames ...")
    with ThreadPoolExecutor() as threads:
        airflow = threads.submit(prepare_airflow, environment)
        open_judged_coder(home, Settings())
        airflow.result()
    with open_dags(environment) as run:
        for edition in EDITIONS:
            say(f"Running the DAG poll_news on the {edition.replace('-', ' ')} ...")
            began = log.stat().st_size
            state = run("poll_news", {"poll_all": True})
            if state != "success":
                raise Permanent(f"the DAG run ended as {state}: {find_error(log, began)} (all of it: {log})")
            newsroom.advance()


def _poll_by_steps(home: Home, newsroom: Newsroom, say: Callable[[str], None]) -> None:
    say(f"Airflow is not installed ({INSTALL_AIRFLOW}).")
    say("So the same steps are run as `dateline run` runs them; the first run makes the gazetteer, too.")
    context = Context(home, load_settings(home))
    for edition in EDITIONS:
        say(f"Running the steps on the {edition.replace('-', ' ')} ...")
        complete_run(context, plan_poll(context, datetime.now(UTC), only_due=False))
        newsroom.advance()


def _make_folder(home: Home) -> None:
    marker = home.path / "README"
    if home.path.exists():
        if not marker.exists() or not marker.read_text(encoding="utf-8").startswith(MARKER):
            raise Permanent(f"{home.path} is there already and was not made by the demo; give --into FOLDER")
        shutil.rmtree(home.path)
    home.path.mkdir(parents=True)
    marker.write_text(f"{MARKER}, which deletes and makes it again each time.\n", encoding="utf-8")
    home.settings.write_text(SETTINGS, encoding="utf-8")


def _show(home: Home, query: str, width: int) -> str:
    with run_queries(home.published, query) as results:
        result = next(results)
        return draw_table(result.columns, list(result.rows), width)
