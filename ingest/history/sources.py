"""The history sources by name. A new one is a module of this room and a line here."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from transforms.errors import Permanent

if TYPE_CHECKING:  # whoever only lists the names imports nothing heavy
    from ingest.history.protocol import HistorySource


@dataclass(frozen=True, slots=True)
class KnownSource:
    """Where a source's class lies (`module:class`, made without arguments), and what it reads."""

    target: str
    about: str


SOURCES = {
    "folder": KnownSource("ingest.history.folder:FolderSource", "saved feeds and pages at PATH"),
    "warc": KnownSource("ingest.history.warc:WarcSource", "WARC files at PATH"),
}
"""The first is the default."""


def open_source(name: str) -> "HistorySource":
    """The source of that name.

    Raises:
        Permanent: there is none.
    """
    if name not in SOURCES:
        raise Permanent(f"no history source is named {name!r}; there are {', '.join(SOURCES)}")
    module, _, attribute = SOURCES[name].target.partition(":")
    source: HistorySource = getattr(import_module(module), attribute)()
    return source
