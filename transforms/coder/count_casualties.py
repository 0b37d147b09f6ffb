"""How many were killed and hurt: numbers bound to the nearest word of death or injury."""

from dataclasses import dataclass
from typing import Literal

from transforms.coder.find_events import Hit
from transforms.coder.lexicon import Lexicon
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.quantities import (
    ATTACKERS,
    HURT_WORDS,
    KILL_WORDS,
    Bound,
    Quantity,
    find_quantities,
    parse_number,
)
from transforms.coder.word_classes import BE_FORMS, Tag
from transforms.word_lists import word_set


@dataclass(frozen=True, slots=True)
class Toll:
    """Counts of one sentence. None: the text does not say. The attackers' own deaths are kept apart."""

    killed: Bound = (None, None)
    injured: Bound = (None, None)
    attackers_killed: Bound = (None, None)
    any_killed: bool = False  # someone was killed, counted or not
    any_injured: bool = False


_DEATH_NOUNS = word_set("deaths death fatalities lives toll dead casualties")


_TRANSITIVE = word_set(
    "killed kill kills killing slaughtered massacred murdered murdering assassinated executed beheaded "
    "lynched wounded wound wounding injured injure injures injuring hurt hurting maimed"
)


@dataclass(frozen=True, slots=True)
class Casualty:
    """A word of death or injury at word `at`, and the numbers that it speaks of."""

    at: int
    kind: Literal["killed", "injured"]
    quantities: tuple[Quantity, ...]


def find_casualties(parsed: ParsedSentence, hits: list[Hit], lexicon: Lexicon) -> list[Casualty]:
    """The words of death and injury in a sentence; each number is bound to one of them."""
    words = [word.lower for word in parsed.words]
    if not any(
        word in KILL_WORDS or word in HURT_WORDS or word in _DEATH_NOUNS or word == "shot" for word in words
    ):
        return []
    quantities = find_quantities(parsed, lexicon)
    taken: list[Quantity] = []
    found = []
    for at, word in enumerate(words):
        kind = _kind_of_cue(words, at, word, hits)
        if not kind:
            continue
        if _is_negated(words, at):
            if _says_nobody(words, at):
                found.append(Casualty(at, kind, (Quantity(at, at + 1, (0, 0), "people", counted=True),)))
            continue
        bound = [q for q in _bound_to(parsed, words, at, quantities, lexicon) if q not in taken]
        taken += bound
        found.append(Casualty(at, kind, tuple(bound)))
    return found


def sum_casualties(parsed: ParsedSentence, casualties: list[Casualty]) -> Toll:
    """The toll of those casualties of a sentence that belong to one event."""
    killed = [q for c in casualties if c.kind == "killed" for q in c.quantities]
    injured = [q for c in casualties if c.kind == "injured" for q in c.quantities]
    attackers = [q for q in killed if q.counts == "attackers"]
    victims = [q for q in killed if q.counts != "attackers"]
    words = [word.lower for word in parsed.words]
    return Toll(
        _take_away(words, _sum(victims)),
        _sum(injured),
        _sum(attackers),
        any(c.kind == "killed" for c in casualties),
        any(c.kind == "injured" for c in casualties),
    )


def _kind_of_cue(
    words: list[str], at: int, word: str, hits: list[Hit]
) -> Literal["killed", "injured"] | None:
    if word in HURT_WORDS or (word == "injury" and words[at + 1 : at + 2] == ["of"]):
        return "injured"
    if word in KILL_WORDS:
        return "killed"
    following = words[at + 1 : at + 2]
    if word == "death" and words[at - 1] == "to":
        return "killed"
    if word == "shot" and (following == ["dead"] or any(hit.start == at for hit in hits)):
        return "killed" if following == ["dead"] else None
    if word in ("deaths", "fatalities"):
        return "killed"
    if word == "death" and following and following[0] in ("of", "toll"):
        return "killed"
    if word == "lives" and any(
        w in ("claimed", "lost", "claiming", "cost", "took") for w in words[max(0, at - 4) : at]
    ):
        return "killed"
    return None


def _is_negated(words: list[str], at: int) -> bool:
    return any(
        word in ("not", "no", "nobody", "without", "never", "n't") for word in words[max(0, at - 3) : at]
    )


