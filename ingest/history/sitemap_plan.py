"""Which files of a site's sitemaps are read, and in which windows."""

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ingest.history.planning import name_window, say_days
from ingest.history.protocol import HistoryWindow, WindowItem
from ingest.history.sitemap_days import is_before, may_overlap, read_spans
from ingest.history.sitemap_files import Listed
from transforms.history.sites import is_of_site
from transforms.history.windows import DayRange

_FILES_A_WINDOW = 4  # plug-ins and WordPress itself put 1,000 or 2,000 pages into a file
_DAY_FILES_A_WINDOW = 31


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A sitemap file that may name pages of the days wanted."""

    url: str
    changed: str = ""  # its lastmod as the index tells it, in ISO form; "" for none
    span: DayRange | None = None  # the days that it is of, by its name
    is_oldest: bool = False  # of those beside it


@dataclass(frozen=True, slots=True)
class WindowFacts:
    """What a window's facts tell of how to read it."""

    site: str
    files: tuple[PlannedFile, ...]
    left: int = 0  # files that the limit of pages left out, told by the last window


def choose_files(listed: Sequence[Listed], site: str, first: date, last: date) -> list[PlannedFile]:
    """The site's own files among those listed side by side that can name pages of the days from `first` to `last`.

    Left out are files whose name says that they are of other days, and files that were changed last before.
    """
    spans = read_spans([one.url for one in listed])
    oldest = min((span for span in spans if span), default=None)
    found: dict[str, PlannedFile] = {}
    for one, span in zip(listed, spans, strict=True):
        is_useless = is_before(one.lastmod, first) or (span and not may_overlap(span, first, last))
        if is_of_site(one.url, site) and not is_useless:
            changed = one.lastmod.at.isoformat() if one.lastmod else ""
            found.setdefault(
                one.url, PlannedFile(one.url, changed, span, span is not None and span == oldest)
            )
    return list(found.values())


def make_windows(
    files: Iterable[PlannedFile], feed_id: str, site: str, wanted: DayRange, most: int
) -> Iterator[HistoryWindow]:
    """Group files into windows: dated ones by their month or year, a few of the others at a time.

    A dated window covers the days of its group that are wanted, others all that are. Of more than `most` files the
    last are left out, which the last window knows.
    """
    ordered = sorted(
        files, key=lambda file: (file.span is None, file.span or wanted, _split_numbers(file.url))
    )
    left = max(0, len(ordered) - most)
    groups: dict[tuple[str, DayRange], list[PlannedFile]] = {}
    for file in ordered[:most]:
        groups.setdefault(_group_of(file, wanted), []).append(file)
    windows = []
    for (name, days), members in groups.items():
        by_day = all(file.span and file.span[0] == file.span[1] for file in members)
        size = _DAY_FILES_A_WINDOW if by_day else _FILES_A_WINDOW
        for number, start in enumerate(range(0, len(members), size)):
            windows.append((f"{name}-{number:04d}", days, members[start : start + size]))
    for number, (name, days, members) in enumerate(windows, start=1):
        yield HistoryWindow(
            name_window(feed_id, name),
            _make_facts(WindowFacts(site, tuple(members), left if number == len(windows) else 0), wanted),
            tuple(WindowItem(file.url, file.url) for file in members),
            feed_id,
            *days,
            requests=len(members),
        )


def read_facts(window: HistoryWindow) -> WindowFacts:
    """What `make_windows` knew of a window."""
    site, left, _, *files = window.facts
    found = []
    for fact in files:
        url, changed, span, oldest = fact.split(" ")
        days = tuple(date.fromisoformat(day) for day in span.split("..") if day)
        found.append(PlannedFile(url, changed, (days[0], days[1]) if days else None, bool(oldest)))
    return WindowFacts(site.removeprefix("site "), tuple(found), int(left.removeprefix("left ")))


def _make_facts(facts: WindowFacts, wanted: DayRange) -> tuple[str, ...]:
    files = (
        f"{file.url} {file.changed} {f'{file.span[0]}..{file.span[1]}' if file.span else ''} "
        f"{'oldest' if file.is_oldest else ''}"
        for file in facts.files
    )
    return (f"site {facts.site}", f"left {facts.left}", say_days(*wanted), *files)


def _group_of(file: PlannedFile, wanted: DayRange) -> tuple[str, DayRange]:
    """The name of a file's group, and the wanted days that it covers.

    A file of the day before the first, kept as clocks differ, goes with the first.
    """
    if file.span is None:
        return "undated", wanted
    first, last = (min(max(day, wanted[0]), wanted[1]) for day in file.span)
    if (first.year, first.month) != (last.year, last.month):
        return f"{first:%Y}", (first, last)
    month = first.replace(day=1), first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return f"{first:%Y-%m}", (max(month[0], wanted[0]), min(month[1], wanted[1]))


def _split_numbers(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts `sitemap-2` before `sitemap-10`."""
    pieces = re.split(r"(\d+)", text)
    return tuple((1, int(p), "") if p.isdecimal() and p.isascii() else (0, 0, p) for p in pieces)
