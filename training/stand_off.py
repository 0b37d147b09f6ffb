"""Annotations of articles that lie elsewhere: ids, offsets and labels, without a word of their text.

    python -m training.stand_off write RAW.jsonl.gz FILE.ann... > training/annotations/NAME.jsonl

`training/annotations/*.jsonl` holds a line an article: its `id`, and `mentions` with `sentence` (start and end in the
text; null: the headline), `trigger` (start, end), `type`, `mode`, `realis`, `background`, `event`, `killed`, `injured`,
and a list of [start, end] for each of `actor`, `recipient`, `place`, `date`, `weapon`. Offsets are characters of the
text, those of the headline are counted from its own start with -1 for a text (`[-1, start, end]`).
An `.ann` file holds what a person writes: `==== ID`, then lines as those of `training/own_news.py`.
"""

import gzip
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from training.own_news import REALIS
from transforms.coder.sentences import split_sentences

ROLES = ("actor", "recipient", "place", "date", "weapon")
Article = dict[str, Any]


def read_raw(path: Path) -> dict[str, Article]:
    """Articles by their id: JSON lines, gzipped, with `id`, `title` and `text`."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {article["id"]: article for article in map(json.loads, lines)}


def read_stand_off(folder: Path, raw: Path) -> list[Article]:
    """The annotated articles of a folder as the annotated sets have them; without those whose text is missing."""
    known = read_raw(raw)
    lines = [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text().splitlines()]
    rows = [json.loads(line) for line in lines]
    return [_put_together(known[row["id"]], row["mentions"]) for row in rows if row["id"] in known]


def _put_together(article: Article, mentions: Sequence[dict[str, Any]]) -> Article:
    title, text = article["title"], article["text"]
    return article | {"mentions": [_spell_out(one, title, text) for one in mentions]}


def _spell_out(one: dict[str, Any], title: str, text: str) -> dict[str, Any]:
    sentence = one["sentence"]
    own = title if sentence is None else text

    def quote(span: Sequence[int]) -> str:
        return title[span[1] : span[2]] if span[0] < 0 else text[span[0] : span[1]]

    roles = {role: [quote(span) for span in one[role]] for role in ROLES}
    return one | roles | {
        "sentence": 0 if sentence is None else 1,
        "start": -1 if sentence is None else sentence[0],
        "end": -1 if sentence is None else sentence[1],
        "trigger": own[one["trigger"][0] : one["trigger"][1]],
        "trigger_start": one["trigger"][0],
        "place": next(iter(roles["place"]), ""),
        "date": next(iter(roles["date"]), ""),
    }  # fmt: skip


def read_written(paths: Sequence[Path], raw: dict[str, Article]) -> Iterator[Article]:
    """What people wrote, as stand-off rows.

    Raises:
        ValueError: a trigger or a string stands nowhere.
    """
    for path in paths:
        for part in path.read_text(encoding="utf-8").split("==== ")[1:]:
            head, *lines = part.splitlines()
            article = raw[head.split("|")[0].strip()]
            yield {
                "id": article["id"],
                "mentions": [_read_line(line, article) for line in lines if line.strip()],
            }


def _read_line(line: str, article: Article) -> dict[str, Any]:
    cells = [cell.strip() for cell in line.split("|")]
    title, text = article["title"], article["text"]
    sentences = split_sentences(text)
    number = int(cells[0])
    span = None if number == 0 else (sentences[number - 1].start, sentences[number - 1].end)
    trigger, _, nth = cells[1].partition("#")
    own, begin, end = (title, 0, len(title)) if span is None else (text, *span)
    at = begin - 1
    for _ in range(int(nth or 1)):
        at = _find(own, trigger, at + 1, end)
    event_type, _, mode = cells[2].partition("/")
    roles = {
        role: [_locate(string, article, span) for string in cell.split(" + ") if string.strip()]
        for role, cell in zip(ROLES, (*cells[4:8], cells[10]), strict=True)
    }
    return {
        "sentence": span,
        "trigger": (at, at + _measure(own, trigger, at)),
        "type": event_type,
        "mode": mode,
        "realis": REALIS[cells[3][0]],
        "background": cells[3].endswith("b"),
        "killed": _read_toll(cells[8]),
        "injured": _read_toll(cells[9]),
        "event": int(cells[11]),
        **roles,
    }


def _read_toll(cell: str) -> int | str | None:
    return cell if cell == "some" else int(cell) if cell else None


def _find(text: str, words: str, start: int, end: int) -> int:
    """Where words stand; blanks and line breaks between them are one."""
    at = text.find(words, start, end)
    if at < 0:
        first = words.split()[0]
        at = text.find(first, start, end)
        while at >= 0 and " ".join(text[at : at + 2 * len(words)].split())[: len(words)] != words:
            at = text.find(first, at + 1, end)
    if at < 0:
        raise ValueError(f"{words!r} is not in {text[start:end]!r}")
    return at


def _measure(text: str, words: str, at: int) -> int:
    size = len(words)
    while " ".join(text[at : at + size].split()) != words and size < 2 * len(words) + 2:
        size += 1
    return size


def _locate(string: str, article: Article, sentence: tuple[int, int] | None) -> list[int]:
    words = string.strip().removeprefix(">")
    title, text = article["title"], article["text"]
    if not string.strip().startswith(">"):
        if sentence is None:
            at = _find(title, words, 0, len(title))
            return [-1, at, at + _measure(title, words, at)]
        at = _find(text, words, *sentence)
        return [at, at + _measure(text, words, at)]
    try:
        at = _find(text, words, 0, len(text))
        return [at, at + _measure(text, words, at)]
    except ValueError:
        at = _find(title, words, 0, len(title))
        return [-1, at, at + _measure(title, words, at)]


def main() -> None:
    raw = read_raw(Path(sys.argv[2]))
    for row in read_written([Path(name) for name in sys.argv[3:]], raw):
        sys.stdout.write(json.dumps(row, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
