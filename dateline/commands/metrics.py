"""`dateline metrics`: what a monitoring system may know, as Prometheus reads it."""

from pathlib import Path

import click

from dateline.commands.show_text import echo


@click.command()
@click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file as a whole, for node_exporter's textfile collector: it takes names that end in .prom.",
)
def command(path: Path | None) -> None:
    """Print feeds, news, rejections, batches, disk and alerts in Prometheus' text format.

    `dateline web` serves the same as /metrics. With the setting metrics.file each load writes it.
    """
    from datetime import UTC, datetime

    from dateline.home import find_home
    from dateline.metrics import read_metrics, write_metrics

    home = find_home()
    if path is None:
        echo(read_metrics(home, datetime.now(UTC)).decode("utf-8"), nl=False)
    else:
        write_metrics(path, home, datetime.now(UTC))
