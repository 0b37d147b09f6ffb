"""Stories in the warehouse are those of the set of current articles, whatever the loads were."""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.newsroom import Files
from tests.warehouse.sample import NOW, make_article, make_coding, make_mention, write_batch
from transforms.events.fingerprint import take_fingerprint
from transforms.events.group_stories import ReportedArticle, group_stories
from transforms.identity import make_id
from transforms.records import Article, Fingerprint
from transforms.word_lists import word_set
from warehouse.checks import run_checks
from warehouse.connection import open_build
from warehouse.fingerprint_files import STORED, FingerprintFiles
from warehouse.load import load_batches, load_into
from warehouse.migrate import migrate
from warehouse.publish import publish
from warehouse.sql_files import ROOM

WORDS = sorted(
    word_set(
        "amber basalt cormorant dulcimer estuary falcon gherkin harpsichord isthmus juniper kestrel lagoon"
    )
)
FERRY = (
    "The ferry Maribel ran aground off Port Vell on Monday, and eleven passengers were flown to Tarragona."
)
FERRY_TOO = "Eleven passengers of the Maribel were flown from Port Vell to hospitals in Tarragona when it ran aground."
VOTE = (
    "The Farmers' Union of Osip Brel won the election in Ruthenia on Sunday, the commission in Uzhorod said."
)


def take(article: Article) -> Fingerprint:
    return take_fingerprint(article.article_version_id, article.title, article.text, article.language, {})


def write(staging: Path, name: str, articles: Sequence[Article]) -> Path:
    return write_batch(staging, name, [*articles, *map(take, articles), *map(make_coding, articles)])


@cache
def open_memory() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone = 'UTC'")
    migrate(connection)
    return connection


@pytest.mark.parametrize("apart", [timedelta(milliseconds=-7), timedelta(milliseconds=7)])
def test_which_of_two_undated_articles_one_run_fetches_first_changes_no_story(
    apart: timedelta, tmp_path: Path
) -> None:
    at = NOW + timedelta(minutes=5)
    articles = [
        make_article("a", text=FERRY, published_at=None, fetched_at=at),
        make_article("b", text=FERRY, published_at=None, fetched_at=at + apart),
    ]
    stories = load_in_parts(tmp_path, [articles])
    assert set(stories.values()) == {make_id("st1", "ar1-a")}


@st.composite
def news(draw: st.DrawFn) -> list[Article]:
    """Up to ten article versions over three months that mix a few of a dozen words, so that much of it meets."""
    articles = []
    for nth in range(draw(st.integers(2, 10))):
        words = draw(st.lists(st.sampled_from(WORDS), min_size=4, max_size=10))
        published = draw(st.none() | st.integers(-2000, 0))
        articles.append(
            make_article(
                draw(st.sampled_from(["a", "b", f"own-{nth}", f"own-{nth}"])),
                version=nth,
                title="",
                text=" ".join(words),
                published_at=None if published is None else NOW + timedelta(hours=published),
                fetched_at=NOW + timedelta(hours=draw(st.integers(-50, 50))),
            )
        )
    return articles


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(articles=news(), data=st.data())
def test_any_order_and_grouping_of_loads_gives_the_stories_of_the_set(
    articles: list[Article], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(articles))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(articles)), max_size=3)))
    bounds = list(zip([0, *cuts], [*cuts, len(articles)], strict=True))
    with tempfile.TemporaryDirectory() as folder:
        found = load_in_parts(Path(folder), [shuffled[first:last] for first, last in bounds])
    assert found == group_stories(choose_current(articles))


def load_in_parts(folder: Path, parts: Sequence[Sequence[Article]]) -> dict[str, str]:
    connection = open_memory()
    for table in ("articles", "codings", "article_stories", "stories", "loads", "loaded_batches"):
        connection.execute(f"DELETE FROM {table}")
    for nth, part in enumerate(parts):
        batch = write(folder, f"poll-{nth}/b", part)
        load_into(connection, FingerprintFiles(folder / "build", dict), [batch], f"poll-{nth}", NOW, 1)
    rows = connection.execute("SELECT DISTINCT article_id, story_id FROM articles").fetchall()
    assert len(dict(rows)) == len(rows)
    assert_stories_are_kept(connection)
    return dict(rows)


def assert_stories_are_kept(connection: duckdb.DuckDBPyConnection) -> None:
    """The rows that loads left are those that the migration makes of all articles at one stroke."""
    text = (ROOM / "migrations" / "0014_stories_and_fingerprints.sql").read_text(encoding="utf-8")
    counted = text.partition("INSERT INTO stories BY NAME")[2].partition(";")[0]
    columns = "SELECT * EXCLUDE (load_id) FROM"
    kept = connection.execute(f"{columns} stories ORDER BY story_id").fetchall()
    assert kept == connection.execute(f"{columns} ({counted}) ORDER BY story_id").fetchall()


FIRST = datetime.min.replace(tzinfo=UTC)


