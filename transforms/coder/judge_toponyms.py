"""Where, third step: whether a name means a place at all, by marks that speak for and against it.

People, companies and newspapers are called like places; so each mark (a preposition before the name, another
capitalised word beside it, a title, a surname of the text, ...) has a weight, and the sum decides.
"""

import math
from collections.abc import Iterator, Sequence

from transforms.coder.find_toponyms import NO_NAMES, Found, ToponymCandidate
from transforms.coder.resolve_toponyms import ADMIN_WORDS, CUES, SURE_CUES, Resolved, Votes, is_cue
from transforms.word_lists import word_set

TITLES = word_set(
    "mr mrs ms dr president minister general gen col colonel captain sir lady lord professor prof judge "
    "senator sen king queen prince princess pope st saint chancellor secretary mayor coach inspector gov "
    "governor sergeant lieutenant chief spokesman spokeswoman rep const constable sheriff deputy officer premier"
)
SPEECH = word_set("said says told added who was is has had believes thinks wrote")
_SETTLEMENTS = ADMIN_WORDS | word_set(
    "city town village airbase airport base camp neighbourhood neighborhood suburb border area river valley "
    "coast bay island islands port peninsula mountains hills"
)
PLACE_WORDS = _SETTLEMENTS | word_set("market university college hospital school street park station")
_WIDER = word_set(
    "upper lower greater downtown north south east west central northern southern eastern western"
)
_BODIES = word_set(
    "police government department council court legislature senate house parliament fire sheriff ministry "
    "office officials authorities attorney mayor premier gov governor senator sen health public high supreme "
    "international embassy chamber board association"
)
_MEDIA = word_set(
    "times post herald journal tribune star sun gazette news daily telegraph mail observer chronicle "
    "guardian magazine globe press dispatch inquirer examiner mirror express"
)
_MANY_VOTES = 8.0

WEIGHTS = {
    "bias": -2.7,
    "country": 4.7,
    "region": 3.7,
    "admin1": 3.1,
    "admin2": 1.9,
    "people": 1.2,
    "small": 0.2,
    "official": 0.2,
    "capital": 1.0,
    "country named": 1.5,
    "country share": 0.4,
    "division votes": 1.9,
    "near votes": 0.2,
    "contained": 1.7,
    "contains": 0.3,
    "sure cue": 1.2,
    "cue": 0.5,
    "of": 0.7,
    "the": 0.2,
    ",": -0.4,
    "initial": -0.7,
    "title": -1.4,
    "speech": -0.7,
    "surname": -1.8,
    "left body": -0.4,
    "left other": -1.4,
    "right place": 0.8,
    "right building": -2.0,
    "right body": 0.6,
    "right media": -1.6,
    "right other": -1.7,
    "possessive": -0.5,
    "compound": 1.6,
    "dateline": 1.0,
    "capitals": 1.6,
}
"""What the marks weigh, in log odds, and the `bias` of all.

Source: logistic regression by `training/place_weights.py` on 118 news articles of TR-News.
"""


def judge(
    resolved: Sequence[Resolved], votes: Votes, found: Found, capitals: frozenset[tuple[str, str]]
) -> list[float]:
    """The log odds that each name means a place: above 0 it rather does."""
    return [
        sum(WEIGHTS[mark] * value for mark, value in marks)
        for marks in list_marks(resolved, votes, found, capitals)
    ]


def list_marks(
    resolved: Sequence[Resolved], votes: Votes, found: Found, capitals: frozenset[tuple[str, str]]
) -> Iterator[list[tuple[str, float]]]:
    """The marks of each name with their values; those of value 0 are left out."""
    for one in resolved:
        marks = [("bias", 1.0), *_mark_place(one, capitals), *_mark_votes(one, votes)]
        marks += _mark_words(one.candidate)
        marks += [("contained", 1.0)] if one.contained else []
        marks += [("contains", 1.0)] if one.contains else []
        if one.place.kind == "city" and one.candidate.key.rsplit(" ", 1)[-1] in found.surnames:
            marks.append(("surname", 1.0))
        yield marks


_KNOWN_BY_ITS_NAME = 10_000  # people
_KNOWN_BY_ANOTHER = 100_000  # people of a place that has the name only beside its own
_AT_HOME = 0.5  # of a division that only the outlet's home speaks for: people there are called like its towns
_ELSEWHERE = 1.0  # votes: the text, its outlet or its address say where it is about


