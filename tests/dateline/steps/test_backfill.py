"""`dateline backfill`: what was saved before becomes the same rows as what is polled, once."""

import gzip
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from dateline.home import Home
from dateline.settings import Settings
from dateline.steps.backfill import plan_backfill
from dateline.steps.backfill_params import BackfillParams
from dateline.steps.context import Context
from ingest.staging.records import find_batches
from tests.dateline.homes import Answer, ask, call, call_well, copy_home, finish, make_home, read_rows, start
from tests.dateline.saved_news import FEED_URL, feed, page, save, url_of, write_news
from transforms.identity import make_id

STEP_COUNTS = "SELECT step, sum(taken)::INT, sum(passed)::INT, sum(unchanged)::INT, sum(rejected)::INT"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_news(tmp_path_factory.mktemp("saved"))


@pytest.fixture(scope="module")
def loaded(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = make_home(tmp_path_factory.mktemp("loaded") / "home")
    call_well(home, "backfill", str(folder))
    return home


def test_pages_are_joined_to_the_entries_of_feeds_by_their_canonical_url(loaded: Home) -> None:
    found = ask(
        loaded,
        """SELECT a.url, e.url, a.text_source, f.url, a.published_at::DATE::VARCHAR
           FROM articles AS a JOIN entries AS e USING (entry_id) JOIN feeds AS f ON f.feed_id = a.feed_id
           WHERE e.title <> '' ORDER BY a.url""",
    )
    assert found == [
        (url_of(name), f"{url_of(name)}?utm_source=rss", "page", FEED_URL, day)
        for name, day in (("aleppo", "2026-03-03"), ("kisumu", "2026-03-04"))
    ]


def test_a_page_without_an_entry_has_a_version_for_each_time_it_was_saved(loaded: Home) -> None:
    versions = ask(
        loaded,
        f"""SELECT outlet, is_current, text LIKE '%opened three%' FROM articles
            WHERE url = '{url_of("harvest")}' ORDER BY fetched_at""",
    )
    assert versions == [("tidings.example", False, False), ("tidings.example", True, True)]


def test_every_file_is_accounted_for(loaded: Home) -> None:
    rejected = ask(loaded, "SELECT item_id, reason, detail FROM rejections ORDER BY item_id")
    assert rejected == [
        ("pages/cut.html.gz", "feed_unreadable", "the compressed file is damaged"),
        ("pages/notes.txt", "not_a_feed", "the file is neither a feed nor a page"),
        ("pages/picture.jpeg", "not_a_feed", "the file is neither a feed nor a page"),
    ]
    counts = ask(loaded, f"{STEP_COUNTS} FROM step_counts GROUP BY step ORDER BY step DESC")
    assert counts == [("import", 7, 4, 0, 3), ("code_articles", 4, 4, 0, 0), ("clean_articles", 4, 4, 0, 0)]
    assert ask(loaded, "SELECT kind, count(*) FROM fetches GROUP BY kind ORDER BY kind") == [
        ("feed", 1),
        ("page", 4),
    ]


def test_events_come_out(loaded: Home) -> None:
    events = ask(loaded, "SELECT event_type, country, event_day::VARCHAR FROM events ORDER BY event_day")
    assert ("ASSAULT", "SYR", "2026-03-03") in events
    assert ("PROTEST", "KEN", "2026-03-04") in events


def test_the_same_backfill_again_changes_nothing(loaded: Home, folder: Path, tmp_path: Path) -> None:
    home = copy_home(loaded, tmp_path / "home")
    before, warc_bytes = read_rows(home), size_of_archive(home)
    said = call_well(home, "backfill", str(folder))
    assert "events: 0 new, 0 changed" in said
    assert read_rows(home) == before
    assert size_of_archive(home) == warc_bytes


def test_a_changed_file_is_loaded_again_and_what_it_brings_is_new(
    loaded: Home, folder: Path, tmp_path: Path
) -> None:
    home = copy_home(loaded, tmp_path / "home")
    kept = (folder / "feeds" / "tidings.xml").read_bytes()
    try:
        save(
            folder / "feeds" / "tidings.xml", feed(("aleppo", 3), ("kisumu", 4), ("harvest", 5)).encode(), 12
        )
        call_well(home, "backfill", str(folder))
    finally:
        save(folder / "feeds" / "tidings.xml", kept)
    new = ask(home, f"{STEP_COUNTS} FROM step_counts WHERE step = 'import' GROUP BY step, batch ORDER BY 2")
    assert new == [("import", 6, 3, 0, 3), ("import", 7, 4, 0, 3)]
    new_entries = "SELECT url FROM entries EXCEPT FROM (SELECT DISTINCT url FROM entries WHERE title = '')"
    assert len(ask(home, new_entries)) == 3  # the feed's: no page got an entry of its own this time
    assert ask(home, "SELECT count(*) FROM events") == ask(loaded, "SELECT count(*) FROM events")


def test_days_and_feeds_that_are_not_asked_for_are_left_out_and_counted(folder: Path, tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    call_well(home, "backfill", str(folder), "--from", "2026-03-04", "--to", "2026-03-04")
    assert ask(home, "SELECT DISTINCT url FROM articles") == [(url_of("kisumu"),)]
    counts = ask(home, f"{STEP_COUNTS} FROM step_counts GROUP BY step ORDER BY step DESC")
    assert counts == [("import", 7, 3, 1, 3), ("code_articles", 1, 1, 0, 0), ("clean_articles", 3, 1, 2, 0)]
    call_well(home, "backfill", str(folder), "--feed", FEED_URL + "?utm_source=x")
    assert ask(home, "SELECT count(DISTINCT url) FROM articles") == [(2,)]
    call_well(home, "backfill", str(folder), "--feed", "https://other.example/rss")
    none = ask(
        home, f"{STEP_COUNTS} FROM step_counts WHERE step = 'import' GROUP BY step, run_id ORDER BY 4 DESC"
    )
    assert none[0] == ("import", 7, 0, 4, 3)


def test_a_warc_file_of_another_tool_gives_every_capture(tmp_path: Path) -> None:
    warc = tmp_path / "crawl.warc.gz"
    corrected = page("kisumu", 4).replace(b"two streets", b"three streets")
    with warc.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        capture(writer, FEED_URL, "application/rss+xml", feed(("kisumu", 4)).encode(), "2026-03-04T09:00:00Z")
        capture(writer, url_of("kisumu"), "text/html", page("kisumu", 4), "2026-03-04T09:00:01Z")
        capture(writer, url_of("kisumu"), "text/html", corrected, "2026-03-04T19:00:00Z")
        capture(writer, "https://tidings.example/logo.png", "image/png", b"\x89PNG", "2026-03-04T09:00:02Z")
    home = make_home(tmp_path / "home")
    call_well(home, "backfill", "--source", "warc", str(tmp_path))
    versions = ask(
        home, "SELECT url, is_current, text LIKE '%three streets%' FROM articles ORDER BY fetched_at"
    )
    assert versions == [(url_of("kisumu"), False, False), (url_of("kisumu"), True, True)]
    assert ask(home, "SELECT count(*) FROM rejections") == [(0,)]


def test_our_own_archive_can_be_loaded_elsewhere(loaded: Home, tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    call_well(home, "backfill", "--source", "warc", str(loaded.archive))
    same = "SELECT article_version_id, text FROM articles ORDER BY 1"
    assert ask(home, same) == ask(loaded, same)
    same = "SELECT event_type, country, event_day, killed_max FROM events ORDER BY ALL"
    assert ask(home, same) == ask(loaded, same)


def test_a_backfill_killed_time_and_again_is_finished_by_the_same_call(
    loaded: Home, folder: Path, tmp_path: Path
) -> None:
    home = make_home(tmp_path / "home")
    for at in ("plan.window.parquet", "import.entries.parquet", "code.mentions.parquet"):
        assert finish(start(home, "backfill", str(folder), strike="KILL", at=at)).status == -9
        assert not home.published.exists()
    call_well(home, "backfill", str(folder))
    places = {"fetches": ("warc_file", "warc_offset"), "rejections": ("rejected_at",)}
    assert read_rows(home, places) == read_rows(loaded, places)


def test_a_batch_whose_files_changed_before_it_was_read_is_planned_anew(tmp_path: Path) -> None:
    folder = write_news(tmp_path / "saved")
    context = Context(Home(tmp_path / "home"), Settings())
    params = BackfillParams("folder", str(folder))
    [before] = plan_backfill(context, params)
    assert plan_backfill(context, params) == [before]
    save(folder / "feeds" / "tidings.xml", feed(("aleppo", 3)).encode(), 12)
    [after] = plan_backfill(context, params)
    assert after != before
    assert find_batches(after.parent) == [after]


def test_a_backfill_that_an_earlier_version_began_is_known_by_its_ids(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    save(folder / "a" / "x.html", b"<html>x")
    save(folder / "y.xml", b"<rss/>", 12)
    params = BackfillParams("folder", str(folder), (FEED_URL,), "2026-03-01")
    [batch] = plan_backfill(Context(Home(tmp_path / "home"), Settings()), params)
    assert batch.parent.name == make_id("backfill", "folder", str(folder), FEED_URL, "2026-03-01", "")
    facts = ("a/x.html 7 1772787600000000000", "y.xml 6 1772798400000000000")
    assert batch.name == make_id("batch-0000", *facts)


def test_the_way_out_of_a_wrong_path_is_said(folder: Path, tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")

    def complain(*arguments: str) -> Answer:
        answer = call(home, "backfill", *arguments)
        assert answer.status == 1
        return answer

    assert "give the folder or file that holds what was saved" in complain(str(tmp_path / "nothing")).err
    assert "give the folder or file that holds what was saved" in complain().err
    assert "for the other kind give --source folder" in complain("--source", "warc", str(folder)).err
    assert call(home, "backfill", "--source", "tape", str(folder)).status == 2


def size_of_archive(home: Home) -> int:
    return sum(path.stat().st_size for path in home.archive.glob("*.warc.gz"))


def capture(writer: WARCWriter, url: str, content_type: str, body: bytes, at: str) -> None:
    """A response as a crawler records it: as it came, compressed."""
    headers = StatusAndHeaders(
        "200 OK", [("Content-Type", content_type), ("Content-Encoding", "gzip")], protocol="HTTP/1.1"
    )
    packed = gzip.compress(body)
    record = writer.create_warc_record(
        url,
        "response",
        payload=BytesIO(packed),
        length=len(packed),
        http_headers=headers,
        warc_headers_dict={"WARC-Date": at},
    )
    writer.write_record(record)
