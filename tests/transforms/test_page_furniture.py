"""Lines that are no sentences of the story, and the dateline behind them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.coders import PUBLISHED, bundled_coder
from transforms.coder.page_furniture import blank_furniture, is_furniture
from transforms.coder.protocol import code_one
from transforms.coder.sentences import find_dateline
from transforms.records import Document

FURNITURE = [
    "17:05 EAT, March 4, 2026", "Updated: 4 Mar 2026, 10:15 IST | 3 min read", "March 4, 2026 5:05 PM",
    "Wednesday, 4 March 2026", "2026-03-04T10:15:00Z", "04/03/2026 - 10:15", "Published 2 hours ago",
    "Last updated on Wed 4 Mar 2026 10.15 GMT", "Mar. 4, 2026 at 10:15 a.m. EST", "5 minute read",
    "By Ann Lind", "BY ANN LIND", "By Ann Lind and Tom Berg, Harbour Wire", "By Ann Lind | Harbour Wire | Mar 4, 2026",
    "By Harbour Wire Staff in Nairobi", "Von Ann Lind", "Written by Ann Lind",
    "(Reporting by Ann Lind; Editing by Tom Berg)", "Additional reporting by Tom Berg in Garissa.",
    "Photo: Harbour Wire", "Image credit: Tom Berg", "FILE PHOTO: Soldiers guard a bridge in Garissa",
    "Soldiers guard a bridge, November 2025. (Wire Photo/Tom Berg)", "Soldiers guard a bridge | Photo: Harbour Wire",
    "A market in Garissa (File photo)", "Source: Harbour Wire", "© 2026 Harbour Wire",
    "Read more: Gunmen kill nine in Kano", "Also Read: Police arrest ten", "ADVERTISEMENT", "Listen to this article",
]  # fmt: skip
STORY = [
    "World", "Gunmen killed three people in Garissa on Monday.", "By Monday, the rebels had taken the town.",
    "By then nine people had died.", "In 2014 300 people died", "Police arrested ten.", "12 soldiers",
    "At least 20 people were killed on 4 March 2026.", "Watch towers were burned", "Share prices fell",
    "By the river troops killed three", "Gunmen Kill Three", "Images showed that police had fired",
    "Sources in the army said ten had died", "By Ann Lind he was killed", "Reporting by agencies was blocked",
    "March 4: Gunmen attacked the market", "Nine died. Police said (on Monday)",
]  # fmt: skip


@pytest.mark.parametrize("line", FURNITURE)
def test_what_is_no_sentence_is_written_over(line: str) -> None:
    assert is_furniture(line)
    assert blank_furniture(f"Kano\n{line}\nNine died.") == f"Kano\n{' ' * len(line)}\nNine died."


@pytest.mark.parametrize("line", STORY)
def test_the_story_stays(line: str) -> None:
    assert not is_furniture(line)


STORY_TEXT = (
    "Police shot dead three herders on Tuesday. Officials in Georgia said that 30 people were arrested."
)


@pytest.mark.parametrize(
    "before",
    [
        "",
        "World\n",
        "Leben\n\n",
        "World\n17:05 JST, March 4, 2026\n",
        "17:05 JST, March 4, 2026\n\n",
        "Africa | East\nBy Ann Lind\nMarch 4, 2026 5:05 PM\n",
        "Three herders shot dead\nUpdated: 4 Mar 2026, 10:15 IST | 3 min read\n",
        "Photo: Harbour Wire\n",
        "A street in the capital (File photo)\n",
        "By Ann Lind ",
        "[Text] ",
    ],
)
@pytest.mark.parametrize(
    "dateline",
    [
        "TBILISI (Harbour Wire) - ",
        "TBILISI, March 4 (Harbour Wire) -- ",
        "Tbilisi, Georgia (HW) — ",
        "TBILISI: ",
    ],
)
def test_nothing_before_it_hides_the_dateline(before: str, dateline: str) -> None:
    if before == "By Ann Lind " and not dateline.startswith("TBILISI ("):
        pytest.skip("a name and a place in one line are told apart by capitals and an agency")
    text = f"{before}{dateline}{STORY_TEXT}"
    coded = code_one(bundled_coder(), Document("d", text, published_at=PUBLISHED))
    assault = next(event for event in coded.events if event.event_type == "ASSAULT")
    assert assault.place is not None
    assert (assault.place.name, assault.place.country) == ("Tbilisi", "GEO")
    assert assault.sentence == "Police shot dead three herders on Tuesday."
    assert (assault.killed_min, assault.date_start) == (3, "2026-03-03")
    assert {event.date_start for event in coded.events} <= {"2026-03-03", "2026-03-05"}


def test_an_agency_alone_is_no_part_of_the_sentence() -> None:
    text = "(Harbour Wire) - Police shot dead three herders in Garissa on Tuesday."
    event = code_one(bundled_coder(), Document("d", text, published_at=PUBLISHED)).events[0]
    assert event.sentence.startswith("Police")
    assert [actor.text for actor in event.actors] == ["Police"]


def test_captions_and_prompts_inside_the_text_tell_of_nothing() -> None:
    text = (
        "Police shot dead three herders in Garissa on Tuesday.\n"
        "Mourners carry a man killed in Lodwar. (Wire Photo/Tom Berg)\n"
        "Read more: Gunmen kill nine in Kano\nThe police said they had been attacked."
    )
    events = code_one(bundled_coder(), Document("d", text, published_at=PUBLISHED)).events
    assert events[0].killed_min == 3
    assert {event.place.name for event in events if event.place} == {"Garissa"}
    assert not any(word in event.sentence for event in events for word in ("Lodwar", "Kano"))


def test_prose_ends_the_search_for_a_dateline() -> None:
    text = (
        "Police shot dead three herders in the north of the country, officials said.\nKISUMU (Wire) - Rain."
    )
    assert find_dateline(text) == (0, 0)


@given(st.text(st.sampled_from("AB ab(.)-–:,\n123/|'By Photo")))
def test_any_text_keeps_its_length_and_lines(text: str) -> None:
    blanked = blank_furniture(text)
    assert len(blanked) == len(text)
    assert [at for at, c in enumerate(blanked) if c == "\n"] == [at for at, c in enumerate(text) if c == "\n"]
    start, end = find_dateline(blanked)
    assert 0 <= start <= end <= len(text)
