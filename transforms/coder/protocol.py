"""What a coder is: the one seam between the steps and whatever reads the texts."""

from typing import Protocol

from transforms.records import CodedDocument, Document


class NotCoded(Exception):
    """A coder has no answer for this one document: it becomes a row in `rejections`, and the others go on."""

    def __init__(self, reason: str, detail: str) -> None:
        """`reason`: a key of `transforms.records.REJECTION_REASONS`; `detail`: what happened, for a person."""
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Coder(Protocol):
    """Reads one document at a time. The same coder gives the same answer to the same document, always.

    A coder that waits for something else than this machine may have an attribute `concurrency`, a whole number:
    `code` is then called from so many threads at once. `docs/coders.md` tells how to write and install one.
    """

    @property
    def version(self) -> str:
        """Changes whenever any answer could."""

    def code(self, document: Document) -> CodedDocument:
        """The document's events and places, whatever the text.

        Raises:
            NotCoded: there is no answer for this document. A replay asks for it again.
            Transient: the coder cannot work now. The batch waits as it is and is coded again by the next run;
                none of its articles is loaded before.
            Permanent: the coder cannot work before somebody mends its settings; the batch waits as well.
        """
