"""A small warehouse with real rows: three outlets, a week of incidents, an edit, a dispute, a rejection."""

import atexit
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from tests.warehouse.sample import (
    LORVAN,
    NOW,
    TARNE,
    make_article,
    make_coding,
    make_entry,
    make_feed,
    make_fetch,
    make_mention,
    make_place,
    make_rejection,
    make_state,
    write_batch,
)
from transforms.records import Actor, PageState, StepCount
from warehouse.connection import BuildFile
from warehouse.load import load_batches
from warehouse.publish import publish


@dataclass(frozen=True)
class Files:
    folder: Path

    @property
    def build(self) -> BuildFile:
        return make_build_file(self.folder / "build" / "build.duckdb", self.published)

    @property
    def published(self) -> Path:
        return self.folder / "dateline.duckdb"

    @property
    def staging(self) -> Path:
        return self.folder / "staging"


def make_build_file(
    path: Path, published: Path, memory_limit: str = "1GB", lock_wait_s: float = 30.0
) -> BuildFile:
    """A build file that tests open."""
    return BuildFile(path, published, memory_limit, lock_wait_s, dict)


def make_warehouse(folder: Path) -> Files:
    """The sample, loaded and published: a copy of what this process made once."""
    shutil.copytree(_make_once(), folder, dirs_exist_ok=True)
    return Files(folder)


@cache
def _make_once() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="dateline-tests-sample-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    files = Files(folder)
    batch = write_batch(files.staging, "poll-1/batch-000", make_records())
    load_batches(files.build, [batch], "poll-1", NOW, 1)
    publish(files.build)
    return folder


def make_records() -> list[Any]:
    raid = make_article("raid", "alpha")
    raid_again = make_article("raid-b", "beta")
    edited = make_article("siege", "alpha", 1)
    edited_again = make_article("siege", "alpha", 2, text="Now nine dead.")
    protest = make_article("protest", "gamma")
    week_before = make_article("protest-old", "gamma", fetched_at=datetime(2026, 3, 2, 9, tzinfo=UTC))
    marching: dict[str, Any] = {
        "event_type": "PROTEST",
        "mode": "demonstrate",
        "actors": (Actor("students", "", "group", "UKR", "EDU"),),
        "recipients": (),
        "weapons": (),
        "killed_min": None,
        "killed_max": None,
        "cameo": "141",
        "quad": 3,
        "acled_type": "Protests",
        "acled_subtype": "Peaceful protest",
        "sentence": "Students marched in Tarne.",
        "place": TARNE,
    }
    articles = [raid, raid_again, edited, edited_again, protest, week_before]
    return [
        *(make_feed(name) for name in ("alpha", "beta", "gamma")),
        *(make_state(name) for name in ("alpha", "beta", "gamma")),
        *(make_fetch(name) for name in ("alpha", "beta", "gamma")),
        make_entry("raid", "alpha"),
        make_entry("raid-b", "beta"),
        make_entry("siege", "alpha"),
        make_entry("siege", "alpha", 2),
        PageState("en1-raid", "done", 1, None, ""),
        PageState("en1-raid-b", "pending", 1, NOW, "503"),
        *articles,
        *(make_coding(article) for article in articles),
        make_mention(raid),
        make_mention(raid_again, killed_min=7, killed_max=7),
        make_mention(
            edited, place=replace(TARNE, geonameid=1003, name="Vell", lat=48.0), killed_min=6, killed_max=6
        ),
        make_mention(
            edited_again,
            place=replace(TARNE, geonameid=1003, name="Vell", lat=48.0),
            killed_min=9,
            killed_max=9,
        ),
        make_mention(protest, **marching),
        make_mention(week_before, **(marching | {"date_start": "2026-03-01", "date_end": "2026-03-01"})),
        make_mention(protest, 1, realis="planned", place=LORVAN),
        make_place(raid),
        make_rejection("en1-x"),
        StepCount("poll-1", "batch-000", "fetch", 5, 4, 0, 1),
    ]
