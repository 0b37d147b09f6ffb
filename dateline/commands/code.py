"""`dateline code`: print the events of texts as JSON lines."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from dateline.settings import find_home
from transforms.errors import Permanent
from transforms.records import Document

if TYPE_CHECKING:
    from transforms.records import CodedDocument


@dataclass(frozen=True, slots=True)
class BrokenLine:
    line: int
    problem: str


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, allow_dash=True))
def command(file: Path | None) -> None:
    """Print the events of texts as JSON lines, one object a document.

    FILE (standard input without one) holds JSON lines with `id` and `text`, and maybe `title`, `published`
    (ISO 8601), `url` and `lang`; or one plain text, which then is the document.
    """
    from dateline.coding import open_coder

    name = "standard input" if file is None or str(file) == "-" else str(file)
    coder = open_coder(find_home())
    broken = 0
    with _open(file) as stream:
        for item in read_documents(stream, name):
            if isinstance(item, BrokenLine):
                broken += 1
                click.echo(f"dateline: {name}, line {item.line}: {item.problem}", err=True)
                continue
            click.echo(format_coded(coder.code(item)))
    if broken:
        raise Permanent(f"{name}: {broken} broken line(s) were left out; mend them and code the file again")


def read_documents(stream: IO[bytes], name: str) -> Iterator[Document | BrokenLine]:
    """The documents of a stream: JSON lines when its first line is a JSON object, else one plain text."""
    first = b""
    number = 0
    for line in stream:
        number += 1
        if line.strip():
            first = line
            break
    if not first.lstrip(b"\xef\xbb\xbf \t").startswith(b"{"):
        text = (b"\n" * (number - 1) + first + stream.read()).decode("utf-8-sig", "replace")
        yield Document(id=name if name != "standard input" else "stdin", text=text)
        return
    yield _parse_line(first, number)
    for line in stream:
        number += 1
        if line.strip():
            yield _parse_line(line, number)


def format_coded(coded: "CodedDocument") -> str:
    """One line of JSON: the fields of the records, an unknown place as null."""
    return json.dumps(asdict(coded), ensure_ascii=False)


def _open(file: Path | None) -> IO[bytes]:
    if file is None or str(file) == "-":
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as error:
        raise Permanent(
            f"{file}: cannot be read ({error.strerror}); give the name of a file of texts"
        ) from error


def _parse_line(line: bytes, number: int) -> Document | BrokenLine:
    try:
        values = json.loads(line.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        return BrokenLine(number, f"no JSON object on one line ({error})")
    if not isinstance(values, dict):
        return BrokenLine(number, 'no JSON object; a line looks like {"id": "a1", "text": "..."}')
    for key in ("id", "text"):
        if not isinstance(values.get(key), str):
            return BrokenLine(number, f"`{key}` is missing or no string")
    published: datetime | None = None
    if values.get("published"):
        try:
            published = _parse_published(values["published"])
        except (TypeError, ValueError):
            return BrokenLine(
                number, f"`published` is {values['published']!r}; write it as ISO 8601, 2026-03-02"
            )
    return Document(
        id=values["id"],
        text=values["text"].encode("utf-8", "replace").decode("utf-8"),  # a lone surrogate cannot be printed
        title=_text(values.get("title")),
        published_at=published,
        url=_text(values.get("url")),
        language=_text(values.get("lang")),
    )


def _parse_published(value: Any) -> datetime:
    instant = datetime.fromisoformat(value)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
