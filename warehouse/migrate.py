"""Bring a database file to this version's tables and views; migrations are append-only and recorded."""

import hashlib
from pathlib import Path

import duckdb

from transforms.errors import Permanent
from warehouse.sql_files import ROOM, read_sql


def migrate(connection: duckdb.DuckDBPyConnection) -> None:
    """Apply the migrations that the file lacks, and the views when they differ; changes nothing otherwise.

    Raises:
        Permanent: the file is from a newer version, or a recorded migration is not the one of this version.
    """
    connection.execute(read_sql("create_schema_tables"))
    applied = dict(connection.execute(read_sql("read_migrations")).fetchall())
    check_version(connection, "the build file")
    for path in list_migrations():
        version, text = _version_of(path), path.read_text(encoding="utf-8")
        checksum = hashlib.sha256(text.encode()).hexdigest()
        if version not in applied:
            connection.begin()
            connection.execute(text)
            connection.execute(read_sql("insert_migration"), [version, path.stem, checksum])
            connection.execute(read_sql("delete_views_checksum"))  # a renamed column leaves views that fail
            connection.commit()
        elif applied[version] != checksum:
            raise Permanent(
                f"migration {path.name} is not the one this file was made with; migrations are never edited"
            )
    _create_views(connection)


def check_version(connection: duckdb.DuckDBPyConnection, name: str, *, may_be_older: bool = True) -> None:
    """Raises:
    Permanent: the file is from a newer version of Dateline, or was not made by Dateline; without
        `may_be_older` also one that has not been migrated yet.
    """
    try:
        [(version,)] = connection.execute(read_sql("read_schema_version")).fetchall()
    except duckdb.CatalogException as error:
        raise Permanent(
            f"{name} is a DuckDB file, but not Dateline's; set DATELINE_HOME to the right folder"
        ) from error
    newest = max(map(_version_of, list_migrations()))
    if version > newest:
        raise Permanent(
            f"{name} was written by a newer Dateline (schema {version}, this one knows {newest}); upgrade it"
        )
    if version < newest and not may_be_older:
        raise Permanent(
            f"{name} was written by an older Dateline (schema {version}, this one's is {newest}); the next "
            "`dateline run` brings it up to date"
        )


def list_migrations() -> list[Path]:
    return sorted((ROOM / "migrations").glob("*.sql"))


def _create_views(connection: duckdb.DuckDBPyConnection) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOM / "views").glob("*.sql"))]
    checksum = hashlib.sha256("\n".join(texts).encode()).hexdigest()
    if connection.execute(read_sql("read_views_checksum")).fetchall() == [(checksum,)]:
        return
    connection.begin()
    for text in texts:
        connection.execute(text)
    for (statement,) in connection.execute(read_sql("lend_comments")).fetchall():
        connection.execute(statement)
    connection.execute(read_sql("delete_views_checksum"))
    connection.execute(read_sql("insert_views_checksum"), [checksum])
    connection.commit()


def _version_of(path: Path) -> int:
    return int(path.name.partition("_")[0])
