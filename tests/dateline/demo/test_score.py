"""The score of the demo: what the newsroom's truth says, against what the warehouse holds."""

from dataclasses import replace
from typing import Any

from dateline.demo.newsroom import Newsroom
from dateline.demo.run_demo import draw_events
from dateline.demo.score import ScoredEvent, compare, describe_score, score_demo
from tests.dateline.conftest import Polled
from tests.transforms.test_event_wording import EVENT
from warehouse.browse.report import list_top_events

MARKET: dict[str, Any] = {
    "id": "market", "event_type": "ASSAULT", "mode": "drone", "date": "2026-03-02", "country": "SDN",
    "place": "El Obeid", "killed": [14, 23], "injured": None, "reports": {"a/market": {}},
}  # fmt: skip
TALKS = MARKET | {
    "id": "talks",
    "event_type": "RETREAT",
    "also_accepted": ["AGREE"],
    "reports": {"a/talks": {}},
}
ROW = ScoredEvent(
    "em1-1", "ASSAULT", "drone", "2026-03-02", "SDN", "Él Obeid", (14, 23), (None, None), ("http://a/market?utm=1",)
)  # fmt: skip


def url_of(key: str) -> str:
    return f"http://{key}"


def test_what_counts_as_found() -> None:
    score = compare([MARKET, TALKS], [ROW], url_of)
    assert (score.found, score.placed, score.with_mode, score.with_tolls) == (1, 1, 1, 1)
    assert (score.violent_rows, score.violent_right, score.missed) == (1, 1, ("talks",))
    for wrong in (
        replace(ROW, event_type="AID"),
        replace(ROW, date_start="2026-03-03"),
        replace(ROW, country="SSD"),
        replace(ROW, urls=("http://a/market-other",)),
    ):
        assert compare([MARKET], [wrong], url_of).found == 0
    partly = compare([MARKET], [replace(ROW, place_name="", mode="", killed=(14, 14))], url_of)
    assert (partly.found, partly.placed, partly.with_mode, partly.with_tolls) == (1, 0, 0, 0)
    agreed = replace(ROW, event_type="AGREE", urls=("http://a/talks",))
    assert compare([TALKS], [agreed], url_of).found == 1


def test_a_row_answers_for_one_incident() -> None:
    twice = compare([MARKET, MARKET | {"id": "again"}], [ROW], url_of)
    assert (twice.found, twice.missed) == (1, ("again",))
    better = replace(ROW, event_id="em1-0", mode="")
    assert compare([MARKET], [better, ROW], url_of).with_mode == 1


def test_the_newsroom_is_mostly_found(polled: Polled) -> None:
    score = score_demo(polled.home.published, polled.newsroom.url_of)
    assert score.incidents == 29
    assert score.found >= 0.7 * score.incidents, score.missed
    text = describe_score(score)
    assert f"Of 29 true incidents {score.found} were found" in text
    assert all(name in text for name in score.missed)


def test_the_events_that_matter_fit_the_terminal_with_whole_sentences(polled: Polled) -> None:
    events = list_top_events(polled.home.published, 15)
    assert "El Obeid" in events[0].place_name
    for width in (60, 100, 200):
        text = draw_events(events, width)
        assert max(map(len, text.splitlines())) <= width
        assert "killing at least 14 people" in " ".join(text.split())
    assert len(draw_events([EVENT], 10).splitlines()[0]) <= 40


def test_every_story_has_an_address() -> None:
    with Newsroom(preferred_ports=False) as newsroom:
        newsroom.advance()
        assert all(newsroom.url_of(key).startswith("http://127.0.0.1:") for key in newsroom.stories)
