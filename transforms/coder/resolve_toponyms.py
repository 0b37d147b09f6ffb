"""Where, second step: which of the places of a name is meant. All names of a text decide together.

Each name begins with its likeliest place: of many people, in a country that the text speaks of, inside the
region that follows it ("Paris, Texas"). Then, a few times over, every name votes for the country, division
and neighbourhood of its place, and every name is resolved again with the others' votes. A name has one sense
in a text.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from transforms.coder.find_toponyms import ToponymCandidate
from transforms.coder.gazetteer import GazetteerPlace
from transforms.records import NO_HOME, OutletHome
from transforms.word_lists import word_set

_ROUNDS = 3
_MOST_PLACES = 40  # of one name, the likeliest
_MOST_MENTIONS = 20  # of one name that are looked at for what stands beside them
_CONTAINERS = frozenset({"country", "admin1", "admin2", "region"})
_INTO = re.compile(r",? \(?|, in |,? and |, ")
ADMIN_WORDS = word_set(
    "province provinces governorate state states region county counties oblast department division "
    "prefecture district"
)
SURE_CUES = word_set("in near outside inside at around across throughout")
CUES = SURE_CUES | word_set(
    "from to into over reach toward towards through via between reached leaving entering visited visit left "
    "off northern southern eastern western central north south east west downtown nearby"
)

_PRIOR = {"country": 9.0, "region": 6.0, "admin2": 4.5}
_OFFICIAL = 0.7
_CAPITAL = 1.0
_DIVISION = -1.0  # a city and the division around it share a name: the city is meant
_DIVISION_NAMED = 4.0  # unless "province" follows
_CONTAINED = 6.0
_CONTAINED_ELSEWHERE = 4.0  # the text says so of another mention of the name
_COUNTRY, _COUNTRY_SHARE = 1.5, 3.0
_ADMIN1, _ADMIN1_SHARE = 1.0, 1.0
_NEAR = 1.0
_NEAR_OUTLET = 1.5
_ABROAD = 3.0  # "he left Germany for Berlin", in a paper that is at home near another Berlin
_MANY_PEOPLE = 100_000
_HOME = 4.0  # a country that the dateline's town lies in: `TBILISI (Agency) -` and Georgia


def list_squares(place: GazetteerPlace) -> list[tuple[int, int]]:
    """The square of a degree that a place lies in and the eight around it, by their south and west edges."""
    row, column = math.floor(place.lat), math.floor(place.lon)
    return [(row + north, column + east) for north in (-1, 0, 1) for east in (-1, 0, 1)]


@dataclass(frozen=True, slots=True)
class OutletHint:
    """Where a text's outlet is at home, areas with their share of what it writes."""

    countries: frozenset[str] = frozenset()
    divisions: Mapping[tuple[str, str], float] = field(default_factory=dict)
    squares: Mapping[tuple[int, int], float] = field(default_factory=dict)
    abroad: frozenset[str] = frozenset()  # other countries, which the text names

    def near(self, place: GazetteerPlace) -> float:
        """How much of what the outlet writes is about the square of a place and those around it, 1 at most."""
        return self.squares.get((math.floor(place.lat), math.floor(place.lon)), 0.0)

    def weigh(self, place: GazetteerPlace, is_capital: bool) -> float:
        """Points of a town near the home, on either side of a border, and of what is known from farther away."""
        if place.country in self.abroad and place.population > _MANY_PEOPLE:
            return _ABROAD
        if is_capital and place.country in self.countries:
            return _NEAR_OUTLET
        return _NEAR_OUTLET * self.near(place) if place.official else 0.0


