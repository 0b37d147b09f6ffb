"""Where: place names of a text, resolved with the gazetteer, and the place of an event."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from transforms.coder.gazetteer import Gazetteer, GazetteerPlace
from transforms.coder.lexicon import Lexicon
from transforms.coder.sentences import find_dateline_end
from transforms.records import Place, Toponym
from transforms.word_lists import word_set

_RUN = re.compile(
    r"(?:\b(?:al|el|as|ar|ad|an|at|ash|az|ez)-)?[^\W\d_a-zß-öø-ÿ](?:[^\W\d_]|['’.\-](?=[^\W_]))*\.?"
    r"(?:[ -](?:(?:al|el|as|ar|de|da|do|dos|del|la|las|los|le|les|of|the|and|du|di|e|sur|am|an|upon|y|i)"
    r"[ -])?"
    r"(?:(?:al|el|as|ar|ad|an|at|ash|az|ez)-)?[^\W\d_a-zß-öø-ÿ](?:[^\W\d_]|['’.\-](?=[^\W_]))*)*"
)
_BEFORE = re.compile(r"([A-Za-z,]+)\W*$")
_AFTER = re.compile(r"\W*([A-Za-z]+)")
_CUES = word_set(
    "in at near from to outside around into across of towards toward through via between inside over reach "
    "reached leaving entering visited visit left off northern southern eastern western central north south "
    "east west downtown nearby"
)
_GENERIC = word_set(
    "province city district state governorate county region airport university street town village river "
    "north south east west northern southern eastern western central hospital prison square station port "
    "capital the stadium peninsula valley mayor police prosecutor court international airbase refugee camp "
    "island islands bay department of and province's oblast"
)
_ADMIN_WORDS = word_set(
    "province governorate state region county oblast department division prefecture district"
)
_PLACE_WORDS = word_set(
    "city town village airbase airport province district governorate state region neighbourhood "
    "neighborhood suburb county border market"
)
_TITLES = word_set(
    "mr mrs ms dr president minister general gen col colonel captain sir lady lord professor prof judge "
    "senator sen king queen prince princess pope st saint chancellor secretary mayor coach inspector "
    "sergeant lieutenant chief spokesman spokeswoman and by with"
)
_SPEECH = word_set("said says told added who was is has had believes thinks wrote")
_NEVER = word_set(
    "of police monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december god allah islam muslim christian army government "
    "president minister union party the a an he she it they we i but and in on at for from to by with as "
    "if when while most many some all more this that these those his her their its our my your there here "
    "what who how why where which after before since until during under over between no not yes so such "
    "other another one two three four five six seven eight nine ten much few first last new old north "
    "south east west central western eastern northern southern english best mobile reading bath nice even "
    "both each every any only then now today tomorrow yesterday also still just never ever again once "
    "earlier later meanwhile however although though because among against without within along across "
    "around behind despite near police times post news world home house street church school university "
    "hospital college court force forces general major mr mrs ms dr"
)
ACCEPT = 3.0
_NAMES = re.compile(r"[A-Z][\w'-]*(?: [A-Z][\w'-]*)*")
_SURE_CUES = frozenset({"in", "near", "outside"})


@dataclass(frozen=True, slots=True)
class Located:
    """A place name of the text, resolved; offsets into the text."""

    text: str
    start: int
    end: int
    place: GazetteerPlace
    cue: bool  # a preposition of place stands before it
    admin: bool  # "Aleppo province": the division, not the city
    dateline: bool = False  # where the reporter sits


def find_toponyms(
    text: str, gazetteer: Gazetteer, lexicon: Lexicon, outlet_country: str = ""
) -> list[Located]:
    """Every place name of a text that can be resolved with some confidence, in the order of the text.

    Peoples (`Russian`) are no places, but they, the actors and the countries named weigh in when a name has
    several places.
    """
    dateline = find_dateline_end(text)
    candidates = list(_find_candidates(text, gazetteer, lexicon))
    weights = _weigh_countries(text, candidates, lexicon, outlet_country)
    capitals = {(row.iso3, row.capital) for row in lexicon.tables.countries}
    best: dict[str, float] = {}
    resolved: list[tuple[_Candidate, GazetteerPlace, float]] = []
    for number, candidate in enumerate(candidates):
        following = candidates[number + 1] if number + 1 < len(candidates) else None
        place = _resolve(candidate, following, text, weights, capitals)
        evidence = _weigh_evidence(candidate, place, weights, capitals)
        resolved.append((candidate, place, evidence))
        best[candidate.text] = max(best.get(candidate.text, 0.0), evidence)
    return [
        Located(c.text, c.start, c.end, place, c.cue, c.admin, c.end <= dateline)
        for c, place, evidence in resolved
        if not c.barred and max(evidence, best[c.text] - 1) >= ACCEPT
    ]


@dataclass(frozen=True, slots=True)
class _Candidate:
    text: str
    start: int
    end: int
    places: tuple[GazetteerPlace, ...]
    cue: bool
    sure: bool
    comma: bool
    initial: bool
    whole: bool
    barred: bool
    admin: bool
    named: bool  # "Tabqa airbase", "Aleppo city": a word for a place follows


def _find_candidates(text: str, gazetteer: Gazetteer, lexicon: Lexicon) -> Iterable[_Candidate]:
    for run in _RUN.finditer(text):
        words = [
            (m.group(), run.start() + m.start(), run.start() + m.end())
            for m in re.finditer(r"[^ ]+", run.group())
        ]
        i = 0
        while i < len(words):
            size, places = _longest(words, i, text, gazetteer, lexicon)
            if places:
                yield _describe(text, words, i, size, places, lexicon)
            i += max(size, 1)


def _longest(
    words: list[tuple[str, int, int]], i: int, text: str, gazetteer: Gazetteer, lexicon: Lexicon
) -> tuple[int, tuple[GazetteerPlace, ...]]:
    for size in range(min(4, len(words) - i), 0, -1):
        name = text[words[i][1] : words[i + size - 1][2]]
        if name not in lexicon.countries:
            name = name.rstrip(".")
        if (
            size == 1
            and (name.lower() in _NEVER or name in lexicon.demonyms or len(name) < 3)
            and name not in lexicon.countries
        ):
            continue
        actor = lexicon.actors.get(name)
        if actor and actor.kind != "country":
            return size, ()
        if (
            name.isupper()
            and len(name) <= 5
            and name not in lexicon.countries
            and size == 1
            and not _is_dateline(text, words[i])
        ):
            continue
        places = gazetteer.find(name)
        if places:
            return size, places
    return 1, ()


def _is_dateline(text: str, word: tuple[str, int, int]) -> bool:
    return word[1] == 0 or text[word[1] - 1] == "\n"


def _describe(
    text: str,
    words: list[tuple[str, int, int]],
    i: int,
    size: int,
    places: tuple[GazetteerPlace, ...],
    lexicon: Lexicon,
) -> _Candidate:
    start, end = words[i][1], words[i + size - 1][2]
    if text[end - 1] == "." and text[start:end] not in lexicon.countries:
        end -= 1
    before = _BEFORE.search(text, max(0, start - 24), start)
    word_before = before.group(1).lower() if before else ""
    gap = text[max(0, start - 3) : start]
    initial = start == 0 or gap.rstrip(" \"“'‘")[-1:] in (".", "!", "?", "\n", "") or "\n" in gap
    after = _AFTER.match(text, end, end + 24)
    word_after = after.group(1).lower() if after else ""
    rest = [word for word, _, _ in (*words[max(0, i - 3) : i], *words[i + size : i + size + 3])]
    whole = all(
        word.lower().rstrip(".") in _GENERIC
        or word in lexicon.demonyms
        or word in lexicon.countries
        or word.lower() in _NEVER
        for word in rest
    )
    title = word_before in _TITLES and i == 0 and word_before not in ("and", "by", "with")
    country = places[0].kind == "country"
    return _Candidate(
        text=text[start:end],
        start=start,
        end=end,
        places=places,
        cue=not initial and (word_before in _CUES or (i > 0 and words[i - 1][0].lower() in _CUES)),
        sure=not initial and word_before in _SURE_CUES,
        comma=gap.endswith(", "),
        initial=initial,
        whole=whole,
        barred=title
        or (not whole and not country)
        or (word_after in _SPEECH and not country and word_before not in _CUES),
        admin=word_after in _ADMIN_WORDS,
        named=word_after in _PLACE_WORDS,
    )


def _weigh_countries(
    text: str, candidates: list[_Candidate], lexicon: Lexicon, outlet_country: str
) -> dict[str, float]:
    counts: Counter[str] = Counter()
    for match in re.finditer(r"[A-Z][a-z]+(?: [A-Z][a-z]+)?", text):
        country = lexicon.demonyms.get(match.group()) or lexicon.demonyms.get(match.group().split(" ")[0])
        if country:
            counts[country] += 1
    for candidate in candidates:
        first = candidate.places[0]
        if candidate.barred:
            continue
        others = max((p.population for p in candidate.places[1:] if p.country != first.country), default=0)
        if first.kind == "country":
            counts[first.country] += 2
        elif first.official and first.population > 200_000 and others * 10 < first.population:
            counts[first.country] += 1
    for match in _NAMES.finditer(text):
        actor = lexicon.actors.get(match.group())
        if actor and actor.country and actor.kind != "country":
            counts[actor.country] += 1
    if outlet_country:
        counts[outlet_country] += 1
    total = sum(counts.values()) or 1
    return {country: count / total for country, count in counts.items()}


def _resolve(
    candidate: _Candidate,
    following: _Candidate | None,
    text: str,
    weights: dict[str, float],
    capitals: set[tuple[str, str]],
) -> GazetteerPlace:
    """The likeliest place of a name: people, the countries that the text speaks of, and `City, Country`."""
    container: tuple[GazetteerPlace, ...] = ()
    if (
        following
        and following.start - candidate.end <= 3
        and text[candidate.end : following.start].strip() == ","
    ):
        container = tuple(place for place in following.places[:4] if place.kind in ("country", "admin1"))

    def score(place: GazetteerPlace) -> float:
        if place.kind == "country":
            return 12.0
        points = math.log10(place.population + 30) + (0.7 if place.official else 0.0)
        if place.population == 0 and place.kind in ("admin1", "region"):
            points = 6.0
        weight = weights.get(place.country, 0.0)
        points += (1.5 + 2 * weight) if weight else 0.0
        points += 1.0 if (place.country, candidate.text) in capitals else 0.0
        points -= 1.5 if place.kind == "admin1" and not candidate.admin and place.population else 0.0
        if any(
            place.country == c.country and (c.kind == "country" or c.admin1 == place.admin1)
            for c in container
        ):
            points += 6.0
        return points

    return max(candidate.places, key=score)


def _weigh_evidence(
    candidate: _Candidate, place: GazetteerPlace, weights: dict[str, float], capitals: set[tuple[str, str]]
) -> float:
    """How sure it is that the name means a place at all; `ACCEPT` is enough."""
    if place.kind == "country":
        return 10.0
    if place.kind == "region" or (place.kind == "admin1" and (place.official or candidate.admin)):
        return 4.0
    sure = candidate.sure and (place.official or place.population > 5000)
    points = (
        1.5 * candidate.named
        + (3.0 if sure else 2.0 * candidate.cue)
        + 1.0 * candidate.comma
        + 1.0 * candidate.admin
    )
    points += 0.5 if place.official else 0.0
    points += 1.5 if weights.get(place.country) else 0.0
    points += 1.0 if (place.country, candidate.text) in capitals else 0.0
    points += min(2.0, max(0.0, math.log10(place.population + 1) - 4.0))
    points += 0.7 if " " in candidate.text or "-" in candidate.text else 0.0
    return points - (0.5 if candidate.initial else 0.0)


def to_place(located: Located) -> Place:
    """The record of an event's place."""
    place = located.place
    if place.kind == "unknown":
        return Place(text=located.text, country=place.country)
    precision = {"city": "city", "admin1": "admin1", "region": "admin1", "country": "country"}[place.kind]
    return Place(
        text=located.text,
        name=place.name,
        country=place.country,
        admin1=place.admin1,
        lat=place.lat,
        lon=place.lon,
        geonameid=place.geonameid,
        precision="admin1" if located.admin and place.kind == "city" else precision,
    )


def to_toponym(located: Located) -> Toponym:
    """The record of a place name of the text."""
    place = located.place
    return Toponym(
        text=located.text,
        start=located.start,
        end=located.end,
        name=place.name,
        country=place.country,
        lat=place.lat,
        lon=place.lon,
        geonameid=place.geonameid,
    )


def pick_place(toponyms: list[Located], start: int, end: int, trigger: int) -> Located | None:
    """The place of an event told in the sentence from `start` to `end` by a trigger at offset `trigger`."""
    inside = [t for t in toponyms if start <= t.start < end and not t.dateline]
    if not inside:
        return None

    def rank(located: Located) -> tuple[bool, bool, float]:
        distance = located.start - trigger
        return (
            located.cue or located.admin,
            located.place.kind != "country",
            -(distance if distance >= 0 else 1.3 * -distance),
        )

    chosen = max(inside, key=rank)
    if chosen.place.kind == "country" and not chosen.cue:
        return None
    # "Tabqa, an area west of Raqqa", "Ludwigshafen, in Rhineland-Palatinate": the finer of two neighbours
    return chosen
