"""Made-up news of any size: the staging files of days of events, as a run would leave them.

A day has so many events; each is reported by one to three outlets, in articles of two events. Types and
countries are as uneven as in real news (the nth most frequent comes 1/n as often), so some blocks are large. Each
event has some invented words of its own, some of them common to many events, by which its articles are alike.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import TypeVar

from dateline.steps.runs import LAST_STEP
from ingest.staging.records import mark_done, write_records
from ingest.tables.word_frequencies import open_word_frequencies
from transforms.events.fingerprint import take_fingerprint
from transforms.make_fetch import make_fetch
from transforms.records import (
    Actor,
    Article,
    ArticlePlace,
    Coding,
    Entry,
    Event,
    Fetch,
    Fingerprint,
    Mention,
    Place,
    Toponym,
    Weapon,
)

FIRST_DAY = date(2026, 1, 1)
CODER = "synthetic-1"
OUTLETS = 60
TOWNS = 400  # a country
INVENTED = 30_000  # words
TYPES = (
    "ASSAULT", "PROTEST", "ACCUSE", "COERCE", "THREATEN", "CONSULT", "SANCTION", "MOBILIZE", "AID",
    "AGREE", "REJECT", "SUPPORT",
)  # fmt: skip
COUNTRIES = (
    "UKR", "PSE", "SDN", "MMR", "SYR", "NGA", "PAK", "IND", "COL", "MEX", "YEM", "SOM", "ETH", "COD",
    "MLI", "BFA", "AFG", "IRQ", "LBN", "ISR", "RUS", "IRN", "KEN", "BGD", "PHL", "THA", "HTI", "BRA",
    "PER", "ECU", "VEN", "TUR", "EGY", "LBY", "TCD", "CAF", "CMR", "MOZ", "ZAF", "ZWE", "UGA", "RWA",
    "BDI", "SSD", "NER", "GBR", "FRA", "DEU", "ITA", "ESP", "POL", "GRC", "SRB", "GEO", "ARM", "AZE",
    "KAZ", "KGZ", "CHN", "KOR",
)  # fmt: skip
WORDS = (
    "officials", "said", "the", "attack", "on", "market", "police", "army", "fighters", "villagers",
    "protesters", "government", "capital", "town", "north", "south", "near", "road", "bridge",
    "hospital", "school", "killed", "wounded", "according", "residents", "witnesses", "spokesman",
    "ministry", "region", "province", "border", "after", "before", "during", "week", "month", "talks",
    "ceasefire", "shelling", "drone", "march",
)  # fmt: skip
COMMON = ("the", "of", "and", "to", "in", "for", "on", "with", "that", "as", "at", "by", "from", "was", "it")
T = TypeVar("T")


@dataclass(slots=True)
class DayOfNews:
    """The records of one day's batch."""

    fetches: list[Fetch] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)
    codings: list[Coding] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    places: list[ArticlePlace] = field(default_factory=list)
    fingerprints: list[Fingerprint] = field(default_factory=list)


def write_day(staging: Path, day: int, events: int) -> Path:
    """Write the batch of one day with about `events` events; the same day is the same bytes of news."""
    news = make_day(day, events)
    batch = staging / f"poll-synthetic-{day:05d}" / "batch-000"
    write_records(batch / "fetch.fetches.parquet", Fetch, news.fetches)
    write_records(batch / "poll.entries.parquet", Entry, news.entries)
    write_records(batch / "clean.articles.parquet", Article, news.articles)
    write_records(batch / "clean.fingerprints.parquet", Fingerprint, news.fingerprints)
    write_records(batch / "code.codings.parquet", Coding, news.codings)
    write_records(batch / "code.mentions.parquet", Mention, news.mentions)
    write_records(batch / "code.places.parquet", ArticlePlace, news.places)
    mark_done(batch.parent, "plan")
    mark_done(batch, LAST_STEP)
    return batch