@dataclass(slots=True)
class Votes:
    """How often a text speaks of each country, division and square of a degree with those around it."""

    countries: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    divisions: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    squares: dict[tuple[int, int], float] = field(default_factory=lambda: defaultdict(float))
    outlet: OutletHint = field(default_factory=OutletHint)

    def add(self, place: GazetteerPlace, weight: float) -> None:
        """Count a place; a negative weight takes it back."""
        if place.country:
            self.countries[place.country] += weight
        if place.admin1:
            self.divisions[place.country, place.admin1] += weight
        if place.kind in ("city", "admin2"):
            for square in list_squares(place):
                self.squares[square] += weight

    def near(self, place: GazetteerPlace) -> float:
        """The votes for the square of a place and the eight around it, some 150 km each way."""
        return self.squares.get((math.floor(place.lat), math.floor(place.lon)), 0.0)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What became of one candidate: its place, and whether a container is written beside it."""

    candidate: ToponymCandidate
    place: GazetteerPlace
    contained: bool  # "*Paris*, Texas"
    contains: bool  # "Paris, *Texas*"
    vote: float  # what its name gave for the surroundings of its place


def resolve_candidates(
    candidates: Sequence[ToponymCandidate],
    text: str,
    hints: Mapping[str, float],
    capitals: frozenset[tuple[str, str]],
    outlet: OutletHome = NO_HOME,
) -> tuple[list[Resolved], Votes]:
    """The likeliest place of each candidate, in their order, and the votes of all in the end.

    `hints` are countries (ISO 3166-1 alpha-3) that speak for themselves, with weights: the outlet's, those of
    actors. `capitals` are pairs of country and name; `outlet` is where the outlet is at home.
    """
    pairs = _find_pairs(candidates, text)
    inside: dict[int, list[int]] = defaultdict(list)
    for inner, outer in pairs.items():
        inside[outer].append(inner)
    groups: dict[str, list[int]] = defaultdict(list)
    for number, candidate in enumerate(candidates):
        groups[candidate.key].append(number)
    votes = _begin_votes(hints, outlet, candidates)
    trust = {key: _trust([candidates[n] for n in numbers], numbers, pairs) for key, numbers in groups.items()}
    chosen: dict[str, GazetteerPlace] = {}
    for turn in range(_ROUNDS + 1):
        before = dict(chosen)
        home = _find_home(candidates, chosen)
        for key, numbers in groups.items():
            if turn:
                votes.add(chosen[key], -trust[key] * _weigh_vote(chosen[key], len(numbers)))
            best = _choose(
                candidates[numbers[0]],
                candidates,
                numbers[:_MOST_MENTIONS],
                pairs,
                inside,
                votes,
                capitals,
                home,
            )
            chosen[key] = best
            votes.add(best, trust[key] * _weigh_vote(best, len(numbers)))
        if chosen == before:
            break
    resolved = []
    for number, candidate in enumerate(candidates):
        place = chosen[candidate.key]
        if number in pairs:  # what is written beside it counts more than what the text says elsewhere
            home = _find_home(candidates, chosen)
            place = _choose(candidate, candidates, [number], pairs, inside, votes, capitals, home)
        contained = number in pairs and _holds_any(candidates[pairs[number]].places, place)
        vote = trust[candidate.key] * _weigh_vote(chosen[candidate.key], len(groups[candidate.key]))
        resolved.append(Resolved(candidate, place, contained, number in inside, vote))
    return resolved, votes


def _begin_votes(
    hints: Mapping[str, float], outlet: OutletHome, candidates: Sequence[ToponymCandidate]
) -> Votes:
    """What stands before any name is read. A hint that says what the outlet's home says counts once."""
    votes = Votes()
    for country, weight in hints.items():
        votes.countries[country] += weight
    for country, share in outlet.countries:
        votes.countries[country] = max(votes.countries[country], share)
    divisions = {(country, admin1): share for country, admin1, share in outlet.divisions}
    votes.divisions.update(divisions)
    named = {one.places[0].country for one in candidates if one.places[0].kind == "country"}
    countries = frozenset(country for country, _ in outlet.countries)
    squares = {(row, column): share for row, column, share in outlet.squares}
    votes.outlet = OutletHint(
        countries, divisions, squares, frozenset(named - countries if countries else ())
    )
    return votes


def _find_home(candidates: Sequence[ToponymCandidate], chosen: Mapping[str, GazetteerPlace]) -> str:
    """The country of the dateline's town, as it is read so far; "" without one."""
    towns = (chosen[one.key] for one in candidates[:_MOST_IN_DATELINE] if one.dateline and one.key in chosen)
    return next((place.country for place in towns if place.kind != "country"), "")


_MOST_IN_DATELINE = 8


def _trust(mentions: Sequence[ToponymCandidate], numbers: Sequence[int], pairs: Mapping[int, int]) -> float:
    """How far a name may speak for others before it is judged itself: one that may be no place hardly."""
    first = mentions[0].places[0]
    if first.kind != "city" or any(is_cue(mention) or mention.dateline for mention in mentions):
        return 1.0
    if any(number in pairs for number in numbers):
        return 1.0
    return 0.6 if first.official and first.population > _MANY_PEOPLE else 0.15


def is_cue(candidate: ToponymCandidate) -> bool:
    """Whether a word of place stands before the name: "in Aleppo", "northern Aleppo", "of Aleppo"."""
    return candidate.before.lower() in CUES | {"of"} or candidate.left.lower() in CUES


