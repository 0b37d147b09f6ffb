"""The coder on the sample newsroom, against its hand-written truth (`seeds/newsroom/expected.json`)."""

import json
from typing import Any

import pytest

from dateline.demo.newsroom_pages import EDITIONS, NEWSROOM_FOLDER, Story, load_outlets, load_stories
from tests.coders import bundled_coder
from transforms.coder.protocol import code_one
from transforms.records import Document, Event

EXPECTED: dict[str, Any] = json.loads((NEWSROOM_FOLDER / "expected.json").read_text(encoding="utf-8"))
LEAST_RIGHT = 0.7  # of all reports; docs/coder.md says what the rest lack


def code_story(story: Story) -> tuple[Event, ...]:
    text = "\n\n".join(block.text for block in story.blocks)
    return code_one(bundled_coder(), Document(story.key, text, story.title, story.updated_at)).events


def is_right(event: Event, incident: dict[str, Any], report: dict[str, int]) -> bool:
    """Type, day, country and tolls as the article tells them."""
    return (
        event.event_type in (incident["event_type"], *incident.get("also_accepted", ()))
        and event.realis == "actual"
        and event.date_start == incident["date"]
        and event.place is not None
        and event.place.country == incident["country"]
        and report.get("killed", event.killed_min) in (event.killed_min, event.killed_max)
        and report.get("injured", event.injured_min) in (event.injured_min, event.injured_max)
    )


@pytest.mark.parametrize("edition", range(1, len(EDITIONS) + 1))
def test_most_reports_are_coded_right(edition: int) -> None:
    coded = {
        story.key: code_story(story) for outlet in load_outlets() for story in load_stories(outlet, edition)
    }
    right: list[tuple[str, str]] = []
    wrong: list[tuple[str, str]] = []
    for incident in EXPECTED["incidents"]:
        reports = incident["reports"] | (incident.get("first_edition", {}) if edition == 1 else {})
        for key, report in reports.items():
            if key in coded:
                good = any(is_right(event, incident, report) for event in coded[key])
                (right if good else wrong).append((incident["id"], key))
    assert len(right) >= LEAST_RIGHT * (len(right) + len(wrong)), wrong


def test_quiet_articles_tell_of_no_violence() -> None:
    for outlet in load_outlets():
        for story in load_stories(outlet, len(EDITIONS)):
            if story.key in EXPECTED["quiet"]:
                told = [
                    event.sentence
                    for event in code_story(story)
                    if event.event_type == "ASSAULT" and event.realis == "actual"
                ]
                assert told == [], story.key
