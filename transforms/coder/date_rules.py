"""Patterns of the date expressions of English news; where two match the same words the first one counts."""

import re
from dataclasses import dataclass

from transforms.coder.date_readings import (
    Resolver,
    refuse,
    resolve_ago,
    resolve_day,
    resolve_day_of_month,
    resolve_decade,
    resolve_iso,
    resolve_long_ago,
    resolve_month,
    resolve_named_day,
    resolve_named_time,
    resolve_numeric,
    resolve_past,
    resolve_period,
    resolve_relative,
    resolve_season,
    resolve_since,
    resolve_weekday,
    resolve_year,
)
from transforms.coder.date_words import (
    DIGIT_DAY,
    MONTH,
    NAMED_DAY,
    NUMBER,
    SEASON,
    SPELLED_DAY,
    TIME_OF_DAY,
    WEEKDAY,
    YEAR,
)
from transforms.word_lists import list_words

_YEAR_TAIL = (
    rf"(?:,? (?:in |of )?(?P<year>{YEAR})\b(?!-\w)|,? (?:of )?(?P<yearword>last|this|next) year\b"
    r"| ['’]?(?P<short>\d\d)(?= ?\(| ?--| [-–—] |[.,;:)]|\s*$))?"
)
_LAST = (
    r"(?P<which>[Ll]ast|[Pp]ast|[Pp]revious|[Nn]ext|[Cc]oming|[Ff]ollowing|[Tt]his (?:past|coming)|[Tt]his) "
)
_UNTIL_DAY = rf"(?P<until>{DIGIT_DAY})(?: of)? (?P<month>{MONTH})(?!\w){_YEAR_TAIL}"
_TIME_UNIT = r"(?P<unit>minute|hour|day|night|week|fortnight|month|year|decade)s?"
_TO_THE_DAY = "(?: to the (?:minute|hour|day|week|month))?"
_PASSED = "(?: (?:have|has|had) (?:now |already )?(?:passed|elapsed|gone by))?"
_ABOUT = r"(?:about |around |some |nearly |almost |more than |over |less than |just |at least )?"
_WEEKDAY_BEFORE = rf"(?:{WEEKDAY}(?:{TIME_OF_DAY})?,? (?:the )?)?"
_NOT_A_DAY = (
    r"\b(?:Black|Bloody|Super|Cyber|Giving|(?:Orthodox|Coptic) (?:Good|Palm|Easter|Holy)|Orthodox|Coptic|Red"
    rf"|White|Girl|Man) {WEEKDAY}\b"
    rf"|\b{WEEKDAY} (?:Times|Mirror|Mail|Telegraph|Express|Herald|Post|World|People|Independent|Sun|Star|Age"
    r"|Club|Night Live|Night Football|Morning Herald)\b"
    r"|\b(?:Arab|Prague|African) Spring\b|\b(?:Orthodox|Coptic|Russian) (?:Christmas|Easter)\b"
)
_MONTH_AFTER = "|".join(
    rf"(?<=\b{word} )"
    for word in list_words(
        "in In since Since of during During from From between Between through until Until till to by By before "
        "Before after After early Early late Late mid Mid"
    )
)

_KEYS = {
    "(?P<unit>": re.compile(r"minute|[Hh]our|[Dd]ay|night|week|month|year|decade|morning|afternoon|evening"),
    "(?P<season>": re.compile(SEASON),
    "(?P<named>": re.compile(
        r"[A-Z]\w+ (?:Day|Eve|[SMWTF]\w+day)|[’'\w]s (?:Day|Eve)|Christmas|/\d|Easter|11 attacks|Night|July|Hall|Ep"
    ),
    "(?P<weekday>": re.compile(WEEKDAY),
    MONTH: re.compile(
        "J[au][nl]|J[AU][NL]|F[eE][bB]|M[aA][rRyY]|A[puPU][rgRG]|Sep|SEP|O[cC][tT]|N[oO][vV]|D[eE][cC]"
    ),
    YEAR: re.compile(YEAR),
}
"""What a text must hold for a pattern with such a piece to be worth trying: most sentences tell no date."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`resolve` reads what `pattern` matches; a text without `key` has no match."""

    key: re.Pattern[str]
    pattern: re.Pattern[str]
    resolve: Resolver


def _make_rule(pattern: str, resolve: Resolver) -> Rule:
    key = next((key for piece, key in _KEYS.items() if piece in pattern), re.compile(r"\w"))
    return Rule(key, re.compile(pattern), resolve)


