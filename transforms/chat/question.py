"""The question that is put to a model about a document."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from transforms.chat.answer import build_schema
from transforms.coder.lexicon import CoderTables
from transforms.coder.sentences import split_sentences
from transforms.identity import make_id
from transforms.records import Document


@dataclass(frozen=True, slots=True)
class Message:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Question:
    messages: tuple[Message, ...]
    schema: str  # JSON schema of the answer, as JSON

    def make_key(self, model: str) -> str:
        """The same for the same content, whatever the document's id and wherever the model runs."""
        return make_id("cq1", model, self.schema, *(f"{m.role} {m.content}" for m in self.messages))


class Questioner:
    """Makes questions from a template and the tables in force."""

    def __init__(self, template: str, tables: CoderTables, most_characters: int) -> None:
        """`template`: the text with `$types`; `most_characters`: of a document's text, what follows is cut."""
        self._system = template.replace("$types", _list_types(tables)).strip()
        self._schema = build_schema(tables)
        self._most = most_characters

    @property
    def version(self) -> str:
        """Eight hex digits that change with anything but the document."""
        parts = "\x1f".join((self._system, self._schema, str(self._most)))
        return hashlib.blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()

    def cut(self, text: str) -> str:
        """The text as far as it is sent: whole sentences, unless the first is too long by itself."""
        if len(text) <= self._most:
            return text
        ends = [s.end for s in split_sentences(text[: self._most]) if s.end < self._most]
        return text[: ends[-1] if ends else self._most]

    def ask(self, document: Document) -> Question:
        """The question about a document."""
        text = self.cut(document.text)
        published = document.published_at.strftime("%A, %Y-%m-%d") if document.published_at else "unknown"
        note = "" if len(text) == len(document.text) else "\n\n(The article goes on; the rest is not given.)"
        given = f"PUBLISHED: {published}\nTITLE: {document.title or '-'}\nTEXT:\n{text}{note}"
        return Question((Message("system", self._system), Message("user", given)), self._schema)

    def ask_again(self, question: Question, answer: str, problem: str) -> Question:
        """The question once more, after an answer that could not be used."""
        complaint = f"That cannot be used: {problem}. Give the JSON object again, whole and nothing else."
        more = (Message("assistant", answer[:_MOST_REPEATED] or "-"), Message("user", complaint))
        return Question((*question.messages, *more), question.schema)


_MOST_REPEATED = 2_000  # characters of a bad answer


def _list_types(tables: CoderTables) -> str:
    modes: dict[str, list[str]] = {}
    for row in tables.event_types:
        modes.setdefault(row.type, []).extend([row.mode] if row.mode else [])
    return "\n".join(f"{name}: {', '.join(known) or '(none)'}" for name, known in modes.items())
