"""English word forms by rule; exceptions come from the tables."""

from collections.abc import Sequence

from transforms.word_lists import list_words, word_set

_VOWELS = "aeiou"
_DOUBLING = frozenset(
    {
        "stab",
        "rob",
        "ban",
        "plan",
        "ram",
        "shut",
        "set",
        "cut",
        "quit",
        "mob",
        "gun",
        "slap",
        "club",
        "equip",
        "unban",
        "annul",
        "airdrop",
        "air-drop",
        "begin",
        "forbid",
        "overrun",
        "tear-gas",
        "teargas",
        "cancel",
        "travel",
        "signal",
        "channel",
        "label",
        "level",
        "rebel",
        "quarrel",
    }
)
_IRREGULAR = {
    base: (past, participle)
    for base, past, participle in (
        entry.split("/")
        for entry in list_words(
            "withdraw/withdrew/withdrawn give/gave/given take/took/taken hold/held/held "
            "send/sent/sent lay/laid/laid pay/paid/paid sell/sold/sold buy/bought/bought "
            "leave/left/left break/broke/broken begin/began/begun throw/threw/thrown "
            "drive/drove/driven go/went/gone put/put/put shut/shut/shut set/set/set cut/cut/cut "
            "hit/hit/hit flee/fled/fled win/won/won lose/lost/lost seek/sought/sought "
            "fight/fought/fought shoot/shot/shot rise/rose/risen come/came/come make/made/made "
            "meet/met/met speak/spoke/spoken write/wrote/written fall/fell/fallen steal/stole/stolen "
            "bring/brought/brought wind/wound/wound swear/swore/sworn deal/dealt/dealt lend/lent/lent "
            "undertake/undertook/undertaken forbid/forbade/forbidden let/let/let strike/struck/struck "
            "withhold/withheld/withheld stand/stood/stood feed/fed/fed override/overrode/overridden "
            "build/built/built rebuild/rebuilt/rebuilt keep/kept/kept find/found/found tear/tore/torn "
            "say/said/said dig/dug/dug spread/spread/spread get/got/got have/had/had tell/told/told "
            "forgive/forgave/forgiven sit/sat/sat bend/bent/bent freeze/froze/frozen sink/sank/sunk "
            "overthrow/overthrew/overthrown draw/drew/drawn sweep/swept/swept teach/taught/taught "
            "uphold/upheld/upheld mislead/misled/misled catch/caught/caught choose/chose/chosen "
            "cancel/cancelled/canceled travel/travelled/traveled signal/signalled/signaled "
            "channel/channelled/channeled sew/sewed/sewn think/thought/thought "
            "rewrite/rewrote/rewritten fly/flew/flown run/ran/run hang/hung/hung shake/shook/shaken "
            "ride/rode/ridden bear/bore/borne blow/blew/blown beat/beat/beaten grow/grew/grown "
            "hide/hid/hidden overrun/overran/overrun"
        )
    )
}
"""Verbs common enough to need no column in the tables."""
_KEEPING = frozenset({"batter", "target", "offer", "order", "suffer", "visit", "limit", "solicit"})


def pluralise(noun: str) -> str:
    """The plural of a noun or noun phrase: `car bomb` -> `car bombs`."""
    head, _, last = noun.rpartition(" ")
    if last.endswith(("s", "x", "z", "ch", "sh")):
        plural = last + "es"
    elif last.endswith("y") and last[-2:-1] not in _VOWELS:
        plural = last[:-1] + "ies"
    else:
        plural = last + "s"
    return f"{head} {plural}".strip()


def inflect_noun(noun: str, plural: str = "") -> tuple[str, str]:
    """Singular and plural of a noun or noun phrase; `plural` where the rule fails."""
    return noun, plural or pluralise(noun)


def inflect_verb(phrase: str, irregular: tuple[str, ...] = ()) -> dict[str, str]:
    """The forms of a verb phrase whose first word is the verb, or whose second is after an adverb in -ly.

    `irregular` holds past and participle of the whole phrase where they are not regular. A noun that ends the
    phrase is left as it is: matching takes its plural too.
    """
    words = phrase.split()
    at = int(opens_with_adverb(words))
    verb = words[at]

    def put(form: str) -> str:
        return " ".join([*words[:at], form, *words[at + 1 :]])

    known = _IRREGULAR.get(verb)
    past = irregular[0] if irregular else put(known[0] if known else _past(verb))
    participle = irregular[-1] if irregular else (put(known[1]) if known else past)
    return {
        "base": phrase,
        "third": put(pluralise(verb)),
        "past": past,
        "participle": participle,
        "gerund": put(_gerund(verb)),
    }


def opens_with_adverb(words: Sequence[str]) -> bool:
    """`fatally shoot`, whose verb is the second word; not `supply weapon`."""
    return len(words) > 1 and words[0].endswith("ly") and words[0] not in _VERBS_IN_LY


_VERBS_IN_LY = word_set("fly rally supply resupply apply rely ally reply comply bully multiply imply tally")


def _past(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb[:-1] + "ied"
    if verb.endswith("c"):
        return verb + "ked"
    return _double(verb) + "ed"


def _gerund(verb: str) -> str:
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "ye", "oe")):
        return verb[:-1] + "ing"
    return _double(verb) + "ing"


def _double(verb: str) -> str:
    """Double the last consonant of a short verb (stab, ram), of one in -mit/-fer/-pel (expel)."""
    if verb in _KEEPING or len(verb) < 3:
        return verb
    consonant, vowel, before = verb[-1], verb[-2], verb[-3]
    short = consonant not in "aeiouwxy" and vowel in _VOWELS and before not in _VOWELS
    if (
        verb in _DOUBLING
        or (short and _count_syllables(verb) == 1)
        or verb.endswith(("mit", "fer", "pel", "cur", "nap"))
    ):
        return verb + consonant
    return verb


def _count_syllables(verb: str) -> int:
    return sum(
        1 for i, letter in enumerate(verb) if letter in _VOWELS and (i == 0 or verb[i - 1] not in _VOWELS)
    )
