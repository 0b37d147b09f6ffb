"""An event in one line of our own words, made of its fields: for alerts, reports and the end of the demo."""

import re
from dataclasses import dataclass
from datetime import date

from transforms.safe_text import put_on_a_line

LONGEST_NAME = 80
"""Characters of an actor, a recipient or a place; what is longer is cut."""

LONGEST_SENTENCE = 500


@dataclass(frozen=True, slots=True)
class NewsEvent:
    """An event as messages and reports show it; the fields are those of `events`, with the country's name."""

    event_id: str
    event_type: str  # PLOVER
    mode: str
    event_day: date
    date_start: str  # ISO, cut to the precision known
    date_source: str  # text or published
    country: str  # ISO 3166-1 alpha-3
    country_name: str  # in English; the code where it has none
    place_name: str
    lat: float | None
    lon: float | None
    actor: str
    recipient: str
    killed_min: int | None
    killed_max: int | None
    injured_min: int | None
    injured_max: int | None
    toll_claimed: bool
    sentence: str
    sentence_url: str
    outlet_names: tuple[str, ...]
    urls: tuple[str, ...]
    articles: int
    outlets: int


_ON, _OF, _WITH, _TO, _AGAINST, _FOR = "on", "of", "with", "to", "against", "for"
PHRASES: dict[str, tuple[str, str]] = {
    "AGREE": ("agreement", _WITH),
    "CONSULT": ("talks", _WITH),
    "CONSULT/visit": ("visit", _TO),
    "CONSULT/host": ("visit received", "from"),
    "CONSULT/meet": ("meeting", _WITH),
    "CONSULT/phone": ("telephone call", _WITH),
    "CONSULT/mediate": ("mediation", _WITH),
    "CONSULT/third-party": ("mediation", _WITH),
    "SUPPORT": ("support", _FOR),
    "SUPPORT/sign": ("signing of an agreement", _WITH),
    "CONCEDE": ("concession", _TO),
    "COOPERATE": ("cooperation", _WITH),
    "AID": ("aid", _FOR),
    "AID/humanitarian": ("humanitarian aid", _FOR),
    "AID/military": ("military aid", _FOR),
    "AID/economic": ("economic aid", _FOR),
    "AID/peacekeeping": ("peacekeeping", _FOR),
    "AID/asylum": ("asylum", _FOR),
    "RETREAT": ("retreat", ""),
    "RETREAT/withdraw": ("withdrawal", ""),
    "RETREAT/release": ("release", _OF),
    "RETREAT/return": ("return", _OF),
    "RETREAT/disarm": ("disarming", _OF),
    "RETREAT/ceasefire": ("ceasefire", _WITH),
    "RETREAT/access": ("access given", _TO),
    "RETREAT/resign": ("resignation", ""),
    "REQUEST": ("demand", _TO),
    "REQUEST/assist": ("request for help", _TO),
    "REJECT": ("refusal", _TO),
    "ACCUSE": ("accusation", _AGAINST),
    "ACCUSE/disapprove": ("criticism", _OF),
    "ACCUSE/investigate": ("investigation", _OF),
    "THREATEN": ("threat", _AGAINST),
    "PROTEST": ("protest", _AGAINST),
    "PROTEST/demo": ("demonstration", _AGAINST),
    "PROTEST/riot": ("riot", _AGAINST),
    "PROTEST/strike": ("strike", _AGAINST),
    "PROTEST/hunger": ("hunger strike", _AGAINST),
    "PROTEST/boycott": ("boycott", _OF),
    "PROTEST/obstruct": ("blockade", _AGAINST),
    "PROTEST/vandalize": ("vandalism", _AGAINST),
    "SANCTION": ("sanctions", _AGAINST),
    "SANCTION/expel": ("expulsion", _OF),
    "SANCTION/convict": ("conviction", _OF),
    "MOBILIZE": ("mobilization", _AGAINST),
    "MOBILIZE/troops": ("deployment of troops", _AGAINST),
    "MOBILIZE/police": ("deployment of police", _AGAINST),
    "COERCE": ("coercion", _OF),
    "COERCE/seize": ("seizure", _OF),
    "COERCE/restrict": ("restriction", _OF),
    "COERCE/ban": ("ban", _ON),
    "COERCE/censor": ("censorship", _OF),
    "COERCE/curfew": ("curfew", _FOR),
    "COERCE/martial-law": ("martial law", _FOR),
    "COERCE/arrest": ("arrest", _OF),
    "COERCE/deport": ("deportation", _OF),
    "COERCE/cyber": ("cyber attack", _ON),
    "ASSAULT": ("attack", _ON),
    "ASSAULT/abduct": ("abduction", _OF),
    "ASSAULT/beat": ("beating", _OF),
    "ASSAULT/torture": ("torture", _OF),
    "ASSAULT/execute": ("execution", _OF),
    "ASSAULT/sexual": ("sexual violence", _AGAINST),
    "ASSAULT/targeted": ("targeted killing", _OF),
    "ASSAULT/destroy": ("destruction", _OF),
    "ASSAULT/primitive": ("attack", _ON),
    "ASSAULT/firearms": ("shooting", _OF),
    "ASSAULT/explosives": ("bombing", _OF),
    "ASSAULT/suicide-attack": ("suicide attack", _ON),
    "ASSAULT/aerial": ("air strike", _ON),
    "ASSAULT/drone": ("drone attack", _ON),
    "ASSAULT/heavy-weapons": ("shelling", _OF),
    "ASSAULT/crowd-control": ("force against a crowd", "of"),
    "ASSAULT/cleansing": ("ethnic cleansing", _OF),
    "ASSAULT/massacre": ("massacre", _OF),
    "ASSAULT/unconventional": ("attack with unconventional weapons", _ON),
    "ASSAULT/battle": ("fighting", _WITH),
}
"""What a type, or a type and a mode, is called, and the word that leads to the recipient.

Source: the modes of PLOVER and ours, in `seeds/event_types.csv`.
"""
_DAY = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?")
_COMMON_WORDS = (
    "a an the two three four five six seven eight nine ten eleven twelve dozens scores hundreds thousands tens "
    "several some many most other people men women children gunmen police soldiers fighters militants rebels "
    "attackers protesters demonstrators workers students residents villagers civilians officers authorities "
    "officials organisers organizers owners troops forces"
)
"""First words of actors that are no names."""
_COMMON = frozenset(_COMMON_WORDS.split())
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def describe_event(event: NewsEvent) -> str:
    """What happened, by whom, to whom, where, when and with what toll, in one line."""
    where = describe_place(event)
    toll = describe_toll(event)
    line = f"{describe_day(event)}: {describe_kind(event)}" + (f" in {where}" if where else "")
    return line + (f"; {toll}" if toll else "")


