"""What is an article's text and what only stands on its page."""

from datetime import UTC, datetime

import pytest

from transforms.articles.extract_article import ExtractedArticle, extract_article

TITLE = "Gunmen kill five at Dalgaro grain market"
PARAGRAPHS = (
    "Five traders were killed on Monday when gunmen opened fire at the grain market of "
    "Dalgaro, the governor said.",
    "The attackers came on motorcycles at midday and left towards the hills, said Idris Manu, "
    "who sells millet there.",
    "Eleven people were wounded and taken to the district hospital, where doctors asked for "
    "blood until the evening.",
    "No group said that it was behind the shooting, the third in the district since the "
    "harvest ended in the south.",
)
TEASED = "Nine people were killed when rebels shelled two villages"


def extract(body: str, head: str = "", title: str = TITLE) -> ExtractedArticle:
    page = f"<html lang='en'><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    return extract_article(
        page.encode(), "https://news.example/world/gunmen-kill-five-48213", datetime(2026, 3, 7, tzinfo=UTC)
    )


def article(inside: str = "", before: str = "", after: str = "") -> str:
    one, two, three, four = (f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return f"<main><article><h1>{TITLE}</h1>{before}{one}{two}{inside}{three}{four}{after}</article></main>"


@pytest.mark.parametrize(
    "block",
    [
        f"<h3>Related stories</h3><ul><li>{TEASED} north of Karsu</li><li>Ferry sinks off Port "
        f"Amal</li></ul>",
        f"<h4>READ MORE</h4><ul><li><a href='/a/1'>{TEASED}</a></li></ul>",
        f"<div class='x'><p>Most read</p><ol><li><a href='/a/1'>{TEASED}</a></li><li><a "
        f"href='/a/2'>Ferry sinks off "
        "Port Amal</a></li></ol></div>",
        f"<section class='read-more'><h3><a href='/a/1'>{TEASED}</a></h3><p>The road to the border "
        f"was closed, a "
        "spokesman said, and the army sent two battalions to the hills.</p></section>",
        f"<div class='c1'><a href='/a/1'><h4>{TEASED}</h4><p>The road to the border was closed, a "
        f"spokesman said.</p></a>"
        "</div>",
        f"<div class='g'><div><h4><a href='/a/1'>{TEASED}</a></h4><p>The road was closed, a "
        f"spokesman of the army said on "
        "Sunday.</p></div><div><h4><a href='/a/2'>Ferry sinks off Port Amal with "
        "forty</a></h4><p>Divers found twelve "
        "bodies.</p></div></div>",
        f"<p><strong>Also read:</strong> <a href='/a/1'>{TEASED}</a></p>",
        f"<p><a href='/a/1'>{TEASED}</a></p>",
        f"<aside><p>{TEASED} on Sunday, and the road to the border was closed by the army until the "
        f"morning.</p></aside>",
        f"<div class='newsletter-signup'><h3>The morning letter</h3><p>{TEASED}: get the day's news "
        f"in your box before "
        "breakfast.</p><form><input type='email'></form></div>",
        f"<div id='related-articles'><p>{TEASED}</p><p>The road was closed.</p></div>",
        f"<h3>Lesen Sie auch</h3><ul><li><a href='/a/1'>{TEASED}</a></li></ul>",
        f"<h3>Lire aussi</h3><div><a href='/a/1'>{TEASED}</a></div>",
        f"<h3>Te puede interesar</h3><div><a href='/a/1'>{TEASED}</a></div>",
        f"<h3>Читайте также</h3><ul><li><a href='/a/1'>{TEASED}</a></li></ul>",
        f"<p><em>Also see: {TEASED}</em></p>",
        f"<div data-widget='related'><p>{TEASED}</p></div>",
        f"<section aria-label='Related'><p>{TEASED}</p></section>",
        f"<div role='complementary'><p>{TEASED} on Sunday, and the road was closed by the army.</p></div>",
        f"<h2>Top stories</h2><div><div><p>{TEASED}</p></div><div><p>Ferry sinks off Port Amal</p></div></div>",
        f"<h3>More on Dalgaro</h3><p>{TEASED}</p><p>Ferry sinks off Port Amal with forty on board</p>",
        "<p>Get the day's top stories in your inbox. <a href='/letter'>Sign up here</a>.</p>",
        f"<div class='card'><img src='x'><div><span>World</span><a href='/a/1'>{TEASED}</a>"
        "<span>3 hours ago</span></div></div>",
        f"<figure><img src='a.jpg'><figcaption>{TEASED}: smoke over Karsu. Photo: A. "
        f"Lind</figcaption></figure>",
    ],
)
@pytest.mark.parametrize("place", ["inside", "after"])
def test_what_leads_elsewhere_is_not_the_text(block: str, place: str) -> None:
    found = extract(article(**{place: block}))
    assert found.page_kind == "article"
    assert found.text.split("\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "block",
    [
        "<div class='breadcrumbs'><a href='/'>Home</a> › <a href='/world'>World</a></div>",
        "<ul class='breadcrumb'><li><a href='/'>Home</a></li><li>World</li></ul>",
        "<p class='section-name'>World</p>",
        "<div class='kicker'>World</div>",
        "<p class='byline'>By Ana Lind in Moroto</p>",
        "<p><time datetime='2026-03-05T17:41:00+09:00'>17:41 JST, March 5, 2026</time></p>",
        "<div class='meta'><span class='author'>Ana Lind</span> <time datetime='2026-03-05'>5 "
        "March 2026</time></div>",
        "<p class='agency'>Harbour Wire</p>",
        "<p rel='author' itemprop='author'>Ana Lind</p>",
        "<div class='share-bar'><a href='#'>Share</a> <a href='#'>Tweet</a> <span>Copy the link to "
        "this story</span></div>",
        "<figure><img src='a.jpg'><figcaption>Soldiers stand at the gate of the market in "
        "Dalgaro.</figcaption></figure>",
        "<div class='wp-caption'><img src='a.jpg'><p class='wp-caption-text'>Soldiers stand at the "
        "gate in Dalgaro.</p></div>",
        "<p class='photo-credit'>Photograph: A. Lind/Harbour Wire</p>",
    ],
)
@pytest.mark.parametrize("place", ["before", "inside"])
def test_what_the_markup_names_is_not_the_text(block: str, place: str) -> None:
    assert extract(article(**{place: block})).text.split("\n") == list(PARAGRAPHS)


def test_a_time_within_a_sentence_stays() -> None:
    body = article(
        "<p>The council of the valley meets again on <time datetime='2026-03-11'>Wednesday</time>, "
        "the mayor said.</p>"
    )
    assert "meets again on Wednesday, the mayor said." in extract(body).text


def test_lists_and_tables_of_figures_stay_at_their_place() -> None:
    figures = (
        "<p>These are the figures by town that the health office of the district gave on Monday evening:</p>"
        "<ul><li>Dalgaro: three dead and four wounded</li><li>Ijari: two dead</li></ul>"
        "<table><tr><th>Town</th><th>Killed</th></tr><tr><td>Dalgaro</td><td>3</td></tr></table>"
    )
    for body in (
        article(figures),
        article(figures).replace("<main><article>", "").replace("</article></main>", ""),
    ):
        lines = extract(body).text.split("\n")
        at = lines.index("- Dalgaro: three dead and four wounded")
        assert lines[at - 2 : at] == [
            PARAGRAPHS[1],
            "These are the figures by town that the health office of the district gave on Monday evening:",
        ]
        assert lines[at + 1] == "- Ijari: two dead"
        assert [line for line in lines if "Dalgaro" in line and "3" in line]
        assert lines[-2:] == list(PARAGRAPHS[2:])


def test_an_article_that_only_readers_without_scripts_see_is_read() -> None:
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    found = extract(
        f"<h1>{TITLE}</h1><div id='app'></div><noscript><article>{paragraphs}</article></noscript>"
    )
    assert found.text.split("\n") == list(PARAGRAPHS)
    twice = extract(article(after=f"<noscript>{paragraphs}</noscript>"))
    assert twice.text.split("\n") == list(PARAGRAPHS)


@pytest.mark.parametrize("shown", ["", f"<p>{PARAGRAPHS[0]}</p><p>Log in to read on.</p>", "<p>Loading…</p>"])
def test_a_text_that_only_json_ld_holds_is_read(shown: str) -> None:
    body = "\\n\\n".join(PARAGRAPHS)
    data = f'{{"@type":"NewsArticle","headline":"{TITLE}","articleBody":"{body}"}}'
    found = extract(f"<h1>{TITLE}</h1>{shown}", head=f'<script type="application/ld+json">{data}</script>')
    assert (found.text.split("\n"), found.text_method) == (list(PARAGRAPHS), "json-ld articleBody")
