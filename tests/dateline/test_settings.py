"""The settings table, the files and variables that may set it, and the page made from it."""

from pathlib import Path

import pytest

from dateline.settings import SETTINGS, Home, describe_settings, find_home, load_settings, variable_of
from tests.paths import ROOT
from transforms.errors import Permanent


def test_the_documentation_is_made_from_the_table() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert page == describe_settings(), "run: dateline settings --markdown > docs/configuration.md"


def test_every_setting_is_used_somewhere() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "dateline").rglob("*.py"))
    unused = [setting.name for setting in SETTINGS if code.count(f'"{setting.name}"') < 2]
    assert not unused


def test_environment_beats_file_beats_default(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.settings.write_text("[http]\nper_host = 5\nhost_spacing_s = 2\n")
    settings = load_settings(home, {"DATELINE_HTTP_PER_HOST": "7"})
    assert settings.whole("http.per_host") == 7
    assert settings.number("http.host_spacing_s") == 2.0
    assert settings.whole("http.max_redirects") == 10


@pytest.mark.parametrize(
    ("toml", "environ", "message"),
    [
        ("[http]\nper_hosts = 5\n", {}, "no setting is named 'http.per_hosts'"),
        ("contact = 'x'\n", {}, "no setting is named 'contact'"),
        ("[http\n", {}, "not valid TOML"),
        ("[http]\nper_host = 'many'\n", {}, "http.per_host = 'many' should be requests, such as 2"),
        ("[http]\nper_host = -1\n", {}, "below zero"),
        ("[http]\nobey_robots = 1\n", {}, "should be yes or no"),
        ("", {"DATELINE_HTTP_PER_HOST": "many"}, "'many' is no number of requests"),
        ("", {"DATELINE_HTTP_OBEY_ROBOTS": "maybe"}, "neither yes nor no"),
        ("", {"DATELINE_HTTP_PERHOST": "1"}, "DATELINE_HTTP_PERHOST names no setting"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, toml: str, environ: dict[str, str], message: str) -> None:
    home = Home(tmp_path)
    home.settings.write_text(toml)
    with pytest.raises(Permanent, match=message):
        load_settings(home, environ)


@pytest.mark.parametrize(("text", "value"), [("yes", True), ("1", True), ("off", False), ("FALSE", False)])
def test_flags_in_the_environment(tmp_path: Path, text: str, value: bool) -> None:
    settings = load_settings(Home(tmp_path), {"DATELINE_HTTP_OBEY_ROBOTS": text})
    assert settings.flag("http.obey_robots") is value


def test_variables_are_distinct() -> None:
    assert len({variable_of(setting.name) for setting in SETTINGS}) == len(SETTINGS)


def test_home_comes_from_the_environment(tmp_path: Path) -> None:
    assert find_home({"DATELINE_HOME": str(tmp_path)}).published == tmp_path / "dateline.duckdb"
    assert find_home({}).path == Path.home() / "dateline"
