"""Instants of fourteen digits."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.history.stamps import read_stamp, write_stamp

ZONES = st.timezones()


@given(st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30), timezones=ZONES))  # noqa: DTZ001
def test_an_instant_is_read_as_it_was_written(instant: datetime) -> None:
    assert read_stamp(write_stamp(instant)) == instant.astimezone(UTC).replace(microsecond=0)


@pytest.mark.parametrize(
    "text",
    ["", "2024", "2024030512", "20240305120000 ", "20240005120000", "20240305250000", "٢٠٢٤٠٣٠٥١٢٠٠٠٠"],
)
def test_what_is_no_stamp_is_none(text: str) -> None:
    assert read_stamp(text) is None


@given(st.text())
def test_any_text_is_read_or_not(text: str) -> None:
    read_stamp(text)
