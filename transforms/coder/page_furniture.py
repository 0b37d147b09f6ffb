"""Lines of a page that are no sentences of its story: time stamps, bylines, credits of pictures, prompts to read on.

They are known by their form, whoever published them, and are written over with blanks: so they hide no dateline,
join no sentence and date nothing, and every offset stays.
"""

import re
from collections.abc import Callable

from transforms.coder.date_words import MONTH, WEEKDAY
from transforms.coder.sentences import find_dateline

_MOST_LINE = 220  # characters; longer ones are paragraphs
_WEEKDAYS = rf"(?:{WEEKDAY}|Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun|[A-Z]{{6,9}}(?<=DAY))"
_STAMP_WORDS = (
    r"(?i:last updated|updated?|published|posted|modified|created|edited|last|first|date|on|at|of|the|and|today"
    r"|yesterday|ago|hours?"
    r"|hrs?|minutes?|mins?|days?|weeks?|min|read|reading|time|local|noon|midnight)"
)
_STAMP = re.compile(
    rf"(?=.*\d)(?:{MONTH}|Mar(?!\w)|{_WEEKDAYS}|{_STAMP_WORDS}|\d{{1,4}}(?:st|nd|rd|th)?|(?i:[ap]\.?m\b\.?)|[A-Z]{{2,5}}"
    r"|(?:GMT|UTC)[+-]\d{1,2}|\d{1,2}(?i:am|pm)|T\d\d|Z)(?:[\s,;:.()/|@+·•–—-]+|$|(?<=\d)(?=[A-Za-z]))"
)
_NAME = r"(?:[A-Z][\w.’'-]*|[\w.+-]+@[\w.-]+|@\w+|[a-z]{1,4}-[A-Z]\w+)"
_LINKS = r"(?:and|in|for|of|the|with|at|from|und|et|y|de|da|dos|der|van|von|bin|ibn|al|el|la|le|del|&)"
_BYLINE = re.compile(
    r"(?:By|BY|by|Von|Par|Por|(?:Story|Text|Words|Written|Reported|Compiled|Posted|Published|Edited)(?: and \w+)? by)"
    r":? "
    rf"(?!{WEEKDAY}|{MONTH}|\d|[Tt]he\b){_NAME}(?:(?:,? |, ?|/| ?\| ?| [–—-] )(?:{_NAME}|{_LINKS})){{0,20}},?"
)
_REPORTED = re.compile(
    r"[(\[]?(?:(?:Additional|Further) )?(?:[Rr]eporting|[Ww]riting|[Ee]diting|[Cc]ompiled|[Tt]ranslation) (?:and \w+ )?"
    r"by:? [A-Z].*"
)
_PICTURE = (
    r"(?:file (?:photo|picture|image|pic)|photo(?:graph)?s?|images?|pictures?|pics?|videos?|captions?|credits?"
    r"|graphics?|infographics?|illustrations?|fotos?|bild(?:er)?|quelle|sources?|map)"
)
_CREDIT_BEFORE = re.compile(
    rf"(?i:[\[(]?{_PICTURE}(?: (?:credit|source|courtesy|caption|by|via|from|library)s?)?"
    r"(?: ?[:|/©]| (?:by|via) (?=\S)))"
    r"|©|\(c\) |FILE ?[:–—-] |FILE PHOTO\b"
)
_CREDIT_BEHIND = re.compile(
    rf"(?i:[|/(\[–—-] ?|\. )(?:[A-Z][\w ]{{0,24}} )?(?i:{_PICTURE}) ?(?::|/|(?i:by|via|courtesy of)) ?[^.\n]{{2,60}}$"
    r"|[(\[](?i:file(?: (?:photo|picture|image|pic))?|photo|representational image)[)\]]\.?$"
)
_PROMPT = re.compile(
    r"(?i:(?:also |must )?read(?: more| also| next| now)?|see also|related(?: (?:article|story|news|topic|link)s?)?"
    r"|watch(?: now| live| more)?|listen(?: now)?|more (?:on this(?: story)?|from|on)|recommended(?: stories)?"
    r"|don[’']t miss|editor[’']s picks?|advertisement|share(?: this)?(?: article| story)?|follow us|sign up|subscribe)"
    r"(?: ?[:|»>]|\s*$)"
)
_LISTEN = re.compile(
    r"(?i:listen to this (?:article|story)|\d+ ?min(?:ute)?s? read|share this .{0,20}|advertisement)\W*"
)
_TITLE_CASE = re.compile(rf"{_NAME}(?: (?:{_NAME}|{_LINKS}|[&/>›»])){{0,3}}")


def blank_furniture(text: str) -> str:
    """The text with such lines written over; line breaks and all other characters stay in their places."""
    text = "\n".join(" " * len(line) if is_furniture(line.strip()) else line for line in text.split("\n"))
    start, _ = find_dateline(text)
    line = text.rfind("\n", 0, start) + 1  # `By Ann Lind *TOWN (Agency) -*`
    return text[:line] + " " * (start - line) + text[start:]


def is_furniture(line: str) -> bool:
    """Whether a line without blanks around it is no part of the story."""
    if not line or len(line) > _MOST_LINE:
        return False
    if (
        _PROMPT.match(line)
        or _REPORTED.fullmatch(line)
        or _CREDIT_BEFORE.match(line)
        or _CREDIT_BEHIND.search(line)
    ):
        return True
    parts = [part.strip() for part in re.split(r" ?[|•·] ?", line)]
    found = [any(form(part) for form in _FORMS) for part in parts if part]
    rest = [part for part, known in zip(filter(None, parts), found, strict=True) if not known]
    return any(found) and all(_TITLE_CASE.fullmatch(part) for part in rest)


def _is_stamp(part: str) -> bool:
    at = 0
    while at < len(part):
        match = _STAMP.match(part, at) if at == 0 else _STAMP_REST.match(part, at)
        if match is None or match.end() == at:
            return False
        at = match.end()
    return at > 0


_STAMP_REST = re.compile(_STAMP.pattern.removeprefix(r"(?=.*\d)"))
_FORMS: tuple[Callable[[str], object], ...] = (_is_stamp, _BYLINE.fullmatch, _LISTEN.fullmatch)
