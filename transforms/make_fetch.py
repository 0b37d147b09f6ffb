"""The one maker of `Fetch` records, for whatever brings exchanges: the network, the archive, saved files."""

from datetime import datetime

from transforms.identity import make_id
from transforms.records import Fetch, FetchKind, Outcome


def make_fetch(
    run_id: str,
    kind: FetchKind,
    url: str,
    requested_at: datetime,
    *,
    feed_id: str = "",
    entry_id: str = "",
    final_url: str = "",
    outcome: Outcome = "ok",
    status: int = 200,
    error: str = "",
    duration_s: float = 0.0,
    body_bytes: int = 0,
    content_type: str = "",
    redirects: tuple[str, ...] = (),
    warc_file: str = "",
    warc_offset: int = 0,
) -> Fetch:
    """Make the `Fetch` of one attempt, with its id; without `final_url` it ended where it began."""
    return Fetch(
        fetch_id=make_id("ft1", run_id, kind, url, requested_at.isoformat()),
        run_id=run_id,
        kind=kind,
        feed_id=feed_id,
        entry_id=entry_id,
        url=url,
        final_url=final_url or url,
        requested_at=requested_at,
        outcome=outcome,
        status=status,
        error=error,
        duration_s=duration_s,
        body_bytes=body_bytes,
        content_type=content_type,
        redirects=redirects,
        warc_file=warc_file,
        warc_offset=warc_offset,
    )
