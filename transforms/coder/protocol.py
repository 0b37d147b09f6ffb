"""What a coder is: the one seam between the steps and whatever reads the texts."""

from typing import Protocol

from transforms.records import CodedDocument, Document


class Coder(Protocol):
    """Reads one document at a time. The same coder gives the same answer to the same document, always."""

    @property
    def version(self) -> str:
        """Changes whenever any answer could."""

    def code(self, document: Document) -> CodedDocument:
        """The document's events and places. Never raises, whatever the text."""
