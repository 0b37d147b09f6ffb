"""Score the coder on annotated texts that lie beside the repository, with the scorer that lies there too.

    .venv/bin/python benchmarks/score_coder.py [KIND ...]

KIND: incidents, plover, places, quiet, muc4 (all by default). The texts may not be copied into the
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

from dateline.coding import open_coder
from dateline.settings import find_home, load_settings
from transforms.coder.protocol import Coder
from transforms.records import Document

EVAL = Path(__file__).resolve().parents[1] / ".." / "shared" / "eval"
KINDS = ("incidents", "plover", "places", "quiet", "muc4")


def code_file(coder: Coder, gold: Path, out: Path) -> str:
    """Code the texts of a gold file into `out`; says how fast it went."""
    documents = []
    for line in gold.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        day = record.get("published")
        published = datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None
        documents.append(Document(record["id"], record["text"], record.get("title", ""), published))
    started = time.perf_counter()
    lines = [json.dumps(asdict(coder.code(document))) for document in documents]
    seconds = time.perf_counter() - started
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return f"{len(documents)} documents, {len(documents) / seconds:.0f} a second"


def main(kinds: list[str]) -> int:
    if not (EVAL / "score.py").exists():
        print(f"skipped: no annotated texts in {EVAL}")
        return 0
    home = find_home()
    coder = open_coder(home, load_settings(home))
    print(f"coder {coder.version}")
    with tempfile.TemporaryDirectory() as folder:
        for kind in kinds or KINDS:
            gold = EVAL / "data" / f"{kind}_dev.jsonl"
            if not gold.exists():
                print(f"skipped {kind}: no {gold.name}")
                continue
            out = Path(folder) / f"{kind}.jsonl"
            print(f"\n{kind}: {code_file(coder, gold, out)}", flush=True)
            subprocess.run([sys.executable, EVAL / "score.py", kind, gold, out], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
