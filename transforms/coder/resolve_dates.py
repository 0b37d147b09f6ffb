"""When: date expressions of a sentence, relative to the day of publication, cut to the precision known."""

import re
from dataclasses import dataclass, replace
from datetime import date

from transforms.coder.calendar_days import earliest_day, latest_day, move_by, move_days
from transforms.coder.date_readings import Days, Frame, Resolver
from transforms.coder.date_rules import OFFSET, RULES
from transforms.coder.date_words import MONTH, WEEKDAY, YEAR, read_number

__all__ = ["DateSpan", "earliest_day", "find_coming", "find_dates", "find_told_day", "latest_day"]


@dataclass(frozen=True, slots=True)
class DateSpan:
    """ISO dates cut to the precision known: `2014-08-03`, `2014-08`, `2014`; "" is long ago, nobody says when."""

    start: str
    end: str
    text: str = ""
    at: int = -1  # character offset within the searched text of the word that ties it to what is dated
    future: bool = False  # the text says that it is to come: `next Monday`, `tomorrow`


LONG_PAST = DateSpan("", "")


@dataclass(frozen=True, slots=True)
class _Found:
    """A date expression; not `days` where it cannot be resolved."""

    start: int
    end: int
    days: Days | None
    match: re.Match[str]
    resolve: Resolver


def find_dates(text: str, published: date | None, told: date | None = None) -> list[DateSpan]:
    """Every date expression of a text, in the order of the text; overlapping ones give the longest.

    Weekdays are the last such day on or before publication. Without a day of publication only absolute dates
    are resolved, and those that count from the day that was `told` before this text.
    """
    found = _resolve(_match_rules(text), published, told)
    found = _join_ranges(text, found, published)
    spans = [
        DateSpan(
            item.days.start,
            item.days.end,
            text[item.start : item.end].strip(" ,"),
            item.start,
            item.days.future,
        )
        for item in found
        if item.days
    ]
    spans = _count_from(text, spans, published)
    return sorted(spans, key=lambda span: span.at)


def _match_rules(text: str) -> list[tuple[re.Match[str], Resolver]]:
    """What the rules match, an earlier rule before a later one where both do, in the order of the text."""
    kept: list[tuple[re.Match[str], Resolver]] = []
    worth: dict[re.Pattern[str], bool] = {}
    for rule in RULES:
        if rule.key not in worth:
            worth[rule.key] = rule.key.search(text) is not None
        if not worth[rule.key]:
            continue
        for match in rule.pattern.finditer(text):
            if not any(match.start() < other.end() and other.start() < match.end() for other, _ in kept):
                kept.append((match, rule.resolve))
    return sorted(kept, key=lambda pair: pair[0].start())


def _resolve(
    matches: list[tuple[re.Match[str], Resolver]], published: date | None, told: date | None
) -> list[_Found]:
    """Left to right, since `three days later` counts from the day before it."""
    found = []
    frame = Frame(published, told)
    for match, resolve in matches:
        days = resolve(match, frame)
        found.append(_Found(match.start(), match.end(), days, match, resolve))
        if days and len(days.start) == 10 and days.start == days.end and not days.future:
            frame = Frame(published, date.fromisoformat(days.start), told_here=True)
    return found


_TO = re.compile(r" ?(?:-|–|—|to|until|till|through) ?")
_AND = re.compile(r" and ")
_BETWEEN = re.compile(r"\b[Bb]etween (?:the )?$")
_SINCE = re.compile(r"\b[Ss]ince (?:early |late )?$")


def _join_ranges(text: str, found: list[_Found], published: date | None) -> list[_Found]:
    """`from Monday to Wednesday`, `between 28 February and 3 March 2014`, `since Friday`."""
    joined: list[_Found] = []
    for item in found:
        before = joined[-1] if joined else None
        if before and before.days and item.days:
            link = text[before.end : item.start]
            between = _AND.fullmatch(link) and _BETWEEN.search(text[: before.start])
            if _TO.fullmatch(link) or between:
                days = _span(before, item)
                if days:
                    joined[-1] = replace(before, end=item.end, days=days)
                    continue
        joined.append(_open_since(text, item, published))
    return joined


def _open_since(text: str, item: _Found, published: date | None) -> _Found:
    """`since Friday`: from then to the day of publication."""
    days = item.days
    if not days or not published or len(days.start) != 10 or not _SINCE.search(text[: item.start]):
        return item
    passed = (published - date.fromisoformat(days.start)).days
    recent = days.start == days.end and 0 < passed < _LONG
    return replace(item, days=Days(days.start, published.isoformat())) if recent else item


_LONG = 32  # days: "since 3 June 2014" tells when something began, "since Friday" during which days it was


def _span(first: _Found, last: _Found) -> Days | None:
    """From the first to the last day; a first one that comes after the last is read again as seen from there."""
    a, b = first.days, last.days
    if a is None or b is None:
        return None
    until = latest_day(b.end)
    if until and a.start > b.start:
        a = first.resolve(first.match, Frame(until, None)) or a
    if len(a.start) == len(b.end) and a.start <= b.end:
        return Days(a.start, b.end, b.future)
    return None