def _weigh_vote(place: GazetteerPlace, mentions: int) -> float:
    """How loudly a name votes for the surroundings of its place."""
    weight = 1.0 + math.log2(mentions)
    if place.kind == "country":
        return 1.5 * weight
    if place.kind == "city" and not place.official:
        return 0.3 * weight
    return weight if place.kind != "city" or place.population > _MANY_PEOPLE else 0.6 * weight


def _find_pairs(candidates: Sequence[ToponymCandidate], text: str) -> dict[int, int]:
    """Candidates that a wider one follows ("Paris, Texas", "Nashville and Cordova, Tennessee"), by number."""
    pairs: dict[int, int] = {}
    for number in range(len(candidates) - 2, -1, -1):
        one, other = candidates[number], candidates[number + 1]
        gap = text[one.end : other.start]
        if one.demonym or other.demonym or not _INTO.fullmatch(gap):
            continue
        outer = [place for place in other.places[:8] if place.kind in _CONTAINERS]
        if "and" not in gap and any(_holds_any(outer, inner) for inner in one.places):
            pairs[number] = number + 1
            continue
        if number + 1 in pairs and gap in (" and ", ", ", ", and "):
            pairs[number] = pairs[number + 1]
    return pairs


def _holds_any(outer: Iterable[GazetteerPlace], inner: GazetteerPlace) -> bool:
    return any(_holds(place, inner) for place in outer)


def _holds(outer: GazetteerPlace, inner: GazetteerPlace) -> bool:
    if outer.kind not in ("country", "admin1", "admin2") or outer.country != inner.country:
        return False
    if outer.kind == "country":
        return inner.kind != "country"
    if outer.kind == "admin1":
        return inner.admin1 == outer.admin1 and inner.kind in ("city", "admin2")
    return inner.kind == "city" and abs(inner.lat - outer.lat) < 1 and abs(inner.lon - outer.lon) < 1.3


def _choose(
    candidate: ToponymCandidate,
    candidates: Sequence[ToponymCandidate],
    numbers: Sequence[int],
    pairs: Mapping[int, int],
    inside: Mapping[int, Sequence[int]],
    votes: Votes,
    capitals: frozenset[tuple[str, str]],
    home: str,
) -> GazetteerPlace:
    places = candidate.places[:_MOST_PLACES]
    if len(places) == 1:
        return places[0]
    holders = [candidates[pairs[number]].places[:8] for number in numbers if number in pairs]
    contents = [candidates[inner].places for number in numbers for inner in inside.get(number, ())]
    named = any(candidates[number].after.lower() in ADMIN_WORDS for number in numbers)
    total = sum(votes.countries.values()) + 1.0

    def score(place: GazetteerPlace) -> float:
        points = _weigh_alone(place, named)
        is_capital = (place.country, candidate.text) in capitals
        points += _CAPITAL if is_capital else 0.0
        points += _HOME if place.kind == "country" and place.country == home else 0.0
        if place.kind != "country":
            country = votes.countries.get(place.country, 0.0)
            points += _COUNTRY * min(1.0, 2 * country) + _COUNTRY_SHARE * country / total
        division = votes.divisions.get((place.country, place.admin1), 0.0) if place.admin1 else 0.0
        points += _ADMIN1 * min(1.0, division) + _ADMIN1_SHARE * division / total
        if place.kind in ("city", "admin2"):
            points += _NEAR * min(1.0, votes.near(place) / 2)
            points += votes.outlet.weigh(place, is_capital)
        if holders and any(_holds_any(outer, place) for outer in holders):
            points += _CONTAINED if len(numbers) == 1 else _CONTAINED_ELSEWHERE
        if contents and place.kind != "city":
            points += _CONTAINED * max(_weigh_inside(place, inner) for inner in contents)
        return points

    return max(places, key=score)


def _weigh_alone(place: GazetteerPlace, named: bool) -> float:
    """How likely a place is meant where nothing else is known."""
    if place.kind in _PRIOR:
        return _PRIOR[place.kind] + (_DIVISION_NAMED if named and place.kind != "country" else 0.0)
    points = math.log10(place.population + 30) + (_OFFICIAL if place.official else 0.0)
    if place.kind == "admin1":
        points += _DIVISION_NAMED if named else _DIVISION
    return points


def _weigh_inside(outer: GazetteerPlace, inner: Sequence[GazetteerPlace]) -> float:
    """How well a place fits as the container of a name: 1 for a name known for a place in it."""
    people = [place.population for place in inner if place.official and _holds(outer, place)]
    return min(1.0, 0.5 + math.log10(max(people) + 1) / 10) if people else 0.0
