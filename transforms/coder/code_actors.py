"""Who a noun phrase is: name, kind, country and sector, from the tables of actors, agents and countries."""

from dataclasses import replace

from transforms.coder.lexicon import ActorRow, AgentMatch, Lexicon
from transforms.coder.noun_phrases import Phrase
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.word_classes import Tag
from transforms.records import Actor, ActorKind
from transforms.word_lists import list_words, word_set

ARMED_SECTORS = frozenset({"MIL", "REB", "COP", "UAF", "CRM"})
POLITICAL_SECTORS = frozenset(
    {"GOV", "MIL", "REB", "IGO", "NGO", "OPP", "PTY", "LEG", "JUD", "COP", "SPY", "REL", "LAB"}
)
_ORGANIZATION_ENDS = word_set(
    "army front party council ministry group movement union committee court agency commission organization "
    "organisation association congress parliament alliance league brigade brigades forces force command "
    "police network federation bank university company corporation inc ltd club department office "
    "institute authority bureau service"
)
_ARTICLES = word_set(
    "the a an at least most up to more fewer less than over about around nearly almost under roughly some"
)
_NOT_ACTORS = word_set(
    "incident violence situation news reports report statement war conflict crisis statement toll number day"
)


def code_actor(parsed: ParsedSentence, phrase: Phrase, document: str, lexicon: Lexicon) -> Actor | None:
    """The actor that a noun phrase names; None where the phrase is empty or names nobody."""
    actor = _code_phrase(parsed, phrase, document, lexicon)
    before = {word.lower for word in parsed.words[phrase.start : phrase.head]}
    if actor is None or actor.kind != "organization" or before.isdisjoint(("member", "members")):
        return actor
    return replace(actor, kind="person" if "member" in before else "group")  # "two members of the army"


def _code_phrase(parsed: ParsedSentence, phrase: Phrase, document: str, lexicon: Lexicon) -> Actor | None:
    if parsed.tags[phrase.head] in (Tag.PRONOUN, Tag.RELATIVE, Tag.TIME, Tag.DETERMINER):
        return None
    start = phrase.start
    while start < phrase.end and parsed.words[start].lower in _ARTICLES:
        start += 1
    if start >= phrase.end:
        return None
    start = _skip_titles(parsed, start, phrase, lexicon)
    phrase = _widen(parsed, start, phrase, document, lexicon)
    text = parsed.text(start, phrase.end, document)
    name, row_kind, country, sector, covers = _find_name(parsed, start, phrase, document, lexicon)
    # in "the United States" or "Mexico City" the last word is part of the name
    agent = None if name and covers else _find_agent(parsed, start, phrase, lexicon)
    demonym = next(
        (lexicon.demonyms[w.text] for w in parsed.words[start : phrase.end] if w.text in lexicon.demonyms), ""
    )
    country = country or demonym
    if name and covers and row_kind != "country":
        return Actor(text, name, row_kind, country, sector)
    force = _code_arms(parsed, Phrase(start, phrase.end, phrase.head), text, country, agent, lexicon)
    if force is not None:
        return force
    if agent is not None:
        actor = _from_agent(text, name, row_kind, country, sector, demonym, agent, lexicon)
        return _serve(parsed, start, phrase, actor, "" if row_kind == "country" else sector, lexicon)
    head = parsed.words[phrase.head]
    if name and (covers or row_kind != "country"):
        return Actor(text, name, row_kind, country, sector)
    if (
        head.text in lexicon.demonyms
        and start == phrase.start == phrase.end - 1
        and not head.text.endswith("s")
    ):
        return Actor(
            text, lexicon.country_names.get(country, ""), "country", country, "GOV"
        )  # "Russian shelling"
    if head.text in lexicon.demonyms:
        return Actor(text, "", "group", country, "CVL")
    if head.lower in _NOT_ACTORS:
        return None
    if parsed.tags[phrase.head] == Tag.NAME and head.text[0].isupper():
        organized = head.lower in _ORGANIZATION_ENDS or (head.text.isupper() and len(head.text) > 1)
        office = _read_office(parsed, phrase.start, start, lexicon) or _read_apposition(
            parsed, phrase.head, lexicon
        )
        return Actor(text, "", "organization" if organized else "person", country, office)
    following = parsed.words[phrase.end].text if phrase.end < len(parsed.words) else ""
    if _counts_people(parsed, start, phrase) and following not in ("%", "per", "and", "to"):
        return Actor(text, "", "group", country, "CVL")
    if head.lower.endswith("ing") or parsed.tags[phrase.head] == Tag.NUMBER:
        return None
    return Actor(text, "", "property", country, "")


