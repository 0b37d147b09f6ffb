"""`struck what it said was a depot`: the grammar hangs the depot below `said`, and the coder wants what was struck."""

from dataclasses import replace

from transforms.coder.grammar import Token
from transforms.word_lists import word_set

_CALLING = word_set("say call describe claim believe allege consider term think")
_PREDICATES = ("ccomp", "xcomp", "obj", "obl")


def open_free_relatives(tokens: list[Token], words: list[str]) -> list[Token]:
    """The tokens with the noun behind `what ... said was` in the place of `what`.

    `words` are the words in lower case. What stands behind the noun (`wounding six people`) belongs to the verb before.
    """
    opened = list(tokens)
    for what, token in enumerate(tokens):
        if words[what] != "what" or token.label not in ("obj", "obl", "nsubj") or token.head == what:
            continue
        said = next((i for i in range(what + 1, len(tokens)) if _calls(tokens, i, what)), None)
        if said is None:
            continue
        # the grammar hangs `what` on the verb before it or on the one behind
        verb, label = (tokens[said].head, "obj") if token.head == said else (token.head, token.label)
        noun = next((i for i in range(said + 1, len(tokens)) if _is_named(tokens, i, (said, verb))), None)
        if noun is None or verb == said:
            continue
        opened[noun] = replace(tokens[noun], head=verb, label=label)
        opened[what] = replace(token, head=noun, label="det")
        opened[said] = replace(tokens[said], head=verb, label="parataxis")
        for i, below in enumerate(tokens):
            if below.head == said and i > noun and below.label in ("advcl", "obl"):
                opened[i] = replace(below, head=verb)
    return opened


def _calls(tokens: list[Token], at: int, what: int) -> bool:
    return tokens[at].lemma in _CALLING and (
        at == tokens[what].head or tokens[at].head in (what, tokens[what].head)
    )


def _is_named(tokens: list[Token], at: int, heads: tuple[int, int]) -> bool:
    return tokens[at].head in heads and tokens[at].label in _PREDICATES and tokens[at].tag.startswith("NN")
