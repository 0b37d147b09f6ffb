"""Settings, the steps that join the rooms, and the command line."""

import os
from functools import cache

os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
"""Arrow's own allocator keeps what it once held, some 40 MB over the loads of a backfill. Arrow reads this when it is
first imported; the processes that a step starts read it too."""


@cache
def read_version() -> str:
    """The installed version, such as "0.1.0"."""
    from importlib.metadata import version  # takes a tenth of a second

    return version("dateline")


def list_sources() -> dict[str, str]:
    """The history sources, each with what it reads, the default first; none of them is imported."""
    from ingest.history.sources import SOURCES

    return {name: source.about for name, source in SOURCES.items()}
