"""A home that cannot be one, and settings that make no sense: what is said of them."""

import subprocess
import sys
from pathlib import Path

import pytest

from dateline.cli import main
from dateline.home import Home
from dateline.settings import load_settings
from transforms.errors import Permanent


@pytest.mark.parametrize(
    "arguments", ["feeds add --no-check https://example.org/feed", "feeds import starter"]
)
def test_a_home_that_cannot_be_made_is_told_plainly(
    arguments: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DATELINE_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(SystemExit) as end:
        main(arguments.split())
    told = capsys.readouterr().err
    assert end.value.code == 1
    assert told.startswith(f"dateline: {tmp_path / 'file' / 'home'}: Not a directory; ")
    assert "DATELINE_HOME" in told


def test_a_full_disk_means_to_try_again_later(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no device that is always full")
    with pytest.raises(SystemExit) as end:
        main(["feeds", "export", "--csv", "-o", "/dev/full"])
    assert end.value.code == 75
    assert "free some space" in capsys.readouterr().err


def test_doctor_names_a_home_that_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DATELINE_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(SystemExit) as end:
        main(["doctor"])
    assert end.value.code == 1
    assert f"{tmp_path / 'file'} is no folder" in capsys.readouterr().out


def test_doctor_tells_a_broken_warehouse_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dateline.duckdb").write_bytes(b"no database at all")
    monkeypatch.setenv("DATELINE_HOME", str(tmp_path))
    with pytest.raises(SystemExit) as end:
        main(["doctor"])
    wrong = [line for line in capsys.readouterr().out.splitlines() if line.startswith("WRONG")]
    assert end.value.code == 1
    assert len(wrong) == 1 and "WRONG warehouse: " in wrong[0]


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_a_setting_that_is_no_usable_number_is_told(value: str, tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.settings.write_text(f"[http]\nread_timeout_s = {value}\n")
    with pytest.raises(Permanent, match=rf"read_timeout_s = {value} should be a number of seconds"):
        load_settings(home, {})
    home.settings.unlink()
    with pytest.raises(Permanent, match=rf"read_timeout_s = {value} should be a number of seconds"):
        load_settings(home, {"DATELINE_HTTP_READ_TIMEOUT_S": value})


def test_the_list_of_settings_is_to_be_had_while_one_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dateline.toml").write_text("[http]\ncontacts = 'me'\n")
    monkeypatch.setenv("DATELINE_HOME", str(tmp_path))
    with pytest.raises(SystemExit):
        main(["settings"])
    assert "`dateline settings --markdown` lists them" in capsys.readouterr().err
    with pytest.raises(SystemExit) as end:
        main(["settings", "--markdown"])
    assert end.value.code == 0
    assert "http.contact" in capsys.readouterr().out


def test_numbers_of_days_that_make_no_sense(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["status", "--days", "-3"])
    assert end.value.code == 2
    assert "-3 is not in the range" in capsys.readouterr().err


def test_whoever_reads_no_further_ends_a_command_quietly() -> None:
    done = subprocess.run(
        f"{sys.executable} -c 'from dateline.cli import main; main()' settings --markdown | head -c 5",
        shell=True,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("# Con", "")
