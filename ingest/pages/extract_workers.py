"""Extraction of articles in worker processes: no page can take the run down with it."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ingest.workers.pool import Failure, run_jobs
from transforms.articles.extract_article import ExtractedArticle, extract_article
from transforms.records import Entry

if TYPE_CHECKING:  # a worker imports this module, and should not load pydantic
    from transforms.settings import CleanSettings

REASONS: dict[Failure, str] = {"hangs": "page_hangs", "too_big": "page_too_big", "breaks": "page_breaks"}
"""Keys of `REJECTION_REASONS` by what happened to the worker."""


@dataclass(frozen=True, slots=True)
class ExtractJob:
    """The arguments of `extract_article`; `body` is None where there is no page."""

    key: str
    body: bytes | None
    url: str
    fetched_at: datetime
    content_type: str = ""
    entry: Entry | None = None
    feed_language: str = ""
    country: str = ""  # the outlet's, ISO 3166-1 alpha-3


@dataclass(frozen=True, slots=True)
class ExtractResult:
    """The article, or the rejection reason and its detail."""

    key: str
    article: ExtractedArticle | None
    reason: str = ""
    detail: str = ""


def extract_pages(jobs: Iterable[ExtractJob], settings: "CleanSettings") -> Iterator[ExtractResult]:
    """Extract articles in processes of their own, in the jobs' order, as a stream.

    A page over the time or the memory of its process, or one that breaks it, gives a result
    with `reason` page_hangs, page_too_big or page_breaks; the pages around it are not touched.

    Raises:
        Permanent: workers cannot be started.
    """
    keys: deque[str] = deque()

    def remember() -> Iterator[ExtractJob]:
        for job in jobs:
            keys.append(job.key)
            yield job

    results = run_jobs(
        "ingest.pages.extract_workers:run_job",
        remember(),
        workers=settings.workers,
        timeout_s=settings.page_timeout_s,
        memory_bytes=settings.page_memory_bytes,
    )
    for result in results:
        key = keys.popleft()
        if result.failure:
            yield ExtractResult(key, None, REASONS[result.failure], result.detail)
        else:
            yield ExtractResult(key, result.value)


def run_job(job: ExtractJob) -> ExtractedArticle:
    """What a worker process does with a job."""
    return extract_article(
        job.body, job.url, job.fetched_at, job.content_type, job.entry, job.feed_language, job.country
    )
