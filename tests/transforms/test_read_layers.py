"""The first passes: headline and text, the dateline, the sentences, and the place names and days of both."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hand_made import lexicon, read, with_triggers
from transforms.coder import read_layers
from transforms.coder.coded_text import CodedText
from transforms.coder.judge import HEADLINE, ROLES, Labels, NewsGate, Outputs, WordPiece
from transforms.coder.lexicon import TriggerRow
from transforms.coder.pair_odds import Judge, PairWeights
from transforms.coder.read_layers import find_triggers
from transforms.records import Document

NO_PAIRS = PairWeights(np.zeros(1), np.zeros(1), np.zeros(1), np.zeros(1), np.zeros(1), 0.0)


def list_sentences(coded: CodedText) -> list[str]:
    return [one.text for one in coded.sentences]


def tell_headline(coded: CodedText) -> str:
    return coded.headline.text if coded.headline else ""


# the headline


def test_the_headline_stands_before_the_text_and_apart() -> None:
    coded = read("Gunmen shot a guard. They fled.", "Guard  shot\nin Homs. Police search")
    assert tell_headline(coded) == "Guard shot in Homs. Police search"  # all of it, however many sentences
    assert list_sentences(coded) == ["Gunmen shot a guard.", "They fled."]
    assert coded.text == "Guard shot in Homs. Police search\n\nGunmen shot a guard. They fled."
    assert coded.text[coded.offset :] == coded.prepared.text


@pytest.mark.parametrize(
    "text", ["Guard shot in Homs\n\nGunmen shot a guard.", "  Guard shot\n in Homs\n\nGunmen shot a guard."]
)
def test_a_headline_that_the_text_repeats_counts_once(text: str) -> None:
    coded = read(text, "Guard shot in Homs")
    assert coded.headline is None and coded.offset == 0
    assert coded.text.count("Guard") == 1
    assert list_sentences(coded)[-1] == "Gunmen shot a guard."


def test_a_headline_that_only_begins_alike_is_kept() -> None:
    assert tell_headline(read("Guard shot in Hama. They fled.", "Guard shot in Homs")) == "Guard shot in Homs"
    assert tell_headline(read("Bombings rose in May.", "Bomb")) == "Bomb"


@pytest.mark.parametrize("title", ["", "   ", "\n"])
def test_without_a_title_there_is_no_headline(title: str) -> None:
    coded = read("Gunmen shot a guard.", title)
    assert coded.headline is None and coded.text == "Gunmen shot a guard."


# the dateline


@pytest.mark.parametrize(
    "opening",
    ["HOMS, Syria (AP) - ", "HOMS, 4 Mar 2026 (AP) -- ", "HOMS: ", "World news\n\nHOMS, Syria (AP) - "],
)
def test_the_dateline_is_cut_from_the_first_sentence(opening: str) -> None:
    coded = read(f"{opening}Gunmen shot a guard. They fled.", "A headline")
    assert list_sentences(coded)[-2:] == ["Gunmen shot a guard.", "They fled."]
    start, end = coded.dateline
    assert coded.text[start:end].startswith("HOMS") and coded.text[end:].startswith("Gunmen")
    assert tell_headline(coded) == "A headline"


def test_without_a_dateline_nothing_is_cut() -> None:
    coded = read("Gunmen in Homs - some masked - shot a guard.", "A headline")
    assert list_sentences(coded) == ["Gunmen in Homs - some masked - shot a guard."]
    assert coded.dateline == (coded.offset, coded.offset)


def test_the_date_of_the_dateline_dates_nothing_but_the_text() -> None:
    coded = read("HOMS, 4 Feb 2009 (AP) -- Gunmen shot a guard on Tuesday.", published=None)
    assert coded.published == date(2009, 2, 4)
    assert [one.span.start for one in coded.dates] == ["2009-02-03"]
    assert read("Gunmen shot a guard on Tuesday.", published=None).published is None
    known = read("HOMS, 4 Feb 2009 (AP) -- Gunmen shot a guard on Tuesday.")
    assert known.published == date(2026, 3, 5)


# days


def test_days_of_headline_and_text_stand_where_their_words_do() -> None:
    coded = read("Gunmen shot a guard on Tuesday. The next day they fled.", "Shots on Monday")
    told = [(coded.text[one.start : one.end], one.span.start) for one in coded.dates]
    assert told == [("Monday", "2026-03-02"), ("Tuesday", "2026-03-03"), ("The next day", "2026-03-04")]


def test_without_a_day_of_publication_only_full_dates_are_read() -> None:
    coded = read("It was on Monday, or on 3 May 2014.", published=None)
    assert [one.span.start for one in coded.dates] == ["2014-05-03"]


# places


def list_toponyms(coded: CodedText) -> list[tuple[str, bool]]:
    """Each place name and whether it stands in the headline."""
    return [(coded.text[one.start : one.end], one.start < coded.offset) for one in coded.toponyms]


def test_a_name_of_the_text_is_a_place_in_the_headline_too() -> None:
    coded = read("Gunmen shot a guard in Homs, Syria.", "Guard Shot In Homs, Then Homs Mourns")
    assert list_toponyms(coded) == [("Homs", True), ("Homs", True), ("Homs", False), ("Syria", False)]
    assert [one.place.name for one in coded.toponyms] == ["Homs", "Homs", "Homs", "Syria"]
    assert [coded.prepared.text[one.start : one.end] for one in coded.found] == ["Homs", "Syria"]


def test_a_preposition_in_the_headline_is_a_cue() -> None:
    coded = read("Gunmen shot a guard in Homs, Syria.", "Homs guard shot in Homs")
    assert [one.cue for one in coded.toponyms][:2] == [False, True]


def test_a_name_is_no_part_of_a_longer_word_of_the_headline() -> None:
    coded = read("Gunmen left Saraqib for Homs in Syria.", "Homsian guard shot")
    assert list_toponyms(coded) == [("Saraqib", False), ("Homs", False), ("Syria", False)]


def test_the_headlines_own_places_count_unless_every_word_has_a_capital() -> None:
    text = "Gunmen shot a guard."
    assert list_toponyms(read(text, "Five people are killed in Ankara, Turkey")) == [
        ("Ankara", True),
        ("Turkey", True),
    ]
    assert list_toponyms(read(text, "Five People Killed In Ankara, Turkey")) == []


def test_the_datelines_town_in_the_headline_is_where_it_was() -> None:
    coded = read("HOMS, Syria (AP) - Gunmen shot a guard in Homs.", "Guard shot in Homs")
    assert [one.dateline for one in coded.toponyms if one.place.name == "Homs"] == [False, True, False]


def test_the_datelines_name_in_the_headline_is_no_dateline() -> None:
    coded = read("HOMS, Syria (AP) - Gunmen shot a guard.", "guard shot in HOMS")
    assert [one.dateline for one in coded.toponyms if one.place.name == "Homs"] == [False, True]


def test_the_longest_name_of_the_headline_counts() -> None:
    coded = read("Gunmen left Homs for New Homs in Syria.", "Guard shot in New Homs")
    assert list_toponyms(coded)[:2] == [("New Homs", True), ("Homs", False)]


# casualties


def test_casualties_of_headline_and_text_stand_where_their_words_do() -> None:
    coded = read("A bomb killed 12 people. Nine were hurt.", "Bomb kills 12")
    told = [(coded.text[one.count.start : one.count.end], one.kind) for one in coded.casualties]
    assert told == [("12", "killed"), ("12 people", "killed"), ("Nine", "injured")]


# limits


def test_what_is_longer_than_the_limits_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_layers, "MOST_SENTENCES", 2)
    coded = read("One came. Two came. Three came.", "Many came")
    assert list_sentences(coded) == ["One came.", "Two came."]
    assert coded.text[coded.end :] == "Three came."
    assert read("One came. Two came.").end == len("One came. Two came.")
    monkeypatch.setattr(read_layers, "MOST_CHARACTERS", 12)
    assert read("One came. Two came. Three came.").text == "One came. Tw"


def test_a_sentence_without_an_end_has_no_days_and_no_casualties(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_layers, "MOST_SENTENCE_CHARACTERS", 40)
    coded = read("A bomb killed 12 people in the long street on Monday. Two were killed on Tuesday.")
    assert [one.span.start for one in coded.dates] == ["2026-03-03"]
    assert [one.count.bound for one in coded.casualties] == [(2, 2)]


# triggers


class ZapEncoder:
    """Takes every word for a piece, and none for a trigger but `bang`."""

    version = "test"
    labels = Labels(("ASSAULT", "AID"), (-1.0,) * len(ROLES), ())

    def __init__(self) -> None:
        self.bangs: set[int] = set()

    def cut(self, text: str) -> list[tuple[int, int, int]]:
        found, at = [], 0
        for word in text.split():
            at = text.index(word, at)
            found.append((1000 + (word == "bang"), at, at + len(word)))
            at += len(word)
        return found

    def read(self, windows: Sequence[Sequence[WordPiece]]) -> list[Outputs]:
        return [self._read(np.array([piece.number == 1001 for piece in window])) for window in windows]

    def _read(self, bang: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Outputs:
        size = len(bang)
        types = np.where(np.stack([bang, np.zeros(size)], axis=1), 3.0, -9.0)
        roles = np.zeros((size, len(ROLES), 1))
        return Outputs(types, np.zeros((size, 0)), np.eye(5)[[0] * size], np.zeros(size), types, roles, roles)


def list_triggers(text: str, title: str, *rows: TriggerRow) -> list[tuple[int, str, str]]:
    coded = read(text, title, words=with_triggers(*rows))
    coded = find_triggers(coded, Judge(ZapEncoder(), NewsGate(np.zeros(2), 9.0), NO_PAIRS))
    return [
        (one.sentence, coded.find_sentence(one.sentence).text[one.start : one.end], one.event_type)
        for one in coded.triggers
    ]


def test_triggers_are_the_judges_and_those_of_the_users_rows() -> None:
    text, title = "A bang was heard . Jets zapped it", "One bang"
    assert list_triggers(text, title) == [(HEADLINE, "bang", "ASSAULT"), (0, "bang", "ASSAULT")]
    zap, silence = (
        TriggerRow("zap", "verb", "AID", "", "", ()),
        TriggerRow("bang", "noun", "NONE", "", "", ()),
    )
    assert list_triggers(text, title, zap)[-1] == (1, "zapped", "AID")
    assert list_triggers(text, title, silence) == []


# any text at all

LINES = st.lists(
    st.sampled_from(
        [
            "HOMS, Syria (AP) - ", "Gunmen shot five people in Homs on Monday. ", "Homs", "\n\n", "\n", " ", "[Text] ",
            "Turkey’s ", "a\u00adb ", "12 000 ", "“Stop!” he said. ", "By Ann Lind ", "U.S. ", "-- ", "3 May 2014 ",
        ]
    ),
    max_size=10,
).map("".join)  # fmt: skip


@given(st.one_of(LINES, st.text(max_size=120)), st.one_of(LINES, st.text(max_size=40)))
def test_all_layers_lie_inside_the_text_and_in_its_order(text: str, title: str) -> None:
    coded = read(text, title)
    assert coded.text[coded.offset :] == coded.prepared.text
    assert (coded.headline is None) == (coded.offset == 0)
    sentences = [*([coded.headline] if coded.headline else []), *coded.sentences]
    for one in sentences:
        assert coded.text[one.start : one.end] == one.text
    for one, other in pairwise(sentences):
        assert one.end <= other.start
    assert all(one.start >= coded.offset for one in coded.sentences)
    start, end = coded.dateline
    assert coded.offset <= start <= end <= len(coded.text)
    assert coded.end == len(coded.text)
    for day in coded.dates:
        assert any(one.start <= day.start < day.end <= one.end for one in sentences)
    for toponym in coded.toponyms:
        assert coded.text[toponym.start : toponym.end] == toponym.text
    assert [one.start for one in coded.toponyms] == sorted(one.start for one in coded.toponyms)
    for found in coded.found:
        assert coded.prepared.text[found.start : found.end] == found.text
    for harm in coded.casualties:
        for begin, stop in harm.list_spans():
            assert any(one.start <= begin < stop <= one.end for one in sentences)


def test_a_day_of_publication_is_that_of_the_outlets_clock() -> None:
    late = datetime(2026, 3, 5, 23, 30, tzinfo=UTC)
    document = Document("t", "It was today.", "", late)
    days = [
        read_layers.prepare(replace(document, published_utc_offset_s=offset), lexicon()).published
        for offset in (None, 0, 3600)
    ]
    assert days[1:] == [date(2026, 3, 5), date(2026, 3, 6)]
