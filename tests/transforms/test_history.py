"""Candidates and their dates, ranges of days, and how complete days are."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.history.coverage import cover_days, find_poll_gap, make_evidence, sum_states
from transforms.history.entries import make_candidate_entry
from transforms.history.records import Candidate, DayEvidence, WindowEnd
from transforms.history.url_days import read_url_day
from transforms.history.windows import begin_of, is_between, list_days, split_half, split_months
from transforms.identity import make_id

DAYS = st.dates(date(1995, 1, 1), date(2035, 1, 1))
AT = datetime(2024, 3, 5, 9, 30, tzinfo=UTC)
FEED = "fd1-1"
URL = "https://gazette.example/2024/03/05/bridge"


@given(DAYS, st.integers(0, 900))
def test_months_cover_each_day_once(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    months = split_months(first, last)
    assert [day for begin, end in months for day in list_days(begin, end)] == list(list_days(first, last))
    assert all(begin.replace(day=1) == end.replace(day=1) for begin, end in months)


@given(DAYS, st.integers(0, 900))
def test_halves_cover_each_day_once(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    halves = split_half((first, last))
    assert [day for begin, end in halves for day in list_days(begin, end)] == list(list_days(first, last))
    assert len(halves) == (2 if length else 1)


@given(DAYS, DAYS, st.integers(0, 900))
def test_a_day_is_between_others_or_open_ends(day: date, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    assert is_between(day, first, last) == (day in set(list_days(first, last)))
    assert is_between(day, None, last) == (day <= last)
    assert is_between(day, first, None) == (day >= first)
    assert is_between(day, None, None)


@given(
    DAYS,
    st.sampled_from(
        ["/{:%Y/%m/%d}/x", "/x-{:%Y%m%d}.html", "/{:%Y-%m-%d}-x", "/a/{0.year}/{0.month}/{0.day}/"]
    ),
)
def test_a_day_in_an_address_is_read(day: date, form: str) -> None:
    assert read_url_day("https://gazette.example" + form.format(day)) == day


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/2024/13/05/x",
        "/2024/02/30/x",
        "/120240305/x",
        "/2024030512",
        "/2024/03/x",
        "/2024/03/05/2023/01/01/",
    ],
)
def test_what_is_no_day_is_not_read(url: str) -> None:
    assert read_url_day("https://gazette.example" + url) is None


@given(st.text())
def test_any_address_is_read_or_not(url: str) -> None:
    read_url_day(url)


def test_the_entry_of_a_candidate_is_known_by_its_address() -> None:
    entry = make_candidate_entry(
        Candidate(FEED, URL + "?utm_source=x", "sitemap", AT, "news", 0, title="A <b>"), AT
    )
    assert entry.entry_id == make_id("en1", FEED, URL)
    assert entry.article_id == make_id("ar1", URL)
    assert (entry.published_at, entry.published_source, entry.published_trusted) == (AT, "news", True)


def test_the_day_of_the_address_counts_where_nothing_else_does() -> None:
    entry = make_candidate_entry(Candidate(FEED, URL, "commoncrawl"), AT)
    assert (entry.published_at, entry.published_source, entry.published_utc_offset_s) == (
        begin_of(AT.date()), "url", None,
    )  # fmt: skip


@pytest.mark.parametrize(("ahead", "trusted"), [(timedelta(hours=23), True), (timedelta(hours=25), False)])
def test_nothing_was_published_a_day_after_it_was_captured(ahead: timedelta, trusted: bool) -> None:
    candidate = Candidate(FEED, "https://gazette.example/x", "wayback", AT + ahead, "feed", 0, not_after=AT)
    assert make_candidate_entry(candidate, AT + timedelta(days=900)).published_trusted is trusted


def test_days_take_the_state_of_their_window_unless_they_have_their_own() -> None:
    own = DayEvidence(FEED, date(2024, 3, 2), "gap", None, "lost")
    days = cover_days(
        WindowEnd("partial", None, "some", (own,)), FEED, date(2024, 3, 1), date(2024, 3, 3), {}
    )
    assert [one.state for one in days] == ["partial", "gap", "partial"]
    assert sum_states(one.state for one in days) == "gap"


def test_a_day_of_which_less_was_found_than_there_is_is_not_complete() -> None:
    told = tuple(DayEvidence(FEED, date(2024, 3, day), "complete", 2, "counted") for day in (1, 2))
    found = {(FEED, date(2024, 3, 1)): 2, (FEED, date(2024, 3, 2)): 1}
    days = cover_days(WindowEnd("complete", 4, "", told), FEED, None, None, found)
    assert [(one.state, one.evidence) for one in days] == [
        ("complete", "counted"), ("partial", "counted; 1 of 2 found"),
    ]  # fmt: skip
    assert [row.found for row in make_evidence("r", "b", "wordpress", days, found)] == [2, 1]


@pytest.mark.parametrize(
    ("states", "sum_of_them"),
    [
        ([], "unknown"),
        (["unknown"], "unknown"),
        (["complete", "complete"], "complete"),
        (["complete", "unknown"], "partial"),
        (["excluded", "excluded"], "excluded"),
        (["complete", "gap", "partial"], "gap"),
    ],
)
def test_states_are_summed(states: list[str], sum_of_them: str) -> None:
    assert sum_states(states) == sum_of_them  # type: ignore[arg-type]


def test_a_gap_reaches_from_one_answer_to_the_oldest_entry_of_the_next() -> None:
    later = AT + timedelta(days=3)
    gap = find_poll_gap(FEED, AT, AT + timedelta(days=2), later)
    assert [one.day.day for one in gap] == [5, 6, 7]
    assert {one.state for one in gap} == {"gap"}
    assert "2024-03-05 09:30" in gap[0].evidence
    assert find_poll_gap(FEED, AT, AT - timedelta(hours=1), later) == []  # nothing lies between
    assert len(find_poll_gap(FEED, AT - timedelta(days=9_000), None, AT)) == 367
