"""What the commands print and write holds nothing of a feed that acts on a terminal or in a spreadsheet."""

import ast
import csv
import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dateline.cli import main
from dateline.commands.show_log import show_log
from dateline.commands.show_text import format_json
from dateline.home import Home
from ingest.feeds.subscriptions import write_subscriptions
from tests.dateline.homes import lend_gazetteer
from tests.paths import ROOT
from tests.warehouse.newsroom import Files
from tests.warehouse.sample import (
    NOW,
    make_article,
    make_coding,
    make_entry,
    make_mention,
    make_state,
    write_batch,
)
from transforms.records import Actor, Feed
from warehouse.load import load_batches
from warehouse.publish import publish

Run = Callable[..., tuple[int, str, str]]
ACTS = "\x1b[2J\x1b]0;owned\x07\x9b1m\u202egnp.exe\u2066\u200f\ufeff"
HARMLESS = "[2J]0;owned1mgnp.exe"
FORMULA = "=HYPERLINK(0)"
TITLES_AS_COLUMNS = "PIVOT (SELECT 1 AS one, title FROM articles) ON title USING count(*)"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose only feed, entry, article and event carry what acts."""
    files = Files(tmp_path_factory.mktemp("home"))
    feed = Feed(
        "fd1-x", "https://x.example.org/feed", f"{FORMULA}{ACTS}", f"x{ACTS}", "GBR", "en", (f"tag{ACTS}",)
    )
    article = make_article(
        "a", feed_id="fd1-x", outlet=f"x{ACTS}", title=f"{FORMULA}{ACTS}", authors=(f"-A{ACTS}",)
    )
    actors = (Actor(f"rebels{ACTS}", f"@rebels{ACTS}", "group", "UKR", "REB", (f"they{ACTS}",)),)
    records = [
        feed,
        make_state("x", last_error=f"500{ACTS}", failures=2),
        make_entry("a", "x", title=f"{FORMULA}{ACTS}", tags=(f"=tag{ACTS}",)),
        article,
        make_coding(article),
        make_mention(article, actors=actors, sentence=f"-2+3{ACTS}\nline two"),
    ]
    load_batches(files.build, [write_batch(files.staging, "poll-1/b", records)], "poll-1", NOW, 1)
    publish(files.build)
    write_subscriptions(files.folder / "feeds.csv", [feed])
    lend_gazetteer(Home(files.folder))
    return files.folder


@pytest.fixture
def run(hostile: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("COLUMNS", "150")

    def call(*arguments: str, home: Path = hostile) -> tuple[int, str, str]:
        monkeypatch.setenv("DATELINE_HOME", str(home))
        monkeypatch.setattr(sys, "stdin", io.StringIO(""))
        with pytest.raises(SystemExit) as exit_:
            main(list(arguments))
        captured = capsys.readouterr()
        assert isinstance(exit_.value.code, int)
        return exit_.value.code, captured.out, captured.err

    return call


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def is_harmless(text: str) -> bool:
    return not set(text) & (set(ACTS) - set(HARMLESS))


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("feeds", "list"),
        ("feeds", "export", "--csv"),
        ("feeds", "export"),
        ("sql", "SELECT title, authors, outlet FROM current_articles"),
        ("sql", "SELECT actors FROM mentions"),
        ("sql", "FROM events LIMIT 1"),
        ("sql", TITLES_AS_COLUMNS),
        ("sql", "SELECT title, authors, outlet FROM current_articles", "--format", "csv"),
        ("sql", "SELECT title, authors, outlet FROM current_articles", "--format", "csv", "--raw"),
        ("sql", "SELECT actors FROM mentions", "--format", "csv"),
        ("sql", "SELECT actors, sentence FROM mentions", "--format", "json"),
        ("sql", TITLES_AS_COLUMNS, "--format", "json"),
        ("explain", "ar1-a"),
        ("explain", f"no{ACTS}"),
        ("sql", "SELECT error(title) FROM articles"),
        ("feeds", "remove", f"https://{ACTS}.example.org"),
    ],
    ids=lambda arguments: " ".join(arguments)[:60].encode("ascii", "ignore").decode(),
)
def test_no_output_acts_on_the_terminal(arguments: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    _, out, err = run(*arguments)
    assert out + err
    assert is_harmless(out + err)


def test_a_feeds_own_text_is_harmless_as_an_entry_and_in_a_complaint(run: Run, tmp_path: Path) -> None:
    item = {"id": f"1{ACTS}", "title": f"News{ACTS}", "url": "https://x.example.org/1", "tags": [f"t{ACTS}"]}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": [item]}
    (tmp_path / "feed.json").write_text(json.dumps(feed))
    code, out, err = run("entries", str(tmp_path / "feed.json"))
    assert code == 0
    [entry] = map(json.loads, out.splitlines())
    assert is_harmless(json.dumps(entry, ensure_ascii=False) + err)
    assert entry["title"].startswith("News")
    (tmp_path / "page.html").write_text(f"<html><head><title>{ACTS}</title></head>no feed{ACTS}</html>")
    code, out, err = run("entries", str(tmp_path / "page.html"))
    assert code == 1
    assert is_harmless(out + err)


def test_csv_disarms_formulas_unless_told_not_to(run: Run) -> None:
    query = (
        "SELECT title, authors, -5 AS low, '-5' AS text, '+1-800' AS call, -INTERVAL 1 DAY AS ago "
        "FROM current_articles"
    )
    [_, row] = csv.reader(io.StringIO(run("sql", query, "--format", "csv")[1]))
    assert row[:5] == [f"'{FORMULA}{HARMLESS}", f'["-A{HARMLESS}"]', "-5", "-5", "'+1-800"]
    assert row[5].startswith("'-1 day")
    [_, row] = csv.reader(io.StringIO(run("sql", query, "--format", "csv", "--raw")[1]))
    assert row[:5] == [f"{FORMULA}{HARMLESS}", f'["-A{HARMLESS}"]', "-5", "-5", "+1-800"]
    [head, _] = csv.reader(
        io.StringIO(
            run(
                "sql",
                TITLES_AS_COLUMNS,
                "--format",
                "csv",
            )[1]
        )
    )
    assert head == ["one", f"'{FORMULA}{HARMLESS}"]


def test_exports_are_harmless_and_parquet_holds_the_very_text(run: Run, tmp_path: Path) -> None:
    tables = (
        "entries",
        "current_articles",
        "mentions",
        "events",
        "feeds",
        "acled_events",
        "gdelt_events",
        "stories",
    )
    for file_format in ("csv", "json", "parquet"):
        assert run("export", *tables, "--to", str(tmp_path), "--format", file_format)[0] == 0
    for path in [*tmp_path.glob("*.csv"), *tmp_path.glob("*.json")]:
        assert is_harmless(path.read_text()), path
        assert "\\u001" not in path.read_text().lower()
    [mention] = read_csv((tmp_path / "mentions.csv").read_text())
    assert mention["sentence"] == f"'-2+3{HARMLESS}\nline two"
    assert mention["actor"] == f"'@rebels{HARMLESS}"
    assert mention["goldstein"] == "-10.0"
    [entry] = read_csv((tmp_path / "entries.csv").read_text())
    assert (entry["title"], entry["tags"]) == (f"'{FORMULA}{HARMLESS}", f"['=tag{HARMLESS}']")
    [mention] = map(json.loads, (tmp_path / "mentions.json").read_text().splitlines())
    assert mention["sentence"] == f"-2+3{HARMLESS}\nline two"
    [actor] = mention["actors"]
    assert (actor["name"], actor["mentions"], actor["sector"]) == (
        f"@rebels{HARMLESS}",
        [f"they{HARMLESS}"],
        "REB",
    )
    [row] = pq.read_table(tmp_path / "entries.parquet").to_pylist()
    assert row["title"] == FORMULA + ACTS
    assert run("export", "entries", "--to", str(tmp_path), "--format", "csv", "--raw")[0] == 0
    [entry] = read_csv((tmp_path / "entries.csv").read_text())
    assert entry["title"] == FORMULA + HARMLESS


def test_exported_subscriptions_are_disarmed(run: Run) -> None:
    [row] = read_csv(run("feeds", "export", "--csv")[1])
    assert row["title"] == f"'{FORMULA}{HARMLESS}"


def test_log_lines_are_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    with show_log():
        logging.getLogger("dateline").warning("feed_failed error=%s", ACTS)
    assert is_harmless(capsys.readouterr().err)


def test_warnings_are_harmless_without_a_log() -> None:
    program = (
        "import logging\nfrom dateline.cli import main\ntry:\n    main(['--version'])\n"
        f"except SystemExit:\n    logging.getLogger('dateline.x').warning('failed error=%s', {ACTS!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr == f"failed error={HARMLESS}\n"


def test_json_of_a_text_holds_the_very_text_escaped() -> None:
    line = format_json({"sentence": f"a{ACTS}\ud83d"})
    assert is_harmless(line)
    assert json.loads(line) == {"sentence": f"a{ACTS}\ud83d"}


def test_the_commands_print_in_one_way_only() -> None:
    """A `click.echo` or `print` beside `echo` would let a feed's text through."""
    found = []
    for path in sorted((ROOT / "dateline").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = ast.unparse(node) if isinstance(node, ast.Attribute | ast.Name) else ""
            if name in ("click.echo", "click.secho", "click.style", "print") and path.name != "show_text.py":
                found.append((str(path.relative_to(ROOT)), name))
    assert found == []


def test_the_schema_is_whole_when_piped(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    out = run("sql", ".schema")[1]
    assert "…" not in out
    assert "columns do not fit" not in out
    assert (
        'STRUCT("text" VARCHAR, "name" VARCHAR, kind VARCHAR, country VARCHAR, sector VARCHAR, mentions VARCHAR[])[]'
        in out
    )
    assert "events are coded from articles and live blogs only" in out
    tables = run("sql", ".tables")[1]
    assert "machine-coded, not ACLED's data" in tables


def test_settings_print_no_key(run: Run, tmp_path: Path) -> None:
    key = "sk-AbCdEf1234567890ghij"
    (tmp_path / "dateline.toml").write_text(
        f'[http]\ncontact = "https://me:hidden99@example.org/?token=hidden99"\n'
        f'[chat]\nurl = "https://example.org/{key}/v1"\nkey_env = "AKIAIOSFODNN7EXAMPLE"\nmodel = "{key}"\n'
    )
    code, out, err = run("settings", home=tmp_path)
    assert code == 0
    assert "http.contact = 'https://***@example.org/?token=***'" in out
    assert "chat.url = 'https://example.org/***/v1'" in out
    assert "chat.key_env = '***'" in out
    assert "chat.model = '***'" in out
    assert not any(part in out + err for part in (key, "hidden99", "AKIA"))
    (tmp_path / "dateline.toml").write_text(f'[code]\ncoder = "{key}!"\n')
    code, out, err = run("settings", home=tmp_path)
    assert code == 1
    assert "code.coder = '***" in err
    assert key not in out + err
