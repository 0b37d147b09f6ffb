"""`dateline explain`: the words and the table rows behind each field of each event."""

import shutil
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.commands.code import BrokenLine, Given, find_refusal, open_texts, read_documents
from dateline.commands.show_text import echo
from dateline.home import Home, find_home
from dateline.settings import load_settings
from transforms.errors import Permanent
from transforms.records import NO_HOME
from transforms.safe_text import drop_control_characters

if TYPE_CHECKING:
    from transforms.coder.code_document import JudgedCoder
    from transforms.coder.coded_text import CodedText
    from transforms.coder.outlet_homes import OutletHomes


@click.command()
@click.argument("source", metavar="FILE|ARTICLE_ID")
@click.option("--id", "identifier", default="", metavar="ID", help="Explain only this text of a file.")
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="OUT.html",
    help="Write a page with the sentences marked up.",
)
@click.option(
    "--words", is_flag=True, help="Also the words without which the event would be less likely (slow)."
)
@click.option("--coder", "name", default="", metavar="NAME", help="Another coder than code.coder: judge.")
def command(source: str, identifier: str, page: Path | None, words: bool, name: str) -> None:
    """Show each event with the words and the table rows that gave each field, and what was not coded and why.

    FILE (- is standard input) holds texts as `dateline code` reads them. ARTICLE_ID is an article_id (the version
    that counts) or an article_version_id of the warehouse. Only the judge can be explained: other coders keep
    no reasons.
    """
    from dateline.coders.outlet_homes import open_outlet_homes
    from dateline.explain.article import open_coder_to_explain
    from dateline.explain.page import render_page
    from dateline.explain.text import draw_explanation
    from transforms.coder.explain_events import explain_events

    home = find_home()
    settings = load_settings(home)
    given = list(_find_documents(source, identifier, home))
    coder = open_coder_to_explain(home, settings, name)
    homes = open_outlet_homes(home)
    asked_for = _read_asked_for(given, identifier, coder, homes, settings.code.language_codes)
    explained = [explain_events(coded, coder.encoder if words else None) for coded in asked_for]
    if page is not None:
        page.write_text(drop_control_characters(render_page(explained)), encoding="utf-8")
        echo(f"wrote {page}")
        return
    width = min(100, shutil.get_terminal_size((80, 24)).columns)
    echo("\n\n".join(draw_explanation(one, width) for one in explained))


def _read_asked_for(
    given: Sequence[Given], identifier: str, coder: "JudgedCoder", homes: "OutletHomes", languages: Set[str]
) -> Iterator["CodedText"]:
    """The texts asked for, read as `dateline code` does: after those before them of the same site."""
    from transforms.coder.geolocate import to_toponym
    from transforms.urls import host_of

    is_asked_for = [len(given) == 1 or identifier in ("", item.document.id) for item in given]
    hosts = {host_of(item.document.url) for item, asked in zip(given, is_asked_for, strict=True) if asked}
    for item, asked in zip(given, is_asked_for, strict=True):
        document, reason = item.document, find_refusal(item, languages)
        if not asked and (reason or host_of(document.url) not in hosts - {""}):
            continue
        if document.home == NO_HOME:
            document = replace(document, home=homes.find(document.url))
        coded = coder.read(document)
        if not reason:
            homes.add(document.url, map(to_toponym, coded.found))
        elif asked:
            echo(f"dateline: {document.id}: `dateline code` leaves it out: {reason}", err=True)
        if asked:
            yield coded


def _find_documents(source: str, identifier: str, home: Home) -> Iterator[Given]:
    """The texts to explain and those before them in their file; broken lines are reported and left out.

    Raises:
        Permanent: there is no such file or article, or no text of that id in the file.
    """
    if source != "-" and not Path(source).exists():
        from dateline.explain.article import find_article

        yield Given(*find_article(home, source))
        return
    name = "standard input" if source == "-" else source
    waiting: list[Given] = []
    found = 0
    with open_texts(None if source == "-" else Path(source)) as stream:
        for item in read_documents(stream, name):
            if isinstance(item, BrokenLine):
                echo(f"dateline: {name}, line {item.line}: {item.problem}", err=True)
                continue
            waiting.append(item)
            if identifier in ("", item.document.id):
                found += 1
                yield from waiting
                waiting.clear()
    if not found:
        raise Permanent(f"{name}: it has no text" + (f" with the id {identifier!r}" if identifier else ""))
