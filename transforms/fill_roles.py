"""Who did it, and to whom: the noun phrases on either side of a trigger, by simple clause patterns."""

from dataclasses import dataclass

from transforms.find_events import Hit
from transforms.parsed_sentence import ParsedSentence
from transforms.tag_words import BE_FORMS, Phrase, Tag
from transforms.word_lists import word_set

_ON = frozenset({"on", "at", "against", "with", "upon", "into", "for", "from", "over", "to"})
_TARGET = frozenset({"on", "against", "at", "targeting", "upon", "into"})
_LIGHT_VERBS = word_set(
    "launched launch launches carried carry carrying staged stage staging conducted conducting mounted "
    "mounting held hold holding launching committed committing perpetrated began begun started continued "
    "waged led joined organised organized called ordered imposed declared announced made stepped"
)
_CARRIED_OUT = word_set("out up off on")


@dataclass(frozen=True, slots=True)
class Roles:
    actors: tuple[Phrase, ...] = ()
    recipients: tuple[Phrase, ...] = ()
    passive: bool = False


def fill_roles(parsed: ParsedSentence, hit: Hit) -> Roles:
    """The phrases of actor and recipient of a trigger; both may be empty."""
    if hit.reading == "verb":
        return _fill_verb(parsed, hit)
    if hit.reading == "noun":
        return _fill_noun(parsed, hit)
    return Roles(actors=find_subject(parsed, hit.start))


def is_passive(parsed: ParsedSentence, hit: Hit) -> bool:
    """`were killed`, `44 people killed in`, `killed by`."""
    if hit.form.form not in ("past", "participle"):
        return False
    at = hit.start - 1
    steps = 0
    while at >= 0 and steps < 5 and parsed.tags[at] in (Tag.AUXILIARY, Tag.ADVERB):
        if parsed.words[at].lower in BE_FORMS:
            return True
        at -= 1
        steps += 1
    after = parsed.words[hit.end].lower if hit.end < len(parsed.words) else "."
    if after == "by":
        return True
    if steps == 0 and at >= 0 and parsed.tags[at] == Tag.CONJUNCTION:
        return _follows_passive(parsed, at)
    if after == "at" and parsed.words[min(hit.end + 1, len(parsed.words) - 1)].lower in ("least", "most"):
        return False
    harms = hit.row.needs == "human" or hit.row.phrase in ("injure", "wound", "hurt")
    return harms and (after in _REDUCED or after in (".", ",", ";"))


_REDUCED = word_set("in during when while after near at on outside as since and or this last by")


def _follows_passive(parsed: ParsedSentence, at: int) -> bool:
    """`was kidnapped and killed`: the first verb's voice holds for the second."""
    for i in range(at - 1, max(-1, at - 8), -1):
        if parsed.words[i].lower in BE_FORMS:
            return True
        if parsed.tags[i] == Tag.MARK:
            return False
    return False


def _fill_verb(parsed: ParsedSentence, hit: Hit) -> Roles:
    if is_passive(parsed, hit):
        return Roles(_by_agent(parsed, hit.end), find_subject(parsed, hit.start), passive=True)
    objects = _inner_object(parsed, hit) or _find_object(parsed, hit.end)
    if objects and hit.row.phrase in ("accuse", "suspect", "blame"):
        objects = tuple(_before_of(parsed, phrase) for phrase in objects)
    last = hit.form.words[-1]
    if not objects and last in _ON and hit.end - 1 > hit.start:
        objects = _phrase_from(parsed, hit.end)
    if (
        last
        in ("hostage", "fire", "attack", "shot", "assault", "raid", "strike", "airstrike", "protest", "rally")
        and not objects
    ):
        objects = _after_preposition(parsed, hit.end, _TARGET)
    return Roles(find_subject(parsed, hit.start), objects)


def _inner_object(parsed: ParsedSentence, hit: Hit) -> tuple[Phrase, ...]:
    """`beat a man to death`: the object stands inside the trigger."""
    if hit.end - hit.start <= len(hit.form.words):
        return ()
    return tuple(p for p in parsed.phrases if hit.start < p.start and p.end < hit.end)


def _before_of(parsed: ParsedSentence, phrase: Phrase) -> Phrase:
    """`accused the army of war crimes`: the army."""
    for i in range(phrase.start + 1, phrase.end):
        if parsed.tags[i] == Tag.OF:
            return Phrase(phrase.start, i, i - 1)
    return phrase


def _fill_noun(parsed: ParsedSentence, hit: Hit) -> Roles:
    actors = _by_agent(parsed, hit.end)
    recipients = _after_preposition(parsed, hit.end, _TARGET)
    nearest = parsed.words[hit.end].lower if hit.end < len(parsed.words) else ""
    if nearest == "between":
        sides = _phrase_from(parsed, hit.end + 1, whole_list=True)
        return Roles(sides[:1], sides[1:])
    if nearest == "of":
        inner = _phrase_from(parsed, hit.end + 1)
        recipients = recipients or inner
    if nearest == "with":
        recipients = recipients or _phrase_from(parsed, hit.end + 1)
    if not actors:
        actors = _inside(parsed, hit) or _light_subject(parsed, hit)
    return Roles(actors, recipients)


