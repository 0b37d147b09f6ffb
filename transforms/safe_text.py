"""What leaves Dateline as text: no characters that act on a terminal, no cells that act in a spreadsheet, no keys.

The patterns are written for Python and for DuckDB (RE2) alike, since the warehouse exports by SQL.
"""

import re

CONTROLS = (
    r"[\x00-\x08" + "\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
"""Control characters but line feed and tab, marks of direction, and what separates lines or is not seen.

Source: Unicode 16, general category Cc, and Bidi_Control.
"""
FORMULA = "[=+@\t\uff1d\uff0b\uff0d\uff20-].*"
"""A cell that spreadsheets compute. Source: OWASP, "CSV Injection"; full-width signs count as well."""
NUMBER = r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.?[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"

_CONTROLS = re.compile(CONTROLS.removesuffix("]") + "\ud800-\udfff]")
_FORMULA = re.compile(FORMULA, re.DOTALL)
_NUMBER = re.compile(NUMBER)

_SECRET = re.compile(
    # what issuers begin their keys with
    r"\b(?:(?:sk|pk|rk|gsk|hf|gh[a-z]|github_pat|glpat|xai|xox[a-z]|pplx|nvapi|r8)[-_]|AIza|AKIA|ASIA|eyJ)"
    r"[\w.-]{12,}"
    # a name and a password in an address
    r"|(?<=://)[^/\s@]+(?=@)"
    # what is said to be one
    r"|(?i:(?<=key=)|(?<=token=)|(?<=secret=)|(?<=password=)|(?<=passwd=)|(?<=pwd=)|(?<=auth=)|(?<=sig=)"
    r"|(?<=signature=)|(?<=bearer )|(?<=basic ))[^\s&;,'\"]+"
)
_WORD = re.compile(r"[\w-]{12,}")


def drop_control_characters(text: str) -> str:
    """`text` without what acts on a terminal, hides, or turns the order of reading; lines and tabs stay."""
    return text if text.isascii() and text.isprintable() else _CONTROLS.sub("", text)


def put_on_a_line(text: str) -> str:
    """`text` as one line that shows all there is to it."""
    return drop_control_characters(" ".join(re.split(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]", text)))


def disarm_cell(text: str) -> str:
    """A cell of a CSV file with an apostrophe before what a spreadsheet would compute; numbers stay.

    To be asked after `drop_control_characters`, which bares what stands behind them.
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def hide_keys(text: str) -> str:
    """`text` with *** for what looks like a key, a token or a password."""
    return _WORD.sub(_hide_random, _SECRET.sub("***", text))


def _hide_random(match: re.Match[str]) -> str:
    return (
        "***"
        if any(map(_looks_random, match[0].replace("-", "_").split("_"))) or _is_hex(match[0])
        else match[0]
    )


def _looks_random(run: str) -> bool:
    digits = sum(letter.isdigit() for letter in run)
    if len(run) >= 20:
        return 0 < digits < len(run)
    return len(run) >= 12 and digits >= 3 and run.upper() != run != run.lower()


def _is_hex(word: str) -> bool:
    digits = word.replace("-", "")
    return re.fullmatch(r"[0-9a-fA-F]{32,}", digits) is not None and not digits.isdigit()
