"""Ctrl-C at the prompt of `dateline sql`: it stops what runs or forgets what was typed, and no more."""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.warehouse.newsroom import make_warehouse

PROMPT = b"dateline> "
ENDLESS = (
    b"SELECT count(*) FROM range(1000000000) AS a, range(1000000000) AS b WHERE a.range + b.range = 7;\n"
)
CTRL_C, CTRL_D = b"\x03", b"\x04"
IN_A_TERMINAL = """
import os, pty, sys
run = [sys.executable, "-c", "from dateline.cli import main; main(['sql'])"]
sys.exit(os.waitstatus_to_exitcode(pty.spawn(run)))
"""  # a terminal of its own, so that Ctrl-C goes to nobody else


def test_ctrl_c_stops_a_query_and_forgets_a_line(tmp_path: Path) -> None:
    home = make_warehouse(tmp_path / "home").folder
    (home / "cache").write_text("no folder: the history cannot be kept, and that is no matter")
    environ = {**os.environ, "DATELINE_HOME": str(home), "TERM": "dumb"}
    with subprocess.Popen(
        [sys.executable, "-c", IN_A_TERMINAL],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
        env=environ,
    ) as terminal:
        assert terminal.stdin is not None

        def answer_to(typed: bytes, wait_s: float = 0.0) -> bytes:
            """What is shown until the next prompt, after `typed` and, `wait_s` later, Ctrl-C."""
            assert terminal.stdin is not None
            terminal.stdin.write(typed)
            if wait_s:
                time.sleep(wait_s)
                terminal.stdin.write(CTRL_C)
            return read_until(terminal, PROMPT)

        read_until(terminal, PROMPT)
        assert b"stopped" in answer_to(ENDLESS, wait_s=1.0)
        answer_to(b"SELECT 1, ", wait_s=0.3)
        assert b"42" in answer_to(b"SELECT 6 * 7 AS answer;\n")
        terminal.stdin.write(CTRL_D)
        assert terminal.wait(timeout=30) == 0


def read_until(terminal: "subprocess.Popen[bytes]", wanted: bytes) -> bytes:
    assert terminal.stdout is not None
    seen = b""
    while wanted not in seen:
        part = terminal.stdout.read(4096)
        assert part, f"it ended with {seen!r}"
        seen += part
    return seen
