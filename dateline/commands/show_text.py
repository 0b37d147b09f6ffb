"""The one way of the commands to standard output and standard error: nothing of a feed acts on the terminal."""

import json
import re
from typing import Any, TextIO

import click

from transforms.safe_text import CONTROLS, drop_control_characters

_TO_ESCAPE = re.compile(CONTROLS.removesuffix("]") + "\ud800-\udfff]")


def echo(
    text: str = "", *, file: TextIO | None = None, err: bool = False, nl: bool = True, **style: Any
) -> None:
    """Print `text`; `style` as `click.style` takes it, which is the only way for colours to come in."""
    click.secho(drop_control_characters(text), file, nl, err, **style)


def format_json(value: Any) -> str:
    """One line of JSON that holds the very value, with the characters escaped that `echo` would drop."""
    return _TO_ESCAPE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))
