"""What a document tells, sentence by sentence, put together to incidents: everything but the making of records."""

import re
from dataclasses import dataclass, replace
from datetime import date

from transforms.coder.assemble_events import merge_drafts
from transforms.coder.candidates import Context
from transforms.coder.draft_events import draft_events
from transforms.coder.drafts import Draft
from transforms.coder.find_events import has_trigger, speaks_of_violence
from transforms.coder.find_sites import find_sites
from transforms.coder.gazetteer import Gazetteer
from transforms.coder.geolocate import Located, find_toponyms
from transforms.coder.grammar import Grammar
from transforms.coder.headline import Reading, join_headline, place_toponyms
from transforms.coder.infer_sides import infer_opponent
from transforms.coder.lexicon import Lexicon, view_document
from transforms.coder.parsed_sentence import ParsedSentence, build_sentence
from transforms.coder.recall_place import recall_place
from transforms.coder.resolve_dates import find_dates, find_told_day
from transforms.coder.resolve_references import REFERRING, read_discourse
from transforms.coder.sentences import Sentence, find_dateline_end, split_sentences
from transforms.records import Document

MOST_CHARACTERS = 200_000  # of one document; what follows is not read
_MOST_SENTENCE_CHARACTERS = 3_000  # longer ones are lists or tables
_QUIET_SHARE = 0.018  # of all words; news of conflict stays below a third of it
_BLANKS = re.compile(r"\s")  # line breaks and no-break spaces; one for one, so that offsets hold
_WORDS = re.compile(r"[a-z][a-z'-]*")


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """A document's sentences that may tell of events, and the incidents as the rules have them.

    Offsets count in `reading.text`, which has the headline before the text; those of `toponyms` in the text.
    """

    reading: Reading
    published: date | None
    lexicon: Lexicon  # with the names as this document means them
    toponyms: list[Located]  # every place name of the text
    sites: list[Located]  # those of them where things happen
    sentences: list[ParsedSentence]
    drafts: list[Draft]  # in the order of the text; the first tells of the headline too


class DocumentReader:
    """Reads documents with the given look-ups; keeps nothing from one to the next."""

    def __init__(self, grammar: Grammar, lexicon: Lexicon, gazetteer: Gazetteer) -> None:
        self._grammar = grammar
        self._lexicon = lexicon
        self._gazetteer = gazetteer

    def read(self, document: Document) -> DocumentReading:
        """Find places, days and events. Never raises, whatever the text."""
        text = document.text[:MOST_CHARACTERS]
        published = document.published_at.date() if document.published_at else _find_dateline_date(text)
        reading = join_headline(document.title, text)
        lexicon = view_document(self._lexicon, reading.text, published)
        found = find_toponyms(text, self._gazetteer, lexicon, document.country, document.url)
        known = [located for located in found if located.site]
        unknown = find_sites(text, known, lexicon)
        toponyms = place_toponyms(sorted([*known, *unknown], key=lambda one: one.start), reading)
        dateline = find_dateline_end(text)
        dateline += reading.offset if dateline else 0
        sentences = self._parse(reading.text, split_sentences(reading.text), dateline)
        drafts = self._draft(reading, sentences, dateline, toponyms, published, lexicon)
        told = [draft for draft in merge_drafts(drafts, published) if not draft.headline]
        return DocumentReading(reading, published, lexicon, found, known, sentences, told)

    def _draft(
        self,
        reading: Reading,
        sentences: list[ParsedSentence],
        dateline: int,
        toponyms: list[Located],
        published: date | None,
        lexicon: Lexicon,
    ) -> list[Draft]:
        text = reading.text
        words = tuple(_WORDS.findall(text.lower()))
        context = self._judge_context(words)
        drafts: list[Draft] = []
        discourse = read_discourse(sentences, text, lexicon)
        told: date | None = None
        for parsed in sentences:
            start, length = parsed.sentence.start, parsed.sentence.text
            in_head = start < reading.offset
            spans = find_dates(length, published, told)
            dates = [span for span in spans if in_head or start + span.at >= dateline]
            told = find_told_day(dates) or told
            found = draft_events(parsed, text, context, toponyms, dates, discourse, lexicon)
            for draft in found:
                placed = recall_place(draft, parsed, toponyms)
                drafts.append(replace(infer_opponent(placed, discourse, lexicon), headline=in_head))
        return drafts

    def _parse(self, text: str, sentences: tuple[Sentence, ...], dateline: int) -> list[ParsedSentence]:
        """The sentences that may tell of an event, and the one before those that refer back, parsed.

        `dateline` is where the text's dateline ends: it belongs to no sentence.
        """
        worth: list[Sentence] = []
        told = [_cut_dateline(sentence, text, dateline) for sentence in sentences]
        for number, sentence in enumerate(told):
            words = tuple(_WORDS.findall(sentence.text.lower()))
            if len(sentence.text) > _MOST_SENTENCE_CHARACTERS or not has_trigger(words, self._lexicon):
                continue
            before = told[number - 1] if number else None
            if before and before not in worth and not REFERRING.isdisjoint(words[:12]):
                worth.append(before)
            worth.append(sentence)
        parses = self._grammar.parse([_BLANKS.sub(" ", sentence.text) for sentence in worth])
        return [
            build_sentence(sentence, tokens, text)
            for sentence, tokens in zip(worth, parses, strict=True)
            if tokens
        ]

    def _judge_context(self, words: tuple[str, ...]) -> Context:
        quiet = sum(word in self._lexicon.quiet_words for word in words)
        accident = sum(word in self._lexicon.accident_words for word in words)
        violent = speaks_of_violence(words, self._lexicon)
        return Context(
            quiet=quiet > 2 and quiet > _QUIET_SHARE * len(words),
            accident=accident >= 2 and not violent,
            violent=violent,
        )


def _cut_dateline(sentence: Sentence, text: str, dateline: int) -> Sentence:
    if not sentence.start < dateline < sentence.end:
        return sentence
    return replace(sentence, text=text[dateline : sentence.end], start=dateline)


def _find_dateline_date(text: str) -> date | None:
    """The date of `KABUL, 4 Feb 2009 (AP) --`, for documents without a day of publication."""
    spans = find_dates(text[: find_dateline_end(text)], None)
    full = next((span.start for span in spans if len(span.start) == 10), "")
    return date.fromisoformat(full) if full else None
