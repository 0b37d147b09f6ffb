"""Pages in worker processes: results in order, failures as rejections."""

from datetime import UTC, datetime

from ingest.pages.extract_workers import REASONS, ExtractJob, extract_pages
from tests.limits import HANG_S
from tests.paths import CASES
from transforms.records import REJECTION_REASONS
from transforms.settings import CleanSettings

PAGE_CASES = CASES / "pages"
FETCHED_AT = datetime(2026, 3, 7, tzinfo=UTC)


def make_job(key: str, body: bytes | None) -> ExtractJob:
    return ExtractJob(key, body, f"https://news.example/{key}", FETCHED_AT)


def test_pages_come_back_in_order_and_a_failure_is_a_rejection() -> None:
    page = (PAGE_CASES / "article_json_ld.html").read_bytes()
    broken = ExtractJob("broken", page, "https://news.example/", None)  # type: ignore[arg-type]
    jobs = [make_job("one", page), broken, make_job("none", None), make_job("two", page)]
    results = list(extract_pages(jobs, CleanSettings(workers=2, page_timeout_s=HANG_S)))
    assert [result.key for result in results] == ["one", "broken", "none", "two"]
    assert [result.reason for result in results] == ["", "page_breaks", "", ""]
    assert results[0].article == results[3].article
    assert results[0].article is not None
    assert results[0].article.title == "Blast at Marenga grain market kills nine"


def test_every_reason_is_on_the_closed_list() -> None:
    assert set(REASONS.values()) <= set(REJECTION_REASONS)