def choose_current(articles: Sequence[Article]) -> list[ReportedArticle]:
    """The articles as grouping sees them once all are loaded."""
    versions: dict[str, list[Article]] = {}
    for article in articles:
        versions.setdefault(article.article_id, []).append(article)
    told = []
    for article_id, group in versions.items():
        current = max(
            group, key=lambda item: (item.fetched_at, item.published_at or FIRST, item.article_version_id)
        )
        seen_at = min(item.fetched_at for item in group)
        told.append(
            ReportedArticle(article_id, seen_at, current.published_at or current.fetched_at, take(current))
        )
    return told


@pytest.fixture
def loaded(files: Files) -> Files:
    ferry = make_article("ferry", "alpha", title="Ferry aground", text=FERRY)
    too = make_article(
        "too", "beta", title="Passengers flown off ferry", text=FERRY_TOO, fetched_at=NOW + timedelta(hours=2)
    )
    vote = make_article("vote", "alpha", title="Farmers win", text=VOTE)
    batches = [
        write(files.staging, "poll-1/b", [ferry, vote]),
        write(files.staging, "poll-2/b", [too]),
    ]
    with_mention = write_batch(files.staging, "poll-2/b", [make_mention(too)])
    assert with_mention == batches[1]
    for batch in batches:
        load_batches(files.build, [batch], batch.parent.name, NOW, 1)
    return files


def read_stories(files: Files) -> list[tuple[object, ...]]:
    publish(files.build)
    with open_build(files.build) as connection:
        return connection.execute(
            "SELECT title, articles, outlets, outlet_names, countries, first_seen_at, last_seen_at "
            "FROM stories ORDER BY articles DESC"
        ).fetchall()


def test_the_table_shows_the_stories(loaded: Files) -> None:
    first, later = NOW + timedelta(minutes=1), NOW + timedelta(hours=2)
    assert read_stories(loaded) == [
        ("Ferry aground", 2, 2, ["alpha", "beta"], ["UKR"], first, later),
        ("Farmers win", 1, 1, ["alpha"], [], first, first),
    ]
    assert [result.detail for result in run_checks(loaded.published, NOW, 1e9) if not result.ok] == []


def test_an_edit_keeps_the_story_and_all_versions_share_it(loaded: Files) -> None:
    with open_build(loaded.build) as connection:
        before = dict(connection.execute("SELECT article_id, story_id FROM articles").fetchall())
    edited = make_article(
        "ferry",
        "alpha",
        2,
        title="Ferry aground",
        text=f"{FERRY} An inquiry began.",
        fetched_at=NOW + timedelta(hours=3),
    )
    batch = write(loaded.staging, "poll-3/b", [edited])
    load_batches(loaded.build, [batch], "poll-3", NOW, 1)
    with open_build(loaded.build) as connection:
        assert_stories_are_kept(connection)
        rows = connection.execute("SELECT article_id, story_id FROM articles").fetchall()
    assert len(rows) == 4
    assert dict(rows) == before
    assert len(set(rows)) == 3


def test_a_fingerprint_that_was_lost_or_cut_is_taken_again(loaded: Files) -> None:
    """As where a build file begins as a copy of the published one, or power failed."""
    bare = make_article("bare", "gamma", title="Ferry aground", text=FERRY)
    [kept] = loaded.build.path.parent.glob("*.fingerprints-*/*.parquet")
    kept.write_bytes(kept.read_bytes()[:-9])
    batch = write_batch(loaded.staging, "poll-3/b", [bare, make_coding(bare)])
    load_batches(loaded.build, [batch], "poll-3", NOW, 1)
    assert [row[1] for row in read_stories(loaded)] == [3, 1]
    assert pq.read_metadata(kept).num_rows == 4


def test_a_week_has_each_version_once_however_it_came(tmp_path: Path) -> None:
    """Loads bring a few at a time; what comes again takes the place of what was there."""
    files = FingerprintFiles(tmp_path / "build.duckdb", dict)
    monday = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp()) * 1_000_000

    def bring(names: Sequence[str], term: int) -> None:
        columns = {"article_version_id": list(names), "reported_us": [monday] * len(names)}
        lists = {name: [[term]] * len(names) for name in ("terms", "weights", "shingles")}
        files.add(pa.Table.from_pydict(columns | lists, schema=STORED))

    bring(["av1-a", "av1-b"], 1)
    bring(["av1-b", "av1-c"], 2)
    bring(["av1-d"], 3)
    [path] = files.folder.iterdir()
    rows = pq.read_table(path).to_pylist()
    assert {row["article_version_id"]: row["terms"] for row in rows} == {
        "av1-a": [1], "av1-b": [2], "av1-c": [2], "av1-d": [3],
    }  # fmt: skip
    assert len(rows) == 4
    assert pq.read_metadata(path).num_row_groups == 1


def test_an_unrelated_load_writes_no_old_story(loaded: Files) -> None:
    other = make_article(
        "other", "gamma", title="Museum buys log", text="A museum in Oslo has bought a whaler's log."
    )
    batch = write(loaded.staging, "poll-3/b", [other])
    load_batches(loaded.build, [batch], "poll-3", NOW, 1)
    with open_build(loaded.build) as connection:
        written = connection.execute("SELECT article_id FROM article_stories WHERE load_id = 3").fetchall()
    assert written == [("ar1-other",)]