def find_subject(parsed: ParsedSentence, verb: int, depth: int = 0) -> tuple[Phrase, ...]:
    """The subject's phrases of the verb at word `verb`."""
    tags, words = parsed.tags, parsed.words
    at = verb - 1
    gerund = words[verb].lower.endswith("ing")
    while at >= 0 and (tags[at] in _PASSED_OVER or _is_control(parsed, at) or _opens_time(parsed, at)):
        at -= 1
    if at < 0 or depth > 3:
        return ()
    if tags[at] == Tag.RELATIVE or words[at].lower == "that":
        at -= 1
        if at >= 0 and words[at].text == ",":
            at -= 1
    elif tags[at] == Tag.CONJUNCTION or (gerund and tags[at] in (Tag.MARK, Tag.PREPOSITION)):
        earlier = next((i for i in range(at - 1, -1, -1) if tags[i] == Tag.VERB), -1)
        return find_subject(parsed, earlier, depth + 1) if earlier > 0 else _first_phrase(parsed, at)
    elif words[at].text == ",":
        opening = next((i for i in range(at - 1, max(-1, at - 16), -1) if words[i].text == ","), -1)
        if opening <= 0:
            return ()
        at = opening - 1
    return _phrase_ending(parsed, at)


_PASSED_OVER = frozenset({Tag.AUXILIARY, Tag.ADVERB, Tag.TIME, Tag.TO})


def _opens_time(parsed: ParsedSentence, at: int) -> bool:
    """The `on` of `Russia on Monday rejected`."""
    return parsed.tags[at] == Tag.PREPOSITION and parsed.tags[at + 1] == Tag.TIME


def _is_control(parsed: ParsedSentence, at: int) -> bool:
    """`began to march`, `plans to attack`: the subject stands before the first verb."""
    return parsed.words[at].lower in _CONTROL


_CONTROL = word_set(
    "began begun started continued managed tried attempted threatened vowed plans plan planned "
    "planning intends intend intended wants wanted refused failed decided ordered agreed prepared "
    "preparing promised pledged going forced ready"
)


def _first_phrase(parsed: ParsedSentence, limit: int) -> tuple[Phrase, ...]:
    return tuple(parsed.phrases[:1]) if parsed.phrases and parsed.phrases[0].end <= limit else ()


def _phrase_ending(parsed: ParsedSentence, at: int) -> tuple[Phrase, ...]:
    """The phrase that ends at word `at`, its attachment (`gunmen in Kano`) and what `and` joins to it."""
    if at < 0 or parsed.phrase_at[at] < 0:
        return ()
    number = parsed.phrase_at[at]
    phrase = _cut(parsed, parsed.phrases[number], 0, at + 1)
    while number > 0 and phrase.start > 0 and parsed.tags[phrase.start - 1] == Tag.PREPOSITION:
        before = parsed.phrases[number - 1]
        if before.end != phrase.start - 1:
            break
        number, phrase = number - 1, before
    if phrase.start > 2 and parsed.tags[phrase.start - 2] == Tag.VERB and _is_dressed(parsed, phrase.start):
        number = parsed.phrase_at[phrase.start - 3]
        phrase = parsed.phrases[number]
    if phrase.start > 1 and parsed.tags[phrase.start - 1] == Tag.PREPOSITION:
        return ()  # "marched through Khartoum to demand": what a preposition holds is no subject
    found = [phrase]
    while number > 0 and phrase.start > 0 and _joins(parsed, phrase.start - 1):
        before = parsed.phrases[number - 1]
        if before.end != phrase.start - 1:
            break
        number, phrase = number - 1, before
        found.insert(0, phrase)
        if len(found) == 2 and parsed.tags[before.end] != Tag.CONJUNCTION:
            return tuple(found[1:])  # an apposition, no list
    return tuple(found)


def _is_dressed(parsed: ParsedSentence, start: int) -> bool:
    """`people dressed in white marched`: participle and preposition belong to the phrase before."""
    participle = parsed.words[start - 2].lower.endswith("ed")
    return participle and parsed.tags[start - 1] == Tag.PREPOSITION and parsed.phrase_at[start - 3] >= 0


def _joins(parsed: ParsedSentence, at: int) -> bool:
    return parsed.tags[at] == Tag.CONJUNCTION or parsed.words[at].text == ","


def _find_object(parsed: ParsedSentence, at: int) -> tuple[Phrase, ...]:
    while at < len(parsed.words) and parsed.tags[at] in (Tag.ADVERB, Tag.TIME):
        at += 1
    if at + 1 < len(parsed.words) and parsed.words[at].lower in _ON:
        at += 1
        if parsed.words[at - 1].lower == "to" and parsed.tags[at] in (Tag.WORD, Tag.VERB):
            return ()  # "threatened to retaliate"
    return _phrase_from(parsed, at)


