"""Other senses of a trigger's word that the grammar gives away: who strikes work, and who marches in no protest."""

import re
from dataclasses import replace

from transforms.coder.clauses import (
    find_agents,
    find_case,
    find_obliques,
    find_patients,
    find_speakers,
    is_passive,
)
from transforms.coder.find_events import Hit
from transforms.coder.ground import GROUND
from transforms.coder.lexicon import ArgumentFrame, Lexicon, Needs
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.word_classes import Tag
from transforms.word_lists import word_set

_STRIKERS = ArgumentFrame(("subj", "by", "poss", "mod", "of"), ("against",), False)
_GRIEVANCES = word_set("over for after")
_WAGES = word_set(
    "pay wage wages salary salaries condition conditions pension pensions job jobs layoff layoffs contract cut cuts "
    "reform reforms price prices tax taxes hour hours law bill work overtime redundancy redundancies"
)
_MEETINGS = ("gather", "assemble")
_MOVES = word_set("march gather rally assemble parade picket")
_PROTESTING = word_set(
    "protest protester protesters protests demonstrate demonstration demonstrators demand demands demanding against "
    "denounce chant slogan slogans placard placards banner banners call calling urge urging justice"
)


def choose_sense(parsed: ParsedSentence, hit: Hit, lexicon: Lexicon) -> Hit | None:
    """The hit in the sense that its sentence gives it; None where it is no event in this sense."""
    phrase = hit.row.phrase
    if phrase == "strike" and hit.row.type == "ASSAULT" and _stops_work(parsed, hit, lexicon):
        needs: Needs = "" if hit.reading == "noun" and _names_wages(parsed, hit.at) else "crowd"
        row = replace(hit.row, type="PROTEST", mode="strike", cameo="143", needs=needs, frame=_STRIKERS)
        return replace(hit, form=replace(hit.form, row=row))
    if (
        phrase == "stand by"
        and not find_patients(parsed, hit.at)
        and not find_obliques(parsed, hit.at, ("by",))
    ):
        return None  # "police stood by in strength"
    if phrase == "clash" and hit.reading == "noun" and _is_of_things(parsed, hit.at, lexicon):
        return None  # "a clash of heads", "of cultures"
    if hit.row.type == "PROTEST":
        if phrase in _MOVES and hit.reading == "verb" and _is_force_on_the_move(parsed, hit, lexicon):
            return None
        if (phrase.endswith("vigil") or phrase in _MEETINGS) and not _protests(parsed):
            return None  # "gathered for a funeral"
        if (
            phrase == "walk out"
            and find_obliques(parsed, hit.at, ("of", "into", "from"))
            and not any(
                _works(parsed, at, lexicon) and _name_trade(parsed, at, lexicon)
                for at in find_agents(parsed, hit.at)
            )
        ):
            return None  # "the girls walked out of the forest"
        if phrase == "demonstration" and find_obliques(parsed, hit.at, ("of",)):
            return None  # "a demonstration of the service"
        if phrase == "demonstrate" and (find_patients(parsed, hit.at) or parsed.find(hit.at, "ccomp")):
            return None  # "demonstrated his skill", "that it works"
    if (
        (phrase in _REFUSALS and _is_no_refusal(parsed, hit.at))
        or (phrase in _ADVICE and _states_a_fact(parsed, hit.at))
        or _is_other_idiom(parsed, hit, lexicon)
    ):
        return None
    return hit


_ADVICE = ("insist", "insist that", "suggest")


