"""How much of the disk each part of Dateline's home takes."""

from collections.abc import Mapping
from pathlib import Path

from dateline.home import Home


def list_parts(home: Home) -> Mapping[str, Path]:
    """The parts of the home that grow, by name."""
    return {
        "warehouse": home.published,
        "build": home.build.parent,
        "archive": home.archive,
        "staging": home.staging,
        "quarantine": home.quarantine,
        "exports": home.exports,
        "cache": home.cache,
    }


def measure_bytes(path: Path) -> int:
    """Bytes of a file, or of all files below a folder; what vanishes meanwhile counts nothing."""
    if path.is_file():
        return path.stat().st_size
    total = 0
    for below in path.rglob("*") if path.is_dir() else ():
        try:
            total += below.stat().st_size if below.is_file() else 0
        except FileNotFoundError:
            continue
    return total
