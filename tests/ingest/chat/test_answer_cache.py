"""Answers kept by content."""

from pathlib import Path

import pytest

from ingest.chat.answer_cache import AnswerCache


def test_what_was_written_is_read_and_nothing_else_lies_there(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path)
    assert cache.read("cq1-00ff") == ""
    cache.write("cq1-00ff", "m", "first\ud800")
    cache.write("cq1-00ff", "m", "answer — “yes”")
    assert AnswerCache(tmp_path).read("cq1-00ff") == "answer — “yes”"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["cq1-00ff.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"answer": 3}', "\x00"])
def test_a_broken_file_is_none(tmp_path: Path, text: str) -> None:
    cache = AnswerCache(tmp_path)
    cache.write("cq1-00ff", "m", "yes")
    next(tmp_path.rglob("*.json")).write_text(text)
    assert cache.read("cq1-00ff") == ""
