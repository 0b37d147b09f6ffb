"""The last pass: incidents that are sure enough become records, with what stands in where they say nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import exp, pow

from transforms.coder.actors import is_armed
from transforms.coder.coded_text import CodedText, Incident
from transforms.coder.conflicts import is_background
from transforms.coder.counts import UNKNOWN
from transforms.coder.geolocate import Located, to_place
from transforms.coder.lexicon import EventTypeRow, Lexicon
from transforms.coder.resolve_dates import DateSpan, find_coming, latest_day
from transforms.coder.vote_fields import Fields, vote_fields
from transforms.records import Event, Place, Weapon

LEAST_ODDS_OF_EVENT = 0.55
MOST_CONFIDENCE = 0.95
# Platt scaling, fitted to the annotated events by `python -m benchmarks.reliability`
ODDS_SLOPE, ODDS_SHIFT = 0.372, -0.526
_DAYS_OF_NEWS = 3
_DEEDS = frozenset({"ASSAULT", "PROTEST", "COERCE", "MOBILIZE", "RETREAT", "AID"})


@dataclass(frozen=True, slots=True)
class StandIns:
    """What holds for events of which the text does not say where or when."""

    main: Located | None  # where the event told most often was
    lead: Located | None  # where the text speaks of first
    dateline: Located | None  # where the reporter sits
    day: date | None


def make_events(coded: CodedText, version: str) -> CodedText:
    """A record for each incident that one mention tells with `LEAST_ODDS_OF_EVENT`; of the headline alone only what
    no sentence tells."""
    fields = [(one, vote_fields(one, coded.text, coded.lexicon)) for one in coded.incidents]
    sure = [(one, field) for one, field in fields if field.odds >= LEAST_ODDS_OF_EVENT]
    told = {field.mention.event_type for _, field in sure if not field.mention.headline}
    sure = [pair for pair in sure if not pair[1].mention.headline or pair[1].mention.event_type not in told]
    stand_ins = _find_stand_ins(coded, sure)
    events = tuple((one, _make(field, coded, stand_ins, version)) for one, field in sure)
    return replace(coded, events=events)


def _make(fields: Fields, coded: CodedText, stand_ins: StandIns, version: str) -> Event:
    mention, lexicon = fields.mention, coded.lexicon
    row = find_type_row(mention.event_type, fields.mode, lexicon)
    when = _date(fields, coded.published, stand_ins)
    located = fields.where or _find_home(fields, coded.found) or _find_stand_in(fields, stand_ins)
    acled_type, acled_subtype = row.acled_type, row.acled_subtype
    fought = any(map(is_armed, fields.actors)) and any(map(is_armed, fields.recipients))
    if mention.event_type == "ASSAULT" and fields.mode in ("", "firearms") and fought:
        acled_type, acled_subtype = "Battles", "Armed clash"
    known = (fields.killed, fields.injured) != (UNKNOWN, UNKNOWN)
    return Event(
        event_type=mention.event_type,
        mode=fields.mode,
        realis=fields.realis,
        actors=fields.actors,
        recipients=fields.recipients,
        weapons=tuple(map(Weapon, fields.weapons)),
        date_start=when.start if when else "",
        date_end=when.end if when else "",
        date_text=fields.when.text if fields.when else "",
        place=_make_place(fields, located, coded.text),
        killed_min=fields.killed[0],
        killed_max=fields.killed[1],
        injured_min=fields.injured[0],
        injured_max=fields.injured[1],
        cameo=fields.cameo or row.cameo,
        goldstein=row.goldstein,
        quad=row.quad,
        acled_type=acled_type,
        acled_subtype=acled_subtype,
        sentence=mention.sentence.text,
        sentence_start=-1 if mention.headline else mention.sentence.start - coded.offset,
        sentence_end=-1 if mention.headline else mention.sentence.end - coded.offset,
        confidence=to_confidence(fields.odds),
        background=is_background(when, coded.published) or fields.background,
        coder=version,
        toll_claimed=fields.claimed and known,
    )


def to_confidence(odds: float) -> float:
    """How many of the events with such odds (above 0, to 1) are right: the judge is surer than it should be.

    Odds of 1 are a user's own word, and get `MOST_CONFIDENCE`. (Platt, Probabilistic outputs for support vector
    machines, 1999.)
    """
    against = pow((1 - odds) / odds, ODDS_SLOPE) * exp(-ODDS_SHIFT)
    return round(min(MOST_CONFIDENCE, 1 / (1 + against)), 2)


def _make_place(fields: Fields, located: Located | None, text: str) -> Place | None:
    """The record of the place; words that are no place's name (`a hospital`) lie where the stand-in does."""
    if located is None:
        return Place(text=fields.site) if fields.site else None
    if fields.where is None and fields.site:
        return replace(to_place(located), text=fields.site)
    return to_place(located, text if fields.where else "")


