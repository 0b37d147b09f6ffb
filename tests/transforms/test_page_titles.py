"""Titles: what is the article's and what the template's, escapes, cuts, and what the feed says."""

import pytest
from lxml.html import HtmlElement, document_fromstring

from transforms.articles.page_head import PageHead, read_head
from transforms.articles.page_titles import choose_title, clean_title

NAME = "Crane falls at old quay of Berbera"


def read_page(head: str, body: str = "") -> PageHead:
    tree = document_fromstring(f"<html lang='en'><head>{head}</head><body>{body}</body></html>")
    assert isinstance(tree, HtmlElement)
    return read_head(tree, "https://www.gulf-ledger.example/ports/123")


def og(title: str) -> str:
    return f'<meta property="og:title" content="{title}">'


def headline(title: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{title}"}}</script>'


@pytest.mark.parametrize(
    "template",
    [
        "Gulf Ledger",
        "Gulf Ledger - News of the ports",
        "All the news of the ports",
        "Shipping",
        "Home",
        "",
    ],
)
@pytest.mark.parametrize("wrap", [og, headline])
def test_what_the_site_says_on_all_its_pages_is_no_title(template: str, wrap: object) -> None:
    assert callable(wrap)
    page = read_page(f"<title>{NAME} | Gulf Ledger</title>{wrap(template)}", f"<h1>{NAME}</h1>")
    assert choose_title(page).text == NAME


def test_a_title_that_only_social_media_get_is_still_one() -> None:
    page = read_page(
        f"<title>{NAME} | Gulf Ledger</title>" + og("Two hurt as crane falls"), f"<h1>{NAME}</h1>"
    )
    assert choose_title(page).text == "Two hurt as crane falls"


def test_without_a_heading_the_feeds_title_speaks_against_a_template() -> None:
    page = read_page(f"<title>{NAME} - Gulf Ledger</title>" + og("All the news of the ports"))
    assert choose_title(page, NAME).text == NAME


def test_the_feed_decides_between_two_titles() -> None:
    page = read_page(headline("Why the crane fell at the quay") + og(NAME))
    assert choose_title(page).text == "Why the crane fell at the quay"
    assert choose_title(page, f"{NAME} - Gulf Ledger").text == NAME


@pytest.mark.parametrize(
    "cut", ["Crane falls at old...", "Crane falls at old …", "Crane falls at old […]", "Crane falls at ol..."]
)
def test_a_cut_title_is_finished(cut: str) -> None:
    assert choose_title(read_page(og(cut), f"<h1>{NAME}</h1>")).text == NAME
    assert choose_title(read_page(headline(cut), f"<h1>{NAME}</h1>")).text == NAME


def test_a_title_cut_at_its_own_quotes_is_finished() -> None:
    page = read_page(
        '<meta property="og:title" content="Crane falls at "old quay" of Berbera">',
        '<h1>Crane falls at "old quay"</h1>',
    )
    assert choose_title(page).text == 'Crane falls at "old quay"'


@pytest.mark.parametrize(
    "title",
    [
        f"{NAME} | Ports | Gulf Ledger",
        f"{NAME} - Gulf-Ledger.example",
        f"{NAME} – The Gulf Ledger",
        f"Gulf Ledger: {NAME}",
        f"Gulf Ledger | {NAME}",
    ],
)
def test_the_sites_name_is_cut(title: str) -> None:
    assert choose_title(read_page(f"<title>{title}</title>")).text == NAME


def test_words_that_only_hold_the_sites_name_stay_where_the_heading_has_them() -> None:
    title = "A walk in May – ledger of a spring"
    page = read_page(f"<title>{title}</title>" + og(title), f"<h1>{title}</h1>")
    assert choose_title(page).text == title


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Garissa&#8217;s market", "Garissa’s market"),
        ("Garissa&amp;#8217;s market", "Garissa’s market"),
        ("&amp;amp;quot;Old&amp;amp;quot; quay", '"Old" quay'),
        ("AT&amp;amp;T strike", "AT&T strike"),
        ("Q&A: what now?", "Q&A: what now?"),
        ("Crane <em>falls</em> at quay", "Crane falls at quay"),
        ("Crane &lt;b&gt;falls&lt;/b&gt; at quay", "Crane falls at quay"),
        ("When a < b and c > d", "When a < b and c > d"),
        ("\u200bCrane fa\u00adlls\ufeff at\u2060 quay", "Crane falls at quay"),
        ("Crane \ud83d falls", "Crane falls"),
        ("  Crane\n falls\t", "Crane falls"),
    ],
)
def test_titles_are_plain_text(raw: str, clean: str) -> None:
    assert clean_title(raw) == clean
