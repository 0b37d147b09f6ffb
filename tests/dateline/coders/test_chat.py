"""The chat coder in whole runs, against a server on loopback: rows, replay, outages, budget, and no key anywhere."""

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dateline.coders.chat import open_chat_coder, read_endpoint
from dateline.home import Home
from dateline.settings import Settings
from ingest.feeds.subscriptions import write_subscriptions
from tests.chat_server import KEY, PATH, body_of, chat_settings, complete, reader, refuse, text_of
from tests.coders import PUBLISHED
from tests.dateline.homes import SETTINGS, ask, call, call_well, make_home, read_rows
from tests.dateline.saved_news import SITE, feed, page, write_news
from tests.loopback import LoopbackServer, Received, Reply
from transforms.coder.protocol import NotCoded, code_one
from transforms.errors import Permanent, Transient
from transforms.identity import make_id
from transforms.records import Document, Feed
from transforms.settings import ChatSettings

ALEPPO: dict[str, Any] = {
    "sentence": "Gunmen killed five soldiers in Aleppo on Tuesday, the Syrian defence ministry said.",
    "event_type": "ASSAULT",
    "mode": "firearms",
    "realis": "actual",
    "actors": [{"quote": "Gunmen", "kind": "group", "country": "", "sector": "UAF"}],
    "recipients": [{"quote": "five soldiers", "kind": "group", "country": "SYR", "sector": "MIL"}],
    "weapons": [],
    "date": "Tuesday",
    "place": "Aleppo",
    "country": "SYR",
    "killed": {"min": 5, "max": 5, "quote": "five soldiers"},
    "injured": {"min": None, "max": None, "quote": ""},
}
KISUMU: dict[str, Any] = ALEPPO | {
    "sentence": "Thousands of people marched in Kisumu on Wednesday to protest against a new tax on fuel.",
    "event_type": "PROTEST",
    "mode": "demo",
    "actors": [{"quote": "Thousands of people", "kind": "group", "country": "KEN", "sector": "CVL"}],
    "recipients": [
        {"quote": "the government in Nairobi", "kind": "group", "country": "KEN", "sector": "GOV"}
    ],
    "date": "Wednesday",
    "place": "Kisumu",
    "country": "KEN",
    "killed": {"min": None, "max": None, "quote": ""},
}
ANSWERS = {"Aleppo": ALEPPO, "Kisumu": KISUMU}
EVENTS = [("ASSAULT", "firearms", "2026-03-03", "SYR", 5), ("PROTEST", "demo", "2026-03-04", "KEN", None)]
FOUND = "SELECT event_type, mode, event_day::VARCHAR, country, killed_max FROM events ORDER BY 1"
REJECTED = "SELECT reason, count(*) FROM rejections WHERE stage = 'code' GROUP BY 1"
STEP_COUNTS = (
    "SELECT taken, passed, rejected FROM step_counts WHERE step = 'code_articles' ORDER BY run_id, batch"
)
# nothing but the chat endpoint is on this machine: feeds and pages there stay forbidden
PLAIN = SETTINGS.replace("allow_private_addresses = true\n", "")


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        server.route(PATH, reader(ANSWERS))
        yield server


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_CHAT_KEY", KEY)


def settings_of(server: LoopbackServer, rest: str = PLAIN, **chat: object) -> str:
    return f'{rest}[code]\ncoder = "chat"\n' + chat_settings(server, key_env="TEST_CHAT_KEY", **chat)


def open_coder(home: Home, server: LoopbackServer, **chat: object) -> Any:
    values = {"url": server.url("/v1"), "model": "test:1b", "key_env": "TEST_CHAT_KEY", "retries": 0} | chat
    return open_chat_coder(home, Settings(chat=ChatSettings(**values)))  # type: ignore[arg-type]