def _phrase_from(parsed: ParsedSentence, at: int, whole_list: bool = False) -> tuple[Phrase, ...]:
    """The phrase that begins at (or just behind) word `at`, and those joined to it by `and` or a comma."""
    words, tags = parsed.words, parsed.tags
    while at < len(words) and (words[at].lower in _QUANTITY_STARTS or words[at].text in "\"“‘'"):
        at += 1
    if at >= len(words) or parsed.phrase_at[at] < 0 or tags[at] in (Tag.OF, Tag.POSSESSIVE):
        return ()
    number = parsed.phrase_at[at]
    found = [_cut(parsed, parsed.phrases[number], at, len(words))]
    while number + 1 < len(parsed.phrases):
        end = parsed.phrases[number].end
        following = parsed.phrases[number + 1]
        if following.start != end + 1 or not (
            tags[end] == Tag.CONJUNCTION or (words[end].text == "," and _lists_on(parsed, number + 1))
        ):
            break
        if _opens_clause(parsed, following) and not whole_list:
            break  # "killed a man and police said": a new clause
        number += 1
        found.append(following)
    return tuple(found)


def _lists_on(parsed: ParsedSentence, number: int) -> bool:
    """Whether the phrases from `number` on are a list that ends with `and`: `a judge, a cook and a guard`."""
    while number + 1 < len(parsed.phrases):
        end = parsed.phrases[number].end
        if parsed.phrases[number + 1].start != end + 1:
            return False
        if parsed.tags[end] == Tag.CONJUNCTION:
            return not _opens_clause(parsed, parsed.phrases[number + 1])
        if parsed.words[end].text != ",":
            return False
        number += 1
    return False


def _opens_clause(parsed: ParsedSentence, phrase: Phrase) -> bool:
    return phrase.end < len(parsed.words) and parsed.tags[phrase.end] in (Tag.VERB, Tag.AUXILIARY)


def _cut(parsed: ParsedSentence, phrase: Phrase, start: int, end: int) -> Phrase:
    """The part of a phrase between words `start` and `end`: a verb may have been taken for a noun."""
    start, end = max(start, phrase.start), min(end, phrase.end)
    if phrase.head < end:
        return Phrase(start, end, max(phrase.head, start))
    head = next((i for i in range(start + 1, end) if parsed.tags[i] == Tag.OF), end) - 1
    return Phrase(start, end, max(start, head))


_QUANTITY_STARTS = word_set("at least up to some as only")


def _by_agent(parsed: ParsedSentence, at: int) -> tuple[Phrase, ...]:
    for i in range(at, min(at + 16, len(parsed.words))):
        lower = parsed.words[i].lower
        if lower == "by":
            found = _phrase_from(parsed, i + 1)
            if found and parsed.tags[found[0].start] != Tag.NUMBER:
                return found
        if lower in (";", ".", "who", "which", "that", "when", "after", "as") or (
            i > at + 1 and parsed.tags[i] == Tag.AUXILIARY
        ):
            break
    return ()


def _after_preposition(parsed: ParsedSentence, at: int, wanted: frozenset[str]) -> tuple[Phrase, ...]:
    for i in range(at, min(at + 10, len(parsed.words))):
        if parsed.words[i].lower in wanted and i + 1 < len(parsed.words) and parsed.tags[i + 1] != Tag.TIME:
            return _phrase_from(parsed, i + 1)
        if parsed.tags[i] in (Tag.MARK, Tag.AUXILIARY, Tag.SUBORDINATOR, Tag.RELATIVE):
            break
    return ()


def _inside(parsed: ParsedSentence, hit: Hit) -> tuple[Phrase, ...]:
    """`a Taliban attack`: the words before the trigger in its own phrase."""
    number = parsed.phrase_at[hit.start]
    if number < 0:
        return ()
    phrase = parsed.phrases[number]
    end = hit.start
    while end > phrase.start and parsed.tags[end - 1] in (Tag.POSSESSIVE, Tag.DETERMINER, Tag.OF):
        end -= 1
    start = phrase.start
    while start < end and parsed.tags[start] in (Tag.DETERMINER, Tag.NUMBER):
        start += 1
    return (Phrase(start, end, end - 1),) if end > start else ()


def _light_subject(parsed: ParsedSentence, hit: Hit) -> tuple[Phrase, ...]:
    """`rebels launched an attack`: the subject of the verb that carries the noun."""
    at = (
        parsed.phrases[parsed.phrase_at[hit.start]].start - 1
        if parsed.phrase_at[hit.start] >= 0
        else hit.start - 1
    )
    if at >= 0 and parsed.words[at].lower in _CARRIED_OUT:
        at -= 1
    if at > 0 and parsed.words[at].lower in _LIGHT_VERBS:
        return find_subject(parsed, at)
    return ()
