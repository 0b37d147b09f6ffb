"""What the coder reads of a text: invisible characters, blanks, numbers; and where it stood in the text given."""

from dataclasses import replace
from datetime import UTC, datetime
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.coders import PUBLISHED, bundled_coder
from transforms.coder.prepare_text import prepare_text
from transforms.coder.protocol import code_one
from transforms.records import Document, Event

TEXT = "Rebels shot dead four herders in Garissa on Monday, police said. Six others were wounded."
UNSEEN = [
    "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u00ad", "\u2060", "\ufeff", "\u202a", "\u202c", "\u2066",
    "\u2069", "\u061c", "\u180e", "\ufe0f", "\ufdd0", "\uffff", "\U000e0041", "\x00", "\x08", "\x7f", "\u0081",
]  # fmt: skip


def _bare(event: Event) -> Event:
    return replace(event, sentence="", sentence_start=0, sentence_end=0)


@pytest.mark.parametrize("unseen", UNSEEN, ids=[f"U+{ord(one):04X}" for one in UNSEEN])
def test_what_nobody_sees_changes_nothing_but_offsets(unseen: str) -> None:
    plain = code_one(bundled_coder(), Document("d", TEXT, published_at=PUBLISHED))
    text = unseen + TEXT.replace("shot", f"sh{unseen}ot").replace("riss", f"ri{unseen}ss").replace(
        " on ", f"{unseen} on{unseen} "
    )
    coded = code_one(bundled_coder(), Document("d", text, published_at=PUBLISHED))
    assert len(coded.events) == len(plain.events) == 1
    event, wanted = coded.events[0], plain.events[0]
    assert _bare(event) == _bare(wanted)
    assert (event.killed_min, event.injured_min, event.place and event.place.name) == (4, 6, "Garissa")
    assert text[event.sentence_start : event.sentence_end] == event.sentence
    assert event.sentence.replace(unseen, "") == wanted.sentence
    assert [(p.name, text[p.start : p.end]) for p in coded.places] == [("Garissa", f"Gari{unseen}ssa")]


@pytest.mark.parametrize(("wide", "plain"), [("  ", " "), ("\u00a0 ", " "), (" \r\n ", "\n"), ("\t\t", "\t")])
def test_runs_of_blanks_change_nothing_but_offsets(wide: str, plain: str) -> None:
    text = (
        TEXT.replace(" four", f"{wide}four")
        .replace("on Monday", f"on{wide}Monday")
        .replace(". Six", f".{wide}Six")
    )
    wanted = code_one(bundled_coder(), Document("d", TEXT, published_at=PUBLISHED)).events[0]
    event = code_one(bundled_coder(), Document("d", text, published_at=PUBLISHED)).events[0]
    assert (event.killed_min, event.injured_min, event.place and event.place.name) == (4, 6, "Garissa")
    assert text[event.sentence_start : event.sentence_end] == event.sentence
    assert event.sentence.split() == wanted.sentence.split()


def test_half_a_character_is_read_as_a_sign_of_its_own() -> None:
    document = Document("d", f"{TEXT} \ud83d They fled.", "Rebels \udc00 shoot four", PUBLISHED)
    event = code_one(bundled_coder(), document).events[0]
    assert event.killed_min == 4
    event.sentence.encode("utf-8")
    assert prepare_text("a\ud83db").given == "a\ufffdb"


