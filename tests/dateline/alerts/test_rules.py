"""`alerts.toml`: what it takes, and how it says what is wrong."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.alerts.rules import FILTER_NAMES, AlertRule, find_rule, read_rules
from dateline.home import Home
from tests.paths import ROOT
from transforms.errors import Permanent
from warehouse.browse.filters import EventFilter, write_filter


def read(folder: Path, text: str) -> tuple[Home, str]:
    home = Home(folder)
    home.alerts.write_text(text, encoding="utf-8")
    with pytest.raises(Permanent) as caught:
        read_rules(home)
    return home, str(caught.value).removeprefix(str(home.alerts))


def test_no_file_is_no_alerts(tmp_path: Path) -> None:
    assert read_rules(Home(tmp_path)) == ()


def test_what_an_alert_may_say(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.alerts.write_text(
        """
        [deaths]
        filter = { country = ["SDN", "MMR"], killed = 5, background = false, confidence = 0.5 }
        url = "slack://${SLACK_TOKEN}/#news"
        every = "90min"
        days = 3
        [as-in-the-address]
        filter = "country=SDN&q=El%20Obeid&killed=5"
        file = "alerts.jsonl"
        mode = "each"
        [feeds]
        feeds = ["silent", "gap"]
        command = ["notify", "--now"]
        ["own statement"]
        sql = "SELECT event_id FROM events"
        file = "~/out"
        """.replace('"own statement"', "own")
    )
    deaths, address, feeds, own = read_rules(home)
    assert deaths.filter == (
        ("country", "SDN"), ("country", "MMR"), ("killed", "5"), ("background", "0"), ("confidence", "0.5"),
    )  # fmt: skip
    assert (deaths.every, deaths.days, deaths.mode) == (timedelta(minutes=90), 3, "digest")
    assert address.filter == (("country", "SDN"), ("q", "El Obeid"), ("killed", "5"))
    assert (feeds.what, feeds.channel) == ("feeds: silent, gap", "command notify --now")
    assert own.what == "SELECT event_id FROM events"
    assert find_rule((deaths, own), "own") is own
    with pytest.raises(Permanent, match="there are: deaths, own"):
        find_rule((deaths, own), "x")


def test_every_name_of_the_filter_can_be_given() -> None:
    whole = EventFilter(
        actor="a", least_killed=1, outlets=("b",), least_outlets=1, least_confidence=0.1, text="c", place=1,
        background=True, bounds=(0, 0, 1, 1), countries=("SDN",), types=("AID",), modes=("demo",),
    )  # fmt: skip
    assert {name for name, _ in write_filter(whole)} | {"from", "to"} == set(FILTER_NAMES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = [", " is no TOML: Invalid value"),
        ("a = 1", ", line 1: a stands outside of every alert"),
        ('[a]\nfile = "x"\nfeeds = ["gap"]\n\n# and\nevry = "1h"', ", line 6: alert a: there is no 'evry'"),
        (
            '[b]\nfile = "x"\nfeeds = ["gap"]\n[a]\nfile = "x"\nevery = "1 hour"\nfeeds = ["gap"]',
            ", line 6: alert a: every: should be a time such as",
        ),
        ('[a]\nfile = "x"', ", line 1: alert a: needs one of filter, sql, feeds, and has none"),
        (
            '[a]\nfile = "x"\nurl = "json://x"\nfilter = ""',
            ", line 1: alert a: needs one of url, command, file, and has url and file",
        ),
        ('[a]\nfile = "x"\nfilter = "kiled=3"', ", line 3: alert a: filter: has no 'kiled'; there are from"),
        ('[a]\nfile = "x"\n[a.filter]\nkiled = 3', ", line 3: alert a: filter: has no 'kiled'"),
        ('[a]\nfile = "x"\nfilter = "killed=many"', ", line 3: alert a: filter: killed=many is no whole"),
        ('[a]\nfile = "x"\nfeeds = ["quiet"]', ", line 3: alert a: feeds: "),
        ('[a]\nfile = "x"\nfeeds = ["gap"]\nmode = "all"', ", line 4: alert a: mode: "),
        ('[a]\nfile = "x"\nfeeds = ["gap"]\ndays = 0', ", line 4: alert a: days: "),
        ('[a]\nname = "b"', ", line 2: alert a: there is no 'name'"),
        ('["a b"]\nfile = "x"', ", line 1: alert a b should have a name"),
        ('[a]\ncommand = []\nfeeds = ["gap"]', ", line 2: alert a: command: "),
    ],
)
def test_what_is_wrong_is_said_with_line_and_key(text: str, said: str, tmp_path: Path) -> None:
    _, message = read(tmp_path, text)
    assert message.startswith(said), message


def test_a_secret_that_is_written_out_is_not_shown(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.alerts.write_text('[a]\nfeeds = ["gap"]\nurl = "mailtos://me:hunter2hunter2@example.org"\n')
    [rule] = read_rules(home)
    assert "hunter2" not in rule.channel
    _, message = read(tmp_path, '[a]\nfeeds = ["gap"]\nurl = ["xoxb-12345678901234567890"]\n')
    assert "xoxb" not in message


@given(st.text(max_size=200))
def test_any_text_is_alerts_or_a_sentence(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.alerts.write_text("[a]\nfilter = '''" + text.replace("'", "").replace("\r", "") + "'''\nfile = 'x'",
                               encoding="utf-8", errors="replace")  # fmt: skip
        try:
            rules = read_rules(home)
        except Permanent as error:
            assert str(home.alerts) in str(error)
        else:
            assert len(rules) == 1


def test_the_examples_of_the_page_are_alerts(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
    home = Home(tmp_path)
    home.alerts.write_text(page.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    assert [rule.name for rule in read_rules(home)] == ["killed-in-sudan", "protests", "new-weapons", "feeds"]
    for key in AlertRule.model_fields.keys() - {"name"}:
        assert f"| `{key}` |" in page