def test_a_run_with_the_chat_coder(server: LoopbackServer, tmp_path: Path) -> None:
    """Feed, pages and endpoint from one server, polled by `dateline run`."""
    here = server.url("")
    server.route("/rss.xml", Reply(body=feed(("aleppo", 3), ("kisumu", 4)).replace(SITE, here).encode()))
    for name, day in (("aleppo", 3), ("kisumu", 4)):
        server.route(f"/2026/03/{name}", Reply(body=page(name, day).replace(SITE.encode(), here.encode())))
    home = make_home(tmp_path / "home", settings=settings_of(server, SETTINGS, concurrency=2))
    url = server.url("/rss.xml")
    write_subscriptions(home.feeds, [Feed(make_id("fd1", url), url)])
    call_well(home, "run")
    assert ask(home, FOUND) == EVENTS
    assert ask(home, "SELECT DISTINCT coder FROM mentions")[0][0].startswith("chat-1-test:1b-")
    assert ask(home, "SELECT sentence FROM events WHERE country = 'SYR'") == [(ALEPPO["sentence"],)]
    assert ask(home, "SELECT len(recipients), confidence FROM mentions WHERE country = 'KEN'") == [(0, 0.8)]
    assert ask(home, STEP_COUNTS) == [(2, 2, 0)]


