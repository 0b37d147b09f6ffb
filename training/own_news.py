"""Read the annotated news texts of our own (`training/news/*.txt`), written for training the judge.

A file holds texts, each after a line of `====`:

    ==== 2024-05-04 | KEN | wire | Five killed in market blast in Garissa
    A bomb tore through a market in Garissa on Friday, killing five people, police said.
    The governor condemned the attack.
    ----
    0|killed|ASSAULT/explosives|a|||Garissa||5|||1

The head gives day, country (ISO 3166-1 alpha-3), style and headline; then a sentence a line, an empty line between
paragraphs; then a line a mention: `s|trigger|TYPE/mode|realis|actor|recipient|place|date|killed|injured|weapon|event`.
`s` 0 is the headline. A trigger that stands several times in its sentence is followed by `#2` for the second one.
Realis: a, p, h, n, g, with b for background (`ab`). Strings are those of the sentence, or of another one after `>`;
several are joined by ` + `. Tolls are integers or `some`.
"""

import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

REALIS = {"a": "actual", "p": "planned", "h": "hypothetical", "n": "negated", "g": "generic"}
STYLES = ("wire", "local", "tabloid", "release", "blog", "brief", "headline")
SEEDS = Path(__file__).resolve().parents[1] / "seeds"


class BrokenText(ValueError):
    """A text that does not follow the format; the message says where."""


@dataclass(frozen=True, slots=True)
class OwnMention:
    """An annotated mention of an event; offsets count from the start of the text (of the headline for sentence 0)."""

    sentence: int
    start: int
    end: int
    trigger: str
    trigger_start: int
    type: str
    mode: str
    realis: str
    background: bool
    actor: list[str]
    recipient: list[str]
    weapon: list[str]
    place: str
    date: str
    killed: int | str | None
    injured: int | str | None
    event: int


@dataclass(frozen=True, slots=True)
class OwnText:
    """A text as the annotated sets beside the repository have them."""

    id: str
    title: str
    published: str
    country: str
    style: str
    text: str
    mentions: list[OwnMention]


def read_own_news(folder: Path) -> list[OwnText]:
    """All texts of a folder, in the order of file names.

    Raises:
        BrokenText: one does not follow the format; the message names file and line.
    """
    return [text for path in sorted(folder.glob("*.txt")) for text in _read_file(path)]


def _read_file(path: Path) -> Iterator[OwnText]:
    lines = path.read_text(encoding="utf-8").splitlines()
    starts = [at for at, line in enumerate(lines) if line.startswith("====")]
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(lines)], strict=True), 1):
        try:
            yield _read_text(f"own-{path.stem}-{number}", lines[start:end])
        except ValueError as error:
            raise BrokenText(f"{path.name}, text that begins in line {start + 1}: {error}") from error


def _read_text(name: str, lines: list[str]) -> OwnText:
    head = [part.strip() for part in lines[0].removeprefix("====").split("|", 3)]
    if len(head) != 4 or head[2] not in STYLES or len(head[1]) != 3:
        raise BrokenText(
            f"the head should be `==== DAY | ISO | STYLE | HEADLINE`, styles {', '.join(STYLES)}"
        )
    day = date.fromisoformat(head[0])
    rule = lines.index("----") if "----" in lines else len(lines)
    body = "\n".join(lines[1:rule]).strip("\n")
    spans, at = [(0, len(head[3]))], 0
    for line in body.split("\n"):
        if line.strip():
            spans.append((at, at + len(line)))
        at += len(line) + 1
    told = [line for line in lines[rule + 1 :] if line.strip()]
    mentions = [_read_mention(line, head[3], body, spans) for line in told]
    return OwnText(name, head[3], day.isoformat(), head[1], head[2], body, mentions)


def _read_mention(line: str, title: str, body: str, spans: list[tuple[int, int]]) -> OwnMention:
    cells = [cell.strip() for cell in line.split("|")]
    if len(cells) != 12:
        raise BrokenText(f"{line!r} has {len(cells)} fields, not 12")
    number = int(cells[0])
    if not 0 <= number < len(spans):
        raise BrokenText(f"{line!r}: there is no sentence {number}")
    start, end = spans[number]
    sentence = title if number == 0 else body[start:end]
    trigger, _, nth = cells[1].partition("#")
    where = -1
    for _ in range(int(nth or 1)):
        where = sentence.find(trigger, where + 1)
    if where < 0 or not trigger:
        raise BrokenText(f"{line!r}: {trigger!r} is not in sentence {number}: {sentence!r}")
    event_type, _, mode = cells[2].partition("/")
    if (event_type, mode) not in _KNOWN:
        raise BrokenText(f"{line!r}: {cells[2]} is no type and mode of event_types.csv")
    if cells[3][:1] not in REALIS or cells[3][1:] not in ("", "b"):
        raise BrokenText(f"{line!r}: realis {cells[3]!r} should be one of a p h n g, with b for background")
    everything = f"{title}\n{body}"
    parts = [_read_strings(line, cell, sentence, everything) for cell in (*cells[4:8], cells[10])]
    actor, recipient, place, day, weapon = parts
    return OwnMention(
        sentence=number,
        start=start if number else -1,
        end=end if number else -1,
        trigger=trigger,
        trigger_start=start + where,
        type=event_type,
        mode=mode,
        realis=REALIS[cells[3][0]],
        background=cells[3].endswith("b"),
        actor=actor,
        recipient=recipient,
        weapon=weapon,
        place=next(iter(place), ""),
        date=next(iter(day), ""),
        killed=_read_toll(cells[8]),
        injured=_read_toll(cells[9]),
        event=int(cells[11]),
    )


def _read_strings(line: str, cell: str, sentence: str, everything: str) -> list[str]:
    strings = [one.strip() for one in cell.split(" + ") if one.strip()]
    for one in strings:
        if one.removeprefix(">") not in (everything if one.startswith(">") else sentence):
            raise BrokenText(
                f"{line!r}: {one!r} stands nowhere{'' if one.startswith('>') else ' in its sentence'}"
            )
    return [one.removeprefix(">") for one in strings]


def _read_toll(cell: str) -> int | str | None:
    return cell if cell == "some" else int(cell) if cell else None


def _read_types() -> frozenset[tuple[str, str]]:
    with (SEEDS / "event_types.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return frozenset((row["type"], row["mode"]) for row in rows)


_KNOWN = _read_types()


def main() -> None:
    """Print the texts of a folder as JSON lines, or what is wrong with them; a summary goes to standard error."""
    try:
        texts = read_own_news(Path(sys.argv[1]))
    except BrokenText as error:
        raise SystemExit(str(error)) from error
    for text in texts:
        sys.stdout.write(json.dumps(asdict(text)) + "\n")
    mentions = sum(len(text.mentions) for text in texts)
    sys.stderr.write(f"{len(texts)} texts, {mentions} mentions\n")


if __name__ == "__main__":
    main()
