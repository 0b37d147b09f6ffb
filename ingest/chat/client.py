"""Questions to a chat endpoint that speaks OpenAI's protocol: Ollama, vLLM, llama.cpp, or a hosted one.

The address is the user's own setting, so it may be on this machine or in a private network, which feeds and
pages may not (`ingest.http.address_guard`). In exchange nothing but that address is ever asked: redirects are not
followed and proxies of the environment not used, so the key goes nowhere else. A connection serves one
request: beside the seconds that a model thinks it costs nothing, and there is nothing to close.

Source: OpenAI API reference, "Create chat completion"; "Structured model outputs".
"""

import json
import logging
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx

from ingest.chat.budget import Budget
from ingest.chat.endpoint import Endpoint
from ingest.http.retry_after import parse_retry_after
from transforms.chat.question import Question
from transforms.coder.protocol import NotCoded
from transforms.errors import Permanent, Transient
from transforms.settings import ChatSettings

_CONNECT_S = 10.0
_FIRST_WAIT_S = 1.0  # before the first repetition; doubles each time
_LONGEST_WAIT_S = 60.0  # a server that wants to be left alone for longer fails the batch for now
_LARGEST_ANSWER_BYTES = 8_000_000
_CHARACTERS_A_TOKEN = 4  # of English, roughly; only for what the endpoint does not count itself
_REPEATED = frozenset({408, 425, 429})
_ITS_TEXT = re.compile(
    r"content.{0,10}(?:filter|policy|management)|context.{0,10}(?:length|window|size)"
    r"|too many tokens|(?:prompt|input) is too long",
    re.IGNORECASE,
)
_OUR_FORM = re.compile(r"response_format|json_schema|json_object|schema|grammar", re.IGNORECASE)

