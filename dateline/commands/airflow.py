"""`dateline airflow`: a local Airflow with this project's DAGs."""

import click


@click.command()
@click.option("--port", default=8080, show_default=True, help="The web page's port, on loopback only.")
def command(port: int) -> None:
    """Start a local Airflow (standalone) that polls, checks and exports by itself, until Ctrl-C."""
    from dateline.airflow_local import airflow_environment, prepare_airflow, serve_airflow
    from dateline.settings import find_home, load_settings

    home = find_home()
    load_settings(home)
    environment = airflow_environment(home, port)
    click.echo(f"preparing Airflow in {home.airflow}")
    prepare_airflow(environment)
    click.echo(f"starting Airflow: http://127.0.0.1:{port} in about half a minute; stop it with Ctrl-C")
    click.echo(f"sign in as admin; password: {home.airflow / 'simple_auth_manager_passwords.json.generated'}")
    raise SystemExit(serve_airflow(environment))
