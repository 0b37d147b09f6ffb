"""Where settings come from, what is allowed, what is said of all else, and the page made from them."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dateline.home import Home, find_home
from dateline.settings import SETTINGS, Setting, Settings, describe_settings, list_settings, load_settings
from tests.dateline.homes import call
from tests.paths import ROOT
from transforms.errors import Permanent
from transforms.settings import ISO_639_1

NO_HOME = Home(Path("/nowhere"))
BY_NAME = {setting.name: setting for setting in SETTINGS}
NUMBERS = {
    setting: (json.loads(least.replace("_", "")), json.loads(most.replace("_", "")))
    for setting in SETTINGS
    for least, most in re.findall(
        r"^a (?:whole )?number of .* from ([\d._]+) to ([\d._]+)(?:, .*)?$", setting.allowed
    )
}
"""Each number with the two ends of its range, as the documentation gives them."""
NEIGHBOURS = {
    "poll.min_interval_s": "max_interval_s = 31_536_000\nmax_backoff_s = 31_536_000\n",
    "poll.max_interval_s": "min_interval_s = 0\n",
    "poll.max_backoff_s": "min_interval_s = 0\n",
    "chat.max_answer_tokens": "budget_tokens = 0\n",
}
"""What gets others out of the way of a number that goes to its ends."""
SWITCHES = [setting for setting in SETTINGS if isinstance(setting.default, bool)]
TEXTS: dict[str, tuple[list[str], list[str]]] = {
    "http.contact": (["", "me@example.org", "x" * 200], ["me\r\nX-Evil: 1", "Zoë", "a)(b", "x" * 201]),
    "code.coder": (["rules", "my-own_coder.2", "x" * 100], ["", "two words", "x" * 101, "a/b"]),
    "code.languages": (
        ["en", "en,fr", " en , de ", ",".join(sorted(ISO_639_1))],
        ["", "xx", "eng", "en,", "EN", "en fr", "english", "sh"],
    ),
    "chat.url": (
        ["", "http://127.0.0.1:11434/v1", "https://example.org/v1/", "http://[::1]:1/v1", "HTTPS://a:65535"],
        [
            "localhost", "ftp://a.org/v1", "http://", "http://me:SECRET@a.org", "https://SECRET@a.org/v1",
            "https://a.org/?key=SECRET", "http://a.org/#SECRET", "http://a.org:65536", "http://a:0", "http://[1",
            "http://a.org/v 1", "http://mü.org",
        ],
    ),
    "chat.model": (["", "llama3:8b", "Meta Llama 3", "x" * 200], ["a\nb", "x" * 201, "a\x00"]),
    "chat.key_env": (["", "CHAT_KEY", "_K2"], ["sk-SECRET", "chat_key", "2K", "DATELINE_KEY", "A B"]),
    **{
        f"history.{name}_url": (
            ["http://127.0.0.1:8080/web", "https://archive.example.org/cdx"],
            ["", "localhost", "ftp://a.org", "https://a.org/?url=x", "http://me@a.org"],
        )
        for name in ("wayback", "wayback_index", "commoncrawl_index", "commoncrawl_data", "gdelt", "mediacloud")
    },
    "history.mediacloud_key_env": (["", "MEDIACLOUD_KEY"], ["sk-SECRET", "key", "DATELINE_KEY"]),
    "load.memory_limit": (
        ["256MB", "245MiB", "4GB", "4 GB", "4gb", "0.5GB", "1T", "512M", "10%", "80%", "100 %", "999999TB"],
        ["", "1MB", "255MB", "244MiB", "0GB", "-1", "9%", "101%", "4", "4GBs", "lots", "none", "1PB", "1e9MB"],
    ),
    "lake.path": (
        ["", "lake", "/data/my lake", "s3://bucket/lake", "gs://bucket", "file:///data/lake"],
        ["s3://user:SECRET@bucket/lake", "s3://", "S3://bucket", "s3://bucket?key=SECRET", "s3://a b", "a\nb"],
    ),
    "warehouse.postgres_url_env": (["", "NEWS_DATABASE"], ["postgresql://me:SECRET@db/x", "DATELINE_URL"]),
    "storage.url": (
        ["", "s3://bucket/news", "gs://b", "file:///mnt/news", "abfs://c/d"], ["bucket", "s3://k:SECRET@b", "s3://a b"]
    ),
    "locks.url": (
        ["", "redis://host:6379/2", "rediss://h", "unix:///run/r.sock"], ["host:1", "http://h", "redis://:SECRET@h"]
    ),
    "locks.password_env": (["", "REDIS_PASSWORD"], ["SECRET word", "redis", "DATELINE_KEY"]),
    "metrics.file": (["", "/a.prom", "/var/lib/a b/x.prom"], ["a.prom", "/a.txt", "/.prom\n", "/a\nb.prom", "/"]),
}  # fmt: skip


def load(toml: str, tmp_path: Path, **environ: str) -> Settings:
    home = Home(tmp_path)
    home.settings.write_text(toml, encoding="utf-8")
    return load_settings(home, environ)


def set_one(setting: Setting, value: Any, neighbours: str = "") -> str:
    section, _, name = setting.name.partition(".")
    return f"[{section}]\n{name} = {json.dumps(value)}\n{neighbours}"


def test_the_documentation_is_made_from_the_settings() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert page == describe_settings(), "run: dateline settings --markdown > docs/configuration.md"


def test_every_setting_is_used_somewhere() -> None:
    used = set()
    for room in ("dateline", "ingest", "transforms", "warehouse"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute):
                    holder = node.value
                    name = holder.attr if isinstance(holder, ast.Attribute) else getattr(holder, "id", "")
                    used.add((name.removeprefix("_"), node.attr))
    unused = []
    for setting in SETTINGS:
        group, _, name = setting.name.partition(".")
        name = {"languages": "language_codes"}.get(name, name)
        if not {(group, name), ("settings", name)} & used:
            unused.append(setting.name)
    assert not unused


def test_every_setting_says_what_is_allowed() -> None:
    kinds = {setting.name for setting in (*NUMBERS, *SWITCHES)} | set(TEXTS)
    assert kinds == set(BY_NAME)
    assert all(setting.help.endswith(".") and setting.unit for setting in SETTINGS)


def test_environment_beats_file_beats_default(tmp_path: Path) -> None:
    settings = load("[http]\nper_host = 5\nhost_spacing_s = 2\n", tmp_path, DATELINE_HTTP_PER_HOST="7")
    assert settings.http.per_host == 7
    assert settings.http.host_spacing_s == 2.0
    assert settings.http.max_redirects == 10
    listed = {
        setting.name: (value, origin)
        for setting, value, origin in list_settings(Home(tmp_path), settings, {"DATELINE_HTTP_PER_HOST": "7"})
    }
    assert listed["http.per_host"] == (7, "DATELINE_HTTP_PER_HOST")
    assert listed["http.host_spacing_s"] == (2.0, "dateline.toml")
    assert listed["http.max_redirects"] == (10, "default")


def test_settings_made_by_hand_hear_of_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_HTTP_PER_HOST", "7")
    monkeypatch.setenv("HTTP", '{"per_host": 7}')
    assert Settings().http.per_host == 2


@pytest.mark.parametrize("setting", NUMBERS, ids=lambda setting: setting.name)
def test_numbers_at_both_ends_of_their_range(setting: Setting, tmp_path: Path) -> None:
    section = f"[{setting.name.partition('.')[0]}]\n"
    neighbours = NEIGHBOURS.get(setting.name, "")
    least, most = NUMBERS[setting]
    for value in (least, most, setting.default):
        settings = load(set_one(setting, value, neighbours), tmp_path)
        assert setting.read(settings) == value
        assert type(setting.read(settings)) is type(setting.default)
        settings = load(section + neighbours, tmp_path, **{setting.variable: str(value)})
        assert setting.read(settings) == value
    step = 1 if isinstance(setting.default, int) else 0.0005
    for value in (most + step, 10**30, least - step, -1):
        with pytest.raises(Permanent) as caught:
            load(set_one(setting, value), tmp_path)
        assert str(caught.value) == (
            f"{tmp_path / 'dateline.toml'}: {setting.name} = {value!r} should be {setting.allowed}"
        )
        with pytest.raises(Permanent) as caught:
            load("", tmp_path, **{setting.variable: str(value)})
        assert str(caught.value).startswith(f"{setting.variable}: {setting.name} = ")
        assert str(caught.value).endswith(f" should be {setting.allowed}")


@pytest.mark.parametrize("name", TEXTS)
def test_texts_that_fit_and_others(name: str, tmp_path: Path) -> None:
    setting = BY_NAME[name]
    good, bad = TEXTS[name]
    for text in [*good, *(f" {text} " for text in good)]:
        assert setting.read(load(set_one(setting, text), tmp_path)) == text.strip()
        assert setting.read(load("", tmp_path, **{setting.variable: text})) == text.strip()
    for text in bad:
        for toml, environ in ((set_one(setting, text), {}), ("", {setting.variable: text})):
            with pytest.raises(Permanent) as caught:
                load(toml, tmp_path, **environ)
            where = setting.variable if environ else str(tmp_path / "dateline.toml")
            assert str(caught.value).startswith(f"{where}: {name} ")
            assert f"should be {setting.allowed}" in str(caught.value)
            assert "SECRET" not in f"{caught.value} {caught.value.__cause__}"


@pytest.mark.parametrize("setting", SWITCHES, ids=lambda setting: setting.name)
def test_switches(setting: Setting, tmp_path: Path) -> None:
    for value in (True, False):
        assert setting.read(load(set_one(setting, value), tmp_path)) is value
    for text, value in {
        "yes": True,
        "1": True,
        "On": True,
        "off": False,
        "FALSE": False,
        "no": False,
    }.items():
        assert setting.read(load("", tmp_path, **{setting.variable: text})) is value
    for text in ("maybe", "", "2"):
        with pytest.raises(Permanent, match=rf"{setting.variable}: .* should be true or false"):
            load("", tmp_path, **{setting.variable: text})


@pytest.mark.parametrize(
    ("toml", "environ", "message"),
    [
        ("[http]\nper_hosts = 5\n", {}, "no setting is named 'http.per_hosts'"),
        ("[https]\nper_host = 5\n", {}, "no setting is named 'https.per_host'"),
        ("[HTTP]\nper_host = 5\n", {}, "no setting is named 'HTTP.per_host'"),
        ("contact = 'x'\n", {}, "no setting is named 'contact'"),
        ("http = 5\n", {"DATELINE_HTTP_PER_HOST": "1"}, "no setting is named 'http'"),
        ("[http\n", {}, "not valid TOML"),
        ("[http]\nper_host = " + "9" * 5000, {}, "not valid TOML"),
        ("x = " + "[" * 50_000, {}, "not valid TOML"),
        ("[http]\nper_host = 0x" + "f" * 5000, {}, "http.per_host = a number without end should be a whole"),
        ("[http]\nper_host = 'many'\n", {}, "http.per_host = 'many' should be a whole number of requests from 1"),
        ("[http]\nper_host = '5'\n", {}, "http.per_host = '5' should be a whole number"),
        ("[http]\nper_host = 5.0\n", {}, "http.per_host = 5.0 should be a whole number"),
        ("[http]\nper_host = true\n", {}, "http.per_host = True should be a whole number"),
        ("[http]\nhost_spacing_s = true\n", {}, "http.host_spacing_s = True should be a number"),
        ("[http]\nper_host = {a = 1}\n", {}, "http.per_host = {'a': 1} should be a whole number"),
        ("[http]\nobey_robots = 1\n", {}, "http.obey_robots = 1 should be true or false"),
        ("[http]\ncontact = 5\n", {}, "http.contact = 5 should be up to 200 characters"),
        ("[http]\ncontact = 2026-03-02\n", {}, "http.contact = datetime.date"),
        ("", {"DATELINE_HTTP_PER_HOST": "many"}, "DATELINE_HTTP_PER_HOST: http.per_host = 'many' should be"),
        ("", {"DATELINE_HTTP_PER_HOST": "9" * 5000}, "99... should be a whole number"),
        ("", {"DATELINE_HTTP_PER_HOST": ""}, "http.per_host = '' should be a whole number"),
        ("", {"DATELINE_HTTP_PERHOST": "1"}, "the environment variable DATELINE_HTTP_PERHOST names no setting"),
        ("", {"DATELINE_HTTP": '{"per_host": 1}'}, "the environment variable DATELINE_HTTP names no setting"),
        ("", {"DATELINE_HTTP_CONTACT": "\udcff"}, r"DATELINE_HTTP_CONTACT: http.contact = '\udcff' should be"),
        (
            "[poll]\nmin_interval_s = 900\nmax_interval_s = 600\n",
            {"DATELINE_POLL_MIN_INTERVAL_S": "1000"},
            "poll.min_interval_s = 1000 (DATELINE_POLL_MIN_INTERVAL_S) is above poll.max_interval_s = 600 (",
        ),
        ("[poll]\nmax_backoff_s = 60\n", {}, "poll.min_interval_s = 600 (default) is above poll.max_backoff_s = 60"),
        ("[chat]\nbudget_tokens = 99\n", {}, "chat.max_answer_tokens = 4096 (default) is above chat.budget_tokens"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(tmp_path: Path, toml: str, environ: dict[str, str], message: str) -> None:
    with pytest.raises(Permanent, match=re.escape(message)):
        load(toml, tmp_path, **environ)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.settings.write_bytes(b"[http]\ncontact = '\xff'\n")
    with pytest.raises(Permanent, match="not valid TOML"):
        load_settings(home, {})
    home.settings.unlink()
    home.settings.mkdir()
    with pytest.raises(Permanent, match="is a folder"):
        load_settings(home, {})


def test_variables_are_distinct() -> None:
    assert len({setting.variable for setting in SETTINGS}) == len(SETTINGS)


def test_home_comes_from_the_environment(tmp_path: Path) -> None:
    assert find_home({"DATELINE_HOME": str(tmp_path)}).published == tmp_path / "dateline.duckdb"
    assert find_home({}).path == Path.home() / "dateline"
    with pytest.raises(Permanent, match="DATELINE_HOME"):
        find_home({"DATELINE_HOME": "~nobody-of-this-name/x"})


VALUES = st.one_of(
    st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.dates(), st.lists(st.integers(), max_size=2)
)  # fmt: skip


@given(st.dictionaries(st.sampled_from([setting.variable for setting in SETTINGS]), st.text(max_size=20)))
@example({"DATELINE_LOAD_MEMORY_LIMIT": "٤GB"})
@example({"DATELINE_CHAT_URL": "http://[::1"})
def test_whatever_the_environment_says(environ: dict[str, str]) -> None:
    try:
        settings = load_settings(NO_HOME, environ)
    except Permanent as error:
        assert "pydantic" not in str(error) and "\n" not in str(error)
    else:
        assert Settings(**settings.model_dump()) == settings


@given(st.sampled_from(SETTINGS), VALUES)
def test_whatever_the_file_says(
    tmp_path_factory: pytest.TempPathFactory, setting: Setting, value: Any
) -> None:
    section, _, name = setting.name.partition(".")
    if isinstance(value, str):
        shown = json.dumps(value).replace("\x7f", "\\u007f")
    elif isinstance(value, bool):
        shown = str(value).lower()
    else:
        shown = str(value)
    path = tmp_path_factory.getbasetemp() / "any"
    path.mkdir(exist_ok=True)
    try:
        settings = load(f"[{section}]\n{name} = {shown}\n", path)
    except Permanent as error:
        assert str(error).startswith(f"{path / 'dateline.toml'}: ") or " is above " in str(error)
        assert "pydantic" not in str(error) and "\n" not in str(error)
    else:
        assert setting.read(settings) == (value.strip() if isinstance(value, str) else value)


def test_a_run_with_a_setting_that_does_not_fit_says_so_and_ends(tmp_path: Path) -> None:
    for name, value in (
        ("POLL_MAX_BATCHES", "0"),
        ("LOAD_MEMORY_LIMIT", "1MB"),
        ("MERGE_MAX_DAYS_APART", "1000000000"),
    ):
        answer = call(Home(tmp_path), "run", **{name: value})
        assert answer.status == 1
        assert answer.err.startswith(f"dateline: DATELINE_{name}: ")
        assert answer.err.count("\n") == 1