def make_day(day: int, events: int) -> DayOfNews:
    """The news of the day so many days after the first."""
    rng = random.Random(day)
    reported: list[list[Event]] = [[] for _ in range(OUTLETS)]
    for _ in range(events):
        event = _make_event(rng, FIRST_DAY + timedelta(days=day))
        for outlet in rng.sample(range(OUTLETS), rng.choices((1, 2, 3), (75, 15, 10))[0]):
            reported[outlet].append(event)
    news = DayOfNews()
    for outlet, stories in enumerate(reported):
        for nth in range(0, len(stories), 2):
            _add_article(news, rng, day, outlet, nth // 2, stories[nth : nth + 2])
    return news


def _choose_uneven(rng: random.Random, items: Sequence[T]) -> T:
    weights = list(accumulate(1 / nth for nth in range(1, len(items) + 1)))
    return rng.choices(items, cum_weights=weights)[0]


def _invent_words(rng: random.Random, count: int) -> list[str]:
    """Words that are in no dictionary, the commonest of them in one of a thousand places."""
    numbers = [int(INVENTED ** (0.5 + 0.5 * rng.random())) for _ in range(count)]
    return ["Z" + "".join("abcdefghij"[int(digit)] for digit in str(number)) + "o" for number in numbers]


def _make_event(rng: random.Random, day: date) -> Event:
    country = _choose_uneven(rng, COUNTRIES)
    town = rng.randrange(TOWNS)
    place = Place(
        text=f"Town {town}",
        name=f"Town {country} {town}",
        country=country,
        admin1=f"Region {town % 8}",
        lat=10 + town % 20 / 2,  # towns lie about 55 km apart
        lon=COUNTRIES.index(country) + town // 20 / 2,
        geonameid=1_000 * COUNTRIES.index(country) + town,
        precision="city",
    )
    killed = rng.choice((None, None, rng.randrange(1, 40)))
    return Event(
        event_type=_choose_uneven(rng, TYPES),
        mode=rng.choice(("aerial", "firearms", "")),
        realis="actual",
        actors=(Actor(f"group {rng.randrange(5)}", f"Group {rng.randrange(5)}", "group", country, "REB"),),
        recipients=(Actor("villagers", "", "group", country, "CVL"),),
        weapons=(Weapon("drone"),) if rng.random() < 0.3 else (),
        date_start=day.isoformat(),
        date_end=day.isoformat(),
        date_text="on Monday",
        place=place,
        killed_min=killed,
        killed_max=killed,
        injured_min=None,
        injured_max=None,
        cameo="190",
        goldstein=-10.0,
        quad=4,
        acled_type="Battles",
        acled_subtype="Armed clash",
        sentence=" ".join([*rng.choices(WORDS, k=20), *_invent_words(rng, 10)]),
        sentence_start=0,
        sentence_end=100,
        confidence=0.8,
        background=False,
        coder=CODER,
    )


def _add_article(
    news: DayOfNews, rng: random.Random, day: int, outlet: int, nth: int, events: Sequence[Event]
) -> None:
    key = f"{day:05d}-{outlet:02d}-{nth:04d}"
    at = datetime.combine(FIRST_DAY, datetime.min.time(), UTC) + timedelta(
        days=day, hours=6, seconds=10 * nth
    )
    url = f"https://outlet{outlet}.example/{key}"
    words = [word for event in events for word in event.sentence.split()[-10:]]
    text = " ".join([*words, *rng.choices(WORDS, k=8), *rng.choices(COMMON, k=60), *_invent_words(rng, 10)])
    article = _make_article(key, at, url, outlet, text)
    news.fetches.append(_make_fetch(article))
    news.entries.append(_make_entry(article))
    news.articles.append(article)
    version = article.article_version_id
    news.fingerprints.append(take_fingerprint(version, article.title, text, "en", open_word_frequencies()))
    news.codings.append(Coding(article.article_version_id, CODER, at))
    for number, event in enumerate(events):
        mention_id = f"mn1-{key}-{number}"
        news.mentions.append(Mention(mention_id, article.article_id, article.article_version_id, event))
        place = event.place
        if place is not None:
            name = (place.text, 20 * number, 20 * number + 10, place.name, place.country)
            toponym = Toponym(*name, place.lat, place.lon, place.geonameid)
            news.places.append(ArticlePlace(article.article_version_id, toponym))


def _make_article(key: str, at: datetime, url: str, outlet: int, text: str) -> Article:
    return Article(
        article_id=f"ar1-{key}",
        article_version_id=f"av1-{key}",
        entry_id=f"en1-{key}",
        feed_id=f"fd1-{outlet}",
        fetch_id=f"ft1-{key}",
        url=url,
        outlet=f"Outlet {outlet}",
        outlet_country=COUNTRIES[outlet % len(COUNTRIES)],
        title=text[:60],
        title_source="json-ld",
        authors=("A. Writer",),
        authors_source="json-ld",
        published_at=at,
        published_source="json-ld",
        published_precision="second",
        modified_at=None,
        section="World",
        section_source="json-ld",
        language="en",
        language_source="text",
        page_kind="article",
        text=text,
        text_source="page",
        fetched_at=at,
    )


def _make_fetch(article: Article) -> Fetch:
    fetch = make_fetch(
        "poll-synthetic",
        "page",
        article.url,
        article.fetched_at,
        feed_id=article.feed_id,
        entry_id=article.entry_id,
        duration_s=0.2,
        body_bytes=100_000,
        content_type="text/html",
        warc_file="2026/synthetic.warc.gz",
    )
    return replace(fetch, fetch_id=article.fetch_id)


def _make_entry(article: Article) -> Entry:
    return Entry(
        entry_id=article.entry_id,
        entry_version_id=article.entry_id.replace("en1", "ev1"),
        article_id=article.article_id,
        feed_id=article.feed_id,
        fetch_id=article.fetch_id,
        guid=article.url,
        url=article.url,
        canonical_url=article.url,
        title=article.title,
        authors=article.authors,
        published_at=article.published_at,
        published_source="published",
        published_trusted=True,
        updated_at=None,
        summary=article.text[:200],
        content="",
        language="en",
        tags=("World",),
        seen_at=article.fetched_at,
    )
