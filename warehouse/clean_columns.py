"""Columns as they may leave as text: without control characters, and in CSV without formulas."""

import duckdb
from duckdb.sqltypes import DuckDBPyType

from transforms.safe_text import CONTROLS, FORMULA, NUMBER
from warehouse.sql_files import read_sql


def clean_columns(relation: duckdb.DuckDBPyRelation, *, are_cells: bool = False) -> str:
    """What follows `SELECT *` of a table, so that texts hold no control characters.

    With `are_cells` none is a formula of a spreadsheet either.
    """
    cleaned = []
    for name, kind in zip(relation.columns, relation.types, strict=True):
        column = f'"{name}"'
        value = _clean(kind, column)
        if are_cells and kind.id == "varchar":
            value = read_sql("disarm_cell", value=f"({value})", formula=FORMULA, number=NUMBER)
        if value != column:
            cleaned.append(f"{value} AS {column}")
    return f"REPLACE ({', '.join(cleaned)})" if cleaned else ""


def _clean(kind: DuckDBPyType, value: str, depth: int = 0) -> str:
    """SQL for `value` without control characters, in lists and structs as well."""
    if kind.id == "varchar":
        return read_sql("clean_text", value=value, controls=CONTROLS)
    if kind.id == "list":
        [(_, inner)] = kind.children
        assert isinstance(inner, DuckDBPyType)
        item = f"item_{depth}"
        return read_sql("clean_list", value=value, item=item, cleaned=_clean(inner, item, depth + 1))
    if kind.id == "struct":
        fields = [
            f'"{name}": ' + _clean(part, f'{value}."{name}"', depth)
            for name, part in kind.children
            if isinstance(part, DuckDBPyType)
        ]
        return "{" + ", ".join(fields) + "}"
    return value
