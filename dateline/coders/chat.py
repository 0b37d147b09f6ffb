"""The chat coder: a language model reads, our own code holds it to the text and the tables."""

import contextlib
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from dateline import read_version
from dateline.coders.tables import load_tables
from dateline.home import Home
from dateline.settings import Settings
from ingest.chat.answer_cache import AnswerCache
from ingest.chat.client import ChatClient
from ingest.chat.endpoint import Endpoint, Key, make_endpoint
from ingest.chat.redis_budget import open_budget
from ingest.http.client import make_user_agent
from ingest.tables.gazetteer_file import open_gazetteer
from ingest.tables.seeds import hash_tables
from transforms.chat.answer import BadAnswer, ChatAnswer, read_answer
from transforms.chat.question import Question, Questioner
from transforms.chat.verify import Verifier
from transforms.coder.lexicon import build_lexicon
from transforms.coder.protocol import CoderAnswer, NotCoded, code_each
from transforms.errors import Permanent
from transforms.records import CodedDocument, Document
from transforms.settings import ChatSettings

CHAT_VERSION = "chat-1"
PROMPT = Path(__file__).with_name("chat_prompt.txt")

log = logging.getLogger("dateline")


class ChatCoder:
    """Asks a model about each document, once: its answers are kept by content."""

    def __init__(
        self,
        model: str,
        questioner: Questioner,
        client: ChatClient,
        cache: AnswerCache,
        verifier: Verifier,
        concurrency: int,
    ) -> None:
        self._model = model
        self._questioner = questioner
        self._client = client
        self._cache = cache
        self._verifier = verifier
        self._concurrency = concurrency

    @property
    def version(self) -> str:
        return self._verifier.coder

    @property
    def languages(self) -> frozenset[str]:
        return frozenset()  # whatever the model reads

    def code(self, documents: Iterable[Document]) -> Iterator[CoderAnswer]:
        """The events that the model finds, as far as they stand up, and our own places.

        Not coded is what two answers were unusable for, what the model refuses, or what the budget does not cover.

        Raises:
            Transient: the endpoint does not answer.
            Permanent: it refuses us.
        """
        yield from code_each(self._code, documents, self._concurrency)

    def _code(self, document: Document) -> CodedDocument:
        text = self._questioner.cut(document.text)
        if len(text) < len(document.text):
            log.info("chat_cut document=%s characters=%d of=%d", document.id, len(text), len(document.text))
        verified = self._verifier.verify(document, text, self._answer(document))
        if verified.dropped:
            counts = " ".join(f"{name.replace(' ', '_')}={n}" for name, n in sorted(verified.dropped.items()))
            log.info("chat_dropped document=%s %s", document.id, counts)
        return verified.coded

    def _answer(self, document: Document) -> ChatAnswer:
        question = self._questioner.ask(document)
        key = question.make_key(self._model)
        with contextlib.suppress(BadAnswer):  # a file that somebody changed is as good as none
            return read_answer(self._cache.read(key))
        try:
            content, answer = self._ask(question)
        except BadAnswer as error:
            log.info("chat_bad_answer document=%s problem=%r", document.id, str(error))
            raise NotCoded("coder_bad_answer", str(error)) from error
        self._cache.write(key, self._model, content)
        return answer

    def _ask(self, question: Question) -> tuple[str, ChatAnswer]:
        content = self._client.ask(question)
        try:
            return content, read_answer(content)
        except BadAnswer as error:
            content = self._client.ask(self._questioner.ask_again(question, content, str(error)))
            return content, read_answer(content)


def open_chat_coder(home: Home, settings: Settings, environ: Mapping[str, str] = os.environ) -> ChatCoder:
    """The coder that asks the endpoint of the settings `chat.*`; nothing is asked yet.

    Raises:
        Permanent: a setting is missing or wrong, a seeds row is broken, or the cache cannot be written.
    """
    chat = settings.chat
    endpoint = read_endpoint(chat, environ)
    tables = load_tables(home)
    template = PROMPT.read_text(encoding="utf-8")
    questioner = Questioner(template, tables, chat.max_text_characters)
    version = "-".join((CHAT_VERSION, "_".join(chat.model.split()), questioner.version, hash_tables(tables)))
    budget = open_budget(settings.locks, home.budgets / "chat.json", chat, lambda: datetime.now(UTC))
    gazetteer = open_gazetteer(home.cache, tables.countries, tables.regions)
    return ChatCoder(
        model=chat.model,
        questioner=questioner,
        client=ChatClient(endpoint, chat, budget, make_user_agent(read_version(), "")),
        cache=AnswerCache(home.cache / "chat"),
        verifier=Verifier(build_lexicon(tables), gazetteer, version),
        concurrency=chat.concurrency,
    )


def read_endpoint(settings: ChatSettings, environ: Mapping[str, str] = os.environ) -> Endpoint:
    """The endpoint and its key.

    Raises:
        Permanent: `chat.url`, `chat.model` or the key is missing or wrong; the key is in no message.
    """
    for name, value in (("chat.url", settings.url), ("chat.model", settings.model)):
        if not value:
            raise Permanent(f"the chat coder needs {name}; set it, or set code.coder to another coder")
    if not settings.key_env:
        return make_endpoint(settings.url, Key(""))
    key = environ.get(settings.key_env, "")
    if not key.strip():
        raise Permanent("the environment variable that chat.key_env names is not set; put the key there")
    return make_endpoint(settings.url, Key(key))


def describe_endpoint(settings: ChatSettings, environ: Mapping[str, str] = os.environ) -> str:
    """What the chat coder would ask, and whether it has a key.

    Raises:
        Permanent: as `read_endpoint`.
    """
    endpoint = read_endpoint(settings, environ)
    return f"{settings.model} at {endpoint.url}, {'with a' if endpoint.key.make_headers() else 'no'} key"
