"""How well pages become articles: scores `dateline clean` against the saved pages and their gold.

    python -m benchmarks.score_pages              extract and score, with bare trafilatura beside it
    python -m benchmarks.score_pages --pred FILE  score what `dateline clean` printed

Measures, each the mean over pages: body, F1 of words (Chinese and Japanese by character); title, whether it
has the gold's words in the gold's order; day, whether the date is the gold's; time, where the gold has one,
whether it is within a minute; authors, F1 of names.
"""

import argparse
import gzip
import json
import logging
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trafilatura import bare_extraction

from transforms.articles.extract_article import extract_article
from transforms.articles.page_titles import words_of

PAGES = Path(__file__).parents[1] / ".." / "shared" / "real" / "pages"


@dataclass(frozen=True, slots=True)
class Score:
    """One page's marks, each from 0 to 1; `time` is None where the gold has no time of day."""

    key: str
    body: float
    title: float
    day: float
    time: float | None
    authors: float


def score_page(gold: Mapping[str, Any], found: Mapping[str, Any]) -> Score:
    """Compare a page's gold with an output line of `dateline clean`."""
    expected = datetime.fromisoformat(gold["published"]) if gold["published"] else None
    published = datetime.fromisoformat(found["published_at"]) if found.get("published_at") else None
    return Score(
        gold["id"],
        body=_f1(Counter(_words(gold["body"])), Counter(_words(found.get("text") or ""))),
        title=float(_words(gold["title"]) == _words(found.get("title") or "")),
        day=float(published is not None and expected is not None and published.date() == expected.date()),
        time=_score_time(expected, published),
        authors=_f1(Counter(_names(gold["authors"])), Counter(_names(found.get("authors") or []))),
    )


def _score_time(expected: datetime | None, published: datetime | None) -> float | None:
    if expected is None or (expected.hour, expected.minute, expected.second) == (0, 0, 0):
        return None
    if published is None:
        return 0.0
    if expected.tzinfo is None or published.tzinfo is None:
        expected, published = expected.replace(tzinfo=UTC), published.replace(tzinfo=UTC)
    return float(abs((expected - published).total_seconds()) <= 60)


def _words(text: str) -> list[str]:
    return words_of(text.replace("\u00ad", ""))


def _names(authors: Sequence[str]) -> set[str]:
    return {" ".join(words_of(name)) for name in authors}


def _f1(expected: Counter[str], found: Counter[str]) -> float:
    total = expected.total() + found.total()
    return 2 * (expected & found).total() / total if total else 1.0


def _iter_pages(pages: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    with (pages / "gold.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            gold = json.loads(line)
            yield gold, gzip.decompress((pages / gold["file"]).read_bytes())


def _clean(gold: Mapping[str, Any], body: bytes) -> dict[str, Any]:
    fetched_at = datetime.fromisoformat(gold["fetched"]).replace(tzinfo=UTC)
    article = extract_article(body, gold["url"], fetched_at)
    return {
        "title": article.title,
        "authors": article.authors,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "text": article.text,
    }


def _bare(gold: Mapping[str, Any], body: bytes) -> dict[str, Any]:
    dates = {"original_date": True, "extensive_search": True, "max_date": gold["fetched"][:10]}
    document: Any = bare_extraction(
        body, url=gold["url"], with_metadata=True, include_comments=False, date_extraction_params=dates
    )
    if document is None:
        return {}
    return {
        "title": document.title,
        "authors": [name.strip() for name in (document.author or "").split(";") if name.strip()],
        "published_at": document.date,
        "text": document.text,
    }


def mean_of(scores: Sequence[Score], measure: str) -> float:
    marks = [mark for score in scores if (mark := getattr(score, measure)) is not None]
    return sum(marks) / len(marks) if marks else 0.0


def _print_table(rows: Mapping[str, tuple[list[Score], float]]) -> None:
    print(f"{'':<18}{'pages':>7}{'body':>8}{'title':>8}{'day':>8}{'time':>8}{'authors':>9}{'pages/s':>9}")
    for name, (scores, seconds) in rows.items():
        means = [mean_of(scores, measure) for measure in ("body", "title", "day", "time", "authors")]
        rate = f"{len(scores) / seconds:9.1f}" if seconds else f"{'-':>9}"
        print(
            f"{name:<18}{len(scores):>7}"
            + "".join(f"{mean:8.3f}" for mean in means[:4])
            + f"{means[4]:9.3f}"
            + rate
        )


def main() -> None:
    """Print the table and the worst pages."""
    parser = argparse.ArgumentParser(description="Score page cleaning against the saved pages.")
    parser.add_argument("--pred", type=Path, help="what `dateline clean` printed, instead of running it")
    parser.add_argument("--worst", type=int, default=10, help="how many of the worst pages to list")
    options = parser.parse_args()
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    if not (PAGES / "gold.jsonl").exists():
        print(f"skipped: there are no pages in {PAGES}")
        return
    pages = list(_iter_pages(PAGES))
    rows: dict[str, tuple[list[Score], float]] = {}
    if options.pred:
        lines = options.pred.read_text(encoding="utf-8").splitlines()
        found = {item["id"]: item for item in map(json.loads, lines)}
        rows["clean"] = [score_page(gold, found.get(gold["id"], {})) for gold, _ in pages], 0.0
    else:
        for name, extract in (("dateline", _clean), ("bare trafilatura", _bare)):
            extract(*pages[0])  # what is loaded once is not measured
            started = time.perf_counter()
            outputs = [extract(gold, body) for gold, body in pages]
            seconds = time.perf_counter() - started
            rows[name] = (
                [score_page(gold, item) for (gold, _), item in zip(pages, outputs, strict=True)],
                seconds,
            )
    _print_table(rows)
    scores = next(iter(rows.values()))[0]
    print("\nworst bodies:")
    for score in sorted(scores, key=lambda score: score.body)[: options.worst]:
        print(f"  {score.body:.3f}  {score.key}")
    for measure in ("title", "day", "time", "authors"):
        missed = [score.key for score in scores if getattr(score, measure) not in (None, 1.0)]
        print(f"{measure} missed: {', '.join(missed) or 'none'}")


if __name__ == "__main__":
    main()
