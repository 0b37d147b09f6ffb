"""The copy in a real PostgreSQL holds the published rows after every kind of change, and a dashboard reads it."""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.paths import ROOT
from tests.postgres import run_postgres
from tests.warehouse.newsroom import Files, make_warehouse
from tests.warehouse.sample import LORVAN, NOW, TARNE, make_article, make_mention, write_articles
from transforms.errors import Permanent, Transient
from warehouse.connection import open_build, open_published
from warehouse.copies.postgres import POSTGRES_TABLES, PostgresSummary, map_type, update_postgres
from warehouse.copies.tables import CopiedTable
from warehouse.load import load_batches
from warehouse.publish import publish

GRAFANA = ROOT / "examples" / "grafana"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with run_postgres() as url:
        yield url


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return make_warehouse(tmp_path_factory.mktemp("postgres"))


@pytest.fixture
def files(made: Files, server: str, tmp_path: Path) -> Files:
    """A warehouse of its own; the database is empty."""
    with psycopg.connect(server) as connection:
        connection.execute("DROP SCHEMA IF EXISTS dateline CASCADE")
    shutil.copytree(made.folder, tmp_path / "home")
    return Files(tmp_path / "home")


def load(files: Files, name: str, article: str, version: int = 1, **changes: Any) -> None:
    """Load and publish an article with one mention."""
    one = make_article(article, article, version)
    batch = write_articles(files.staging, f"{name}/batch-000", [(one, [make_mention(one, **changes)])])
    load_batches(files.build, [batch], name, NOW, 1)
    publish(files.build)


def ask(url: str, query: str, **values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, options="-c timezone=UTC") as connection:
        return connection.execute(query.encode(), values or None).fetchall()


def read_warehouse(files: Files, table: CopiedTable) -> list[tuple[Any, ...]]:
    with open_published(files.published) as connection:
        rows = connection.execute(f"FROM {table.name} ORDER BY {table.key}").fetchall()
    return [tuple(_to_utc(value) for value in row) for row in rows]


def read_copy(url: str, table: CopiedTable) -> list[tuple[Any, ...]]:
    rows = ask(url, f'SELECT * FROM dateline.{table.name} ORDER BY {table.key} COLLATE "C"')
    return [tuple(_to_utc(value) for value in row[:-1]) for row in rows]


