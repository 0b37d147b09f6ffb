"""Where, first step: the stretches of a text that the gazetteer knows, and what stands around them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from transforms.coder.gazetteer import Gazetteer, GazetteerPlace, fold_name
from transforms.coder.lexicon import Lexicon
from transforms.coder.sentences import find_dateline
from transforms.word_lists import word_set

_MOST_TOKENS = 6
_MOST_JOINED = 4  # tokens looked at beside a name
_SHORT = 5  # letters: may be an abbreviation
_JOINTS = (" ", "-", " - ")
_POSSESSIVE = re.compile(r"['’][sS]$")
_ARTICLES = word_set("al el as ar ad an at ash az ez ed es ul")  # "al-Bab", "Mazar-i-Sharif" below
_LINKS = _ARTICLES | word_set("de da do dos del la las los le les of the and du di e sur am upon y i bin")
_TOKEN = re.compile(  # a capitalised word or a link
    rf"\b(?:[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?:['’.][^\W\d_]+)*\.?|(?:{'|'.join(sorted(_LINKS))})\b(?!['’.]\w)"
    r"|(?<=-)[^\W\d_]{1,4}(?=-))"
)
_POINTED = word_set("st. ste. ft. mt. pt.")
NO_NAMES = word_set(
    "of police monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december god allah islam muslim christian army government "
    "president minister union party the a an he she it they we i but and in on at for from to by with as "
    "if when while most many some all more this that these those his her their its our my your there here "
    "what who how why where which after before since until during under over between no not yes so such "
    "other another one two three four five six seven eight nine ten much few first last new old north "
    "south east west central western eastern northern southern english best mobile reading bath nice even "
    "both each every any only then now today tomorrow yesterday also still just never ever again once "
    "far great upper lower middle earlier later meanwhile however although though because among against "
    "without within along across around behind despite near police times post news world home house street "
    "church school university hospital college court force forces general major mr mrs ms dr mars venus jupiter "
    "saturn uranus neptune pluto apollo"
)
_LISTED = re.compile(r"\b[^\W\d_a-z][\w'’.-]+, $")  # "*Berea, *Ky."
_WORD_BEFORE = re.compile(r"([\w'’.-]+|[,;:()–—])[ \"“‘']*$")
_TITLES = word_set(
    "mr. mrs. ms. dr. gov. sen. rep. gen. col. lt. sgt. capt. maj. const. insp. supt. rev. prof. hon."
)
_WORD_AFTER = re.compile(r"[ \"”]*([^\W\d_][\w'’-]*)")


@dataclass(frozen=True, slots=True)
class ToponymCandidate:
    """A stretch of text that may be a place's name; offsets into the text, words as they are written.

    `left` and `right` are the capitalised words it is joined to: "University of *Ohio*", "*Ohio* Police".
    """

    text: str
    start: int
    end: int
    key: str  # one spelling for all mentions of the name
    places: tuple[GazetteerPlace, ...]
    before: str  # the word before it; "" where a sentence begins
    after: str  # the word after it, "" where the sentence ends
    left: str
    right: str
    possessive: bool  # "Russia's"
    compound: bool  # "Russia-backed"
    dateline: bool  # where the reporter sits
    demonym: bool  # "Russian": names a country, but nowhere in it


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int
    upper: bool
    possessive: bool
    gap: str  # what stands between it and the token before


@dataclass(frozen=True, slots=True)
class Found:
    """The candidates of a text in its order, and the last words of longer names ("Nick *Burton*"), folded."""

    candidates: tuple[ToponymCandidate, ...]
    surnames: frozenset[str]
    actors: tuple[str, ...]  # the countries of actors and peoples ("Russians") that the text names


def find_candidates(text: str, gazetteer: Gazetteer, lexicon: Lexicon) -> Found:
    """Every stretch of capitalised words that has places in the gazetteer, the longest first."""
    dateline = find_dateline(text)
    candidates: list[ToponymCandidate] = []
    surnames: set[str] = set()
    actors: list[str] = []
    for run in _find_runs(text):
        i, known = 0, []
        while i < len(run):
            size, places, demonym = _match(text, run, i, gazetteer, lexicon)
            if places:
                known.append((i, i + size))
                candidates.append(_describe(text, run, i, size, places, demonym, dateline))
            else:
                actors += _find_actor(text[run[i].start : run[i + size - 1].end], lexicon)
            i += max(size, 1)
        surnames |= _find_surnames(run, known)
    return Found(tuple(candidates), frozenset(surnames), tuple(actors))


def _find_runs(text: str) -> Iterator[list[_Token]]:
    """Capitalised words joined by blanks, hyphens and small words such as `of`."""
    run: list[_Token] = []
    last = 0
    for match in _TOKEN.finditer(text):
        word, start, end = match.group(), match.start(), match.end()
        upper = word[0].isupper()
        joined = bool(run) and text[last:start] in _JOINTS
        if joined and run[-1].upper and run[-1].text.endswith(".") and not _joins(run[-1].text):
            joined = False
        if not joined:
            if run:
                yield _trim(run)
            run = []
            if not upper and word not in _ARTICLES:
                continue
        if word.endswith(".") and not _is_pointed(word):
            word, end = word[:-1], end - 1
        possessive = _POSSESSIVE.search(word) is not None
        if possessive:
            word, end = word[:-2], end - 2
        run.append(_Token(word, start, end, upper, possessive, text[last:start]))
        last = match.end() if possessive else end
    if run:
        yield _trim(run)


def _is_pointed(word: str) -> bool:
    """Whether a full stop is part of the word: `U.S.`, `St.`, `Ky.`"""
    return "." in word[:-1] or word.lower() in _POINTED or (word[0].isupper() and len(word) <= 6)


def _joins(word: str) -> bool:
    """Whether a name goes on after a word with a full stop: `St. John`, `U.S. Army`, but not `Peru. Lima`"""
    return word.lower() in _POINTED or "." in word[:-1]


def _trim(run: list[_Token]) -> list[_Token]:
    while run and not run[-1].upper:
        run.pop()
    return run


def _match(
    text: str, run: list[_Token], i: int, gazetteer: Gazetteer, lexicon: Lexicon
) -> tuple[int, tuple[GazetteerPlace, ...], bool]:
    """The longest name that begins with token `i`: its number of tokens, its places, whether a demonym."""
    first = run[i]
    if not first.upper and (first.text not in _ARTICLES or i + 1 >= len(run) or run[i + 1].gap != "-"):
        return 1, (), False
    for size in range(min(_MOST_TOKENS, len(run) - i), 0, -1):
        last = run[i + size - 1]
        if not last.upper:
            continue
        name = text[first.start : last.end]
        if name in lexicon.demonyms:
            return size, _find_country(lexicon.demonyms[name], name, gazetteer, lexicon), True
        known = name in lexicon.countries
        actor = lexicon.actors.get(name)
        if actor and actor.kind != "country" and not known:
            return size, (), False
        if not known and not _may_be_name(text, run[i : i + size]):
            continue
        places = gazetteer.find(name)
        if not known and len(name) <= _SHORT:
            listed = _LISTED.search(text, max(0, first.start - 32), first.start) is not None
            places = _read_short(name, places, listed)
        if places:
            return size, places, False
    return 1, (), False


def _find_actor(name: str, lexicon: Lexicon) -> list[str]:
    actor = lexicon.actors.get(name)
    country = lexicon.demonyms.get(name) or (actor.country if actor and actor.kind != "country" else "")
    return [country] if country else []


def _may_be_name(text: str, tokens: list[_Token]) -> bool:
    if all(token.text.lower() in NO_NAMES for token in tokens):
        return False  # "Church Street", "North West"
    if len(tokens) > 1:
        return True
    word, start = tokens[0].text, tokens[0].start
    if word.isupper() and len(word) <= _SHORT and "." not in word[:-1]:
        begins = start == 0 or text[start - 1] == "\n"
        return begins or text[max(0, start - 2) : start] == ", " or len(word) == 3
    mixed = len(word) <= _SHORT and word[-1].isupper() and not word.isupper()  # "MoD", "DoJ"
    return len(word) > 2 and not mixed


def _read_short(name: str, places: tuple[GazetteerPlace, ...], listed: bool) -> tuple[GazetteerPlace, ...]:
    """What a short name may stand for: `TX`, `Tex.` for a state behind a comma, `NSW`, `B.C.` anywhere."""
    key = fold_name(name)
    pointed = "." in name
    if len(name) <= 3 and name.isupper() and not pointed:
        return tuple(p for p in places if p.kind == "admin1" and (listed or len(name) == 3))
    kept = []
    for place in places:
        short_for = place.kind == "admin1" and not f"{place.ascii} ".startswith(f"{key} ")
        if not short_for or "." in name[:-1] or (listed and (pointed or name.isupper())):
            kept.append(place)
    return tuple(kept)


def _find_country(
    iso3: str, demonym: str, gazetteer: Gazetteer, lexicon: Lexicon
) -> tuple[GazetteerPlace, ...]:
    """The country of an adjective; () for the people ("Russians") and for "English", mostly the language."""
    if demonym == "English" or (demonym.endswith("s") and demonym[:-1] in lexicon.demonyms):
        return ()
    row = next((row for row in lexicon.tables.countries if row.iso3 == iso3), None)
    places = gazetteer.find(row.name) if row else ()
    return tuple(place for place in places if place.kind == "country")[:1]


def _find_surnames(run: list[_Token], known: list[tuple[int, int]]) -> set[str]:
    """`Burton` of `Nick Burton`, also where a place is called so; not of names that hold `of` or the like."""
    if not 2 <= len(run) <= 3 or not all(token.upper and token.gap != "-" for token in run[1:]):
        return set()
    if any(token.possessive for token in run[:-1]):
        return set()
    last, first = len(run) - 1, run[0].text.lower().rstrip(".")
    if first in NO_NAMES or any(begin < last < end and begin < last for begin, end in known):
        return set()
    return {fold_name(run[last].text)}


def _describe(
    text: str,
    run: list[_Token],
    i: int,
    size: int,
    places: tuple[GazetteerPlace, ...],
    demonym: bool,
    dateline: tuple[int, int],
) -> ToponymCandidate:
    start, end = run[i].start, run[i + size - 1].end
    if text[end - 1] == "." and "." not in run[i + size - 1].text[:-1]:
        end -= any(place.ascii == fold_name(text[start:end]) for place in places)  # "in Peru."
    line = text.rfind("\n", 0, start) + 1
    before = _WORD_BEFORE.search(text, max(line, start - 32), start)
    word_before = before.group(1) if before else ""
    if word_before.endswith(".") and not (_joins(word_before) or word_before.lower() in _TITLES):
        word_before = ""
    after = _WORD_AFTER.match(text, end + 2 * run[i + size - 1].possessive, end + 40)
    return ToponymCandidate(
        text=text[start:end],
        start=start,
        end=end,
        key=fold_name(text[start:end]),
        places=places,
        before=word_before,
        after=after.group(1) if after else "",
        left=_find_joined(text, run[max(0, i - _MOST_JOINED) : i][::-1], start),
        right=_find_joined(text, run[i + size : i + size + _MOST_JOINED], start)
        if not run[i + size - 1].possessive
        else "",
        possessive=run[i + size - 1].possessive,
        compound=text[start - 1 : start] == "-" or text[end : end + 1] == "-",
        dateline=dateline[0] <= start and end <= dateline[1],
        demonym=demonym,
    )


def _find_joined(text: str, tokens: list[_Token], start: int) -> str:
    """The next capitalised word of the run, over `of` and `the`; names on both sides of `and` are two.

    Not counted are a possessive before it ("Rome's *Ostia*"; `start` is where the name begins) and a word
    that only begins a sentence ("*Shelling* of Aleppo").
    """
    for token in tokens:
        if token.text == "and" or (token.possessive and token.end < start):
            break
        if token.upper:
            before = text[max(0, token.start - 3) : token.start].rstrip(" \"“‘'")
            begins = (
                not before or before[-1] in ".!?\n" or "\n" in text[max(0, token.start - 2) : token.start]
            )
            return "" if begins and text[token.end :].startswith((" of ", " the ")) else token.text
    return ""
