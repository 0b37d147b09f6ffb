"""`dateline clean`: saved pages to articles as JSON lines."""

import gzip
import json
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dateline.commands.show_rows import make_plain
from dateline.commands.show_text import echo
from transforms.errors import Permanent

if TYPE_CHECKING:
    from ingest.pages.extract_workers import ExtractJob
    from transforms.articles.extract_article import ExtractedArticle


@dataclass(frozen=True, slots=True)
class _Source:
    """One page to clean, or why it cannot be read; `error` is "" where it can."""

    key: str
    body: bytes | None = None
    url: str = ""
    fetched_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    content_type: str = ""
    error: str = ""


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option(
    "--workers",
    type=click.IntRange(0),
    help="Worker processes; 0: one per core. Default: the setting clean.workers.",
)
def command(files: tuple[str, ...], workers: int | None) -> None:
    """Print the articles of saved pages as JSON lines.

    FILEs are HTML pages, plain or .gz. Without any, standard input holds one JSON object a line: file, and
    optionally id, url, fetched and content_type. `fetched` is an ISO 8601 time, by default now; dates in the
    page that are later than it are not trusted. Every page gives one line, in order. A page that fails has
    page_kind "error" and the reason, and the exit status is 1.
    """
    from dateline.home import find_home
    from dateline.settings import load_settings
    from ingest.pages.extract_workers import extract_pages

    settings = load_settings(find_home()).clean
    if workers is not None:
        settings = settings.model_copy(update={"workers": workers})
    if not files and sys.stdin.isatty():
        raise click.UsageError("name files, or give JSON lines on standard input")
    sources = _read_named(files) if files else _read_lines(sys.stdin)
    errors: dict[str, str] = {}
    results = extract_pages(_to_jobs(sources, errors), settings)
    failed = 0
    for number, result in enumerate(results):
        error = errors.pop(str(number), "") or ": ".join(filter(None, (result.reason, result.detail)))
        if error:
            failed += 1
            echo(f"dateline: {error if error.startswith(result.key) else f'{result.key}: {error}'}", err=True)
        echo(json.dumps(make_plain(_to_json(result.key, result.article, error)), ensure_ascii=False))
    if failed:
        raise click.exceptions.Exit(1)


def _to_jobs(sources: Iterable[_Source], errors: dict[str, str]) -> "Iterator[ExtractJob]":
    """A job a source, an unreadable one's without a page; `errors` gets what was wrong, by position."""
    from ingest.pages.extract_workers import ExtractJob

    for number, source in enumerate(sources):
        if source.error:
            errors[str(number)] = source.error
        yield ExtractJob(source.key, source.body, source.url, source.fetched_at, source.content_type)


def _read_named(files: tuple[str, ...]) -> Iterator[_Source]:
    for name in files:
        try:
            yield _Source(name, _read_page(name), fetched_at=datetime.now(UTC))
        except Permanent as error:
            yield _Source(name, error=str(error))


def _read_lines(lines: Iterable[str]) -> Iterator[_Source]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _read_line(line, f"line {number}")


def _read_line(line: str, where: str) -> _Source:
    try:
        item = json.loads(line)
    except ValueError as error:
        return _Source(where, error=f'not JSON ({error}); a line is such as {{"id": "1", "file": "a.html"}}')
    if not isinstance(item, dict) or not isinstance(item.get("file"), str):
        return _Source(where, error='needs "file", the path of a saved page')
    key = str(item["file"] if item.get("id") is None else item["id"])
    try:
        return _Source(
            key,
            _read_page(item["file"]),
            url=str(item.get("url") or ""),
            fetched_at=_read_instant(item.get("fetched")),
            content_type=str(item.get("content_type") or ""),
        )
    except Permanent as error:
        return _Source(key, error=str(error))


def _read_page(name: str) -> bytes:
    try:
        body = Path(name).read_bytes()
        body = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
    except FileNotFoundError as error:
        raise Permanent(
            f"{name}: there is no such file (paths are relative to the current folder)"
        ) from error
    except (OSError, EOFError, zlib.error) as error:
        raise Permanent(f"{name}: cannot be read ({error})") from error
    if not body.strip():
        raise Permanent(f"{name}: the file is empty")
    return body


def _read_instant(text: Any) -> datetime:
    if not text:
        return datetime.now(UTC)
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise Permanent(
            f'"fetched" is {text!r}, not an ISO 8601 time such as 2026-11-23T15:45:00Z'
        ) from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _to_json(key: str, article: "ExtractedArticle | None", error: str) -> dict[str, Any]:
    if article is None or error:
        return {"id": key, "title": "", "authors": [], "published_at": None, "text": "", "lang": ""} | {
            "page_kind": "error",
            "section": "",
            "sources": {},
            "error": error,
        }
    published = article.published_at
    return {
        "id": key,
        "title": article.title,
        "authors": list(article.authors),
        "published_at": published.isoformat() if published else None,
        "published_precision": article.published_precision,
        "text": article.text,
        "lang": article.language,
        "page_kind": article.page_kind,
        "section": article.section,
        "sources": {
            "title": article.title_source,
            "authors": article.authors_source,
            "published_at": article.published_source,
            "text": article.text_method,
            "lang": article.language_source,
            "section": article.section_source,
        },
    }
