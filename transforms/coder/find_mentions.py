"""The pass from triggers to mentions: of each, who and whom, where and when, with what, and how many it befell."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from transforms.coder.actors import code_actor, is_human, is_inside_name
from transforms.coder.coded_text import CodedText, FoundDate, Party, TriggerMention
from transforms.coder.count_people import Casualties
from transforms.coder.counts import Count, counts_people, read_count
from transforms.coder.find_toponyms import NO_NAMES
from transforms.coder.geolocate import Located
from transforms.coder.judge import HEADLINE, JudgedTrigger, Role
from transforms.coder.lexicon import TriggerRow
from transforms.coder.number_words import parse_number
from transforms.coder.sentences import Sentence, Word, is_title_case, split_words

LEAST_ODDS_OF_MENTION = 0.4
"""With which a trigger adds to an event; one trigger of an event must be likelier (`LEAST_ODDS_OF_EVENT`)."""
LEAST_PARTY = -1.5
"""A logit: with less nobody is said to have done it, or to have suffered it."""
LEAST_PLACE, LEAST_DATE, LEAST_AROUND = -1.0, -2.0, 1.0
"""Logits with which a place name or date expression is a mention's; and those of other sentences."""


def find_mentions(coded: CodedText) -> CodedText:
    """A mention for each trigger that is sure enough, or is the user's own; no generic ones."""
    rows = {(one.span, one.row.type): one.row for one in coded.users}
    mentions: dict[tuple[int, int, str], TriggerMention] = {}
    for trigger in coded.triggers:
        row = rows.get(((trigger.sentence, trigger.start, trigger.end), trigger.event_type))
        if row is None and (trigger.odds < LEAST_ODDS_OF_MENTION or trigger.realis == "generic"):
            continue
        key = (trigger.sentence, trigger.start, trigger.event_type)
        if key not in mentions or row is not None:
            mentions[key] = _make_mention(coded, trigger, row)
    told = [mentions[key] for key in sorted(mentions)]
    return replace(coded, mentions=tuple(_name_in_full(coded, told)))


def _make_mention(coded: CodedText, trigger: JudgedTrigger, row: TriggerRow | None) -> TriggerMention:
    if row is not None:
        trigger = replace(trigger, odds=1.0, mode=row.mode or trigger.mode)
    sentence = coded.find_sentence(trigger.sentence)
    actors = _find_parties(coded, trigger, "actor")
    names = {party.actor.text for party in actors}
    recipients = tuple(p for p in _find_parties(coded, trigger, "recipient") if p.actor.text not in names)
    start = sentence.start
    mention = TriggerMention(
        trigger=trigger,
        start=start + trigger.start,
        end=start + trigger.end,
        sentence=sentence,
        headline=trigger.sentence == HEADLINE,
        row=row,
        actors=actors,
        recipients=recipients,
        weapons=tuple(_to_words(coded.text, *coded.locate(span)) for span in trigger.list_spans("weapon")),
        when=_find_day(coded, trigger, sentence),
        where=_find_place(coded, trigger),
        site=_find_site(coded, trigger),
        killed=_find_count(coded, trigger, "killed"),
        injured=_find_count(coded, trigger, "injured"),
    )
    return replace(mention, claimed=_is_claimed(coded, mention))


def _find_parties(coded: CodedText, trigger: JudgedTrigger, role: Role) -> tuple[Party, ...]:
    """Those who rather fill a role; where nobody does, the likeliest who nearly do."""
    spans = trigger.list_spans(role)
    if not spans:
        nearly = trigger.list_spans(role, LEAST_PARTY)
        spans = sorted(nearly, key=lambda span: -trigger.rate_span(role, span))[:1]
    parties: list[Party] = []
    for span in spans:
        whole = _to_whole_name(coded, span[0], *_to_words(coded.text, *coded.locate(span)))
        for start, end in _split_joined(coded, *whole):
            found = code_actor(coded.text, _take_in_number(coded.text, start), end, coded.lexicon)
            if found is not None and all(found[0].text != party.actor.text for party in parties):
                parties.append(Party(*found))
    if role != "recipient":
        return tuple(parties)
    sites = {one.text for one in coded.toponyms}
    parties = [_take_for_place(party) if party.actor.text in sites else party for party in parties]
    people = [party for party in parties if party.actor.text not in sites or is_human(party.actor)]
    return tuple(people or parties)  # "attacked Bangui, killing 8 people"


