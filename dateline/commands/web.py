"""`dateline web`: look at the warehouse in a browser."""

import click

from dateline.commands.show_text import echo
from dateline.home import find_home

DEFAULT_PORT = 8321


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="0 takes a free one.",
)
@click.option(
    "--allow-host",
    "allowed",
    multiple=True,
    metavar="NAME",
    help="Also answer to this host name, as behind a reverse proxy. May be repeated.",
)
@click.option(
    "--tiles",
    default="",
    metavar="URL",
    help="A server of map tiles that your browser asks, as https://tile.example/{z}/{x}/{y}.png. Default: none.",
)
@click.option("--tiles-attribution", default="", metavar="TEXT", help="Whom to thank for the tiles.")
@click.option("--open", "is_opened", is_flag=True, help="Open the site in the web browser.")
def command(
    host: str, port: int, allowed: tuple[str, ...], tiles: str, tiles_attribution: str, is_opened: bool
) -> None:
    """Serve a site with the events of the warehouse: map, timeline, feeds, SQL.

    It reads the published file, follows its replacement, and writes nothing. It has no passwords: whoever can
    reach its address can read the warehouse. Ctrl-C stops it.
    """
    from dateline.web.serve import listen, serve
    from dateline.web.site import MapTiles

    home = find_home()
    with listen(host, port) as (socket, address):
        echo(f"{address}  (Ctrl-C stops it)")
        if is_opened:
            click.launch(address)
        serve(home, socket, (host, *allowed), MapTiles(tiles, tiles_attribution))
