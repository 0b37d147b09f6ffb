"""From the reports of one incident to the event: counts, ranges, what is agreed and what is disputed."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from transforms.events.event_columns import EventColumns
from transforms.events.same_incident import (
    Group,
    Order,
    Report,
    first_order,
    group_reports,
    is_fine,
    last_order,
    toll,
)
from transforms.identity import make_id


@dataclass(frozen=True, slots=True)
class MergedEvent(EventColumns):
    """A row of the table `events`; `members` are the ids of its mentions."""

    event_id: str
    date_source: str
    killed_best: int | None
    injured_best: int | None
    sentence_url: str
    mentions: int
    articles: int
    outlets: int
    outlet_names: tuple[str, ...]
    urls: tuple[str, ...]
    first_seen_at: datetime
    last_seen_at: datetime
    agreed: tuple[str, ...]
    disputed: tuple[str, ...]
    coders: tuple[str, ...]
    members: tuple[str, ...]


def merge_reports(
    reports: Iterable[Report], max_days_apart: int, wanted: Set[str] | None = None
) -> list[MergedEvent]:
    """Merge reports into events, a function of the set of reports alone; every report is in one event.

    With `wanted`, only the events that have one of these mentions.
    """
    reports = list(reports)
    ordinals = _number_reports(reports)
    return [
        _merge_group(group, ordinals)
        for group in group_reports(reports, max_days_apart)
        if wanted is None or any(report.mention_id in wanted for report in group)
    ]


def _merge_group(group: Group, ordinals: dict[str, str]) -> MergedEvent:
    dated = _choose(group, lambda item: (item.event_day, item.date_start), lambda item: bool(item.date_start))
    placed = _choose(group, _place_of, is_fine, _has_place)
    acting = _choose(group, lambda item: item.actor, _has_actor_name)
    suffering = _choose(group, lambda item: item.recipient, _has_recipient_name)
    coded = _choose(group, lambda item: item.mode, lambda item: bool(item.mode))
    fullest = max(group, key=_say_most)
    agreed, disputed = _compare(group)
    return MergedEvent(
        event_id=ordinals[_find_founder(group).mention_id],
        event_type=coded.event_type,
        mode=coded.mode,
        event_day=dated.event_day,
        date_start=dated.date_start or dated.event_day.isoformat(),
        date_end=dated.date_end or dated.date_start or dated.event_day.isoformat(),
        date_source="text" if dated.date_start else "published",
        country=placed.country,
        admin1=placed.admin1,
        place_name=placed.place_name,
        lat=placed.lat,
        lon=placed.lon,
        geonameid=placed.geonameid,
        place_precision=placed.place_precision,
        actor=acting.actor,
        actor_country=acting.actor_country,
        actor_sector=acting.actor_sector,
        recipient=suffering.recipient,
        recipient_country=suffering.recipient_country,
        recipient_sector=suffering.recipient_sector,
        actor_names=_union(report.actor_names for report in group),
        recipient_names=_union(report.recipient_names for report in group),
        weapons=_union(report.weapons for report in group),
        killed_min=_least((report.killed_min, report.killed_max) for report in group),
        killed_max=_most((report.killed_min, report.killed_max) for report in group),
        killed_best=choose_toll(group, lambda item: toll(item.killed_min, item.killed_max)),
        injured_min=_least((report.injured_min, report.injured_max) for report in group),
        injured_max=_most((report.injured_min, report.injured_max) for report in group),
        injured_best=choose_toll(group, lambda item: toll(item.injured_min, item.injured_max)),
        toll_claimed=_is_claimed(group),
        cameo=coded.cameo,
        goldstein=coded.goldstein,
        quad=coded.quad,
        acled_type=coded.acled_type,
        acled_subtype=coded.acled_subtype,
        sentence=fullest.sentence,
        sentence_url=fullest.url,
        mentions=len(group),
        articles=len({report.article_id for report in group}),
        outlets=len({report.outlet for report in group}),
        outlet_names=tuple(sorted({report.outlet for report in group})),
        urls=_union((report.url,) for report in group),
        first_seen_at=min(report.first_seen_at for report in group),
        last_seen_at=max(report.seen_at for report in group),
        agreed=agreed,
        disputed=disputed,
        confidence=_rate_confidence(group),
        background=all(report.background for report in group),
        coders=_union((report.coder,) for report in group),
        members=tuple(report.mention_id for report in group),
    )


def choose_toll(group: Sequence[Report], value_of: Callable[[Report], int | None]) -> int | None:
    """The number that most outlets give in their latest report; among equals the one published last.

    What those who did it claim counts only where nobody else gives a number.
    """
    counted = [report for report in group if value_of(report) is not None]
    heard = [report for report in counted if not report.toll_claimed] or counted
    latest = {report.outlet: report for report in sorted(heard, key=last_order)}
    if not latest:
        return None
    votes = Counter(value_of(report) for report in latest.values())
    ordered = sorted(latest.values(), key=lambda item: (votes[value_of(item)], last_order(item)))
    return value_of(ordered[-1])


def _find_founder(group: Group) -> Report:
    """The report that gives the event its id: the first, and no claim where there is anything else."""
    return next((report for report in group if not report.toll_claimed), group[0])


def _is_claimed(group: Group) -> bool:
    """Whether some give a toll, and all who do repeat a claim of those who did it."""
    counted = [report for report in group if _has_killed(report) or _has_injured(report)]
    return bool(counted) and all(report.toll_claimed for report in counted)


def _number_reports(reports: Sequence[Report]) -> dict[str, str]:
    """The id an event has when the report is its first: made of what stays when the article is edited."""
    alike: dict[tuple[str, ...], list[Report]] = defaultdict(list)
    for report in reports:
        place = str(report.geonameid or report.place_name)
        key = (
            report.article_id,
            report.event_type,
            report.merge_country,
            report.event_day.isoformat(),
            place,
        )
        alike[key].append(report)
    return {
        report.mention_id: make_id("em1", *key, str(nth))
        for key, group in alike.items()
        for nth, report in enumerate(sorted(group, key=first_order))
    }


def _choose(
    group: Group, value_of: Callable[[Report], Hashable], *preferred: Callable[[Report], bool]
) -> Report:
    """The last report of those that share the value most articles give, among the preferred ones if any."""
    among: Sequence[Report] = group
    for prefer in preferred:
        among = [report for report in group if prefer(report)]
        if among:
            break
    among = among or group
    votes = Counter(value_of(report) for report in among)
    return max(among, key=lambda item: (votes[value_of(item)], not item.background, last_order(item)))


def _compare(group: Group) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fields that at least two articles give: those given alike, and those given differently."""
    given: dict[str, list[Hashable]] = {
        "date": [report.date_start for report in group if report.date_start],
        "place": [report.geonameid or report.place_name for report in group if is_fine(report)],
        "mode": [report.mode for report in group if report.mode],
        "actor": [report.actor for report in group if report.actor_names],
        "recipient": [report.recipient for report in group if report.recipient_names],
        "killed": [toll(item.killed_min, item.killed_max) for item in group if _has_killed(item)],
        "injured": [toll(item.injured_min, item.injured_max) for item in group if _has_injured(item)],
    }
    several = {name: set(values) for name, values in given.items() if len(values) > 1}
    return (
        tuple(name for name, values in several.items() if len(values) == 1),
        tuple(name for name, values in several.items() if len(values) > 1),
    )


