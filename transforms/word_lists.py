"""Lists of words are written as one string each: easier to read and to sort than hundreds of quotes."""


def list_words(text: str) -> tuple[str, ...]:
    """The blank-separated words of `text`, in order."""
    return tuple(text.split())


def word_set(text: str) -> frozenset[str]:
    """The blank-separated words of `text` as a set."""
    return frozenset(text.split())