RULES: tuple[Rule, ...] = tuple(
    _make_rule(pattern, resolve)
    for pattern, resolve in (
        (_NOT_A_DAY, refuse),
        (rf"\b(?P<which>[Ll]ast|[Nn]ext) {NAMED_DAY}", resolve_named_day),
        (rf"\b{NAMED_DAY}{_YEAR_TAIL}", resolve_named_day),
        (rf"\b(?P<year>{YEAR})-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)", resolve_iso),
        (rf"\b(?P<first>\d\d?)[/.](?P<second>\d\d?)[/.](?P<year>{YEAR})\b", resolve_numeric),
        (
            rf"(?:(?<=[Oo]n )|(?<=[Bb]etween )|(?<=[Ff]rom )|(?<=of ))"
            rf"(?P<day>{DIGIT_DAY}) (?:and|to|or|through) {_UNTIL_DAY}",
            resolve_day,
        ),
        (rf"\b(?P<day>{DIGIT_DAY}) ?[-–—] ?{_UNTIL_DAY}", resolve_day),
        (
            rf"\b(?P<month>{MONTH}) (?P<day>{DIGIT_DAY})(?: ?[-–—] ?| (?:and|to|through|or) )(?P<until>{DIGIT_DAY})"
            rf"(?!\d|[-–—]|,\d)(?=[,.;)]|$| (?:{YEAR}|in|at|by|of|when|near|after)\b){_YEAR_TAIL}",
            resolve_day,
        ),
        (
            rf"\b{_WEEKDAY_BEFORE}(?P<day>{DIGIT_DAY}(?: of)?|{SPELLED_DAY} of) (?P<month>{MONTH})(?!\w){_YEAR_TAIL}",
            resolve_day,
        ),
        (
            rf"\b{_WEEKDAY_BEFORE}(?P<month>{MONTH}) (?:the )?(?P<day>{DIGIT_DAY}|(?<=the ){SPELLED_DAY})\b"
            rf"(?![,:]?\d){_YEAR_TAIL}",
            resolve_day,
        ),
        (
            rf"\b(?P<month>{MONTH}),? (?:of |in )?(?:(?P<year>{YEAR})\b(?!-\w)|(?P<yearword>last|this|next) year\b)",
            resolve_month,
        ),
        (rf"\b(?P<which>[Ll]ast|[Tt]his|[Nn]ext|[Pp]ast) (?P<month>{MONTH})\b(?! \d)", resolve_month),
        (
            rf"\b(?=[A-Z])(?:{_MONTH_AFTER}|(?<=\b[Mm]id-))(?P<month>{MONTH})(?![\w.]| \d| Day\b)",
            resolve_month,
        ),
        (rf"(?<=\b[aA] )(?P<month>(?!May|March){MONTH})(?= [a-z])", resolve_month),
        (rf"(?<=\b[tT]he )(?P<month>(?!May|March){MONTH})(?= [a-z])", resolve_month),
        (
            r"\bon the (?P<day>\d\d?(?:st|nd|rd|th))(?: of (?P<which>this|last|the) month| last month)?(?=[,.;:)]|$)",
            resolve_day_of_month,
        ),
        (
            rf"\b{_ABOUT}(?P<number>{NUMBER}) (?P<unit>week|month|year|decade)s? ago "
            rf"(?P<tail>today|this week|this month|(?:on )?{WEEKDAY})",
            resolve_ago,
        ),
        (
            rf"\b(?:{_LAST})?(?P<weekday>{WEEKDAY})\b"
            r"(?P<week>,? (?:of )?(?:last|this|next|the previous|the following) week)?",
            resolve_weekday,
        ),
        (
            r"\b(?:[Tt]he day before yesterday|[Tt]he day after tomorrow|[Tt]he night before last|[Yy]esterday"
            r"|[Ll]ast (?:night|evening)|[Oo]vernight|[Tt]omorrow|[Tt]oday|[Tt]onight"
            r"|[Tt]his (?:morning|afternoon|evening)|[Ee]arlier in the day)\b",
            resolve_named_time,
        ),
        (rf"\b(?P<number>{NUMBER}) {_TIME_UNIT} (?:ago|back)\b", resolve_ago),
        (r"\b(?P<number>)(?P<unit>[Mm]inute|[Hh]our|[Dd]ay|[Ww]eek)s ago\b", resolve_ago),
        (
            rf"\b(?:[Tt]he )?(?:[Pp]ast|[Ll]ast|[Pp]revious) (?P<number>{NUMBER}) {_TIME_UNIT}\b",
            resolve_past,
        ),
        (rf"\b(?:[Tt]he )?[Pp]ast {_TIME_UNIT}\b", resolve_past),
        (r"\b[Tt]he last (?P<unit>week|month|year)\b(?! of)", resolve_past),
        (r"\b(?P<number>[Rr]ecent) (?P<unit>hours|days|weeks|months)\b", resolve_past),
        (
            r"\b(?P<which>[Tt]he (?:end|start|beginning|middle) of (?:the|this|last|next)|(?:[Tt]he )?[Nn]ext"
            r"|[Ee]arlier this|[Ll]ater this|(?:[Ll]ate |[Ee]arly )?[Ll]ast|[Tt]his|[Tt]he coming) "
            r"(?P<unit>week|month|year|weekend)\b(?!-)",
            resolve_period,
        ),
        (r"\b(?P<which>[Oo]ver|[Aa]t|[Dd]uring) the (?P<unit>weekend)\b", resolve_period),
        (
            r"\b(?P<which>[Tt]he next|[Tt]he following|[Tt]he previous|[Tt]he same|[Tt]hat same|[Ll]ater that|[Tt]hat"
            r"|[Nn]ext) (?P<unit>day|night|morning|afternoon|evening|week|weekend|month|year)\b",
            resolve_relative,
        ),
        (
            rf"\b{_ABOUT}(?P<number>{NUMBER}|[Tt]he) {_TIME_UNIT} "
            r"(?P<which>later|earlier|(?:before|after)(?=[,.;:)]|$))\b",
            resolve_relative,
        ),
        (r"(?P<number>)\b(?P<unit>[Hh]our|[Mm]inute)s (?P<which>later|earlier)\b", resolve_relative),
        (
            rf"\b(?:[Mm]ark(?:s|ed|ing)? )?(?P<number>{NUMBER}) {_TIME_UNIT}{_TO_THE_DAY}{_PASSED} since\b"
            rf"(?! (?:{YEAR}|{MONTH}|{WEEKDAY}))",
            resolve_since,
        ),
        (rf"\b(?:the )?(?P<day>{SPELLED_DAY}|\d+(?:st|nd|rd|th)|[a-z]+-year) anniversary of\b", resolve_since),
        (rf"\b(?P<number>{NUMBER}) (?P<unit>month|year|decade)s? on\b(?=,| from\b| since\b|[.;]|$)", resolve_long_ago),
        (
            r"\b(?:[Mm]any |[Ss]everal |[Ss]ome )?(?:[Yy]ears|[Dd]ecades|[Gg]enerations?|[Cc]enturies|century)"
            rf"(?: on(?=,| from\b)| ago\b|{_PASSED} since\b)",
            resolve_long_ago,
        ),
        (
            r"\b(?:[Aa]nniversary|[Cc]entenary|[Bb]icentenary|[Cc]ommemorat(?:e|es|ed|ing|ion|ions))\b(?! edition)",
            resolve_long_ago,
        ),
        (rf"\b(?P<season>{SEASON})(?: of|,)? (?P<year>{YEAR})\b(?!-\w)", resolve_season),
        (
            rf"\b(?P<which>[Ll]ast|[Tt]his|[Nn]ext|[Tt]he past|[Ii]n the|[Dd]uring the) (?P<season>{SEASON})\b",
            resolve_season,
        ),
        (r"\b(?P<decade>(?:19|20)\d0)[’']?s\b", resolve_decade),
        (r"\bthe [’'](?P<decade>\d0)s\b", resolve_decade),
        (
            rf"\b(?:[Bb]etween |[Ff]rom )(?P<year>{YEAR})(?: and | to | until | through |[-–—])(?P<until>{YEAR})\b",
            resolve_year,
        ),
        (rf"\b(?P<year>{YEAR})[-–—](?P<until>{YEAR}|\d\d)\b(?!-)", resolve_year),
        (
            r"\b(?:[Ii]n|[Ss]ince|[Dd]uring|of|[Ee]arly|[Ll]ate|[Mm]id|[Uu]ntil|[Bb]efore|[Aa]fter|[Bb]y|[Ff]rom)[ -]"
            rf"(?P<year>{YEAR})\b(?![-,]\w| (?:people|civilians|soldiers|troops|refugees|men|women|dead)\b)",
            resolve_year,
        ),
        (
            rf"(?:\b(?:[Tt]he|[Aa]n?|[Tt]hat|[Ii]ts|[Tt]heir|[Hh]is|[Hh]er)|[a-z][’']s) (?:[a-z]+(?:-[a-z]+)? )?"
            rf"(?P<year>{YEAR})(?= [A-Za-z])(?! (?:people|civilians|soldiers|troops|refugees|men|women|children"
            r"|dead|others|migrants|km|miles|metres|meters|dollars|homes|houses|police)\b)",
            resolve_year,
        ),
        (rf"\((?P<year>{YEAR})\)", resolve_year),
    )
)  # fmt: skip

OFFSET = re.compile(
    rf"\b{_ABOUT}(?P<number>{NUMBER}|[Tt]he|(?=[Hh]our|[Mm]inute)) ?(?P<unit>[Hh]our|[Mm]inute|day|night|week|"
    rf"fortnight|month|year|decade|(?<!-)eve)s?{_TO_THE_DAY}"
    rf"(?:,? and (?:a half|{NUMBER} (?:months?|weeks?|days?)))? (?P<turn>after|before|(?<=eve )of)\b"
)
