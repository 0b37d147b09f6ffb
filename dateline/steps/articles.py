"""Cleaning and coding: pages become articles, articles become mentions of events."""

import logging
from collections.abc import Collection, Iterable, Iterator, Set
from pathlib import Path

from dateline.coders.open_coder import find_languages, open_batch_coder
from dateline.coders.outlet_homes import open_outlet_homes
from dateline.home import Home
from dateline.steps.backfill_params import BackfillParams, Scope
from dateline.steps.context import Context
from dateline.steps.row_accounting import count_step, read_entries, write_counts
from dateline.steps.runs import step_of
from ingest.archive.warc_files import read_exchange
from ingest.pages.extract_workers import ExtractJob, ExtractResult, extract_pages
from ingest.staging.records import read_records, write_records
from ingest.tables.word_frequencies import open_word_frequencies
from transforms.articles.extract_article import extract_article, make_article
from transforms.coder.outlet_homes import MOST_DOCUMENTS
from transforms.coder.protocol import Coder, NotCoded, code_one
from transforms.errors import DatelineError
from transforms.events.fingerprint import take_fingerprint
from transforms.identity import make_id
from transforms.records import (
    CODED_KINDS,
    NO_HOME,
    Article,
    ArticlePlace,
    CodedDocument,
    Coding,
    Document,
    Entry,
    Feed,
    Fingerprint,
    Mention,
    OutletHome,
    Page,
    Rejection,
)
from transforms.urls import host_of
from warehouse.read import read_earlier_places, read_feeds

log = logging.getLogger("dateline")


def clean_batch(context: Context, batch: Path) -> None:
    """Make an article of every page, or of the feed's own text where there is no page or it is no good.

    A page that is no good counts as rejected, also where the feed's text makes an article.
    """
    with step_of(batch, "clean") as to_do:
        if not to_do:
            return
        pages = [page for path in sorted(batch.glob("*.pages.parquet")) for page in read_records(path, Page)]
        entries = {entry.entry_version_id: entry for entry in read_entries(batch)}
        feeds = _read_feeds(context, batch)
        results = extract_pages(_make_jobs(context, pages, entries, feeds), context.settings.clean)
        params = read_records(batch / "plan.params.parquet", BackfillParams)
        scope = params[0].scope if params else Scope()
        articles: list[Article] = []
        fingerprints: list[Fingerprint] = []
        rejections: list[Rejection] = []
        passed = left = 0
        for done, (page, result) in enumerate(zip(pages, results, strict=True), 1):
            entry = entries[page.entry_version_id]
            feed = feeds.get(entry.feed_id) or Feed(entry.feed_id, "")
            try:
                article, rejection = _judge(result, entry, page, feed)
                fingerprint = _take_fingerprint(article) if article else None
            except (DatelineError, OSError):  # the disk is everybody's
                raise
            except Exception as error:  # one article must not end the batch, whatever is in it
                article, rejection = (
                    None,
                    _reject_page(entry, page, "page_breaks", f"{type(error).__name__}: {error}"[:300]),
                )
            is_wanted = article is not None and scope.holds(article.published_at or article.fetched_at)
            if article and fingerprint and is_wanted:
                articles.append(article)
                fingerprints.append(fingerprint)
            rejections += [rejection] if rejection else []
            passed += is_wanted and rejection is None
            left += not is_wanted and rejection is None
            context.progress("articles", done, len(pages))
        write_records(batch / "clean.articles.parquet", Article, articles)
        write_records(batch / "clean.fingerprints.parquet", Fingerprint, fingerprints)
        write_records(batch / "clean.rejections.parquet", Rejection, rejections)
        counts = count_step(batch, "clean_articles", len(pages), passed, left, len(rejections))
        write_counts(batch, "clean", [counts])


def _take_fingerprint(article: Article) -> Fingerprint:
    return take_fingerprint(
        article.article_version_id,
        article.title,
        article.text,
        article.language,
        open_word_frequencies(),
        article.page_kind,
    )


def _read_feeds(context: Context, batch: Path) -> dict[str, Feed]:
    """The feeds of a batch, and those of pages that it tries again."""
    feeds = {feed.feed_id: feed for feed, _ in read_feeds(context.home.published)}
    ours = [feed for path in sorted(batch.glob("*.feeds.parquet")) for feed in read_records(path, Feed)]
    return feeds | {feed.feed_id: feed for feed in ours}


def _make_jobs(
    context: Context, pages: Iterable[Page], entries: dict[str, Entry], feeds: dict[str, Feed]
) -> Iterator[ExtractJob]:
    for page in pages:
        entry = entries[page.entry_version_id]
        body = None
        if page.warc_file:
            body = read_exchange(context.home.archive, page.warc_file, page.warc_offset).body
        feed = feeds.get(entry.feed_id)
        yield ExtractJob(
            page.entry_version_id,
            body,
            page.final_url,
            page.fetched_at,
            page.content_type,
            entry,
            feed.language if feed else "",
            feed.country if feed else "",
        )


