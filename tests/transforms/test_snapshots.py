"""Copies of a feed: what they vouch for was seen, and what may be lost is said."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from transforms.history.snapshots import (
    Snapshot,
    Stretch,
    join_stretches,
    judge_days,
    link_snapshots,
    make_snapshot,
)

BEGIN = datetime(2024, 3, 1, tzinfo=UTC)
FIRST, LAST = date(2024, 3, 1), date(2024, 3, 20)


def on(day: int, hour: int = 12) -> datetime:
    return BEGIN + timedelta(days=day - 1, hours=hour)


def copy(day: int, *days: int, until: int = 0) -> Snapshot:
    """A copy of noon with entries that were published at eight."""
    return make_snapshot(f"copy {day}", on(day), on(until or day), [(f"e{one}", on(one, 8)) for one in days])


def judge(*copies: Snapshot) -> dict[int, str]:
    stretches: list[Stretch] = []
    for number, one in enumerate(copies):
        stretches += link_snapshots(copies[number - 1] if number else None, one)
    return {one.day.day: one.state for one in judge_days(stretches, "fd1", FIRST, LAST)}


def test_the_first_copy_tells_of_the_days_of_its_entries() -> None:
    states = judge(copy(6, 3, 4, 5, 6))
    assert [states[day] for day in (2, 3, 4, 5, 6, 7)] == [
        "unknown", "partial", "complete", "complete", "partial", "unknown",
    ]  # fmt: skip


def test_copies_that_share_an_entry_lost_nothing() -> None:
    states = judge(copy(4, 3, 4), copy(9, 4, 9))
    assert [states[day] for day in (3, 4, 5, 8, 9)] == [
        "partial",
        "complete",
        "complete",
        "complete",
        "partial",
    ]


def test_copies_that_share_none_may_have_lost_some() -> None:
    states = judge(copy(4, 3, 4), copy(9, 7, 8, 9), copy(12, 9, 12))
    assert [states[day] for day in (4, 5, 6, 7, 8, 11)] == [
        "gap",
        "gap",
        "gap",
        "gap",
        "complete",
        "complete",
    ]


def test_a_copy_that_stayed_the_same_tells_so_long() -> None:
    states = judge(copy(4, 3, 4, until=9))
    assert [states[day] for day in (5, 8, 9, 10)] == ["complete", "complete", "partial", "unknown"]


def test_an_entry_far_older_than_the_others_is_no_beginning() -> None:
    old = make_snapshot("x", on(18), on(18), [("a", on(17)), ("b", on(18)), ("old", on(1, 8))])
    assert judge(old)[10] == "unknown"
    assert judge(old)[18] == "partial"
    slow = make_snapshot("x", on(18), on(18), [("a", on(2)), ("b", on(15))])
    assert judge(slow)[10] == "complete"


def test_an_entry_that_is_always_there_is_no_link() -> None:
    one = make_snapshot("x", on(4), on(4), [("a", on(3)), ("b", on(4, 8)), ("pinned", on(1))])
    other = make_snapshot("y", on(12), on(12), [("c", on(11)), ("d", on(12, 8)), ("pinned", on(1))])
    assert judge(one, other)[8] == "gap"


def test_entries_of_one_instant_are_all_as_recent() -> None:
    days_only = [(f"e{number}", on(4, 0)) for number in range(9)]
    one = make_snapshot("x", on(4), on(4), days_only)
    for key in range(9):
        other = make_snapshot("y", on(6), on(6), [(f"e{key}", on(4, 0)), ("new", on(6, 0))])
        assert judge(one, other)[5] == "complete"


def test_without_dates_any_entry_links_and_the_copies_bound_the_gap() -> None:
    one = make_snapshot("x", on(4), on(4), [("a", None), ("b", None)])
    assert judge(one, make_snapshot("y", on(9), on(9), [("b", None)]))[6] == "complete"
    states = judge(one, make_snapshot("y", on(9), on(9), [("c", None)]))
    assert [states[day] for day in (3, 4, 6, 9, 10)] == ["unknown", "gap", "gap", "gap", "unknown"]


def test_a_feed_without_entries() -> None:
    empty = make_snapshot("x", on(4), on(4), [])
    assert set(judge(empty).values()) <= {"unknown", "partial"}
    assert judge(empty, copy(8, 7, 8))[5] == "gap"
    assert judge(copy(4, 3, 4), empty)[4] == "gap"


def test_dates_after_the_copy_are_not_believed() -> None:
    one = make_snapshot("x", on(4), on(4), [("a", on(3)), ("b", on(20))])
    assert one.dates == (on(3),)


def test_the_day_of_a_midnight_is_not_whole() -> None:
    one = make_snapshot("x", on(6), on(6), [("a", on(3, 0)), ("b", on(5, 0))])
    assert (judge(one)[3], judge(one)[4]) == ("partial", "complete")


@given(
    st.sets(st.integers(0, 24 * 20 * 4 - 1), max_size=60),  # quarters of an hour
    st.lists(st.integers(0, 24 * 20 * 4), min_size=1, max_size=12, unique=True),
    st.integers(1, 8),
    st.booleans(),
)
def test_of_a_day_that_is_complete_every_entry_was_seen(
    published: set[int], captured: list[int], size: int, has_pinned: bool
) -> None:
    entries = {f"e{at}": BEGIN + timedelta(minutes=15 * at) for at in published}
    seen: set[str] = set()
    stretches: list[Stretch] = []
    before = None
    for moment in sorted(captured):
        captured_at = BEGIN + timedelta(minutes=15 * moment, seconds=1)
        shown = sorted((at, key) for key, at in entries.items() if at <= captured_at)[-size:]
        pinned = [("pinned", BEGIN - timedelta(days=40))] if has_pinned and len(shown) > 1 else []
        copy = make_snapshot("x", captured_at, captured_at, [*((key, at) for at, key in shown), *pinned])
        stretches += link_snapshots(before, copy)
        seen |= {key for _, key in shown}
        before = copy
    assert join_stretches(join_stretches(stretches)) == join_stretches(stretches)
    days = judge_days(stretches, "fd1", FIRST, LAST)
    assert [one.day for one in days] == [FIRST + timedelta(days=number) for number in range(20)]
    assert days == judge_days(join_stretches(stretches), "fd1", FIRST, LAST)
    lost = {at.date() for key, at in entries.items() if key not in seen}
    assert not lost & {one.day for one in days if one.state == "complete"}
    assert all(one.evidence and one.expected is None for one in days)