def _count_from(text: str, spans: list[DateSpan], published: date | None) -> list[DateSpan]:
    """`two days after Christmas`; `on Tuesday, a day after police fired`: they fired a day before Tuesday."""
    spans = list(spans)
    for match in OFFSET.finditer(text):
        if any(s.at < match.end() and match.start() < s.at + len(s.text) for s in spans):
            continue
        back, unit = match["turn"] == "after", match["unit"].lower()
        number = read_number(match["number"])
        if not number and unit not in ("hour", "minute"):
            continue
        named = next(
            (s for s in spans if text[match.end() : s.at] in (" ", " the ") and len(s.end) == 10), None
        )
        if named:
            day = _count(named, number if back else -number, unit)
            possessive = text[named.at + len(named.text) :].startswith(("'s", "’s", " attack", " bombing"))
            whole = text[match.start() : named.at + len(named.text)]
            if not possessive:
                spans.remove(named)
            spans.append(DateSpan(day, day, whole, match.start() if possessive else named.at))
            continue
        if unit in _LONG_UNITS:
            spans += _count_long(text, match, spans, published, number) if back else []
            continue
        base = _find_base(text, match, spans, published)
        if base and back:
            day = _count(base, -number, unit)
            # "after" is nearer in the tree to what it dates than the number is
            spans.append(DateSpan(day, day, match.group(), match.start("turn")))
    return spans + _find_uncounted(text, spans)


_LONG_UNITS = ("month", "year", "decade")
_UNCOUNTED = re.compile(
    r"\b(?:[Yy]ears|[Mm]onths|[Dd]ecades|[Gg]enerations?|[Cc]enturies|century) (?P<turn>after)\b(?! year\b)"
)


def _count_long(
    text: str, match: re.Match[str], spans: list[DateSpan], published: date | None, number: int
) -> list[DateSpan]:
    """`twenty years after the bombing`: from the date told before it in the sentence, else from publication.

    Not where what follows says when it was: `ten years after the war ended in 1995`.
    """
    clause = re.split(r"[,;]", text[match.end() :])[0]
    if any(match.end() <= span.at < match.end() + len(clause) for span in spans):
        return []
    before = [span for span in spans if span.at < match.start() and latest_day(span.end)]
    base = latest_day(before[-1].end) if before else published
    day = move_by(base, -number, match["unit"].lower()) if base else ""
    return [DateSpan(day, day, match.group(), match.start("turn"))]


def _find_uncounted(text: str, spans: list[DateSpan]) -> list[DateSpan]:
    """`decades after`, `years after`: long ago, nobody says when."""
    counted = {match.start("turn") for match in OFFSET.finditer(text)}
    return [
        DateSpan("", "", match.group(), match.start("turn"))
        for match in _UNCOUNTED.finditer(text)
        if match.start("turn") not in counted
        and not any(s.at < match.end() and match.start() < s.at + len(s.text) for s in spans)
    ]


def _count(base: DateSpan, number: int, unit: str) -> str:
    day = date.fromisoformat(base.end)
    return base.end if unit in ("hour", "minute") else move_by(day, number, unit.replace("night", "day"))


def _find_base(
    text: str, match: re.Match[str], spans: list[DateSpan], published: date | None
) -> DateSpan | None:
    """The day that `a day after` counts back from: the one told before it, after it, or that of the news."""
    days = [s for s in spans if len(s.end) == 10 and s.start == s.end and not s.future]
    before = [s for s in days if s.at < match.start()]
    if before:
        return before[-1]
    if published and _COMES.search(text[: match.start()]):
        return DateSpan(published.isoformat(), published.isoformat())
    return next((s for s in days if s.at > match.end()), None)


_COMES = re.compile(
    r"\b(?:comes?|came|coming|follows) (?:just |only |barely |less than |more than |about )?$"
)


def name_rule(expression: str) -> str:
    """Which rule reads a date expression: `weekday`, `ago`; "" where none does by itself."""
    return next((resolve.__name__.removeprefix("resolve_") for _, resolve in _match_rules(expression)), "")


def find_told_day(spans: list[DateSpan]) -> date | None:
    """The day that a following `three days later` counts from: the last single day told."""
    days = [s.start for s in spans if len(s.start) == 10 and s.start == s.end and not s.future]
    return date.fromisoformat(days[-1]) if days else None


_NEAR = 300  # days ahead: of a plan for a day that was last month a year more is not meant


def find_coming(span: DateSpan, published: date) -> DateSpan | None:
    """What a date means of something planned: of `on Friday` the next one; None if nothing that lies ahead."""
    if span.future or (latest_day(span.end) or date.min) >= published:
        return span
    if _BARE_WEEKDAY.fullmatch(span.text):
        day = move_days(date.fromisoformat(span.end), 7).isoformat()
        return replace(span, start=day, end=day, future=True)
    if _BARE_MONTH.search(span.text) and not _TIED.search(span.text) and not _tells_short_year(span):
        year = f"{int(span.start[:4]) + 1:04}"
        start, end = year + span.start[4:], year + span.end[4:]
        first = earliest_day(start)
        near = first is not None and published <= first and (first - published).days < _NEAR
        return replace(span, start=start, end=end, future=True) if near and earliest_day(end) else None
    return None


_BARE_WEEKDAY = re.compile(WEEKDAY)
_BARE_MONTH = re.compile(MONTH)
_TIED = re.compile(rf"{YEAR}|\b(?:last|this|next|past|year|after|before|since)\b")
_SHORT_YEAR = re.compile(r"[a-z]\.? ['’]?\d\d$")


def _tells_short_year(span: DateSpan) -> bool:
    """`4 Feb 90`, `Feb '90`; not `March 16`."""
    one = len(re.findall(r"\d+", span.text)) == 1
    return _SHORT_YEAR.search(span.text) is not None and not (one and len(span.start) == 10)
