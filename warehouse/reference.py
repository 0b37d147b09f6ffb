"""Keep the reference tables what the seeds tables say: `countries`, `event_types`, `actors`, `divisions`."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from transforms.coder.lexicon import CoderTables
from transforms.reference_rows import CountryCodes, Division
from warehouse.connection import BuildFile, open_build
from warehouse.load import next_load_id, record_load, transaction
from warehouse.sql_files import read_sql
from warehouse.statements import lend_tables

Rows = Sequence[dict[str, Any]]


def load_reference(
    build: BuildFile,
    tables: CoderTables,
    codes: Sequence[CountryCodes],
    divisions: Sequence[Division],
    now: datetime,
) -> tuple[str, ...]:
    """Replace the reference tables whose rows differ from those given; returns their names.

    Where divisions have other names now, `events.admin1_name` follows.

    Raises:
        Transient: another run is loading, or the disk is full; nothing was changed.
    """
    by_country = {row.iso3: row for row in codes}
    given: dict[str, Rows] = {
        "countries": [
            asdict(row) | asdict(by_country.get(row.iso3, CountryCodes(row.iso3))) for row in tables.countries
        ],
        "event_types": [asdict(row) for row in tables.event_types],
        "actors": [asdict(row) for row in tables.actors],
        "divisions": [asdict(row) for row in divisions],
    }
    with open_build(build) as connection:
        known = dict(connection.execute(read_sql("read_seed_files")).fetchall())
        hashes = {name: hashlib.sha256(repr(rows).encode()).hexdigest() for name, rows in given.items()}
        changed = tuple(name for name, value in hashes.items() if known.get(name) != value)
        if changed:
            with transaction(connection):
                load_id = next_load_id(connection)
                for name in changed:
                    _replace(connection, name, given[name], load_id)
                    connection.execute(read_sql("delete_seed_file"), [name])
                    connection.execute(read_sql("insert_seed_file"), [name, hashes[name], load_id])
                if "divisions" in changed:
                    connection.execute(read_sql("name_divisions_of_events"))
                record_load(connection, load_id, "reference", ",".join(changed), now)
    return changed


def _replace(connection: duckdb.DuckDBPyConnection, name: str, rows: Rows, load_id: int) -> None:
    columns = [column for column in connection.table(name).columns if column != "load_id"]
    given = pa.Table.from_pylist([{column: row[column] for column in columns} for row in rows])
    connection.execute(read_sql("delete_reference", table=name))
    if rows:
        with lend_tables(connection, given_rows=given):
            connection.execute(read_sql("insert_reference", table=name), {"load_id": load_id})
