"""The sample newsroom as a reader meets it: over HTTP."""

from collections.abc import Iterator

import feedparser
import httpx
import lxml.html
import pytest
import trafilatura

from dateline.demo.newsroom import Newsroom
from dateline.demo.newsroom_pages import NEWSROOM_FOLDER, load_outlets, load_stories, parse_story
from tests.paths import SHARED
from transforms.urls import canonicalize_url


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(preferred_ports=False) as newsroom:
        yield newsroom


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(follow_redirects=False) as client:
        yield client


RSS = ("meridian", "/rss/world.xml")
ATOM = ("courier", "/atom.xml")
RDF = ("levant", "/index.rdf")
JSON = ("andean", "/feed.json")
BROKEN = ("bay", "/rss.php")


def at(newsroom: Newsroom, address: tuple[str, str]) -> str:
    outlet, path = address
    return newsroom.origin_of(outlet) + path


@pytest.mark.parametrize(
    ("feed", "version", "malformed", "entries", "newest"),
    [
        (RSS, "rss20", False, 9, "Late strike kills off Norwick as Ashby march into last eight"),
        (ATOM, "atom10", False, 7, "Chebet shoots past rivals in Nakuru ten-mile battle"),
        (RDF, "rss10", False, 7, "Families wait at Marib airport for word of the prisoners"),
        (BROKEN, "rss20", True, 8, "Jets bomb funeral near Monywa, 12 dead: residents"),
    ],
)
def test_a_feed_gives_its_entries(
    newsroom: Newsroom,
    client: httpx.Client,
    feed: tuple[str, str],
    version: str,
    malformed: bool,
    entries: int,
    newest: str,
) -> None:
    parsed = feedparser.parse(client.get(at(newsroom, feed)).content)
    assert (parsed.version, bool(parsed.bozo), len(parsed.entries)) == (version, malformed, entries)
    assert parsed.entries[0].title == newest
    assert all(entry.link.startswith("http://127.0.0.1:") for entry in parsed.entries)
    assert all("updated" in entry or "published" in entry for entry in parsed.entries)


def test_the_json_feed_gives_its_entries(newsroom: Newsroom, client: httpx.Client) -> None:
    feed = client.get(at(newsroom, JSON)).json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert len(feed["items"]) == 8
    assert {item["language"] for item in feed["items"]} == {"en", "es"}
    by_url = {item["url"]: item for item in feed["items"]}
    missing = newsroom.url_of("andean/0302-kharkiv-bombardment")
    assert client.get(missing).status_code == 404
    assert "found a fifth body in the evening" in by_url[missing]["content_html"]
    stub = by_url[newsroom.url_of("andean/0304-lithium-analysis")]
    assert "content_html" not in stub and stub["content_text"] == stub["summary"]


def test_the_broken_feed_is_in_another_charset_than_it_says(newsroom: Newsroom, client: httpx.Client) -> None:
    body = client.get(at(newsroom, BROKEN)).content
    assert b'encoding="UTF-8"' in body
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")
    assert "Cox’s Bazar" in str(feedparser.parse(body).entries)


def test_one_article_is_listed_under_several_urls(newsroom: Newsroom, client: httpx.Client) -> None:
    broken = feedparser.parse(client.get(at(newsroom, BROKEN)).content)
    twice = newsroom.url_of("bay/0304-monywa-bombing")
    assert [entry.link for entry in broken.entries if entry.link.startswith(twice)] == [
        f"{twice}?utm_source=rss&fbclid=IwAR0",
        f"{twice}?utm_source=newsletter&utm_medium=email",
    ]
    links = {
        entry.link
        for path in ("/rss/world.xml", "/rss/africa.xml")
        for entry in feedparser.parse(client.get(at(newsroom, ("meridian", path))).content).entries
    }
    shared = newsroom.url_of("meridian/0303-el-obeid-toll")
    assert len([link for link in links if link.split("?")[0] == shared]) == 2
    assert len({canonicalize_url(link) for link in links}) < len(links)
    assert len({canonicalize_url(entry.link) for entry in broken.entries}) == len(broken.entries) - 1
    assert client.get(shared + "?utm_source=x").content == client.get(shared).content