def _widen(parsed: ParsedSentence, start: int, phrase: Phrase, document: str, lexicon: Lexicon) -> Phrase:
    """`Doctors | Without Borders`: a name of the table may be longer than what the grammar takes for a phrase."""
    if phrase.end == len(parsed.words) or parsed.tags[phrase.end] != Tag.PREPOSITION:
        return phrase  # of "M23 | rebels" either part may be meant
    longest = lexicon.actor_starts.get(parsed.words[start].text, 0)
    for end in range(min(start + longest, len(parsed.words)), phrase.end, -1):
        if parsed.text(start, end, document) in lexicon.actors:
            return Phrase(phrase.start, end, phrase.head)
    return phrase


def _skip_titles(parsed: ParsedSentence, start: int, phrase: Phrase, lexicon: Lexicon) -> int:
    """Where the name of one person begins: `Interior Minister | Ali Hassan`, `Col | Isaacs`, `Father | Ellacuria`.

    What leads up to the name must end in a word for one person; what follows is the name to the phrase's end.
    A country before it says more than the title does, and stays: `German Chancellor Angela Merkel`.
    """
    if phrase.end != phrase.head + 1 or parsed.tags[phrase.head] != Tag.NAME:
        return start
    if any(
        word.text in lexicon.demonyms or word.text in lexicon.countries
        for word in parsed.words[start : phrase.head]
    ):
        return start
    for i in range(phrase.head - 1, start - 1, -1):
        word = parsed.words[i]
        match = lexicon.agents.get(word.lower)
        titled = word.lower.rstrip(".") in TITLES or (
            match is not None and match.row.kind == "person" and not match.plural
        )
        if titled and all(_may_be_name(parsed, at) for at in range(i + 1, phrase.head + 1)):
            after = parsed.words[i + 1].text == "." and i + 2 <= phrase.head
            return i + 2 if after else i + 1
    return start


def _read_office(parsed: ParsedSentence, first: int, end: int, lexicon: Lexicon) -> str:
    """The sector that a title before a name gives: `Vice-President | Ali Hassan`, `Lt. Gen. | Ali Hassan`."""
    words = [word.lower for word in parsed.words[first:end] if word.lower != "."]
    for size in (3, 2, 1):
        match = lexicon.agents.get(" ".join(words[-size:])) if 0 < size <= len(words) else None
        if match is not None and match.row.kind == "person":
            return match.row.sector
    return "MIL" if words and words[-1].rstrip(".") in RANKS else ""


CRAFT = word_set("plane planes airplane airplanes aeroplane aeroplanes ship ships vessel vessels boat boats")


def _code_arms(
    parsed: ParsedSentence,
    phrase: Phrase,
    text: str,
    country: str,
    agent: AgentMatch | None,
    lexicon: Lexicon,
) -> Actor | None:
    """Whose arms do it: `Russian missiles`, `government planes`, `rebel boats`; None for those of nobody's force."""
    head = parsed.words[phrase.head].lower
    if head in lexicon.weapons and country and (agent is None or agent.row.kind != "person"):
        return Actor(text, lexicon.country_names.get(country, ""), "organization", country, "MIL")
    if agent is None or agent.row.kind != "property" or head not in CRAFT:
        return None
    for word in parsed.words[phrase.start : phrase.head]:
        match = lexicon.agents.get(word.lower)
        if match is not None and (match.row.armed or match.row.sector == "GOV"):
            sector = "MIL" if match.row.sector == "GOV" else match.row.sector
            return Actor(text, "", "organization", country, sector)
    return None


