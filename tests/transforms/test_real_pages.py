"""The saved real pages keep the quality that was reached; skipped where they are not."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from benchmarks.score_pages import PAGES, Score, mean_of, score_page
from transforms.articles.extract_article import ExtractedArticle, extract_article

pytestmark = pytest.mark.skipif(not (PAGES / "gold.jsonl").exists(), reason=f"no saved pages in {PAGES}")


@pytest.fixture(scope="module")
def extracted() -> list[tuple[dict[str, Any], ExtractedArticle]]:
    pairs = []
    for line in (PAGES / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        body = gzip.decompress((PAGES / gold["file"]).read_bytes())
        fetched_at = datetime.fromisoformat(gold["fetched"]).replace(tzinfo=UTC)
        pairs.append((gold, extract_article(body, gold["url"], fetched_at)))
    return pairs


def score(gold: dict[str, Any], article: ExtractedArticle) -> Score:
    found = {
        "title": article.title,
        "authors": article.authors,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "text": article.text,
    }
    return score_page(gold, found)


@pytest.mark.parametrize(
    ("measure", "least"), [("body", 0.96), ("title", 0.92), ("day", 0.98), ("time", 0.95), ("authors", 0.92)]
)
def test_quality(
    extracted: list[tuple[dict[str, Any], ExtractedArticle]], measure: str, least: float
) -> None:
    assert mean_of([score(gold, article) for gold, article in extracted], measure) >= least


def test_every_page_is_an_article(extracted: list[tuple[dict[str, Any], ExtractedArticle]]) -> None:
    others = {gold["id"] for gold, article in extracted if article.page_kind not in ("article", "live_blog")}
    assert not others


def test_every_field_says_where_it_came_from(
    extracted: list[tuple[dict[str, Any], ExtractedArticle]],
) -> None:
    for _, article in extracted:
        for value, source in (
            (article.title, article.title_source),
            (article.authors, article.authors_source),
            (article.published_at, article.published_source),
            (article.section, article.section_source),
            (article.language, article.language_source),
            (article.text, article.text_source),
        ):
            assert bool(value) == bool(source)
