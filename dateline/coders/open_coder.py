"""Find and open the coder in force. Coders are entry points of the group `dateline.coders`; the judge is one."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import EntryPoint, entry_points

from dateline.home import Home
from dateline.settings import Settings
from transforms.coder.protocol import Coder, NotCoded
from transforms.errors import Permanent
from transforms.records import CodedDocument, Document

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
    return opener(home, settings)


def code_documents(
    coder: Coder, documents: Sequence[Document]
) -> Iterator[tuple[Document, CodedDocument | NotCoded]]:
    """Code documents in their order, as many at once as the coder wishes.

    Raises:
        Transient, Permanent: as the coder does; what was not begun by then is left.
    """

    def code(document: Document) -> CodedDocument | NotCoded:
        try:
            return coder.code(document)
        except NotCoded as reason:
            return reason

    at_once = int(getattr(coder, "concurrency", 1))
    if at_once <= 1:
        yield from ((document, code(document)) for document in documents)
        return
    with ThreadPoolExecutor(at_once, thread_name_prefix="code") as threads:
        results = threads.map(code, documents)
        try:
            yield from zip(documents, results, strict=True)
        finally:
            threads.shutdown(wait=True, cancel_futures=True)