def _is_other_idiom(parsed: ParsedSentence, hit: Hit, lexicon: Lexicon) -> bool:
    """Words and turns in which a trigger's word means something else."""
    phrase, objects = hit.row.phrase, [parsed.words[at].lower for at in find_patients(parsed, hit.at)]
    if phrase in ("hang", "shell"):
        return bool(parsed.find(hit.at, "compound:prt"))  # "hang on", "shell out a fortune"
    if phrase == "beat":
        return _SCORE.search(parsed.sentence.text) is not None  # "beat Bath 17-16"
    if phrase == "displace":
        return bool(find_obliques(parsed, hit.at, ("as",)))  # "will displace steel as the first choice"
    if phrase == "blast" and parsed.is_verb(hit.at):
        return not objects  # "blasting skyward", "music blasted from the car"
    if phrase == "seek":
        direct = parsed.find(hit.at, "obj")  # not that of "the movement it sought to control"
        return not direct and bool(parsed.find(hit.at, "xcomp"))  # "seeks to grow": nobody is asked
    if phrase == "encourage" and hit.reading == "verb":  # nobody is asked: "encouraged investment"
        return bool(objects) and not any(
            _may_be_hit(parsed, at, lexicon) for at in find_patients(parsed, hit.at)
        )
    if phrase == "ask":
        return "question" in objects or "questions" in objects or _inquires(parsed, hit.at)
    if phrase in ("refuse", "refuse to", "decline"):
        return any(parsed.lemma(clause) in _DISCLOSING for clause in parsed.find(hit.at, "xcomp"))
    if phrase == "target" and hit.reading == "verb":
        return bool(objects) and not any(
            _may_be_hit(parsed, at, lexicon) for at in find_patients(parsed, hit.at)
        )
    if phrase == "call in":
        return parsed.label(hit.own[-1]) == "case"  # "called it a base in Idlib"
    if phrase == "fall to":
        return not any(_may_be_hit(parsed, at, lexicon) for at in find_agents(parsed, hit.at))
    if phrase == "riot" and hit.reading == "noun":
        following = parsed.words[hit.end].lower if hit.end < len(parsed.words) else ""
        return following in _OF_RIOTS
    if phrase in ("explosion", "blast", "explode"):
        return any(word.lower in _MISHAPS for word in parsed.words)
    if phrase == "kick":
        return bool(parsed.find(hit.at, "compound:prt") or find_obliques(parsed, hit.at, ("off", "out")))
    if phrase == "hijack":
        return not set(objects).isdisjoint(_HIJACKED)
    if phrase == "advance" and hit.reading == "noun":
        return parsed.lemma(parsed.head(hit.at)) == "make"  # "made advances in"
    if phrase == "demand" and hit.reading == "noun":
        return _is_of_buyers(parsed, hit.at)
    return phrase in _HARM and not set(objects).isdisjoint(_ONESELF)


_SCORE = re.compile(r"\b\d{1,3}[-–]\d{1,3}\b")
_DISCLOSING = word_set(
    "comment identify name say elaborate discuss specify speculate disclose reveal answer give provide confirm"
)  # "declined to comment", "refused to give details": to reporters
_HIJACKED = word_set(
    "society debate mind minds agenda process conversation event narrative attention news election revolution protest "
    "protests movement account accounts brand browser computer computers term language culture"
)


_OF_RIOTS = word_set(
    "police gear squad squads shield shields troops unit units vehicle vehicles helmet helmets"
)
_MISHAPS = word_set("leak leaked leaking boiler boilers methane transformer transformers stove stoves")


def _may_be_hit(parsed: ParsedSentence, at: int, lexicon: Lexicon) -> bool:
    """People, things and places; not `rising crime`, `young voters' fears`, `inflation`."""
    word = parsed.words[parsed.phrase(at).head]
    named = parsed.tags[at] in (Tag.NAME, Tag.PRONOUN)
    return named or word.lower in lexicon.agents or word.lower in lexicon.weapons or word.lower in GROUND


def _inquires(parsed: ParsedSentence, verb: int) -> bool:
    """`asked the driver whether he was well`, `asked what had happened`: a question, no demand."""
    asked = parsed.find(verb, "iobj", "obj")
    # the grammar may hang the question on whom it is put to
    below = [clause for one in asked for clause in parsed.find(one, "acl:relcl")]
    return any(
        parsed.words[word].lower in ("if", "whether", "what", "why", "how")
        for clause in (*parsed.find(verb, "ccomp", "advcl"), *below)
        for word in (clause, *parsed.children[clause])
    )


_HARM = word_set("shoot stab hang burn kill injure wound hurt") | {"set on fire", "set fire to", "set alight"}
_ONESELF = word_set("himself herself themselves myself itself")
_OF_MARKETS = word_set(
    "growth increase rise surge jump boom fall drop decline slump high strong robust weak low growing rising soaring "
    "falling global domestic consumer market customer electricity energy oil gas supply peak"
)


def _is_of_buyers(parsed: ParsedSentence, at: int) -> bool:
    """`a surge in demand for flats`, `strong demand`: nobody demands anything of anybody."""
    about = [*parsed.find(at, "amod", "compound"), *([parsed.head(at)] if parsed.label(at) == "nmod" else [])]
    return any(parsed.words[word].lower in _OF_MARKETS for word in about)


def _is_no_refusal(parsed: ParsedSentence, verb: int) -> bool:
    """`would not have come`, `it will not be easy`, `would not do it if`: nobody's will decides."""
    auxiliaries = {parsed.words[child].lower for child in parsed.find(verb, "aux")}
    supposed = any(
        parsed.words[mark].lower == "if"
        for clause in parsed.find(verb, "advcl")
        for mark in parsed.find(clause, "mark")
    )
    unwilled = parsed.lemma(verb) in _UNWILLED or bool(parsed.find(verb, "cop"))
    return unwilled or bool(auxiliaries & {"have", "be", "been"}) or (supposed and "would" in auxiliaries)


