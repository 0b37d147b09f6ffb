"""Update feeds with `reader`, the Python feed library: the peer of `benchmarks.poll`.

Runs in a virtual environment of its own, which `benchmarks.poll` makes from `benchmarks/requirements.txt`.
Prints how long `update_feeds` took, and the process's memory peak.
"""

import json
import sys
import time
from pathlib import Path

import reader  # type: ignore[import-not-found]

from benchmarks.measure import peak_bytes


def main() -> None:
    """Arguments: the database, the file of URLs to be added first (once), the workers."""
    database, urls, workers = sys.argv[1:]
    feeds = reader.make_reader(database)
    if not Path(database + ".filled").exists():
        for url in Path(urls).read_text(encoding="ascii").split():
            feeds.add_feed(url)
        Path(database + ".filled").touch()
    started = time.perf_counter()
    # not only what its own schedule says is due: Dateline is made to ask all as well
    feeds.update_feeds(scheduled=False, workers=int(workers))
    seconds = time.perf_counter() - started
    feeds.close()
    print(json.dumps({"seconds": seconds, "peak": peak_bytes()}))


if __name__ == "__main__":
    main()