def _take_for_place(party: Party) -> Party:
    """A town is no person, whose name alone could be one: a person has a row, a title or an office."""
    actor = party.actor
    bare = actor.kind == "person" and not (actor.name or actor.sector)
    return replace(party, actor=replace(actor, kind="property")) if bare else party


def _take_in_number(text: str, start: int) -> int:
    """Where a phrase begins with the number right before it: `*five* people`; not `in 2021 gunmen`."""
    words = split_words(text, max(0, start - _MOST_OF_NUMBER), start)
    lower = [word.lower for word in words]
    for at in range(len(words)):
        number, end = parse_number(lower, at)
        if number is not None and end == len(words) and counts_people(lower, at, end, number):
            return words[at].start if text[start - 1] == " " else start
    return start


_MOST_OF_NUMBER = 30  # characters


_AND = re.compile(r",? and (?:the )?|, ")


def _split_joined(coded: CodedText, start: int, end: int) -> Iterator[tuple[int, int]]:
    """`troops and militiamen` are two; `Trinidad and Tobago` is one."""
    words = split_words(coded.text, start, end)
    known = coded.lexicon.demonyms
    for match in _AND.finditer(coded.text, start, end):
        at = next((at for at, word in enumerate(words) if word.start >= match.start()), 0)
        both = [word.text for word in (*words[max(0, at - 1) : at], *words[at + 1 : at + 2])]
        if is_inside_name(words, at, coded.lexicon) or all(word in known or word == "US" for word in both):
            continue  # "US and Filipino troops"
        if start < match.start():
            yield start, match.start()
        start = match.end()
    if start < end:
        yield start, end


def _to_words(text: str, start: int, end: int) -> tuple[int, int]:
    """From word pieces to whole words."""
    while start and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end


def _to_whole_name(coded: CodedText, number: int, start: int, end: int) -> tuple[int, int]:
    """`Aaron` with the rest of `Aaron Bushnell`: the judge's words may end inside a name."""
    sentence = coded.find_sentence(number)
    words = split_words(coded.text, sentence.start, sentence.end)
    inside = [at for at, word in enumerate(words) if start <= word.start < end]
    if not inside or (number == HEADLINE and is_title_case(sentence.text)):
        return start, end
    first, last = inside[0], inside[-1]
    while first and _joins_name(coded.text, words[first - 1], words[first]):
        first -= 1
    while last + 1 < len(words) and _joins_name(coded.text, words[last], words[last + 1]):
        last += 1
    if last + 1 < len(words) and _wants_noun(coded, words, last) and words[last + 1].text.isalpha():
        last += 1
    return words[first].start, words[last].end


def _wants_noun(coded: CodedText, words: Sequence[Word], at: int) -> bool:
    """`two Russian* missiles`, `eleven* huts`: a noun follows; not `killed twelve* in`, `a Russian* in`."""
    known = words[at].text in coded.lexicon.demonyms or parse_number([words[at].lower], 0)[0] is not None
    following = words[at + 1].lower
    return known and (following in coded.lexicon.agents or following in coded.lexicon.weapons)


def _joins_name(text: str, word: Word, following: Word) -> bool:
    """Whether two words in a row are of one name: both begin with a capital, and neither is a common word or a day."""
    capital = (
        word.text[0].isupper() and following.text[0].isupper() and text[word.end : following.start] == " "
    )
    return capital and word.lower not in NO_NAMES and following.lower not in NO_NAMES


def _find_day(coded: CodedText, trigger: JudgedTrigger, sentence: Sentence) -> FoundDate | None:
    ahead = trigger.realis in ("planned", "hypothetical")
    rated = [
        (rating, -number, dated)
        for number, dated in enumerate(coded.dates)
        if sentence.start <= dated.start < sentence.end and (ahead or not dated.span.future)
        for rating in [_rate(trigger, "date", sentence, (dated.start, dated.end))]
        if rating > LEAST_DATE
    ]
    return max(rated, key=lambda one: one[:2])[2] if rated else _find_years_before(coded, trigger, sentence)


