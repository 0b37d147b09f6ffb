"""What speaks for and against a noun phrase's filling a role of an event, as short readable features.

A feature is a string such as `path=nsubj|/verb`: the weight that training gave it explains what it did.
Features tell of classes (kind, sector, a weapon's mode), of syntax and of position, and of common nouns and
verbs; no name of a place, a person or an organisation is one.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transforms.coder.clauses import find_case, is_passive
from transforms.coder.code_actors import is_armed
from transforms.coder.drafts import Anchor, Draft
from transforms.coder.lexicon import Lexicon
from transforms.coder.list_fillers import Filler, is_name
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.tree_paths import find_path, measure_path
from transforms.coder.word_classes import Tag
from transforms.word_lists import word_set

_CUES = word_set(
    "responsible responsibility blame blamed accuse accused attribute attributed suspect suspected presumed "
    "presumably alleged allegedly perpetrator perpetrators claimed claim masterminded behind"
)
_LONGEST_PATH = 5  # edges; longer ways say nothing
_CASED = ("obl", "nmod", "advcl", "obl:unmarked", "nmod:unmarked")


@dataclass(frozen=True, slots=True)
class Scene:
    """A document's parsed sentences, its fillers and its events, with what is counted over them."""

    sentences: Sequence[ParsedSentence]
    fillers: Sequence[Filler]
    drafts: Sequence[Draft]
    places: Mapping[int, int]  # where a sentence starts: its number
    mentions: Mapping[str, int]  # of each entity
    ranks: Mapping[
        tuple[str, str], int
    ]  # by kind and entity: 1 for the entity of the kind that is told most often
    copies: Mapping[str, int]  # how often each phrase stands in the text, in lower case
    firsts: Mapping[str, int]  # of each entity the sentence that names it first
    telling: frozenset[int]  # sentences that tell of an attack
    cued: frozenset[int]  # sentences that speak of who is responsible
    words: Mapping[str, int]  # how often each stands in the sentences, in lower case; 0 for others
    modes: Mapping[str, int]  # of the events
    told: int  # sentences that tell of the events
    most_mentions: int  # of one event
    lexicon: Lexicon


def set_scene(
    sentences: Sequence[ParsedSentence],
    fillers: Sequence[Filler],
    drafts: Sequence[Draft],
    lexicon: Lexicon,
) -> Scene:
    """Count what the features need."""
    mentions = Counter(filler.entity for filler in fillers if filler.cut in ("full", "modifier"))
    places_of: dict[str, set[tuple[int, int]]] = {}
    firsts: dict[str, int] = {}
    kinds: dict[str, Counter[str]] = {}
    for filler in fillers:
        firsts.setdefault(filler.entity, filler.number)
        places_of.setdefault(filler.text.lower(), set()).add((filler.number, filler.at))
        if filler.cut in ("full", "modifier"):
            kinds.setdefault(_name_class(filler), Counter())[filler.entity] += 1
    ranks = {
        (kind, entity): rank
        for kind, counts in kinds.items()
        for rank, (entity, _) in enumerate(counts.most_common(), start=1)
    }
    cued = frozenset(
        number for number, parsed in enumerate(sentences) if any(w.lower in _CUES for w in parsed.words)
    )
    copies = {text: len(where) for text, where in places_of.items()}
    places = {parsed.sentence.start: number for number, parsed in enumerate(sentences)}
    telling = frozenset(places[at] for draft in drafts for at in draft.told_at if at in places)
    return Scene(
        sentences,
        fillers,
        drafts,
        places,
        mentions,
        ranks,
        copies,
        firsts,
        telling,
        cued,
        words=Counter(word.lower for parsed in sentences for word in parsed.words),
        modes=Counter(draft.mode for draft in drafts),
        told=len({at for draft in drafts for at in draft.told_at}),
        most_mentions=max((draft.mentions for draft in drafts), default=0),
        lexicon=lexicon,
    )


def describe_filler(scene: Scene, filler: Filler) -> list[str]:
    """What a noun phrase is and where it stands, whatever the event."""
    parsed = scene.sentences[filler.number]
    head, kind, whole = filler.phrase.head, _name_kind(filler), _name_class(filler)
    found = [
        "kind=" + kind,
        "class=" + whole,
        "head=" + _name_head(filler, parsed),
        "cut=" + filler.cut,
        "cut,kind=" + filler.cut + kind,
        "tag=" + parsed.tokens[head].tag,
        "weapon=" + filler.weapon,
        f"aliases={bool(filler.aliases)}",
        f"rank,class={min(3, scene.ranks.get((whole, filler.entity), 3))}{whole}",
        f"told={min(4, scene.mentions.get(filler.entity, 1))}",
        f"told,kind={min(4, scene.mentions.get(filler.entity, 1))}{kind}",
        f"first={min(4, scene.firsts[filler.entity])}",
        f"first,kind={min(4, scene.firsts[filler.entity])}{kind}",
        f"at={bucket_offset(parsed.sentence.start)}",
        f"size={min(6, filler.phrase.end - filler.phrase.start)}",
        "opens=" + _name_opener(filler, parsed, scene.lexicon),
        "first word=" + _name_first(filler, parsed, scene.lexicon),
        f"same,cut={min(4, scene.copies.get(filler.text.lower(), 1))}{filler.cut}",
    ]
    if filler.weapon:
        found.append("weapon word=" + parsed.lemma(head).lower())
    if filler.actor and is_armed(filler.actor):
        found.append("armed," + kind)
    if filler.actor and filler.actor.name:
        found.append("known," + whole)
    if filler.number in scene.cued:
        found += ["cue", "cue,class=" + whole]
    return found + _describe_place(filler, parsed, kind, whole) + _describe_dependents(filler, parsed)


