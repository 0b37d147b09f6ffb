"""A day's budget: shared by processes, begun anew each day, never overspent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.chat.budget import Budget, Spent
from transforms.coder.protocol import NotCoded
from transforms.errors import Permanent

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
NEXT = datetime(2026, 3, 6, 0, tzinfo=UTC)


def test_tokens_are_reserved_and_settled(tmp_path: Path) -> None:
    budget = Budget(tmp_path / "budgets" / "b.json", 0, 100, lambda: NOON)
    budget.reserve(80)
    with pytest.raises(NotCoded, match="80 tokens are more than is left of") as caught:
        budget.reserve(80)
    assert caught.value.reason == "coder_budget"
    budget.correct(80, 15)
    budget.reserve(80)
    assert budget.read() == Spent("2026-03-05", 2, 95)


def test_the_next_process_knows_and_the_next_day_begins_anew(tmp_path: Path) -> None:
    Budget(tmp_path / "b.json", 1, 0, lambda: NOON).reserve(10)
    with pytest.raises(NotCoded):
        Budget(tmp_path / "b.json", 1, 0, lambda: NOON).reserve(10)
    Budget(tmp_path / "b.json", 1, 0, lambda: NEXT).reserve(10)
    assert Budget(tmp_path / "b.json", 1, 0, lambda: NEXT).read() == Spent("2026-03-06", 1, 10)


def test_zero_is_no_limit(tmp_path: Path) -> None:
    budget = Budget(tmp_path / "b.json", 0, 0, lambda: NOON)
    for _ in range(5):
        budget.reserve(10**9)
    assert budget.read().requests == 5


def test_many_at_once_do_not_overspend(tmp_path: Path) -> None:
    def spend(_: int) -> bool:
        try:
            Budget(tmp_path / "b.json", 20, 0, lambda: NOON).reserve(1)
        except NotCoded:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(spend, range(60))) == 20


@pytest.mark.parametrize("text", ["{", "[]", '{"day": "2026-03-05"}', "\x00" * 200])
def test_a_broken_file_is_no_new_budget(tmp_path: Path, text: str) -> None:
    path = tmp_path / "b.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Permanent, match=r"b\.json: cannot be read"):
        Budget(path, 1, 0, lambda: NOON).reserve(1)
