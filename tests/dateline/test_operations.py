"""`docs/operations.md`: its backup and restore, run as they stand there."""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from dateline.home import Home
from tests.dateline.conftest import Polled
from tests.dateline.homes import ask, environment, lend_gazetteer
from tests.paths import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def find_blocks(title: str) -> list[str]:
    """The shell blocks of a section."""
    [section] = re.findall(rf"^## {title}\n(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


def run_block(block: str, home: Home, backup: Path) -> None:
    """As a user would in a shell; the command line is this checkout's."""
    programs = backup.with_name("bin")
    programs.mkdir(exist_ok=True)
    program = programs / "dateline"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dateline "$@"\n')
    program.chmod(stat.S_IRWXU)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    given = environment(home) | {"BACKUP": str(backup), "PATH": path, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["sh", "-eu"], input=block, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not shutil.which("rsync"), reason="the page uses rsync")
def test_a_home_comes_back_from_its_backup(polled: Polled, tmp_path: Path) -> None:
    [backup] = find_blocks("Backup")
    restore, _replay = find_blocks("Restore")
    run_block(backup, polled.home, tmp_path / "backup")
    run_block(backup, polled.home, tmp_path / "backup")  # over the one before
    restored = Home(tmp_path / "restored")
    lend_gazetteer(restored)  # which a first run compiles
    run_block(restore, restored, tmp_path / "backup")
    for question in (
        "SELECT article_version_id, text FROM articles ORDER BY ALL",
        "SELECT event_id, mentions, articles FROM events ORDER BY ALL",
    ):
        assert ask(restored, question) == ask(polled.home, question)
