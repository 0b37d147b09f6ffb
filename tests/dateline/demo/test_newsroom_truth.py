"""`seeds/newsroom/expected.json` holds what the articles say: the hand-written truth is held to its texts."""

import json
import re
from datetime import date
from typing import Any

import pytest

from dateline.demo.newsroom_pages import EDITIONS, NEWSROOM_FOLDER, Story, load_outlets, load_stories
from transforms.records import REJECTION_REASONS

EXPECTED: dict[str, Any] = json.loads((NEWSROOM_FOLDER / "expected.json").read_text(encoding="utf-8"))
WORDS = {
    1: ("One worker", "shot dead a worker", "killed a guard", "guard was shot dead"),
    3: ("three",),
    4: ("four",),
    5: ("five",),
    6: ("six",),
    7: ("seven",),
    8: ("eight",),
    9: ("nine",),
    12: ("twelve",),
    14: ("fourteen",),
    15: ("fifteen",),
    16: ("sixteen",),
    30: ("thirty",),
}
"""How the articles spell a number that they do not write in digits."""


def load_edition(edition: int) -> dict[str, Story]:
    return {story.key: story for outlet in load_outlets() for story in load_stories(outlet, edition)}


FIRST, SECOND = (load_edition(edition) for edition in range(1, len(EDITIONS) + 1))


def text_of(story: Story) -> str:
    return " ".join(block.text for block in story.blocks)


def says(story: Story, number: int) -> bool:
    spellings = "|".join((str(number), *WORDS.get(number, ())))
    return re.search(rf"\b({spellings})\b", text_of(story), re.IGNORECASE) is not None


def test_every_article_is_accounted_for() -> None:
    told = {key for incident in EXPECTED["incidents"] for key in incident["reports"]}
    quiet, odd = set(EXPECTED["quiet"]), set(EXPECTED["odd"])
    assert told | quiet | odd == set(SECOND)
    assert not quiet & (told | odd)


@pytest.mark.parametrize("incident", EXPECTED["incidents"], ids=lambda incident: str(incident["id"]))
def test_an_incident_is_as_its_articles_tell_it(incident: dict[str, Any]) -> None:
    for stories, reports in ((SECOND, incident["reports"]), (FIRST, incident.get("first_edition", {}))):
        for key, report in reports.items():
            assert date.fromisoformat(incident["date"]) <= stories[key].updated_at.date()
            for number in report.values():
                assert says(stories[key], number), (key, number)
    for toll in ("killed", "injured"):
        numbers = [report[toll] for report in incident["reports"].values() if toll in report]
        assert incident[toll] == ([min(numbers), max(numbers)] if numbers else None)
    place = incident["place"].replace("'", "’")
    assert any(place in text_of(SECOND[key]).replace("'", "’") for key in incident["reports"])


def test_the_types_and_modes_are_those_of_the_seeds() -> None:
    lines = (NEWSROOM_FOLDER.parent / "event_types.csv").read_text(encoding="utf-8").splitlines()
    known = {tuple(line.split(",")[:2]) for line in lines}
    assert {(case["event_type"], case["mode"]) for case in EXPECTED["incidents"]} <= known
    assert {(case["event_type"], "") for case in EXPECTED["background"]} <= known


def test_what_did_not_happen_stands_in_the_articles() -> None:
    for case in EXPECTED["not_actual"]:
        assert case["words"] in text_of(SECOND[case["article"]]), case
    assert {case["realis"] for case in EXPECTED["not_actual"]} == {"negated", "planned", "hypothetical"}


def test_the_background_is_older_than_the_news() -> None:
    for case in EXPECTED["background"]:
        assert case["date"] < "2026-03", case
        assert case["place"].split()[-1] in text_of(SECOND[case["article"]]), case


def test_the_odd_entries_name_real_reasons() -> None:
    reasons = {case["rejection"] for case in EXPECTED["odd"].values() if case["rejection"]}
    assert reasons <= set(REJECTION_REASONS)
    served = {
        key for key, story in SECOND.items() if story.page != "article" or story.fault or story.repeated
    }
    assert served <= set(EXPECTED["odd"])
    edited = {key for key in FIRST if FIRST[key] != SECOND[key]}
    assert edited == {key for key, case in EXPECTED["odd"].items() if case.get("versions") == 2}


def test_the_feeds_hold_as_many_entries_as_is_said() -> None:
    feeds = {f"{outlet.key}/{feed.name}": feed for outlet in load_outlets() for feed in outlet.feeds}
    for name, expected in EXPECTED["feeds"].items():
        assert feeds[name].gone == (expected["outcome"] == "gone")
        if "entries" in expected:
            outlet, feed = expected.get("moved_to", name).split("/")
            counts = [
                sum(1 + story.repeated for story in stories.values()
                    if story.outlet == outlet and (not story.feeds or feed in story.feeds))
                for stories in (FIRST, SECOND)
            ]  # fmt: skip
            assert counts == expected["entries"], name
    assert set(feeds) - set(EXPECTED["feeds"]) == {"courier/all"}
