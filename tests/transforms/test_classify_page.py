"""Walls, errors and news that only sound like them."""

from datetime import UTC, datetime

import pytest

from transforms.articles.extract_article import extract_article
from transforms.records import PageKind

DAY = "<p>On day {} the police said that the search in the hills would go on, whatever the weather did.</p>"
NEWS = "".join(map(DAY.format, range(6)))


def kind_of(title: str, body: str, url: str = "https://news.example/world/story") -> PageKind:
    page = f"<html lang='en'><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"
    return extract_article(page.encode(), url, datetime(2026, 3, 7, tzinfo=UTC)).page_kind


@pytest.mark.parametrize(
    "title",
    [
        "Bodies of the missing miners not found",
        "Flood kills 404 in the valley",
        "Police arrest 500 in raids",
        "Aid convoy: access denied for the third day",
        "Airport security check brings chaos",
        "Just a moment that changed the war",
        "Emergency service unavailable during the storm",
    ],
)
def test_short_news_with_odd_titles_are_articles(title: str) -> None:
    assert kind_of(title, NEWS) == "article"


@pytest.mark.parametrize(
    "title",
    [
        "404 Not Found",
        "Error 404",
        "404 - Valley Post",
        "Seite nicht gefunden",
        "503 Service Unavailable",
        "Not Found",
    ],
)
def test_errors(title: str) -> None:
    assert kind_of(title, "<p>Try the search.</p>") == "error"


@pytest.mark.parametrize(
    "title",
    ["Just a moment...", "Access denied", "Attention Required! | Cloudflare", "Pardon our interruption"],
)
def test_bot_checks(title: str) -> None:
    assert kind_of(title, "<p>Please wait.</p>") == "bot_check"


def test_a_consent_address_is_enough() -> None:
    assert kind_of("Valley Post", "<p>Hello.</p>", "https://consent.news.example/x?to=1") == "consent_wall"


def test_news_about_cookies_is_no_consent_wall() -> None:
    body = "<p>The court ruled that publishers may not track readers without their consent.</p>" + NEWS
    assert kind_of("Court forbids tracking", body) == "article"


def test_a_few_words_are_a_stub() -> None:
    assert kind_of("A quiet day", "<p>Nothing happened on this day, the mayor said.</p>") == "stub"