def test_a_replay_asks_nobody(server: LoopbackServer, tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", settings=settings_of(server))
    call_well(home, "backfill", str(write_news(tmp_path / "saved")))
    assert ask(home, FOUND) == EVENTS
    before = read_rows(home)
    asked = len(server.requests)
    server.route(PATH, refuse(500, "gone"))
    call_well(home, "replay")
    assert len(server.requests) == asked
    assert read_rows(home) == before


def test_an_outage_keeps_the_batch_for_the_next_run(server: LoopbackServer, tmp_path: Path) -> None:
    """What was answered before it is not asked again."""
    home = make_home(tmp_path / "home", settings=settings_of(server))
    answer_well = reader(ANSWERS)

    def answer(request: Received) -> Reply:
        return refuse(503, "out of memory") if "Kisumu" in text_of(request) else answer_well(request)

    server.route(PATH, answer)
    saved = str(write_news(tmp_path / "saved"))
    failed = call(home, "backfill", saved)
    assert failed.status == 75
    assert (
        "HTTP 503: out of memory; what was answered is kept, and the next run asks for the rest" in failed.err
    )
    asked = [text_of(request) for request in server.requests]
    server.route(PATH, answer_well)
    call_well(home, "backfill", saved)
    again = [text_of(request) for request in server.requests][len(asked) :]
    assert not {text for text in asked if "Kisumu" not in text} & set(again)
    assert ask(home, FOUND) == EVENTS
    assert ask(home, REJECTED) == []


def test_a_budget_that_is_used_up_rejects_and_a_replay_catches_up(
    server: LoopbackServer, tmp_path: Path
) -> None:
    home = make_home(tmp_path / "home", settings=settings_of(server, budget_requests=1))
    call_well(home, "backfill", str(write_news(tmp_path / "saved")))
    assert len(server.requests) == 1
    assert ask(home, REJECTED) == [("coder_budget", 3)]
    assert ask(home, STEP_COUNTS) == [(4, 1, 3)]
    call_well(home, "replay")
    assert ask(home, REJECTED) == [("coder_budget", 3)]  # the replay has no budget of its own
    call_well(home, "replay", CHAT_BUDGET_REQUESTS="100")
    assert ask(home, FOUND) == EVENTS
    assert ask(home, REJECTED) == []
    assert len(server.requests) == 4


def test_bad_answers_are_asked_for_twice_then_rejected(server: LoopbackServer, tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", settings=settings_of(server))
    answer_well = reader(ANSWERS)

    def answer(request: Received) -> Reply:
        messages = body_of(request)["messages"]
        if "Kisumu" in text_of(request):
            return complete('{"events": [{"sentence": "Thous')  # cut, each time
        if "Aleppo" in text_of(request) and len(messages) == 2:
            return complete("I found one event in Aleppo.")
        return answer_well(request)

    server.route(PATH, answer)
    call_well(home, "backfill", str(write_news(tmp_path / "saved")))
    assert ask(home, FOUND) == EVENTS[:1]
    assert ask(home, REJECTED) == [("coder_bad_answer", 1)]
    [second] = [r for r in server.requests if "Aleppo" in text_of(r) and len(body_of(r)["messages"]) == 4]
    assert "no JSON object" in body_of(second)["messages"][3]["content"]


def test_a_refused_key_stops_the_batch_and_says_what_to_do(server: LoopbackServer, tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", settings=settings_of(server))
    server.route(PATH, refuse(401, f"Incorrect API key provided: {KEY}"))
    failed = call(home, "backfill", str(write_news(tmp_path / "saved")))
    assert failed.status == 1
    assert "set chat.key_env to the name of the environment variable" in failed.err


def test_the_key_is_nowhere(server: LoopbackServer, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Runs that go well and badly, with an endpoint that repeats the key wherever it can."""
    caplog.set_level(logging.DEBUG)
    home = make_home(tmp_path / "home", settings=settings_of(server))
    saved = str(write_news(tmp_path / "saved"))
    said = []
    for status in (401, 400, 503):
        server.route(PATH, refuse(status, f"{KEY} will not do", ("X-Key", KEY)))
        said.append(call(home, "backfill", saved))
    leaking = complete({"events": [ALEPPO | {"actors": [{"quote": KEY}], "weapons": [KEY]}], "key": KEY})
    server.route(PATH, lambda request: leaking if "Aleppo" in text_of(request) else complete(f"{KEY}?"))
    said.append(call(home, "backfill", saved))
    said += [call(home, command) for command in ("doctor", "settings", "status", "replay")]
    assert said[3].status == 0
    assert server.requests[-1].headers["authorization"] == f"Bearer {KEY}"
    assert ask(home, REJECTED) == [("coder_bad_answer", 3)]
    files = [path for path in home.path.rglob("*") if path.is_file() and not path.is_symlink()]
    assert any(path.parent.parent.name == "chat" for path in files)
    leaks = [path for path in files if KEY.encode() in path.read_bytes()]
    assert leaks == []
    assert KEY not in repr(said)
    assert KEY not in caplog.text
    assert KEY not in repr(read_rows(home))


def test_doctor_describes_the_endpoint_without_asking_it(server: LoopbackServer, tmp_path: Path) -> None:
    answer = call(make_home(tmp_path / "home", settings=settings_of(server)), "doctor")
    assert f"coders: test:1b at {server.url(PATH)}, with a key" in answer.out
    assert server.requests == []


@pytest.mark.parametrize(
    ("chat", "said"),
    [
        ({"url": ""}, "needs chat.url"),
        ({"model": " "}, "needs chat.model"),
        ({"key_env": "NOT_SET_ANYWHERE"}, "is not set; put the key there"),
    ],
)
def test_settings_that_will_not_do(chat: dict[str, str], said: str) -> None:
    values = {"url": "http://127.0.0.1:1/v1", "model": "m", "key_env": "", **chat}
    with pytest.raises(Permanent, match=said) as caught:
        read_endpoint(ChatSettings(**values), os.environ)  # type: ignore[arg-type]
    assert KEY not in str(caught.value)


def test_the_coder_by_itself(
    server: LoopbackServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    home = make_home(tmp_path / "home")
    coder = open_coder(home, server, max_text_characters=120)
    text = f"{KISUMU['sentence']} Police closed two streets. Nobody was hurt."
    first = code_one(coder, Document("a", text, published_at=PUBLISHED))
    assert [event.mode for event in first.events] == ["demo"]
    assert "chat_cut document=a characters=" in caplog.text
    assert "chat_dropped document=a recipient=1" in caplog.text
    other = open_coder(home, server, max_text_characters=120)
    again = code_one(other, Document("b", text, published_at=PUBLISHED))
    assert (again.id, again.events) == ("b", first.events)
    assert len(server.requests) == 1
    assert open_coder(home, server).version != coder.version
    assert open_coder(home, server, model="other").version != coder.version


def test_a_damaged_answer_is_asked_for_again(server: LoopbackServer, tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    coder = open_coder(home, server)
    document = Document("a", ALEPPO["sentence"])
    events = code_one(coder, document).events
    [path] = (home.cache / "chat").rglob("*.json")
    for content in ("{", json.dumps({"answer": "no JSON"})):
        path.write_text(content)
        assert code_one(coder, document).events == events
    assert len(server.requests) == 3


def test_what_one_document_and_what_all_have_to_do_with(server: LoopbackServer, tmp_path: Path) -> None:
    coder = open_coder(make_home(tmp_path / "home"), server)
    for reply, expected in (
        (refuse(400, "maximum context length"), NotCoded),
        (refuse(500, "broken"), Transient),
        (refuse(404, "no such model"), Permanent),
    ):
        server.route(PATH, reply)
        with pytest.raises(expected):
            code_one(coder, Document("a", "Gunmen attacked."))
