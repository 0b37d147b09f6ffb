"""Which names of a document mean the same: a long name and its acronym, a person's full and short name."""

import re
from collections.abc import Iterable

from transforms.word_lists import word_set

_ACRONYM = re.compile(r"[(\[][\"“]?([A-Z][A-Za-z0-9/-]{1,9})[\"”]?[)\]]")
_SMALL = word_set("of the for and de la del y los las e da do das dos")
_ENDS = word_set(
    "front army forces party movement group union organization command brigade council federation"
)
_MOST_WORDS = 10
_WORD = re.compile(r"[^\s,;:.()\[\]\"“”]+")


def find_acronyms(text: str) -> dict[str, str]:
    """Acronyms that the text explains, with their long names, both as they stand: `Long Name (LN)`.

    The letters need not be those of the name's words: acronyms are often of another language.
    """
    found: dict[str, str] = {}
    for match in _ACRONYM.finditer(text):
        short = match.group(1)
        if sum(character.isupper() for character in short) < 2 or short in found:
            continue
        start = max(0, match.start() - 120)
        run = _find_run(text[start : match.start()])
        name = _cut_to_letters(run, short)
        if name:
            found[short] = name
    return found


def _find_run(before: str) -> list[str]:
    """The capitalised words right before the bracket, with the small words between them."""
    if not before.endswith(" "):
        return []
    run: list[str] = []
    at = len(before.rstrip())
    for match in reversed(list(_WORD.finditer(before))):
        if before[match.end() : at].strip() or len(run) == _MOST_WORDS:
            break  # a comma or a full stop between
        word = match.group()
        if not (word[0].isupper() or word in _SMALL or (not run and word.lower() in _ENDS)):
            break
        run.insert(0, word)
        at = match.start()
    while run and run[0].lower() in _SMALL:
        run.pop(0)
    return run


def _cut_to_letters(run: list[str], short: str) -> str:
    letters = [character.lower() for character in short if character.isalpha()]
    for first in range(len(run) - 2, -1, -1):
        words = run[first:]
        initials = [word[0].lower() for word in words]
        if words[0] in _SMALL or not words[0][0].isupper() or initials[0] != letters[0]:
            continue
        if sum(initial in letters for initial in initials) >= min(len(letters), 3) - 1 and _spells(
            "".join(words).lower(), letters
        ):
            return " ".join(words)
    named = sum(word[0].isupper() for word in run)
    return " ".join(run) if short.isupper() and len(run) >= 2 and named >= 2 else ""


def _spells(word: str, letters: list[str]) -> bool:
    at = 0
    for letter in letters:
        at = word.find(letter, at) + 1
        if at == 0:
            return False
    return True


def link_persons(names: Iterable[str]) -> dict[str, str]:
    """For short names of persons the full one: `Galan` and `Luis Galan` for `Luis Carlos Galan`... if no other fits.

    A short name must stand in the full one as it is. Of full names that contain one another the longest counts;
    a short name that fits two different persons is left out.
    """
    known = sorted(set(names), key=lambda name: (-len(name.split()), name))
    words = {name: name.lower().split() for name in known}
    links: dict[str, str] = {}
    for name in known:
        longer = [
            other for other in known
            if len(words[other]) > len(words[name]) and _holds(words[other], words[name])
        ]  # fmt: skip
        if longer and all(_holds(words[longer[0]], words[other]) for other in longer):
            links[name] = longer[0]
    return links


def _holds(outer: list[str], inner: list[str]) -> bool:
    size = len(inner)
    return any(outer[i : i + size] == inner for i in range(len(outer) - size + 1))