def test_what_a_user_subscribes_to(newsroom: Newsroom, client: httpx.Client) -> None:
    answers = {feed.url.split("/", 3)[3]: client.get(feed.url) for feed in newsroom.feeds}
    assert {path: answer.status_code for path, answer in answers.items()} == {
        "rss/world.xml": 200,
        "rss/africa.xml": 200,
        "rss/features.xml": 410,
        "feed": 301,
        "index.rdf": 200,
        "feed.json": 200,
        "rss.php": 200,
    }
    assert answers["feed"].headers["location"] == at(newsroom, ATOM)
    assert len({feed.feed_id for feed in newsroom.feeds}) == 7
    assert {feed.country for feed in newsroom.feeds} == {"GBR", "KEN", "LBN", "COL", "BGD"}


def test_both_validators_give_304(newsroom: Newsroom, client: httpx.Client) -> None:
    url = at(newsroom, RDF)
    first = client.get(url)
    etag, modified = first.headers["etag"], first.headers["last-modified"]
    assert modified == "Wed, 04 Mar 2026 20:30:00 GMT"
    for headers in ({"If-None-Match": etag}, {"If-Modified-Since": modified}):
        answer = client.get(url, headers=headers)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
    assert (
        client.get(url, headers={"If-None-Match": '"other"', "If-Modified-Since": modified}).status_code
        == 200
    )
    assert client.get(url, headers={"If-Modified-Since": "yesterday"}).status_code == 200
    newsroom.advance()
    assert client.get(url, headers={"If-None-Match": etag, "If-Modified-Since": modified}).status_code == 200


def test_gzip_and_cache_control(newsroom: Newsroom, client: httpx.Client) -> None:
    url = newsroom.url_of("bay/0302-gazipur")
    plain = client.get(url, headers={"Accept-Encoding": "identity"})
    packed = client.get(url, headers={"Accept-Encoding": "gzip, br"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])
    assert plain.headers["cache-control"] == "max-age=300"
    assert client.get(at(newsroom, ATOM)).headers["cache-control"] == "max-age=2"


def test_one_page_is_unavailable_once(newsroom: Newsroom, client: httpx.Client) -> None:
    url = newsroom.url_of("courier/0304-beni-troops")
    first, second = client.get(url), client.get(url)
    assert (first.status_code, first.headers["retry-after"], second.status_code) == (503, "1", 200)
    assert newsroom.requests == [(url, 503), (url, 200)]


def test_robots_and_unknown_pages(newsroom: Newsroom, client: httpx.Client) -> None:
    robots = client.get(at(newsroom, ("levant", "/robots.txt")))
    assert robots.text == "User-agent: *\nDisallow: /members/\n"
    assert "/members/" in newsroom.url_of("levant/0303-gulf-briefing")
    assert "Disallow" not in client.get(at(newsroom, ("meridian", "/robots.txt"))).text
    nowhere = client.get(at(newsroom, ("levant", "/lebanon/")))
    assert (nowhere.status_code, "We cannot find that page" in nowhere.text) == (404, True)


def test_a_front_page_advertises_its_feeds(newsroom: Newsroom, client: httpx.Client) -> None:
    tree = lxml.html.fromstring(client.get(at(newsroom, ("meridian", "/"))).content)
    assert tree.xpath("//link[@rel='alternate']/@href") == ["/rss/world.xml", "/rss/africa.xml"]


def test_the_second_edition_adds_edits_and_corrects(newsroom: Newsroom, client: httpx.Client) -> None:
    before = newsroom.stories
    corrected, edited = "bay/0302-gazipur", "courier/0304-nairobi-fuel-levy"
    assert "Three workers were killed" in client.get(newsroom.url_of(corrected)).text
    newsroom.advance()
    after = newsroom.stories
    assert set(after) - set(before) == {
        "meridian/0305-zamfara-freed",
        "courier/0305-baidoa-toll",
        "levant/0305-taiz-prisoners",
    }
    assert {key for key in before if before[key] != after[key]} == {corrected, edited}
    for key in (corrected, edited):
        assert before[key].path == after[key].path
        assert before[key].published_at == after[key].published_at < after[key].updated_at
    page = client.get(newsroom.url_of(corrected)).text
    assert "Three workers were killed" not in page and "Correction, 5 March" in page
    atom = feedparser.parse(client.get(at(newsroom, ATOM)).content)
    entry = next(entry for entry in atom.entries if entry.link == newsroom.url_of(edited))
    assert (len(atom.entries), entry.title[:16], entry.updated) == (
        8,
        "Police arrest 58",
        "2026-03-05T08:15:00+03:00",
    )


