"""How long the last load took, kept beside the build file for those who watch how that grows."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from dateline.home import Home


@dataclass(frozen=True, slots=True)
class LoadTimes:
    """Of the last load that had something to load."""

    load_s: float
    publish_s: float


def write_load_times(home: Home, times: LoadTimes) -> None:
    """Put the file in its place as a whole; a disk that has no room for it hinders nobody."""
    path = _path_of(home)
    part = path.with_name(f".{path.name}.part")
    with suppress(OSError):
        part.write_text(json.dumps(asdict(times)), encoding="utf-8")
        part.replace(path)


def read_load_times(home: Home) -> LoadTimes | None:
    """None where there was no load yet, or the file is damaged: the next load writes it again."""
    try:
        return LoadTimes(**json.loads(_path_of(home).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _path_of(home: Home) -> Path:
    return home.build.parent / "load-times.json"
