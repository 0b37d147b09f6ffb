"""`dateline alerts`: what the alerts of the home wait for, and what they would send."""

import os
import shutil
from datetime import UTC, datetime

import click

from dateline.commands.show_text import echo
from dateline.home import find_home


@click.group()
def command() -> None:
    """List, try and send the alerts of alerts.toml in the home (docs/alerts.md says how to write one)."""


@command.command("list")
def list_alerts() -> None:
    """Show each alert: what it waits for, where it goes, and how it fares."""
    from dateline.alerts.overview import list_overview
    from dateline.alerts.rules import read_rules
    from dateline.commands.show_rows import draw_table

    home = find_home()
    rules = read_rules(home)
    if not rules:
        echo(f"no alerts yet; write some into {home.alerts} (docs/alerts.md shows how)")
        return
    found = list_overview(home, rules, datetime.now(UTC))
    rows = [
        (one.name, one.state, one.last_sent, one.waiting, one.rule.mode, one.channel, one.rule.what)
        for one in found
    ]
    columns = ("alert", "state", "last sent (UTC)", "waiting", "mode", "channel", "what")
    echo(draw_table(columns, rows, shutil.get_terminal_size((120, 24)).columns))
    for one in found:
        if one.error:
            echo(f"{one.name}: {one.error}")


@command.command("test")
@click.argument("name")
@click.option("--send", is_flag=True, help="Send it as well, as a test; nothing is remembered.")
def test_alert(name: str, send: bool) -> None:
    """Show what the alert NAME would send now; where nothing is new, its last rows as a sample."""
    from dateline.alerts.channels import send_message
    from dateline.alerts.rules import find_rule, read_rules
    from dateline.alerts.trial import make_trial

    home, now = find_home(), datetime.now(UTC)
    rule = find_rule(read_rules(home), name)
    trial = make_trial(home, rule, now)
    echo(f"{trial.remark}\n")
    if trial.message is None:
        return
    echo(f"to: {rule.channel}", bold=True)
    for message in trial.messages:
        echo(f"\n{message.title}\n", bold=True)
        echo(message.text)
    if send:
        send_message(rule, trial.message, home, now, os.environ)
        echo(f"\nsent to {rule.channel}")


@command.command("send")
def send() -> None:
    """Evaluate every alert now and send what is new, as each run does after it has published."""
    from dateline.alerts.evaluate import send_alerts
    from dateline.alerts.rules import read_rules
    from dateline.commands.run_summary import describe_alerts
    from transforms.errors import Transient

    home = find_home()
    if not read_rules(home):
        echo(f"no alerts yet; write some into {home.alerts} (docs/alerts.md shows how)")
        return
    outcomes = send_alerts(home, datetime.now(UTC))
    echo(
        describe_alerts(outcomes)
        or f"there is no warehouse at {home.published} yet; `dateline run` makes one"
    )
    failed = [outcome.name for outcome in outcomes if outcome.error]
    if failed:
        raise Transient(f"{', '.join(failed)} could not be sent; the next evaluation tries again")
