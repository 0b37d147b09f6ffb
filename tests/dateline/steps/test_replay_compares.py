"""A replay compares before it replaces: what the archive lacks is named, and the old warehouse is kept."""

from pathlib import Path

import pytest

from dateline.home import Home
from tests.dateline.homes import ask, call, call_well, copy_home, make_home, read_rows
from tests.dateline.saved_news import write_news


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("compared")
    home = make_home(folder / "home")
    call_well(home, "backfill", str(write_news(folder / "saved")))
    return home


@pytest.mark.parametrize("harm", ["missing", "cut", "damaged", "import", "import damaged"])
def test_nothing_good_is_replaced_by_less(harm: str, loaded: Home, tmp_path: Path) -> None:
    home = copy_home(loaded, tmp_path / "home")
    [warc] = home.archive.glob("*.warc.gz")
    [imported] = home.archive.glob("imports/*.parquet")
    victim = imported if harm.startswith("import") else warc
    content = victim.read_bytes()
    if harm in ("missing", "import"):
        victim.unlink()
    elif harm == "damaged":
        middle = len(content) // 2
        victim.write_bytes(content[:middle] + b"\xff" * 20 + content[middle + 20 :])
    else:
        victim.write_bytes(content[: len(content) // 2])
    before = read_rows(home)
    answer = call(home, "replay")
    assert answer.status == 1
    assert str(victim) in answer.err
    assert "`dateline replay --force`" in answer.err or "nothing to replay" in answer.err
    assert read_rows(home) == before
    victim.write_bytes(content)
    said = call_well(home, "replay")
    [kept] = home.path.glob("dateline-before-replay-*.duckdb")
    assert str(kept) in said
    assert read_rows(home)["articles"] == before["articles"]


def test_with_force_it_reads_on_after_the_damage(loaded: Home, tmp_path: Path) -> None:
    home = copy_home(loaded, tmp_path / "home")
    [warc] = home.archive.glob("*.warc.gz")
    [(offset,)] = ask(home, "SELECT warc_offset FROM fetches WHERE url LIKE '%kisumu'")
    content = warc.read_bytes()
    warc.write_bytes(content[: offset + 300] + b"\xff" * 20 + content[offset + 320 :])
    assert call(home, "replay").status == 1
    assert f"left out: {warc} is damaged or cut: 1 of " in call_well(home, "replay", "--force")
    assert ask(home, "SELECT count(*) FROM rejections WHERE reason = 'record_unreadable'") == [(1,)]
    sources = dict(ask(home, "SELECT url, text_source FROM articles WHERE is_current"))
    assert len(sources) == 3
    assert sorted(sources.values()) == ["feed", "page", "page"]