def _read_apposition(parsed: ParsedSentence, head: int, lexicon: Lexicon) -> str:
    """The sector that stands behind a person's name: `Ali Omar, a spokesman for the army,`."""
    top = parsed.head(head) if parsed.label(head) == "flat" else head
    for said in parsed.find(top, "appos"):
        phrase = parsed.phrase(said)
        agent = _find_agent(parsed, phrase.start, phrase, lexicon)
        if agent is not None and agent.row.kind == "person" and not agent.plural:
            return agent.row.sector
    return ""


RANKS = word_set("gen col lt capt maj sgt cpl cmdr adm brig")


def _may_be_name(parsed: ParsedSentence, at: int) -> bool:
    word = parsed.words[at].text
    return word[0].isupper() or word.lower() in NAME_PARTICLES or not word[0].isalnum()


TITLES = word_set(
    "mr mrs ms miss dr prof sir lord lady gen col lt capt maj sgt cpl cmdr adm brig msgr monsignor rev fr "
    "father sister brother archbishop bishop president minister secretary senator deputy mayor governor judge "
    "justice general colonel major captain lieutenant sergeant corporal ambassador professor engineer king queen "
    "prince princess pope sheikh sheik imam mullah ayatollah pastor don dona sen rep gov"
)
NAME_PARTICLES = word_set("de la del los das dos da di van von der den bin ibn al el abu y e bint ould ag")


def _from_agent(
    text: str,
    name: str,
    kind: ActorKind,
    country: str,
    sector: str,
    demonym: str,
    agent: AgentMatch,
    lexicon: Lexicon,
) -> Actor:
    own_kind: ActorKind = "group" if agent.plural and agent.row.kind == "person" else agent.row.kind
    own_sector = agent.row.sector
    if name and kind != "country":
        # "Taliban fighters", "Hamas police": whose they are says more than what they are
        theirs = not own_sector or (agent.row.armed and sector in ARMED_SECTORS)
        return Actor(text, name, own_kind, country, sector if theirs else own_sector)
    if own_kind == "organization":
        return Actor(text, lexicon.country_names.get(country, ""), own_kind, country, own_sector)
    return Actor(text, "", own_kind, country, own_sector)


def _serve(
    parsed: ParsedSentence, start: int, phrase: Phrase, actor: Actor, theirs: str, lexicon: Lexicon
) -> Actor:
    """Whom somebody serves says more than what he is: `a company spokesman`, `an alliance of unions`.

    `theirs` is the sector of the name in the phrase: that of the Taliban in `a Taliban spokesman`.
    """
    head, before = parsed.words[phrase.head].lower, range(start, phrase.head)
    if head in _VOICES and actor.name:
        return replace(actor, sector=theirs or actor.sector)
    if head in _VOICES and before and not actor.country:
        last = parsed.words[phrase.head - 1]
        strange = last.text.istitle() and len(before) == 1  # a firm's, where no table knows the name
        match = lexicon.agents.get(last.lower)
        return replace(actor, sector=match.row.sector if match else "" if strange else actor.sector)
    if head in ("agent", "agents") and any(parsed.tags[at] == Tag.POSSESSIVE for at in before):
        return replace(actor, sector="")
    if head in ("coalition", "alliance") and not actor.name:
        for member in parsed.find(phrase.head, "nmod"):
            below = _find_agent(parsed, member, Phrase(member, member + 1, member), lexicon)
            if below is not None and below.row.sector:
                return replace(actor, sector=below.row.sector)
    return actor


_VOICES = word_set("spokesman spokeswoman spokesperson spokesmen spokeswomen spokespeople")


