"""Find and open the coder in force. Coders are entry points of the group `dateline.coders`; the judge is one."""

from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from dateline.coders.pooled_judge import PooledJudge
from dateline.home import Home
from dateline.settings import Settings
from transforms.coder.protocol import Coder, CoderAnswer, code_each
from transforms.errors import Permanent
from transforms.records import Document
from transforms.settings import CodeSettings

GROUP = "dateline.coders"
BUNDLED = {"judge": "dateline.coders.judge:open_judged_coder", "chat": "dateline.coders.chat:open_chat_coder"}
"""Our own entry points again: an editable installation may be older than the source, and then lacks them."""

_FORMER_NAMES = {"rules": "judge"}
"""What settings of earlier versions may still name."""

CoderOpener = Callable[[Home, Settings], Coder]
"""What an entry point leads to."""


def find_coders() -> dict[str, EntryPoint]:
    """The coders that are installed, by name.

    Raises:
        Permanent: two packages bring one of the same name.
    """
    found = {name: EntryPoint(name, value, GROUP) for name, value in BUNDLED.items()}
    for point in entry_points(group=GROUP):
        known = found.setdefault(point.name, point)
        if known.value != point.value:
            raise Permanent(
                f"two packages bring a coder named {point.name!r} ({known.value} and {point.value}); "
                "uninstall one of them"
            )
    return dict(sorted(found.items()))


def open_coder(home: Home, settings: Settings, name: str = "") -> Coder:
    """The coder of that name, or the one of the setting `code.coder`.

    Raises:
        Permanent: no coder has this name, its package is broken, or it cannot work as it is set.
    """
    name = name or settings.code.coder
    name = _FORMER_NAMES.get(name, name)
    coders = find_coders()
    if name not in coders:
        raise Permanent(f"no coder is named {name!r} (code.coder); installed are {', '.join(coders)}")
    try:
        opener: CoderOpener = coders[name].load()
    except (ImportError, AttributeError) as error:
        raise Permanent(
            f"the coder {name!r} ({coders[name].value}) cannot be loaded ({error}); install its package again"
        ) from error
    coder = opener(home, settings)
    return coder if hasattr(coder, "languages") else _OneByOne(coder)


def open_batch_coder(home: Home, settings: Settings) -> Coder:
    """The coder in force for whole batches: the judge works on all cores, as `code.workers` says.

    Raises:
        Permanent: as `open_coder` does.
    """
    name = _FORMER_NAMES.get(settings.code.coder, settings.code.coder)
    if name == "judge" and find_coders()[name].value == BUNDLED[name]:
        return PooledJudge(home, settings.code.workers)
    return open_coder(home, settings)


def find_languages(coder: Coder, settings: CodeSettings) -> frozenset[str]:
    """The languages that are coded: those of the settings that the coder reads."""
    wanted = settings.language_codes
    return wanted & coder.languages if coder.languages else wanted


class _OneByOne:
    """A coder of the interface before 1.0: its `code` takes one document, and it says no languages."""

    def __init__(self, coder: Any) -> None:
        self._coder = coder
        self.languages: frozenset[str] = frozenset()

    @property
    def version(self) -> str:
        return str(self._coder.version)

    def code(self, documents: Iterable[Document]) -> Iterator[CoderAnswer]:
        yield from code_each(self._coder.code, documents, int(getattr(self._coder, "concurrency", 1)))
