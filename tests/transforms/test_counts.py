"""Numbers of people on their own: what words of a number come to, with the bounds around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hand_made import lexicon
from transforms.coder.counts import UNKNOWN, Bound, find_quantities, read_bound, read_count, read_open_bound
from transforms.coder.sentences import split_words
from transforms.word_lists import list_words


def split(text: str) -> list[str]:
    return [word.lower for word in split_words(text)]


def read(text: str, counted: str = "") -> tuple[Bound, int | None]:
    """What some words of a text count; without them the whole text."""
    words, own = split(text), split(counted or text)
    first = next(at for at in range(len(words)) if words[at : at + len(own)] == own)
    return read_count(words, first, first + len(own), lexicon())


@pytest.mark.parametrize(
    ("text", "counted", "bound"),
    [
        ("12 people", "", (12, 12)),
        ("two dozen men", "", (24, 24)),
        ("at least 15 people", "15", (15, None)),
        ("at least 15 people", "", (15, None)),
        ("more than a dozen men", "a dozen men", (12, None)),
        ("an additional 5 people", "5 people", (5, 5)),
        ("no fewer than six farmers", "", (6, None)),
        ("no less than six farmers", "six", (6, None)),
        ("no more than six farmers", "", (None, 6)),
        ("up to 60 rebels", "60 rebels", (None, 60)),
        ("as many as 60 rebels", "60", (None, 60)),
        ("nearly 60 rebels", "", (None, 60)),
        ("ten or more guards", "", (10, None)),
        ("40+ guards", "", (40, None)),
        ("10-15 guards", "", (10, 15)),
        ("10 to 15 guards", "", (10, 15)),
        ("30 or 40 guards", "", (30, 40)),
        ("between 10 and 15 guards", "", (10, 15)),
        ("10 and 15 guards", "10", (10, 10)),
        ("at least 20, and perhaps as many as 25, guards", "", (20, 25)),
        ("at least 20, and perhaps as many as 15, guards", "", (20, None)),
        ("the toll rose from 12 to 17", "12", (12, 12)),
        ("no one", "", (0, 0)),
        ("nobody", "", (0, 0)),
        ("no casualties", "", (0, 0)),
        ("zero", "", (0, 0)),
        ("a soldier", "", (1, 1)),
        ("his wife", "", (1, 1)),
        ("a soldier and a guard", "", UNKNOWN),
        ("soldiers", "", UNKNOWN),
        ("people", "", UNKNOWN),
    ],
)
def test_what_words_count(text: str, counted: str, bound: Bound) -> None:
    assert read(text, counted) == (bound, None)


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("dozens of villagers", 12),
        ("tens of thousands", 10_000),
        ("several hundred men", 200),
        ("several men", None),
    ],
)
def test_what_is_not_counted_is_unknown_with_a_least(text: str, least: int | None) -> None:
    assert read(text) == (UNKNOWN, least)


@pytest.mark.parametrize(
    ("text", "bound", "end"),
    [
        ("15-10 men", (15, 15), 1),
        ("12 men", (12, 12), 1),
        ("12 to 8 men", (12, 12), 1),
        ("5 to 500 men", (5, 5), 1),  # too far apart: of something else
        ("ten to twenty men", (10, 20), 3),
        ("men", None, 0),
    ],
)
def test_a_range_rises_and_stays_near(text: str, bound: tuple[int, int] | None, end: int) -> None:
    assert read_bound(split(text), 0) == (bound, end)


@given(st.integers(1, 5000), st.integers(1, 9), st.sampled_from(["to", "-", "or"]))
def test_any_range_is_read_back(low: int, times: int, link: str) -> None:
    words = [str(low), link, str(low * times + 1)]
    high = low * times + 1
    assert read_bound([*words, "men"], 0) == ((low, high), 3)
    assert read_open_bound([*words, "men"], 0, 3, (low, high)) == ((low, high), 3)
    assert read_open_bound(["over", *words, "men"], 1, 4, (low, high))[0] == (low, None)
    assert read_open_bound(["up", "to", *words, "men"], 2, 5, (low, high))[0] == (None, high)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12 people and a soldier", [("12 people", (12, 12)), ("a soldier", (1, 1))]),
        ("both pilots", [("both pilots", (2, 2))]),
        ("nine soldiers and as many guards", [("nine soldiers", (9, 9)), ("as many", (9, 9))]),
        (
            "nine soldiers and at least twice as many",
            [("nine soldiers", (9, 9)), ("at least twice as many", (18, None))],
        ),
        ("no one but two guards", [("no one", (0, 0)), ("two guards", (2, 2))]),
        ("seven of the 20 passengers", [("seven of the 20 passengers", (7, 7))]),
        ("in 2011 on 4 May", []),
        ("aged 4 , 7 and 12", []),
        ("200 cattle , 3 km , 40 per cent , $ 50", []),
        ("12 bridges", []),
        ("flight 93 and route 66", []),
        ("a bridge and the houses", []),
        ("another was", [("another", (1, 1))]),
    ],
)
def test_which_numbers_count_people(text: str, found: list[tuple[str, Bound]]) -> None:
    words = split(text)
    told = [(" ".join(words[one.start : one.end]), one.bound) for one in find_quantities(words, lexicon())]
    assert told == found


PIECES = list_words(
    "12 10-15 20 three dozen dozens a the at least up to more than no fewer one nobody between and or people "
    "soldiers soldier of as many twice , . + 2016 May aged $ rose from toll perhaps even both pilots another was "
    "several hundred over nearly - cattle he 1,200 1.5 million"
)


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=18))
def test_bounds_are_ordered_and_quantities_stand_in_a_row(words: list[str]) -> None:
    found = list(find_quantities([word.lower() for word in words], lexicon()))
    at = 0
    for one in found:
        assert at <= one.start < one.end <= len(words)
        at = one.end
    bounds = [(one.bound, one.least) for one in found]
    bounds += [read_count(words, first, len(words), lexicon()) for first in range(len(words))]
    for (low, high), least in bounds:
        assert low is None or low >= 0
        assert low is None or high is None or low <= high
        assert least is None or (low, high) == UNKNOWN
