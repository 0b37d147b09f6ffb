"""A model's answer: read when it is what was asked for, refused when it is not, checked against its figures."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.coders import bundled_tables
from transforms.chat.answer import BadAnswer, GivenToll, build_schema, read_answer
from transforms.chat.figures import check_toll
from transforms.chat.question import Questioner
from transforms.coder.counts import Bound
from transforms.records import Document


@pytest.mark.parametrize(
    "text",
    [
        '{"events": []}',
        '```json\n{"events": []}\n```',
        '<think>{"is it": this?}</think>{"events": []}',
        'Here you are: {"events": []} I hope that helps.',
    ],
)
def test_frames_are_passed_over(text: str) -> None:
    assert read_answer(text).events == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no JSON object"),
        ("There are no events.", "no JSON object"),
        ('{"events": [{"sentence": "cut', "no JSON"),
        ('{"results": []}', "no list `events`"),
        ('{"events": {}}', "no list `events`"),
        ("{" * 100_000, "no JSON"),
    ],
)
def test_what_is_no_answer_is_refused(text: str, problem: str) -> None:
    with pytest.raises(BadAnswer, match=problem):
        read_answer(text)


def test_fields_of_the_wrong_kind_are_empty() -> None:
    answer = read_answer(
        json.dumps(
            {
                "events": [
                    {
                        "sentence": 3,
                        "actors": "police",
                        "recipients": ["men", {"quote": None}],
                        "killed": "five",
                    },
                    {"injured": {"min": True, "max": 2.5, "quote": []}, "weapons": [1, "knife"]},
                    "an attack",
                ]
            }
        )
    )
    first, second = answer.events
    assert answer.broken == 1
    assert first.sentence == ""
    assert first.actors == ()
    assert [actor.quote for actor in first.recipients] == ["men", ""]
    assert first.killed == second.injured == GivenToll(None, None, "")
    assert second.weapons == ("", "knife")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["sentence", "actors", "killed", "quote", "min", "date"]), inner
            )
        ),
    )
)
def test_no_answer_breaks_the_reader(value: object) -> None:
    read_answer(json.dumps({"events": [value]}))


@pytest.mark.parametrize(
    ("least", "most", "quote", "bound"),
    [
        (5, 5, "five people", (5, 5)),
        (16, None, "at least 16", (16, None)),
        (None, 20, "up to 20 soldiers", (None, 20)),
        (5, 6, "five or six", (5, 6)),
        (24, 24, "two dozen people", (24, 24)),
        (3, 3, "two men and a woman", (3, 3)),
        (1, 1, "a soldier", (1, 1)),
        (1, 1, "Omar Haddad", (1, 1)),
        (0, 0, "no one", (0, 0)),
        (1200, 1200, "1,200 people", (1200, 1200)),
        (6, 6, "five people", None),
        (50, None, "dozens", None),
        (0, 0, "five people", None),
        (6, 5, "five or six", None),
        (2, 2, "", None),
        (-1, -1, "one", None),
    ],
)
def test_figures_must_be_in_their_quotation(
    least: int | None, most: int | None, quote: str, bound: Bound | None
) -> None:
    assert check_toll(GivenToll(least, most, quote)) == bound


def test_the_schema_knows_the_tables_in_force() -> None:
    schema = json.loads(build_schema(bundled_tables()))
    event = schema["properties"]["events"]["items"]
    assert set(event["required"]) == set(event["properties"])
    assert "drone" in event["properties"]["mode"]["enum"]
    assert "REB" in event["properties"]["actors"]["items"]["properties"]["sector"]["enum"]


def test_a_long_text_is_cut_at_a_sentence_and_that_is_said() -> None:
    questioner = Questioner("Read. $types", bundled_tables(), 60)
    text = "Rebels shelled the town on Monday. Nobody was hurt. The army struck back on Tuesday."
    assert questioner.cut(text) == "Rebels shelled the town on Monday. Nobody was hurt."
    question = questioner.ask(Document("d", text))
    assert "struck back" not in question.messages[1].content
    assert question.messages[1].content.endswith("(The article goes on; the rest is not given.)")
    assert "ASSAULT: " in question.messages[0].content
    assert questioner.cut("x" * 100) == "x" * 60


def test_the_version_and_the_key_change_with_what_is_asked() -> None:
    tables = bundled_tables()
    one, two, three = (
        Questioner(t, tables, n) for t, n in (("A $types", 90), ("B $types", 90), ("A $types", 80))
    )
    assert len({one.version, two.version, three.version}) == 3
    document, other = Document("d", "Rebels fled."), Document("e", "Rebels fled.")
    assert one.ask(document).make_key("m") == one.ask(other).make_key("m")
    assert one.ask(document).make_key("m") != one.ask(document).make_key("n")
    assert one.ask(document).make_key("m") != one.ask(Document("d", "Rebels fled.", title="War")).make_key(
        "m"
    )