def _rate_confidence(group: Group) -> float:
    """1 - product of (1 - best confidence) over outlets, as if outlets erred independently; at most 0.99."""
    best: dict[str, float] = defaultdict(float)
    for report in group:
        best[report.outlet] = max(best[report.outlet], min(max(report.confidence, 0.0), 1.0))
    doubt = 1.0
    for outlet in sorted(best):
        doubt *= 1.0 - best[outlet]
    return round(min(1.0 - doubt, 0.99), 4)


def _say_most(report: Report) -> tuple[bool, bool, int, float, Order]:
    said = [
        _has_killed(report),
        _has_injured(report),
        bool(report.actor_names),
        bool(report.recipient),
        is_fine(report),
        bool(report.date_start),
    ]
    return (not report.background, not report.toll_claimed, sum(said), report.confidence, last_order(report))


def _place_of(report: Report) -> Hashable:
    return (report.country, report.admin1, report.place_name, report.geonameid)


def _has_place(report: Report) -> bool:
    return bool(report.country)


def _has_actor_name(report: Report) -> bool:
    return bool(report.actor_names)


def _has_recipient_name(report: Report) -> bool:
    return bool(report.recipient)


def _has_killed(report: Report) -> bool:
    return toll(report.killed_min, report.killed_max) is not None


def _has_injured(report: Report) -> bool:
    return toll(report.injured_min, report.injured_max) is not None


def _union(lists: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(sorted({item for items in lists for item in items if item}))


def _least(ranges: Iterable[tuple[int | None, int | None]]) -> int | None:
    return min((number for pair in ranges for number in pair if number is not None), default=None)


def _most(ranges: Iterable[tuple[int | None, int | None]]) -> int | None:
    return max((number for pair in ranges for number in pair if number is not None), default=None)
