"""Which mentions become one incident, by weights made by hand: words that are the same make one of two."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hand_made import ANKARA, HOMS, make_mention, read
from transforms.coder import merge_mentions as module
from transforms.coder.coded_text import CodedText, Incident, TriggerMention
from transforms.coder.conflicts import find_conflict
from transforms.coder.merge_mentions import merge_mentions, rate
from transforms.coder.pair_odds import CUES, PairWeights
from transforms.records import Actor

EMPTY = read("")


def make_weights(bias: float = -1.0, *, vectors: float = 0.0, **cues: float) -> PairWeights:
    """Weights by which a pair's logit is `bias`, what its cues give (`same_trigger=3`), and its product of vectors."""
    named = {name.replace("_", " "): value for name, value in cues.items()}
    assert named.keys() <= set(CUES)
    gains = np.array([vectors, 0.0, *(named.get(cue, 0.0) for cue in CUES)])
    return PairWeights(
        projection=np.eye(1),
        projection_bias=np.zeros(1),
        hidden=np.stack([gains, -gains], axis=1),  # what is below nothing needs a unit of its own
        hidden_bias=np.zeros(2),
        output=np.array([1.0, -1.0]),
        output_bias=bias,
    )


SAME_WORDS = make_weights(same_trigger=3.0)
VECTORS = make_weights(0.0, vectors=1.0)


def merge(mentions: list[TriggerMention], weights: PairWeights = SAME_WORDS) -> tuple[Incident, ...]:
    coded: CodedText = replace(EMPTY, mentions=tuple(mentions))
    return merge_mentions(coded, weights).incidents


def tell(mentions: list[TriggerMention], weights: PairWeights = SAME_WORDS) -> list[list[int]]:
    """The numbers of the mentions that make up each incident."""
    numbers = {id(one): at for at, one in enumerate(mentions)}
    return [[numbers[id(one)] for one in incident.mentions] for incident in merge(mentions, weights)]


def test_mentions_that_fit_are_one_incident_and_others_are_not() -> None:
    mentions = [
        make_mention(words=words, sentence=at) for at, words in enumerate(["raid", "fire", "raid", "fire"])
    ]
    assert tell(mentions) == [[0, 2], [1, 3]]


def test_the_logit_of_the_link_is_kept() -> None:
    mentions = [make_mention(words="raid", sentence=at) for at in range(3)]
    [incident] = merge(mentions)
    assert [link.logit for link in incident.links] == [2.0, 2.0]


def test_a_logit_of_nothing_is_enough() -> None:
    pair = [make_mention(words="raid"), make_mention(words="raid")]
    assert tell(pair, make_weights(-3.0, same_trigger=3.0)) == [[0, 1]]
    assert tell(pair, make_weights(-3.01, same_trigger=3.0)) == [[0], [1]]


def test_two_types_are_never_one() -> None:
    assert tell([make_mention("ASSAULT"), make_mention("PROTEST"), make_mention("ASSAULT")]) == [[0, 2], [1]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"where": HOMS}, {"where": ANKARA}),
        ({"when": "2026-03-01"}, {"when": "2026-03-05"}),
        ({"killed": 2}, {"killed": 50}),
        ({"realis": "planned"}, {"realis": "actual"}),
    ],
)
def test_what_contradicts_is_never_one_however_alike(one: dict[str, Any], other: dict[str, Any]) -> None:
    sure = make_weights(99.0)
    assert tell([make_mention(**one), make_mention(**other)], sure) == [[0], [1]]
    assert tell([make_mention(**one), make_mention(**one)], sure) == [[0, 1]]


def test_the_incident_that_fits_best_takes_the_mention() -> None:
    mentions = [make_mention(vector=[value], sentence=at) for at, value in enumerate([-1.0, 2.0, 3.0, -2.0])]
    assert tell(mentions, VECTORS) == [[0, 3], [1, 2]]


def test_of_incidents_that_fit_alike_the_first_takes_it() -> None:
    # the first two are apart by their tolls; the third says nothing of one
    mentions = [make_mention(killed=1), make_mention(killed=50), make_mention()]
    assert tell(mentions, make_weights(1.0)) == [[0, 2], [1]]


def test_a_group_is_rated_by_the_mean_of_its_pairs() -> None:
    group = Incident((make_mention(vector=[1.0]), make_mention(vector=[-3.0])))
    assert rate(group, make_mention(vector=[2.0]), VECTORS) == pytest.approx(-2.0)


def test_striking_back_is_another_incident() -> None:
    rebels, soldiers = Actor("rebels"), Actor("soldiers")
    first = make_mention(actors=[rebels], recipients=[soldiers])
    back = make_mention(actors=[soldiers], recipients=[rebels], sentence=1)
    assert tell([first, back, make_mention(actors=[rebels], sentence=2)], make_weights(9.0)) == [[0, 2], [1]]


def test_only_the_incidents_told_last_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_COMPARED", 2)
    mentions = [make_mention(words=words, sentence=at) for at, words in enumerate(["a", "b", "c", "c", "a"])]
    assert tell(mentions) == [[0], [1], [2, 3], [4]]


def test_nothing_gives_nothing() -> None:
    assert merge([]) == ()


MENTIONS = st.lists(
    st.builds(
        make_mention,
        st.sampled_from(["ASSAULT", "PROTEST"]),
        sentence=st.integers(-1, 4),
        words=st.sampled_from(["struck", "raid"]),
        realis=st.sampled_from(["actual", "planned"]),
        when=st.sampled_from(["", "2026-03-01", "2026-03-04"]),
        where=st.sampled_from([None, HOMS, ANKARA]),
        killed=st.sampled_from([None, 1, 50]),
        vector=st.floats(-3, 3).map(lambda value: [value]),
    ),
    max_size=12,
)


@given(MENTIONS, st.sampled_from([SAME_WORDS, VECTORS, make_weights(1.0), make_weights(-1.0)]))
def test_every_mention_is_kept_once_and_in_order(
    mentions: list[TriggerMention], weights: PairWeights
) -> None:
    groups = tell(mentions, weights)
    assert sorted(number for group in groups for number in group) == list(range(len(mentions)))
    assert all(group == sorted(group) for group in groups)
    assert [group[0] for group in groups] == sorted(group[0] for group in groups)
    for incident in merge(mentions, weights):
        first, *others = incident.mentions
        assert len(incident.links) == len(others)
        assert all(link.logit >= 0 for link in incident.links)
        assert {one.event_type for one in incident.mentions} == {first.event_type}
        for at, one in enumerate(others, 1):
            assert find_conflict(incident.mentions[:at], one) == ""
