"""The judge in worker processes gives the answers of the judge in one."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dateline.coders.judge import open_judged_coder
from dateline.coders.pooled_judge import FEW, CodeJob, PooledJudge, run_job
from dateline.home import Home
from dateline.settings import Settings
from transforms.errors import Permanent
from transforms.records import CodedDocument, Document

AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
TEXT = "Gunmen killed {count} people in a market in Maiduguri on Monday, police said. Protesters marched in Abuja."


def make_documents(count: int) -> list[Document]:
    return [
        Document(id=f"d{nth}", text=TEXT.format(count=nth + 2), published_at=AT, language="en")
        for nth in range(count)
    ]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.mark.parametrize("count", [FEW, FEW + 3])
def test_answers_and_version_are_those_of_the_judge(count: int, home: Home) -> None:
    documents = make_documents(count)
    one = open_judged_coder(home, Settings())
    pooled = PooledJudge(home, 2)
    assert (pooled.version, pooled.languages) == (one.version, one.languages)
    answers = list(pooled.code(iter(documents)))
    assert answers == list(one.code(documents))
    assert all(isinstance(answer, CodedDocument) and answer.events for answer in answers)


def test_a_users_broken_row_is_said_before_anything_is_coded(home: Home) -> None:
    home.seeds.mkdir(parents=True)
    (home.seeds / "triggers.csv").write_text("no,such,columns\n1,2,3\n")
    with pytest.raises(Permanent, match=r"triggers\.csv"):
        PooledJudge(home, 2)


def test_a_coder_that_cannot_be_opened_is_no_fault_of_the_text(home: Home) -> None:
    home.seeds.mkdir(parents=True)
    (home.seeds / "triggers.csv").write_text("no,such,columns\n1,2,3\n")
    [document] = make_documents(1)
    answer = run_job(CodeJob(home.path, replace(document, id="other")))
    assert isinstance(answer, Permanent)
