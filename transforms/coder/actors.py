"""Who words of a text are: name, kind, country and sector, from the tables of actors, agents and countries."""

from collections.abc import Sequence
from dataclasses import replace

from transforms.coder.lexicon import ActorRow, AgentMatch, Lexicon
from transforms.coder.sentences import Word, split_words
from transforms.records import Actor, ActorKind
from transforms.word_lists import list_words, word_set

ARMED_SECTORS = frozenset({"MIL", "REB", "COP", "UAF", "CRM"})
_ORGANIZATION_ENDS = word_set(
    "army front party council ministry group movement union committee court agency commission organization "
    "organisation association congress parliament alliance league brigade brigades forces force command "
    "police network federation bank university company corporation inc ltd club department office "
    "institute authority bureau service"
)
_LEADING = word_set(
    "including the a an at least most up to more fewer less than over about around nearly almost under roughly some"
)
_NOT_ACTORS = word_set(
    "incident violence situation news reports report statement war conflict crisis toll number day"
)
_PRONOUNS = word_set(
    "he she it they him her them his hers its their theirs we us our you your i me my who whom whose which that this "
    "these those there himself herself itself themselves someone somebody anyone anybody everyone nobody what"
)
_TIMES = word_set(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august september "
    "october november december today yesterday tomorrow week month year hours minutes"
)
RANKS = word_set("gen col lt capt maj sgt cpl cmdr adm brig")
TITLES = RANKS | word_set(
    "mr mrs ms miss dr prof sir lord lady msgr monsignor rev fr father sister brother archbishop bishop president "
    "minister secretary senator deputy mayor governor judge justice general colonel major captain lieutenant sergeant "
    "corporal ambassador professor engineer king queen prince princess pope sheikh sheik imam mullah ayatollah pastor "
    "don dona sen rep gov"
)
NAME_PARTICLES = word_set("de la del los das dos da di van von der den bin ibn al el abu y e bint ould ag")
_JOINTS = word_set("of in from at on near with who that which by for against to and , ; ( -")
"""What the head of a phrase stands before: `members | of the army`."""


def code_actor(text: str, start: int, end: int, lexicon: Lexicon) -> tuple[Actor, int, int] | None:
    """The actor that the words from `start` to `end` of a text name, and where those stand that carry the name.

    None where they are a pronoun, a day, or name nobody.
    """
    words = split_words(text, start, end)
    first = _skip_leading(words, lexicon)
    words = words[first:]
    while words and words[-1].text in _JOINTS:
        words = words[:-1]  # `dissidents of`, `man and`: the judge's words may end too late
    if not words or (len(words) == 1 and _is_pronoun(words[0], lexicon)):
        return None
    words = _widen(text, words, lexicon)
    head = _find_head(words, lexicon)
    if words[head].lower in _TIMES or _is_pronoun(words[head], lexicon):
        return None
    skipped = _skip_titles(words, head, lexicon)
    titles, words, head = words[:skipped], words[skipped:], head - skipped
    actor = _code(text, words, head, titles, lexicon)
    return (actor, words[0].start, words[-1].end) if actor else None


def _is_pronoun(word: Word, lexicon: Lexicon) -> bool:
    """`us` and `who`; `US` and `WHO` are names."""
    return word.lower in _PRONOUNS and word.text not in lexicon.actors


def _skip_leading(words: Sequence[Word], lexicon: Lexicon) -> int:
    first = 0
    while first < len(words) and (words[first].lower in _LEADING or not words[first].text[0].isalnum()):
        if words[first].text == "The" and _names_at(words, first, lexicon):
            break
        first += 1
    return first


def _names_at(words: Sequence[Word], at: int, lexicon: Lexicon) -> bool:
    rest = [word.text for word in words[at:]]
    return any(" ".join(rest[:size]) in lexicon.actors for size in range(2, len(rest) + 1))


def _widen(text: str, words: tuple[Word, ...], lexicon: Lexicon) -> tuple[Word, ...]:
    """`Doctors | Without Borders`: a name of the table may be longer than the words given."""
    longest = lexicon.actor_starts.get(words[0].text, 0)
    more = split_words(text, words[0].start, min(len(text), words[-1].end + 60))
    for size in range(min(longest, len(more)), len(words), -1):
        if text[words[0].start : more[size - 1].end] in lexicon.actors:
            return more[:size]
    return words


