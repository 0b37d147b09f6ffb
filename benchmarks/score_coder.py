"""Score the coder on annotated texts that lie beside the repository, with the scorer that lies there too.

    .venv/bin/python benchmarks/score_coder.py [KIND ...]

KIND: incidents, plover, places, quiet, muc4, stories, mentions (all by default). The texts may not be copied into the
repository; where they are missing the script says so and does nothing.
"""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from dateline.coders.open_coder import open_coder
from dateline.commands.code import Given, add_to_story, read_documents
from dateline.home import find_home
from dateline.settings import load_settings
from transforms.coder.protocol import Coder
from transforms.events.group_stories import StoryIndex
from transforms.records import CodedDocument, Document

EVAL = Path(__file__).resolve().parents[1] / ".." / "shared" / "eval"
KINDS = ("incidents", "plover", "places", "quiet", "muc4", "stories", "mentions")


def code_file(coder: Coder, gold: Path, out: Path) -> str:
    """Code the texts of a gold file into `out`; says how fast it went."""
    documents = []
    for line in gold.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        day = record.get("published")
        published = datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None
        url = record.get("url", "")
        documents.append(Document(record["id"], record["text"], record.get("title", ""), published, url))
    started = time.perf_counter()
    lines = [
        json.dumps(asdict(answer)) for answer in coder.code(documents) if isinstance(answer, CodedDocument)
    ]
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


def main(kinds: list[str]) -> int:
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
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
