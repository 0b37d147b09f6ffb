"""`dateline sql`, `export`, `status` and `doctor` on a small real warehouse."""

import io
import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from dateline.cli import main
from tests.limits import HANG_S
from tests.warehouse.newsroom import make_warehouse

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_warehouse(tmp_path_factory.mktemp("home")).folder


@pytest.fixture
def run(sample: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `dateline ARGUMENTS` in this process; gives exit code, output and errors."""
    for name in [name for name in os.environ if name.startswith("DATELINE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")

    def call(*arguments: str, home: Path = sample, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setenv("DATELINE_HOME", str(home))
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as exit_:
            main(list(arguments))
        captured = capsys.readouterr()
        assert isinstance(exit_.value.code, int)
        return exit_.value.code, captured.out, captured.err

    return call


def test_a_query_as_a_table(run: Run) -> None:
    code, out, _ = run("sql", "SELECT place_name, killed_best AS dead FROM events ORDER BY ALL")
    assert code == 0
    assert out.splitlines() == [
        "place_name  dead",
        "----------  ----",
        "Lorvan         7",
        "Tarne",
        "Tarne",
        "Vell           9",
        "(4 rows)",
    ]


def test_a_wide_table_fits_the_terminal(run: Run) -> None:
    _, out, _ = run("sql", "FROM events")
    assert max(map(len, out.splitlines()[:-2])) <= 100
    assert "columns do not fit: " in out
    _, one, _ = run("sql", "FROM events LIMIT 1")
    assert max(map(len, one.splitlines())) <= 100
    assert [line.split()[0] for line in one.splitlines()[:3]] == ["event_id", "event_type", "mode"]


def test_other_formats(run: Run, tmp_path: Path) -> None:
    query = "SELECT place_name, urls, event_day FROM events WHERE killed_best = 7"
    assert run("sql", query, "--format", "csv")[1].splitlines() == [
        "place_name,urls,event_day",
        'Lorvan,"[""https://example.org/raid"", ""https://example.org/raid-b""]",2026-03-09',
    ]
    [row] = json.loads(run("sql", query, "--format", "json")[1])
    assert (row["place_name"], len(row["urls"]), row["event_day"]) == ("Lorvan", 2, "2026-03-09")
    assert json.loads(run("sql", "SELECT 1 WHERE false", "--format", "json")[1]) == []
    file = tmp_path / "rows.parquet"
    assert run("sql", query, "--output", str(file))[0] == 0
    assert pq.read_table(file).to_pylist()[0]["place_name"] == "Lorvan"
    assert run("sql", query, "--output", str(tmp_path / "rows.csv"))[0] == 0
    assert (tmp_path / "rows.csv").read_text().startswith("place_name,urls")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rows.csv", "rows.parquet"]


def test_queries_from_a_pipe(run: Run) -> None:
    code, out, _ = run("sql", "--format", "csv", typed="SELECT 1 AS one;\nSELECT 2 AS two;\n")
    assert (code, out) == (0, "one\n1\ntwo\n2\n")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELEC 1", 'syntax error at or near "SELEC"'),
        ("SELECT * FROM nowhere", "nowhere does not exist"),
        ("DELETE FROM events", "read-only here"),
        ("CREATE TABLE x (i INTEGER)", "read-only here"),
        ("SELECT * FROM read_csv('/etc/passwd')", "only read the warehouse, not other files"),
        ("COPY events TO 'x.csv'", "only read the warehouse, not other files"),
        ("ATTACH 'x.duckdb'", "only read the warehouse, not other files"),
        ("INSTALL httpfs", "only read the warehouse, not other files"),
        ("SELECT * FROM 'https://example.org/x.parquet'", "only read the warehouse, not other files"),
        ("SELECT error('x') FROM events", "x"),
        (".nothing", ".nothing is unknown; .help lists"),
        (".schema nowhere", "no table 'nowhere'"),
    ],
)
def test_errors_are_plain(query: str, message: str, run: Run) -> None:
    code, out, err = run("sql", query)
    assert (code, out) == (1, "")
    assert err.startswith("dateline: ")
    assert message in err
    assert "Traceback" not in err


def test_a_failed_query_leaves_no_file(run: Run, tmp_path: Path) -> None:
    for name in ("rows.csv", "rows.parquet"):
        assert run("sql", "FROM nowhere", "--output", str(tmp_path / name))[0] == 1
    assert run("sql", "FROM events", "--output", str(tmp_path / "no" / "x.csv"))[0] == 1
    assert list(tmp_path.iterdir()) == []


def test_wrong_use(run: Run, tmp_path: Path) -> None:
    assert "is empty" in run("sql", " ")[2]
    assert "--output" in run("sql", "FROM events", "--format", "parquet")[2]
    code, _, err = run("sql", "FROM events", home=tmp_path / "none")
    assert code == 1
    assert "`dateline run` makes one" in err


def test_tables_and_columns_say_what_they_are(run: Run) -> None:
    assert "events_daily" in run("sql", ".tables")[1]
    out = run("sql", ".schema feeds")[1]
    assert "Where the feed is asked now" in out


def test_the_prompt_answers_and_keeps_its_history(sample: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    shutil.copyfile(sample / "dateline.duckdb", home / "dateline.duckdb")
    typed = b"SELECT count(*)\nAS n FROM events;\nFROM nowhere;\n.tables\n.quit\n"
    master, slave = pty.openpty()
    environ = {**os.environ, "DATELINE_HOME": str(home), "TERM": "dumb"}
    prompt = subprocess.Popen(
        [sys.executable, "-c", "from dateline.cli import main; main(['sql'])"],
        stdin=slave, stdout=slave, stderr=slave, env=environ, close_fds=True,
    )  # fmt: skip
    os.close(slave)
    os.write(master, typed)
    seen = b""
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        seen += part
    os.close(master)
    assert prompt.wait(timeout=HANG_S) == 0
    text = seen.decode()
    assert "4" in text.split("dateline> ")[1]
    assert "nowhere does not exist" in text
    assert "gdelt_events" in text
    assert "AS n FROM events;" in (home / "cache" / "sql_history").read_text()


def test_export_writes_the_tables(run: Run, tmp_path: Path) -> None:
    code, out, _ = run(
        "export", "events", "feeds", "--to", str(tmp_path), "--format", "csv", "--from", "2026-03-02"
    )
    assert code == 0
    assert out.splitlines() == [f"{tmp_path}/events.csv  3 rows", f"{tmp_path}/feeds.csv  3 rows"]
    assert run("export", "--to", str(tmp_path))[0] == 0
    assert {path.stem for path in tmp_path.glob("*.parquet")} == {
        "current_articles",
        "events",
        "events_daily",
        "feed_health",
        "mentions",
    }


@pytest.mark.parametrize("day", ["2026-3-1x", "2026-02-30", "yesterday", ""])
def test_bad_days_are_explained(day: str, run: Run, tmp_path: Path) -> None:
    for option in ("--from", "--to-day"):
        code, _, err = run("export", "--to", str(tmp_path), option, day)
        assert code == 2
        assert f"{day!r} is no day; write it as 2026-03-09" in err


def test_days_in_the_wrong_order_are_explained(run: Run, tmp_path: Path) -> None:
    code, _, err = run("export", "--to", str(tmp_path), "--from", "2026-03-09", "--to-day", "2026-03-01")
    assert code == 1
    assert "exchange them" in err


def test_status_shows_feeds_days_rejections_loads_and_disk(run: Run) -> None:
    code, out, _ = run("status")
    assert code == 0
    for part in (
        "https://alpha.example.org/feed",
        "page_unreachable",
        "poll-1",
        "raw archive",
        "2026-03-09",
        " ago",
        "free",
    ):
        assert part in out


def test_status_names_a_feed_that_fails(run: Run, sample: Path, tmp_path: Path) -> None:
    shutil.copyfile(sample / "dateline.duckdb", tmp_path / "dateline.duckdb")
    with duckdb.connect(tmp_path / "dateline.duckdb") as connection:
        connection.execute(
            "UPDATE feeds SET failures = 3, last_error = 'HTTP 500', next_poll_at = ? WHERE outlet = 'beta'",
            [datetime.now(UTC) + timedelta(hours=2, minutes=1)],
        )
    out = run("status", home=tmp_path)[1]
    assert "3 failures in a row: HTTP 500" in out
    assert "in 2 h" in out


def test_status_before_the_first_run_says_what_to_do(run: Run, tmp_path: Path) -> None:
    code, _, err = run("status", home=tmp_path)
    assert code == 1
    assert "`dateline run` makes one" in err


def test_doctor_of_a_new_home_finds_nothing_wrong(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("doctor", home=tmp_path / "new")
    assert "WRONG" not in out
    assert code == 0
    for part in ("versions: Python 3.", "duckdb 2.", "GB free", "no load is running", "triggers", "UTC"):
        assert part in out


def test_doctor_names_what_is_wrong(run: Run, sample: Path, tmp_path: Path) -> None:
    shutil.copyfile(sample / "dateline.duckdb", tmp_path / "dateline.duckdb")
    with duckdb.connect(tmp_path / "dateline.duckdb") as connection:
        connection.execute("UPDATE events SET mentions = 99")
        connection.execute("UPDATE loads SET loaded_at = '2100-01-01 00:00:00+00'")
    (tmp_path / "dateline.toml").write_text("[poll]\nnonsense = 1\n")
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "weapons.csv").write_text("word,mode\nspoon,levitation\n")
    code, out, _ = run("doctor", home=tmp_path)
    wrong = [line for line in out.splitlines() if line.startswith("WRONG")]
    assert code == 1
    assert [line.split(": ")[0].removeprefix("WRONG ") for line in wrong] == [
        "settings",
        "coder tables",
        "clock",
        "warehouse",
    ]
    assert "weapons.csv, line 2" in wrong[1]
    assert "later than now" in wrong[2]


def test_doctor_sees_a_broken_warehouse(run: Run, tmp_path: Path) -> None:
    (tmp_path / "dateline.duckdb").write_bytes(b"not a database")
    code, out, _ = run("doctor", home=tmp_path)
    assert code == 1
    assert "broken or no warehouse" in out
