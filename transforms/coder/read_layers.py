"""The first passes: a document made ready, cut into sentences, with its places and days, and what the judge finds."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from transforms.coder.calendar_days import find_local_day
from transforms.coder.coded_text import CodedText, FoundDate
from transforms.coder.count_people import count_people
from transforms.coder.gazetteer import Gazetteer
from transforms.coder.geolocate import Located, find_sites, find_toponyms
from transforms.coder.judge import judge_text
from transforms.coder.lexicon import NO_EVENT, Lexicon, view_document
from transforms.coder.page_furniture import blank_furniture
from transforms.coder.pair_odds import Judge
from transforms.coder.prepare_text import prepare_line, prepare_text
from transforms.coder.resolve_dates import DateSpan, find_dates, find_told_day
from transforms.coder.sentences import Sentence, find_dateline, is_title_case, split_sentences
from transforms.coder.users_triggers import find_users_triggers, settle
from transforms.records import Document

MOST_CHARACTERS = 200_000  # of one document; what follows is not read
MOST_SENTENCES = 3_000  # of one document; those that follow are not read
LEAST_ODDS = 0.05  # of a word that it tells of an event


def prepare(document: Document, lexicon: Lexicon) -> CodedText:
    """The text that is read, and the day from which its days count."""
    prepared = prepare_text(document.text[:MOST_CHARACTERS])
    prepared = replace(prepared, text=blank_furniture(prepared.text))
    published = find_local_day(document) or _find_dateline_day(prepared.text)
    head = _make_head(prepare_line(document.title), prepared.text)
    text = head + prepared.text
    view = view_document(lexicon, text, published)
    return CodedText(document, prepared, text, len(head), published, view)


def _make_head(title: str, text: str) -> str:
    """The headline and a blank line, unless the text begins with it."""
    title = " ".join(title.split())
    opening = " ".join(text.lstrip()[: 2 * len(title) + 2].split())
    repeated = opening.startswith(title) and not opening[len(title) : len(title) + 1].isalnum()
    return "" if not title or repeated else f"{title}\n\n"


def split(coded: CodedText) -> CodedText:
    """Its sentences, the headline apart."""
    every = split_sentences(coded.text)
    head = next((one for one in every if one.start < coded.offset), None)
    if head is not None:
        text = coded.text[: coded.offset].rstrip()
        head = replace(head, text=text, start=0, end=len(text))
    start, end = find_dateline(coded.prepared.text)
    behind = end + coded.offset
    body = tuple(_cut_dateline(one, coded.text, behind) for one in every if one.start >= coded.offset)
    return replace(
        coded,
        headline=head,
        sentences=body[:MOST_SENTENCES],
        end=body[MOST_SENTENCES].start if len(body) > MOST_SENTENCES else len(coded.text),
        dateline=(start + coded.offset, behind),
    )


def _cut_dateline(sentence: Sentence, text: str, end: int) -> Sentence:
    """The sentence from the dateline's end on: what stands before it on its line is a name or a section."""
    if not sentence.start < end < sentence.end:
        return sentence
    return replace(sentence, text=text[end : sentence.end], start=end)


def find_places(coded: CodedText, gazetteer: Gazetteer) -> CodedText:
    """Every place name, and those of them where something may have happened."""
    document, text = coded.document, coded.prepared.text
    hints = (document.country, document.url, document.home)
    found = find_toponyms(text, gazetteer, coded.lexicon, *hints)
    known = [one for one in found if one.site]
    unknown = find_sites(text, known, coded.lexicon)
    sites = sorted([*known, *unknown], key=lambda one: one.start)
    toponyms = _place_toponyms(sites, coded.text, coded.offset)
    head = coded.text[: coded.offset].strip()
    if not is_title_case(head):
        own = find_toponyms(head, gazetteer, coded.lexicon, *hints)
        toponyms = _add_headlines_own(toponyms, own)
    return replace(coded, found=tuple(found), toponyms=tuple(toponyms))


def _place_toponyms(located: Iterable[Located], text: str, offset: int) -> list[Located]:
    """The toponyms of the text behind the headline with offsets into both, and the same names in the headline."""
    in_text = [replace(one, start=one.start + offset, end=one.end + offset) for one in located]
    head = text[:offset]
    again: dict[int, Located] = {}
    for name in sorted({one.text for one in in_text}, key=len, reverse=True):
        known = next(one for one in in_text if one.text == name)
        for match in re.finditer(rf"\b{re.escape(name)}\b", head):
            taken = any(one.start <= match.start() < one.end for one in again.values())
            if not taken:
                cue = bool(re.search(r"\b(?:in|at|near|outside|on) (?:the )?$", head[: match.start()]))
                again[match.start()] = replace(
                    known, start=match.start(), end=match.end(), cue=cue, dateline=False
                )
    return [*(again[start] for start in sorted(again)), *in_text]


def _add_headlines_own(placed: list[Located], own: Iterable[Located]) -> list[Located]:
    """The toponyms of a reading with those that only the headline has."""
    more = [
        one
        for one in own
        if one.site and not any(known.start < one.end and one.start < known.end for known in placed)
    ]
    return sorted([*placed, *more], key=lambda one: one.start)


def find_days(coded: CodedText) -> CodedText:
    """Every date expression; one of the dateline dates nothing."""
    found: list[FoundDate] = []
    told: date | None = None
    for sentence in (coded.headline, *coded.sentences):
        if sentence is None or len(sentence.text) > MOST_SENTENCE_CHARACTERS:
            continue
        own = [_place_date(span, sentence) for span in find_dates(sentence.text, coded.published, told)]
        own = [one for one in own if sentence is coded.headline or one.start >= coded.dateline[1]]
        told = find_told_day([one.span for one in own]) or told
        found += own
    return replace(coded, dates=tuple(found))


def _place_date(span: DateSpan, sentence: Sentence) -> FoundDate:
    """Where the words of a date stand; its `at` may be that of the last of them (`ten years *after`)."""
    at = sentence.text.find(span.text, max(0, span.at - len(span.text)))
    start = sentence.start + (at if 0 <= at <= span.at else span.at)
    return FoundDate(span, start, min(sentence.end, start + len(span.text)))


MOST_SENTENCE_CHARACTERS = 3_000


def find_casualties(coded: CodedText) -> CodedText:
    """What each sentence says of how many were killed and hurt."""
    return replace(
        coded,
        casualties=tuple(
            one
            for sentence in (coded.headline, *coded.sentences)
            if sentence is not None and len(sentence.text) <= MOST_SENTENCE_CHARACTERS
            for one in count_people(coded.text, sentence.start, sentence.end, coded.lexicon)
        ),
    )


def find_triggers(coded: CodedText, judge: Judge) -> CodedText:
    """The words that tell of events: what the judge finds, and what rows of the user's name."""
    headline = coded.headline.text if coded.headline else ""
    sentences = [one.text for one in coded.sentences]
    users = find_users_triggers(headline, sentences, coded.lexicon)
    given = [(one.span, one.row.type) for one in users if one.row.type != NO_EVENT]
    judged = judge_text(judge.encoder, headline, sentences, LEAST_ODDS, given, judge.gate)
    return replace(coded, users=tuple(users), triggers=tuple(settle(judged, users)))


_AGENCY_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _find_dateline_day(text: str) -> date | None:
    """The date of `KABUL, 4 Feb 2009 (AP) --`, for documents without a day of publication."""
    start, end = find_dateline(text)
    spans = find_dates(text[start:end], None)
    full = next((span.start for span in spans if _AGENCY_DAY.fullmatch(span.start)), "")
    return date.fromisoformat(full) if full else None