def _to_utc(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def require_same(files: Files, url: str) -> None:
    for table in POSTGRES_TABLES:
        rows = read_warehouse(files, table)
        assert rows
        assert read_copy(url, table) == rows


def test_the_copy_follows_every_load_and_is_left_alone_between(files: Files, server: str) -> None:
    first = update_postgres(files.published, server, NOW)
    assert first == PostgresSummary(2 + 2 + 1, 0, ("events", "mentions", "stories"))
    require_same(files, server)
    assert update_postgres(files.published, server, NOW) == PostgresSummary(0, 0, ())
    before = dict(ask(server, "SELECT event_id, xmin::text FROM dateline.events"))
    load(files, "poll-2", "flood", place=TARNE, date_start="2026-03-09", date_end="2026-03-09")
    done = update_postgres(files.published, server, NOW)
    assert (done.days_removed, done.rebuilt) == (0, ())
    require_same(files, server)
    after = dict(ask(server, "SELECT event_id, xmin::text FROM dateline.events"))
    assert len(after) == len(before) + 1
    assert before.items() <= after.items()  # of the day only the row that is new was written
    # an edit says another day: the event leaves its day, which has none now
    edited = make_article("protest-old", "gamma", 2, fetched_at=NOW)
    moved = make_mention(edited, date_start="2026-02-20", date_end="2026-02-20", place=LORVAN)
    batch = write_articles(files.staging, "poll-3/batch-000", [(edited, [moved])])
    load_batches(files.build, [batch], "poll-3", NOW, 1)
    publish(files.build)
    assert update_postgres(files.published, server, NOW).days_removed == 1
    require_same(files, server)
    assert update_postgres(files.published, server, NOW, whole=True).rebuilt == (
        "events",
        "mentions",
        "stories",
    )
    require_same(files, server)


def test_tables_have_keys_types_and_comments(files: Files, server: str) -> None:
    update_postgres(files.published, server, NOW)
    types = dict(
        ask(
            server,
            """SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
               WHERE attrelid = 'dateline.mentions'::regclass AND attnum > 0""",
        )
    )
    assert (types["actors"], types["event_day"], types["is_current"]) == ("jsonb", "date", "boolean")
    assert ask(
        server, "SELECT pg_typeof(urls)::text, pg_typeof(first_seen_at)::text FROM dateline.events LIMIT 1"
    ) == [("text[]", "timestamp with time zone")]
    assert ask(
        server, "SELECT DISTINCT actors[0]->>'name' FROM dateline.mentions WHERE event_type = 'ASSAULT'"
    ) == [("Russia",)]
    [(without,)] = ask(
        server,
        """SELECT count(*) FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
           WHERE c.relnamespace = 'dateline'::regnamespace AND c.relkind = 'r' AND c.relname NOT LIKE 'copied%'
               AND a.attnum > 0 AND col_description(c.oid, a.attnum) IS NULL""",
    )
    with open_published(files.published) as connection:
        [(uncommented,)] = connection.execute(
            """SELECT count(*) FROM duckdb_columns()
               WHERE comment IS NULL AND table_name IN ('events', 'mentions', 'stories')"""
        ).fetchall()
    assert without == uncommented
    keys = ask(server, "SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'p' ORDER BY 1")
    assert {("dateline.events",), ("dateline.mentions",), ("dateline.stories",)} <= set(keys)
    with pytest.raises(Permanent, match="no type for HUGEINT"):
        map_type("HUGEINT")


def test_other_columns_make_the_table_again_and_views_on_it_are_not_dropped(
    files: Files, server: str
) -> None:
    update_postgres(files.published, server, NOW)
    with psycopg.connect(server) as connection:
        connection.execute("UPDATE dateline.copied_tables SET columns = '[]' WHERE table_name = 'events'")
        connection.execute("CREATE VIEW deadly AS SELECT event_id FROM dateline.events WHERE killed_best > 0")
    load(files, "poll-2", "flood", place=TARNE)
    with pytest.raises(Permanent, match="view deadly depends on table"):
        update_postgres(files.published, server, NOW)
    assert ask(server, "SELECT count(*) FROM dateline.events") == [(4,)]  # as it was
    with psycopg.connect(server) as connection:
        connection.execute("DROP VIEW deadly")
    assert update_postgres(files.published, server, NOW).rebuilt == ("events",)
    require_same(files, server)
    with psycopg.connect(server) as connection:
        connection.execute("DROP TABLE dateline.stories")  # by hand
    assert update_postgres(files.published, server, NOW).rebuilt == ("stories",)
    require_same(files, server)


def test_odd_texts_come_through(files: Files, server: str) -> None:
    odd = "Tab\there, back\\slash, \"quotes\", 'single', \\N, {braces}, émigré, 🙂,\nline"
    load(files, "poll-2", "odd", place=TARNE, sentence=odd)
    with open_build(files.build) as connection:
        connection.execute("UPDATE events SET sentence = 'zero' || chr(0) || 'end' WHERE killed_best = 9")
    publish(files.build, again=True)
    update_postgres(files.published, server, NOW)
    assert ask(server, "SELECT sentence FROM dateline.mentions WHERE article_id = 'ar1-odd'") == [(odd,)]
    assert ask(server, "SELECT sentence FROM dateline.events WHERE killed_best = 9") == [("zeroend",)]


def test_a_database_that_is_not_there_or_says_no_is_explained_without_its_password(
    files: Files, server: str, tmp_path: Path
) -> None:
    for url, kind, words in (
        (f"postgresql://postgres:s3cret-word@/postgres?host={tmp_path}", Transient, "cannot be written now"),
        ("s3cret-word", Permanent, "address of the PostgreSQL database cannot be read"),
        (server.replace("/postgres?", "/nowhere?"), Transient, 'database "nowhere" does not exist'),
    ):
        with pytest.raises(kind, match=words) as error:
            update_postgres(files.published, url, NOW)
        assert "s3cret" not in str(error.value)
    with psycopg.connect(server) as connection:
        connection.execute("DROP ROLE IF EXISTS reader")
        connection.execute("CREATE ROLE reader LOGIN")
    with pytest.raises(Permanent, match=r"refuses the copy .*permission denied"):
        update_postgres(files.published, server.replace("postgres@", "reader@"), NOW)
    with psycopg.connect(server) as connection:
        connection.execute("DROP ROLE reader")


def list_queries() -> Iterator[tuple[str, str]]:
    """The SQL of the dashboard's panels and variables as Grafana sends it, all of a month chosen."""
    dashboard = json.loads((GRAFANA / "dashboards" / "dateline.json").read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], expand_macros(target["rawSql"])
    for variable in dashboard["templating"]["list"]:
        yield variable["name"], expand_macros(variable["query"])


def expand_macros(query: str) -> str:
    """Source: Grafana's documentation of the PostgreSQL data source, "Macros" and "Variables"."""
    first, last = "2026-02-15T00:00:00Z", "2026-03-15T00:00:00Z"
    query = re.sub(r"\$__timeFilter\(([^()]*)\)", rf"\1 BETWEEN '{first}' AND '{last}'", query)
    query = query.replace("$__timeFrom()", f"'{first}'").replace("$__timeTo()", f"'{last}'")
    query = query.replace("${country:sqlstring}", "'UKR'").replace("${type:sqlstring}", "'ASSAULT','PROTEST'")
    assert "$" not in query, query
    return query


def test_the_dashboard_of_grafana_reads_the_copy(files: Files, server: str) -> None:
    update_postgres(files.published, server, NOW)
    queries = dict(list_queries())
    assert len(queries) >= 8
    empty = [title for title, query in queries.items() if not ask(server, query)]
    assert empty == []
    assert ask(server, queries["Events"]) == [(4,)]
    assert ask(server, queries["Killed"]) == [(16,)]
    source = (GRAFANA / "provisioning" / "datasources" / "dateline.yaml").read_text(encoding="utf-8")
    dashboard = (GRAFANA / "dashboards" / "dateline.json").read_text(encoding="utf-8")
    [uid] = re.findall(r"^ +uid: (\w+)$", source, re.MULTILINE)
    assert set(
        re.findall(r'"datasource": \{\s*"type": "grafana-postgresql-datasource",\s*"uid": "(\w+)"', dashboard)
    ) == {uid}
