"""Damaged or unreadable warehouse files and folders: a sentence that says what to do, or a repair."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dateline.home import Home
from tests.dateline.homes import ask, call, call_well, copy_home, make_home, read_rows
from tests.dateline.saved_news import write_news


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("damaged")
    home = make_home(folder / "home")
    call_well(home, "backfill", str(write_news(folder / "saved")))
    return home


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20_000])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def garble(path: Path) -> None:
    """Overwrite all blocks, but not the headers: it opens, or it does not, but it cannot be read."""
    content = path.read_bytes()
    path.write_bytes(content[:12_288] + bytes(byte ^ 0x55 for byte in content[12_288:]))


def replace(path: Path) -> None:
    path.write_bytes(b"a text" * 2_000)


HARMS = [cut, empty, garble, replace]


@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_published_file_is_published_again(
    harm: Callable[[Path], None], loaded: Home, tmp_path: Path
) -> None:
    home = copy_home(loaded, tmp_path / "home")
    before = read_rows(home)
    harm(home.published)
    said = call(home, "sql", "SELECT count(*) FROM articles")
    assert said.status == 1
    assert "`dateline run` publishes it again from the build file" in said.err
    call_well(home, "backfill", str(loaded.path.parent / "saved"))
    assert read_rows(home) == before


@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_build_file_is_told_and_begins_again_as_a_copy(
    harm: Callable[[Path], None], loaded: Home, tmp_path: Path
) -> None:
    home = copy_home(loaded, tmp_path / "home")
    before = read_rows(home)
    harm(home.build)
    saved = write_news(tmp_path / "more")
    answer = call(home, "backfill", str(saved))
    assert answer.status == 1
    assert "Traceback" not in answer.err
    assert str(home.build) in answer.err
    assert "move it away and run again: it begins again as a copy of" in answer.err
    assert read_rows(home) == before
    home.build.unlink()
    call_well(home, "backfill", str(saved))
    assert len(ask(home, "FROM loaded_batches")) == 2


@pytest.mark.parametrize("harm", HARMS)
def test_where_both_are_damaged_a_replay_is_the_way_out(
    harm: Callable[[Path], None], loaded: Home, tmp_path: Path
) -> None:
    home = copy_home(loaded, tmp_path / "home")
    before = read_rows(home)
    harm(home.published)
    harm(home.build)
    answer = call(home, "backfill", str(write_news(tmp_path / "more")))
    assert answer.status == 1
    assert "`dateline replay` builds it again" in answer.err or "begins again as a copy" in answer.err
    call_well(home, "replay")
    assert read_rows(home) == before


@pytest.mark.parametrize("harm", HARMS)
def test_a_lost_build_file_beside_a_damaged_published_one(
    harm: Callable[[Path], None], loaded: Home, tmp_path: Path
) -> None:
    home = copy_home(loaded, tmp_path / "home")
    home.build.unlink()
    harm(home.published)
    for _ in range(2):
        answer = call(home, "backfill", str(loaded.path.parent / "saved"))
        assert answer.status == 1
        assert "`dateline replay` builds it again from the archive" in answer.err
        assert str(home.published) in answer.err
        assert not home.build.exists()


@pytest.mark.parametrize(
    "command", [["run"], ["sql", "SELECT 1"], ["status"], ["replay"], ["export", "--day", "2026-03-03"]]
)
@pytest.mark.parametrize("name", ["dateline.duckdb", "build/build.duckdb", "staging", "archive", "build"])
def test_a_folder_or_file_in_the_way_gets_a_sentence(
    name: str, command: list[str], loaded: Home, tmp_path: Path
) -> None:
    home = copy_home(loaded, tmp_path / "home")
    home.feeds.write_text("url\nhttp://127.0.0.1:9/feed\n", encoding="utf-8")
    path = home.path / name
    path.rename(tmp_path / "away")
    if (tmp_path / "away").is_dir():
        path.write_text("in the way")
    else:
        path.mkdir()
    answer = call(home, *command)
    assert answer.status in (0, 1, 2, 75)
    assert answer.status == 0 or answer.err.strip()
    assert "Traceback" not in answer.err
