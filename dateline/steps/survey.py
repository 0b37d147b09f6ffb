"""What history sources could give, and what that would cost, before anything is loaded."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from dateline.steps.backfill_jobs import Lane, list_lanes, plan_source
from dateline.steps.context import Context
from dateline.steps.job_files import BackfillJob, PlannedWindow
from ingest.history.mediacloud import SEARCH_SPACING_S
from transforms.errors import DatelineError
from transforms.history.settings import HistorySettings
from transforms.settings import HttpSettings


@dataclass(frozen=True, slots=True)
class SourceEstimate:
    """What one source can give for one feed (or for all), and what asking costs at the polite rate."""

    source: str
    feeds: tuple[str, ...]
    windows: int
    first_day: date | None
    last_day: date | None
    articles: int | None  # None: the source cannot say
    listing_requests: int
    seconds: float | None  # of listing and, where the articles are known, of their pages
    problem: str = ""


def survey(context: Context, job: BackfillJob) -> Iterator[SourceEstimate]:
    """Ask each source for its plan, feed by feed; no window is kept and no article is fetched."""
    plain = replace(job, is_auto=False)
    asked = [(lane, source) for lane in list_lanes(plain) for source in lane.sources]
    for done, (lane, source) in enumerate(asked, 1):
        try:
            windows = plan_source(context, plain, lane, source)
        except DatelineError as error:
            yield SourceEstimate(source, lane.feeds, 0, None, None, None, 0, None, str(error))
        else:
            yield _estimate(source, lane, windows, context.settings.http, context.settings.history)
        context.progress("sources", done, len(asked))


def _estimate(
    source: str, lane: Lane, windows: list[PlannedWindow], http: HttpSettings, history: HistorySettings
) -> SourceEstimate:
    days = [day for one in windows for day in (one.window.first_day, one.window.last_day) if day]
    counts = [one.window.count for one in windows]
    articles = sum(count for count in counts if count) if windows and None not in counts else None
    listing = sum(one.window.requests or len(one.window.items) or 1 for one in windows)
    listing_s, page_s = http.host_spacing_s, http.host_spacing_s
    if source == "wayback":
        listing_s = page_s = 60 / min(history.wayback_replay_per_minute, 480)
    elif source in ("commoncrawl", "ccnews"):
        listing_s = page_s = max(history.commoncrawl_spacing_s, 0.1)
    elif source == "mediacloud":
        listing_s = SEARCH_SPACING_S
    seconds = listing * listing_s + (articles or 0) * page_s if windows else 0.0
    return SourceEstimate(
        source,
        lane.feeds,
        len(windows),
        min(days, default=None),
        max(days, default=None),
        articles,
        listing,
        seconds if articles is not None or not windows else None,
    )
