"""The command line as a whole: quick, complete, and clear about what it does not know."""

import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from dateline.cli import COMMANDS, dateline
from tests.paths import ROOT

HEAVY = {
    "airflow",
    "duckdb",
    "feedparser",
    "httpx",
    "lxml",
    "pyarrow",
    "rich",
    "sqlite3",
    "trafilatura",
    "warcio",
}
PROGRAM = """
import json, sys
from dateline.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    print(json.dumps([end.code, sorted(sys.modules)]), file=sys.stderr)
"""


def run(*arguments: str) -> tuple[str, int, set[str]]:
    """What the command line prints, its exit status, and the top-level modules that it imported."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    status, modules = json.loads(done.stderr.splitlines()[-1])
    return done.stdout + done.stderr, status, {name.partition(".")[0] for name in modules}


def test_help_lists_every_command_and_imports_nothing_heavy() -> None:
    out, status, modules = run("--help")
    assert status == 0
    assert not modules & HEAVY
    for name, about in COMMANDS.items():
        assert f"  {name} " in out
        assert about.split()[0] in out


def test_an_unknown_command_is_a_usage_error_and_the_version_is_told() -> None:
    out, status, modules = run("pol")
    assert status == 2
    assert "No such command 'pol'" in out
    assert not modules & HEAVY
    assert importlib.metadata.version("dateline") in CliRunner().invoke(dateline, ["--version"]).output


def test_no_command_needs_anything_heavy_to_be_looked_at() -> None:
    program = "import sys; from dateline.cli import COMMANDS, dateline\n"
    program += "for name in COMMANDS: dateline.get_command(None, name)\n"
    program += "print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not set(done.stdout.split()) & HEAVY


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_help(name: str) -> None:
    result = CliRunner().invoke(dateline, [name, "--help"])
    assert result.exit_code == 0
    assert f"Usage: dateline {name}" in result.output
    assert len(result.output.splitlines()) >= 5


def test_an_option_that_does_not_exist_is_a_usage_error() -> None:
    result = CliRunner().invoke(dateline, ["run", "--everything"])
    assert result.exit_code == 2
    assert "--everything" in result.output


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the home folder should be")
    environment = dict(os.environ, DATELINE_HOME=str(tmp_path / "home"))
    done = subprocess.run(
        [sys.executable, "-m", "dateline", "feeds", "add", "--no-check", "https://example.org/feed"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("dateline: ")
    assert "home" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("given", "used"), [(None, "system"), ("mimalloc", "mimalloc")])
def test_arrow_gives_memory_back_unless_the_user_wants_another_allocator(
    given: str | None, used: str
) -> None:
    environ = {name: value for name, value in os.environ.items() if name != "ARROW_DEFAULT_MEMORY_POOL"}
    program = "import dateline.home, pyarrow; print(pyarrow.default_memory_pool().backend_name)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environ | ({"ARROW_DEFAULT_MEMORY_POOL": given} if given else {}),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == used
