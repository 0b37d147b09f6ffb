"""The import of saved feeds that a parser cannot bear: each is a rejection, and the other files go on."""

from pathlib import Path

from dateline.home import Home
from dateline.settings import Settings
from dateline.steps.backfill import plan_backfill
from dateline.steps.backfill_params import BackfillParams
from dateline.steps.context import Context
from dateline.steps.import_window import import_again, import_batch
from dateline.steps.kept_imports import read_imports
from ingest.staging.records import mark_done, read_records
from tests.dateline.saved_news import feed, save
from tests.limits import HANG_S
from transforms.records import Entry, Rejection, StepCount
from transforms.settings import CleanSettings, PollSettings

HOSTILE = b'{"version": "https://jsonfeed.org/version/1.1", "items": [%s]}' % b",".join(
    [b'{"a":1}'] * 2_400_000
)
"""Much more in memory than in the file."""


def test_a_feed_that_takes_too_much_memory_fails_alone_and_so_it_does_again(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    save(folder / "a.json", HOSTILE)
    save(folder / "b.xml", feed(("aleppo", 3), ("kisumu", 4)).encode())
    settings = Settings(
        clean=CleanSettings(workers=1, page_memory_bytes=400_000_000, page_timeout_s=HANG_S),
        poll=PollSettings(max_entries=1),
    )
    context = Context(Home(tmp_path / "home"), settings)
    [batch] = plan_backfill(context, BackfillParams("folder", str(folder)))
    import_batch(context, batch)
    found = read_import(batch)
    assert found == (
        ["Five soldiers killed in Aleppo"],
        [
            ("feed_unreadable", "reading it took too much memory (more than 400,000,000 bytes)"),
            ("entry_over_limit", "1 entries behind the first 1 were not read"),
        ],
        [(3, 1, 0, 2)],
    )
    [imported], _ = read_imports(context.home.archive)
    again = tmp_path / "again" / "batch-0"
    again.mkdir(parents=True)
    mark_done(again.parent, "plan")
    import_again(context, imported, again)
    assert read_import(again) == found


def read_import(batch: Path) -> tuple[list[str], list[tuple[str, str]], list[tuple[int, int, int, int]]]:
    """Titles of entries; reasons and details of rejections; the row accounting."""
    return (
        [entry.title for entry in read_records(batch / "import.entries.parquet", Entry)],
        [(one.reason, one.detail) for one in read_records(batch / "import.rejections.parquet", Rejection)],
        [
            (one.taken, one.passed, one.unchanged, one.rejected)
            for one in read_records(batch / "import.counts.parquet", StepCount)
        ],
    )
