"""What a coder is: the one seam between the steps and whatever reads the texts."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from transforms.records import CodedDocument, Document


class NotCoded(Exception):
    """A coder has no answer for this one document: it becomes a row in `rejections`, and the others go on."""

    def __init__(self, reason: str, detail: str) -> None:
        """`reason`: a key of `transforms.records.REJECTION_REASONS`; `detail`: what happened, for a person."""
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


CoderAnswer = CodedDocument | NotCoded


class Coder(Protocol):
    """Reads documents. The same coder gives the same answer to the same document, whatever comes beside it.

    `docs/coders.md` says how to write and install one.
    """

    @property
    def version(self) -> str:
        """Changes whenever any answer could."""

    @property
    def languages(self) -> frozenset[str]:
        """The languages that it reads (ISO 639-1); empty: whatever `code.languages` names."""

    def code(self, documents: Iterable[Document]) -> Iterator[CoderAnswer]:
        """An answer to each document, in their order: its events and places, or why there are none.

        Raises:
            Transient: the coder cannot work now. The batch waits as it is and is coded again by the next run;
                none of its articles is loaded before.
            Permanent: the coder cannot work before somebody mends its settings; the batch waits as well.
        """


def code_each(
    code: Callable[[Document], CodedDocument], documents: Iterable[Document], at_once: int = 1
) -> Iterator[CoderAnswer]:
    """Code documents one by one, in `at_once` threads where that is more than one; their order stays.

    Raises:
        Transient, Permanent: as `code` does; what was not begun by then is left.
    """

    def answer(document: Document) -> CoderAnswer:
        try:
            return code(document)
        except NotCoded as reason:
            return reason

    if at_once <= 1:
        yield from map(answer, documents)
        return
    with ThreadPoolExecutor(at_once, thread_name_prefix="code") as threads:
        answers = threads.map(answer, documents)
        try:
            yield from answers
        finally:
            threads.shutdown(wait=True, cancel_futures=True)


def code_one(coder: Coder, document: Document) -> CodedDocument:
    """The answer to one document.

    Raises:
        NotCoded: there is none.
        Transient, Permanent: as the coder does.
    """
    answer = next(iter(coder.code([document])))
    if isinstance(answer, NotCoded):
        raise answer
    return answer
