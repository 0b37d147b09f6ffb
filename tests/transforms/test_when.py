"""Dates in sentences: what each expression means, seen from the day of publication."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.coder.calendar_days import find_easter
from transforms.coder.resolve_dates import (
    DateSpan,
    earliest_day,
    find_coming,
    find_dates,
    find_told_day,
    latest_day,
)
from transforms.word_lists import list_words

PUBLISHED = date(2026, 3, 5)  # a Thursday


def read(text: str, published: date | None = PUBLISHED, told: date | None = None) -> list[str]:
    """Each date as `start` or `start/end`, with a `>` before those that lie ahead."""
    return [
        ">" * span.future + (span.start if span.start == span.end else f"{span.start}/{span.end}")
        for span in find_dates(text, published, told)
    ]


ONE_DATE = (
    # weekdays
    ("on Thursday", "2026-03-05"),
    ("Friday's attack", "2026-02-27"),
    ("early on Saturday", "2026-02-28"),
    ("late Sunday night", "2026-03-01"),
    ("last Thursday", "2026-02-26"),
    ("this past Monday", "2026-03-02"),
    ("on Tuesday last week", "2026-02-24"),
    ("on Tuesday of this week", "2026-03-03"),
    ("next Monday", ">2026-03-09"),
    ("this coming Friday", ">2026-03-06"),
    ("Monday, March 2", "2026-03-02"),
    ("Mon., Sept. 15", "2025-09-15"),
    ("a week ago on Tuesday", "2026-02-24"),
    ("two weeks ago on Saturday", "2026-02-21"),
    # days near publication
    ("the day before yesterday", "2026-03-03"),
    ("overnight", "2026-03-04"),
    ("the previous night", "2026-03-04"),
    ("a day earlier", "2026-03-04"),
    ("the day before, they fled", "2026-03-04"),
    ("hours ago", "2026-03-05"),
    ("tomorrow", ">2026-03-06"),
    ("a couple of days ago", "2026-03-03"),
    ("a few days ago", "2026-02-26/2026-03-04"),
    # days of a month
    ("on 30 December", "2025-12-30"),
    ("the fifth of May", "2025-05-05"),
    ("May the fifth", "2025-05-05"),
    ("the twenty-first of January", "2026-01-21"),
    ("on the 15th.", "2026-02-15"),
    ("on the 2nd of this month", "2026-03-02"),
    ("on 1 Jan. 2016", "2016-01-01"),
    ("MARCH 3", "2026-03-03"),
    ("San Salvador, 4 Feb 90 (AFP) --", "1990-02-04"),
    ("4 Feb 90 -- ", "1990-02-04"),
    ("03/14/2016", "2016-03-14"),
    ("14/03/2016", "2016-03-14"),
    # months, seasons, years
    ("in mid-January", "2026-01"),
    ("last August", "2025-08"),
    ("in August, 2014", "2014-08"),
    ("in a December attack", "2025-12"),
    ("since July", "2025-07"),
    ("last summer", "2025-06/2025-08"),
    ("this summer", ">2026-06/2026-08"),
    ("in the summer of 2014", "2014-06/2014-08"),
    ("in the winter of 2013", "2013"),
    ("in the 1980s", "1980/1989"),
    ("its 2003 invasion", "2003"),
    ("the 2014 attack on the mall", "2014"),
    ("three decades ago", "1996"),
    # ranges
    ("between 3 and 5 March", "2026-03-03/2026-03-05"),
    ("3-5 March", "2026-03-03/2026-03-05"),
    ("March 3-5, 2016", "2016-03-03/2016-03-05"),
    ("from 28 Feb. to 3 March 2014", "2014-02-28/2014-03-03"),
    ("between 28 February and 3 March 2014", "2014-02-28/2014-03-03"),
    ("from Monday to Wednesday", "2026-03-02/2026-03-04"),
    ("between Saturday and Tuesday", "2026-02-28/2026-03-03"),
    ("since Friday", "2026-02-27/2026-03-05"),
    ("from 2014 to 2016", "2014/2016"),
    ("the past week", "2026-02-26/2026-03-05"),
    ("in the last 24 hours", "2026-03-04/2026-03-05"),
    ("over the past three days", "2026-03-02/2026-03-05"),
    ("last week", "2026-02-23/2026-03-01"),
    ("over the weekend", "2026-02-28/2026-03-01"),
    ("later this week", ">2026-03-05/2026-03-08"),
    ("by the end of the month", ">2026-03"),
    # feasts
    ("on Christmas Day", "2025-12-25"),
    ("on Christmas Eve 2015", "2015-12-24"),
    ("New Year’s Eve", "2025-12-31"),
    ("on Good Friday", "2025-04-18"),
    ("Easter Sunday last year", "2025-04-20"),
    ("the 9/11 attacks", "2001-09-11"),
    ("the September 11 attacks", "2001-09-11"),
    ("two days after Christmas", "2025-12-27"),
    ("the day before New Year's Eve", "2025-12-30"),
    ("on the eve of Good Friday", "2025-04-17"),
    # anniversaries
    ("ten years ago", "2016"),
    ("ten years ago today", "2016-03-05"),
    ("a year ago on Sunday", "2025-03-01"),
    ("marks one year since the coup", "2025-03"),
    ("the tenth anniversary of the massacre", "2016-03"),
    ("the attack comes a week after gunmen shot five people", "2026-02-26"),
    ("the 10th anniversary of the bombing", "2016-03"),
    ("ten years after the bombing, the town", "2016"),
    ("a year after police shot him", "2025"),
    ("eighteen months after the raid", "2024-09"),
    ("three decades after the massacre", "1996"),
    ("forty years on, nobody", "1986"),
    ("a decade on from the massacre", "2016"),
    ("it is 15 years since a bomb", "2011"),
    # long ago, nobody says when
    ("decades after the massacre", ""),
    ("many years after the massacre", ""),
    ("the anniversary of the massacre", ""),
    ("to commemorate the massacre", ""),
    ("years on, nobody", ""),
    ("generations ago", ""),
)


@pytest.mark.parametrize(("text", "date_read"), ONE_DATE, ids=[text for text, _ in ONE_DATE])
def test_one_date(text: str, date_read: str) -> None:
    assert read(text) == [date_read]


@pytest.mark.parametrize(
    "text",
    [
        "on Black Friday", "the Sunday Times said", "the Arab Spring", "Orthodox Christmas", "03/04/2016",
        "2,014 people", "killed 2003 people", "it may be", "they march on", "the following Monday", "that day",
    ],
)  # fmt: skip
def test_no_date(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("on Monday gunmen fired; three days later they fled", ["2026-03-02", "2026-03-05"]),
        ("on Sunday it began, and the next day it was over", ["2026-03-01", "2026-03-02"]),
        ("on Tuesday, a day after police fired", ["2026-03-03", "2026-03-02"]),
        ("A day after Tuesday's bombing", ["2026-03-04", "2026-03-03"]),
        ("Hours after the bombing, police arrested two men on Monday", ["2026-03-02", "2026-03-02"]),
        ("on March 1, and the following Friday", ["2026-03-01", "2026-03-06"]),
        ("on March 3 and 5 people died on Wednesday", ["2026-03-03", "2026-03-04"]),
        ("on Monday and Tuesday", ["2026-03-02", "2026-03-03"]),
    ],
)
def test_several_dates(text: str, dates: list[str]) -> None:
    assert read(text) == dates


@pytest.mark.parametrize(
    ("text", "date_read"),
    [
        ("the next day", "2026-02-11"),
        ("that night", "2026-02-10"),
        ("three days later", "2026-02-13"),
        ("two days earlier", "2026-02-08"),
        ("hours later", "2026-02-10"),
        ("the following Friday", "2026-02-13"),
        ("the previous Friday", "2026-02-06"),
        ("a month later", "2026-03"),
    ],
)
def test_a_date_counts_from_the_day_told_before(text: str, date_read: str) -> None:
    assert read(text, told=date(2026, 2, 10)) == [date_read]


def test_years_after_count_from_the_date_before_them() -> None:
    assert read("In 1995, two years after soldiers shot him, the war ended.") == ["1995", "1993"]
    assert read("Ten years after the war ended in 1995, soldiers shot him.") == ["1995"]
    assert read("Gunmen shot him on Monday, two years after a raid.") == ["2026-03-02", "2024"]


def test_the_day_told_last_is_a_single_day() -> None:
    assert find_told_day(find_dates("on Monday, after rallies in January", PUBLISHED)) == date(2026, 3, 2)
    assert find_told_day(find_dates("last week, and next Monday", PUBLISHED)) is None


def test_only_absolute_dates_without_a_day_of_publication() -> None:
    text = (
        "last Monday, tomorrow, Christmas Day, this summer, since May, a week ago, the past week, next year"
    )
    assert read(text, published=None) == []
    assert read("on 4 May 2014, in June 2015 and in 2016", published=None) == [
        "2014-05-04",
        "2015-06",
        "2016",
    ]


@pytest.mark.parametrize(
    ("text", "coming"),
    [
        ("on Friday", "2026-03-06"),
        ("in May", "2026-05"),
        ("on 7 March", "2026-03-07"),
        ("on 1 March", None),
        ("in May 2025", None),
        ("next week", "2026-03-09"),
        ("yesterday", None),
    ],
)
def test_what_is_planned_lies_ahead(text: str, coming: str | None) -> None:
    span = find_coming(find_dates(text, PUBLISHED)[0], PUBLISHED)
    assert (span.start if span else None) == coming


def test_easter() -> None:
    days = {2016: (3, 27), 2017: (4, 16), 2018: (4, 1), 2024: (3, 31), 2025: (4, 20), 2038: (4, 25)}
    assert all(find_easter(year) == date(year, *day) for year, day in days.items())


PHRASES = st.sampled_from(
    [
        *list_words(
            "on last next since between and to from Monday Friday 5 31 March February Feb. 2014 years days"
        ),
        *list_words(
            "two ago later after before the week month past previous yesterday tomorrow of - , summer hours"
        ),
        *list_words("in this weekend 30th first 1980s today comes night"),
        *("a few", "Christmas Eve", "Easter Sunday", "anniversary of", "end of the", "31 February"),
    ]
)


def _has_year(span: DateSpan) -> bool:
    return any(piece in span.text for piece in ("2014", "1980"))


@given(st.lists(PHRASES, max_size=14), st.dates(date(1, 1, 1), date.max))
def test_dates_are_ordered_and_past_unless_they_say_that_they_are_not(words: list[str], day: date) -> None:
    for span in find_dates(" ".join(words), day):
        first, last = earliest_day(span.start), latest_day(span.end)
        if not span.start:
            assert any(word in span.text for word in ("anniversary", "years"))  # long ago, nobody says when
            continue
        assert first is not None and last is not None and first <= last
        told = " later" in f" {span.text}" or "next" in span.text or "after" in span.text
        if not span.future and not told and not _has_year(span):
            assert first <= day
        coming = find_coming(span, day)
        assert coming is None or (latest_day(coming.end) or date.min) >= day


@given(st.text(max_size=200), st.none() | st.dates(), st.none() | st.dates())
def test_any_text_can_be_read(text: str, published: date | None, told: date | None) -> None:
    spans = find_dates(text, published, told)
    assert [span.at for span in spans] == sorted(span.at for span in spans)
    assert all(0 <= span.at < len(text) for span in spans)
