"""The base form of a word: exceptions and known bases learnt from a treebank, endings by rule."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_CLASSES = {"VB": "verb", "NN": "noun", "JJ": "adjective", "RB": "adjective", "MD": "verb"}
_ENDINGS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "VBZ": (("ies", ("y", "ie")), ("es", ("", "e")), ("s", ("",))),
    "VBD": (("ied", ("y", "ie")), ("ed", ("", "e"))),
    "VBN": (("ied", ("y", "ie")), ("ed", ("", "e"))),
    "VBG": (("ying", ("y", "ie")), ("ing", ("", "e"))),
    "NNS": (("ies", ("y", "ie")), ("ves", ("f", "fe", "ve")), ("es", ("", "e", "is")), ("s", ("",)), ("men", ("man",))),
    "NNPS": (("ies", ("y",)), ("s", ("",))),
    "JJR": (("ier", ("y",)), ("er", ("", "e"))),
    "JJS": (("iest", ("y",)), ("est", ("", "e"))),
    "RBR": (("ier", ("y",)), ("er", ("", "e"))),
    "RBS": (("iest", ("y",)), ("est", ("", "e"))),
}  # fmt: skip
"""What an inflected form may end in by its Penn tag, and what stands there in the base form, likeliest first."""
_VOWELS = "aeiou"


@dataclass(frozen=True, slots=True)
class LemmaTable:
    """`exceptions`: lemma by `TAG form`; `bases`: how often each `class lemma` was seen. All in lower case."""

    exceptions: Mapping[str, str]
    bases: Mapping[str, int]


def lemmatize(form: str, tag: str, table: LemmaTable) -> str:
    """The lemma of a word form with its Penn Treebank tag; names keep their capitals."""
    lower = form.lower().replace("’", "'")
    known = table.exceptions.get(f"{tag} {lower}")
    if known is not None:
        return known
    if tag.startswith("NNP"):
        return form[:-1] if tag == "NNPS" and lower.endswith("s") else form
    kind = _CLASSES.get(tag[:2], "")
    candidates = list(_strip(lower, tag))
    best = max(candidates, key=lambda base: table.bases.get(f"{kind} {base}", 0), default=lower)
    if table.bases.get(f"{kind} {best}", 0):
        return best
    return _guess(candidates, lower)


def _strip(lower: str, tag: str) -> Iterable[str]:
    for ending, replacements in _ENDINGS.get(tag, ()):
        if lower.endswith(ending) and len(lower) > len(ending) + 1:
            stem = lower[: -len(ending)]
            for replacement in replacements:
                yield stem + replacement
            if ending in ("ed", "ing", "er", "est") and len(stem) > 2 and stem[-1] == stem[-2]:
                yield stem[:-1]


def _guess(candidates: list[str], lower: str) -> str:
    """For words never seen: undouble `tt`, put `e` after one consonant that follows one vowel (`hiking`)."""
    if not candidates:
        return lower
    first = candidates[0]
    if len(first) > 3 and first[-1] == first[-2] and first[-1] not in "lsfz" + _VOWELS:
        return first[:-1]
    silent = len(candidates) > 1 and candidates[1] == first + "e"
    if silent and len(first) > 2 and first[-1] not in _VOWELS + "wxy" and first[-2] in _VOWELS:
        return (
            first + "e"
            if first[-3] not in _VOWELS and not first.endswith(("er", "en", "on", "it"))
            else first
        )
    if silent and first.endswith(("v", "s", "c", "u", "z", "dg", "rg", "bl", "pl", "tl", "gl", "dl")):
        return first + "e" if not first.endswith("ss") else first
    return first


def learn_table(words: Iterable[tuple[str, str, str]]) -> LemmaTable:
    """The table of gold (form, tag, lemma) triples: all bases, and those forms that the rules get wrong."""
    seen: Counter[tuple[str, str, str]] = Counter()
    bases: Counter[str] = Counter()
    for form, tag, lemma in words:
        if tag.startswith("NNP"):
            continue
        seen[tag, form.lower().replace("’", "'"), lemma.lower()] += 1
        kind = _CLASSES.get(tag[:2])
        if kind and lemma.isalpha():
            bases[f"{kind} {lemma.lower()}"] += 1
    rules = LemmaTable({}, dict(bases))
    chosen: dict[str, tuple[int, str]] = {}
    for (tag, form, lemma), count in seen.items():
        key = f"{tag} {form}"
        chosen[key] = max(chosen.get(key, (0, "")), (count, lemma))
    wrong = {
        key: lemma
        for key, (_, lemma) in sorted(chosen.items())
        if lemmatize(key.split(" ", 1)[1], key.split(" ", 1)[0], rules) != lemma
    }
    return LemmaTable(wrong, dict(sorted(bases.items())))