@pytest.mark.parametrize(
    ("text", "prepared"),
    [
        ("killed\u00a0four\u2003men", "killed four men"),
        ("one\u2028two\r\nthree\x85four", "one\ntwo\nthree\nfour"),
        # one blank stays of many
        ("killed  four\u00a0 men \t here", "killed four men here"),
        ("killed \u200b four", "killed four"),
        ("killed \n  four", "killed\nfour"),
        ("a.\n\n   B", "a.\n\nB"),
        ("herders in\n   Garissa fled.\n   They", "herders in Garissa fled.\nThey"),
        ("Ｒｅｂｅｌｓ 𝗸𝗶𝗹𝗹𝗲𝗱 ４ 𝟒 4\ufe0f\u20e3", "Rebels killed 4 4 4"),
        ("they said.\u200bThe men", "they said. The men"),
        ("\x93No\x94, he\x92s here \x97 now", "“No”, he’s here — now"),
        # thousands
        ("killed 4\u00a0300 men", "killed 4,300 men"),
        ("killed 4\u202f300 men", "killed 4,300 men"),
        ("killed 4\u2009300\u2009000 men", "killed 4,300,000 men"),
        ("killed 4\u2007300 men", "killed 4,300 men"),
        ("killed 4 300\u00a0000 men", "killed 4,300,000 men"),
        ("killed 4\u202f300 000 men", "killed 4,300,000 men"),
        ("killed 4\u00a0\u00a0300 men", "killed 4,300 men"),
        ("killed 14 300 men in all", "killed 14,300 men in all"),
        ("About 7 000 troops", "About 7,000 troops"),
        ("7 000-strong force", "7,000-strong force"),
        ("killed 4.300 people", "killed 4,300 people"),
        ("killed 4.300 unarmed civilians", "killed 4,300 unarmed civilians"),
        ("killed 4.300.000 cattle", "killed 4,300,000 cattle"),
        ("It cost 3,5 million, and 4.300 left", "It cost 3.5 million, and 4,300 left"),
        ("killed 4'300 and 4’300 men", "killed 4,300 and 4,300 men"),
        # no thousands
        ("In 2014 300 people died", "In 2014 300 people died"),
        ("On May 12 300 people died", "On May 12 300 people died"),
        ("aboard Flight 12 300 people died", "aboard Flight 12 300 people died"),
        ("call 555 123 4567", "call 555 123 4567"),
        ("a rate of 1.250 to the dollar", "a rate of 1.250 to the dollar"),
        ("weighs 1.250 kg", "weighs 1.250 kg"),
        ("3.5 times, and 4.300 left", "3.5 times, and 4.300 left"),
        ("1,250 people", "1,250 people"),
    ],
)
def test_blanks_and_numbers_are_written_in_one_way(text: str, prepared: str) -> None:
    assert prepare_text(text).text == prepared


@given(
    st.text(st.one_of(st.characters(exclude_categories=[]), st.sampled_from([*UNSEEN, "1", " ", ".", "a"])))
)
def test_every_stretch_is_found_in_the_text_given(text: str) -> None:
    prepared = prepare_text(text)
    assert len(prepared.given) == len(text)
    before = 0
    for at, character in enumerate(prepared.text):
        start, end = prepared.find_given(at, at + 1)
        assert before <= start == end - 1 < len(text)
        assert (
            not (character.isalpha() and character.isascii()) or normalize("NFKC", text[start]) == character
        )
        before = end
    assert prepare_text(prepared.text).text == prepared.text


def test_a_day_is_that_of_the_articles_own_clock() -> None:
    """Monday 17:00 in London is Tuesday 01:00 in Singapore."""
    at = datetime(2026, 3, 2, 17, tzinfo=UTC)
    for offset_s, day in ((8 * 3600, "2026-03-03"), (None, "2026-02-24"), (0, "2026-02-24")):
        document = Document(
            "d", "Rebels shot dead four herders on Tuesday.", published_at=at, published_utc_offset_s=offset_s
        )
        assert [event.date_start for event in code_one(bundled_coder(), document).events] == [day]


@pytest.mark.parametrize("year", [1, 9999])
@pytest.mark.parametrize("offset_s", [-86_399, 86_399])
def test_the_ends_of_the_calendar_can_be_read(year: int, offset_s: int) -> None:
    at = datetime(year, 1 if year == 1 else 12, 1 if year == 1 else 31, 12, tzinfo=UTC)
    document = Document("d", TEXT, published_at=at, published_utc_offset_s=offset_s)
    assert code_one(bundled_coder(), document).events