_REFUSALS = ("will not", "would not", "wo n't", "won't", "wouldn't")
_UNWILLED = word_set(
    "be have make miss know mind like need see feel happen work matter get become last look seem find win lose cost "
    "hurt change take bring start stop come arrive expect believe think guess remember"
)


def _states_a_fact(parsed: ParsedSentence, verb: int) -> bool:
    """`insisted that his side never gave up`, not `insisted that they give up`."""
    for clause in parsed.find(verb, "ccomp"):
        auxiliaries = {parsed.words[child].lower for child in parsed.find(clause, "aux", "aux:pass", "cop")}
        if auxiliaries & {"must", "should", "be"}:
            return False
        if auxiliaries or parsed.tokens[clause].tag in ("VBD", "VBZ"):
            return True
    return False


def _is_of_things(parsed: ParsedSentence, at: int, lexicon: Lexicon) -> bool:
    parts = find_obliques(parsed, at, ("of",))
    return bool(parts) and not any(parsed.words[part].lower in lexicon.agents for part in parts)


def _stops_work(parsed: ParsedSentence, hit: Hit, lexicon: Lexicon) -> bool:
    """`nurses will strike over pay`, `a strike by teachers`, `the pilots' strike`; not `rebels struck a base`."""
    if hit.reading == "verb":
        if parsed.find(hit.at, "obj") or is_passive(parsed, hit.at):
            return False
        strikers = find_agents(parsed, hit.at)
        if any(parsed.words[at].lower in ("it", "they", "we") for at in strikers):
            strikers = [*find_speakers(parsed, hit.at), *strikers]
    else:
        strikers = [
            *find_obliques(parsed, hit.at, ("by", "of")),
            *parsed.find(hit.at, "nmod:poss", "compound"),
            *_find_callers(parsed, hit.at),
        ]
    return any(_works(parsed, at, lexicon) for at in strikers) or (
        hit.reading == "noun" and _names_wages(parsed, hit.at)
    )


def _find_callers(parsed: ParsedSentence, strike: int) -> list[int]:
    """Who called for it, who announced it for Monday; of `announced a strike` alone it may be one from the air."""
    verb, label = parsed.head(strike), parsed.label(strike)
    called = label == "obj" or (label == "obl" and find_case(parsed, strike) == "for")
    tied = [child for at in (verb, strike) for child in parsed.find(at, "obl", "nmod")]
    called &= parsed.lemma(verb) != "announce" or any(find_case(parsed, at) in ("for", "from") for at in tied)
    return find_agents(parsed, verb) if called and parsed.lemma(verb) in _CALLING_VERBS else []


_CALLING_VERBS = word_set("announce call plan schedule threaten")


def _works(parsed: ParsedSentence, at: int, lexicon: Lexicon) -> bool:
    """Workers, doctors or students, or a union of theirs."""
    word = parsed.words[parsed.phrase(at).head].lower
    match = lexicon.agents.get(word)
    return match is not None and (
        match.row.sector in _WORKING
        and (match.plural or match.row.kind != "person" or parsed.label(at) == "compound")
    )


def _name_trade(parsed: ParsedSentence, at: int, lexicon: Lexicon) -> bool:
    """`nurses`, `pupils`, not `girls`."""
    return lexicon.agents[parsed.words[parsed.phrase(at).head].lower].row.sector != "CVL"


_WORKING = frozenset({"LAB", "EDU", "HLH", "AGR", "BUS", "MED", "CVL"})


def _names_wages(parsed: ParsedSentence, at: int) -> bool:
    return any(
        parsed.words[noun].lower in _WAGES
        for case in _GRIEVANCES
        for noun in find_obliques(parsed, at, (case,))
    )


def _is_force_on_the_move(parsed: ParsedSentence, hit: Hit, lexicon: Lexicon) -> bool:
    """`gunmen marched toward the school`, `marched the girls into the bush`: armed people, or others led away."""
    if parsed.find(hit.at, "obj") or (is_passive(parsed, hit.at) and find_patients(parsed, hit.at)):
        return True  # "figures gathered by researchers"
    agents = [
        lexicon.agents.get(parsed.words[parsed.phrase(at).head].lower) for at in find_agents(parsed, hit.at)
    ]
    armed = [match is not None and match.row.armed for match in agents]
    return bool(armed) and all(armed) and not _protests(parsed)


def _protests(parsed: ParsedSentence) -> bool:
    """Whether a word of the sentence says what the crowd is against or for."""
    return any(word.lower in _PROTESTING for word in parsed.words)
