"""Settings, the steps that join the rooms, and the command line."""

from functools import cache


@cache
def read_version() -> str:
    """The installed version, such as "0.1.0"."""
    from importlib.metadata import version  # takes a tenth of a second

    return version("dateline")


def list_sources() -> dict[str, str]:
    """The history sources, each with what it reads, the default first; none of them is imported."""
    from ingest.history.sources import SOURCES

    return {name: source.about for name, source in SOURCES.items()}