def find_strangers(resolved: Sequence[Resolved], votes: Votes) -> set[str]:
    """The keys of names whose place nothing supports: small, in a country that the text does not speak of.

    "Kech district" of a text on Pakistan is no Ketsch in Germany: the gazetteer lacks the place that is meant.
    """
    # "Russian jets" do not say where
    adjectives = {one.candidate.key: one.vote for one in resolved if one.candidate.demonym}
    total = sum(votes.countries.values()) - sum(adjectives.values())
    supported: set[str] = set()
    strangers: set[str] = set()
    for one in resolved:
        place, key = one.place, one.candidate.key
        own = votes.countries.get(place.country, 0.0) - one.vote
        known = place.population >= (_KNOWN_BY_ITS_NAME if place.official else _KNOWN_BY_ANOTHER)
        near = votes.near(place) - one.vote + votes.outlet.near(place) > 0.3  # on the other side of a border
        alone = place.kind in ("city", "admin2") and own < 0.1 and total - one.vote >= _ELSEWHERE
        if one.contained or one.contains or known or near or not alone:
            supported.add(key)
        else:
            strangers.add(key)
    return strangers - supported


def is_site(candidate: ToponymCandidate) -> bool:
    """Whether the name says where something stands: "Tabqa airbase", "Lahore market"."""
    return candidate.after in PLACE_WORDS


def is_part(candidate: ToponymCandidate) -> bool:
    """Whether the name is part of a longer one, of a body or a paper: "*Boston* Globe"."""
    left, right = _bare(candidate.left), _bare(candidate.right)
    if left and left not in NO_NAMES and left not in _WIDER and left not in CUES:
        return True
    return right in _MEDIA or (bool(right) and right not in PLACE_WORDS and right not in NO_NAMES)


def is_person(candidate: ToponymCandidate) -> bool:
    """Whether the words around the name are those around a person's: "Mr London", "London said"."""
    if _bare(candidate.before) in TITLES or _bare(candidate.left) in TITLES:
        return True
    return candidate.after.lower() in SPEECH and not is_cue(candidate)


def _mark_place(one: Resolved, capitals: frozenset[tuple[str, str]]) -> Iterator[tuple[str, float]]:
    place = one.place
    if place.kind != "city":
        yield place.kind, 1.0
        return
    yield "people", math.log10(place.population + 1) - 4
    if place.population < 5000:
        yield "small", 1.0
    if place.official:
        yield "official", 1.0
    if (place.country, one.candidate.text) in capitals:
        yield "capital", 1.0


def _mark_votes(one: Resolved, votes: Votes) -> Iterator[tuple[str, float]]:
    """The votes of other names for the place's country, division and neighbourhood, without its own."""
    place, own = one.place, one.vote
    country, total = votes.countries.get(place.country, 0.0) - own, sum(votes.countries.values()) - own
    unknown = max(0.0, 1 - total / _MANY_VOTES)  # a text that names little has not left the country out
    named = max(unknown, 1.0 if country > 0.1 else 0.0)
    if named:
        yield "country named", named
        yield "country share", max(unknown, country / total if total > 0.1 else 0.0)
    division = (place.country, place.admin1)
    at_home = votes.outlet.divisions.get(division, 0.0)
    if place.admin1 and votes.divisions.get(division, 0.0) - own - at_home > 0.3:
        yield "division votes", 1.0
    elif at_home:
        yield "division votes", _AT_HOME
    if place.kind in ("city", "admin2") and votes.near(place) - own > 0.3:
        yield "near votes", 1.0


def _mark_words(candidate: ToponymCandidate) -> Iterator[tuple[str, float]]:
    before, left, right = candidate.before.lower(), _bare(candidate.left), _bare(candidate.right)
    if before in SURE_CUES or left in SURE_CUES:
        yield "sure cue", 1.0
    elif before in CUES or left in CUES:
        yield "cue", 1.0
    if before in ("of", "the", ","):
        yield before, 1.0
    if not before:
        yield "initial", 1.0
    if _bare(before) in TITLES or left in TITLES:
        yield "title", 1.0
    if candidate.after.lower() in SPEECH:
        yield "speech", 1.0
    if left in _BODIES or left in PLACE_WORDS:
        yield "left body", 1.0
    elif left and left not in NO_NAMES and left not in _WIDER:
        yield "left other", 1.0
    following = right or candidate.after.lower()
    if following in _SETTLEMENTS:
        yield "right place", 1.0
    elif following in PLACE_WORDS:
        yield "right building", 1.0
    elif right in _BODIES:
        yield "right body", 1.0
    elif right:
        yield "right media" if right in _MEDIA else "right other", 1.0
    for name, holds in (
        ("possessive", candidate.possessive),
        ("compound", candidate.compound),
        ("dateline", candidate.dateline),
        ("capitals", candidate.text.isupper()),
    ):
        if holds:
            yield name, 1.0


def _bare(word: str) -> str:
    return word.lower().rstrip(".")
