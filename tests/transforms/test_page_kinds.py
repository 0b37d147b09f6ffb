"""What a page is: walls, errors, listings and articles that look like them, each with what its feed says."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.paths import CASES
from tests.transforms.test_extract_article import ENTRY, WHOLE
from transforms.articles.extract_article import ExtractedArticle, extract_article
from transforms.records import CODED_KINDS, Entry

PAGES = sorted((CASES / "pages" / "kinds").glob("*.html"))
FETCHED_AT = datetime(2026, 3, 7, tzinfo=UTC)


def read(page: Path) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    return case


def extract(page: Path, entry: Entry | None) -> ExtractedArticle:
    return extract_article(page.read_bytes(), read(page)["url"], FETCHED_AT, "text/html", entry)


def entry_of(page: Path, content: str = "") -> Entry:
    case = read(page)
    return replace(
        ENTRY,
        url=case["link"],
        title=case["title"],
        summary=case["summary"],
        content=content,
        published_at=None,
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_kind_of_a_page_with_what_its_feed_says(page: Path) -> None:
    case, found = read(page), extract(page, entry_of(page))
    assert found.page_kind == case["kind"]
    assert found.page_was == ("" if case["kind"] in CODED_KINDS else case["kind"])
    if case["kind"] in CODED_KINDS:
        assert [text for text in case.get("text_has", ()) if text not in found.text] == []
        assert [text for text in case.get("text_lacks", ()) if text in found.text] == []
    elif case["kind"] != "stub":
        assert (found.title, found.text_source) == (case["title"], "feed")


@pytest.mark.parametrize(
    "page", [page for page in PAGES if "kind_without_feed" in read(page)], ids=lambda page: page.stem
)
def test_the_kind_of_a_page_without_a_feed(page: Path) -> None:
    assert extract(page, None).page_kind == read(page)["kind_without_feed"]


@pytest.mark.parametrize(
    "page", [page for page in PAGES if read(page)["kind"] not in CODED_KINDS], ids=lambda page: page.stem
)
def test_what_is_no_article_does_not_replace_the_feeds_whole_text(page: Path) -> None:
    found = extract(page, entry_of(page, content=WHOLE))
    assert (found.page_kind, found.text_source, found.text_method) == ("article", "feed", "feed content")
    assert found.page_was == read(page)["kind"]
