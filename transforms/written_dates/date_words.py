"""Words of dates in the languages of news: months, weekdays, halves of the day.

Source: the language tables of dateparser (from Unicode CLDR, with the spellings that people use), plus a few more.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from dateparser.languages.loader import default_loader

from transforms.written_dates.foreign_calendars import SOLAR_HIJRI_MONTHS

LANGUAGES = frozenset(
    """
    en ru es fr de ja tr pt fa it zh nl vi pl ar ko cs id uk el he th sv ro hu da fi sk bg sr nb nn hr lt sl ca et
    lv hi bn ur sw pa te mr ta fil gu kn ps ml or my am ha uz ms ne si km kk ckb be az af sq hy lo ka bs gl mn ky
    mk ga eu yi cy mt is so tl
    """.split()  # noqa: SIM905
)
_MONTH_KEYS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_DAY_KEYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_MORE_MONTHS: dict[str, str] = {
    "en": "- - - - - - - - - - novem decem",
    "de": "jänner feber mrz - - - - - - okt - -",
    "es": "- - - - - - - - setiembre - - -",
}
_ARABIC_MONTHS: tuple[str, ...] = (
    "كانون الثاني|جانفي",
    "شباط|فيفري",
    "آذار",
    "نيسان|أفريل|ابريل|أبريل",
    "أيار|ماي",
    "حزيران|جوان",
    "تموز|جويلية",
    "آب|أوت",
    "أيلول|ايلول",
    "تشرين الأول|تشرين الاول",
    "تشرين الثاني",
    "كانون الأول|كانون الاول",
)
"""Months of the Levant and of the Maghreb."""

FILLERS = frozenset(
    """
    at on of the and dated date from until for a las an de del d da do di den der dem le la el al um uhr am vom ab à
    às as alle ore ora h hrs hr hours kl klo klokken klockan om o godz godzinie r roku g m dia die u hod hodin jl t
    lúc vào ngày pada pukul jam saat sat časa tid local time th st nd rd er par e года год г в об о е го ей ая и
    يوم الساعة في هـ م ساعت در تاریخ วันที่ เวลา น เมื่อ ที่ เดือน ปี พศ คศ को के बजे
    """.split()  # noqa: SIM905
)
"""Words that may stand between the parts of a date and say nothing of it."""


@dataclass(frozen=True, slots=True)
class Month:
    """What a month word means: its number by language, and whether it is a month of the Solar Hijri year."""

    by_language: tuple[tuple[str, int], ...]
    is_solar: bool = False

    def number(self, languages: Iterable[str]) -> int | None:
        """The month's number; None where languages differ over it and none of `languages` (ISO 639-1) decides."""
        known = dict(self.by_language)
        for language in languages:
            if language in known:
                return known[language]
        numbers = set(known.values())
        return numbers.pop() if len(numbers) == 1 else None


def fold(text: str) -> str:
    """`text` as date words are compared: without case, accents of Latin, Greek and Cyrillic, or dotless i."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(char for char in decomposed if not "\u0300" <= char <= "\u036f")
    return unicodedata.normalize("NFC", kept).replace("ı", "i")


@cache
def month_words() -> dict[str, Month]:
    """Every folded month word, of one or two words."""
    found: dict[str, dict[str, int]] = {}
    for language, number, word in _iter_months():
        key = fold(word).strip(".॰")
        if len(key) > 1 or not key.isascii():
            found.setdefault(key, {}).setdefault(language, number)
    words = {key: Month(tuple(by_language.items())) for key, by_language in found.items()}
    for word, number in SOLAR_HIJRI_MONTHS.items():
        words.setdefault(fold(word), Month((("fa", number),), is_solar=True))
    return words


@cache
def weekday_words() -> frozenset[str]:
    """Every folded word for a day of the week, whole or cut."""
    words = {fold(word) for info in _tables().values() for key in _DAY_KEYS for word in info.get(key, ())}
    return frozenset(part for word in words for part in (word, word.strip("."), *word.split()) if part)


@cache
def half_words() -> dict[str, bool]:
    """Words for the halves of the day, folded and without dots: whether it is the second.

    Of words in Latin letters only those of English, which others use too: shorter ones mean something else elsewhere.
    """
    found = {
        "am": False,
        "pm": True,
        "오전": False,
        "오후": True,
        "午前": False,
        "午後": True,
        "晚上": True,
        "早上": False,
    }
    for info in _tables().values():
        for key, is_second in (("am", False), ("pm", True)):
            for word in info.get(key, ()):
                if not (folded := fold(word).replace(".", "")).isascii():
                    found.setdefault(folded, is_second)
    return found


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    return {
        name: locale.info for name, locale in default_loader.get_locale_map().items() if name in LANGUAGES
    }


def _iter_months() -> Iterable[tuple[str, int, str]]:
    for language, info in _tables().items():
        for number, key in enumerate(_MONTH_KEYS, start=1):
            for word in info.get(key, ()):
                yield language, number, word
    for language, line in _MORE_MONTHS.items():
        for number, word in enumerate(line.split(), start=1):
            if word != "-":
                yield language, number, word
    for number, words in enumerate(_ARABIC_MONTHS, start=1):
        for word in words.split("|"):
            yield "ar", number, word
