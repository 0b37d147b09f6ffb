from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.events.merge_reports import MergedEvent, choose_toll, merge_reports
from transforms.events.same_incident import Report, group_reports, score_pair

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
LORVAN: dict[str, Any] = {
    "place_name": "Lorvan",
    "admin1": "Kharkiv",
    "lat": 50.0,
    "lon": 36.2,
    "geonameid": 1,
}
TARNE: dict[str, Any] = {"place_name": "Tarne", "admin1": "Odesa", "lat": 46.5, "lon": 30.7, "geonameid": 2}
COUNTRY: dict[str, Any] = {
    "place_name": "Ukraine",
    "admin1": "",
    "lat": 49.0,
    "lon": 32.0,
    "geonameid": 3,
    "place_precision": "country",
}


def make_report(name: str, **changes: Any) -> Report:
    report = Report(
        mention_id=f"mn1-{name}",
        article_id=f"ar1-{name}",
        outlet=f"outlet {name}",
        url=f"https://example.org/{name}",
        first_reported_at=NOW,
        reported_at=NOW,
        first_seen_at=NOW,
        seen_at=NOW,
        event_type="ASSAULT",
        mode="aerial",
        merge_country="UKR",
        event_day=date(2026, 3, 9),
        date_start="2026-03-09",
        date_end="2026-03-09",
        place_name="Lorvan",
        country="UKR",
        admin1="Kharkiv",
        lat=50.0,
        lon=36.2,
        geonameid=1,
        place_precision="city",
        actor="Russia",
        actor_country="RUS",
        actor_sector="MIL",
        recipient="villagers",
        recipient_country="UKR",
        recipient_sector="CVL",
        actor_names=("Russia",),
        recipient_names=(),
        weapons=(),
        killed_min=5,
        killed_max=5,
        injured_min=None,
        injured_max=None,
        toll_claimed=False,
        cameo="195",
        goldstein=-10.0,
        quad=4,
        acled_type="Explosions/Remote violence",
        acled_subtype="Air/drone strike",
        sentence=f"Sentence of {name}.",
        sentence_start=0,
        confidence=0.8,
        background=False,
        coder="rules-1",
    )
    return replace(report, **changes)


def at(hours: float, seen: float = 0.0) -> dict[str, Any]:
    """Published some hours after noon, and first fetched some."""
    published, fetched = NOW + timedelta(hours=hours), NOW + timedelta(hours=seen)
    return {
        "first_reported_at": published,
        "reported_at": published,
        "first_seen_at": fetched,
        "seen_at": fetched,
    }


def on(day: date, **changes: Any) -> dict[str, Any]:
    return {"event_day": day, "date_start": day.isoformat(), "date_end": day.isoformat(), **changes}


def names(reports: list[Report], max_days_apart: int = 1) -> list[list[str]]:
    groups = group_reports(reports, max_days_apart)
    return sorted(sorted(report.article_id.removeprefix("ar1-") for report in group) for group in groups)


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"killed_min": 9, "killed_max": 9}, True),  # early counts run low
        ({"killed_min": 60, "killed_max": 60}, False),
        ({"killed_min": None, "killed_max": None}, True),
        (TARNE, False),
        ({"lat": 50.2, "lon": 36.2, "geonameid": 9, "place_name": "Near Lorvan"}, True),
        (COUNTRY, True),  # same actor and toll, told from afar
        ({**COUNTRY, "killed_min": None, "killed_max": None}, False),
        ({"event_type": "PROTEST"}, False),
        ({"mode": "explosives", "killed_min": 2, "actor_country": "UKR", "actor_names": ("U",)}, False),
        ({"merge_country": "SYR", "country": "SYR"}, False),
        ({"date_start": "2026-03", "date_end": "2026-03"}, False),
    ],
)  # fmt: skip
def test_which_reports_of_one_day_are_one_incident(changes: dict[str, Any], same: bool) -> None:
    expected = [["a", "b"]] if same else [["a"], ["b"]]
    assert names([make_report("a"), make_report("b", **changes)]) == expected


def test_what_each_side_does_to_the_other_is_two_incidents() -> None:
    one = make_report(
        "a", event_type="ACCUSE", mode="allege", recipient_country="UKR", recipient_sector="MIL"
    )
    other = make_report(
        "b",
        event_type="ACCUSE",
        mode="allege",
        actor="Ukraine",
        actor_names=("Ukraine",),
        actor_country="UKR",
        recipient_country="RUS",
        recipient_sector="MIL",
    )
    assert score_pair(one, other) is None
    assert score_pair(replace(one, event_type="CONSULT"), replace(other, event_type="CONSULT")) is not None
    battle = replace(one, event_type="ASSAULT", mode="battle")
    assert score_pair(battle, replace(other, event_type="ASSAULT", mode="battle")) is not None


def test_two_events_of_one_article_stay_two() -> None:
    one = make_report("a")
    assert score_pair(one, replace(one, mention_id="mn1-other", sentence_start=99)) is None
    assert len(group_reports([one, replace(one, mention_id="mn1-other", sentence_start=99)], 1)) == 2