def _describe_place(filler: Filler, parsed: ParsedSentence, kind: str, whole: str) -> list[str]:
    """What the phrase hangs on."""
    at, above = filler.at, parsed.head(filler.at)
    way = parsed.label(at) + ":" + find_case(parsed, at)
    found = ["way=" + way, "way,kind=" + way + kind, "way,class=" + way + whole]
    if above == at:
        return found
    lemma = name_word(parsed, above)
    passive = "+passive" if parsed.is_verb(above) and is_passive(parsed, above) else ""
    found += [f"under={lemma}{passive}|{way}", f"under,kind={lemma}{passive}{kind}"]
    found += _describe_verb(filler, parsed, kind)
    top = parsed.head(above)
    if top != above and not parsed.is_verb(above):
        found.append(f"under two={lemma}|{parsed.label(above)}|{name_word(parsed, top)}")
    return found


def _describe_verb(filler: Filler, parsed: ParsedSentence, kind: str) -> list[str]:
    """The nearest verb above the phrase, and how the way up reaches it; the one above that."""
    found: list[str] = []
    at = filler.at
    for name in ("verb", "second verb"):
        below = at
        while parsed.head(at) != at:
            below, at = at, parsed.head(at)
            if parsed.is_verb(at):
                break
        if below == at or not parsed.is_verb(at):
            break
        passive = "+passive" if is_passive(parsed, at) else ""
        lemma = name_word(parsed, at) + passive
        found += [f"{name}={lemma}|{parsed.label(below)}", f"{name},kind={lemma}{kind}"]
    return found


def _describe_dependents(filler: Filler, parsed: ParsedSentence) -> list[str]:
    found = []
    for child in parsed.children[filler.phrase.head]:
        label = parsed.label(child)
        if label in ("amod", "compound") and not parsed.words[child].text[0].isupper():
            found.append("with=" + name_word(parsed, child))
        elif label in ("acl", "acl:relcl"):
            found.append("clause=" + name_word(parsed, child))
        elif label == "appos":
            found.append("apposed")
    return found


def describe_pair(scene: Scene, draft: Draft, filler: Filler) -> list[str]:
    """How a noun phrase stands to one event."""
    parsed = scene.sentences[filler.number]
    kind, whole = _name_kind(filler), _name_class(filler)
    numbers = [scene.places[a.sentence_start] for a in draft.anchors if a.sentence_start in scene.places]
    here = [a for a in draft.anchors if scene.places.get(a.sentence_start) == filler.number]
    far = _name_distance(filler.number, numbers)
    found = [
        "far=" + far,
        "far,kind=" + far + kind,
        "far,class=" + far + whole,
        "mode=" + draft.mode,
        "mode,kind=" + draft.mode + kind,
        "mode,class=" + draft.mode + whole,
        "mode,weapon=" + draft.mode + filler.weapon,
        f"events={min(3, len(scene.drafts))}",
    ]
    if here:
        found += _describe_path(parsed, filler, here, kind, whole)
    strange = [a for d in scene.drafts if d is not draft for a in d.anchors]
    if strange and _is_nearer(scene, filler, parsed, here, strange):
        found += ["another's", "another's,kind=" + kind]
    found += _describe_rules(draft, filler, kind, whole, bool(here))
    return found


def _describe_path(
    parsed: ParsedSentence, filler: Filler, here: Sequence[Anchor], kind: str, whole: str
) -> list[str]:
    nearest = min(here, key=lambda anchor: measure_path(parsed, filler.at, anchor.hit.at))
    hit = nearest.hit
    ups, downs = find_path(parsed, filler.at, hit.at)
    edges = len(ups) + len(downs)
    reading: str = hit.reading
    if reading == "verb" and is_passive(parsed, hit.at):
        reading = "passive"
    side = "before" if filler.at < hit.at else "after"
    found = [f"edges={min(7, edges)}", f"edges,kind={min(7, edges)}{kind}", f"side={side}{reading}{kind}"]
    if filler.at in hit.own or filler.phrase.start <= hit.at < filler.phrase.end:
        found.append("own," + kind)
    if edges > _LONGEST_PATH:
        return found
    way = "^".join(_name_edge(parsed, at) for at in ups) + "|"
    way += "v".join(_name_edge(parsed, at) for at in reversed(downs))
    way += "/" + reading
    first = way.partition("|")[0]
    return [
        *found,
        "path=" + way,
        "path,kind=" + way + kind,
        "path,class=" + way + whole,
        f"trigger={hit.row.phrase}|{first}/{reading}",
    ]


