"""What every step is given: the home folder, the settings, and where exchanges come from."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from dateline.home import Home, find_home
from dateline.settings import Settings, load_settings
from dateline.steps.wiring import open_http_fetcher
from ingest.http.exchange import Fetcher

FetcherOpener = Callable[[Home, Settings, str], AbstractAsyncContextManager[Fetcher]]
"""Opens the network, or what stands for it; the text is the run in which the time of a host counts together."""
Progress = Callable[[str, int, int], None]
"""Called with a step's name, how many items are done and how many there are."""


def ignore_progress(step: str, done: int, total: int) -> None:
    """The progress of a run that nobody watches."""


def never_stop() -> int | None:
    """The word of a run that has no limit."""
    return None


@dataclass(frozen=True, slots=True)
class Context:
    home: Home
    settings: Settings
    open_fetcher: FetcherOpener = open_http_fetcher
    progress: Progress = ignore_progress
    check_stop: Callable[[], int | None] = never_stop
    """Called between two parts of long work: how many requests may still be sent, None for any number. Raises
    `Transient` where the run is to stop there."""


def open_context(progress: Progress = ignore_progress) -> Context:
    """The context of this process: home and settings from the environment, the network to fetch from."""
    home = find_home()
    return Context(home, load_settings(home), progress=progress)
