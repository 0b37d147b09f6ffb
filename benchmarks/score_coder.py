"""Score the coder on annotated texts that lie beside the repository, with the scorer that lies there too.

    .venv/bin/python benchmarks/score_coder.py [--resamples N] [KIND ...]

KIND: incidents, plover, places, quiet, muc4, stories, mentions (all by default). With --resamples the last line of a
score is followed by the range in which each of its numbers lies in 90 % of N samples of the documents (bootstrap:
Efron 1979). The texts may not be copied into the
repository; where they are missing the script says so and does nothing.
"""

import json
import random
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from dateline.coders.open_coder import open_coder
from dateline.coders.outlet_homes import open_outlet_homes
from dateline.commands.code import Given, add_to_story, read_documents
from dateline.home import find_home
from dateline.settings import load_settings
from transforms.coder.protocol import Coder
from transforms.events.group_stories import StoryIndex
from transforms.records import CodedDocument, Document

EVAL = Path(__file__).resolve().parents[1] / ".." / "shared" / "eval"
KINDS = ("incidents", "plover", "places", "quiet", "muc4", "stories", "mentions")


def code_file(coder: Coder, gold: Path, out: Path) -> str:
    """Code the texts of a gold file into `out`, as `dateline code` does; says how fast it went."""
    documents = []
    for line in gold.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        day = record.get("published")
        published = datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None
        url = record.get("url", "")
        documents.append(Document(record["id"], record["text"], record.get("title", ""), published, url))
    homes = open_outlet_homes(find_home())
    started = time.perf_counter()
    lines = []
    for document in documents:
        answer = next(iter(coder.code([replace(document, home=homes.find(document.url))])))
        if isinstance(answer, CodedDocument):
            homes.add(document.url, answer.places)
            lines.append(json.dumps(asdict(answer)))
    seconds = time.perf_counter() - started
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return f"{len(documents)} documents, {len(documents) / seconds:.0f} a second"


def group_file(gold: Path, out: Path) -> str:
    """Put the documents of a gold file into stories, in the order of the file; says how fast it went."""
    with gold.open("rb") as stream:
        given = [item for item in read_documents(stream, gold.name) if isinstance(item, Given)]
    index = StoryIndex()
    started = time.perf_counter()
    lines = [json.dumps({"id": item.document.id, "story_id": add_to_story(index, item)}) for item in given]
    seconds = time.perf_counter() - started
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return f"{len(given)} documents, {len(given) / seconds:.0f} a second"


def measure_range(kind: str, gold: Path, out: Path, resamples: int) -> str:
    """The 5th and 95th of a hundred of each number in the score's last line, over documents drawn with replacement."""
    records = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    coded = {record["id"]: record for record in map(json.loads, out.read_text(encoding="utf-8").splitlines())}
    rng = random.Random(1)
    drawn: list[list[float]] = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(resamples):
            paths = Path(folder) / "gold.jsonl", Path(folder) / "pred.jsonl"
            chosen = [(n, rng.choice(records)) for n in range(len(records))]
            for path, rows in zip(
                paths, ([r for _, r in chosen], [coded[r["id"]] for _, r in chosen]), strict=True
            ):
                lines = [json.dumps(row | {"id": str(n)}) for n, row in enumerate(rows)]
                path.write_text("\n".join(lines), encoding="utf-8")
            answer = subprocess.run(
                [sys.executable, EVAL / "score.py", kind, *paths], check=True, capture_output=True, text=True
            )
            drawn.append([float(number) for number in NUMBER.findall(answer.stdout.strip().splitlines()[-1])])
    columns = [sorted(column) for column in zip(*drawn, strict=True)]
    return " ".join(f"{c[len(c) // 20]:.3f}-{c[-1 - len(c) // 20]:.3f}" for c in columns)


NUMBER = re.compile(r"\d+\.\d+")


def main(given: list[str]) -> int:
    resamples = int(given[1]) if given[:1] == ["--resamples"] else 0
    kinds = given[2:] if resamples else given
    if not (EVAL / "score.py").exists():
        print(f"skipped: no annotated texts in {EVAL}")
        return 0
    home = find_home()
    coder = open_coder(home, load_settings(home))
    print(f"coder {coder.version}")
    with tempfile.TemporaryDirectory() as folder:
        for kind in kinds or KINDS:
            gold = EVAL / ("mentions/dev.jsonl" if kind == "mentions" else f"data/{kind}_dev.jsonl")
            if not gold.exists():
                print(f"skipped {kind}: no {gold.name}")
                continue
            out = Path(folder) / f"{kind}.jsonl"
            speed = group_file(gold, out) if kind == "stories" else code_file(coder, gold, out)
            print(f"\n{kind}: {speed}", flush=True)
            subprocess.run([sys.executable, EVAL / "score.py", kind, gold, out], check=True)
            if resamples and kind != "stories":
                print("90 % of samples:", measure_range(kind, gold, out, resamples), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
