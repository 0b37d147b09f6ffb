"""The date that a page shows its readers: a guess, for where its metadata and its feed give none."""

import re
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from htmldate import find_date
from lxml.html import HtmlElement, tostring

from transforms.articles.page_dates import Dated, PageDate, choose_read, is_plausible, page_date_of
from transforms.articles.page_head import PageHead
from transforms.articles.page_titles import words_of
from transforms.articles.visible_text import line_of
from transforms.written_dates.date_tokens import tidy_line
from transforms.written_dates.find_dates import WrittenDate, find_dates
from transforms.written_dates.read_days import DateContext, DayOrder

MAX_LINE_CHARS = 200
_MAX_OTHER_CHARS = 90
"""What else a line may say beside its dates, and still be no sentence of the text."""
_AFTER_HEADING = 120
_BEFORE_HEADING = 25
_BODY_CHARS = 200
"""A paragraph of this length is the article's text: what follows it is not near the headline."""
_MAX_MARKED = 40
_MAX_TRIED = 400
_MAX_DAYS = 3

_LINE_TAGS = frozenset(
    {"time", "span", "p", "div", "li", "ul", "small", "address", "dd", "td", "em", "strong", "i", "b", "abbr"}
    | {"a", "h2", "h3", "h4", "h5", "h6", "header", "section", "font", "center", "label"}
)
_DATE_CLASS = re.compile(
    r"(?:^|[-_\s]|post|entry|article|news|publish(?:ed)?|pub)"
    r"(?:date|time|dateline|datetime|timestamp|published|posted|pubdate|datum|fecha|data|zeit)(?:$|[-_\s])",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"teaser|card|related|comment|sidebar|widget|latest|recommend|footer|popular|trending|ticker|weather|event",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"updat|modif|edited|revised|changed|aktualisier|geändert|stand\s*:|mis à jour|mise à jour|actualiz|atualiz|"
    r"aggiorn|обновл|оновл|zaktualiz|aktualiz|bijgewerkt|uppdater|opdater|oppdater|frissít|güncell|تحديث|بروزرسانی|अपडेट|更新|수정",
    re.IGNORECASE,
)
_FIRST_TOLD = re.compile(
    r"publish|posted|veröffentlich|erstellt|publié|publicad|pubblicat|опублик|opublik|gepubliceerd|公開|発表|入力|입력|등록",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    written: WrittenDate
    is_change: bool  # of the last update, as its label says


def find_visible_date(
    head: PageHead,
    tree: HtmlElement,
    context: DateContext,
    fetched_at: datetime,
    hints: Sequence[datetime] = (),
    others: Sequence[datetime] = (),
) -> Dated:
    """The date written near the headline, else in an element named for it, else what htmldate finds.

    Where only a date is written whose day and month cannot be told apart, none is given. `hints` and `others` are
    instants known from elsewhere, as in `choose_date`.
    """
    for source, lines in (
        ("written near the headline", _lines_near_heading(head, tree)),
        ("written in the page", _marked_lines(tree)),
    ):
        candidates = sorted(_read_lines(lines, context), key=lambda candidate: candidate.is_change)
        if len({candidate.written.day for candidate in candidates}) > _MAX_DAYS:
            continue  # a list of articles
        read = [
            (source, known)
            for candidate in candidates
            if (known := _settle(candidate.written, head.url, fetched_at, hints))
        ]
        chosen = choose_read(read, fetched_at, hints, others)
        if chosen.at is not None or any(candidate.written.others for candidate in candidates):
            return chosen
    return _ask_htmldate(head, tree, context, fetched_at)


def read_marked_text(
    element: HtmlElement, context: DateContext, fetched_at: datetime, url: str, hints: Sequence[datetime]
) -> PageDate | None:
    """The date that the text of an element marked as such gives."""
    for candidate in _read_lines([_text_of(element)], context):
        return _settle(candidate.written, url, fetched_at, hints)
    return None


def _read_lines(lines: Iterable[str], context: DateContext) -> list[_Candidate]:
    candidates: list[_Candidate] = []
    for line in lines:
        found = find_dates(line, context)
        if not found:
            continue
        tidy = tidy_line(line)
        if len(tidy) - sum(date.end - date.start for date in found) > _MAX_OTHER_CHARS:
            continue
        before = 0
        for written in found:
            label = tidy[before : written.start]
            is_change = bool(_CHANGED.search(label)) and not _FIRST_TOLD.search(label)
            candidates.append(_Candidate(written, is_change))
            before = written.end
    return candidates


def _settle(
    written: WrittenDate, url: str, fetched_at: datetime, hints: Sequence[datetime]
) -> PageDate | None:
    """The instant of a written date; None where its day and month could change places and nothing decides."""
    readings = [
        day
        for day in (written.day, *written.others)
        if is_plausible(datetime(day.year, day.month, day.day, tzinfo=UTC), fetched_at)
    ]
    if len(readings) > 1:
        told = [
            day
            for day in readings
            if f"/{day:%Y/%m/%d}" in url
            or f"{day:%Y-%m-%d}" in url
            or any(abs(hint.date() - day) <= timedelta(days=1) for hint in hints)
        ]
        readings = told
    return page_date_of(written, readings[0]) if len(readings) == 1 else None


def _find_heading(head: PageHead, tree: HtmlElement) -> HtmlElement | None:
    """The article's heading: `h1`, or a lesser one that says what the page's title says."""
    titles = [set(words_of(title)) for title in (head.first("og:title"), head.title)]
    for element in tree.iter("h1", "h2", "h3", "h4"):
        words = set(words_of(_text_of(element)))
        if element.tag == "h1" and words and (len(head.headings) == 1 or not any(titles)):
            return element
        if len(words) > 2 and any(len(words & title) >= 0.6 * len(words) for title in titles):
            return element
    return next(tree.iter("h1"), None)


def _lines_near_heading(head: PageHead, tree: HtmlElement) -> Iterator[str]:
    """Short lines behind the heading down to the text, then those just above it, nearest first."""
    heading = _find_heading(head, tree)
    if heading is None:
        return
    for element in heading.xpath(f"following::*[position() <= {_AFTER_HEADING}]"):
        if element.tag == "p" and len(" ".join(element.itertext())) >= _BODY_CHARS:
            break
        if element.tag in _LINE_TAGS and (line := _text_of(element)) and not _is_elsewhere(element):
            yield line
    above = heading.xpath("preceding::*[not(self::script or self::style)]")[-_BEFORE_HEADING:]
    for element in reversed(above):
        if element.tag in _LINE_TAGS and (line := _text_of(element)) and not _is_elsewhere(element):
            yield line


def _marked_lines(tree: HtmlElement) -> Iterator[str]:
    """Short lines of elements named for their date, in the whole page."""
    count = tried = 0
    for element in tree.xpath("//body//*[@class or @id]"):
        if element.tag not in _LINE_TAGS or tried >= _MAX_TRIED:
            continue
        if not _DATE_CLASS.search(element.get("class") or "") and not _DATE_CLASS.search(
            element.get("id") or ""
        ):
            continue
        tried += 1
        if (line := _text_of(element)) and not _is_elsewhere(element):
            yield line
            count += 1
            if count >= _MAX_MARKED:
                return


def _is_elsewhere(element: HtmlElement) -> bool:
    """Whether an element belongs to the navigation or to another article's teaser."""
    for depth, around in enumerate(element.iterancestors()):
        if around.tag in ("aside", "nav", "footer", "form", "figure"):
            return True
        if depth < 4 and _ELSEWHERE.search(around.get("class") or ""):
            return True
    return bool(_ELSEWHERE.search(element.get("class") or ""))


def _text_of(element: HtmlElement) -> str:
    return line_of(element, MAX_LINE_CHARS)


def _ask_htmldate(head: PageHead, tree: HtmlElement, context: DateContext, fetched_at: datetime) -> Dated:
    """Last resort: htmldate's search of the address and the whole page gives a day."""
    found = find_date(
        _prune(tree),
        url=head.url or None,
        original_date=True,
        extensive_search=False,  # which would take the year of a copyright line for a date
        outputformat="%Y-%m-%d",
        max_date=fetched_at.strftime("%Y-%m-%d"),
    )
    day = _check_order(date.fromisoformat(found), head.url, tree, context) if found else None
    if day is None:
        return Dated()
    return Dated(datetime.combine(day, datetime.min.time(), tzinfo=UTC), "day", "htmldate")


def _prune(tree: HtmlElement) -> HtmlElement:
    """A copy of the page without what belongs to other articles."""
    copy = deepcopy(tree)
    for element in copy.xpath("//nav | //aside | //footer | //body//*[@class]"):
        is_other = element.tag in ("nav", "aside", "footer") or _ELSEWHERE.search(element.get("class") or "")
        if is_other and element.getparent() is not None and element.find(".//h1") is None:
            element.drop_tree()
    return copy


def _check_order(day: date, url: str, tree: HtmlElement, context: DateContext) -> date | None:
    """The day that htmldate found, which reads 4/9 day first everywhere, as it is written where the page comes from."""
    if day.day > 12 or day.day == day.month:
        return day
    markup = url + tostring(tree, encoding="unicode")
    if any(f"{day:{form}}" in markup for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d")):
        return day
    written: tuple[tuple[DayOrder, int, int], ...] = (
        ("day first", day.day, day.month),
        ("month first", day.month, day.day),
    )
    orders = [
        order
        for order, first, second in written
        if re.search(rf"(?<!\d)0?{first}[/-]0?{second}[/-]{day.year}(?!\d)", markup)
    ]
    if not orders or context.order in orders:
        return day
    return day.replace(month=day.day, day=day.month) if context.order else None