def _find_head(words: Sequence[Word], lexicon: Lexicon) -> int:
    """The word before the first `of`, `from`, comma ...: behind it stands what the phrase is said of."""
    for at in range(1, len(words)):
        if words[at].lower in _JOINTS and not is_inside_name(words, at, lexicon):
            return at - 1
    return len(words) - 1


def is_inside_name(words: Sequence[Word], at: int, lexicon: Lexicon) -> bool:
    """`Democratic Republic *of* Congo`."""
    for first in range(at):
        longest = lexicon.actor_starts.get(words[first].text, 0)
        for last in range(at + 1, min(len(words), first + longest)):
            if " ".join(word.text for word in words[first : last + 1]) in lexicon.actors:
                return True
    return False


def _skip_titles(words: Sequence[Word], head: int, lexicon: Lexicon) -> int:
    """Where the name of one person begins: `Interior Minister | Ali Hassan`, `Col | Isaacs`.

    A country before it says more than the title does, and stays: `German Chancellor Angela Merkel`.
    """
    if head != len(words) - 1 or not _is_name(words[head]):
        return 0
    if any(word.text in lexicon.demonyms or word.text in lexicon.countries for word in words[:head]):
        return 0
    lower = [word.lower for word in words]
    for at in range(head - 1, -1, -1):
        match = _match_agent(lower[: at + 1], lexicon)
        titled = lower[at].rstrip(".") in TITLES or (
            match is not None and match.row.kind == "person" and not match.plural
        )
        if titled and all(_may_be_name(word) for word in words[at + 1 : head + 1]):
            return at + 2 if words[at + 1].text == "." and at + 2 <= head else at + 1
    return 0


def _match_agent(lower: Sequence[str], lexicon: Lexicon) -> AgentMatch | None:
    """The longest word of the table of agents that ends a phrase: `police chief`."""
    sizes = range(min(3, len(lower)), 0, -1)
    return next((match for size in sizes if (match := lexicon.agents.get(" ".join(lower[-size:])))), None)


def _is_name(word: Word) -> bool:
    return word.text[0].isupper()


def _may_be_name(word: Word) -> bool:
    return word.text[0].isupper() or word.lower in NAME_PARTICLES or not word.text[0].isalnum()


def _code(
    text: str, words: Sequence[Word], head: int, titles: Sequence[Word], lexicon: Lexicon
) -> Actor | None:
    own = text[words[0].start : words[-1].end]
    name, kind, country, sector, covers = _find_name(text, words, head, lexicon)
    agent = None if name and covers else _find_agent(words, head, lexicon)
    demonym = next((lexicon.demonyms[word.text] for word in words if word.text in lexicon.demonyms), "")
    country = country or demonym
    if name and covers and kind != "country":
        return Actor(own, name, kind, country, sector)
    force = _code_arms(words, head, own, country, agent, lexicon)
    if force is not None:
        return force
    if agent is not None:
        actor = _from_agent(own, name, kind, country, sector, agent, lexicon)
        return _serve(words, head, actor, "" if kind == "country" else sector, lexicon)
    last = words[head]
    if name and (covers or kind != "country"):
        return Actor(own, name, kind, country, sector)
    if last.text in lexicon.demonyms:
        if len(words) == 1 and not last.text.endswith("s"):  # "Russian shelling"
            return Actor(own, lexicon.country_names.get(country, ""), "country", country, "GOV")
        return Actor(own, "", "group", country, "CVL")
    if last.lower in _NOT_ACTORS:
        return None
    if last.text[0].isupper():
        organized = last.lower in _ORGANIZATION_ENDS or (last.text.isupper() and len(last.text) > 1)
        office = _read_office(titles, lexicon) or _read_apposition(text, words[-1].end, lexicon)
        return Actor(own, "", "organization" if organized else "person", country, office)
    if not any(word.text.isalpha() and word.lower not in _COUNTED for word in words):
        return Actor(own, "", "group", country, "CVL")  # "16", "dozens", "five others"
    return Actor(own, "", "property", country, "")


_COUNTED = word_set(
    "others more dead of them tens dozens scores hundreds thousands several many few one two three four five six "
    "seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty "
    "forty fifty sixty seventy eighty ninety hundred thousand million victims wounded injured"
)
CRAFT = word_set("plane planes airplane airplanes aeroplane aeroplanes ship ships vessel vessels boat boats")


