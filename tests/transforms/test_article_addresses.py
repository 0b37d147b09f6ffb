"""Which addresses are obviously no article, and which may be one."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.history.article_addresses import is_no_article

NO_ARTICLES = (
    "", "/", "/en/", "/en-GB", "/index.html", "/en/index.php", "/home", "/index.html?utm_source=x",
    "/politics", "/en/politics", "/about", "/about-us", "/en/contact-us", "/impressum",
    "/tags", "/tag/harbour/", "/tag/harbour-and-sea", "/en/category/politics/local", "/news/category/politics",
    "/category/news/page/2", "/author/mara-quill/page/2/", "/authors/jo-moor", "/blog/author/jo-moor",
    "/topics/rain/snow", "/news/page/3", "/news/?page=3", "/?paged=2", "/?s=ferry", "/news?q=ferry&page=2",
    "/search?x=1", "/search/rain-in-the-dale", "/feed/", "/a-b-c/feed/", "/?feed=rss2", "/sitemap.xml",
    "/ferry-sails?share=mail", "/rain-in-the-dale?replytocom=7", "/news/rain-in-the-dale/print",
    "/login?next=/2024-was-wet", "/wp-login.php", "/wp-json/wp/v2/posts", "/cdn-cgi/l/email-protection",
    "/wp-content/uploads/2024/02/rain.png", "/photos/ferry.JPG", "/papers/budget.pdf", "/2024/02/03/rain.pdf",
    "/news.rss", "/search?day=2024-03-05",
)  # fmt: skip
MAY_BE = (
    "/2024/03/05/ferry", "/2024/03/05/", "/category/2024/03/05/ferry", "/tag/rain/2024/02/03/flood",
    "/2024/03/05/ferry?share=mail", "/search/2024-03-05-ferry", "/ferry", "/rain-in-the-dale", "/news/rain-in-the-dale",
    "/?p=123", "/?page_id=7", "/index.php?option=com_content&id=7", "/index.php?page=ferry", "/article.php?id=7",
    "/about-us?id=7", "/12345", "/a/1234.html", "/news/story/8", "/content/politics/8.html", "/world/europe",
    "/category/politics/mayor-of-lakeside-resigns-over-ferry", "/tagline-of-the-year", "/about-the-ferry",
    "/feedback-on-the-ferry", "/authors-meet-in-lakeside", "/news/page/turning-the-page", "/news/ferry-2.0",
    "/en/ferry-sails-again", "/%D0%B4%D0%BE%D0%B6%D0%B4%D1%8C",
)  # fmt: skip


@pytest.mark.parametrize("path", NO_ARTICLES)
def test_the_address_shows_that_it_is_no_article(path: str) -> None:
    assert is_no_article(f"https://lakeside.example{path}")


@pytest.mark.parametrize("path", MAY_BE)
def test_what_may_be_an_article_stays(path: str) -> None:
    assert not is_no_article(f"https://lakeside.example{path}")


@given(
    st.dates(date(1995, 1, 1), date(2035, 1, 1)),
    st.sampled_from(["/{:%Y/%m/%d}/x", "/x-{:%Y%m%d}.html", "/{:%Y-%m-%d}-x"]),
    st.sampled_from(["", "/tag", "/news/category/a", "/feed", "/en/search"]),
    st.sampled_from(["", "?s=1", "?page=2", "?print"]),
)
def test_a_path_with_a_day_is_an_articles_whatever_else_it_says(
    day: date, form: str, before: str, behind: str
) -> None:
    assert not is_no_article(f"https://lakeside.example{before}{form.format(day)}{behind}")


@given(
    st.lists(st.text("abcdefghij", min_size=1, max_size=8), min_size=5, max_size=9),
    st.sampled_from(["", "/tag", "/news"]),
)
def test_many_words_make_an_article(words: list[str], before: str) -> None:
    assert not is_no_article(f"https://lakeside.example{before}/{'-'.join(words)}")


@given(st.text())
def test_any_address_is_judged(text: str) -> None:
    for url in (text, f"https://{text}", f"https://lakeside.example/{text}"):
        is_no_article(url)