def find_type_row(event_type: str, mode: str, lexicon: Lexicon) -> EventTypeRow:
    """The row of a type and mode; of a mode that a user's row has and the table has not, that of the type."""
    types = lexicon.event_types
    return types.get((event_type, mode)) or types[event_type, ""]


def _date(fields: Fields, published: date | None, stand_ins: StandIns) -> DateSpan | None:
    when = fields.when
    ahead = fields.realis in ("planned", "hypothetical")
    last = latest_day(when.end) if when else None
    if ahead and published and when and last and last < published:
        return find_coming(when, published) if fields.realis == "planned" else None
    if when is not None or ahead:
        return when
    # protests and arrests answer to what is dated
    day = published if fields.mention.event_type in ("COERCE", "PROTEST") else stand_ins.day
    return DateSpan(day.isoformat(), day.isoformat()) if day else None


def _find_home(fields: Fields, found: Sequence[Located]) -> Located | None:
    """Where a weapon was tested that nobody says was tested abroad: in the country of those who did it."""
    countries = {actor.country for actor in fields.actors if actor.country}
    if (fields.mention.event_type, fields.mode) != ("MOBILIZE", "weapons") or len(countries) != 1:
        return None
    return next(
        (one for one in found if one.place.kind == "country" and one.place.country in countries), None
    )


def _find_stand_in(fields: Fields, stand_ins: StandIns) -> Located | None:
    """Deeds go where the event told most was; words and measures to the dateline, else where the text speaks of
    first, or to the former where that is the province it lies in."""
    main, lead = stand_ins.main, stand_ins.dateline or stand_ins.lead
    if main and stand_ins.dateline and _is_coarse_abroad(main, stand_ins.dateline):
        main = None  # "TOWN (Agency) -" and an event "in Georgia": hardly the American state
    if fields.mention.event_type in _DEEDS or lead is None or (main is not None and _holds(lead, main)):
        return main or lead
    return lead


def _is_coarse_abroad(main: Located, dateline: Located) -> bool:
    """Whether the place told most is a division or region of another country than the dateline's."""
    return main.place.kind in ("admin1", "region") and main.place.country != dateline.place.country


def _holds(outer: Located, inner: Located) -> bool:
    province, place = outer.place, inner.place
    same = bool(place.admin1) and (place.country, place.admin1) == (province.country, province.admin1)
    return province.kind == "admin1" and place.kind != "admin1" and same


def _find_stand_ins(coded: CodedText, sure: Sequence[tuple[Incident, Fields]]) -> StandIns:
    sites = [one for one in coded.found if one.site]
    told = [one for one in sites if one.dateline]
    dateline = next((one for one in told if one.place.kind != "country"), None) or next(iter(told), None)
    least = 1 if dateline is None else 2  # what is told once says less of where the news is from
    placed = [
        (len(one.mentions), fields.where)
        for one, fields in sure
        if fields.where
        and fields.where.place.kind != "country"
        and fields.realis == "actual"
        and len(one.mentions) >= least
    ]
    main = max(placed, key=lambda one: one[0])[1] if placed else None
    return StandIns(
        main, _find_lead(sites, coded.prepared.text), dateline, _find_news_day(sure, coded.published)
    )


def _find_lead(sites: Sequence[Located], text: str) -> Located | None:
    """Where the news comes from when a sentence names no place: the first finer place with a preposition."""
    early = [one for one in sites if one.start < max(1200, len(text) // 3)]
    finer = [one for one in early if one.place.kind != "country"]
    told = [one for one in finer if not one.dateline]
    return (
        next((one for one in told if one.cue), None)
        or next(iter(told), None)
        or next(iter(finer), None)
        or next(iter(early), None)
    )


def _find_news_day(sure: Sequence[tuple[Incident, Fields]], published: date | None) -> date | None:
    """The day of what the text does not date: that of the first event told, if it is of these days."""
    if published is None or not sure:
        return published
    when = next((fields.when for _, fields in sure if fields.realis == "actual" and fields.when), None)
    day = latest_day(when.end) if when and len(when.start) == 10 else None
    return day if day and 0 <= (published - day).days <= _DAYS_OF_NEWS else published