def _code_arms(
    words: Sequence[Word], head: int, own: str, country: str, agent: AgentMatch | None, lexicon: Lexicon
) -> Actor | None:
    """Whose arms do it: `Russian missiles`, `government planes`, `rebel boats`; None for those of nobody's force."""
    last = words[head].lower
    if last in lexicon.weapons and country and (agent is None or agent.row.kind != "person"):
        return Actor(own, lexicon.country_names.get(country, ""), "organization", country, "MIL")
    if agent is None or agent.row.kind != "property" or last not in CRAFT:
        return None
    for word in words[:head]:
        match = lexicon.agents.get(word.lower)
        if match is not None and (match.row.armed or match.row.sector == "GOV"):
            sector = "MIL" if match.row.sector == "GOV" else match.row.sector
            return Actor(own, "", "organization", country, sector)
    return None


def _read_office(titles: Sequence[Word], lexicon: Lexicon) -> str:
    """The sector that a title before a name gives: `Vice-President | Ali Hassan`, `Lt. Gen. | Ali Hassan`."""
    words = [word.lower for word in titles if word.lower != "."]
    match = _match_agent(words, lexicon)
    if match is not None and match.row.kind == "person":
        return match.row.sector
    return "MIL" if words and words[-1].rstrip(".") in RANKS else ""


def _read_apposition(text: str, end: int, lexicon: Lexicon) -> str:
    """The sector that stands behind a person's name: `Ali Omar, a spokesman for the army,`."""
    words = [word.lower for word in split_words(text, end, min(len(text), end + 80))]
    if words[:1] != [","]:
        return ""
    said, served = _part(words[1:])
    match = _match_agent(said, lexicon)
    if match is None or match.row.kind != "person" or match.plural:
        return ""
    serves = said[-1] in _VOICES or match.row.word == "member"
    return (serves and _read_body(served, lexicon)) or match.row.sector


