"""What alerts send of what is new: once, by event, to real services; what fails waits."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dateline.alerts.evaluate import lock_of_alerts, send_alerts
from dateline.alerts.state import read_states
from dateline.home import Home
from ingest.feeds.subscriptions import make_feed, write_subscriptions
from ingest.locks import hold_named_lock
from tests.dateline.alerts.homes import (
    EVENING,
    RAID,
    SIEGE,
    add_event,
    change_file,
    make_alert_home,
    serve_mail,
)
from tests.dateline.homes import SETTINGS, call, call_well, finish, lend_gazetteer, start
from tests.loopback import LoopbackServer, Reply
from transforms.errors import Permanent, Transient

DEATHS = '[deaths]\nfilter = "killed=5"\nfile = "out.jsonl"\n'
ALL_DAYS = "days = 100000\n"


def read_lines(home: Home) -> list[dict[str, Any]]:
    path = home.path / "out.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def sent_keys(home: Home) -> list[str]:
    return [line["key"] for line in read_lines(home)]


def test_an_event_is_sent_once(tmp_path: Path) -> None:
    home = make_alert_home(tmp_path, DEATHS)
    [first] = send_alerts(home, EVENING)
    assert (first.sent, first.waiting, first.error) == (2, 0, "")
    assert sent_keys(home) == [RAID, SIEGE]  # two outlets first
    [line, _] = read_lines(home)
    assert line["line"] == (
        "9 March 2026: air strike by Russia on five villagers in Lorvan, Ukraine; 5 to 7 killed"
        if "Ukraine" in line["line"]
        else "9 March 2026: air strike by Russia on five villagers in Lorvan, UKR; 5 to 7 killed"
    )
    assert line["sentence"] == "Russian jets killed five villagers in Lorvan on Monday."
    assert (line["sources"], line["url"]) == ("alpha, beta", "https://example.org/raid-b")
    assert line["fields"]["killed_max"] == 7
    [again] = send_alerts(home, EVENING)
    assert again.sent == 0
    add_event(home, "new")
    [third] = send_alerts(home, EVENING)
    assert third.sent == 1
    assert len(sent_keys(home)) == len(set(sent_keys(home))) == 3


def test_what_is_long_past_is_not_sent(tmp_path: Path) -> None:
    """A new alert does not flood, and neither does a backfill."""
    home = make_alert_home(tmp_path, DEATHS)
    assert send_alerts(home, EVENING + timedelta(days=20))[0].sent == 0
    home.alerts.write_text(DEATHS + "days = 30\n")
    assert send_alerts(home, EVENING + timedelta(days=20))[0].sent == 2


def test_an_event_that_was_merged_into_another_is_no_news(tmp_path: Path) -> None:
    home = make_alert_home(tmp_path, DEATHS)
    send_alerts(home, EVENING)
    change_file(
        home,
        f"UPDATE events SET event_id = 'em1-other' WHERE event_id = '{RAID}';"
        f"UPDATE mentions SET event_id = 'em1-other' WHERE event_id = '{RAID}';"
        f"INSERT INTO event_aliases VALUES ('{RAID}', 'em1-other', 1)",
    )
    assert send_alerts(home, EVENING)[0].sent == 0
    assert "em1-other" in read_states(home.alerts_state)["deaths"].sent


def test_an_event_that_waits_and_is_merged_is_sent_as_the_other(tmp_path: Path) -> None:
    home = make_alert_home(tmp_path, DEATHS.replace("out.jsonl", "folder/out.jsonl"))
    (home.path / "folder").write_text("in the way")
    assert send_alerts(home, EVENING)[0].waiting == 2
    change_file(
        home,
        f"UPDATE events SET event_id = 'em1-other' WHERE event_id = '{RAID}';"
        f"UPDATE mentions SET event_id = 'em1-other' WHERE event_id = '{RAID}';"
        f"INSERT INTO event_aliases VALUES ('{RAID}', 'em1-other', 1)",
    )
    home.alerts.write_text(DEATHS)
    assert send_alerts(home, EVENING)[0].sent == 2
    assert sorted(sent_keys(home)) == sorted(["em1-other", SIEGE])


def test_a_service_that_is_down_is_tried_again_and_what_waits_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    with LoopbackServer() as server:
        server.route("/hook", [Reply(500), Reply(500), Reply(200)])
        home = make_alert_home(
            tmp_path, f'[hook]\nfilter = "killed=5"\nurl = "json://127.0.0.1:{server.port}/hook"\n'
        )
        [down] = send_alerts(home, EVENING)
        assert (down.sent, down.waiting) == (0, 2)
        assert "500" in down.error
        status = call(home, "status").out
        assert "failed once since 2026-03-10 20:00" in status
        # long after: out of the days that are looked at, and still not lost
        assert send_alerts(home, EVENING + timedelta(days=50))[0].waiting == 2
        state = read_states(home.alerts_state)["hook"]
        assert state.failure is not None
        assert (state.failure.tries, state.failure.since) == (2, EVENING)
        [up] = send_alerts(home, EVENING + timedelta(days=51))
        assert (up.sent, up.waiting, up.error) == (2, 0, "")
        sent = [json.loads(request.body) for request in server.requests_for("/hook")]
    assert [one["title"] for one in sent] == ["hook: 2 events"] * 3
    assert "Lorvan" in sent[2]["message"]
    assert "Vell" in sent[2]["message"]


def test_one_channel_that_fails_keeps_no_other(tmp_path: Path) -> None:
    home = make_alert_home(
        tmp_path, '[a]\nfilter = ""\nurl = "json://127.0.0.1:9/${NOT_SET_HERE}"\n' + DEATHS
    )
    first, second = send_alerts(home, EVENING)
    assert first.error == "the environment variable NOT_SET_HERE is not set; set it where alerts are sent"
    assert second.sent == 2


def test_no_message_comes_before_its_time(tmp_path: Path) -> None:
    home = make_alert_home(tmp_path, DEATHS + 'every = "1h"\n')
    assert send_alerts(home, EVENING)[0].sent == 2
    add_event(home, "new")
    [early] = send_alerts(home, EVENING + timedelta(minutes=59))
    assert (early.sent, early.waiting, early.error) == (0, 1, "")
    assert "waits until 2026-03-10 21:00" in call(home, "alerts", "list").out or early.waiting
    assert send_alerts(home, EVENING + timedelta(minutes=60))[0].sent == 1


def test_each_sends_a_message_an_event_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with LoopbackServer() as server:
        server.route("/hook", [Reply(200), Reply(503), Reply(200)])
        home = make_alert_home(
            tmp_path,
            f'[hook]\nfilter = "killed=5"\nmode = "each"\nurl = "json://127.0.0.1:{server.port}/hook"\n',
        )
        [first] = send_alerts(home, EVENING)
        assert (first.sent, first.waiting) == (1, 1)
        [second] = send_alerts(home, EVENING)
        assert (second.sent, second.waiting) == (1, 0)
        texts = [json.loads(request.body)["message"] for request in server.requests_for("/hook")]
    assert ["in Vell" in text for text in texts] == [False, True, True]


def test_a_statement_with_events_or_with_a_key(tmp_path: Path) -> None:
    home = make_alert_home(
        tmp_path,
        """
        [events]
        sql = "SELECT event_id FROM events WHERE killed_best >= 9"
        file = "out.jsonl"
        [keys]
        sql = "SELECT country AS key, country || ' has news' AS text, count(*) AS events FROM events GROUP BY country"
        file = "out.jsonl"
        """,
    )
    send_alerts(home, EVENING)
    siege, country = read_lines(home)
    assert siege["key"] == SIEGE
    assert (country["key"], country["line"]) == ("UKR", "UKR has news")
    assert country["fields"] == {"text": "UKR has news", "events": 4}
    assert [one.sent for one in send_alerts(home, EVENING)] == [0, 0]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("SELECT 1 AS x", "neither a column event_id nor a column key"),
        ("SELECT * FROM nothing", "`sql` fails: Catalog Error"),
        ("SELECT 1; SELECT 2", "`sql` is not one SELECT"),
        ("DROP TABLE events", "`sql` is not one SELECT"),
        ("SELECT content AS key FROM read_text('/etc/passwd')", "`sql` fails"),
        ("SELECT range AS key FROM range(2000)", "more than 1,000 rows"),
        ("", "`sql` is not one SELECT"),
    ],
)
def test_a_wrong_statement_fails_its_alert_alone(statement: str, said: str, tmp_path: Path) -> None:
    home = make_alert_home(tmp_path, f'[bad]\nsql = "{statement}"\nfile = "x.jsonl"\n' + DEATHS)
    bad, good = send_alerts(home, EVENING)
    assert said in bad.error
    assert good.sent == 2
    answer = call(home, "alerts", "test", "bad")
    assert answer.status == 1
    assert said in answer.err


def test_feeds_in_trouble(tmp_path: Path) -> None:
    home = make_alert_home(tmp_path, '[feeds]\nfeeds = ["silent", "failing", "gap"]\nfile = "out.jsonl"\n')
    assert send_alerts(home, EVENING)[0].sent == 0
    change_file(
        home,
        "UPDATE feeds SET failures = 5, last_error = 'HTTP 503' WHERE outlet = 'beta';"
        "UPDATE feeds SET status = 'gone', last_error = '410 Gone' WHERE outlet = 'gamma';"
        "INSERT INTO coverage_evidence VALUES ('r', 'b', 'poll', 'fd1-alpha', DATE '2026-03-09', 'gap', NULL, 0,"
        " 'no entry in common', 1)",
    )
    later = EVENING + timedelta(days=6)
    assert send_alerts(home, later)[0].sent == 4
    lines = [line["line"] for line in read_lines(home)]
    assert any("alpha.example.org/feed) is silent since 10 March 2026" in line for line in lines)
    assert any("fails since 10 March 2026: 5 failures in a row: HTTP 503" in line for line in lines)
    assert any("fails since 10 March 2026: gone for good: 410 Gone" in line for line in lines)
    assert any("lost entries of 9 March 2026: no entry in common" in line for line in lines)
    assert send_alerts(home, later)[0].sent == 0


def test_a_kill_between_sending_and_remembering_sends_again(tmp_path: Path) -> None:
    """At least once: nothing is lost, and what is doubtful comes twice."""
    home = make_alert_home(tmp_path, DEATHS + ALL_DAYS)
    killed = start(home, "alerts", "send", strike="KILL", at="dateline.alerts.evaluate:_remember")
    assert finish(killed).status == -9
    assert sorted(sent_keys(home)) == sorted([RAID, SIEGE])
    call_well(home, "alerts", "send")
    assert sorted(sent_keys(home)) == sorted([RAID, SIEGE] * 2)
    call_well(home, "alerts", "send")
    assert len(sent_keys(home)) == 4


@pytest.mark.parametrize("at", range(1, 13))
def test_a_kill_anywhere_loses_nothing(at: int, tmp_path: Path) -> None:
    home = make_alert_home(tmp_path, DEATHS + ALL_DAYS)
    finish(start(home, "alerts", "send", strike="KILL", at=f"#{at}"))
    read_states(home.alerts_state)
    call_well(home, "alerts", "send")
    assert set(sent_keys(home)) == {RAID, SIEGE}
    assert not list(home.path.glob("*.part")), "nothing half-written stays"


def test_two_evaluations_at_once_send_once(tmp_path: Path) -> None:
    home = make_alert_home(tmp_path, DEATHS)
    with ThreadPoolExecutor() as threads:
        counts = list(threads.map(lambda _: send_alerts(home, EVENING)[0].sent, range(4)))
    assert sorted(counts) == [0, 0, 0, 2]
    assert len(sent_keys(home)) == 2


def test_an_evaluation_that_does_not_end_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    home = make_alert_home(tmp_path, DEATHS)
    with hold_named_lock(lock_of_alerts(home), 0), pytest.raises(Transient, match="locked by another"):
        send_alerts(home, EVENING, lock_wait_s=0)


def test_hostile_titles_are_text_everywhere(tmp_path: Path) -> None:
    nasty = "<script>alert(1)</script> \u202e@everyone <!channel> \x1b[2J" + "x" * 10_000
    with LoopbackServer() as server, serve_mail() as sink:
        server.route("/hook", Reply(200))
        mail = f"mailto://127.0.0.1:{sink.port}?from=dateline@example.org&to=me@example.org&mode=insecure"
        home = make_alert_home(
            tmp_path,
            f'[hook]\nfilter = "q=script"\nurl = "json://127.0.0.1:{server.port}/hook"\n'
            f'[mail]\nfilter = "q=script"\nurl = "{mail}"\n'
            f'[mail-as-html]\nfilter = "q=script"\nurl = "{mail}&format=html"\n'
            f'[file]\nfilter = "q=script"\nfile = "out.jsonl"\n',
        )
        add_event(home, "nasty", sentence=nasty)
        outcomes = send_alerts(home, EVENING)
        assert [(one.sent, one.error) for one in outcomes] == [(1, "")] * 4
        [request] = server.requests_for("/hook")
        plain, marked = sink.mails
    message = json.loads(request.body)["message"]
    assert "<script>alert(1)</script>" in message
    assert len(message) < 2_000
    for bad in ("\u202e", "\x1b", "@everyone", "<!channel"):
        assert bad not in message
    text, html = plain.get_body(("plain",)), marked.get_body(("html",))
    assert text is not None
    assert "<script>alert(1)</script>" in text.get_content()
    assert plain.get_content_type() == "text/plain"
    assert html is not None
    assert "<script>" not in html.get_content()
    assert "&lt;script&gt;" in html.get_content()
    assert plain["Subject"] == "mail: 1 event"
    [line] = (home.path / "out.jsonl").read_text().splitlines()
    assert line.isascii()
    assert len(json.loads(line)["sentence"]) <= 500


def test_a_command_is_given_json_and_its_failure_is_said(tmp_path: Path) -> None:
    keep = f"import sys; open({str(tmp_path / 'got.json')!r}, 'w').write(sys.stdin.read())"
    fail = "import sys; print('no such room', file=sys.stderr); sys.exit(3)"
    commands = {
        "good": [sys.executable, "-c", keep],
        "bad": [sys.executable, "-c", fail],
        "gone": ["/no/such"],
    }
    home = make_alert_home(
        tmp_path,
        "".join(
            f'[{name}]\nfilter = "killed=5"\ncommand = {json.dumps(command)}\n'
            for name, command in commands.items()
        ),
    )
    good, bad, gone = send_alerts(home, EVENING)
    assert good.sent == 2
    got = json.loads((tmp_path / "got.json").read_text())
    assert (got["alert"], got["title"], got["more"]) == ("good", "good: 2 events", 0)
    assert [item["key"] for item in got["items"]] == [RAID, SIEGE]
    assert bad.error.endswith("ended with 3: no such room")
    assert gone.error == "/no/such cannot be run: No such file or directory"


def test_secrets_come_from_the_environment_and_show_nowhere(tmp_path: Path) -> None:
    with LoopbackServer() as server:
        server.route("/tok-very-secret", Reply(500))
        home = make_alert_home(
            tmp_path, f'[a]\nfilter = "killed=5"\nurl = "json://127.0.0.1:{server.port}/${{MY_TOKEN}}"\n'
        )
        [outcome] = send_alerts(home, EVENING, {"MY_TOKEN": "tok-very-secret"})
        assert len(server.requests_for("/tok-very-secret")) == 1
    assert "500" in outcome.error
    assert "secret" not in outcome.error + home.alerts_state.read_text() + call(home, "alerts", "list").out


def test_a_url_of_no_service_is_said(tmp_path: Path) -> None:
    home = make_alert_home(tmp_path, '[a]\nfilter = "killed=5"\nurl = "nosuch://x"\n')
    assert "none that apprise knows" in send_alerts(home, EVENING)[0].error


def test_a_line_that_a_kill_cut_gets_its_end(tmp_path: Path) -> None:
    home = make_alert_home(tmp_path, DEATHS)
    (home.path / "out.jsonl").write_text('{"cut')
    send_alerts(home, EVENING)
    cut, *lines = (home.path / "out.jsonl").read_text().splitlines()
    assert cut == '{"cut'
    assert [json.loads(line)["key"] for line in lines] == [RAID, SIEGE]


def test_a_digest_names_fifty_and_counts_the_rest(tmp_path: Path) -> None:
    home = make_alert_home(
        tmp_path,
        '[many]\nsql = "SELECT range AS key, range AS n FROM range(120)"\ncommand = '
        + json.dumps(
            [
                sys.executable,
                "-c",
                f"import sys; open({str(tmp_path / 'got')!r}, 'w').write(sys.stdin.read())",
            ]
        )
        + "\n",
    )
    assert send_alerts(home, EVENING)[0].sent == 120
    got = json.loads((tmp_path / "got").read_text())
    assert (len(got["items"]), got["more"]) == (50, 70)
    assert got["text"].endswith("And 70 more, not named here.")


def test_a_damaged_state_says_what_to_do(tmp_path: Path) -> None:
    home = make_alert_home(tmp_path, DEATHS)
    home.alerts_state.write_text('{"version": 1, "al')
    with pytest.raises(Permanent, match="is damaged; remove it"):
        send_alerts(home, EVENING)
    assert "is damaged" in call(home, "status").out


def test_old_keys_are_forgotten(tmp_path: Path) -> None:
    home = make_alert_home(tmp_path, DEATHS)
    send_alerts(home, EVENING)
    send_alerts(home, EVENING + timedelta(days=500))
    assert read_states(home.alerts_state)["deaths"].sent == {}


def test_nothing_is_loaded_for_alerts_without_a_warehouse(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.alerts.write_text(DEATHS)
    assert send_alerts(home, EVENING) == []


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    home = make_alert_home(tmp_path, DEATHS + ALL_DAYS)
    assert "not evaluated yet" in call(home, "alerts", "list").out
    shown = call(home, "alerts", "test", "deaths").out
    assert "2 new rows of the last 100000 days" in shown
    assert "Test of deaths: 2 events" in shown
    assert not read_lines(home)
    assert "sent to file out.jsonl" in call(home, "alerts", "test", "deaths", "--send").out
    assert len(read_lines(home)) == 2
    assert not home.alerts_state.exists(), "a test is not remembered"
    assert call(home, "alerts", "send").out == "alert deaths: 2 sent\n"
    assert "nothing new" in call(home, "alerts", "test", "deaths").out
    assert call(home, "alerts", "test", "other").status == 1
    home.alerts.unlink()
    assert "no alerts yet" in call(home, "alerts", "list").out


def test_a_run_sends_alerts_and_none_of_their_faults_fails_it(tmp_path: Path) -> None:
    home = make_alert_home(tmp_path, DEATHS + ALL_DAYS)
    home.settings.write_text(SETTINGS)
    lend_gazetteer(home)
    with LoopbackServer() as server:
        server.route("/feed", Reply(body=b"<rss version='2.0'><channel><title>t</title></channel></rss>"))
        write_subscriptions(home.feeds, [make_feed(server.url("/feed"))])
        done = call(home, "run")
        assert done.status == 0, done
        assert "alert deaths: 2 sent" in done.out
        home.alerts.write_text("[a]\nx = 1\n")
        done = call(home, "run", "--all")
    assert done.status == 0, done
    assert "no alerts were sent: " in done.err
    assert "there is no 'x'" in done.err


def test_apprise_is_not_loaded_without_a_url(tmp_path: Path) -> None:
    home = make_alert_home(tmp_path, DEATHS + ALL_DAYS)
    program = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path;"
        "from dateline.home import Home; from dateline.alerts.evaluate import send_alerts;"
        f"send_alerts(Home(Path({str(home.path)!r})), datetime.now(UTC)); print('apprise' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