_COUNTED_BACK = re.compile(r"(?:after|since|on|from)$")


def _find_years_before(coded: CodedText, trigger: JudgedTrigger, sentence: Sentence) -> FoundDate | None:
    """`Ten years after* gunmen stormed a school, ...`: of what stands in its clause; `forty years on*, ...`: of all."""
    at = sentence.start + trigger.start
    for dated in coded.dates:
        counted = len(dated.span.start) < 10 and _COUNTED_BACK.search(dated.span.text)
        if not counted or not sentence.start <= dated.start < dated.end <= at:
            continue
        if coded.text[dated.end : dated.end + 1] == "," or ", " not in coded.text[dated.end : at]:
            return dated
    return None


def _find_place(coded: CodedText, trigger: JudgedTrigger) -> Located | None:
    """The place name that the judge takes for the event's, or a finer one inside it that is likely as well."""
    rated = list(_rate_places(coded, trigger))
    if not rated:
        return None
    best = max(rated, key=lambda one: one[0] + (_OWN_SENTENCE if one[1] else 0.0))[2]
    finer = [
        one for rating, own, one in rated if rating > (LEAST_PLACE if own else 0) and _lies_in(one, best)
    ]
    return _widen(coded, trigger, finer[0] if finer else best)


_OWN_SENTENCE = 3.0  # logits by which a place of the sentence itself is likelier


def _widen(coded: CodedText, trigger: JudgedTrigger, located: Located) -> Located:
    """`Falluja` with the words that the judge takes for the place with it: `central Falluja`."""
    for span in trigger.list_spans("place"):
        start, end = _to_words(coded.text, *coded.locate(span))
        if start <= located.start and located.end <= end <= start + _MOST_PLACE_CHARACTERS:
            return replace(located, text=coded.text[start:end], start=start, end=end)
    return located


_MOST_PLACE_CHARACTERS = 60


def _find_site(coded: CodedText, trigger: JudgedTrigger) -> tuple[int, int] | None:
    """The words of the sentence that the judge takes for the place though they hold no name that is known."""
    for span in trigger.list_spans("place"):
        start, end = _to_words(coded.text, *coded.locate(span))
        named = any(one.start < end and start < one.end for one in coded.toponyms)
        if span[0] == trigger.sentence and not named and end - start <= _MOST_PLACE_CHARACTERS:
            return start, end
    return None


def _rate_places(coded: CodedText, trigger: JudgedTrigger) -> Iterator[tuple[float, bool, Located]]:
    """The likely places of the window, each with its logit and whether it stands in the trigger's sentence."""
    around = {piece.sentence for piece in trigger.window if piece.sentence is not None}
    for number in sorted(around):
        beside = coded.find_sentence(number)
        own = number == trigger.sentence
        for one in coded.toponyms:
            if one.dateline or not beside.start <= one.start < beside.end:
                continue
            span = number, one.start - beside.start, one.end - beside.start
            rating = trigger.rate_span("place", span)
            if rating > (LEAST_PLACE if own else LEAST_AROUND):
                yield rating, own, one


def _lies_in(inner: Located, outer: Located) -> bool:
    """`in Raqqa in Tabqa city`: a smaller place of the same division."""
    p, q = inner.place, outer.place
    if p.kind == "unknown":
        return q.kind in ("country", "admin1", "region") and p.country == q.country
    if q.kind == "country":
        return p.kind != "country" and p.country == q.country
    same = bool(p.admin1) and (p.country, p.admin1) == (q.country, q.admin1)
    return same and 0 < p.population < q.population


def _find_count(coded: CodedText, trigger: JudgedTrigger, kind: Literal["killed", "injured"]) -> Count | None:
    """How many an event killed or injured: of what the sentence counts that which the judge takes for its own; where
    nothing is counted, what the words come to that the judge takes for a number."""
    sentence = coded.find_sentence(trigger.sentence)
    inside = [
        one for one in coded.casualties if one.kind == kind and sentence.start <= one.start < sentence.end
    ]
    if inside:
        best = max(inside, key=lambda one: _rate_count(trigger, sentence, one))
        rating = _rate_count(trigger, sentence, best)
        return best.count if rating > _LEAST_COUNT or _is_nearest(coded, trigger, sentence, best) else None
    for span in trigger.list_spans(kind):
        if span[0] == trigger.sentence:
            return _read_count(coded, sentence, *_to_words(coded.text, *coded.locate(span)))
    return None


