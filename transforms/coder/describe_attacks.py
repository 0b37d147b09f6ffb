"""What speaks for it that an attack was told as news, as short readable features like those of noun phrases."""

from transforms.coder.clauses import find_case, is_passive
from transforms.coder.code_actors import is_armed
from transforms.coder.describe_fillers import Scene, bucket_offset, name_word
from transforms.coder.drafts import Anchor, Draft
from transforms.coder.parsed_sentence import ParsedSentence
from transforms.coder.word_classes import Tag
from transforms.word_lists import word_set

_SPOKEN = word_set("i we our us my you your")
_TOLD_IN_WORDS = 3  # sentences whose words count


def describe_event(scene: Scene, draft: Draft) -> list[str]:
    """What speaks for it that an attack was told as news, not as history, threat or figure of speech."""
    order = scene.drafts.index(draft)
    found = [
        "mode=" + draft.mode,
        "realis=" + draft.realis,
        f"strength={int(draft.strength * 10)}",
        f"mentions={min(5, draft.mentions)}",
        f"definite={draft.definite}",
        f"fresh={draft.fresh}",
        f"killed={draft.toll.killed != (None, None)}",
        f"injured={draft.toll.injured != (None, None)}",
        f"any killed={draft.toll.any_killed}",
        f"where={draft.where.place.kind if draft.where else ''}",
        f"when={len(draft.when.start) if draft.when else 0}",
        f"weapons={min(2, len(draft.weapons))}",
        f"order={min(4, order)}",
        f"of={min(6, len(scene.drafts))}",
        f"at={bucket_offset(min(draft.told_at, default=0))}",
        f"both armed={any(map(is_armed, draft.actors)) and any(map(is_armed, draft.recipients))}",
    ]
    for anchor in draft.anchors[:6]:
        row, form = anchor.hit.row, anchor.hit.form.form
        found += [f"trigger={row.phrase}/{row.pos}", f"form={anchor.hit.reading}{form}", f"needs={row.needs}"]
    for side, actors in (("actor", draft.actors), ("recipient", draft.recipients)):
        found.append(f"{side}s={min(3, len(actors))}")
        for actor in actors:
            found += [
                f"{side} kind={actor.kind}",
                f"{side} class={actor.kind}/{actor.sector}",
                f"{side} named={bool(actor.name)}",
            ]
    for anchor in draft.anchors[:4]:
        if anchor.sentence_start in scene.places:
            found += _describe_anchor(scene.sentences[scene.places[anchor.sentence_start]], anchor)
    return list(dict.fromkeys([*found, *_describe_words(scene, draft), *_describe_text(scene, draft)]))


def _describe_anchor(parsed: ParsedSentence, anchor: Anchor) -> list[str]:
    """How a trigger stands in its sentence: its clause, its auxiliaries, what governs it."""
    at = anchor.hit.at
    row = anchor.hit.row.phrase
    above = parsed.head(at)
    label = parsed.label(at)
    tag = parsed.tokens[at].tag
    lemma = name_word(parsed, above)
    root = at
    while parsed.head(root) != root:
        root = parsed.head(root)
    helpers = "+".join(parsed.words[child].lower for child in parsed.find(at, "aux", "aux:pass", "cop"))
    found = [
        f"as={anchor.hit.reading}|{label}:{find_case(parsed, at)}",
        f"tag={anchor.hit.reading}{tag}",
        f"helpers={helpers}",
        f"trigger,tag={row}{tag}",
        f"trigger,as={row}|{label}",
    ]
    if above != at:
        found += [f"under={lemma}", f"trigger under={row}|{lemma}"]
    if root != at:
        found.append("root=" + name_word(parsed, root))
    if parsed.is_verb(at):
        found.append(f"passive={is_passive(parsed, at)}")
    labels = {parsed.label(child) for child in parsed.children[at]}
    found += [f"has={label}" for label in sorted(labels)]
    for child in parsed.find(at, "det", "amod", "advmod", "compound", "nummod"):
        found.append("with=" + name_word(parsed, child))
    return found


def _describe_words(scene: Scene, draft: Draft) -> list[str]:
    """The common words of the sentences that tell it."""
    found = []
    for number in sorted(scene.places[at] for at in draft.told_at if at in scene.places)[:_TOLD_IN_WORDS]:
        parsed = scene.sentences[number]
        found += [
            "word=" + name_word(parsed, at)
            for at in range(len(parsed.words))
            if parsed.words[at].text not in scene.lexicon.demonyms
            and parsed.tags[at] in (Tag.WORD, Tag.VERB, Tag.ADVERB, Tag.TIME, Tag.NUMBER)
        ]
    return found


def _describe_text(scene: Scene, draft: Draft) -> list[str]:
    """What kind of text it is: news of the day, a speech, a chronicle."""
    total = sum(scene.words.values()) + 1
    spoken = sum(scene.words[word] for word in _SPOKEN) / total
    return [
        f"spoken={int(min(spoken, 0.05) * 100)}",
        f"length={min(6, total // 150)}",
        f"main={draft.mentions == scene.most_mentions}",
        f"of its mode={min(4, scene.modes[draft.mode])}",
        f"share={int(5 * scene.told / (len(scene.sentences) + 1))}",
        f"day={draft.when.text.lower() if draft.when and draft.when.text.islower() else ''}",
    ]
