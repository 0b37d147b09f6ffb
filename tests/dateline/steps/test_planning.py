"""Which feeds are due and how they are split into batches."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dateline.steps.planning import choose_due, find_removed, match_states, split_batches
from transforms.records import Feed, FeedState
from transforms.settings import PollSettings

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def feed(name: str) -> Feed:
    return Feed(feed_id=f"fd1-{name}", url=f"https://{name}.example/feed")


def state(name: str, **facts: object) -> FeedState:
    return FeedState(feed_id=f"fd1-{name}", url=f"https://{name}.example/feed", **facts)  # type: ignore[arg-type]


def test_only_what_is_due_is_polled() -> None:
    stored = [
        state("early", next_poll_at=NOW + timedelta(seconds=1)),
        state("due", next_poll_at=NOW),
        state("gone", status="gone"),
    ]
    pairs = match_states([feed("early"), feed("due"), feed("gone"), feed("new")], stored)
    assert [f.feed_id for f, _ in choose_due(pairs, NOW, only_due=True)] == ["fd1-due", "fd1-new"]
    assert [f.feed_id for f, _ in choose_due(pairs, NOW, only_due=False)] == [
        "fd1-early",
        "fd1-due",
        "fd1-new",
    ]


def test_a_wait_that_no_setting_allows_was_noted_by_a_wrong_clock() -> None:
    longest = timedelta(seconds=PollSettings().longest_wait_s)
    stored = [
        state("longest", next_poll_at=NOW + longest),
        state("ahead", next_poll_at=NOW + longest + timedelta(seconds=1)),
        state("years", next_poll_at=datetime(9999, 12, 31, tzinfo=UTC)),
    ]
    pairs = match_states([feed("longest"), feed("ahead"), feed("years")], stored)
    assert [f.feed_id for f, _ in choose_due(pairs, NOW, only_due=True)] == ["fd1-ahead", "fd1-years"]
    patient = PollSettings(max_backoff_s=172_800)
    assert [f.feed_id for f, _ in choose_due(pairs, NOW, True, patient)] == ["fd1-years"]


def test_a_removed_subscription_is_marked_and_may_come_back() -> None:
    stored = [state("left", etag='"x"'), state("kept"), state("old", status="removed")]
    assert [(s.feed_id, s.status) for s in find_removed([feed("kept")], stored)] == [("fd1-left", "removed")]
    [(_, again)] = match_states([feed("old")], stored)
    assert (again.status, again.next_poll_at) == ("active", None)


def test_a_moved_feed_keeps_its_new_address() -> None:
    [(_, known)] = match_states([feed("moved")], [FeedState("fd1-moved", "https://new.example/feed")])
    assert known.url == "https://new.example/feed"


@given(st.lists(st.integers(0, 30), max_size=80), st.integers(1, 20), st.integers(1, 8))
def test_batches_hold_every_feed_once_and_keep_hosts_together(hosts: list[int], size: int, most: int) -> None:
    pairs = [
        (
            Feed(f"fd1-{n}", f"https://h{host}.example/{n}"),
            FeedState(f"fd1-{n}", f"https://h{host}.example/{n}"),
        )
        for n, host in enumerate(hosts)
    ]
    plans = split_batches(pairs, [], size, most)
    assert sorted(f.feed_id for plan in plans for f, _ in plan.feeds) == sorted(f.feed_id for f, _ in pairs)
    assert len(plans) <= most
    places = [{f.url.split("/")[2] for f, _ in plan.feeds} for plan in plans]
    assert sum(map(len, places)) == len(set().union(*places))
