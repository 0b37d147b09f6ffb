"""What a sentence offers to its events: casualties, weapons, places and days, and whose each of them is."""

from dataclasses import dataclass, replace

from transforms.coder.candidates import Candidate
from transforms.coder.clauses import SAYING, find_case
from transforms.coder.code_actors import is_human
from transforms.coder.count_casualties import Casualty
from transforms.coder.drafts import Draft
from transforms.coder.geolocate import Located
from transforms.coder.lexicon import Lexicon
from transforms.coder.look_ahead import Ahead
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.pick_circumstances import begins_another
from transforms.coder.reprisals import find_answered
from transforms.coder.resolve_dates import DateSpan
from transforms.coder.resolve_references import Discourse, resolve
from transforms.coder.tree_paths import find_word, measure_path
from transforms.coder.word_classes import Tag
from transforms.records import Actor
from transforms.word_lists import word_set


@dataclass(frozen=True, slots=True)
class FoundWeapon:
    """A weapon that a sentence names."""

    at: int  # its last word
    text: str
    mode: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a sentence offers to its events."""

    casualties: list[Casualty]
    weapons: list[FoundWeapon]
    toponyms: list[Located]
    dates: list[DateSpan]
    counted: list[tuple[int, Actor]]  # whom the numbers of a casualty's word count
    ahead: list[Ahead]  # which of the days lie ahead of what


def find_weapons(parsed: ParsedSentence, lexicon: Lexicon) -> list[FoundWeapon]:
    """The weapons that a sentence names; the longest words win."""
    found: list[FoundWeapon] = []
    words = parsed.words
    i = 0
    while i < len(words):
        for size in (3, 2, 1):
            name = " ".join(word.lower for word in words[i : i + size])
            if name in lexicon.weapons and i + size <= len(words) and not _is_society(parsed, i, name):
                text = " ".join(word.text for word in words[i : i + size])
                found.append(FoundWeapon(i + size - 1, text, lexicon.weapons[name]))
                i += size - 1
                break
        i += 1
    return found


def _is_society(parsed: ParsedSentence, at: int, name: str) -> bool:
    """`a football club`; not `beaten with clubs`, `clubs and machetes`."""
    joined = "conj" in (parsed.label(at), *(parsed.label(child) for child in parsed.children[at]))
    return name in ("club", "clubs") and not joined and find_case(parsed, at) != "with"


def name_counted(
    parsed: ParsedSentence,
    casualties: list[Casualty],
    document: str,
    discourse: Discourse,
    lexicon: Lexicon,
) -> list[tuple[int, Actor]]:
    """The people of `the death of 16 civilians`, `left 32 civilians dead`, each with the word of its casualty."""
    found = []
    for casualty in sorted(casualties, key=lambda one: one.kind != "killed"):
        for q in casualty.quantities:
            words = range(q.start, q.end)
            head = next((i for i in words if parsed.head(i) not in words or parsed.head(i) == i), q.start)
            if (
                not q.counted
                or q.bound == (0, 0)
                or q.counts not in ("people", "unclear")
                or parsed.tags[head] != Tag.WORD
            ):
                continue
            actor = resolve(parsed, parsed.phrase(head), document, discourse, lexicon)
            if actor is not None and is_human(actor):
                found.append((casualty.at, actor))
    return found


def share_out(
    parsed: ParsedSentence, number: int, groups: list[list[Candidate]], around: Surroundings
) -> Surroundings:
    """Of casualties and weapons those that stand nearest to this group; other types than ASSAULT have none."""
    violent = [n for n, group in enumerate(groups) if group[0].hit.row.type == "ASSAULT"]
    around = keep_own(parsed, number, groups, around)
    if number not in violent:
        return replace(around, casualties=[], weapons=[], counted=[])
    answered = find_answered(parsed, (group[0].hit.at for group in groups))

    def owner(at: int) -> int:
        near = [n for n in violent if not (answered and answered.parts(groups[n][0].hit.at, at))]
        return min(near or violent, key=lambda n: min(measure_path(parsed, at, c.hit.at) for c in groups[n]))

    return replace(
        around,
        casualties=[casualty for casualty in around.casualties if owner(casualty.at) == number],
        weapons=[weapon for weapon in around.weapons if owner(weapon.at) == number],
        counted=[pair for pair in around.counted if owner(pair[0]) == number],
    )


def keep_own(
    parsed: ParsedSentence, number: int, groups: list[list[Candidate]], around: Surroundings
) -> Surroundings:
    """Places and days on the group's side of `in retaliation for`."""
    answered = find_answered(parsed, (group[0].hit.at for group in groups))
    if answered is None:
        return around
    start, at = parsed.sentence.start, groups[number][0].hit.at
    return replace(
        around,
        toponyms=[t for t in around.toponyms if not answered.parts(at, find_word(parsed, t.start))],
        dates=[d for d in around.dates if not answered.parts(at, find_word(parsed, start + d.at))],
    )


def share_circumstances(
    parsed: ParsedSentence, draft: Draft, drafts: list[Draft], around: Surroundings
) -> Draft:
    """The one day and the one place of a sentence hold for all its events that are not told before."""
    own = [anchor.hit.at for anchor in draft.anchors]
    dates = [
        span
        for span in around.dates
        if not span.future and not _dates_saying(parsed, span) and not begins_another(parsed, span, own)
    ]
    days = {span.start for span in dates}
    sites = [
        located for located in around.toponyms if located.place.kind != "country" and not located.dateline
    ]
    if draft.definite or draft.realis != "actual":
        return draft
    when = dates[0] if len(days) == 1 and any(one.when for one in drafts) else None
    when = when or _find_frame_day(parsed, draft, drafts)
    told = {one.where.text: one.where for one in drafts if one.where and one.where in around.toponyms}
    where = next(iter(told.values())) if len(told) == 1 else None
    if where is None and told and len({one.text for one in sites}) == 1:
        where = sites[0]
    return replace(draft, when=draft.when or when, where=draft.where or where)


def _dates_saying(parsed: ParsedSentence, span: DateSpan) -> bool:
    """`police said on Thursday`, `a doctor said in a new count on Thursday`."""
    at = find_word(parsed, parsed.sentence.start + span.at)
    while not parsed.is_verb(at) and parsed.head(at) != at:
        at = parsed.head(at)
    return parsed.lemma(at) in SAYING


def _find_frame_day(parsed: ParsedSentence, draft: Draft, drafts: list[Draft]) -> DateSpan | None:
    """The day of what happened `during a protest` is that of the protest."""
    own = [anchor.hit.at for anchor in draft.anchors]
    for other in drafts:
        beside = [anchor.hit.at for anchor in other.anchors]
        if any(parsed.head(at) in beside and find_case(parsed, at) in _FRAMES for at in own):
            return None if other.when and other.when.future else other.when
        if any(parsed.head(at) in own and find_case(parsed, at) in _FRAMES for at in beside):
            return other.when
    return None


_FRAMES = word_set("during amid")
