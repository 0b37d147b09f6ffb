"""When a feed is asked again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.feeds.parsed_feed import NotAFeed, ParsedFeed
from transforms.feeds.schedule import next_state
from transforms.make_fetch import make_fetch
from transforms.records import FeedState, Outcome
from transforms.settings import PollSettings

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
POLL = PollSettings(max_backoff_s=43_200)
URL = "https://a.example/feed"
DATE, LATER = "Wed, 04 Mar 2026 12:00:00 GMT", "Wed, 04 Mar 2026 14:00:00 GMT"
STATE = FeedState("fd1-0", URL)
FEED = ParsedFeed("rss20", "T", "", "", "", None, None, ())


def poll(
    outcome: Outcome = "ok",
    state: FeedState = STATE,
    headers: Mapping[str, str] | None = None,
    parsed: ParsedFeed | NotAFeed | None = None,
    status: int = 200,
    moved_to: str = "",
    retry_at: datetime | None = None,
) -> FeedState:
    fetch = make_fetch("run", "feed", URL, NOW, feed_id="fd1-0", outcome=outcome, status=status)
    parsed = FEED if parsed is None and outcome == "ok" else parsed
    return next_state(state, fetch, headers or {}, moved_to, retry_at, parsed, NOW, POLL)


@pytest.mark.parametrize(
    ("headers", "ttl_s", "update_interval_s", "interval_s"),
    [
        ({}, None, None, 1_800),
        ({"cache-control": "public, max-age=3600"}, None, None, 3_600),
        ({"cache-control": "max-age=3600", "age": "600"}, None, None, 3_000),
        ({"cache-control": "s-maxage=9999, max-age=900"}, None, None, 900),
        ({"cache-control": "max-age=60"}, None, None, 600),
        ({"cache-control": "max-age=99999999"}, None, None, 86_400),
        ({"cache-control": "no-cache, max-age=7200"}, None, None, 1_800),
        ({"cache-control": "max-age=300"}, 3_600, None, 3_600),
        ({"cache-control": "max-age=300"}, 3_600, 7_200, 7_200),
        ({"expires": LATER, "date": DATE}, None, None, 7_200),
        ({"expires": "0", "date": DATE}, None, None, 1_800),
        ({"expires": LATER, "date": DATE, "cache-control": "max-age=900"}, None, None, 900),
    ],
)  # fmt: skip
def test_the_interval(
    headers: dict[str, str], ttl_s: int | None, update_interval_s: int | None, interval_s: int
) -> None:
    state = poll(headers=headers, parsed=replace(FEED, ttl_s=ttl_s, update_interval_s=update_interval_s))
    assert state.interval_s == interval_s
    assert state.next_poll_at == NOW + timedelta(seconds=interval_s)


def test_success_sets_validators_as_received_and_clears_failures() -> None:
    before = replace(STATE, failures=3, last_error="x", etag="old", last_modified="older")
    after = poll(state=before, headers={"etag": 'W/"a, b"', "last-modified": "some day"})
    assert (after.etag, after.last_modified) == ('W/"a, b"', "some day")
    assert (after.failures, after.last_error, after.last_success_at) == (0, "", NOW)
    assert poll(state=after).etag == ""


def test_a_304_keeps_validators_and_takes_new_ones() -> None:
    before = replace(STATE, etag='"1"', last_modified="m1", interval_s=3_600, failures=2)
    kept = poll("not_modified", before)
    assert (kept.etag, kept.last_modified, kept.interval_s, kept.failures) == ('"1"', "m1", 3_600, 0)
    assert kept.last_success_at == NOW
    renewed = poll("not_modified", before, {"etag": '"2"', "cache-control": "max-age=7200"})
    assert (renewed.etag, renewed.last_modified, renewed.interval_s) == ('"2"', "m1", 7_200)


def test_a_permanent_move_is_adopted_only_with_a_feed_behind_it() -> None:
    new = "https://b.example/feed"
    assert poll(moved_to=new).url == new
    assert poll("not_modified", moved_to=new).url == new
    assert poll(moved_to=new, parsed=NotAFeed("not_a_feed", "it is a web page")).url == URL
    assert poll("http_error", status=404, moved_to=new).url == URL


def test_gone_is_never_asked_again() -> None:
    state = poll("gone", status=410)
    assert (state.status, state.next_poll_at) == ("gone", None)


def test_a_body_that_is_no_feed_is_a_failure_without_validators() -> None:
    before = replace(STATE, etag='"1"', last_modified="m")
    after = poll(state=before, headers={"etag": '"2"'}, parsed=NotAFeed("not_a_feed", "it is a web page"))
    assert (after.etag, after.last_modified, after.failures) == ("", "", 1)
    assert after.last_error == "it is a web page"


def test_failures_back_off_but_never_fall_silent() -> None:
    state, waits = replace(STATE, etag='"1"'), []
    for _ in range(60):
        state = poll("network_error", state, status=0)
        assert state.next_poll_at is not None
        waits.append((state.next_poll_at - NOW).total_seconds())
    assert state.failures == 60
    assert state.etag == '"1"'
    assert state.status == "active"
    assert 1_440 <= waits[0] <= 2_160
    assert 2_880 <= waits[1] <= 4_320
    assert max(waits) == 43_200


def test_back_off_is_spread_and_repeatable() -> None:
    others = [replace(STATE, feed_id=f"fd1-{number}") for number in range(50)]
    waits = [poll("http_error", state, status=500).next_poll_at for state in others]
    assert len(set(waits)) > 40
    assert waits == [poll("http_error", state, status=500).next_poll_at for state in others]


def test_retry_after_is_obeyed_within_bounds() -> None:
    def wait_s(retry_at: datetime) -> float:
        next_poll_at = poll("throttled", status=429, retry_at=retry_at).next_poll_at
        assert next_poll_at
        return (next_poll_at - NOW).total_seconds()

    assert wait_s(NOW + timedelta(hours=2)) == 7_200
    assert wait_s(NOW + timedelta(seconds=5)) == 600
    assert wait_s(NOW - timedelta(days=1)) == 600
    assert wait_s(NOW + timedelta(days=30)) == 43_200


OUTCOMES: list[Outcome] = ["ok", "not_modified", "throttled", "http_error", "network_error", "refused"]


@given(
    st.sampled_from(OUTCOMES),
    st.integers(0, 10_000),
    st.integers(0, 10**7),
    st.text(max_size=30),
    st.text(max_size=30),
)
def test_every_feed_that_lives_is_asked_within_bounds(
    outcome: Outcome, failures: int, interval_s: int, control: str, expires: str
) -> None:
    before = replace(STATE, failures=failures, interval_s=interval_s)
    headers = {"cache-control": control, "expires": expires, "date": expires, "age": control}
    after = poll(outcome, before, headers)
    assert after.next_poll_at is not None
    assert 480 <= (after.next_poll_at - NOW).total_seconds() <= 86_400
