"""Backfills of files with odd names, dates and damage: the rest is loaded, and the exit code tells."""

import gzip
import os
from pathlib import Path

from tests.dateline.homes import ask, call, call_well, make_home
from tests.dateline.saved_news import page, save, url_of
from tests.ingest.archive.captures import make_record


def test_records_that_cannot_be_read_are_told_and_the_rest_is_loaded(tmp_path: Path) -> None:
    good = [
        make_record("", url=url_of(name), payload=page(name, day))
        for name, day in (("aleppo", 3), ("kisumu", 4))
    ]
    bad = [
        make_record("", url=url_of("harvest"), payload=page("harvest", 5), date="0001-01-01T00:00:00Z"),
        make_record("", url="http://[::1", payload=page("harvest", 5)),
        make_record("", url=url_of("harvest"), payload=page("harvest", 5), date="9999-12-31T23:59:59Z"),
    ]
    save(tmp_path / "warc" / "a.warc.gz", gzip.compress(b"".join([good[0], *bad])))
    save(tmp_path / "warc" / os.fsdecode(b"b\xe9.warc"), good[1])
    home = make_home(tmp_path / "home")
    answer = call(home, "backfill", "--source", "warc", str(tmp_path / "warc"))
    assert answer.status == 1
    assert "saved entries: 4 = 1 new" in answer.out or "saved entries: 5 = 2 new" in answer.out
    assert "3 records of WARC files could not be read, all else is loaded" in answer.err
    assert ask(home, "SELECT url FROM articles ORDER BY 1") == [(url_of("aleppo"),), (url_of("kisumu"),)]
    assert ask(home, "SELECT reason, count(*) FROM rejections GROUP BY 1") == [("record_unreadable", 3)]
    counts = "SELECT sum(taken), sum(passed + unchanged + rejected) FROM step_counts WHERE step = 'import'"
    assert ask(home, counts) == [(5, 5)]
    again = call(home, "backfill", "--source", "warc", str(tmp_path / "warc"))
    assert "all of it was loaded before" in again.out
    assert (again.status, again.err) == (1, answer.err)  # what could not be read is still missing
    call_well(home, "backfill", "--source", "warc", str(home.archive))
    save(tmp_path / "warc" / "a.warc.gz", gzip.compress(good[0]))
    call_well(home, "backfill", "--source", "warc", str(tmp_path / "warc"))


def test_names_that_are_no_utf_8(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"saved \xe9t\xe9")
    save(folder / os.fsdecode(b"aleppo \xff.html"), page("aleppo", 3))
    save(folder / os.fsdecode(b"notes \xff.jpeg"), b"no page")
    home = make_home(tmp_path / "home")
    call_well(home, "backfill", str(folder))
    assert ask(home, "SELECT url FROM articles") == [(url_of("aleppo"),)]
    assert ask(home, "SELECT item_id FROM rejections") == [("notes \\xff.jpeg",)]
    call_well(home, "replay")
    assert ask(home, "SELECT url FROM articles") == [(url_of("aleppo"),)]