_LEAST_COUNT = -3.0  # a logit


def _rate_count(trigger: JudgedTrigger, sentence: Sentence, one: Casualties) -> float:
    return max(_rate(trigger, one.kind, sentence, span) for span in one.list_spans())


def _is_nearest(coded: CodedText, trigger: JudgedTrigger, sentence: Sentence, one: Casualties) -> bool:
    """Whether of the assaults of a sentence this one fits a count best, however little."""
    rivals = [
        _rate_count(other, sentence, one)
        for other in coded.triggers
        if other.sentence == trigger.sentence
        and other.event_type == "ASSAULT"
        and other.odds >= LEAST_ODDS_OF_MENTION
    ]
    own = _rate_count(trigger, sentence, one)
    return trigger.event_type == "ASSAULT" and own >= max(rivals, default=own)


def _rate(trigger: JudgedTrigger, role: Role, sentence: Sentence, span: tuple[int, int]) -> float:
    return trigger.rate_span(role, (trigger.sentence, span[0] - sentence.start, span[1] - sentence.start))


def _read_count(coded: CodedText, sentence: Sentence, start: int, end: int) -> Count | None:
    words = split_words(coded.text, sentence.start, sentence.end)
    inside = [at for at, word in enumerate(words) if start <= word.start < end]
    if not inside:
        return None
    lower = [word.lower for word in words]
    bound, least = read_count(lower, inside[0], inside[-1] + 1, coded.lexicon)
    return Count(bound, least, start, end)


_CLAIMS = re.compile(r"\b(?:claim|boast|sa(?:id|ys?)|announce|declare|state|report|add)(?:s|d|ed)?\b")
_OWN = re.compile(r"\b(?:it|they|its|their|we|our)\b")
_STATE = frozenset({"GOV", "MIL", "COP", "IGO"})
_MOST_TO_VERB, _MOST_TO_OWN = 40, 30  # characters


def _is_claimed(coded: CodedText, mention: TriggerMention) -> bool:
    """`the group said it had killed 40 soldiers`: those who did it count their victims; no body of a state."""
    actors = [party.actor for party in mention.actors]
    if mention.event_type != "ASSAULT" or (mention.killed is None and mention.injured is None) or not actors:
        return False
    if any(actor.sector in _STATE or actor.kind == "country" for actor in actors):
        return False
    before = [party for party in mention.actors if party.end <= mention.start]
    if not before:
        return False
    between = coded.text[before[-1].end : mention.start]
    said = _CLAIMS.search(between)
    if said is None or said.start() > _MOST_TO_VERB:
        return False
    own = _OWN.search(between, said.end())
    strange = re.search(r"[A-Z]\w+", between[said.end() : own.start() if own else len(between)])
    return own is not None and own.start() - said.end() < _MOST_TO_OWN and strange is None


def _name_in_full(coded: CodedText, mentions: Sequence[TriggerMention]) -> Iterator[TriggerMention]:
    """`Karimi` is `Omar Karimi`, if the text names him so."""
    full: dict[str, str] = {}
    for mention in mentions:
        for party in (*mention.actors, *mention.recipients):
            text = party.actor.text
            if party.actor.kind == "person" and " " in text and text.istitle():
                full.setdefault(text.rsplit(" ", 1)[-1], text)
    for mention in mentions:
        yield replace(
            mention,
            actors=tuple(_spell_out(party, full) for party in mention.actors),
            recipients=tuple(_spell_out(party, full) for party in mention.recipients),
        )


def _spell_out(party: Party, full: dict[str, str]) -> Party:
    actor = party.actor
    if actor.kind != "person" or actor.name or actor.text not in full:
        return party
    return replace(party, actor=replace(actor, text=full[actor.text]))
