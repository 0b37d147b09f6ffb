"""When to ask a feed again, and what to remember of it: a pure decision after each attempt."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import blake2b

from transforms.feeds.parsed_feed import NotAFeed, ParsedFeed
from transforms.records import FeedState, Fetch
from transforms.settings import PollSettings

_SPREAD = 0.2
"""Back-off is drawn from 80 to 120 per cent of its nominal value, so that feeds of one host part."""


def next_state(
    state: FeedState,
    fetch: Fetch,
    headers: Mapping[str, str],
    moved_to: str,
    retry_at: datetime | None,
    parsed: ParsedFeed | NotAFeed | None,
    now: datetime,
    settings: PollSettings,
) -> FeedState:
    """What to remember of a feed after `fetch`.

    `headers` (names in lower case), `moved_to` and `retry_at` are those of the exchange; `parsed` is what its
    body gave, None without one; `now` is when the run began, so that a feed's interval counts in runs.

    A success sets the interval to the longest of what max-age or Expires, ttl and sy:updatePeriod ask for,
    within the settings. A 304 keeps what it does not bring again: validators, and an interval it does not
    lengthen. A 410 ends polling. Anything else counts as a failure and doubles the wait each time; the wait
    is never over `max_backoff_s`, so that no feed falls silent for good. A permanent move is adopted only
    when a feed, or a 304, was found behind it.

    Of a feed with more entries than are read at once, the next poll reads on, as soon as may be. Meanwhile the
    validators stay those of the answer that was read from the first entry. So a feed that changes while it is
    read in parts is read again, and one that does not is left alone then.
    """
    state = replace(state, last_attempt_at=now)
    if fetch.outcome == "gone":
        return replace(
            state, status="gone", next_poll_at=None, failures=state.failures + 1, last_error="410 Gone"
        )
    if fetch.outcome == "not_modified":
        interval_s = max(_read_freshness(headers) or 0, state.interval_s) or settings.default_interval_s
        kept = replace(
            state,
            etag=headers.get("etag", "") or state.etag,
            last_modified=headers.get("last-modified", "") or state.last_modified,
        )
        return _succeed(kept, interval_s, moved_to, now, settings)
    if fetch.outcome == "ok" and isinstance(parsed, ParsedFeed):
        wishes = (_read_freshness(headers), parsed.ttl_s, parsed.update_interval_s)
        interval_s = max(wish or 0 for wish in wishes) or settings.default_interval_s
        fresh = replace(state, entries_read=_count_read(parsed, settings))
        if not parsed.skipped:
            etag, last_modified = headers.get("etag", ""), headers.get("last-modified", "")
            fresh = replace(fresh, etag=etag, last_modified=last_modified)
        return _succeed(fresh, interval_s, moved_to, now, settings)
    if isinstance(parsed, NotAFeed):
        # with the validators of a body that was of no use, a 304 would pass for success
        return _fail(replace(state, etag="", last_modified=""), parsed.detail, retry_at, now, settings)
    error = fetch.error or (f"HTTP status {fetch.status}" if fetch.status else fetch.outcome)
    return _fail(state, error, retry_at, now, settings)


def _count_read(parsed: ParsedFeed, settings: PollSettings) -> int:
    """Behind how many of the feed's entries to read on; 0 when all were read."""
    return parsed.skipped + settings.max_entries if parsed.left_out else 0


def _succeed(
    state: FeedState, interval_s: int, moved_to: str, now: datetime, settings: PollSettings
) -> FeedState:
    interval_s = min(max(interval_s, settings.min_interval_s), settings.max_interval_s)
    wait_s = settings.min_interval_s if state.entries_read else interval_s
    return replace(
        state,
        url=moved_to or state.url,
        status="active",
        interval_s=interval_s,
        next_poll_at=now + timedelta(seconds=wait_s),
        last_success_at=now,
        failures=0,
        last_error="",
    )


def _fail(
    state: FeedState, error: str, retry_at: datetime | None, now: datetime, settings: PollSettings
) -> FeedState:
    failures = state.failures + 1
    longest = timedelta(seconds=settings.max_backoff_s)
    base_s = max(
        settings.min_interval_s, min(state.interval_s or settings.default_interval_s, settings.max_backoff_s)
    )
    wait_s = base_s * 2.0 ** min(failures - 1, 30) * _spread(state.feed_id, failures)
    wait = min(timedelta(seconds=min(wait_s, settings.max_backoff_s)), longest)
    if retry_at is not None:
        wait = min(max(retry_at - now, timedelta(seconds=settings.min_interval_s)), longest)
    return replace(state, next_poll_at=now + wait, failures=failures, last_error=error)


def _spread(feed_id: str, failures: int) -> float:
    """A factor about 1 that looks random but is the same whenever it is computed again."""
    drawn = int.from_bytes(blake2b(f"{feed_id} {failures}".encode(), digest_size=4).digest()) / 2**32
    return 1 - _SPREAD + 2 * _SPREAD * drawn


def _read_freshness(headers: Mapping[str, str]) -> int | None:
    """For how many seconds a response says it stays fresh; None where it says nothing, 0 for "no-store".

    Source: RFC 9111 sections 4.2.1 (max-age before Expires; s-maxage is for shared caches), 4.2.3 (Age), 5.3.
    """
    control = headers.get("cache-control", "").lower()
    if re.search(r"\bno-(?:cache|store)\b", control):
        return 0
    max_age = re.search(r"(?<![\w-])max-age\s*=\s*\"?(\d{1,9})", control)
    if max_age:
        age = headers.get("age", "").strip()
        return max(0, int(max_age[1]) - (int(age) if re.fullmatch(r"\d{1,9}", age) else 0))
    expires, date = _read_http_date(headers.get("expires", "")), _read_http_date(headers.get("date", ""))
    if expires and date:
        return max(0, int((expires - date).total_seconds()))
    return None


def _read_http_date(text: str) -> datetime | None:
    """Source: RFC 9110 section 5.6.7."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
