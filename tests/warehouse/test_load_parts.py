"""A batch that cannot be loaded does not keep the others."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.warehouse.newsroom import Files
from tests.warehouse.sample import NOW, make_article, make_feed, make_state, write_articles, write_batch
from transforms.errors import Permanent, Transient
from transforms.events.fingerprint import take_fingerprint
from transforms.records import Article, Mention
from warehouse.connection import is_of_machine, open_build
from warehouse.load import load_batches
from warehouse.load_parts import load_in_parts
from warehouse.load_summary import LoadSummary


def load(files: Files, *batches: Path) -> tuple[LoadSummary, dict[str, str]]:
    aside: dict[str, str] = {}
    summary = load_batches(
        files.build, batches, "poll-1", NOW, 1, lambda batch, error: aside.update({batch.name: str(error)})
    )
    return summary, aside


def titles(files: Files) -> list[str]:
    with open_build(files.build) as connection:
        return [row[0] for row in connection.execute("SELECT title FROM feeds ORDER BY 1").fetchall()]


def make_batches(files: Files, count: int = 5) -> list[Path]:
    names = [f"feed{nth}" for nth in range(count)]
    return [
        write_batch(files.staging, f"poll-1/batch-{n:03d}", [make_feed(name)]) for n, name in enumerate(names)
    ]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-50])


def hollow(path: Path) -> None:
    """Bytes are missing in the middle, the end is whole."""
    content = path.read_bytes()
    path.write_bytes(content[:20] + content[60:])


def garble(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:30] + b"\xff" * 40 + content[70:])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def give_other_columns(path: Path) -> None:
    pq.write_table(pa.table({"feed_id": ["fd1"], "colour": ["red"]}), path)


def give_other_types(path: Path) -> None:
    table = pq.read_table(path)
    pq.write_table(table.set_column(table.column_names.index("tags"), "tags", [["none"]]), path)


@pytest.mark.parametrize("spoil", [cut, hollow, garble, empty, give_other_columns, give_other_types])
@pytest.mark.parametrize("nth", [0, 3])
def test_a_damaged_batch_is_named_and_the_rest_is_loaded(spoil: object, nth: int, files: Files) -> None:
    assert callable(spoil)
    batches = make_batches(files)
    [path] = batches[nth].glob("*.feeds.parquet")
    spoil(path)
    summary, aside = load(files, *batches)
    assert list(aside) == [f"batch-{nth:03d}"]
    assert "feeds" in aside[f"batch-{nth:03d}"] or "tags" in aside[f"batch-{nth:03d}"]
    assert (summary.batches, summary.rows_new) == (4, 4)
    assert len(titles(files)) == 4
    again, _ = load(files, *[batch for batch in batches if batch.name not in aside])
    assert (again.batches, again.batches_known) == (0, 4)


def test_without_a_place_to_set_it_aside_the_error_is_raised(files: Files) -> None:
    batches = make_batches(files)
    [path] = batches[1].glob("*.feeds.parquet")
    cut(path)
    with pytest.raises(Permanent, match="does not fit this version of Dateline, or is damaged"):
        load_batches(files.build, batches, "poll-1", NOW, 1)
    assert titles(files) == []


@pytest.mark.parametrize("year", [1, 9999])
def test_articles_at_the_ends_of_the_calendar_are_loaded(year: int, files: Files) -> None:
    at = datetime(year, 1 if year == 1 else 12, 1 if year == 1 else 31, tzinfo=UTC)
    told: list[tuple[Article, list[Mention]]] = []
    for nth in range(3):
        article = make_article(
            f"a{nth}", published_at=at, fetched_at=at, text="Rebels shelled the port. " * 9
        )
        told.append((article, []))
    batch = write_articles(files.staging, "poll-1/batch-000", told)
    prints = [take_fingerprint(a.article_version_id, a.title, a.text, "en", {}, "article") for a, _ in told]
    write_batch(files.staging, "poll-1/batch-000", prints)
    summary, aside = load(files, batch)
    assert (aside, summary.batches) == ({}, 1)
    with open_build(files.build) as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchall() == [(3,)]


def test_a_batch_that_is_gone_is_not_taken_for_loaded(files: Files) -> None:
    [batch, gone] = make_batches(files, 2)
    moved = gone.rename(files.folder / "elsewhere")
    assert load(files, batch, gone)[0].batches == 1
    moved.rename(gone)
    assert load(files, batch, gone)[0].batches == 1
    assert len(titles(files)) == 2


def test_reasons_of_the_machine_set_nothing_aside(files: Files) -> None:
    batches = make_batches(files)

    def fail(error: Exception) -> None:
        def load_none(batches: Sequence[Path]) -> None:
            raise error

        list(
            load_in_parts(
                batches, load_none, lambda e: is_of_machine(files.build.path, e), lambda b, e: aside.append(b)
            )
        )

    aside: list[Path] = []
    for error in (
        MemoryError(),
        OSError(28, "No space left on device"),
        Transient("the disk is full"),
        duckdb.OutOfMemoryException("Out of Memory Error"),
        duckdb.IOException("IO Error: Could not write file: No space left on device"),
        duckdb.FatalException("FATAL Error: database has been invalidated"),
        duckdb.InvalidInputException("Invalid Input Error: No space left on device"),
        duckdb.Error("Corrupt database file: computed checksum 1 does not match"),
        duckdb.InterruptException("INTERRUPT Error: Interrupted!"),
    ):
        with pytest.raises(type(error)):
            fail(error)
    assert aside == []


def test_a_state_noted_by_a_clock_that_was_ahead_gives_way(files: Files) -> None:
    ahead = make_state("alpha", etag='"ahead"', last_attempt_at=NOW + timedelta(days=2000))
    load(files, write_batch(files.staging, "poll-1/batch-000", [make_feed("alpha"), ahead]))
    later = make_state("alpha", etag='"now"', last_attempt_at=NOW)
    load(files, write_batch(files.staging, "poll-2/batch-000", [later]))
    with open_build(files.build) as connection:
        assert connection.execute("SELECT etag FROM feeds").fetchall() == [('"now"',)]
