"""Feed dates as they are met, to UTC."""

from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.dates import FeedDate, is_trusted, make_context, parse_date, read_feed_date


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
        ("الثلاثاء، 24 نوفمبر 2026 08:15", "2026-11-24T08:15:00"),
        ("Tue,10 Nov 2026 09:30:00+0200", "2026-11-10T07:30:00"),
        ("10Nov2026 9:30PM", "2026-11-10T21:30:00"),
        ("thứ ba, 10/11/2026 - 24/11/2026", None),
        ("thứ ba, 24/11/2026 - 09:30", "2026-11-24T09:30:00"),
        ("2026년 11월 10일 오후 9:30", "2026-11-10T21:30:00"),
        ("२४ नवंबर २०२६ 08:15", "2026-11-24T08:15:00"),
        ("10 Kasım 2026 Salı 09:30", "2026-11-10T09:30:00"),
    ],
)
def test_dates(text: str, utc: str | None) -> None:
    assert parse_date(text) == (datetime.fromisoformat(utc).replace(tzinfo=UTC) if utc else None)


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


def read(text: str, language: str = "", country: str = "", host: str = "", *others: str) -> FeedDate | None:
    return read_feed_date(text, make_context(language, country, host, others))


WALL = "Tue, 10 Nov 2026 09:30:00"


@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        ("GMT", 0), ("+0530", 5.5), ("UTC+5:30", 5.5), ("-0000", 0), ("ET", -5), ("PT", -8), ("EST", -5),
        ("America/New_York", -5), ("Asia/Kolkata", 5.5), ("Eastern Standard Time", -5), ("MSK", 3), ("JST", 9),
        ("GMT+0200 (Eastern European Standard Time)", 2), ("+0100 CET", 1), ("CET", 1), ("CST", -6),
        ("IST", None), ("QQT", None), ("", None), ("Uhr", None), ("Mars/Olympus", None), ("../etc/passwd", None),
        ("+2500", None),
    ],
)  # fmt: skip
def test_zones(zone: str, hours: float | None) -> None:
    found = read(f"{WALL} {zone}")
    wall = datetime(2026, 11, 10, 9, 30, tzinfo=UTC)
    if hours is None:
        assert found is None or found == FeedDate(wall, None)
        assert found is not None or "/" in zone
    else:
        assert found == FeedDate(wall - timedelta(hours=hours), int(hours * 3600))


@pytest.mark.parametrize(
    ("zone", "language", "country", "host", "hours"),
    [
        ("IST", "en-IN", "", "", 5.5), ("IST", "", "ISR", "", 2), ("IST", "he", "", "", 2),
        ("IST", "en", "", "daily.co.in", 5.5), ("IST", "en", "CHN", "", None),
        ("CST", "zh", "", "", 8), ("CST", "", "USA", "", -6), ("BST", "", "BGD", "", 6), ("BST", "en-GB", "", "", 1),
        ("PST", "", "PHL", "", 8),
    ],
)  # fmt: skip
def test_zones_that_countries_share(
    zone: str, language: str, country: str, host: str, hours: float | None
) -> None:
    found = read(f"{WALL} {zone}", language, country, host)
    assert found is not None
    assert found.utc_offset_s == (None if hours is None else int(hours * 3600))


def test_a_day_without_a_time_has_no_zone() -> None:
    assert read("2026-11-10") == FeedDate(datetime(2026, 11, 10, tzinfo=UTC), None)
    assert read("Tue, 10 Nov 2026 GMT") == FeedDate(datetime(2026, 11, 10, tzinfo=UTC), None)


@pytest.mark.parametrize(
    ("text", "context", "day"),
    [
        ("05/11/2026", ("fr", "", ""), (2026, 11, 5)),
        ("05/11/2026", ("en-US", "", ""), (2026, 5, 11)),
        ("05/11/2026", ("en", "USA", ""), (2026, 5, 11)),
        ("05/11/2026", ("en", "KEN", ""), (2026, 11, 5)),
        ("05/11/2026", ("", "", "", "13/11/2026"), (2026, 11, 5)),
        ("05/11/2026", ("", "", "", "11/13/2026"), (2026, 5, 11)),
        ("05/11/2026", ("en", "", ""), None),
        ("24 listopada 2026", ("pl", "", ""), (2026, 11, 24)),
        ("24 listopada 2026", ("hr", "", ""), (2026, 10, 24)),
        ("24 listopada 2026", ("", "", ""), None),
    ],
)
def test_what_can_be_read_in_two_ways(
    text: str, context: tuple[str, ...], day: tuple[int, int, int] | None
) -> None:
    found = read(text, *context)
    assert (found.at if found else None) == (datetime(*day, tzinfo=UTC) if day else None)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Tue, 10 Nov 2569 09:30:00 +0000", (2026, 11, 10)),
        ("29 Feb 2567", (2024, 2, 29)),
        ("1405/08/19", (2026, 11, 10)),
        ("1403/12/30", (2025, 3, 20)),
        ("1399/12/30", (2021, 3, 20)),
        ("1404/12/30", None),
        ("民國115年11月10日", (2026, 11, 10)),
        ("令和8年11月10日", (2026, 11, 10)),
        ("1448/05/29", None),
        ("0001-01-01", None),
        ("Fri, 31 Dec 9999 23:59:59 -0100", None),
        ("9999-12-31T24:00:00Z", None),
        ("5787-03-01", None),
        ("99999999999999", None),
    ],
)
def test_years_of_other_calendars(text: str, day: tuple[int, int, int] | None) -> None:
    found = read(text)
    assert (found.at.date() if found else None) == (date(*day) if day else None)


@given(st.text(), st.text(max_size=12), st.text(max_size=5), st.text(max_size=20))
def test_no_text_raises(text: str, language: str, country: str, host: str) -> None:
    read(text, language, country, host, text)


@given(
    st.integers(0, 99999), st.integers(0, 99), st.integers(0, 99), st.integers(-99, 99), st.integers(0, 99)
)
def test_no_number_raises(year: int, month: int, day: int, hours: int, hour: int) -> None:
    for text in (
        f"{year:04}-{month:02}-{day:02}T{hour:02}:00:00{hours:+03}:00",
        f"{day} Nov {year} {hour}:59:60 {hours:+03}{day:02}",
        f"{day}/{month}/{year} {hour}:30 PM",
        f"{year}{month:02}{day:02}",
    ):
        found = read(text)
        assert found is None or 1900 <= found.at.year <= 2200


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
