"""Names and abbreviations of time zones, as people write them behind a time, to offsets from UTC."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_FIXED_H: dict[str, float] = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 1, "bst": 1, "wat": 1, "cet": 1, "met": 1, "mez": 1,
    "cest": 2, "mest": 2, "mesz": 2, "eet": 2, "cat": 2, "sast": 2, "idt": 3, "eest": 3, "eat": 3, "msk": 3, "мск": 3,
    "trt": 3, "irst": 3.5, "gst": 4, "aft": 4.5, "pkt": 5, "uzt": 5, "npt": 5.75, "mmt": 6.5, "ict": 7, "wib": 7,
    "wita": 8, "hkt": 8, "sgt": 8, "myt": 8, "pht": 8, "awst": 8, "wit": 9, "jst": 9, "kst": 9, "acst": 9.5,
    "acdt": 10.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
    "brt": -3, "art": -3, "uyt": -3, "nst": -3.5, "ndt": -2.5, "clst": -3, "clt": -4, "bot": -4, "vet": -4, "adt": -3,
    "edt": -4, "est": -5, "cdt": -5, "cot": -5, "pet": -5, "mdt": -6, "mst": -7, "pdt": -7, "akdt": -8, "akst": -9,
    "hst": -10,
}  # fmt: skip
"""Abbreviations with one meaning that news uses. Source: RFC 5322 section 4.3 and the IANA time zone database."""

_SHARED_H: dict[str, tuple[tuple[frozenset[str], float], ...]] = {
    "ist": (
        (frozenset({"IND", "LKA"}), 5.5),
        (frozenset({"ISR", "PSE"}), 2),
        (frozenset({"IRL"}), 1),
    ),
    "cst": (
        (frozenset({"CHN", "TWN", "HKG", "MAC"}), 8),
        (frozenset({"USA", "CAN", "MEX", "CRI", "GTM", "HND", "NIC", "SLV"}), -6),
    ),
    "pst": ((frozenset({"PHL"}), 8), (frozenset({"USA", "CAN", "MEX"}), -8)),
    "ast": (
        (frozenset({"SAU", "IRQ", "KWT", "QAT", "BHR", "YEM"}), 3),
        (frozenset({"CAN", "USA", "PRI", "BMU", "TTO", "BRB", "DOM"}), -4),
    ),
    "bst": ((frozenset({"BGD"}), 6), (frozenset({"GBR"}), 1)),
    "sst": ((frozenset({"SGP"}), 8), (frozenset({"USA", "ASM"}), -11)),
    "ect": ((frozenset({"ECU"}), -5),),
}
"""Abbreviations that several countries share: the outlet's country decides."""
_USUAL_H: dict[str, float] = {"cst": -6, "pst": -8, "bst": 1}
"""What a shared one means where the country is not known, if one meaning is by far the most usual."""

_REGIONS: dict[str, str] = {
    "et": "America/New_York",
    "eastern": "America/New_York",
    "ct": "America/Chicago",
    "central": "America/Chicago",
    "mt": "America/Denver",
    "mountain": "America/Denver",
    "pt": "America/Los_Angeles",
    "pacific": "America/Los_Angeles",
    "atlantic": "America/Halifax",
    "alaska": "America/Anchorage",
    "hawaii": "Pacific/Honolulu",
}
_HERE: dict[str, str] = {
    "india": "Asia/Kolkata",
    "indian": "Asia/Kolkata",
    "israel": "Asia/Jerusalem",
    "japan": "Asia/Tokyo",
    "korea": "Asia/Seoul",
    "pakistan": "Asia/Karachi",
    "nepal": "Asia/Kathmandu",
    "singapore": "Asia/Singapore",
    "moscow": "Europe/Moscow",
    "kyiv": "Europe/Kyiv",
    "london": "Europe/London",
    "beijing": "Asia/Shanghai",
    "central european": "Europe/Berlin",
    "eastern european": "Europe/Athens",
    "western european": "Europe/Lisbon",
    "east africa": "Africa/Nairobi",
    "west africa": "Africa/Lagos",
    "central africa": "Africa/Harare",
    "south africa": "Africa/Johannesburg",
    "greenwich mean": "Etc/UTC",
}
_LONG = re.compile(r"^([a-z ]+?) (?:(standard|daylight|summer|winter) )?time$")
_OFFSET = re.compile(r"^(?:(?:gmt|utc?)\s*)?([+\-−])\s*(\d{1,2})(?::?(\d{2}))?$")
_IANA = re.compile(r"^[A-Za-z]+(?:/[A-Za-z_+\-]+){1,2}$")
MAX_OFFSET = timedelta(hours=14)


def read_zone(name: str, local: datetime, country: str = "") -> timedelta | None:
    """The offset from UTC of the zone `name` at the wall-clock time `local`; None where it is not sure.

    Read are numeric offsets (`+0300`, `GMT+3`), abbreviations, names (`Eastern Standard Time`, `ET`) and those
    of the IANA database (`America/New_York`). `country` is the outlet's, ISO 3166-1 alpha-3: it tells `IST` of
    India from Israel's.
    """
    text = " ".join(name.strip(" ()[].,").split())
    if found := _OFFSET.match(text.lower()):
        offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        if offset > MAX_OFFSET or (not offset and found[1] != "+"):
            return None  # "-0000": RFC 5322 says that the zone is unknown
        return offset if found[1] == "+" else -offset
    if _IANA.match(text):
        return _offset_in(text, local)
    key = text.lower().replace(".", "")
    for countries, hours in _SHARED_H.get(key, ()):
        if country in countries:
            return timedelta(hours=hours)
    if key in _SHARED_H:
        return timedelta(hours=_USUAL_H[key]) if key in _USUAL_H and not country else None
    if key in _FIXED_H:
        return timedelta(hours=_FIXED_H[key])
    if key in ("et", "ct", "mt", "pt"):
        return _offset_in(_REGIONS[key], local)
    if found := _LONG.match(key):
        return _read_long(found[1], found[2] or "", local)
    return None


def _read_long(place: str, season: str, local: datetime) -> timedelta | None:
    region = _REGIONS.get(place) or _HERE.get(place)
    if region is None:
        return None
    if season in ("standard", "winter"):
        local = local.replace(
            month=1, day=15
        )  # north of the equator, as all of these are or without summer time
    elif season:
        local = local.replace(month=7, day=15)
    return _offset_in(region, local)


def _offset_in(region: str, local: datetime) -> timedelta | None:
    try:
        return local.replace(tzinfo=ZoneInfo(region)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OSError, OverflowError):
        return None
