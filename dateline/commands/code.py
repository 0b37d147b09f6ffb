"""`dateline code`: print the events of texts as JSON lines."""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import click

from dateline.commands.show_text import echo, format_json
from dateline.home import find_home
from dateline.settings import load_settings
from ingest.tables.word_frequencies import open_word_frequencies
from transforms.coder.prepare_text import replace_halves
from transforms.coder.protocol import NotCoded, code_one
from transforms.errors import Permanent
from transforms.events.fingerprint import take_fingerprint
from transforms.events.group_stories import ReportedArticle, StoryIndex
from transforms.records import CODED_KINDS, CodedDocument, Document


@dataclass(frozen=True, slots=True)
class Given:
    """A document, and what kind of page its line says it was; "" where it says nothing."""

    document: Document
    page_kind: str = ""


@dataclass(frozen=True, slots=True)
class BrokenLine:
    line: int
    problem: str


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--coder", "name", default="", metavar="NAME", help="Another coder than code.coder; `doctor` lists them."
)
@click.option("--stories", is_flag=True, help="Add story_id, which documents about the same story share.")
def command(file: Path | None, name: str, stories: bool) -> None:
    """Print the events of texts as JSON lines, one object a document.

    FILE (default: standard input) holds JSON lines with `id` and `text`, and optionally `title`, `published`
    (ISO 8601), `url` and `lang`. The output of `dateline clean` fits. Otherwise the whole FILE is one document
    of plain text. Some documents give a line without events: those in a language outside `code.languages`,
    those whose page_kind is not an article, and those that the coder has no answer for.

    Where documents have a `url`, the earlier ones of the same site are a hint to where a place is: with them "Paris"
    is in Texas for a paper there. So give documents in order of publication.

    With --stories a document can join the story of an earlier one; there too the order counts.
    """
    from dateline.coders.open_coder import find_languages, open_coder
    from dateline.coders.outlet_homes import open_outlet_homes

    source = "standard input" if file is None or str(file) == "-" else str(file)
    home = find_home()
    settings = load_settings(home)
    coder = open_coder(home, settings, name)
    languages = find_languages(coder, settings.code)
    homes = open_outlet_homes(home)
    index = StoryIndex() if stories else None
    broken = 0
    passed_over: Counter[str] = Counter()
    with open_texts(file) as stream:
        for item in read_documents(stream, source):
            if isinstance(item, BrokenLine):
                broken += 1
                echo(f"dateline: {source}, line {item.line}: {item.problem}", err=True)
                continue
            reason = find_refusal(item, languages)
            coded = CodedDocument(item.document.id, (), ())
            if not reason:
                try:
                    coded = code_one(coder, replace(item.document, home=homes.find(item.document.url)))
                    homes.add(item.document.url, coded.places)
                except NotCoded as refusal:
                    reason = str(refusal)
            if reason:
                passed_over[reason] += 1
            echo(format_coded(coded, add_to_story(index, item) if index else None))
    for reason, count in sorted(passed_over.items()):
        echo(f"dateline: {source}: {count} not coded: {reason}", err=True)
    if broken:
        raise Permanent(f"{source}: {broken} broken line(s) were left out; fix them and code the file again")


def find_refusal(item: Given, languages: Set[str]) -> str:
    """Why no events may be coded from a document, or ""; one that says nothing of itself is taken."""
    if item.page_kind not in ("", *CODED_KINDS):
        return f"its page_kind is {item.page_kind}"
    language = item.document.language
    if language and re.split("[-_]", language)[0].lower() not in languages:
        return f"its language is {language}"
    return ""


def read_documents(stream: IO[bytes], name: str) -> Iterator[Given | BrokenLine]:
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
        yield Given(Document(id=name if name != "standard input" else "stdin", text=text))
        return
    yield _parse_line(first, number)
    for line in stream:
        number += 1
        if line.strip():
            yield _parse_line(line, number)


def add_to_story(index: StoryIndex, given: Given) -> str:
    """The story id of a document, which the index keeps for those that come after it."""
    document = given.document
    fingerprint = take_fingerprint(
        document.id,
        document.title,
        document.text,
        document.language,
        open_word_frequencies(),
        given.page_kind,
    )
    seen_at = document.published_at or datetime.min.replace(tzinfo=UTC)  # a stream is in order as it comes
    return index.add(ReportedArticle(document.id, seen_at, document.published_at, fingerprint))


def format_coded(coded: CodedDocument, story_id: str | None = None) -> str:
    """One line of JSON: the fields of the records, an unknown place as null; with its story where it has one.

    `unread` is there only where a part of the text was left out.
    """
    fields = asdict(coded) | ({} if story_id is None else {"story_id": story_id})
    if not coded.unread:
        del fields["unread"]
    return format_json(fields)


def open_texts(file: Path | None) -> IO[bytes]:
    if file is None or str(file) == "-":
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as error:
        raise Permanent(
            f"{file}: cannot be read ({error.strerror}); give the name of a file of texts"
        ) from error


def _parse_line(line: bytes, number: int) -> Given | BrokenLine:
    try:
        values = json.loads(line.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        return BrokenLine(number, f"no JSON object on one line ({error})")
    if not isinstance(values, dict):
        return BrokenLine(number, 'no JSON object; a line is such as {"id": "a1", "text": "..."}')
    for key in ("id", "text"):
        if not isinstance(values.get(key), str):
            return BrokenLine(number, f"`{key}` is missing or no string")
    published: datetime | None = None
    offset_s: int | None = None
    name = "published" if values.get("published") else "published_at"
    if values.get(name):
        try:
            published, offset_s = _parse_published(values[name])
        except (TypeError, ValueError):
            return BrokenLine(number, f"`{name}` is {values[name]!r}; write it as ISO 8601, 2026-03-02")
    document = Document(
        id=_text(values["id"]),
        text=_text(values["text"]),
        title=_text(values.get("title")),
        published_at=published,
        url=_text(values.get("url")),
        language=_text(values.get("lang")) or _text(values.get("language")),
        published_utc_offset_s=offset_s,
    )
    return Given(document, _text(values.get("page_kind")))


def _parse_published(value: Any) -> tuple[datetime, int | None]:
    """The instant, and how far ahead of UTC its clock is; None where the text names no zone."""
    instant = datetime.fromisoformat(value)
    offset = instant.utcoffset()
    if offset is None:
        return instant.replace(tzinfo=UTC), None
    return instant, int(offset.total_seconds())


def _text(value: Any) -> str:
    """A string that can be printed; "" for what is none."""
    return replace_halves(value) if isinstance(value, str) else ""
