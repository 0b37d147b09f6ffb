from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.http.retry_after import parse_retry_after

NOW = datetime(1994, 11, 6, 8, 0, 0, tzinfo=UTC)
INSTANTS = st.integers(0, 98 * 365 * 86_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@pytest.mark.parametrize(
    "value",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",  # RFC 850, which must still be read
        "Sun Nov  6 08:49:37 1994",  # asctime
        " 2977 ",
    ],
)
def test_all_forms_of_the_rfc(value: str) -> None:
    assert parse_retry_after(value, NOW) == datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


@pytest.mark.parametrize("value", ["", "soon", "1.5", "-3", "1e3", "٣", "Sun, 99 Nov 1994 08:49:37 GMT"])
def test_what_says_nothing_gives_nothing(value: str) -> None:
    assert parse_retry_after(value, NOW) is None


def test_a_date_gone_by_means_now() -> None:
    assert parse_retry_after("Sun, 06 Nov 1994 07:00:00 GMT", NOW) == NOW


@given(st.integers(0, 10**9), INSTANTS)
def test_seconds_count_from_now(seconds: int, now: datetime) -> None:
    expected = now + min(timedelta(seconds=seconds), timedelta(days=366))
    assert parse_retry_after(str(seconds), now) == expected


@given(INSTANTS, INSTANTS)
def test_a_date_is_itself_within_bounds(date: datetime, now: datetime) -> None:
    said = date.strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert parse_retry_after(said, now) == min(max(date, now), now + timedelta(days=366))


@given(st.text(max_size=60), INSTANTS)
def test_no_text_breaks_it_or_leads_out_of_bounds(value: str, now: datetime) -> None:
    found = parse_retry_after(value, now)
    assert found is None or now <= found <= now + timedelta(days=366)


@given(st.text("0123456789", min_size=1, max_size=5000), INSTANTS)
def test_no_number_is_too_long(value: str, now: datetime) -> None:
    found = parse_retry_after(value, now)
    assert found is not None
    assert now <= found <= now + timedelta(days=366)