def test_a_report_dated_a_day_off_joins_by_place_and_toll() -> None:
    assert names([make_report("a"), make_report("b", **on(date(2026, 3, 10)))]) == [["a", "b"]]
    assert names([make_report("a"), make_report("b", **on(date(2026, 3, 10)))], 0) == [["a"], ["b"]]
    other_toll = on(date(2026, 3, 10), killed_min=4, killed_max=4)
    assert names([make_report("a"), make_report("b", **other_toll)]) == [["a"], ["b"]]


def test_daily_shelling_of_one_city_stays_an_event_a_day() -> None:
    days = [date(2026, 3, 1) + timedelta(days=nth) for nth in range(20)]
    reports = [
        make_report(f"{day.day}-{outlet}", **on(day, killed_min=day.day, killed_max=day.day))
        for day in days
        for outlet in "xy"
    ]
    assert len(group_reports(reports, 1)) == 20


def test_equal_tolls_day_after_day_do_not_chain() -> None:
    reports = [make_report(str(nth), **on(date(2026, 3, 1) + timedelta(days=nth))) for nth in range(10)]
    spans = [group[-1].event_day - group[0].event_day for group in group_reports(reports, 1)]
    assert max(abs(span.days) for span in spans) <= 1


REPORTS = st.lists(
    st.builds(
        lambda nth, article, day, place, killed, hour, claimed: make_report(
            f"{nth}",
            article_id=f"ar1-{article}",
            outlet=f"outlet {article % 5}",
            **(on(day) | place | at(hour)),
            killed_min=killed,
            killed_max=killed,
            toll_claimed=claimed and killed is not None,
        ),
        st.integers(0, 10_000),
        st.integers(0, 12),
        st.dates(date(2026, 3, 1), date(2026, 3, 12)),
        st.sampled_from([LORVAN, TARNE, COUNTRY]),
        st.sampled_from([None, 2, 3, 30]),
        st.integers(0, 3),
        st.booleans(),
    ),
    max_size=25,
    unique_by=lambda report: report.mention_id,
)


@given(reports=REPORTS, data=st.data())
def test_events_do_not_depend_on_the_order_of_reports(reports: list[Report], data: st.DataObject) -> None:
    events = merge_reports(reports, 1)
    assert merge_reports(data.draw(st.permutations(reports)), 1) == events
    members = sorted(member for event in events for member in event.members)
    assert members == sorted(report.mention_id for report in reports)
    assert len({event.event_id for event in events}) == len(events)


@given(reports=REPORTS, data=st.data())
def test_events_do_not_depend_on_when_reports_were_fetched(
    reports: list[Report], data: st.DataObject
) -> None:
    def fetch(report: Report) -> Report:
        seen = NOW + timedelta(milliseconds=data.draw(st.integers(-5, 5)))
        return replace(report, first_seen_at=seen, seen_at=seen)

    def without_fetches(events: list[MergedEvent]) -> list[MergedEvent]:
        return [replace(event, first_seen_at=NOW, last_seen_at=NOW) for event in events]

    fetched = [fetch(report) for report in reports]
    assert without_fetches(merge_reports(fetched, 1)) == without_fetches(merge_reports(reports, 1))


@given(reports=REPORTS, day=st.dates(date(2026, 3, 1), date(2026, 3, 12)))
def test_a_days_events_follow_from_the_days_around_it(reports: list[Report], day: date) -> None:
    around = [report for report in reports if -3 <= (report.event_day - day).days <= 3]

    def of_day(events: list[MergedEvent]) -> list[MergedEvent]:
        here = {report.mention_id for report in reports if report.event_day == day}
        return [event for event in events if not here.isdisjoint(event.members)]

    assert of_day(merge_reports(around, 1)) == of_day(merge_reports(reports, 1))


def test_a_merged_event_says_what_its_reports_agree_and_disagree_on() -> None:
    [event] = merge_reports(
        [
            make_report("a", weapons=("bombs",)),
            make_report("b", killed_min=7, killed_max=7, **at(3, seen=3), recipient_names=("Vell",)),
            make_report("c", killed_min=7, killed_max=9, **at(3, seen=3), **COUNTRY),
        ],
        1,
    )
    assert (event.killed_min, event.killed_max, event.killed_best) == (5, 9, 7)
    assert (event.mentions, event.articles, event.outlets) == (3, 3, 3)
    assert event.disputed == ("killed",)
    assert event.agreed == ("date", "place", "mode", "actor")
    assert (event.place_name, event.weapons, event.recipient_names) == ("Lorvan", ("bombs",), ("Vell",))
    assert event.confidence == 0.99
    assert (event.first_seen_at, event.last_seen_at) == (NOW, NOW + timedelta(hours=3))


