"""Which reports are of the same incident: a pairwise score, then a clustering that no load order changes.

Reports meet only in their block (event type, country, day), so a load re-clusters a few blocks whatever the
size of the archive. Groups of neighbouring days are joined by a rule that looks back twice and no further:
daily shelling of one city stays an event a day, and a change of one day cannot ripple through a war.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from transforms.events.event_columns import EventColumns
from transforms.shift_dates import shift_date

NEAR_KM = 30.0
"""Two towns this near count as one place: outlets name the village or the town beside it."""
SAME = 0.5
"""The least mean score at which reports of one day are one incident."""
SAME_NEXT_DAY = 0.7
"""The least mean score at which a group joins one of an earlier day."""
_COMPARED = 8
"""A group is compared by its first reports only, so that a day of a thousand reports stays cheap."""
_FINE = ("point", "city", "admin2")
_NEAR_DEGREES = 0.28  # of latitude: a little more than NEAR_KM


@dataclass(frozen=True, slots=True)
class Report(EventColumns):
    """A current mention with what merging needs to know of its article.

    `date_start` is "" when the day is that of publication. Of an article that names its day of publication only,
    what is not known puts it neither first nor last on that day.
    """

    mention_id: str
    article_id: str
    outlet: str
    url: str
    first_reported_at: datetime  # by when any version of the article was published
    reported_at: datetime  # from when on this version may have been published
    first_seen_at: datetime  # when any version of the article was first fetched
    seen_at: datetime  # when this version was first fetched
    merge_country: str  # the place's, else the recipient's, else the actor's; "" unknown
    sentence_start: int
    coder: str


Group = tuple[Report, ...]
Order = tuple[datetime, str, str, int, str]
_Block = tuple[str, str, date]
_Node = tuple[_Block, int]  # a block and the number of a group in it


class _Facts:
    """What scoring needs of a report, worked out once: a busy day compares each report with hundreds."""

    __slots__ = ("actors", "fine", "injured", "killed", "lat", "lon", "precision", "recipients", "report")

    def __init__(self, report: Report) -> None:
        self.report = report
        self.precision = {4: "year", 7: "month"}.get(len(report.date_start), "day")
        self.fine = is_fine(report)
        self.lat = report.lat or 0.0
        self.lon = report.lon or 0.0
        self.killed = toll(report.killed_min, report.killed_max)
        self.injured = toll(report.injured_min, report.injured_max)
        self.actors = frozenset(name.casefold() for name in report.actor_names)
        self.recipients = frozenset(name.casefold() for name in report.recipient_names)


def group_reports(reports: Iterable[Report], max_days_apart: int) -> list[Group]:
    """Partition `reports` into incidents, each sorted by `first_order`: a function of the set alone.

    What a report of day d ends up with depends only on reports of its type and country within
    `3 * max_days_apart` days before and `max_days_apart` days after d.
    """
    blocks: dict[_Block, list[_Facts]] = defaultdict(list)
    for report in reports:
        blocks[report.event_type, report.merge_country, report.event_day].append(_Facts(report))
    days = {key: _cluster(block) for key, block in blocks.items()}
    parents = {
        (key, nth): _find_parent(key, group, days, max_days_apart)
        for key, groups in days.items()
        for nth, group in enumerate(groups)
    }
    joined: dict[_Node, list[Report]] = defaultdict(list)
    for node, parent in parents.items():
        root = parent if parent is not None and parents[parent] is None else node
        joined[root] += [facts.report for facts in days[node[0]][node[1]]]
    return [tuple(sorted(group, key=first_order)) for _, group in sorted(joined.items())]


def first_order(report: Report) -> Order:
    """Sorts reports by who published first."""
    return (report.first_reported_at, *_content_order(report))


def last_order(report: Report) -> Order:
    """Sorts reports by when their current versions were published: of equal reports the last one counts."""
    return (report.reported_at, *_content_order(report))


def score_pair(one: Report, other: Report) -> float | None:
    """How much speaks for one incident, about 0 to 1; None when something rules it out.

    The coder gives each event of an article once, so two reports of one article are two incidents.
    """
    return _score(_Facts(one), _Facts(other))


def toll(least: int | None, most: int | None) -> int | None:
    """The one number that stands for a reported range: its lower end, where it has one."""
    return most if least is None else least


def is_fine(report: Report) -> bool:
    """Whether the place is a town or better, not a region or country."""
    return report.place_precision in _FINE and report.lat is not None and report.lon is not None


def _content_order(report: Report) -> tuple[str, str, int, str]:
    """Tells apart what was published at one time, the same in every run; an outlet's name outlasts its addresses."""
    return (report.outlet, report.article_id, report.sentence_start, report.mention_id)


def _cluster(block: Sequence[_Facts]) -> list[list[_Facts]]:
    """Give each report, well-placed ones first, to the best group it fits, else to one of its own.

    Claims of those who did it come last: they join what others report, and found a group only where nobody does.
    """
    groups: list[list[_Facts]] = []
    for facts in sorted(block, key=_cluster_order):
        best, at_least = None, SAME
        for group in groups:
            score = _score_groups((facts,), group)
            if score is not None and (score > at_least or (best is None and score >= at_least)):
                best, at_least = group, score
        if best is None:
            groups.append([facts])
        else:
            best.append(facts)
    return groups


