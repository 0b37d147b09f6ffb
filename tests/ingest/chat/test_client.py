"""Questions over the chat protocol to a real server: answers, refusals, trouble, repetition, budget, the key."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ingest.chat.budget import Budget
from ingest.chat.client import ChatClient
from ingest.chat.endpoint import Key, make_endpoint
from tests.chat_server import KEY, PATH, body_of, complete, refuse
from tests.limits import HANG_S
from tests.loopback import LoopbackServer, Received, Reply, redirect, throttle
from transforms.chat.question import Message, Question
from transforms.coder.protocol import NotCoded
from transforms.errors import Permanent, Transient
from transforms.settings import ChatSettings

QUESTION = Question(
    (Message("system", "Read."), Message("user", "TEXT:\nRebels fled.")), '{"type": "object"}'
)
NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)


class Asking:
    """A client of a server, with a clock that does not wait."""

    def __init__(self, server: LoopbackServer, folder: Path) -> None:
        self.server = server
        self.waits: list[float] = []
        self.budget = Budget(folder / "chat.json", 100, 0, lambda: NOW)

    def ask(
        self, key: str = KEY, retries: int = 2, timeout_s: float = HANG_S, question: Question = QUESTION
    ) -> str:
        return self.open(key, retries, timeout_s).ask(question)

    def open(self, key: str = KEY, retries: int = 2, timeout_s: float = HANG_S) -> ChatClient:
        settings = ChatSettings(model="test:1b", timeout_s=timeout_s, retries=retries, max_answer_tokens=500)
        endpoint = make_endpoint(self.server.url("/v1"), Key(key))
        return ChatClient(endpoint, settings, self.budget, "Dateline/0", self.waits.append)

    def bodies(self) -> list[dict[str, object]]:
        return [body_of(request) for request in self.server.requests_for(PATH)]


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[Asking]:
    with LoopbackServer() as server:
        yield Asking(server, tmp_path)


def test_a_question_and_its_answer(asking: Asking) -> None:
    asking.server.route(PATH, complete("{}", tokens=77))
    assert asking.ask() == "{}"
    (request,) = asking.server.requests_for(PATH)
    assert request.method == "POST"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    body = body_of(request)
    assert body["model"] == "test:1b"
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "events", "strict": True, "schema": {"type": "object"}},
    }
    assert (body["max_tokens"], body["temperature"], body["stream"]) == (500, 0, False)
    spent = asking.budget.read()
    assert (spent.requests, spent.tokens) == (1, 77)


def test_without_a_key_none_is_sent(asking: Asking) -> None:
    asking.server.route(PATH, complete("{}"))
    asking.ask(key="")
    assert "authorization" not in asking.server.requests[0].headers


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_trouble_is_asked_again(asking: Asking, status: int) -> None:
    asking.server.route(PATH, [refuse(status, "busy"), refuse(status, "busy"), complete("{}")])
    assert asking.ask() == "{}"
    assert 1.0 <= asking.waits[0] <= 1.5
    assert 2.0 <= asking.waits[1] <= 3.0


def test_waits_are_the_same_each_time(asking: Asking) -> None:
    asking.server.route(PATH, refuse(500, "broken"))
    for _ in range(2):
        with pytest.raises(Transient):
            asking.ask()
    assert asking.waits[:2] == asking.waits[2:]


def test_a_wait_that_is_asked_for_is_kept(asking: Asking) -> None:
    asking.server.route(PATH, [throttle(429, "7"), complete("{}")])
    assert asking.ask() == "{}"
    assert 6.9 <= asking.waits[0] <= 10.5


def test_a_long_wait_is_left_to_the_next_run(asking: Asking) -> None:
    asking.server.route(PATH, throttle(429, "3600"))
    with pytest.raises(Transient, match="HTTP 429: come back later, to be asked again after 3600"):
        asking.ask()
    assert asking.waits == []


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(fault="close"), "RemoteProtocolError"),
        (refuse(500, "out of memory"), "HTTP 500: out of memory"),
        (Reply(body=b'{"error": {"message": "overloaded", "code": 503}}'), "HTTP 503: overloaded"),
        (Reply(body=b'{"error": "overloaded"}'), "HTTP 502"),
    ],
)
def test_trouble_that_lasts_fails_for_now(asking: Asking, reply: Reply, said: str) -> None:
    asking.server.route(PATH, reply)
    with pytest.raises(Transient, match=said):
        asking.ask()
    assert len(asking.waits) == 2


@pytest.mark.parametrize("reply", [Reply(fault="hang"), Reply(body=b"x" * 90, drip_bytes=1, drip_s=0.05)])
def test_a_server_that_is_too_slow_is_left(asking: Asking, reply: Reply) -> None:
    asking.server.route(PATH, reply)
    with pytest.raises(Transient, match=r"within 0\.3 s"):
        asking.ask(retries=0, timeout_s=0.3)
    assert asking.budget.read().tokens > 500  # it may have been worked for


def test_nobody_there(asking: Asking) -> None:
    client = asking.open(retries=0)
    asking.server.__exit__(None, None, None)
    with pytest.raises(Transient, match="ConnectError"):
        client.ask(QUESTION)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (refuse(401, f"Incorrect API key provided: {KEY}"), r"\*\*\*; set chat\.key_env"),
        (refuse(403, f"{KEY} may not"), r"\*\*\* may not; set chat\.key_env"),
        (refuse(404, "model 'test:1b' not found"), r"not found; see whether it has the model 'test:1b'"),
        (refuse(402, "no credit"), "HTTP 402: no credit"),
        (redirect(302, "/v2"), "set chat.url to where it leads"),
        (Reply(body=b"<html>Welcome"), "does not speak chat completions: <html>Welcome"),
        (Reply(body=b'{"choices": []}'), "does not speak chat completions"),
    ],
)
def test_a_refusal_is_final_and_says_what_to_do(asking: Asking, reply: Reply, said: str) -> None:
    asking.server.route(PATH, reply)
    with pytest.raises(Permanent, match=said) as caught:
        asking.ask()
    assert len(asking.server.requests) == 1
    assert asking.waits == []
    assert KEY not in repr(caught.value)


@pytest.mark.parametrize(
    "reply",
    [
        refuse(400, "This model's maximum context length is 4096 tokens."),
        refuse(400, "The response was filtered due to our content management policy."),
        refuse(413, "too big"),
        complete("", finish_reason="content_filter"),
        complete("", message={"content": None, "refusal": "I cannot read of violence."}),
    ],
)
def test_a_text_that_the_endpoint_does_not_take_is_one_document_s_matter(
    asking: Asking, reply: Reply
) -> None:
    asking.server.route(PATH, reply)
    with pytest.raises(NotCoded) as caught:
        asking.ask()
    assert caught.value.reason == "coder_refused"
    assert len(asking.server.requests) == 1


def test_what_an_endpoint_does_not_know_is_left_out_from_then_on(asking: Asking) -> None:
    def answer(request: Received) -> Reply:
        body = body_of(request)
        form = body.get("response_format", {}).get("type")
        if form == "json_schema":
            return refuse(400, "response_format.type must be json_object")
        if "max_tokens" in body:
            return refuse(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
        if "temperature" in body:
            return refuse(422, "'temperature' does not support 0 with this model.")
        return complete("{}")

    asking.server.route(PATH, answer)
    client = asking.open()
    assert client.ask(QUESTION) == client.ask(QUESTION) == "{}"
    assert len(asking.bodies()) == 5
    last = asking.bodies()[-1]
    assert last["response_format"] == {"type": "json_object"}
    assert last["max_completion_tokens"] == 500
    assert "seed" not in last


def test_an_endpoint_without_structured_output(asking: Asking) -> None:
    def answer(request: Received) -> Reply:
        return refuse(400, "unknown field") if "response_format" in body_of(request) else complete("{}")

    asking.server.route(PATH, answer)
    assert asking.ask() == "{}"
    assert len(asking.bodies()) == 3


def test_a_400_that_nothing_helps_is_final(asking: Asking) -> None:
    asking.server.route(PATH, refuse(400, "bad request"))
    with pytest.raises(Permanent, match="HTTP 400: bad request; see whether the model fits"):
        asking.ask()
    assert len(asking.bodies()) == 3


def test_the_key_is_covered_in_answers_too(asking: Asking) -> None:
    asking.server.route(PATH, complete(f"You are {KEY}."))
    assert asking.ask() == "You are ***."


def test_a_budget_stops_requests_before_they_are_sent(asking: Asking, tmp_path: Path) -> None:
    asking.server.route(PATH, complete("{}"))
    asking.budget = Budget(tmp_path / "b.json", 2, 0, lambda: NOW)
    client = asking.open()
    client.ask(QUESTION)
    client.ask(QUESTION)
    with pytest.raises(NotCoded, match=r"coder_budget: chat\.budget_requests = 2 are used up on 2026-03-05"):
        client.ask(QUESTION)
    assert len(asking.server.requests) == 2


def test_refused_requests_cost_no_tokens(asking: Asking) -> None:
    asking.server.route(PATH, [refuse(500, "busy"), complete("{}", tokens=60)])
    asking.ask()
    spent = asking.budget.read()
    assert (spent.requests, spent.tokens) == (2, 60)


def test_tokens_are_estimated_where_the_endpoint_does_not_count(asking: Asking) -> None:
    asking.server.route(PATH, Reply(body=b'{"choices": [{"message": {"content": "{}"}}]}'))
    asking.ask()
    assert 50 < asking.budget.read().tokens < 500


def test_a_key_shows_nowhere() -> None:
    key = Key(KEY)
    endpoint = make_endpoint("http://127.0.0.1:1/v1", key)
    assert KEY not in f"{key!r} {key} {endpoint!r} {endpoint}"
    with pytest.raises(Permanent) as caught:
        Key(f"{KEY}\n{KEY}")
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1/chat/completions"),
        ("http://127.0.0.1:11434/v1/", "http://127.0.0.1:11434/v1/chat/completions"),
        ("https://example.org/api/v1/chat/completions", "https://example.org/api/v1/chat/completions"),
    ],
)
def test_addresses(url: str, asked: str) -> None:
    assert make_endpoint(url, Key("")).url == asked


@pytest.mark.parametrize(
    "url",
    ["http://[1]/v1", "http://1.2.3.999/v1", "http://xn--a/v1"],
)
def test_hosts_that_cannot_be(url: str) -> None:
    with pytest.raises(Permanent, match=r"chat\.url"):
        make_endpoint(url, Key(""))


@given(st.from_regex(r"https?://[a-zA-Z0-9.:/\[\]_~%@?#-]{0,30}", fullmatch=True))
def test_an_address_that_the_setting_takes_can_be_asked(url: str) -> None:
    """Or is refused before anything is asked."""
    try:
        address = make_endpoint(ChatSettings(url=url).url, Key("")).url
    except (ValidationError, Permanent):
        return
    request = httpx.Request("POST", address)
    assert request.url.host and not request.url.userinfo and not request.url.query
