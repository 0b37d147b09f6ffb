"""The characters of a text: those that nobody sees or may be written, and how much one says."""

import re

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
    # joiners mean something between letters of some scripts and between emoji, nothing beside Latin and blanks
    "|(?:(?<=[\x00-\u024f\u2000-\u200a\u2010-\u205f])|(?<![^\\s]))[\u200c\u200d]+"
    "|(?<![\u200c\u200d])[\u200c\u200d]+(?=[\x00-\u024f\u2000-\u200a\u2010-\u205f]|$)"
)

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def measure_text(text: str) -> int:
    """The length of a text in characters of an alphabet: a Chinese, Japanese or Korean one says three."""
    return len(text) if text.isascii() else len(text) + 2 * len(_CJK.findall(text))


def drop_illegal_characters(text: str) -> str:
    """`text` without the characters that XML 1.0 forbids (and DEL).

    Source: XML 1.0 section 2.2.
    """
    return _ILLEGAL.sub("", text)


def drop_unseen_characters(text: str) -> str:
    """`text` without what no reader sees: zero-width and soft-hyphen characters, marks of order and of direction.

    Control characters and halves of surrogate pairs go as well. A joiner stays between letters of scripts that
    need it (Persian, the Indic ones) and between emoji.

    Source: Unicode 16, Default_Ignorable_Code_Point without the variation selectors.
    """
    return text if text.isascii() and text.isprintable() else _INVISIBLE.sub("", text)
