"""Dates as people write them: forms, languages, calendars, zones, and what stays unknown."""

import time
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.written_dates.date_tokens import MAX_CHARS
from transforms.written_dates.find_dates import choose_order, find_dates, read_date
from transforms.written_dates.foreign_calendars import read_day, solar_hijri_day
from transforms.written_dates.read_days import DateContext
from transforms.written_dates.zone_names import read_zone

BRITISH = DateContext(("en",), "day first", "GBR")
AMERICAN = DateContext(("en",), "month first", "USA")


def read(text: str, context: DateContext = DateContext(("en",))) -> str:  # noqa: B008
    """The one date of a line, its time and its offset in hours, as text."""
    found = find_dates(text, context)
    assert len(found) <= 1
    if not found or found[0].others:
        return "unknown" if found else ""
    [one] = found
    clock = f" {one.clock:%H:%M}" if one.clock else ""
    offset = "" if one.offset is None else f" {one.offset / timedelta(hours=1):+g}"
    return f"{one.day}{clock}{offset}"


@pytest.mark.parametrize(
    "text",
    [
        "Feb. 3, 2026",
        "Febr. 3, 2026",
        "3 Feb 2026",
        "3rd February, 2026",
        "the 3rd of February 2026",
        "February3,2026",
        "Tue,03Feb2026",
        "3-Feb-2026",
        "2026 February 3",
        "3 Feb. '26",
        "3 de febrero de 2026",
        "3 février 2026",
        "3. Februar 2026",
        "3 febbraio 2026",
        "3 de fevereiro de 2026",
        "3 lutego 2026",
        "3 февраля 2026 г.",
        "3 лютого 2026",
        "3 Şubat 2026 Salı",
        "3 फ़रवरी 2026",
        "3 ফেব্রুয়ারি 2026",
        "٣ فبراير ٢٠٢٦",
        "3 شباط/فبراير 2026",
        "3 Φεβρουαρίου 2026",
        "2026. február 3.",
        "2026 m. vasario 3 d.",
        "3. helmikuuta 2026",
        "3. února 2026",
        "3 Februari 2026",
        "3 tháng 2, 2026",
        "2026年2月3日",
        "2026年02月03日（火）",
        "2026년 2월 3일",
        "3 กุมภาพันธ์ 2569",
        "3 ก.พ. 2569",
        "วันที่ 3 กุมภาพันธ์ พ.ศ. 2569",
        "۱۴ بهمن ۱۴۰۴",
        "1404/11/14",
        "民國115年2月3日",
        "115年2月3日",
        "令和8年2月3日",
        "2026-02-03",
        "2026/2/3",
        "03.02.2026",
        "3. 2. 2026",
        "03.02.26",
    ],
)
def test_days(text: str) -> None:
    assert read(text) == "2026-02-03"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Feb. 3, 2026, 3:05 pm", "2026-02-03 15:05"),
        ("Feb. 3, 2026 at 12:05 a.m.", "2026-02-03 00:05"),
        ("Feb. 3, 2026 3 p.m. ET", "2026-02-03 15:00 -5"),
        ("July 3, 2026 3 p.m. ET", "2026-07-03 15:00 -4"),
        ("3:05 PM EST, Tue February 3, 2026", "2026-02-03 15:05 -5"),
        ("08:41 JST, February 3, 2026", "2026-02-03 08:41 +9"),
        ("3 February 2026 15.05 Eastern Standard Time", "2026-02-03 15:05 -5"),
        ("3 Feb 2026 15:05 America/New_York", "2026-02-03 15:05 -5"),
        ("3 Feb 2026 15:05 (GMT+7)", "2026-02-03 15:05 +7"),
        ("3 Feb 2026 15:05 +0530", "2026-02-03 15:05 +5.5"),
        ("3 Feb 2026 15:05 -0000", "2026-02-03 15:05"),
        ("3 Feb 2026 15:05 XYZT", "2026-02-03 15:05"),
        ("Tue Feb 03 15:05:06 CET 2026", "2026-02-03 15:05 +1"),
        ("Tue Feb  3 15:05:06 2026", "2026-02-03 15:05"),
        ("3. Februar 2026, 15:05 Uhr", "2026-02-03 15:05"),
        ("3. Februar 2026 um 15 Uhr", "2026-02-03 15:00"),
        ("3 février 2026 à 15h05", "2026-02-03 15:05"),
        ("3 de febrero de 2026 a las 15:05", "2026-02-03 15:05"),
        ("3 февраля 2026, 15:05 МСК", "2026-02-03 15:05 +3"),
        ("2026년 2월 3일 오후 3:05", "2026-02-03 15:05"),
        ("2026年2月3日 15時05分", "2026-02-03 15:05"),
        ("115年2月3日 下午3:05", "2026-02-03 15:05"),
        ("3 ก.พ. 2569 15:05 น.", "2026-02-03 15:05"),
        ("Tue 03.02.2026 | 15:05 Uhr | Von Karla", "2026-02-03 15:05"),
        ("By Ada Mbeki | Feb. 3, 2026 | 3:05 p.m.", "2026-02-03 15:05"),
    ],
)
def test_times_and_zones(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "12:30",
        "3 February",
        "February 2026",
        "30 February 2026",
        "September 4, 26 men died",
        "version 1.2.2026.3",
        "192.168.2.26",
        "5 listopada 2026",  # November in Poland, October in Croatia
        "1447/08/15",  # of the lunar year, whose months begin by sight
    ],
)
def test_what_is_no_day_or_not_sure(text: str) -> None:
    assert read(text) == ""