def test_of_equal_reports_the_one_published_last_counts() -> None:
    gunmen = make_report(
        "a", actor="gunmen", mode="firearms", killed_min=10, killed_max=10, **at(1, seen=0.1)
    )
    militants = make_report("b", actor="militants", mode="heavy-weapons", killed_min=8, killed_max=8, **at(0))
    for one, other in ((gunmen, militants), (replace(gunmen, **at(1, seen=-1)), militants)):
        [event] = merge_reports([one, other], 1)
        assert (event.actor, event.mode, event.killed_best) == ("gunmen", "firearms", 10)
        assert event.sentence_url == "https://example.org/a"
        assert event.members == ("mn1-b", "mn1-a")
    [first] = merge_reports([militants], 1)
    assert event.event_id == first.event_id  # who published first founds the event, so that its id stays
    [event] = merge_reports([replace(gunmen, **at(-1, seen=9)), militants], 1)
    assert (event.actor, event.mode, event.killed_best) == ("militants", "heavy-weapons", 8)
    assert event.sentence_url == "https://example.org/b"


def test_more_reports_count_more_than_a_later_one() -> None:
    reports = [make_report(name, actor="militants", **at(0)) for name in "ab"]
    [event] = merge_reports([*reports, make_report("c", actor="gunmen", **at(5))], 1)
    assert event.actor == "militants"


def test_what_was_published_at_one_time_is_told_apart_by_outlet_not_by_address() -> None:
    one = make_report("x", outlet="alpha", actor="militants", article_id="ar1-9")
    other = make_report("y", outlet="beta", actor="gunmen", article_id="ar1-1")
    [event] = merge_reports([one, other], 1)
    assert (event.actor, event.members) == ("gunmen", ("mn1-x", "mn1-y"))


@pytest.mark.parametrize(
    ("told", "best"),
    [
        ([("x", 0, 5)], 5),
        ([("x", 0, 5), ("x", 1, 8)], 8),  # an outlet's later report takes the place of its earlier one
        ([("x", 0, 5), ("y", 1, 8), ("z", 2, 8)], 8),
        ([("x", 0, 5), ("y", 1, 8)], 8),  # among equals the last
        ([("x", 1, 5), ("y", 0, 8)], 5),
        ([("x", 0, 5), ("y", 1, 5), ("z", 2, 9)], 5),
        ([("x", 0, None)], None),
    ],
)
def test_the_best_toll(told: list[tuple[str, int, int | None]], best: int | None) -> None:
    reports = [
        make_report(str(nth), outlet=outlet, **at(hour, seen=-hour), killed_min=killed)
        for nth, (outlet, hour, killed) in enumerate(told)
    ]
    assert choose_toll(reports, lambda report: report.killed_min) == best


CLAIM: dict[str, Any] = {"toll_claimed": True, "killed_min": 40, "killed_max": 40}


def test_what_those_who_did_it_claim_counts_only_where_nobody_else_gives_a_toll() -> None:
    officials = make_report("a", killed_min=8, killed_max=8, **at(1))
    claims = [make_report(name, **CLAIM, **at(hours)) for name, hours in (("b", 0), ("c", 2), ("d", 3))]
    [event] = merge_reports([officials, *claims], 1)
    assert (event.killed_best, event.toll_claimed) == (8, False)
    assert (event.killed_min, event.killed_max, event.disputed) == (8, 40, ("killed",))
    assert event.sentence_url == officials.url
    [event] = merge_reports(claims, 1)
    assert (event.killed_best, event.toll_claimed) == (40, True)
    silent = make_report("a", killed_min=None, killed_max=None)
    [event] = merge_reports([silent, *claims], 1)
    assert (event.killed_best, event.toll_claimed) == (40, True)


def test_an_outlets_claim_does_not_take_the_place_of_its_earlier_report_of_officials() -> None:
    told = [
        make_report("a", killed_min=8, killed_max=8),
        make_report("b", outlet="outlet a", **CLAIM, **at(5)),
    ]
    [event] = merge_reports(told, 1)
    assert event.killed_best == 8


def test_a_claim_joins_an_event_that_fits_and_founds_none_beside_it() -> None:
    claim = make_report("a", **CLAIM, **at(-1))  # published first, and far above what officials count
    officials = make_report("b", killed_min=3, killed_max=3)
    [event] = merge_reports([claim, officials], 1)
    [alone] = merge_reports([officials], 1)
    assert event.event_id == alone.event_id
    assert len(merge_reports([claim, replace(officials, **TARNE)], 1)) == 2
    [alone] = merge_reports([claim], 1)  # never dropped: an event that says whose claim it rests on
    assert alone.toll_claimed


def test_the_id_of_an_event_survives_edits_of_its_first_article() -> None:
    [before] = merge_reports([make_report("a"), make_report("b")], 1)
    edited = make_report(
        "a", mention_id="mn1-a-edited", killed_min=6, reported_at=NOW + timedelta(days=1), sentence="New."
    )
    [after] = merge_reports([edited, make_report("b")], 1)
    assert after.event_id == before.event_id
