"""Stories: articles about one happening meet, others do not, in whatever order they come."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.tables.word_frequencies import open_word_frequencies
from transforms.events.fingerprint import take_fingerprint
from transforms.events.group_stories import WINDOW, ReportedArticle, StoryIndex, group_stories, score_pair
from transforms.word_lists import word_set

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
WIRE = (
    "The ferry Maribel ran aground off Port Vell on Monday with 212 people on board, the coast guard said. Eleven "
    "passengers were taken off by helicopter and brought to hospitals in Tarragona. Captain Iria Coves said the "
    "engine had failed in heavy seas. The owner, Balear Lines, promised an inquiry."
)
OWN_WORDS = (
    "Passengers of the Maribel told of a night of fear after their ferry struck rocks near Port Vell. Helicopters "
    "lifted eleven of them to safety. The ship's owner, Balear Lines, would not say why the engine failed."
)
ELSEWHERE = (
    "Voters in Ruthenia chose a new parliament on Sunday. The Farmers' Union of Osip Brel came first with a third of "
    "the votes, the electoral commission in Uzhorod said, ahead of the governing Civic List."
)
SAME_SHIP = (
    "A museum in Oslo has bought the log of the whaler Fram Nord. The ferry to the museum's island leaves every hour "
    "from Monday; helicopters are not allowed to land there."
)
WORDS = sorted(
    word_set(
        "amber basalt cormorant dulcimer estuary falcon gherkin harpsichord isthmus juniper kestrel lagoon"
    )
)


def tell(name: str, text: str, hours: float = 0.0, title: str = "", language: str = "en") -> ReportedArticle:
    at = NOON + timedelta(hours=hours)
    fingerprint = take_fingerprint(f"av1-{name}", title, text, language, open_word_frequencies())
    return ReportedArticle(name, at, at, fingerprint)


def test_reports_in_other_words_share_a_story_and_other_news_does_not() -> None:
    stories = group_stories(
        [
            tell("wire", WIRE, title="Ferry with 212 aboard runs aground"),
            tell("own", OWN_WORDS, 20, "Night of fear on the Maribel"),
            tell("vote", ELSEWHERE, 21, "Farmers' Union wins in Ruthenia"),
            tell("museum", SAME_SHIP, 22, "Museum buys whaler's log"),
        ]
    )
    assert stories["wire"] == stories["own"]
    assert len(set(stories.values())) == 3


def test_an_edited_copy_is_a_near_copy_and_a_translation_is_none() -> None:
    first = tell("first", WIRE)
    assert score_pair(tell("copy", f"(Wire) {WIRE} Reporting by A. Writer."), first) > 1.5
    assert score_pair(tell("own", OWN_WORDS), first) < 1.0
    german = "Die Fähre Maribel lief am Montag vor Port Vell auf Grund, elf Fahrgäste wurden gerettet."
    assert score_pair(tell("german", german, language="de"), first) == 0.0
    copies = [tell("one", german, language="de"), tell("two", f"{german} (dpa)", 1, language="de")]
    assert len(set(group_stories(copies).values())) == 1


def test_an_article_far_from_the_first_begins_a_story_of_its_own() -> None:
    """A war told of daily is not one story for ever."""
    days = [tell(f"day-{day:03}", WIRE, 24 * day) for day in range(0, 3 * WINDOW.days, 7)]
    stories = group_stories(days)
    spans: dict[str, list[datetime]] = {}
    for article in days:
        spans.setdefault(stories[article.article_id], []).append(article.seen_at)
    assert len(spans) == 3
    assert all(max(span) - min(span) <= WINDOW for span in spans.values())


def test_a_stream_does_not_chain_daily_reports_of_a_war_either() -> None:
    """A date that articles of its time bear out is not doubted."""
    index = StoryIndex()
    began: dict[str, int] = {}
    for day in range(0, 3 * WINDOW.days, 7):
        story = index.add(tell(f"day-{day:03}", WIRE, 24 * day))
        assert day - began.setdefault(story, day) <= WINDOW.days
    assert len(began) == 3


def test_a_story_keeps_the_id_of_its_first_article() -> None:
    one = [tell("first", WIRE)]
    assert group_stories([*one, tell("later", OWN_WORDS, 5)])["later"] == group_stories(one)["first"]


def test_of_what_one_run_fetches_the_article_published_first_begins_the_story() -> None:
    """Neither the instant of fetching nor, within it, the address decides."""
    for apart in (-5, 5):
        early = replace(
            tell("b-early", OWN_WORDS, 1), seen_at=NOON + timedelta(minutes=10, milliseconds=apart)
        )
        late = replace(tell("a-late", WIRE, 2), seen_at=NOON + timedelta(minutes=10))
        stories = group_stories([late, early])
        assert set(stories.values()) == {group_stories([early])["b-early"]}


def test_an_older_article_that_comes_later_joins_the_story_that_is_there() -> None:
    there = tell("there", WIRE)
    older = replace(tell("older", OWN_WORDS, -20), seen_at=NOON + timedelta(hours=2))
    assert group_stories([there, older])["older"] == group_stories([there])["there"]


def test_what_a_stream_has_forgotten_begins_anew() -> None:
    index = StoryIndex(remembered=2)
    first = index.add(tell("a", WIRE))
    assert index.add(tell("b", WIRE)) == first
    assert index.add(tell("a", ELSEWHERE)) == first  # a document that comes again keeps its story
    index.add(tell("c", ELSEWHERE))
    index.add(tell("d", SAME_SHIP))
    assert index.add(tell("e", WIRE)) != first


def test_a_document_without_a_date_can_join_any_story() -> None:
    index = StoryIndex()
    undated = replace(tell("undated", WIRE), reported_at=None)
    assert index.add(tell("dated", WIRE, 24 * 400)) == index.add(undated)


@pytest.mark.parametrize("names", list(itertools.permutations(("wire", "crawled", "own"))))
def test_in_a_stream_the_date_of_a_crawl_keeps_no_article_from_its_story(names: Sequence[str]) -> None:
    articles = {
        "wire": tell("wire", WIRE),
        "crawled": tell("crawled", OWN_WORDS, 24 * 400),
        "own": tell("own", f"{OWN_WORDS} The coast guard saw heavy seas.", 30),
    }
    index = StoryIndex()
    assert len({index.add(articles[name]) for name in names}) == 1
    found = group_stories(articles.values())
    assert found["wire"] == found["own"] != found["crawled"]


def test_in_a_stream_alike_is_not_enough_where_dates_are_far_apart() -> None:
    first, other = make_up("abcdefghij"), make_up("hijklmnopq")
    for days, joins in ((0, True), (1, True), (30, False), (400, False)):
        index = StoryIndex()
        assert (index.add(tell("first", first)) == index.add(tell("other", other, 24 * days))) == joins


def test_an_article_without_a_date_hands_on_no_old_story() -> None:
    index = StoryIndex()
    old = index.add(tell("old", make_up("abcdefgh")))
    assert index.add(replace(tell("undated", make_up("efghijkl")), reported_at=None)) == old
    new = index.add(tell("new", make_up("ijklmnop"), 24 * 700))
    assert new != old
    assert index.add(tell("newer", make_up("ijklmnopq"), 24 * 702)) == new


def make_up(letters: str) -> str:
    """Words that no other text has, one a letter."""
    return " ".join(f"{letter}orvex" for letter in letters)


@st.composite
def news(draw: st.DrawFn) -> list[ReportedArticle]:
    """Up to ten articles that each mix a few of a dozen rare words."""
    articles = []
    for nth in range(draw(st.integers(1, 10))):
        words = draw(st.lists(st.sampled_from(WORDS), min_size=6, max_size=14))
        articles.append(tell(f"a{nth}", " ".join(words), draw(st.integers(-1500, 1500))))
    return articles


@given(articles=news(), data=st.data())
def test_stories_are_a_function_of_the_set(articles: list[ReportedArticle], data: st.DataObject) -> None:
    assert group_stories(data.draw(st.permutations(articles))) == group_stories(articles)


@given(articles=news(), hours=st.integers(0, 24))
def test_a_copy_always_joins_and_disjoint_words_never(articles: list[ReportedArticle], hours: int) -> None:
    copied = articles[0]
    copy = replace(copied, article_id="copy", seen_at=copied.seen_at + timedelta(seconds=1))
    other = tell("other", "quartz rhubarb saffron trellis ukulele vermilion walnut", hours)
    stories = group_stories([*articles, copy, other])
    assert stories["copy"] == stories[copied.article_id]
    assert list(stories.values()).count(stories["other"]) == 1


@given(articles=news(), days=st.integers(-3000, 3000))
def test_stories_of_a_stream_depend_on_how_far_dates_are_apart_alone(
    articles: list[ReportedArticle], days: int
) -> None:
    moved = [
        replace(article, reported_at=article.seen_at + timedelta(days=days))
        if number % 3
        else undate(article)
        for number, article in enumerate(articles)
    ]
    index, other = StoryIndex(), StoryIndex()
    assert [index.add(article) for article in moved] == [
        other.add(article if number % 3 else undate(article)) for number, article in enumerate(articles)
    ]


@given(articles=news())
def test_in_a_stream_a_copy_without_a_date_always_joins(articles: list[ReportedArticle]) -> None:
    index = StoryIndex()
    stories = {article.article_id: index.add(article) for article in articles}
    copied = articles[-1]
    alike = {
        stories[article.article_id]
        for article in articles
        if article.fingerprint.shingles == copied.fingerprint.shingles
    }
    assert index.add(undate(replace(copied, article_id="copy"))) in alike


def undate(article: ReportedArticle) -> ReportedArticle:
    return replace(article, reported_at=None)
