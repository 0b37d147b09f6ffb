"""What a document tells, sentence by sentence, put together to incidents: everything but the making of records."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from transforms.coder.assemble_events import merge_drafts
from transforms.coder.document_reading import ReadingContext
from transforms.coder.draft_events import DocumentDays, draft_events
from transforms.coder.drafts import Draft
from transforms.coder.find_events import COUNTED_WORDS, speaks_of_violence
from transforms.coder.find_sites import find_sites
from transforms.coder.gazetteer import Gazetteer
from transforms.coder.geolocate import Located, find_toponyms
from transforms.coder.grammar import Grammar, Tagged
from transforms.coder.guards import DocumentContext
from transforms.coder.headline import (
    Reading,
    add_headlines_own,
    is_title_case,
    join_headline,
    place_toponyms,
)
from transforms.coder.infer_sides import infer_opponent
from transforms.coder.judge import HEADLINE, JudgedTrigger, judge_text
from transforms.coder.lexicon import Lexicon, view_document
from transforms.coder.local_day import find_local_day
from transforms.coder.look_ahead import look_ahead
from transforms.coder.page_furniture import blank_furniture
from transforms.coder.pair_odds import Judge
from transforms.coder.parsed_sentence import ParsedSentence, build_sentence
from transforms.coder.prepare_text import PreparedText, prepare_line, prepare_text
from transforms.coder.recall_place import recall_place
from transforms.coder.resolve_dates import find_dates, find_told_day
from transforms.coder.resolve_references import read_discourse
from transforms.coder.sentences import Sentence, find_dateline, split_sentences
from transforms.coder.worth_parsing import MOST_SENTENCE_CHARACTERS, find_prospects, may_tell
from transforms.coder.write_for_grammar import write_for_grammar
from transforms.records import Document
from transforms.word_lists import word_set

MOST_CHARACTERS = 200_000  # of one document; what follows is not read
MOST_PARSED = (
    1_500  # sentences of one document that are worth parsing; those that follow the last are not read
)
MOST_JUDGED = 3_000  # sentences of one document; those that follow are not read
LEAST_ODDS = 0.05  # of a word that it tells of an event
_QUIET_SHARE = 0.018  # of all words; news of conflict stays below a third of it
_SPACE = word_set(
    "launchpad spacecraft spaceship spaceport spaceflight astronaut astronauts cosmonaut cosmonauts orbit lunar moon "
    "mars nasa spacex esa satellite satellites"
)
_TOLL_WORDS = COUNTED_WORDS | {"toll"}
_WORDS = re.compile(r"[a-z][a-z'-]*")


@dataclass(frozen=True, slots=True)
class TextReading:
    """What the rules alone read in a document."""

    scene: ReadingContext
    found: tuple[Located, ...]  # every place name of the text, with offsets into it
    sites: tuple[Located, ...]  # those of them where things happen
    told: tuple[Draft, ...]  # the incidents of the text in its order, sure or not
    prepared: PreparedText
    end: int  # what follows in the prepared text was not read


class DocumentReader:
    """Reads documents with the given look-ups; keeps nothing from one to the next."""

    def __init__(
        self, grammar: Grammar, lexicon: Lexicon, gazetteer: Gazetteer, judge: Judge | None = None
    ) -> None:
        self._judge_with = judge
        self._grammar = grammar
        self._lexicon = lexicon
        self._gazetteer = gazetteer

    def read(self, document: Document) -> TextReading:
        """Find places, days and incidents. Never raises, whatever the text."""
        prepared = prepare_text(document.text[:MOST_CHARACTERS])
        prepared = replace(prepared, text=blank_furniture(prepared.text))
        text = prepared.text
        published = find_local_day(document) or _find_dateline_date(text)
        joined = join_headline(prepare_line(document.title), text)
        lexicon = view_document(self._lexicon, joined.text, published)
        found = find_toponyms(text, self._gazetteer, lexicon, document.country, document.url)
        known = [located for located in found if located.site]
        unknown = find_sites(text, known, lexicon)
        toponyms = place_toponyms(sorted([*known, *unknown], key=lambda one: one.start), joined)
        if self._judge_with is not None and not is_title_case(joined.text[: joined.offset]):
            head = joined.text[: joined.offset].strip()
            toponyms = add_headlines_own(
                toponyms, find_toponyms(head, self._gazetteer, lexicon, document.country, document.url)
            )
        start, end = find_dateline(text)
        dateline = (start + joined.offset, end + joined.offset)
        context = self._judge_context(tuple(_WORDS.findall(joined.text.lower())))
        split = split_sentences(joined.text)
        judged = self._judge(joined, split)
        if judged is None:
            parsed, last = self._parse(joined.text, split, dateline, context.violent)
        else:
            parsed, last = self._parse_judged(joined.text, split, dateline, judged)
        sentences = tuple(parsed)
        scene = ReadingContext(
            joined,
            published,
            lexicon,
            context,
            sentences,
            read_discourse(sentences, joined.text, lexicon),
            tuple(toponyms),
            judged,
        )
        drafts = merge_drafts(
            _draft(scene, dateline), published, self._judge_with.pairs if self._judge_with else None
        )
        told = tuple(draft for draft in drafts if not draft.headline or _stands_alone(draft, drafts))
        return TextReading(scene, tuple(found), tuple(known), told, prepared, last - joined.offset)

    def _parse(
        self, text: str, sentences: tuple[Sentence, ...], dateline: tuple[int, int], violent: bool
    ) -> tuple[list[ParsedSentence], int]:
        """The sentences that are worth it, parsed, and where reading ended.

        `dateline` is where the text's begins and ends: it belongs to no sentence.
        """
        told = [_cut_dateline(sentence, text, dateline) for sentence in sentences]
        prospects = find_prospects(told, self._lexicon, violent)
        end = prospects[MOST_PARSED].sentence.start if len(prospects) > MOST_PARSED else len(text)
        prospects = prospects[:MOST_PARSED]
        tagged = self._tag(sentence for prospect in prospects for sentence in prospect.read)
        worth = dict.fromkeys(
            sentence
            for prospect in prospects
            if may_tell(prospect, self._lexicon, violent, tagged[prospect.sentence])
            for sentence in prospect.read
        )
        return self._build(text, worth, tagged), end

    def _build(
        self, text: str, worth: Iterable[Sentence], tagged: Mapping[Sentence, Tagged]
    ) -> list[ParsedSentence]:
        parses = self._grammar.parse([tagged[sentence] for sentence in worth])
        return [
            build_sentence(sentence, tokens, text)
            for sentence, tokens in zip(worth, parses, strict=True)
            if tokens
        ]

    def _judge(self, joined: Reading, sentences: Sequence[Sentence]) -> tuple[JudgedTrigger, ...] | None:
        """The triggers that the judge finds, with offsets into the joined text; None where there is no judge."""
        if self._judge_with is None:
            return None
        body = [one for one in sentences[:MOST_JUDGED] if one.start >= joined.offset]
        headline = joined.text[: joined.offset].strip()
        found = judge_text(self._judge_with.encoder, headline, [one.text for one in body], LEAST_ODDS)
        starts = [0 if one.sentence == HEADLINE else body[one.sentence].start for one in found]
        return tuple(
            replace(one, start=one.start + start, end=one.end + start, begin=start)
            for one, start in zip(found, starts, strict=True)
            if one.realis != "generic"
        )

    def _parse_judged(
        self,
        text: str,
        sentences: tuple[Sentence, ...],
        dateline: tuple[int, int],
        judged: Sequence[JudgedTrigger],
    ) -> tuple[list[ParsedSentence], int]:
        """The sentences in which the judge found something, that count the dead and hurt of an attack, or that hold a
        word of the user's own, each with that before it, and where reading ended."""
        told = [_cut_dateline(sentence, text, dateline) for sentence in sentences[:MOST_JUDGED]]
        wanted: dict[Sentence, None] = {}
        violent = any(one.event_type == "ASSAULT" for one in judged)
        for number, sentence in enumerate(told):
            words = set(_WORDS.findall(sentence.text.lower()))
            counts = violent and not _TOLL_WORDS.isdisjoint(words)
            own = not self._lexicon.users_words.isdisjoint(words)
            if counts or own or any(sentence.start <= one.start < sentence.end for one in judged):
                pair = told[max(0, number - 1) : number + 1]
                wanted |= dict.fromkeys(one for one in pair if len(one.text) <= MOST_SENTENCE_CHARACTERS)
        return self._build(text, wanted, self._tag(wanted)), _find_end(text, sentences)

    def _tag(self, sentences: Iterable[Sentence]) -> dict[Sentence, Tagged]:
        once = list(dict.fromkeys(sentences))
        texts = [write_for_grammar(sentence.text) for sentence in once]
        return dict(zip(once, self._grammar.tag(texts), strict=True))

    def _judge_context(self, words: tuple[str, ...]) -> DocumentContext:
        quiet = sum(word in self._lexicon.quiet_words for word in words)
        accident = sum(word in self._lexicon.accident_words for word in words)
        violent = speaks_of_violence(words, self._lexicon)
        return DocumentContext(
            quiet=quiet > 2 and quiet > _QUIET_SHARE * len(words),
            accident=accident >= 2 and not violent,
            violent=violent,
            space=len(_SPACE.intersection(words)) >= 2,
        )


