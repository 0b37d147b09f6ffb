"""`the town`, `the field`, `nearby`: the place that the text named last before."""

from collections.abc import Sequence
from dataclasses import replace

from transforms.coder.clauses import find_case
from transforms.coder.drafts import Draft
from transforms.coder.geolocate import Located
from transforms.coder.ground import GROUND
from transforms.coder.lexicon import Lexicon
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.tree_paths import measure_path
from transforms.word_lists import word_set

_REACH = 500  # characters before the sentence
_SHORT_REACH = 250  # of `there`
_MOST_COST = 6.0
_POINTING = word_set("the this that same")
_ADVERBS = word_set("there nearby")


def recall_place(
    draft: Draft,
    parsed: ParsedSentence,
    toponyms: list[Located],
    told: list[Draft],
    lexicon: Lexicon,
    document: str,
) -> Draft:
    """Give a draft without a place the one that its sentence points back to; any other is returned as it is."""
    if draft.where is not None or not draft.anchors:
        return draft
    anchors = [anchor.hit.at for anchor in draft.anchors]
    pointers = [
        at
        for at in range(len(parsed.words))
        if _points_back(parsed, at)
        and min(measure_path(parsed, at, anchor) for anchor in anchors) <= _MOST_COST
    ]
    if not pointers:
        return draft
    here = parsed.words[pointers[0]].start
    adverb = parsed.words[pointers[0]].lower in _ADVERBS
    before = [
        one
        for one in toponyms
        if parsed.sentence.start - (_SHORT_REACH if adverb else _REACH) <= one.start < here
        and one.place.kind not in ("country", "region")
        and not one.dateline
        and (parsed.words[pointers[0]].lower in _DIVISIONS) >= _is_division(one, document)
        and _find_country(parsed, pointers[0], lexicon) in ("", one.place.country)
    ]
    if before and before[-1].start < parsed.sentence.start:
        # of the places of the sentences before rather the one where something happened
        scenes = [one.where for one in told if one.where in before]
        before = scenes or before
    return replace(draft, where=before[-1]) if before else draft


def _find_country(parsed: ParsedSentence, at: int, lexicon: Lexicon) -> str:
    """Whose it is: `the Omani capital`."""
    names = [parsed.words[child].text for child in parsed.find(at, "amod", "compound", "nmod:desc")]
    return next((lexicon.demonyms[name] for name in names if name in lexicon.demonyms), "")


_DIVISIONS = word_set("province region area areas territory territories district districts there nearby")


def _is_division(located: Located, document: str) -> bool:
    """`Kunduz province`, `the province of Kunduz`: no city and no village."""
    before = document[max(0, located.start - 16) : located.start].lower()
    return located.admin or located.place.kind == "admin1" or before.endswith(("province of ", "region of "))


def _points_back(parsed: ParsedSentence, at: int) -> bool:
    word = parsed.words[at].lower
    if word in _ADVERBS:
        return parsed.label(at) != "expl"  # "there was no claim"
    dets = [parsed.words[child].lower for child in parsed.find(at, "det")]
    if word not in GROUND or word == "ground" or not any(det in _POINTING for det in dets):
        return False
    below = parsed.find(at, "nmod", "flat", "appos")
    return not any(parsed.words[i].text[0].isupper() or find_case(parsed, i) == "of" for i in below)


def find_home(draft: Draft, found: Sequence[Located]) -> Located | None:
    """Where a weapon was tested that nobody says was tested abroad: in the country of those who did it."""
    countries = {actor.country for actor in draft.actors if actor.country}
    if (draft.event_type, draft.mode) != ("MOBILIZE", "weapons") or len(countries) != 1:
        return None
    return next(
        (one for one in found if one.place.kind == "country" and one.place.country in countries), None
    )