for _library in ("httpx", "httpcore"):  # they log a line a request, and at DEBUG an answer's headers
    logging.getLogger(_library).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a request is put: what this endpoint refused is left out from then on."""

    form: str = "json_schema"  # of response_format; then json_object, then none at all
    limit: str = "max_tokens"  # the parameter's name; newer models want another
    steady: bool = True  # temperature and seed

    def simplify(self, complaint: str) -> "Shape | None":
        """The shape to try after a refusal; None when there is nothing left to leave out."""
        simpler = {"json_schema": "json_object", "json_object": ""}.get(self.form)
        if simpler is not None and _OUR_FORM.search(complaint):
            return replace(self, form=simpler)
        if self.limit and re.search(rf"\b{self.limit}\b", complaint):
            return replace(self, limit="max_completion_tokens" if self.limit == "max_tokens" else "")
        if self.steady and re.search(r"\b(?:temperature|seed)\b", complaint):
            return replace(self, steady=False)
        return None if simpler is None else replace(self, form=simpler)

    def fill(self, question: Question, settings: ChatSettings) -> dict[str, Any]:
        """The body of a request."""
        messages = [{"role": message.role, "content": message.content} for message in question.messages]
        body: dict[str, Any] = {"model": settings.model, "messages": messages, "stream": False}
        if self.form == "json_schema":
            schema = {"name": "events", "strict": True, "schema": json.loads(question.schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif self.form:
            body["response_format"] = {"type": self.form}
        if self.limit:
            body[self.limit] = settings.max_answer_tokens
        return body | ({"temperature": 0, "seed": 0} if self.steady else {})


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int  # 0: there was none
    text: str  # the body, or what went wrong
    retry_after: str = ""


class ChatClient:
    """Asks one endpoint; may be used from several threads."""

    def __init__(
        self,
        endpoint: Endpoint,
        settings: ChatSettings,
        budget: Budget,
        user_agent: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._endpoint = endpoint
        self._settings = settings
        self._budget = budget
        self._user_agent = user_agent
        self._sleep = sleep
        self._tls = httpx.create_ssl_context()
        self._shape = Shape()

    def ask(self, question: Question) -> str:
        """The model's answer to a question.

        Raises:
            NotCoded: the endpoint does not take this text, or the day's budget is used up.
            Transient: it did not answer, however often it was asked.
            Permanent: it refuses us: the key, the model or the address is wrong.
        """
        jitter = random.Random(question.make_key(self._settings.model))  # the same run waits the same
        for attempt in range(self._settings.retries + 1):
            reply = self._send(question)
            if reply.status == 200:
                return self._read_content(reply.text)
            if reply.status and reply.status < 500 and reply.status not in _REPEATED:
                raise self._explain(reply)
            if attempt < self._settings.retries:
                self._wait(reply, attempt, jitter)
        raise self._give_up(reply)

    def _send(self, question: Question) -> _Reply:
        """One request, and others of a simpler shape where the endpoint refuses the shape."""
        while True:
            shape = self._shape
            reply = self._post(shape.fill(question, self._settings))
            if reply.status not in (400, 413, 422):
                return reply
            if reply.status == 413 or _ITS_TEXT.search(reply.text):
                raise NotCoded("coder_refused", f"HTTP {reply.status}: {_shorten(reply.text)}")
            simpler = shape.simplify(reply.text)
            if simpler is None:
                return reply
            self._shape = simpler

    def _post(self, body: dict[str, Any]) -> _Reply:
        content = json.dumps(body).encode("utf-8")
        reserved = len(content) // _CHARACTERS_A_TOKEN + self._settings.max_answer_tokens
        self._budget.reserve(reserved)
        reply = self._exchange(content)
        if reply.status == 200:
            self._budget.correct(reserved, _count_tokens(reply.text, len(content)))
        elif reply.status:
            self._budget.correct(reserved, 0)  # without an answer it may have worked for us all the same
        return reply

    def _exchange(self, content: bytes) -> _Reply:
        """Send a body and read the answer, both within the time allowed. Whatever quotes the key is covered."""
        settings = self._settings
        headers = {"Content-Type": "application/json", "User-Agent": self._user_agent}
        deadline = time.monotonic() + settings.timeout_s
        timeout = httpx.Timeout(settings.timeout_s, connect=min(_CONNECT_S, settings.timeout_s))
        try:
            with (
                httpx.Client(verify=self._tls, trust_env=False, timeout=timeout) as client,
                client.stream(
                    "POST",
                    self._endpoint.url,
                    content=content,
                    headers=headers | self._endpoint.key.make_headers(),
                ) as response,
            ):
                received = bytearray()
                for chunk in response.iter_bytes():
                    received += chunk
                    if len(received) > _LARGEST_ANSWER_BYTES:
                        return _Reply(0, f"the answer has more than {_LARGEST_ANSWER_BYTES:,} bytes")
                    if time.monotonic() > deadline:
                        return _Reply(0, f"no whole answer within {settings.timeout_s:g} s (chat.timeout_s)")
                text = self._endpoint.key.cover(received.decode("utf-8", "replace"))
                return _unwrap(_Reply(response.status_code, text, response.headers.get("retry-after", "")))
        except httpx.TimeoutException:
            return _Reply(0, f"no answer within {settings.timeout_s:g} s (chat.timeout_s)")
        except httpx.RequestError as error:
            return _Reply(0, self._endpoint.key.cover(f"{type(error).__name__}: {error}"))

    def _wait(self, reply: _Reply, attempt: int, jitter: random.Random) -> None:
        """Wait before a repetition: as long as the endpoint says, else twice as long each time.

        Raises:
            Transient: the endpoint wants to be left alone for too long.
        """
        now = datetime.now(UTC)
        until = parse_retry_after(reply.retry_after, now) if reply.retry_after else None
        if until is not None:
            wait_s = (until - now).total_seconds()
            if wait_s > _LONGEST_WAIT_S:
                raise self._give_up(reply)
        else:
            wait_s = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2**attempt)
        self._sleep(wait_s * (1 + jitter.random() / 2))

    def _give_up(self, reply: _Reply) -> Transient:
        said = f"HTTP {reply.status}: {_shorten(reply.text)}" if reply.status else reply.text
        later = f", to be asked again after {reply.retry_after}" if reply.retry_after else ""
        return Transient(
            f"{self._endpoint.url} (chat.url) does not answer: {said}{later}; "
            "what was answered is kept, and the next run asks for the rest"
        )

    def _explain(self, reply: _Reply) -> Permanent:
        said = f"HTTP {reply.status}: {_shorten(reply.text)}"
        if reply.status in (401, 403):
            advice = "set chat.key_env to the name of the environment variable that holds a valid key"
        elif reply.status == 404:
            advice = (
                f"see whether it has the model {self._settings.model!r} (chat.model) and the address is right"
            )
        elif 300 <= reply.status < 400:
            advice = "it redirects, which is not followed; set chat.url to where it leads"
        else:
            advice = "see whether the model fits the endpoint (chat.model)"
        return Permanent(f"{self._endpoint.url} (chat.url) refuses the request: {said}; {advice}")

    def _read_content(self, text: str) -> str:
        """What the model wrote, of a completion.

        Raises:
            NotCoded: it declined to write anything.
            Permanent: this is no completion.
        """
        try:
            choice = json.loads(text)["choices"][0]
            message = choice["message"]
            content = message.get("content")
            reason = choice.get("finish_reason")
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise Permanent(
                f"{self._endpoint.url} (chat.url) does not speak chat completions: {_shorten(text)}; "
                "give the address that ends in /v1"
            ) from error
        if reason == "content_filter" or message.get("refusal"):
            raise NotCoded("coder_refused", _shorten(str(message.get("refusal") or "content_filter")))
        return content if isinstance(content, str) else ""


def _unwrap(reply: _Reply) -> _Reply:
    """An error that some endpoints send with status 200, as what it is."""
    if reply.status != 200 or '"error"' not in reply.text:
        return reply
    try:
        values = json.loads(reply.text)
        error = values.get("error")
        if not error or values.get("choices"):
            return reply
        code = error.get("code") if isinstance(error, dict) else None
    except (ValueError, AttributeError, RecursionError):
        return reply
    status = code if isinstance(code, int) and 400 <= code <= 599 else 502
    return replace(reply, status=status, text=json.dumps(error))


def _count_tokens(text: str, sent_bytes: int) -> int:
    """What a completion cost, as it says itself, else by its length."""
    try:
        total = json.loads(text)["usage"]["total_tokens"]
        if isinstance(total, int) and not isinstance(total, bool) and total >= 0:
            return total
    except (ValueError, LookupError, TypeError, RecursionError):
        pass
    return (sent_bytes + len(text)) // _CHARACTERS_A_TOKEN


def _shorten(text: str) -> str:
    """The error's message, or the beginning of the text, on one line."""
    found = re.search(r'"message"\s*:\s*"((?:[^"\\]|\\.)*)"', text)
    return " ".join((found[1] if found else text).split())[:300] or "no text"
