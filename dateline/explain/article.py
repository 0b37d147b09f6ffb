"""An article of the warehouse, read by the coder once more: why it says what it says."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dateline.home import Home
from dateline.settings import Settings, load_settings
from transforms.errors import DatelineError, Permanent
from transforms.records import Document

if TYPE_CHECKING:
    from transforms.coder.code_document import JudgedCoder

_FUNCTION = "dateline.explain.article:run_job"
_TIMEOUT_S = 120.0
_MEMORY_BYTES = 6_000_000_000  # of address space; 0.3 GB of it are used


@dataclass(frozen=True, slots=True)
class ExplainJob:
    """An article for a worker, and the home whose warehouse has it."""

    home: Home
    identifier: str


class NoSuchArticle(Permanent):
    """The warehouse has no article of this id."""


def find_article(home: Home, identifier: str) -> tuple[Document, str]:
    """An article as the coder reads it, and the kind of its page.

    Raises:
        NoSuchArticle: `identifier` is no `article_id` and no `article_version_id` of the warehouse.
    """
    from dateline.steps.articles import read_outlet_homes
    from warehouse.read import read_article

    article = read_article(home.published, identifier)
    if article is None:
        raise NoSuchArticle(
            f"{identifier}: no file, and no article of the warehouse has it as article_id or article_version_id; "
            '`dateline sql "SELECT article_id, title FROM current_articles"` lists them'
        )
    document, page_kind = article
    return replace(document, home=read_outlet_homes(home, [document.url])[document.url]), page_kind


def open_coder_to_explain(home: Home, settings: Settings, name: str = "") -> "JudgedCoder":
    """The coder `name`, or the one in force.

    Raises:
        Permanent: it keeps no reasons, or cannot be opened.
    """
    from dateline.coders.open_coder import open_coder
    from transforms.coder.code_document import JudgedCoder

    chosen = name or settings.code.coder
    coder = open_coder(home, settings, chosen)
    if not isinstance(coder, JudgedCoder):
        raise Permanent(
            f"the coder {chosen!r} keeps no reasons; only the judge can be explained: add --coder judge"
        )
    return coder


def explain_article(home: Home, identifier: str) -> str:
    """The page of an article, made in a process of its own, which is kept for the next one.

    Raises:
        NoSuchArticle: as `find_article` does.
        Permanent: the coder in force keeps no reasons, or takes its process down with this article.
    """
    from ingest.workers.pool import run_jobs

    jobs = [ExplainJob(home, identifier)]
    [result] = run_jobs(_FUNCTION, jobs, workers=1, timeout_s=_TIMEOUT_S, memory_bytes=_MEMORY_BYTES)
    if result.failure:
        raise Permanent(f"{identifier} cannot be explained ({result.failure}: {result.detail})")
    if isinstance(result.value, DatelineError):
        raise result.value
    return str(result.value)


def run_job(job: ExplainJob) -> str | DatelineError:
    """What the process does: the page, or what is wrong."""
    from dateline.explain.page import render_page
    from transforms.coder.explain_events import explain_events

    try:
        document, _ = find_article(job.home, job.identifier)
        coder = open_coder_to_explain(job.home, load_settings(job.home))
        return render_page([explain_events(coder.read(document), None)])
    except DatelineError as error:
        return error
