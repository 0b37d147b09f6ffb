"""The supervisor over real processes that end, hang, and leave children behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from dateline.commands.supervisor import Component, Patience, Supervisor
from tests.limits import HANG_S
from tests.paths import ROOT
from transforms.errors import Permanent

STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
open(sys.argv[1], "w").write(f"{os.getpid()} {child.pid}")
time.sleep(600)
"""
"""Does not end when asked, and has a child in a session of its own."""

SUPERVISE = """
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell's background jobs begin
from pathlib import Path
from dateline.commands.supervisor import Component, Patience, Supervisor
folder, script = Path(sys.argv[1]), sys.argv[2]
part = Component("stubborn", (sys.executable, "-c", script, str(folder / "pids")))
supervisor = Supervisor([part], {}, folder, lambda line: print(line, flush=True), Patience(grace_s=1))
supervisor.run((folder / "pids").exists, "ready")
"""


def wait_for(path: Path) -> str:
    """The text of `path` as soon as there is some; a guard of a minute ends a test that hangs."""
    for _ in range(1200):
        if path.exists() and (text := path.read_text()):
            return text
        time.sleep(0.05)
    raise AssertionError(f"{path} never came")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_leaves_no_process_behind(tmp_path: Path, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, str(tmp_path), STUBBORN],
        cwd=ROOT,
        env=dict(os.environ, PYTHONPATH=str(ROOT)),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    below = [psutil.Process(int(pid)) for pid in wait_for(tmp_path / "pids").split()]
    time.sleep(1)  # so that the supervisor has seen the child of the child
    process.send_signal(number)
    process.communicate(timeout=HANG_S)
    assert process.returncode == 0
    assert not any(left.is_running() for left in below)


def test_a_part_that_ends_is_started_again_and_its_children_are_ended(tmp_path: Path) -> None:
    """The part of the first start dies and leaves a child; the second one stays."""
    script = """
import pathlib, subprocess, sys, time, os
runs = pathlib.Path(sys.argv[1])
with runs.open("a") as file:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    print(child.pid, file=file)
if len(runs.read_text().splitlines()) < 2:
    time.sleep(1.5)  # long enough to be seen
    sys.exit(3)
time.sleep(600)
"""
    said: list[str] = []
    runs = tmp_path / "runs"
    part = Component("scheduler", (sys.executable, "-c", script, str(runs)))

    def stop_after_two() -> bool:
        if runs.exists() and len(runs.read_text().splitlines()) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
            return True
        return False

    Supervisor([part], dict(os.environ), tmp_path, said.append, Patience(pause_s=0, grace_s=1)).run(
        stop_after_two, "stopped"
    )
    assert said[0].startswith("scheduler ended with status 3; starting it again")
    assert said[1:] == ["stopped"]
    assert not any(psutil.pid_exists(int(pid)) for pid in runs.read_text().split())


def test_a_part_that_keeps_ending_stops_all_with_its_last_words(tmp_path: Path) -> None:
    steady = Component("steady", (sys.executable, "-c", "import time; time.sleep(600)"))
    broken = Component("broken", (sys.executable, "-c", "raise SystemExit('database is locked')"))
    supervisor = Supervisor(
        [steady, broken], dict(os.environ), tmp_path, lambda line: None, Patience(2, 600, 0, 1)
    )
    with pytest.raises(Permanent, match=r"broken has ended 3 times.*\n.*database is locked"):
        supervisor.run()
    commands = [child.cmdline() for child in psutil.Process().children(recursive=True)]
    assert not any("time.sleep(600)" in " ".join(command) for command in commands)


def test_a_part_waits_for_what_it_needs_and_has_variables_of_its_own(tmp_path: Path) -> None:
    script = "import os, pathlib, time; pathlib.Path(os.environ['MAKES']).write_text('x'); time.sleep(600)"
    made = {name: tmp_path / name for name in ("database", "worker")}
    order: list[bool] = []

    def has_database() -> bool:
        order.append(made["worker"].exists())
        return made["database"].exists()

    def stop_when_made() -> bool:
        if made["worker"].exists():
            os.kill(os.getpid(), signal.SIGTERM)
        return made["worker"].exists()

    run = (sys.executable, "-c", script)
    parts = [
        Component("worker", run, {"MAKES": str(made["worker"])}, has_database),
        Component("database", run, {"MAKES": str(made["database"])}),
    ]
    said: list[str] = []
    Supervisor(parts, dict(os.environ), tmp_path, said.append, Patience(grace_s=1)).run(
        stop_when_made, "both"
    )
    assert said == ["both"]
    assert order == [False] * len(order) != []


def test_logs_are_for_the_owner_alone(tmp_path: Path) -> None:
    part = Component("part", (sys.executable, "-c", "print('a secret')"))
    with pytest.raises(Permanent, match="a secret"):
        Supervisor([part], dict(os.environ), tmp_path, lambda line: None, Patience(0, 600, 0, 1)).run()
    assert (tmp_path / "part.log").stat().st_mode & 0o077 == 0
