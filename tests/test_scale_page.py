"""`docs/scale.md` shows what its arithmetic gives."""

import sys

import pytest

from benchmarks.scale import SIZES, Numbers, find_most, main, make_plan, spend_of_load
from tests.paths import ROOT


def test_the_page_shows_what_the_script_prints(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["scale"])
    main()
    page = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    printed = capsys.readouterr().out
    assert [line for line in printed.splitlines() if line.startswith("|") and line not in page] == []
    assert f"{find_most(Numbers()):,} articles a day" in page


def test_a_home_bears_what_fits_into_its_time() -> None:
    numbers = Numbers()
    most, limit_s = find_most(numbers), numbers.load_share * numbers.publish_every_s
    assert spend_of_load(most, numbers) <= limit_s < spend_of_load(most + 1_000, numbers)
    for size in SIZES:
        plan = make_plan(size, numbers)
        assert spend_of_load(size / plan.homes, numbers) <= limit_s
        assert plan.cost(numbers, 1) < plan.cost(numbers, 12)
