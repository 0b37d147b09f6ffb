"""Words that dates are made of, as pieces of patterns, and what they mean."""

from datetime import timedelta

from transforms.coder.calendar_days import find_easter, make_day
from transforms.coder.number_words import parse_number
from transforms.word_lists import list_words

_MONTH_NAMES = list_words(
    "January February March April May June July August September October November December"
)
_SHORT = list_words("Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec")
_DAY_NAMES = list_words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_SHORT_DAYS = list_words("Mon Tues Tue Wed Thurs Thu Fri Sat Sun")
_ORDINALS = list_words(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third "
    "twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
)
_SMALL = list_words(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = list_words("twenty thirty forty fifty sixty seventy eighty ninety")

_names = "|".join(f"{name}|{name.upper()}" for name in _MONTH_NAMES)
_shorts = "|".join(rf"{name}\.|{name.upper()}\.?" + ("" if name == "Mar" else f"|{name}") for name in _SHORT)
MONTH = rf"(?:{_names}|(?:{_shorts})(?!\w))"
WEEKDAY = "(?:" + "|".join([*_DAY_NAMES, *(rf"{n}\." for n in _SHORT_DAYS)]) + ")"
TIME_OF_DAY = " (?:morning|afternoon|evening|night)"
YEAR = r"(?:19|20)\d\d"
DIGIT_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
SPELLED_DAY = "(?:the )?(?:" + "|".join(reversed(_ORDINALS)) + r")(?!\w)"
_small = "|".join(reversed(_SMALL))
NUMBER = (
    rf"(?:\d{{1,3}}|(?:{'|'.join(_TENS)})(?:[- ](?:{_small}))?|(?:{_small.replace('one', '[Oo]ne')})"
    r"|(?:[Aa] )?(?:couple of|few|hundred|dozen)|[Ss]everal|[Aa]n?"
    + "".join(f"|{word.capitalize()}" for word in [*_SMALL[1:], *_TENS])
    + ")"
)
SEASON = "(?:[Ss]pring|[Ss]ummer|[Aa]utumn|[Ff]all|[Ww]inter)"

_FIXED_DAYS = {
    "christmas day": (12, 25), "christmas eve": (12, 24), "christmas": (12, 25), "boxing day": (12, 26),
    "new year's eve": (12, 31), "new year's day": (1, 1),
    "halloween": (10, 31), "valentine's day": (2, 14), "st patrick's day": (3, 17), "may day": (5, 1),
    "bastille day": (7, 14), "all saints' day": (11, 1), "all saints day": (11, 1), "epiphany": (1, 6),
    "remembrance day": (11, 11), "armistice day": (11, 11), "anzac day": (4, 25), "guy fawkes night": (11, 5),
    "international women's day": (3, 8), "fourth of july": (7, 4),
}  # fmt: skip
_EASTER_DAYS = {
    "easter sunday": 0, "easter monday": 1, "good friday": -2, "palm sunday": -7, "ash wednesday": -46,
    "maundy thursday": -3, "holy thursday": -3, "holy saturday": -1, "easter day": 0,
}  # fmt: skip
_WHOLE_DAYS = {
    "9/11": "2001-09-11", "september 11 attacks": "2001-09-11", "sept. 11 attacks": "2001-09-11",
    "7/7 bombings": "2005-07-07", "7/7 attacks": "2005-07-07", "26/11 attacks": "2008-11-26",
}  # fmt: skip


def _spell(name: str) -> str:
    """A name's pattern: capitals at its words' beginnings, either apostrophe."""
    words = [
        word if word in ("of", "attacks", "bombings") else word[0].upper() + word[1:] for word in name.split()
    ]
    return " ".join(words).replace("'", "[’']").replace(".", r"\.").replace("St ", r"St\.? ")


_names_of_days = sorted([*_FIXED_DAYS, *_EASTER_DAYS, *_WHOLE_DAYS], key=len, reverse=True)
NAMED_DAY = (
    "(?P<named>"
    + "|".join(map(_spell, _names_of_days))
    + r")(?![\w’']|/\d)(?! (?:Island|Islands|tree|market|card|cards|party|dinner|bonus|shopping|season|sales|truce"
    r"|resolution|resolutions|holiday|holidays)\b)"
)


def find_named_day(name: str, year: int) -> str:
    """The ISO day of a feast in a year; year 0 for names that hold their year. "" where it is not that kind."""
    name = name.lower().replace("’", "'").replace("st. ", "st ")
    if name in _WHOLE_DAYS or not year:
        return _WHOLE_DAYS.get(name, "")
    if name in _EASTER_DAYS:
        return (find_easter(year) + timedelta(days=_EASTER_DAYS[name])).isoformat() if year > 1 else ""
    return make_day(year, *_FIXED_DAYS[name])


def read_month(text: str) -> int:
    """January is 1."""
    if text.isdigit():
        return int(text)
    return next(n for n, name in enumerate(_MONTH_NAMES, start=1) if text.lower()[:3] == name.lower()[:3])


def read_weekday(text: str) -> int:
    """Monday is 0."""
    return next(n for n, name in enumerate(_DAY_NAMES) if text.lower()[:3] == name.lower()[:3])


def read_day(text: str) -> int:
    """`5`, `5th`, `the fifth of`, `twenty-first`; 0 if it is none of these."""
    text = text.lower().removeprefix("the ").removesuffix(" of")
    if text[:1].isdigit():
        return int(text.rstrip("stndrh"))
    return _ORDINALS.index(text) + 1 if text in _ORDINALS else 0


def read_number(text: str) -> int:
    """`3`, `three`, `a`, `a couple of`, `one-year`; 0 for `several` and `a few`."""
    text = text.lower().removesuffix("-year")
    if text in ("a", "an", "the", ""):
        return int(bool(text))
    if "couple" in text:
        return 2
    words = text.split()
    return parse_number(words if words[0] != "dozen" else ["a", *words], 0)[0] or 0
