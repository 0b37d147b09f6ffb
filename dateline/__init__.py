"""Settings, the steps that join the rooms, and the command line."""

from functools import cache
from importlib.metadata import version


@cache
def read_version() -> str:
    """The installed version, such as "0.1.0"."""
    return version("dateline")
