"""What the setting `load.memory_limit` takes, DuckDB takes; and a load works with the least of it."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from transforms.settings import LEAST_MEMORY_BYTES, LoadSettings

UNITS = ("", "B", "KB", "KiB", "MB", "MiB", "GB", "gib", "TB", "TiB", "M", "g", "T", "Gi", "PB", "%", "bytes")


def read_bytes(memory_limit: str) -> float:
    """The limit in force, as DuckDB writes it: such as "244.1 MiB"."""
    with duckdb.connect(config={"memory_limit": memory_limit}) as connection:
        [(text,)] = connection.execute("SELECT current_setting('memory_limit')").fetchall()
    number, unit = text.split()
    return float(number) * 1024.0 ** ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB").index(unit)


@given(
    st.one_of(st.integers(0, 10**7), st.floats(0, 2000).map(lambda number: round(number, 3))),
    st.sampled_from(("", " ", "  ")),
    st.sampled_from(UNITS),
)
def test_duckdb_takes_what_the_setting_takes(number: float, space: str, unit: str) -> None:
    text = f"{number}{space}{unit}"
    try:
        LoadSettings(memory_limit=text)
    except ValidationError:
        return
    found = read_bytes(text)
    if unit != "%":  # that of this machine's memory
        assert found >= LEAST_MEMORY_BYTES - 100_000  # it writes one decimal


@pytest.mark.parametrize(
    "text", ["256MB", "0.25GiB", "4 gb", "1T", "512mib", "10%", "50.5 %", "999999.999TB"]
)
def test_forms_that_both_take(text: str) -> None:
    assert read_bytes(LoadSettings(memory_limit=text).memory_limit) > 0