def _judge(
    result: ExtractResult, entry: Entry, page: Page, feed: Feed
) -> tuple[Article | None, Rejection | None]:
    """The article of a result, and what is to be said against its page; a page that broke its worker leaves
    the feed's own text."""
    found = result.article or extract_article(
        None, page.final_url, page.fetched_at, page.content_type, entry, feed.language
    )
    article = make_article(found, entry, page, feed) if found.text or found.title else None
    reason, detail = result.reason, result.detail
    if article is None and not reason:
        reason, detail = "page_empty", "neither the page nor the feed has a title or a text"
    if not reason and found.redirects_to:
        reason, detail = "page_redirects", f"to {found.redirects_to}"
    if not reason and found.page_was and found.page_kind in CODED_KINDS:
        reason, detail = "page_not_article", found.page_was
    if not reason:
        return article, None
    return article, _reject_page(entry, page, reason, detail)


def _reject_page(entry: Entry, page: Page, reason: str, detail: str) -> Rejection:
    return Rejection(
        "article", entry.entry_id, entry.feed_id, page.final_url, reason, detail, page.fetched_at
    )


def code_batch(context: Context, batch: Path) -> None:
    """Code the events of every article in a language that the coder reads; other pages are rejected.

    Where an outlet is at home is read from what is published, so what stands beside an article in its batch does
    not matter.

    Raises:
        Transient, Permanent: the coder cannot work; the batch is as it was, and may be coded again.
    """
    with step_of(batch, "code") as to_do:
        if not to_do:
            return
        articles = read_records(batch / "clean.articles.parquet", Article)
        coder = open_batch_coder(context.home, context.settings) if articles else None
        languages = find_languages(coder, context.settings.code) if coder else frozenset()
        mentions: list[Mention] = []
        places: list[ArticlePlace] = []
        codings: list[Coding] = []
        refused = [_refuse(article, languages) for article in articles]
        rejections = [rejection for rejection in refused if rejection]
        taken = [article for article, rejection in zip(articles, refused, strict=True) if not rejection]
        homes = read_outlet_homes(context.home, [article.url for article in taken])
        documents = (_make_document(article, homes[article.url]) for article in taken)
        results = coder.code(documents) if coder else ()
        for done, (article, coded) in enumerate(zip(taken, results, strict=True), 1):
            if isinstance(coded, NotCoded):
                rejections.append(_reject(article, coded.reason, coded.detail))
            elif coder:
                if coded.unread:
                    log.warning("article_cut article=%s unread=%d", article.article_version_id, coded.unread)
                codings.append(Coding(article.article_version_id, coder.version, article.fetched_at))
                mentions += _make_mentions(article, coded)
                places += [ArticlePlace(article.article_version_id, place) for place in coded.places]
            context.progress("events", done, len(taken))
        write_records(batch / "code.mentions.parquet", Mention, mentions)
        write_records(batch / "code.places.parquet", ArticlePlace, places)
        write_records(batch / "code.codings.parquet", Coding, codings)
        write_records(batch / "code.rejections.parquet", Rejection, rejections)
        counts = count_step(batch, "code_articles", len(articles), len(codings), 0, len(rejections))
        write_counts(batch, "code", [counts])


def read_outlet_homes(home: Home, urls: Collection[str]) -> dict[str, OutletHome]:
    """Where the outlets of some articles are at home, by what is published of them; nowhere where nothing is."""
    earlier = read_earlier_places(home.published, map(host_of, urls), MOST_DOCUMENTS) if urls else []
    if not earlier:
        return dict.fromkeys(urls, NO_HOME)
    homes = open_outlet_homes(home)
    for url, places in earlier:
        homes.add(url, places)
    return {url: homes.find(url) for url in urls}


def code_article(coder: Coder, article: Article) -> tuple[list[Mention], list[ArticlePlace]]:
    """Code one article version: its mentions of events and the places it names.

    Raises:
        NotCoded, Transient, Permanent: as the coder does.
    """
    coded = code_one(coder, _make_document(article))
    places = [ArticlePlace(article.article_version_id, place) for place in coded.places]
    return _make_mentions(article, coded), places


def _make_document(article: Article, home: OutletHome = NO_HOME) -> Document:
    return Document(
        id=article.article_version_id,
        text=article.text,
        title=article.title,
        published_at=article.published_at,
        url=article.url,
        language=article.language,
        country=article.outlet_country,
        published_utc_offset_s=article.published_utc_offset_s,
        home=home,
    )


def _make_mentions(article: Article, coded: CodedDocument) -> list[Mention]:
    version = article.article_version_id
    return [
        Mention(make_id("mn1", version, repr(event)), article.article_id, version, event)
        for event in coded.events
    ]


def _refuse(article: Article, languages: Set[str]) -> Rejection | None:
    """Why no events may be coded from an article, or None."""
    if article.page_kind not in CODED_KINDS or not article.text:
        reason, detail = "not_an_article", str(article.page_kind)
    elif article.language not in languages:
        reason, detail = "language_unsupported", article.language or "unknown"
    else:
        return None
    return _reject(article, reason, detail)


def _reject(article: Article, reason: str, detail: str) -> Rejection:
    return Rejection(
        "code", article.article_version_id, article.feed_id, article.url, reason, detail, article.fetched_at
    )