def _part(lower: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The words before the first joint, and those behind it where it says whom they serve: `of`, `for`."""
    stop = next((at for at, word in enumerate(lower) if word in _JOINTS or word == "."), len(lower))
    serves = lower[stop : stop + 1] in (["of"], ["for"])
    return lower[:stop], lower[stop + 1 :] if serves else ()


def _read_body(lower: Sequence[str], lexicon: Lexicon) -> str:
    """The sector of the body that words begin with: `the army | in Homs`."""
    match = _match_agent(_part(lower)[0], lexicon)
    return match.row.sector if match else ""


def _from_agent(
    own: str, name: str, kind: ActorKind, country: str, sector: str, agent: AgentMatch, lexicon: Lexicon
) -> Actor:
    own_kind: ActorKind = "group" if agent.plural and agent.row.kind == "person" else agent.row.kind
    own_sector = agent.row.sector
    if name and kind != "country":
        # "Taliban fighters", "Hamas police": whose they are says more than what they are
        theirs = not own_sector or (agent.row.armed and sector in ARMED_SECTORS)
        return Actor(own, name, own_kind, country, sector if theirs else own_sector)
    if own_kind == "organization":
        return Actor(own, lexicon.country_names.get(country, ""), own_kind, country, own_sector)
    return Actor(own, "", own_kind, country, own_sector)


def _serve(words: Sequence[Word], head: int, actor: Actor, theirs: str, lexicon: Lexicon) -> Actor:
    """Whom somebody serves says more than what he is: `a company spokesman`, `members of the army`.

    `theirs` is the sector of the name in the phrase: that of the Taliban in `a Taliban spokesman`.
    """
    last, member = words[head].lower, words[head].lower in _MEMBERS
    if (last in _VOICES and actor.name) or (member and theirs):
        return replace(actor, sector=theirs or actor.sector)
    if (last in _VOICES and not actor.country) or (member and actor.sector == _ANYBODY):
        lower = [word.lower for word in words]
        before = _match_agent(lower[:head], lexicon)
        sector = before.row.sector if before else _read_body(_part(lower[head:])[1], lexicon)
        # a firm's, where no table knows the name
        strange = last in _VOICES and head == 1 and words[0].text.istitle()
        return replace(actor, sector=sector or ("" if strange else actor.sector))
    return actor


_MEMBERS = word_set("member members")
_ANYBODY = "CVL"
_VOICES = word_set("spokesman spokeswoman spokesperson spokesmen spokeswomen spokespeople")


def _find_name(
    text: str, words: Sequence[Word], head: int, lexicon: Lexicon
) -> tuple[str, ActorKind, str, str, bool]:
    """The first longest name of the actors table inside a phrase, and whether the phrase's head is part of it."""
    found: tuple[str, ActorKind, str, str, bool] = ("", "group", "", "", False)
    at = 0
    while at < len(words):
        longest = lexicon.actor_starts.get(words[at].text.partition("/")[0], 0)
        for size in range(min(longest, len(words) - at), 0, -1):
            row = lexicon.actors.get(text[words[at].start : words[at + size - 1].end])
            if row is None or (row.kind == "person" and _is_namesake(words, at, size, row, lexicon)):
                continue
            # what `of` joins on says whose it is: "activists of the Democratic Party"
            candidate = (row.name, row.kind, row.country, row.sector, at <= head < at + size)
            if not found[0] or (found[1] == "country" and row.kind != "country"):
                found = candidate
            at += size - 1
            break
        at += 1
    return found


def _is_namesake(words: Sequence[Word], at: int, size: int, row: ActorRow, lexicon: Lexicon) -> bool:
    """`Melisha Sirisena`, where the table has `Maithripala Sirisena`: another first name stands before the family's."""
    if size > 1 or not at or words[at].text == row.name.split()[0]:
        return False
    first = words[at - 1]
    named = first.text[0].isupper() and len(first.text) > 1
    initials = first.text.isupper() or first.text.endswith(".")
    titled = first.lower.rstrip(".") in TITLES or first.lower in lexicon.agents
    part = first.lower in NAME_PARTICLES or first.text in row.name.split()
    whose = first.text in lexicon.demonyms or first.text in lexicon.countries  # "Russia President Putin"
    return named and not (initials or titled or part or whose)


def _find_agent(words: Sequence[Word], head: int, lexicon: Lexicon) -> AgentMatch | None:
    lower = [word.lower for word in words[: head + 1]]
    sizes = (3, 2) if _is_surname(words, head, lexicon) else (3, 2, 1)
    for size in sizes:
        match = lexicon.agents.get(" ".join(lower[-size:])) if len(lower) >= size else None
        if match and not (size == 1 and words[head].text.isupper() and len(lower) > 1):
            return match
    for at, word in enumerate(lower[:-1]):  # "President Bashar Assad", "soldier Evyatar Sabag"
        if _is_name(words[at + 1]) and _is_name(words[head]) and word in lexicon.agents:
            match = lexicon.agents[word]
            if match.row.kind == "person" and not match.plural:
                return match
    return None


def _is_surname(words: Sequence[Word], head: int, lexicon: Lexicon) -> bool:
    """`Tom Baker` need not bake: a trade behind a name that is no country's."""
    if words[head].text not in _SURNAMES or not head:
        return False
    first = words[head - 1].text
    strange = first in lexicon.demonyms or first in lexicon.countries or first.lower() in lexicon.agents
    return first[0].isupper() and not first.isupper() and not strange


_SURNAMES = frozenset(
    list_words(
        "Archer Baker Barber Bishop Butcher Butler Carpenter Carter Chamberlain Chancellor Cook Cooper Dean Driver "
        "Farmer Fisher Forester Gardener Guard Guards Hunter Judge King Knight Marshal Marshall Mason Miller Miner "
        "Monk Page Painter Pilot Pope Porter Potter Priest Prince Prior Ranger Sailor Shepherd Sheriff Singer Smith "
        "Speaker Squire Student Tailor Taylor Teacher Trader Turner Walker Warden Weaver"
    )
)


def is_human(actor: Actor) -> bool:
    return actor.kind in ("person", "group")


def is_armed(actor: Actor) -> bool:
    return actor.sector in ARMED_SECTORS


def last_word(actor: Actor) -> str:
    """The head of an actor's phrase: what stands before `of`, or its last word."""
    return actor.text.lower().partition(" of ")[0].rsplit(" ", 1)[-1]


def meet(some: Sequence[Actor], others: Sequence[Actor]) -> bool:
    """Whether two lists share somebody: by name, by text or by the head of the phrase."""
    return any(
        one.text == other.text
        or (one.name and one.name == other.name and one.kind == other.kind)
        or last_word(one) == last_word(other)
        for one in some
        for other in others
    )


def join_actors(told: Sequence[Actor], more: Sequence[Actor]) -> tuple[Actor, ...]:
    """The first telling's actors and those that a later one adds; other words for the same one are its mentions."""
    joined = list(told)
    for other in more:
        for number, actor in enumerate(joined):
            same = (other.name and other.name == actor.name) or last_word(other) == last_word(actor)
            if same:
                if other.text != actor.text and other.text not in actor.mentions:
                    joined[number] = replace(actor, mentions=(*actor.mentions, other.text))
                break
        else:
            if len(joined) < MOST_ACTORS:
                joined.append(other)
    return tuple(joined)


MOST_ACTORS = 4