def test_every_page_yields_its_text_and_not_its_clutter(newsroom: Newsroom, client: httpx.Client) -> None:
    newsroom.advance()
    stories = newsroom.stories
    for key, story in stories.items():
        answer = client.get(newsroom.url_of(key))
        if answer.status_code == 503:
            answer = client.get(newsroom.url_of(key))
        if story.page != "article" or story.fault == "missing":
            continue
        text = trafilatura.extract(answer.text, include_comments=False) or ""
        assert [block.text for block in story.blocks if block.text not in text] == [], key
        clutter = [other.title for other in stories.values() if other != story]
        clutter += [comment["text"] for comment in story.comments] + ["Sign up", "cookies", "Accept all"]
        assert [words for words in clutter if words in text] == [], key
        assert any(other.title in answer.text for other in stories.values() if other != story), key


@pytest.mark.parametrize(
    ("key", "present", "absent"),
    [
        ("levant/0304-marib-families", "Before you continue", "Marib"),
        ("andean/0304-lithium-analysis", "Subscribe to continue reading", "only for subscribers: the page"),
        ("andean/0304-blockade-video", "VideoObject", "NewsArticle"),
        ("meridian/0304-kordofan-live", "LiveBlogPosting", "NewsArticle"),
        ("bay/0303-topic-weather", "Read more", "This address serves"),
        (
            "meridian/0302-kharkiv-missiles",
            '"datePublished": "2026-03-02T09:10:00+00:00"',
            "article:published_time",
        ),
        ("courier/0302-beni-village", 'published_time" content="2026-03-02T13:15:00+03:00"', "ld+json"),
        ("levant/0304-taiz-truce", 'itemprop="articleBody"', "ld+json"),
        ("andean/0302-jamundi-explosion", '"@graph"', "og:title"),
        ("bay/0303-gazipur-strike", '<time datetime="2026-03-03T19:30:00+06:00">', "og:title"),
    ],
)
def test_what_a_page_is(
    newsroom: Newsroom, client: httpx.Client, key: str, present: str, absent: str
) -> None:
    page = client.get(newsroom.url_of(key)).text
    assert present in page
    assert absent not in page


def test_preferred_ports_are_taken_where_they_are_free_and_left_where_not() -> None:
    with Newsroom() as first, Newsroom() as second:
        assert not {feed.url for feed in first.feeds} & {feed.url for feed in second.feeds}
        assert all(httpx.get(newsroom.url_of("bay/0302-gazipur")).is_success for newsroom in (first, second))


def test_a_closed_newsroom_answers_no_more() -> None:
    with Newsroom(preferred_ports=False) as newsroom:
        url = newsroom.url_of("bay/0302-gazipur")
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_a_mistake_in_a_story_is_named() -> None:
    outlet = load_outlets()[0]
    front = 'title = "T"\npublished = 2026-03-02T00:00:00Z\nsection = "World"\nsummary = "S"\n'
    assert (
        parse_story(f"+++\n{front}+++\nOne\nline.\n\n## Two\n", "0302-x", outlet).path
        == "/world/2026/03/02/x"
    )
    with pytest.raises(ValueError, match=r"meridian/0302-x: nothing reads sumary"):
        parse_story(f'+++\n{front}sumary = "S"\n+++\nText.\n', "0302-x", outlet)
    with pytest.raises(ValueError, match=r"0302-x\.md: text before"):
        parse_story(f"Hello\n+++\n{front}+++\nText.\n", "0302-x", outlet)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are not here")
def test_the_words_are_our_own() -> None:
    """No eight words in a row of ours stand in the samples that may not be copied."""
    theirs: set[tuple[str, ...]] = set()
    for path in [*SHARED.glob("eval/data/*.jsonl"), *SHARED.glob("real/pages/gold.jsonl")]:
        theirs |= _runs_of(path.read_text(encoding="utf-8"))
    for edition in (1, 2):
        for outlet in load_outlets():
            for story in load_stories(outlet, edition, NEWSROOM_FOLDER):
                assert not _runs_of(" ".join(block.text for block in story.blocks)) & theirs, story.key


def _runs_of(text: str, length: int = 8) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}
