"""What a user installs: the wheel is whole, needs nothing but what it declares, and runs without the checkout."""

import os
import subprocess
import sys
import tarfile
import tomllib
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from tests.paths import ROOT

pytestmark = pytest.mark.slow

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment of its own, with Dateline from the wheel and without Airflow."""

    folder: Path
    packages: Path
    """Its site-packages."""

    def run(self, *arguments: str, home: str = "home") -> "subprocess.CompletedProcess[str]":
        """Run a program of the environment, far from the checkout."""
        program, *rest = arguments
        environ = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
        environ.pop("PYTHONPATH", None)
        return subprocess.run(
            [self.folder / "bin" / program, *rest],
            cwd=self.folder,
            env=environ | {"DATELINE_HOME": str(self.folder / home), "PYTHONNOUSERSITE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )


def build(kind: str, source: Path, into: Path) -> Path:
    """Build without the network, by the hatchling that is installed; returns the file."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(into)]
    subprocess.run(command, cwd=source, capture_output=True, check=True)
    [made] = into.iterdir()
    return made


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the sdist, as a packager does it."""
    folder = tmp_path_factory.mktemp("source")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    [source] = folder.iterdir()
    return build("wheel", source, tmp_path_factory.mktemp("wheel"))


def list_needed(requirements: list[str]) -> Iterator[Distribution]:
    """The installed distributions that the requirements ask for, and those that these ask for."""
    seen: set[tuple[str, str]] = set()
    waiting = [(Requirement(line), "") for line in requirements]
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        found = distribution(requirement.name)
        for wanted in ("", *requirement.extras):
            if (requirement.name, wanted) not in seen:
                seen.add((requirement.name, wanted))
                yield found
                waiting += [(Requirement(line), wanted) for line in found.requires or ()]


def link(dist: Distribution, into: Path) -> None:
    """Let `into` hold what the distribution put into its own site-packages, but no `.pth` file."""
    for name in {file.parts[0] for file in dist.files or ()} - {"..", "__pycache__"}:
        if not name.endswith(".pth") and not (into / name).exists():
            (into / name).symlink_to(str(dist.locate_file(name)))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Links to the packages that Dateline declares and no others: nothing of the checkout can leak in."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, symlinks=True)
    [packages] = folder.glob("lib/python*/site-packages")
    for dist in list_needed(PROJECT["project"]["dependencies"]):
        link(dist, packages)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True)
    return Installed(folder, packages)


def list_shipped() -> set[str]:
    files = (path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in files if path.suffix != ".pyc"}


def test_the_wheel_holds_all_files_of_its_packages_and_no_others(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == list_shipped()
    for kind in (".sql", ".csv", "page.html", "prompt.txt", ".toml", ".airflowignore", "judge.onnx"):
        assert any(name.endswith(kind) for name in names), kind


def test_the_source_archive_holds_what_its_tests_need(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    tests = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.*") if path.is_file()}
    assert {name for name in tests if not name.endswith(".pyc")} <= names
    assert {"Makefile", "requirements.lock", "docs/design.md", "CONTRIBUTING.md", "LICENSE"} <= names


def test_nothing_comes_from_the_checkout(installed: Installed) -> None:
    names = ", ".join(PACKAGES)
    program = f"import sys, {names}\nfor one in ({names}): print(one.__file__)\nprint(*sys.path)"
    *files, path = installed.run("python", "-c", program).stdout.splitlines()
    assert all(Path(file).is_relative_to(installed.packages) for file in files)
    assert str(ROOT) not in path.split()


def test_the_newsroom_runs_without_airflow_and_can_be_queried(installed: Installed) -> None:
    demo = installed.run("dateline", "demo", "--into", "demo")
    assert demo.returncode == 0, demo.stderr
    assert demo.stderr == ""
    assert "Airflow is not installed" in demo.stdout
    assert "`dateline run`" in demo.stdout
    assert "Kharkiv" in demo.stdout
    counts = "SELECT count(DISTINCT run_id), (SELECT count(*) > 20 FROM events) FROM fetches"
    found = installed.run("dateline", "sql", "--format", "csv", counts, home="demo")
    assert found.stdout.splitlines()[1] == "2,true"


def test_a_page_about_a_text_can_be_made(installed: Installed) -> None:
    (installed.folder / "text.txt").write_text(
        "Gunmen killed five people in Raqqa on Monday.", encoding="utf-8"
    )
    made = installed.run("dateline", "explain", "text.txt", "--html", "why.html", home="demo")
    assert made.returncode == 0, made.stderr
    assert "Raqqa" in (installed.folder / "why.html").read_text(encoding="utf-8")


def test_the_command_airflow_says_what_to_install(installed: Installed) -> None:
    asked = installed.run("dateline", "airflow")
    assert asked.returncode == 1
    assert "pip install 'dateline[airflow]'" in asked.stderr
    assert "dateline run" in asked.stderr


def test_doctor_finds_all_that_the_steps_import(installed: Installed) -> None:
    found = installed.run("dateline", "doctor")
    assert found.returncode == 0, found.stdout
    assert "ok    airflow: not installed, and not needed" in found.stdout


def test_doctor_says_what_is_missing_and_how_to_install_it(installed: Installed) -> None:
    gone = [path for path in installed.packages.iterdir() if path.name.startswith("trafilatura")]
    for path in gone:
        path.rename(installed.folder / path.name)
    try:
        found = installed.run("dateline", "doctor")
    finally:
        for path in gone:
            (installed.folder / path.name).rename(path)
    assert len(gone) == 2
    assert found.returncode == 1
    assert "WRONG imports: trafilatura not installed" in found.stdout
    assert "-m pip install 'trafilatura" in found.stdout
