"""A chat endpoint on loopback, and coders that ask it."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.loopback import LoopbackServer, Received, Reply

PATH = "/v1/chat/completions"
KEY = "sk-Test0Key1That2Nothing3May4Show"


def complete(content: object, tokens: int = 100, **choice: Any) -> Reply:
    """A completion as the protocol has it; `content` is text, or anything to be sent as JSON."""
    text = content if isinstance(content, str) else json.dumps(content)
    message = {"role": "assistant", "content": text}
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"} | choice],
        "usage": {"prompt_tokens": tokens - 10, "completion_tokens": 10, "total_tokens": tokens},
    }
    return Reply(body=json.dumps(body).encode(), content_type="application/json")


def refuse(status: int, message: str, *headers: tuple[str, str]) -> Reply:
    body = {"error": {"message": message, "type": "invalid_request_error", "code": None}}
    return Reply(status, json.dumps(body).encode(), "application/json", headers)


def body_of(request: Received) -> dict[str, Any]:
    body = json.loads(request.body)
    assert isinstance(body, dict)
    return body


def text_of(request: Received) -> str:
    """The article's text that a request is about."""
    return str(body_of(request)["messages"][1]["content"]).partition("TEXT:\n")[2]


def reader(known: Mapping[str, object]) -> Callable[[Received], Reply]:
    """A model that answers by what stands in the text; nothing known is no events."""

    def answer(request: Received) -> Reply:
        events = [event for words, event in known.items() if words in text_of(request)]
        return complete({"events": events})

    return answer


def chat_settings(server: LoopbackServer, **more: object) -> str:
    """The section `[chat]` of a dateline.toml."""
    values: dict[str, object] = {"url": server.url("/v1"), "model": "test:1b", "retries": 0, **more}
    return "[chat]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items())
