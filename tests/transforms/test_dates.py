"""Feed dates as they are met, to UTC."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.dates import is_trusted, parse_date


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("Mon, 19 Nov 2018 08:10:26 GMT", "2018-11-19T08:10:26"),
        ("Thu, 6 Sep 18 13:27 EST", "2018-09-06T18:27:00"),
        ("6 Sep 99 13:27 +0000", "1999-09-06T13:27:00"),
        ("Monday, 19 November 2018 08:10:26 PDT", "2018-11-19T15:10:26"),
        ("Mon, 26 Jun 2017 19:40:58 GMT+0200", "2017-06-26T17:40:58"),
        ("Tue, 7 Sept 2021 10:00 +05:30", "2021-09-07T04:30:00"),
        ("07-Sep-2021 10:00:00", "2021-09-07T10:00:00"),
        ("Mon, 19 Nov 2018", "2018-11-19T00:00:00"),
        ("Wed, 29 May 2019 24:00:00 +0000", "2019-05-30T00:00:00"),
        ("Sat, 31 Dec 2016 23:59:60 Z", "2016-12-31T23:59:59"),
        ("2014-10-05T01:28:05.849-07:00", "2014-10-05T08:28:05.849"),
        ("2014-10-05 01:28", "2014-10-05T01:28:00"),
        ("2014-10-05T01:28+02", "2014-10-04T23:28:00"),
        ("2014-10", "2014-10-01T00:00:00"),
        ("2014", "2014-01-01T00:00:00"),
        ("20141005T012805Z", "2014-10-05T01:28:05"),
        ("2021-200", "2021-07-19T00:00:00"),
        ("Sun Jan 17 23:46:22 2021", "2021-01-17T23:46:22"),
        ("Sun Jan 17 23:46:22 EST 2021", "2021-01-18T04:46:22"),
        ("June 3, 2020 5:04 PM PDT", "2020-06-04T00:04:00"),
        ("Tuesday, September 7, 2021 - 10:15", "2021-09-07T10:15:00"),
        ("Sept. 7, 2021 at 12:15 a.m. EDT", "2021-09-07T04:15:00"),
        ("6/26/2017 5:00 PM", "2017-06-26T17:00:00"),
        ("26/6/2017", "2017-06-26T00:00:00"),
        ("31.12.2020 14:05", "2020-12-31T14:05:00"),
        ("Mardi, 12 août 2021 12:03:04 +0200", "2021-08-12T10:03:04"),
        ("5 de marzo de 2021, 10:00", "2021-03-05T10:00:00"),
        ("1498504080", "2017-06-26T19:08:00"),
        ("1498504080123", "2017-06-26T19:08:00.123"),
        ("\n Mon,  19 Nov 2018\t08:10:26 GMT ", "2018-11-19T08:10:26"),
    ],
)
def test_dates(text: str, utc: str) -> None:
    assert parse_date(text) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "Sun, 30 Feb 2026 10:00:00 GMT",
        "2020-13-01",
        "0000-00-00T00:00:00",
        "25:00",
        "12345",
        "Mon",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert parse_date(text) is None


@given(st.text(alphabet="0123456789 -/.:,+TZGMTJanFebSept AMpm()", max_size=40))
def test_never_raises(text: str) -> None:
    found = parse_date(text)
    assert found is None or found.utcoffset() == timedelta(0)


OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(1970, 1, 2), datetime(2068, 12, 30), timezones=OFFSETS)  # noqa: DTZ001


@given(INSTANTS)
def test_rfc_822_and_3339_come_back(instant: datetime) -> None:
    assert parse_date(instant.isoformat()) == instant
    assert parse_date(format_datetime(instant)) == instant.replace(microsecond=0)


def test_trust() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert is_trusted(now, now)
    assert is_trusted(now + timedelta(hours=23), now)
    assert not is_trusted(now + timedelta(hours=25), now)
    assert is_trusted(datetime(1990, 1, 1, tzinfo=UTC), now)
    assert not is_trusted(datetime(1989, 12, 31, 23, tzinfo=UTC), now)
    assert not is_trusted(None, now)