def test_the_pages_language_decides_what_a_month_is() -> None:
    assert read("5 listopada 2026", DateContext(("pl",))) == "2026-11-05"
    assert read("5 listopada 2026", DateContext(("hr",))) == "2026-10-05"


@pytest.mark.parametrize(
    ("text", "context", "expected"),
    [
        ("4/9/2026", BRITISH, "2026-09-04"),
        ("4/9/2026", AMERICAN, "2026-04-09"),
        ("4/9/2026", DateContext(("en",)), "unknown"),
        ("4/19/2026", DateContext(("en",)), "2026-04-19"),
        ("4/19/2026", BRITISH, "2026-04-19"),
        ("19/4/2026 3:05 PM", DateContext(), "2026-04-19 15:05"),
        ("04/09/26", BRITISH, "2026-09-04"),
        ("04/09/26", DateContext(), ""),
        ("4-9-2026", AMERICAN, "2026-04-09"),
        ("4.9.2026", AMERICAN, "2026-09-04"),
        ("4/4/2026", DateContext(), "2026-04-04"),
    ],
)
def test_day_and_month_in_numbers(text: str, context: DateContext, expected: str) -> None:
    assert read(text, context) == expected


@pytest.mark.parametrize(
    ("tag", "country", "order"),
    [
        ("en-US", "", "month first"),
        ("en_US", "GBR", "month first"),
        ("en-GB", "USA", "day first"),
        ("en", "USA", "month first"),
        ("en", "KEN", "day first"),
        ("en", "", ""),
        ("", "", ""),
        ("en-CA", "", ""),
        ("en-CA", "CAN", ""),
        ("fil", "", "month first"),
        ("en-PH", "", "month first"),
        ("de", "USA", "day first"),
        ("es", "", "day first"),
        ("es-MX", "", "day first"),
    ],
)
def test_the_order_of_day_and_month(tag: str, country: str, order: str) -> None:
    assert choose_order(tag, country) == order


@pytest.mark.parametrize(
    ("country", "hours"), [("IND", 5.5), ("ISR", 2.0), ("IRL", 1.0), ("", None), ("DEU", None)]
)
def test_a_shared_abbreviation_is_read_by_country(country: str, hours: float | None) -> None:
    found = read_zone("IST", datetime.fromisoformat("2026-02-03T10:00"), country)
    assert found == (None if hours is None else timedelta(hours=hours))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ((1357, 11, 22), "1979-02-11"),
        ((1399, 12, 30), "2021-03-20"),
        ((1403, 12, 30), "2025-03-20"),
        ((1404, 1, 1), "2025-03-21"),
        ((1404, 12, 30), ""),
        ((1404, 13, 1), ""),
    ],
)
def test_solar_hijri_days(day: tuple[int, int, int], expected: str) -> None:
    assert (str(solar_hijri_day(*day) or "")) == expected


def test_buddhist_years_keep_their_days() -> None:
    assert read_day(2567, 2, 29) == date(2024, 2, 29)
    assert read_day(2568, 2, 29) is None


def test_a_line_of_two_dates_gives_both_with_their_times() -> None:
    line = "Published 11:30, 4 September 2026 Updated 12:45, 5 September 2026"
    found = [(str(one.day), str(one.clock)) for one in find_dates(line)]
    assert found == [("2026-09-04", "11:30:00"), ("2026-09-05", "12:45:00")]


def test_only_a_date_and_nothing_more_is_read_as_one() -> None:
    assert read_date("Tuesday, 3 February 2026") is not None
    assert read_date("born 3 February 2026") is None
    assert read_date("3 February 2026, 4 February 2026") is None


@given(st.text(max_size=120))
def test_no_text_breaks_the_reader(text: str) -> None:
    find_dates(text)


PIECES = st.sampled_from(
    [
        "4",
        "09",
        "2026",
        "/",
        ".",
        "-",
        " ",
        ":",
        "Sept",
        "p.m.",
        "EST",
        "年",
        "月",
        "日",
        "오후",
        "ก.ย.",
        "(",
        "+",
        ",",
        "T",
    ]
)


@given(st.lists(PIECES, max_size=60).map("".join))
@settings(deadline=1000)
def test_no_line_of_date_pieces_breaks_the_reader(text: str) -> None:
    for found in find_dates(text):
        assert 0 <= found.start < found.end <= MAX_CHARS


@pytest.mark.parametrize("piece", ["4 Sept ", "1.", "1/1/2026 ", "12:30 ", "年1月1日", "a.m. ", "((", "٤"])
def test_long_lines_are_read_in_bounded_time(piece: str) -> None:
    find_dates("warm")
    started = time.process_time()
    find_dates(piece * 200_000)
    assert time.process_time() - started < 1.0


@given(st.dates(date(1991, 1, 1), date(2060, 1, 1)), st.times())
def test_written_days_come_back(day: date, clock: object) -> None:
    for form in ("%d %B %Y", "%B %d, %Y", "%d %b. %Y", "%Y-%m-%d", "%d.%m.%Y"):
        [found] = find_dates(day.strftime(form))
        assert found.day == day
    [found] = find_dates(f"{day:%d %B %Y} {clock:%I:%M %p}")
    assert f"{found.clock:%H:%M}" == f"{clock:%H:%M}"