def describe_kind(event: NewsEvent) -> str:
    """What was done, by whom and to whom, such as "drone attack by Rapid Support Forces on 23 people"."""
    kind, leading = PHRASES.get(f"{event.event_type}/{event.mode}") or PHRASES.get(
        event.event_type, (event.event_type.lower(), _ON)
    )
    by = f" by {_lower(cut_name(event.actor))}" if event.actor else ""
    whom = f" {leading} {_lower(cut_name(event.recipient))}" if event.recipient and leading else ""
    return kind + (whom + by if leading == _OF else by + whom)


def name_kind(event_type: str, mode: str = "") -> str:
    """The bare name of a type or a mode, such as "air strike"."""
    found = PHRASES.get(f"{event_type}/{mode}") or PHRASES.get(event_type)
    return found[0] if found else event_type.lower()


def describe_place(event: NewsEvent) -> str:
    """The place and its country, as far as known; a country that is the place is named once."""
    names = (cut_name(event.place_name), event.country_name)
    return ", ".join(dict.fromkeys(name for name in names if name))


def describe_day(event: NewsEvent) -> str:
    """The day as precise as known, such as "2 March 2026", or "reported on 2 March 2026"."""
    known = event.date_start if event.date_source == "text" and event.date_start else ""
    day = format_day(known or event.event_day.isoformat())
    return day if known else f"reported on {day}"


def format_day(day: str) -> str:
    """An ISO date that may be cut to its month or year, as English readers write it; what is none as it is."""
    found = _DAY.fullmatch(day)
    if not found or not 1 <= int(found["month"] or 1) <= 12:
        return cut_name(day)
    month = f"{_MONTHS[int(found['month']) - 1]} {found['year']}" if found["month"] else found["year"]
    return f"{int(found['day'])} {month}" if found["day"] else month


def describe_toll(event: NewsEvent) -> str:
    """The killed and hurt as ranges, such as "14 to 23 killed, 30 hurt"; empty where no report gives a number."""
    parts = [
        f"{describe_range(event.killed_min, event.killed_max)} killed"
        if event.killed_max is not None
        else "",
        f"{describe_range(event.injured_min, event.injured_max)} hurt"
        if event.injured_max is not None
        else "",
    ]
    toll = ", ".join(part for part in parts if part)
    return f"{toll} (as those who did it claim)" if toll and event.toll_claimed else toll


def describe_range(least: int | None, most: int | None) -> str:
    """Such as "14 to 23" or "3"; empty where nothing is known."""
    if most is None:
        return "" if least is None else str(least)
    return str(most) if least is None or least == most else f"{least} to {most}"


def describe_sources(event: NewsEvent, most: int = 3) -> str:
    """The outlets, such as "Bay Herald, Meridian Wire and 2 more"."""
    names = [cut_name(name) for name in event.outlet_names if name]
    more = max(event.outlets, len(names)) - len(names[:most])
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 and names else "")


def _lower(name: str) -> str:
    """Words that began a sentence as they are within one; names stay."""
    return name[0].lower() + name[1:] if name.partition(" ")[0].lower() in _COMMON else name


def cut_name(name: str) -> str:
    """A name on one line, without what acts on a terminal or turns the order of reading."""
    plain = put_on_a_line(name)
    return plain if len(plain) <= LONGEST_NAME else plain[: LONGEST_NAME - 1] + "…"


def cut_sentence(text: str) -> str:
    """A sentence on one line, of at most `LONGEST_SENTENCE` characters."""
    plain = " ".join(put_on_a_line(text).split())
    return plain if len(plain) <= LONGEST_SENTENCE else plain[: LONGEST_SENTENCE - 1] + "…"
