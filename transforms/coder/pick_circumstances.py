"""Where and when: of the places and days that a sentence names, those that the tree ties to the event."""

from collections.abc import Iterable, Sequence

from transforms.coder.clauses import find_case, find_subjects
from transforms.coder.geolocate import Located
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.resolve_dates import DateSpan
from transforms.coder.tree_paths import find_path, find_word, measure_path
from transforms.word_lists import word_set

_SITE_CASES = word_set("in at near outside inside on around across throughout within along off")
_ORIGIN_CASES = word_set("from of with by to for against between")
_MOST_COST = 12.0


def pick_date(
    parsed: ParsedSentence, anchors: Sequence[int], others: Iterable[int], dates: list[DateSpan]
) -> DateSpan | None:
    """The date expression nearest to one of the `anchors` in the tree; a way through `others` is long."""
    others = tuple(others)
    best: tuple[float, DateSpan] | None = None
    for span in dates:
        at = climb_out(parsed, find_word(parsed, parsed.sentence.start + span.at))
        cost = min(measure_path(parsed, at, anchor, others) for anchor in anchors)
        since = (
            find_case(parsed, at) == "since" and parsed.head(at) not in anchors
        )  # "whom they had held since May"
        if since or _is_anothers(parsed, at, cost, anchors, others):
            continue
        cost += 0.01 * abs(at - anchors[0]) + (0.0 if at > anchors[0] else 0.1)
        if best is None or cost < best[0]:
            best = (cost, span)
    return best[1] if best and best[0] <= _MOST_COST else None


def begins_another(parsed: ParsedSentence, span: DateSpan, anchors: Sequence[int]) -> bool:
    """`freed soldiers whom they had held since May`: the day on which something else began."""
    at = climb_out(parsed, find_word(parsed, parsed.sentence.start + span.at))
    return find_case(parsed, at) == "since" and parsed.head(at) not in anchors


def dates_count(parsed: ParsedSentence, span: DateSpan) -> bool:
    """`the death toll rose to 12 on Friday`: the day of the count, not of what it counts."""
    at = climb_out(parsed, find_word(parsed, parsed.sentence.start + span.at))
    verb = parsed.head(at)
    if parsed.lemma(verb) not in _RISING:
        return False
    words = {
        parsed.words[i].lower
        for child in find_subjects(parsed, verb)
        for i in (child, *parsed.children[child])
    }
    return not _COUNTS.isdisjoint(words)


_RISING = word_set("rise climb increase grow jump reach stand mount pass go surge soar")
_COUNTS = word_set("toll number count tally death deaths casualties")


def pick_place(
    parsed: ParsedSentence, anchors: Sequence[int], others: Iterable[int], toponyms: list[Located]
) -> Located | None:
    """The place nearest to one of the `anchors` in the tree: finer ones and those after `in` or `at` first."""
    others = tuple(others)
    rated: list[tuple[float, int, Located]] = []
    for number, located in enumerate(toponyms):
        if located.dateline or (located.place.kind == "country" and not located.cue):
            continue
        at = _find_toponym(parsed, located)
        cost = min(measure_path(parsed, at, anchor, others) for anchor in anchors)
        if _is_anothers(parsed, at, cost, anchors, others):
            continue
        cost += min(_judge_way(parsed, at, anchor) for anchor in anchors) + _judge_place(located)
        cost += 0.01 * abs(at - anchors[0]) + (0.0 if at > anchors[0] else 0.1)
        rated.append((cost, number, located))
    if not rated or min(rated)[0] > _MOST_COST:
        return None
    least, _, best = min(rated)
    finer = [
        located for cost, _, located in rated
        if cost <= least + _FINER_COST and located.cue and _lies_in(located, best)
    ]  # fmt: skip
    return finer[0] if finer else best


_FINER_COST = 2.5


def _lies_in(inner: Located, outer: Located) -> bool:
    """`in Raqqa in Tabqa city`: a smaller place of the same division."""
    p, q = inner.place, outer.place
    if p.kind == "unknown":
        return q.kind in ("country", "admin1", "region") and p.country == q.country
    return (
        bool(p.admin1) and (p.country, p.admin1) == (q.country, q.admin1) and 0 < p.population < q.population
    )


def climb_out(parsed: ParsedSentence, at: int) -> int:
    """From a word inside a date expression to the one that hangs on the clause: `the 5th of May`."""
    while parsed.label(at) in ("nummod", "det", "amod", "compound", "flat", "case", "punct", "advmod"):
        if parsed.head(at) == at or parsed.is_verb(parsed.head(at)):
            break
        at = parsed.head(at)
    return at


def _find_toponym(parsed: ParsedSentence, located: Located) -> int:
    """The word of a place name that the rest of the sentence hangs on."""
    inside = [i for i, word in enumerate(parsed.words) if located.start <= word.start < located.end]
    outer = [i for i in inside if parsed.head(i) not in inside or parsed.head(i) == i]
    return outer[-1] if outer else find_word(parsed, located.start)


def _judge_place(located: Located) -> float:
    return (0.0 if located.cue or located.admin else 2.0) + (2.5 if located.place.kind == "country" else 0.0)


def _is_anothers(
    parsed: ParsedSentence, at: int, cost: float, anchors: Sequence[int], others: Sequence[int]
) -> bool:
    """Whether the word is nearer to another event of the sentence, or stands right behind it."""
    if any(0 < at - anchor <= _BESIDE for anchor in anchors):
        return False
    if any(0 < at - other <= _BESIDE for other in others):
        return True
    return any(measure_path(parsed, at, other) + _SLACK <= cost for other in others if other not in anchors)


_SLACK = 1.0
_BESIDE = 3  # words: "air strikes last week", whatever the tree says


def _judge_way(parsed: ParsedSentence, at: int, anchor: int) -> float:
    """`a woman from Canada`, `a minister in Berlin said`: where people are from is not where it happened."""
    ups, downs = find_path(parsed, at, anchor)
    cost = 0.0
    for step in ups:
        label, case = parsed.label(step), find_case(parsed, step)
        if label.startswith("obl") and case in _SITE_CASES:
            cost -= 0.5
        elif label in ("nmod", "nmod:poss", "compound", "amod", "nmod:desc", "obl"):
            holder = parsed.head(step)
            if case in _ORIGIN_CASES and holder != anchor:
                cost += 1.5 if case in ("of", "with", "by") else 3.0
            if case == "from" and holder != anchor:
                return _NEVER
        elif label in ("nsubj", "appos", "conj"):
            cost += 1.0
    told = any(parsed.label(step) == "ccomp" for step in downs) and ups
    if told and not any(parsed.label(step) == "ccomp" for step in ups):
        return _NEVER  # hangs on the verb of saying or on who says it
    return cost


_NEVER = 1000.0