def _says_nobody(words: list[str], at: int) -> bool:
    """`nobody was hurt`, `no one was killed`, `causing no injuries`: a count of nought."""
    before = words[max(0, at - 4) : at]
    return (
        bool({"nobody", "none", "no-one"} & set(before))
        or "no one" in " ".join(before)
        or before[-1:] == ["no"]
    )


def _bound_to(
    parsed: ParsedSentence, words: list[str], at: int, quantities: list[Quantity], lexicon: Lexicon
) -> list[Quantity]:
    """The quantities that the cue at word `at` speaks of: its object, else what stands before it."""
    word = words[at]
    everyone = [q for q in quantities if q.counts != "other"]
    people = [q for q in everyone if not _is_part(words, q)]
    if word == "death" and words[at - 1] == "to":
        before = [q for q in people if q.end < at]
        return _joined_left(words, before) if before and not _crosses_left(words, before[-1].end, at) else []
    if "number" in words[max(0, at - 5) : at]:
        # "the number of people killed in the strike has risen to 19"
        behind = [
            q for q in people if q.start > at and words[q.start - 1] in ("to", "at", "is", "was", "reached")
        ]
        return behind[:1]
    if word in ("death", "deaths", "lives", "injury", "toll", "fatalities"):
        behind = [q for q in people if at < q.start <= at + 8]
        if "toll" in words[at : at + 2]:
            behind = [q for q in people if q.start > at and words[q.start - 1] in _TOLL_LINKS]
        before = [q for q in people if q.end <= at and at - q.end <= 1]
        return (before or _joined(words, people, behind[:1]))[:3]
    passive = _is_passive_cue(words, at)
    if word in _TRANSITIVE and not passive:
        direct = [q for q in everyone if at < q.start <= at + 3 and not _crosses(words, at, q.start)]
        if direct:
            return _joined(words, people, direct[:1])
        single = _single_person(parsed, at + 1, lexicon)
        if single:
            return [single]
    before = [q for q in people if q.end <= at]
    if before and not _crosses_left(words, before[-1].end, at):
        return _joined_left(words, before)
    if passive or word not in _TRANSITIVE:
        subject = _single_before(parsed, words, at, lexicon)
        if subject:
            return [subject]
    if word in ("dead", "wounded", "injured", "killed"):
        behind = [q for q in people if at < q.start <= at + 2]
        return behind[:1]
    return []


_TOLL_LINKS = frozenset({"to", "at", "is", "was", "reached", "of", "stands", "exceeded"})


def _is_part(words: list[str], quantity: Quantity) -> bool:
    """`nine people, seven of them soldiers`: the seven are among the nine."""
    return words[quantity.start + 1 : quantity.start + 3] in (["of", "them"], ["of", "whom"])


def _is_passive_cue(words: list[str], at: int) -> bool:
    if any(word in BE_FORMS for word in words[max(0, at - 4) : at]):
        return words[at] not in ("killing", "wounding", "injuring")
    return False


def _crosses(words: list[str], start: int, end: int) -> bool:
    return any(word in _PARTS for word in words[start + 1 : end])


_PARTS = word_set(', ; " “ ” ( ) in when after with by on at for from of to and or as while during near')


def _crosses_left(words: list[str], start: int, end: int) -> bool:
    """Whether another cue, a new clause or too many words lie between a number and its cue."""
    between = words[start:end]
    if between[:1] == [","] and between.count(",") > 1:  # "twelve people, among them a child, were hurt"
        between = between[len(between) - between[::-1].index(",") :]
    if len(between) > 14:
        return True
    if any(
        word in KILL_WORDS or word in HURT_WORDS or word in (";", "when", "after", "that", "said", "before")
        for word in between
    ):
        return True
    return (
        "," in between and "including" not in between and between.count(",") % 2 == 1 and "who" not in between
    )


