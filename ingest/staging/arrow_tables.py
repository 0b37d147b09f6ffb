"""Records as Arrow tables and Parquet files: what of staging needs Arrow, which takes long to import."""

from dataclasses import is_dataclass
from datetime import date, datetime
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.staging.field_types import types_of, without_none

ArrowException = pa.ArrowException
_SCALARS = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    date: pa.date32(),
    datetime: pa.timestamp("us", tz="UTC"),
}


def make_table(kind: type[Any], columns: dict[str, list[Any]]) -> pa.Table:
    """A table of records' plain values, a list a field."""
    return pa.Table.from_pydict(columns, schema=schema_of(kind))


def write_table(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="zstd")


def read_table(path: Path, kind: type[Any]) -> pa.Table:
    """The table of a record class that is in a file."""
    schema = schema_of(kind)
    with pq.ParquetFile(path) as file:
        if file.schema_arrow.equals(schema):
            return file.read()
    return pq.read_table(
        path, schema=schema
    )  # of another version; this imports Arrow's datasets, which takes long


def count_rows(path: Path) -> int:
    return int(pq.read_metadata(path).num_rows)


def schema_of(kind: type[Any]) -> pa.Schema:
    """The Arrow schema of a record class: one column a field, nested records as structs."""
    return pa.schema([(name, _arrow_type(hint)) for name, hint in types_of(kind).items()])


def _arrow_type(hint: Any) -> pa.DataType:
    if hint in _SCALARS:
        return _SCALARS[hint]
    origin = get_origin(hint)
    if origin is Literal:
        return pa.string()
    if origin is tuple:
        return pa.list_(_arrow_type(get_args(hint)[0]))
    if origin in (Union, UnionType):
        return _arrow_type(without_none(hint))
    if is_dataclass(hint):
        return pa.struct(list(schema_of(hint)))  # type: ignore[arg-type]
    raise TypeError(f"no Arrow type for {hint}")
