"""What is taken back did not happen, and what is not taken back did."""

from dataclasses import replace

import pytest

from tests.hand_made import make_trigger, read
from transforms.coder.retractions import find_retractions


def read_realis(text: str, word: str) -> str:
    """Whether the event of a word happened."""
    coded = read(text)
    coded = replace(coded, triggers=(make_trigger(coded, word, "ASSAULT"),))
    [found] = find_retractions(coded).triggers
    return found.realis


@pytest.mark.parametrize(
    "text",
    [
        "The mayor dismissed as false reports that raiders had shot nine herders.",
        "The army denied claims that its planes shelled and shot villagers.",
        "The ministry rejected claims that guards had shot a cook.",
        "There is no truth in reports that rebels shot a pilot.",
        "An earlier version of this article said that guards had shot two men.",
        "A report that soldiers shot four boys was wrong.",
        "The man who said that robbers shot his brother had made up the story.",
        "A post shows rebels who shot a pilot. That is false, the airline said.",
        "Claim: Gunmen shot ten pilgrims. Verdict: False.",
        "The story that guards shot a cook was entirely fabricated.",
    ],
)
def test_what_is_taken_back_is_negated(text: str) -> None:
    assert read_realis(text, "shot") == "negated"


@pytest.mark.parametrize(
    "text",
    [
        "Gunmen shot nine herders in Tarn on Monday.",
        "Gunmen shot the minister, who had dismissed claims of fraud.",
        "Police shot two men. The mayor said that it was a tragedy.",
        "Soldiers shot four boys. The report was published on Monday.",
        "Raiders shot a guard; rumours spread through the town.",
        "Rebels shot a pilot. The airline said that it would stop its flights.",
        "Police shot two men. This is wrong, the mayor said.",
        "The mayor said that the way in which police shot the man was wrong.",
        "Marches were staged after police shot a student.",
        "Gunmen shot a priest, and vigils were staged in every town.",
        "The minister rejected claims of fraud after rebels shot a pilot.",
        "To debunk such rumours, the guard who shot the boy was shown on film.",
        "A lawsuit over the man whom guards shot, claiming that it was a crime, is a hoax.",
    ],
)
def test_what_is_not_taken_back_stays(text: str) -> None:
    assert read_realis(text, "shot") == "actual"