def _joined(words: list[str], quantities: list[Quantity], first: list[Quantity]) -> list[Quantity]:
    """`three soldiers and two civilians`, `three soldiers, a judge and two civilians`."""
    found = list(first)
    for quantity in quantities:
        if found and quantity.start > found[-1].start:
            link = words[found[-1].end : quantity.start]
            if link not in (["and"], [","], [",", "and"]):
                break
            after = words[quantity.end : quantity.end + 3]
            if after and (
                after[0] in KILL_WORDS
                or after[0] in HURT_WORDS
                or after[0] in ("were", "was", "others", "have", "had")
            ):
                break
            if any(word in HURT_WORDS for word in words[quantity.start : quantity.end + 1]):
                break
            found.append(quantity)
    if len(found) > 1 and "and" not in words[found[-2].end : found[-1].start]:
        return found[:1]  # no list: "wounding 30 others, two medics said"
    return found


def _joined_left(words: list[str], quantities: list[Quantity]) -> list[Quantity]:
    found = [quantities[-1]]
    for quantity in reversed(quantities[:-1]):
        link = words[quantity.end : found[0].start]
        if link == ["and"] or link == [","]:
            found.insert(0, quantity)
        elif len(link) <= 5 and ("including" in link or "among" in link or "of" in link):
            found = [quantity]  # "25 people, including 3 children, were killed": the 25 are the toll
        else:
            break
    return found


def _single_person(parsed: ParsedSentence, at: int, lexicon: Lexicon) -> Quantity | None:
    """`killed a soldier`, `killing his wife`: one person without a number."""
    if at >= len(parsed.words) or parsed.phrase_at[at] < 0:
        return None
    phrase = parsed.phrases[parsed.phrase_at[at]]
    if phrase.start < at:
        return None  # the verb is part of a name: "Kill Bill"
    return _one(parsed, phrase.start, phrase.head, phrase.end, lexicon)


def _single_before(parsed: ParsedSentence, words: list[str], at: int, lexicon: Lexicon) -> Quantity | None:
    i = at - 1
    while i >= 0 and (
        parsed.tags[i] in (Tag.AUXILIARY, Tag.ADVERB) or words[i] in ("shot", "stabbed", "and")
    ):
        i -= 1
    if i >= 0 and words[i] in ("he", "she"):
        return Quantity(i, i + 1, (1, 1), "people", counted=True)
    if i < 0 or parsed.phrase_at[i] < 0:
        return None
    phrase = parsed.phrases[parsed.phrase_at[i]]
    return _one(parsed, phrase.start, phrase.head, phrase.end, lexicon)


def _one(parsed: ParsedSentence, start: int, head: int, end: int, lexicon: Lexicon) -> Quantity | None:
    agent = lexicon.agents.get(parsed.words[head].lower)
    counts: Literal["people", "attackers"] = (
        "attackers" if parsed.words[head].lower in ATTACKERS else "people"
    )
    if agent and agent.row.kind == "person" and not agent.plural:
        return Quantity(start, end, (1, 1), counts, counted=True)
    names = [i for i in range(start, end) if parsed.tags[i] == Tag.NAME]
    known = any(
        parsed.words[i].text in lexicon.demonyms or parsed.words[i].text in lexicon.countries for i in names
    )
    if len(names) >= 2 and names[-1] == head and not known and head + 1 == end and not agent:
        return Quantity(start, end, (1, 1), counts, counted=True)
    return None


def _sum(quantities: list[Quantity]) -> Bound:
    counted = [q for q in quantities if q.counted]
    if not counted:
        return (None, None)
    lows = [q.bound[0] for q in counted]
    highs = [q.bound[1] for q in counted]
    low = (
        sum(value for value in lows if value is not None)
        if any(value is not None for value in lows)
        else None
    )
    vague = len(counted) < len(quantities)
    high = None if vague or None in highs else sum(value for value in highs if value is not None)
    return (low, high)


def _take_away(words: list[str], killed: Bound) -> Bound:
    """`killed 12 people including the bomber`: the attacker is none of the victims."""
    for at, word in enumerate(words):
        if word == "including" and any(w in ATTACKERS for w in words[at + 1 : at + 4]):
            number = parse_number(words, at + 1)[0] or 1
            return (
                killed[0] - number if killed[0] is not None and killed[0] >= number else killed[0],
                killed[1] - number if killed[1] is not None and killed[1] >= number else killed[1],
            )
    return killed