def _find_name(
    parsed: ParsedSentence, start: int, phrase: Phrase, document: str, lexicon: Lexicon
) -> tuple[str, ActorKind, str, str, bool]:
    """The first longest name of the actors table inside a phrase, and whether it reaches the phrase's end."""
    found: tuple[str, ActorKind, str, str, bool] = ("", "group", "", "", False)
    i = start
    while i < phrase.end:
        longest = lexicon.actor_starts.get(parsed.words[i].text.partition("/")[0], 0)
        for size in range(min(longest, phrase.end - i), 0, -1):
            row = lexicon.actors.get(parsed.text(i, i + size, document))
            if row is None or (row.kind == "person" and _is_namesake(parsed, start, i, size, row, lexicon)):
                continue
            # what `of` joins on says whose it is: "activists of the Democratic Party"
            candidate = (row.name, row.kind, row.country, row.sector, i <= phrase.head < i + size)
            if not found[0] or (found[1] == "country" and row.kind != "country"):
                found = candidate
            i += size - 1
            break
        i += 1
    return found


def _is_namesake(
    parsed: ParsedSentence, start: int, at: int, size: int, row: ActorRow, lexicon: Lexicon
) -> bool:
    """`Melisha Sirisena`, where the table has `Maithripala Sirisena`: another first name stands before the family's."""
    if size > 1 or at == start or parsed.words[at].text == row.name.split()[0]:
        return False
    first = parsed.words[at - 1]
    named = parsed.tags[at - 1] == Tag.NAME and first.text[0].isupper() and len(first.text) > 1
    initials = first.text.isupper() or first.text.endswith(".")
    titled = first.lower.rstrip(".") in TITLES or first.lower in lexicon.agents
    part = first.lower in NAME_PARTICLES or first.text in row.name.split()
    whose = first.text in lexicon.demonyms or first.text in lexicon.countries  # "Russia President Putin"
    return named and not (initials or titled or part or whose)


def _find_agent(parsed: ParsedSentence, start: int, phrase: Phrase, lexicon: Lexicon) -> AgentMatch | None:
    head = phrase.head
    words = [word.lower for word in parsed.words[start : head + 1]]
    sizes = (3, 2) if _is_surname(parsed, start, head, lexicon) else (3, 2, 1)
    for size in sizes:
        match = lexicon.agents.get(" ".join(words[-size:])) if len(words) >= size else None
        if words == ["force"] and phrase.start == head:
            return None  # "ruled out using force"
        if match and not (size == 1 and parsed.words[head].text.isupper() and len(words) > 1):
            return match
    for i, word in enumerate(words[:-1]):  # "President Bashar Assad", "soldier Evyatar Sabag"
        if (
            parsed.tags[start + i + 1] == Tag.NAME
            and parsed.tags[head] == Tag.NAME
            and word in lexicon.agents
        ):
            match = lexicon.agents[word]
            if match.row.kind == "person" and not match.plural:
                return match
    return None


def _is_surname(parsed: ParsedSentence, start: int, head: int, lexicon: Lexicon) -> bool:
    """`Tom Baker` need not bake: a trade behind a name that is no country's."""
    if parsed.words[head].text not in _SURNAMES or head == start:
        return False
    first = parsed.words[head - 1].text
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


def _counts_people(parsed: ParsedSentence, start: int, phrase: Phrase) -> bool:
    """`at least 16`, `dozens`, `five others`: a bare number stands for people."""
    return all(
        parsed.tags[i] in (Tag.NUMBER, Tag.DETERMINER)
        or parsed.words[i].lower in ("others", "more", "dead", "of", "them", "tens")
        for i in range(start, phrase.end)
    )


def is_human(actor: Actor) -> bool:
    return actor.kind in ("person", "group")


def is_armed(actor: Actor) -> bool:
    return actor.sector in ARMED_SECTORS


def is_political(actor: Actor) -> bool:
    """A state, its people or organs, an armed or political organisation: one whose words are an event."""
    if actor.kind == "property":
        return bool(actor.country)
    return actor.sector in POLITICAL_SECTORS or bool(actor.country) or bool(actor.name)
