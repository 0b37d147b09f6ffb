"""`dateline explain`: the words and the table rows behind each field of each event."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import click

from dateline.commands.code import BrokenLine, Given, find_refusal, open_texts, read_documents
from dateline.commands.show_text import echo
from dateline.home import Home, find_home
from dateline.settings import load_settings
from transforms.errors import Permanent
from transforms.safe_text import drop_control_characters


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
    from dateline.coders.open_coder import open_coder
    from dateline.explain.page import render_page
    from dateline.explain.text import draw_explanation
    from transforms.coder.code_document import JudgedCoder
    from transforms.coder.explain_events import explain_events

    home = find_home()
    settings = load_settings(home)
    chosen = name or settings.code.coder
    given = list(_find_documents(source, identifier, home))
    coder = open_coder(home, settings, chosen)
    if not isinstance(coder, JudgedCoder):
        raise Permanent(
            f"the coder {chosen!r} keeps no reasons; only the judge can be explained: add --coder judge"
        )
    languages = settings.code.language_codes
    explained = []
    for item in given:
        reason = find_refusal(item, languages)
        if reason:
            echo(f"dateline: {item.document.id}: `dateline code` leaves it out: {reason}", err=True)
        explained.append(explain_events(coder.read(item.document), coder.encoder if words else None))
    if page is not None:
        page.write_text(drop_control_characters(render_page(explained)), encoding="utf-8")
        echo(f"wrote {page}")
        return
    width = min(100, shutil.get_terminal_size((80, 24)).columns)
    echo("\n\n".join(draw_explanation(one, width) for one in explained))


def _find_documents(source: str, identifier: str, home: Home) -> Iterator[Given]:
    """The texts to explain; broken lines are reported and left out.

    Raises:
        Permanent: there is no such file or article, or no text of that id in the file.
    """
    if source != "-" and not Path(source).exists():
        yield _find_article(source, home)
        return
    name = "standard input" if source == "-" else source
    found = 0
    with open_texts(None if source == "-" else Path(source)) as stream:
        for item in read_documents(stream, name):
            if isinstance(item, BrokenLine):
                echo(f"dateline: {name}, line {item.line}: {item.problem}", err=True)
            elif identifier in ("", item.document.id):
                found += 1
                yield item
    if not found:
        raise Permanent(f"{name}: it has no text" + (f" with the id {identifier!r}" if identifier else ""))


def _find_article(identifier: str, home: Home) -> Given:
    from warehouse.read import read_article

    article = read_article(home.published, identifier)
    if article is None:
        raise Permanent(
            f"{identifier}: no file, and no article of the warehouse has it as article_id or article_version_id; "
            '`dateline sql "SELECT article_id, title FROM current_articles"` lists them'
        )
    return Given(*article)