def _cluster_order(facts: _Facts) -> tuple[bool, bool, bool, Order]:
    report = facts.report
    return (report.toll_claimed, not facts.fine, not report.date_start, first_order(report))


def _find_parent(
    key: _Block, group: Sequence[_Facts], days: dict[_Block, list[list[_Facts]]], max_days_apart: int
) -> _Node | None:
    """The group of an earlier day that reports the same incident, judged by its place and its toll."""
    killed = {facts.killed for facts in group} - {None, 0}
    injured = {facts.injured for facts in group} - {None, 0}
    if not any(facts.fine for facts in group) or not (killed or injured):
        return None
    best, at_least = None, SAME_NEXT_DAY
    for apart in range(1, max_days_apart + 1):
        earlier = (key[0], key[1], shift_date(key[2], -timedelta(days=apart)))
        if earlier == key:
            break  # no day is earlier
        for nth, other in enumerate(days.get(earlier, ())):
            if not any(facts.killed in killed or facts.injured in injured for facts in other):
                continue
            score = _score_groups(group, other)
            if score is not None and score > at_least:
                best, at_least = (earlier, nth), score
    return best


def _score_groups(group: Sequence[_Facts], other: Sequence[_Facts]) -> float | None:
    """The mean over the pairs; None when any pair is ruled out, or an article is in both groups."""
    total, pairs = 0.0, 0
    for one in group[:_COMPARED]:
        for two in other[:_COMPARED]:
            score = _score(one, two)
            if score is None:
                return None
            total, pairs = total + score, pairs + 1
    articles = {facts.report.article_id for facts in other}
    if any(facts.report.article_id in articles for facts in group):
        return None
    return total / pairs


def _score(one: _Facts, other: _Facts) -> float | None:
    score = _score_places(one, other)
    a, b = one.report, other.report
    if score is None or a.article_id == b.article_id or one.precision != other.precision:
        return None
    if one.precision != "day" and a.date_start != b.date_start:
        return None
    if _is_reverse(a, b):
        return None
    two_sides = a.toll_claimed != b.toll_claimed  # they count differently, and speak of one incident
    if not two_sides and (_contradict(one.killed, other.killed) or _contradict(one.injured, other.injured)):
        return None
    if a.mode and b.mode:
        score += 0.05 if a.mode == b.mode else -0.2
    score += _score_roles(
        not one.actors.isdisjoint(other.actors),
        (a.actor_country, a.actor_sector),
        (b.actor_country, b.actor_sector),
    )
    score += 0.75 * _score_roles(
        not one.recipients.isdisjoint(other.recipients),
        (a.recipient_country, a.recipient_sector),
        (b.recipient_country, b.recipient_sector),
    )
    if one.killed and one.killed == other.killed:
        score += 0.25
    if one.injured and one.injured == other.injured:
        score += 0.15
    return score


_MUTUAL = ("AGREE", "CONSULT", "COOPERATE", "SUPPORT")


def _is_reverse(one: Report, other: Report) -> bool:
    """`the army accused the rebels` and `the rebels accused the army`: two acts, though battles have no direction."""
    if one.event_type in _MUTUAL or "battle" in (one.mode, other.mode):
        return False
    if not (one.actor_sector and one.recipient_sector):
        return False
    same_kind = one.actor_sector == one.recipient_sector
    lands = one.actor_country, one.recipient_country
    if same_kind and (not all(lands) or lands[0] == lands[1]):
        return False  # nothing distinguishes the sides
    return (
        (one.actor_sector, one.recipient_sector) == (other.recipient_sector, other.actor_sector)
        and _may_equal(one.actor_country, other.recipient_country)
        and _may_equal(one.recipient_country, other.actor_country)
    )


def _may_equal(one: str, other: str) -> bool:
    return one == other or not one or not other


def _score_places(one: _Facts, other: _Facts) -> float | None:
    a, b = one.report, other.report
    if one.fine and other.fine:
        if a.geonameid is not None and a.geonameid == b.geonameid:
            return 0.5
        if abs(one.lat - other.lat) > _NEAR_DEGREES or _distance_km(one, other) > NEAR_KM:
            return None
        return 0.5
    if not a.country or not b.country:
        return 0.1
    if a.country != b.country:
        return None
    if a.admin1 and b.admin1:
        return 0.3 if a.admin1 == b.admin1 else None
    return 0.1 if one.fine or other.fine else 0.2


def _distance_km(one: _Facts, other: _Facts) -> float:
    """Great-circle distance (haversine formula on a sphere of 6,371 km)."""
    lat1, lat2 = math.radians(one.lat), math.radians(other.lat)
    half_lat, half_lon = (lat2 - lat1) / 2, math.radians(other.lon - one.lon) / 2
    arc = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(arc)))


def _contradict(one: int | None, other: int | None) -> bool:
    """Whether the tolls are too far apart for one incident, however early one of the reports was."""
    if one is None or other is None:
        return False
    return abs(one - other) > 5 and max(one, other) > 4 * min(one, other)


def _score_roles(common_name: bool, one: tuple[str, str], other: tuple[str, str]) -> float:
    """0.2 for a common name, 0.15 for one country and sector, -0.2 for different countries, else little."""
    if common_name:
        return 0.2
    if one[0] and other[0]:
        if one[0] != other[0]:
            return -0.2
        return 0.15 if one[1] == other[1] else 0.0
    return 0.05 if one[1] and one[1] == other[1] else 0.0
