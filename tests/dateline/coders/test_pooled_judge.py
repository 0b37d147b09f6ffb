"""The judge in worker processes gives the answers of the judge in one."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dateline.coders import pooled_judge
from dateline.coders.judge import open_judged_coder
from dateline.coders.pooled_judge import CodeJob, PooledJudge, run_job
from dateline.home import Home, ReplayHome
from dateline.settings import Settings
from ingest.workers import pool
from tests.coders import bundled_coder
from tests.dateline.homes import lend_gazetteer
from transforms.coder.code_document import JudgedCoder
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
    home = Home(tmp_path / "home")
    lend_gazetteer(home)
    return home


def test_answers_and_version_are_those_of_the_judge_and_processes_that_are_there_code_few(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pooled_judge, "FEW", 3)
    pool.close_kept()  # of other tests of this process
    documents = make_documents(4)
    answers = list(bundled_coder().code(documents))
    assert all(isinstance(answer, CodedDocument) and answer.events for answer in answers)
    pooled = PooledJudge(home, 2)
    assert (pooled.version, pooled.languages) == (bundled_coder().version, bundled_coder().languages)
    opened: list[Home] = []

    def open_here(home: Home, settings: Settings) -> JudgedCoder:
        opened.append(home)
        return bundled_coder()

    monkeypatch.setattr(pooled_judge, "open_judged_coder", open_here)
    assert list(pooled.code(iter(documents[:3]))) == answers[:3]
    assert len(opened) == 1
    assert list(pooled.code(iter(documents))) == answers
    assert list(pooled.code(iter(documents[:3]))) == answers[:3]
    assert len(opened) == 1


def test_processes_code_with_the_tables_in_force_wherever_they_lie(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replay's are those of the home that it replays, and a row may come in while processes are kept."""
    monkeypatch.setattr(pooled_judge, "FEW", 0)
    documents = make_documents(1)
    replaying = ReplayHome(tmp_path / "replay", home)
    before = list(PooledJudge(replaying, 2).code(documents))
    assert before == list(bundled_coder().code(documents))
    home.seeds.mkdir()
    (home.seeds / "triggers.csv").write_text("phrase,pos,type,mode,cameo,forms\nkill,verb,NONE,,,\n")
    after = list(PooledJudge(replaying, 2).code(documents))
    assert after == list(open_judged_coder(home, Settings()).code(documents)) != before
    assert not replaying.path.exists()


def test_a_users_broken_row_is_said_before_anything_is_coded(home: Home) -> None:
    home.seeds.mkdir(parents=True)
    (home.seeds / "triggers.csv").write_text("no,such,columns\n1,2,3\n")
    with pytest.raises(Permanent, match=r"triggers\.csv"):
        PooledJudge(home, 2)


def test_a_coder_that_cannot_be_opened_is_no_fault_of_the_text(home: Home) -> None:
    home.seeds.mkdir(parents=True)
    (home.seeds / "triggers.csv").write_text("no,such,columns\n1,2,3\n")
    [document] = make_documents(1)
    answer = run_job(CodeJob(home, "v1", replace(document, id="other")))
    assert isinstance(answer, Permanent)
