"""Staging files: what is written is what is read, whole or not at all."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.staging.arrow_tables import schema_of
from ingest.staging.records import (
    DamagedFile,
    find_batches,
    is_done,
    mark_done,
    read_records,
    write_records,
)
from transforms import records
from transforms.records import Actor, Entry, Event, Feed, FeedState, Mention, Place, Weapon

RECORDS = [
    kind for kind in vars(records).values() if isinstance(kind, type) and kind.__module__ == records.__name__
]
instants = st.integers(-(2**40), 2**41).map(
    lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)
texts = st.text(st.characters(exclude_categories=["Cs"]))

actors = st.builds(
    Actor, text=texts, name=texts, kind=st.just("group"), country=texts, sector=texts,
    mentions=st.lists(texts, max_size=3).map(tuple),
)  # fmt: skip
places = st.builds(
    Place, text=texts, lat=st.none() | st.floats(-90, 90), geonameid=st.none() | st.integers(0, 2**40)
)
events = st.builds(
    Event, event_type=texts, mode=texts, realis=st.just("actual"),
    actors=st.lists(actors, max_size=2).map(tuple), recipients=st.lists(actors, max_size=2).map(tuple),
    weapons=st.lists(st.builds(Weapon, texts), max_size=2).map(tuple),
    date_start=texts, date_end=texts, date_text=texts, place=st.none() | places,
    killed_min=st.none() | st.integers(0, 10**6), killed_max=st.none(),
    injured_min=st.none(), injured_max=st.none(),
    cameo=texts, goldstein=st.none() | st.floats(-10, 10), quad=st.none() | st.integers(1, 4),
    acled_type=texts, acled_subtype=texts, sentence=texts,
    sentence_start=st.integers(0, 10**6), sentence_end=st.integers(0, 10**6),
    confidence=st.floats(0, 1), background=st.booleans(), coder=texts, toll_claimed=st.booleans(),
)  # fmt: skip
mentions = st.builds(Mention, texts, texts, texts, events)
states = st.builds(
    FeedState, feed_id=texts, url=texts, status=st.sampled_from(["active", "gone"]), etag=texts,
    interval_s=st.integers(0, 10**6), next_poll_at=st.none() | instants, failures=st.integers(0, 99),
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("staging")


@given(st.lists(mentions, max_size=3))
def test_nested_records_come_back(folder: Path, rows: list[Mention]) -> None:
    assert write_records(folder / "code.mentions.parquet", Mention, rows) == len(rows)
    assert read_records(folder / "code.mentions.parquet", Mention) == rows


@given(st.lists(states, max_size=3))
def test_instants_and_missing_values_come_back(folder: Path, rows: list[FeedState]) -> None:
    write_records(folder / "poll.states.parquet", FeedState, rows)
    assert read_records(folder / "poll.states.parquet", FeedState) == rows


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: str(kind.__name__))
def test_every_record_has_a_schema(kind: type[Any]) -> None:
    assert schema_of(kind).names == [field.name for field in fields(kind)]


def test_a_missing_file_holds_nothing(tmp_path: Path) -> None:
    assert read_records(tmp_path / "poll.entries.parquet", Entry) == []


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "poll.states.parquet"
    write_records(path, FeedState, [FeedState("fd1-a", "https://a.example/feed")])
    with pytest.raises(TypeError):
        write_records(path, FeedState, [FeedState("fd1-b", 3)])  # type: ignore[arg-type]
    assert [state.feed_id for state in read_records(path, FeedState)] == ["fd1-a"]


def test_markers_and_batches(tmp_path: Path) -> None:
    batch = tmp_path / "batch-001"
    batch.mkdir()
    (tmp_path / "batch-000").mkdir()
    (tmp_path / "plan.done").write_text("")
    assert not is_done(batch, "poll")
    mark_done(batch, "poll")
    assert is_done(batch, "poll")
    assert [path.name for path in find_batches(tmp_path)] == ["batch-000", "batch-001"]


def test_half_a_character_leaves_where_records_are_written(tmp_path: Path) -> None:
    feeds = [
        Feed("fd1-a", "https://hills.example/", title="hills \ud83d", tags=("\udce9", "war")),
        Feed("fd1-b", "https://port.example/", title="whole \U0001f600"),
    ]
    assert write_records(tmp_path / "x.feeds.parquet", Feed, feeds) == 2
    half, whole = read_records(tmp_path / "x.feeds.parquet", Feed)
    assert (half.title, half.tags) == ("hills ?", ("?", "war"))
    assert whole == feeds[1]


@pytest.mark.parametrize("harm", ["cut", "empty", "garbled", "other"])
def test_a_damaged_file_is_named(harm: str, tmp_path: Path) -> None:
    path = tmp_path / "x.feeds.parquet"
    write_records(path, Feed, [Feed(f"fd1-{nth}", "https://hills.example/") for nth in range(100)])
    content = path.read_bytes()
    spoilt = {"cut": content[:-9], "empty": b"", "garbled": content[:30] + b"\xff" * 40 + content[70:]}
    path.write_bytes(spoilt.get(harm, b"a text"))
    with pytest.raises(DamagedFile, match=r"x\.feeds\.parquet is damaged"):
        read_records(path, Feed)
