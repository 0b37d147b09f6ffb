"""Years and days of calendars other than the Gregorian that news sites date by."""

from datetime import date, timedelta

SOLAR_HIJRI_MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "فروردین حمل farvardin",
            "اردیبهشت ثور ordibehesht",
            "خرداد جوزا khordad",
            "تیر سرطان",
            "مرداد اسد mordad",
            "شهریور سنبله shahrivar",
            "مهر میزان mehr",
            "آبان عقرب aban",
            "آذر قوس azar",
            "دی جدی",
            "بهمن دلو bahman",
            "اسفند حوت esfand",
        ),
        start=1,
    )
    for name in names.split()
}
"""Month names of Iran and of Afghanistan, which count the same years."""

_BUDDHIST_AHEAD = 543
_MINGUO_BEHIND = 1911
_LEAP_YEARS = frozenset({1, 5, 9, 13, 17, 22, 26, 30})  # of the 33-year cycle
_SOLAR_YEARS = range(1300, 1411)
_FIRST_SOLAR_DAY = date(1921, 3, 21)  # 1 Farvardin 1300
_OTHER_YEARS = range(1411, 1900)


def read_day(year: int, month: int, day: int) -> date | None:
    """The Gregorian day of a numeric date whose year tells its calendar; None where it is none or not sure.

    Years from 2400 on are Buddhist (Thailand), 1300 to 1410 Solar Hijri (Iran, Afghanistan). Later ones are
    of the lunar Hijri calendar, whose months begin by sight of the moon: those stay unknown.
    """
    if year in _SOLAR_YEARS:
        return solar_hijri_day(year, month, day)
    if year in _OTHER_YEARS:
        return None
    try:
        return date(year - _BUDDHIST_AHEAD if 2400 <= year < 2700 else year, month, day)
    except ValueError:
        return None


def minguo_day(year: int, month: int, day: int) -> date | None:
    """The Gregorian day of a date in years of the Republic of China (Taiwan); None for what is no day."""
    try:
        return date(year + _MINGUO_BEHIND, month, day)
    except ValueError:
        return None


def solar_hijri_day(year: int, month: int, day: int) -> date | None:
    """The Gregorian day of a Solar Hijri date of 1300 to 1410; None for what is no day of it.

    Source: the 33-year cycle of leap years, which gives the observed new years from 1206 to 1498 AP
    (Borkowski, "The Persian calendar for 3000 years", 1996).
    """
    if year not in _SOLAR_YEARS or not 1 <= month <= 12:
        return None
    length = 31 if month <= 6 else 30 if month <= 11 or year % 33 in _LEAP_YEARS else 29
    if not 1 <= day <= length:
        return None
    leaps = sum(1 for passed in range(_SOLAR_YEARS.start, year) if passed % 33 in _LEAP_YEARS)
    days = 365 * (year - _SOLAR_YEARS.start) + leaps + 31 * min(month - 1, 6) + 30 * max(month - 7, 0)
    return _FIRST_SOLAR_DAY + timedelta(days=days + day - 1)
