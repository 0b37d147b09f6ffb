"""Which reports tell of the same incident: a pairwise score, then a clustering that no load order changes.

Reports meet only in their block (event type, country, day), so a load re-clusters a few blocks whatever the
size of the archive. Groups of neighbouring days are joined by a rule that looks back twice and no further:
daily shelling of one city stays an event a day, and a change of one day cannot ripple through a war.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

NEAR_KM = 30.0
"""Two towns this near count as one place: outlets name the village or the town beside it."""
SAME = 0.5
"""The least mean score at which reports of one day are one incident."""
SAME_NEXT_DAY = 0.7
"""The least mean score at which a group joins one of an earlier day."""
_COMPARED = 8
"""A group is compared by its first reports only, so that a day of a thousand reports stays cheap."""
_FINE = ("point", "city", "admin2")


@dataclass(frozen=True, slots=True)
class Report:
    """A current mention with what merging needs to know of its article."""

    mention_id: str
    article_id: str
    outlet: str
    url: str
    first_seen_at: datetime  # when any version of the article was first fetched
    seen_at: datetime  # when this version was first fetched
    event_type: str
    mode: str
    merge_country: str  # the place's, else the recipient's, else the actor's; "" unknown
    event_day: date
    date_start: str  # "" when the day is that of publication
    date_end: str
    place_name: str
    country: str
    admin1: str
    lat: float | None
    lon: float | None
    geonameid: int | None
    place_precision: str
    actor: str
    actor_country: str
    actor_sector: str
    recipient: str
    recipient_country: str
    recipient_sector: str
    actor_names: tuple[str, ...]
    recipient_names: tuple[str, ...]
    weapons: tuple[str, ...]
    killed_min: int | None
    killed_max: int | None
    injured_min: int | None
    injured_max: int | None
    cameo: str
    goldstein: float | None
    quad: int | None
    acled_type: str
    acled_subtype: str
    sentence: str
    sentence_start: int
    confidence: float
    background: bool
    coder: str


Group = tuple[Report, ...]


def group_reports(reports: Iterable[Report], max_days_apart: int) -> list[Group]:
    """Partition `reports` into incidents, each sorted by `first_order`: a function of the set alone.

    What a report of day d ends up with depends only on reports of its type and country within
    `3 * max_days_apart` days before and `max_days_apart` days after d.
    """
    blocks: dict[tuple[str, str, date], list[Report]] = defaultdict(list)
    for report in reports:
        blocks[report.event_type, report.merge_country, report.event_day].append(report)
    days = {key: _cluster(block) for key, block in blocks.items()}
    parents = {
        (key, nth): _find_parent(key, group, days, max_days_apart)
        for key, groups in days.items()
        for nth, group in enumerate(groups)
    }
    joined: dict[tuple[tuple[str, str, date], int], list[Report]] = defaultdict(list)
    for node, parent in parents.items():
        root = parent if parent is not None and parents[parent] is None else node
        joined[root] += days[node[0]][node[1]]
    return [tuple(sorted(group, key=first_order)) for _, group in sorted(joined.items())]


def first_order(report: Report) -> tuple[datetime, str, int, str]:
    """Sorts reports by who told first."""
    return (report.first_seen_at, report.article_id, report.sentence_start, report.mention_id)


def score_pair(one: Report, other: Report) -> float | None:
    """How much speaks for one incident, about 0 to 1; None when something rules it out.

    The coder gives each event of an article once, so two reports of one article are two incidents.
    """
    if one.article_id == other.article_id or _precision(one) != _precision(other):
        return None
    if _precision(one) != "day" and one.date_start != other.date_start:
        return None
    score = _score_places(one, other)
    if score is None or _contradict(one, other):
        return None
    if one.mode and other.mode:
        score += 0.05 if one.mode == other.mode else -0.2
    score += _score_roles(
        (one.actor_names, one.actor_country, one.actor_sector),
        (other.actor_names, other.actor_country, other.actor_sector),
    )
    score += 0.75 * _score_roles(
        (one.recipient_names, one.recipient_country, one.recipient_sector),
        (other.recipient_names, other.recipient_country, other.recipient_sector),
    )
    score += (
        0.25
        if _equal_toll(toll(one.killed_min, one.killed_max), toll(other.killed_min, other.killed_max))
        else 0
    )
    score += (
        0.15
        if _equal_toll(toll(one.injured_min, one.injured_max), toll(other.injured_min, other.injured_max))
        else 0
    )
    return score


def toll(least: int | None, most: int | None) -> int | None:
    """The one number that stands for a reported range: its lower end, where it has one."""
    return most if least is None else least


def is_fine(report: Report) -> bool:
    """Whether the place is a town or better, not a region or country."""
    return report.place_precision in _FINE and report.lat is not None


def _cluster(block: Sequence[Report]) -> list[Group]:
    """Give each report, well-placed ones first, to the best group it fits, else to one of its own."""
    groups: list[list[Report]] = []
    for report in sorted(block, key=lambda item: (not is_fine(item), not item.date_start, first_order(item))):
        best, at_least = None, SAME
        for group in groups:
            score = _score_groups((report,), group)
            if score is not None and (score > at_least or (best is None and score >= at_least)):
                best, at_least = group, score
        if best is None:
            groups.append([report])
        else:
            best.append(report)
    return [tuple(group) for group in groups]


def _find_parent(
    key: tuple[str, str, date],
    group: Group,
    days: dict[tuple[str, str, date], list[Group]],
    max_days_apart: int,
) -> tuple[tuple[str, str, date], int] | None:
    """The group of an earlier day that tells of the same incident by its place and its toll."""
    best, at_least = None, SAME_NEXT_DAY
    for apart in range(1, max_days_apart + 1):
        earlier = (key[0], key[1], key[2] - timedelta(days=apart))
        for nth, other in enumerate(days.get(earlier, ())):
            if not any(is_fine(report) for report in group) or not _share_toll(group, other):
                continue
            score = _score_groups(group, other)
            if score is not None and score > at_least:
                best, at_least = (earlier, nth), score
    return best


def _score_groups(group: Sequence[Report], other: Sequence[Report]) -> float | None:
    articles = {report.article_id for report in other}
    if any(report.article_id in articles for report in group):
        return None
    total, pairs = 0.0, 0
    for one in group[:_COMPARED]:
        for two in other[:_COMPARED]:
            score = score_pair(one, two)
            if score is None:
                return None
            total, pairs = total + score, pairs + 1
    return total / pairs


def _precision(report: Report) -> str:
    return {4: "year", 7: "month"}.get(len(report.date_start), "day")


def _score_places(one: Report, other: Report) -> float | None:
    if is_fine(one) and is_fine(other):
        same = one.geonameid is not None and one.geonameid == other.geonameid
        return 0.5 if same or _distance_km(one, other) <= NEAR_KM else None
    if not one.country or not other.country:
        return 0.1
    if one.country != other.country:
        return None
    if one.admin1 and other.admin1:
        return 0.3 if one.admin1 == other.admin1 else None
    return 0.1 if is_fine(one) or is_fine(other) else 0.2


def _distance_km(one: Report, other: Report) -> float:
    """Great-circle distance (haversine formula on a sphere of 6,371 km)."""
    assert one.lat is not None and one.lon is not None and other.lat is not None and other.lon is not None
    lat1, lat2 = math.radians(one.lat), math.radians(other.lat)
    half_lat, half_lon = (lat2 - lat1) / 2, math.radians(other.lon - one.lon) / 2
    arc = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(arc)))


def _contradict(one: Report, other: Report) -> bool:
    """Whether the tolls are too far apart for one incident, however early one of the reports was."""
    for a, b in (
        (toll(one.killed_min, one.killed_max), toll(other.killed_min, other.killed_max)),
        (toll(one.injured_min, one.injured_max), toll(other.injured_min, other.injured_max)),
    ):
        if a is not None and b is not None and abs(a - b) > 5 and max(a, b) > 4 * min(a, b):
            return True
    return False


def _score_roles(one: tuple[tuple[str, ...], str, str], other: tuple[tuple[str, ...], str, str]) -> float:
    """0.2 for a common name, 0.15 for one country and sector, -0.2 for different countries, else little."""
    names = {name.casefold() for name in one[0]} & {name.casefold() for name in other[0]}
    if names:
        return 0.2
    if one[1] and other[1]:
        if one[1] != other[1]:
            return -0.2
        return 0.15 if one[2] == other[2] else 0.0
    return 0.05 if one[2] and one[2] == other[2] else 0.0


def _equal_toll(one: int | None, other: int | None) -> bool:
    return one is not None and one == other and one > 0


def _share_toll(group: Group, other: Group) -> bool:
    killed = {toll(report.killed_min, report.killed_max) for report in group} - {None, 0}
    injured = {toll(report.injured_min, report.injured_max) for report in group} - {None, 0}
    return any(
        toll(report.killed_min, report.killed_max) in killed
        or toll(report.injured_min, report.injured_max) in injured
        for report in other
    )
