"""Entries for candidates: pages that a listing names and no feed announces."""

from dataclasses import replace
from datetime import datetime

from transforms.dates import is_trusted
from transforms.history.records import Candidate
from transforms.history.url_days import URL_DATE, read_url_day
from transforms.history.windows import begin_of
from transforms.identity import make_id
from transforms.plain_text import html_to_line
from transforms.records import Entry
from transforms.urls import canonicalize_url


def make_candidate_entry(candidate: Candidate, seen_at: datetime) -> Entry:
    """The entry that stands for a candidate; its id is the one that a feed's entry without GUID would have.

    A date later than what bounds it (`not_after`, else `seen_at`), by more than a day, is not trusted. Without
    a date that of the address is taken. `seen_at`: when the candidate was found.
    """
    candidate = _take_url_day(candidate)
    canonical_url = canonicalize_url(candidate.url)
    title = html_to_line(candidate.title)
    day = candidate.published_at.date().isoformat() if candidate.published_at else ""
    entry_id = make_id("en1", candidate.feed_id, canonical_url)
    return Entry(
        entry_id=entry_id,
        entry_version_id=make_id("ev1", entry_id, canonical_url, title, "", day, "", ""),
        article_id=make_id("ar1", canonical_url),
        feed_id=candidate.feed_id,
        fetch_id="",
        guid="",
        url=candidate.url,
        canonical_url=canonical_url,
        title=title,
        authors=(),
        published_at=candidate.published_at,
        published_source=candidate.published_source,
        published_trusted=is_trusted(candidate.published_at, candidate.not_after or seen_at),
        updated_at=None,
        summary="",
        content="",
        language="",
        tags=(),
        seen_at=seen_at,
        published_utc_offset_s=candidate.published_utc_offset_s,
    )


def _take_url_day(candidate: Candidate) -> Candidate:
    day = read_url_day(candidate.url) if candidate.published_at is None else None
    if day is None:
        return candidate
    return replace(
        candidate, published_at=begin_of(day), published_source=URL_DATE, published_utc_offset_s=None
    )