def _find_end(text: str, sentences: Sequence[Sentence]) -> int:
    """Where the sentences end that a judge reads."""
    return sentences[MOST_JUDGED].start if len(sentences) > MOST_JUDGED else len(text)


def _stands_alone(draft: Draft, drafts: Sequence[Draft]) -> bool:
    """Whether the headline alone tells of something that the judge found: no sentence tells of such a thing."""
    others = {other.event_type for other in drafts if not other.headline}
    return bool(draft.judged) and draft.event_type not in others


def _draft(scene: ReadingContext, dateline: tuple[int, int]) -> list[Draft]:
    """What each sentence tells, before any are put together; days of the dateline count for none."""
    drafts: list[Draft] = []
    toponyms = list(scene.toponyms)
    told: date | None = None
    for parsed in scene.sentences:
        start, length = parsed.sentence.start, parsed.sentence.text
        in_head = start < scene.joined.offset
        spans = find_dates(length, scene.published, told)
        dates = [span for span in spans if in_head or start + span.at >= dateline[1]]
        told = find_told_day(dates) or told
        days = DocumentDays(*look_ahead(parsed, dates, scene.published, in_head))
        found = draft_events(
            parsed,
            scene.joined.text,
            scene.context,
            toponyms,
            days,
            scene.discourse,
            scene.lexicon,
            scene.find_judged(parsed.sentence),
        )
        for draft in found:
            placed = recall_place(draft, parsed, toponyms, drafts, scene.lexicon, scene.joined.text)
            opposed = infer_opponent(placed, scene.discourse, scene.lexicon)
            drafts.append(replace(opposed, headline=in_head))
    return drafts


def _cut_dateline(sentence: Sentence, text: str, dateline: tuple[int, int]) -> Sentence:
    """The sentence from the dateline's end on: what stands before it on its line is a name or a section."""
    if not sentence.start < dateline[1] < sentence.end:
        return sentence
    return replace(sentence, text=text[dateline[1] : sentence.end], start=dateline[1])


def _find_dateline_date(text: str) -> date | None:
    """The date of `KABUL, 4 Feb 2009 (AP) --`, for documents without a day of publication."""
    start, end = find_dateline(text)
    spans = find_dates(text[start:end], None)
    full = next((span.start for span in spans if len(span.start) == 10), "")
    return date.fromisoformat(full) if full else None