def _name_edge(parsed: ParsedSentence, at: int) -> str:
    label = parsed.label(at)
    case = find_case(parsed, at) if label in _CASED else ""
    return f"{label}:{case}" if case else label


def _is_nearer(
    scene: Scene, filler: Filler, parsed: ParsedSentence, here: Sequence[Anchor], strange: Sequence[Anchor]
) -> bool:
    """Whether another event of the document stands nearer."""
    there = [a for a in strange if scene.places.get(a.sentence_start) == filler.number]
    if not there:
        return False
    if not here:
        return True
    ours = min(measure_path(parsed, filler.at, a.hit.at) for a in here)
    return min(measure_path(parsed, filler.at, a.hit.at) for a in there) < ours


def _describe_rules(draft: Draft, filler: Filler, kind: str, whole: str, here: bool) -> list[str]:
    """What the rules over the tree made of it."""
    found = []
    for side, chosen in (("actor", draft.actors), ("recipient", draft.recipients)):
        if any(_is_same(filler, actor.text, actor.name) for actor in chosen):
            found += [f"rules={side}", f"rules,class={side}{whole}", f"rules,here={side}{here}{kind}"]
        elif any(_is_inside(filler, actor.text) for actor in chosen):
            found.append(f"inside {side},{kind}")
        elif any(actor.kind == kind for actor in chosen):
            found.append(f"rules have {side}={kind}")
        elif chosen:
            found.append(f"rules have {side},{kind}")
        else:
            found.append(f"rules have no {side},{kind}")
    return found


def _is_inside(filler: Filler, text: str) -> bool:
    """`Hamas` in `a Hamas commander`: whose they are who do or suffer it."""
    return f" {filler.text} " in f" {text} "


def _is_same(filler: Filler, text: str, name: str) -> bool:
    actor = filler.actor
    return actor is not None and (actor.text == text or (bool(name) and actor.name == name))


def _name_kind(filler: Filler) -> str:
    return filler.actor.kind if filler.actor else "none"


def _name_class(filler: Filler) -> str:
    return f"{filler.actor.kind}/{filler.actor.sector}" if filler.actor else "none"


def _name_head(filler: Filler, parsed: ParsedSentence) -> str:
    if is_name(filler, parsed):
        return "<known>" if filler.actor and filler.actor.name else "<name>"
    return name_word(parsed, filler.phrase.head)


def _name_first(filler: Filler, parsed: ParsedSentence, lexicon: Lexicon) -> str:
    """The first word of a phrase; `<people>` for that of a people (`Salvadoran`)."""
    start = filler.phrase.start
    return "<people>" if parsed.words[start].text in lexicon.demonyms else name_word(parsed, start)


def name_word(parsed: ParsedSentence, at: int) -> str:
    """The lemma of a common word; `<name>` for a name, which its tag or a capital inside a sentence shows."""
    named = parsed.tags[at] == Tag.NAME or (at > 0 and parsed.words[at].text[0].isupper())
    return "<name>" if named else parsed.lemma(at).lower()


def _name_opener(filler: Filler, parsed: ParsedSentence, lexicon: Lexicon) -> str:
    first = parsed.words[filler.phrase.start]
    if first.lower in ("the", "this", "that", "these", "those"):
        return "the"
    if first.lower in ("a", "an"):
        return "a"
    if parsed.tags[filler.phrase.start] == Tag.NUMBER:
        return "number"
    return "demonym" if first.text in lexicon.demonyms else "other"


def is_in_reach(scene: Scene, draft: Draft, filler: Filler) -> bool:
    """Whether a phrase stands near enough to an event, and in no sentence that tells of others only."""
    own = [scene.places[at] for at in draft.told_at if at in scene.places]
    if filler.number in scene.telling and filler.number not in own:
        return False
    return any(abs(number - filler.number) <= _REACH for number in own)


_REACH = 6  # sentences that may tell of events


def _name_distance(number: int, numbers: Sequence[int]) -> str:
    """`0` in a sentence that tells the event, `-1`, `+1` in the one before or after, then `2`, `5`, `9`."""
    gap = min((abs(other - number) for other in numbers), default=9)
    if gap == 0:
        return "0"
    sign = "+" if all(other < number for other in numbers) else "-"
    return sign + ("1" if gap == 1 else "2" if gap == 2 else "5" if gap <= 5 else "9")


def bucket_offset(offset: int) -> int:
    """0 to 4: how far down the document a character offset lies."""
    return sum(offset >= edge for edge in (250, 700, 1500, 3000))
