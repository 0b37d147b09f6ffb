"""Records and batch folders for the warehouse's tests; ids are readable."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ingest.staging.records import write_records
from transforms import make_fetch as fetches
from transforms.records import (
    Actor,
    Article,
    ArticlePlace,
    Coding,
    Entry,
    Event,
    Feed,
    FeedState,
    Fetch,
    Fingerprint,
    Mention,
    PageState,
    Place,
    Rejection,
    StepCount,
    Toponym,
    Weapon,
)

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
LORVAN = Place("Lorvan", "Lorvan", "UKR", "Kharkiv", 50.0, 36.2, 1001, "city")
TARNE = Place("Tarne", "Tarne", "UKR", "Odesa", 46.5, 30.7, 1002, "city")
UKRAINE = Place("Ukraine", "Ukraine", "UKR", "", 49.0, 32.0, 690791, "country")


def make_event(**changes: Any) -> Event:
    event = Event(
        event_type="ASSAULT",
        mode="aerial",
        realis="actual",
        actors=(Actor("Russian jets", "Russia", "organization", "RUS", "MIL"),),
        recipients=(Actor("five villagers", "", "group", "UKR", "CVL"),),
        weapons=(Weapon("glide bombs"),),
        date_start="2026-03-09",
        date_end="2026-03-09",
        date_text="on Monday",
        place=LORVAN,
        killed_min=5,
        killed_max=5,
        injured_min=None,
        injured_max=None,
        cameo="195",
        goldstein=-10.0,
        quad=4,
        acled_type="Explosions/Remote violence",
        acled_subtype="Air/drone strike",
        sentence="Russian jets killed five villagers in Lorvan on Monday.",
        sentence_start=0,
        sentence_end=56,
        confidence=0.8,
        background=False,
        coder="rules-1",
        toll_claimed=False,
    )
    return replace(event, **changes)


def make_article(name: str, outlet: str = "", version: int = 1, **changes: Any) -> Article:
    """Article `name`; its id, feed and URL follow from the name and the outlet."""
    outlet = outlet or f"Outlet {name}"
    article = Article(
        article_id=f"ar1-{name}",
        article_version_id=f"av1-{name}-{version}",
        entry_id=f"en1-{name}",
        feed_id=f"fd1-{outlet}",
        fetch_id=f"ft1-{name}-{version}",
        url=f"https://example.org/{name}",
        outlet=outlet,
        outlet_country="GBR",
        title=f"Title of {name}",
        title_source="json-ld",
        authors=("A. Writer",),
        authors_source="json-ld",
        published_at=NOW - timedelta(hours=6),
        published_source="json-ld",
        published_precision="second",
        modified_at=None,
        section="World",
        section_source="json-ld",
        language="en",
        language_source="text",
        page_kind="article",
        text="Russian jets killed five villagers in Lorvan on Monday.",
        text_source="page",
        fetched_at=NOW + timedelta(minutes=version),
    )
    return replace(article, **changes)


def make_mention(article: Article, nth: int = 0, **changes: Any) -> Mention:
    event = make_event(sentence_start=100 * nth, **changes)
    name = article.article_version_id.removeprefix("av1-")
    return Mention(f"mn1-{name}-{event.coder}-{nth}", article.article_id, article.article_version_id, event)


def make_coding(article: Article, coder: str = "rules-1", coded_at: datetime = NOW) -> Coding:
    return Coding(article.article_version_id, coder, coded_at)


def make_feed(name: str) -> Feed:
    return Feed(
        f"fd1-{name}", f"https://{name}.example.org/feed", f"{name} news", name, "GBR", "en", ("world",)
    )


def make_state(name: str, **changes: Any) -> FeedState:
    state = FeedState(
        feed_id=f"fd1-{name}",
        url=f"https://{name}.example.org/feed",
        etag='"abc"',
        interval_s=1800,
        next_poll_at=NOW + timedelta(minutes=30),
        last_attempt_at=NOW,
        last_success_at=NOW,
    )
    return replace(state, **changes)


def make_entry(name: str, feed: str, version: int = 1, **changes: Any) -> Entry:
    entry = Entry(
        entry_id=f"en1-{name}",
        entry_version_id=f"ev1-{name}-{version}",
        article_id=f"ar1-{name}",
        feed_id=f"fd1-{feed}",
        fetch_id=f"ft1-{feed}",
        guid=name,
        url=f"https://example.org/{name}",
        canonical_url=f"https://example.org/{name}",
        title=f"Title of {name}",
        authors=(),
        published_at=NOW - timedelta(hours=6),
        published_source="published",
        published_trusted=True,
        updated_at=None,
        summary="",
        content="",
        language="en",
        tags=(),
        seen_at=NOW + timedelta(minutes=version),
    )
    return replace(entry, **changes)


def make_fetch(name: str, run_id: str = "poll-1") -> Fetch:
    fetch = fetches.make_fetch(
        run_id,
        "feed",
        f"https://{name}.example.org/feed",
        NOW,
        feed_id=f"fd1-{name}",
        duration_s=0.2,
        body_bytes=1000,
        content_type="application/rss+xml",
        warc_file="2026/a.warc.gz",
    )
    return replace(fetch, fetch_id=f"ft1-{name}")


def make_rejection(item_id: str, reason: str = "page_unreachable") -> Rejection:
    return Rejection("page", item_id, "fd1-alpha", "https://example.org/x", reason, "503", NOW)


def make_place(article: Article) -> ArticlePlace:
    return ArticlePlace(
        article.article_version_id, Toponym("Lorvan", 38, 44, "Lorvan", "UKR", 50.0, 36.2, 1001)
    )


_STEPS: dict[type[Any], str] = {
    Feed: "plan.feeds",
    FeedState: "poll.states",
    Fetch: "poll.fetches",
    Entry: "poll.entries",
    PageState: "fetch.page_states",
    Article: "clean.articles",
    Fingerprint: "clean.fingerprints",
    Coding: "code.codings",
    Mention: "code.mentions",
    ArticlePlace: "code.places",
    Rejection: "fetch.rejections",
    StepCount: "poll.counts",
}


def write_batch(staging: Path, name: str, records: Sequence[Any]) -> Path:
    """Write a batch folder `staging/name` (name: RUN/BATCH) with the files that steps would leave."""
    batch = staging / name
    batch.mkdir(parents=True, exist_ok=True)
    for kind, file in _STEPS.items():
        chosen = [record for record in records if isinstance(record, kind)]
        if chosen:
            write_records(batch / f"{file}.parquet", kind, chosen)
    return batch


def write_articles(staging: Path, name: str, told: Sequence[tuple[Article, Sequence[Mention]]]) -> Path:
    """A batch of articles, each coded, with its mentions."""
    records: list[Any] = []
    for article, mentions in told:
        records += [
            article,
            make_coding(article, mentions[0].event.coder if mentions else "rules-1"),
            *mentions,
        ]
    return write_batch(staging, name, records)
