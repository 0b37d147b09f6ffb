"""`dateline airflow`: a local Airflow with this project's DAGs."""

import click

from dateline.commands.show_text import echo


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--port", default=8080, show_default=True, help="The web page's port, on loopback only.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(port: int, arguments: tuple[str, ...]) -> None:
    """Start a local Airflow that polls, checks and exports by itself, until Ctrl-C.

    A part of it that ends is started again.

    With ARGUMENTS, call Airflow's own command line on it instead, such as `dateline airflow dags list` or
    `dateline airflow backfill create --dag-id daily_events --from-date 2026-03-01 --to-date 2026-03-31`.
    """
    from dateline.commands.local_airflow import (
        INSTALL_AIRFLOW,
        airflow_environment,
        become_airflow,
        find_airflow,
        serve_airflow,
    )
    from dateline.home import find_home
    from dateline.settings import load_settings
    from transforms.errors import Permanent

    if not find_airflow():
        raise Permanent(
            f"Airflow is not installed: {INSTALL_AIRFLOW}; without it `dateline run` does the same work"
        )
    home = find_home()
    load_settings(home)
    environment = airflow_environment(home, port)
    if arguments:
        become_airflow(arguments, environment)
    serve_airflow(environment, port, echo)
