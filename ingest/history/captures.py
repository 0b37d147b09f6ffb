"""Fetching a page as an archive keeps it, whatever kind of archive that is."""

from datetime import datetime

from ingest.history.crawl_record import fetch_record
from ingest.history.wayback_replay import fetch_replay, make_replay_address
from ingest.http.exchange import Exchange, Fetcher
from transforms.history.records import Capture, WantedPage
from transforms.history.settings import HistorySettings


async def fetch_capture(
    capture: Capture, page: WantedPage, fetcher: Fetcher, history: HistorySettings
) -> Exchange:
    """The archived answer for a live page: an exchange whose `requested_at` is the capture's instant
    and whose `archive_url` says where it was had. It is not in the archive of ours yet.

    Raises:
        Transient: the service is down or wants to be left alone.
    """
    if capture.kind == "record":
        return await fetch_record(capture, page, fetcher, history)
    return await fetch_replay(capture, page, fetcher, history)


def make_replay(url: str, near: datetime, history: HistorySettings) -> Capture:
    """The raw replay of `url` nearest to an instant."""
    return Capture("replay", make_replay_address(history, near, url).raw)
