"""Coders are found by entry point: ours, and those of packages that a user installs."""

import json
import tomllib
from pathlib import Path

import pytest

from dateline.coders.open_coder import BUNDLED, GROUP, find_coders, find_languages, open_coder
from dateline.home import Home
from dateline.settings import Settings
from tests.dateline.homes import SETTINGS, ask, call, call_well, make_home
from tests.dateline.saved_news import write_news
from tests.paths import ROOT
from transforms.coder.protocol import NotCoded, code_each, code_one
from transforms.errors import Permanent, Transient
from transforms.records import CodedDocument, Document
from transforms.settings import CodeSettings

DOCUMENTED = (ROOT / "docs" / "coders.md").read_text(encoding="utf-8")
MODULE = """
from transforms.coder.protocol import NotCoded
from transforms.records import CodedDocument, Toponym


class Capitals:
    version = "capitals-1"

    def __init__(self, home, settings):
        self.home = home

    def code(self, document):
        if "barley" in document.text.lower():
            raise NotCoded("coder_failed", "not about barley")
        at = document.text.find("Aleppo")
        return CodedDocument(document.id, (), (Toponym("Aleppo", at, at + 6),) if at >= 0 else ())
"""


def install(folder: Path, package: str, entry_points: str, module: str = MODULE) -> Path:
    """A package as pip leaves it in a folder of the path."""
    info = folder / f"{package}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{entry_points}\n")
    (folder / f"{package}.py").write_text(module)
    return folder


@pytest.fixture
def capitals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = install(tmp_path / "site", "capitals_coder", "capitals = capitals_coder:Capitals")
    monkeypatch.syspath_prepend(str(folder))


def test_ours_are_entry_points() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"][GROUP] == BUNDLED
    assert list(find_coders()) == ["chat", "judge"]


def test_an_unknown_name_says_which_there_are() -> None:
    with pytest.raises(Permanent, match=r"no coder is named 'rulez'.*; installed are chat, judge"):
        open_coder(Home(Path("/nowhere")), Settings(code=CodeSettings(coder="rulez")))


@pytest.mark.usefixtures("capitals")
def test_a_package_brings_a_coder(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    texts = [{"id": "a", "text": "Snow in Aleppo."}, {"id": "b", "text": "Barley does well."}]
    path = tmp_path / "texts.jsonl"
    path.write_text("\n".join(map(json.dumps, texts)), encoding="utf-8")
    answer = call(home, "code", "--coder", "capitals", str(path))
    assert answer.status == 0
    first, second = map(json.loads, answer.out.splitlines())
    assert first["places"][0]["text"] == "Aleppo"
    assert second == {"id": "b", "events": [], "places": []}
    assert "1 not coded: coder_failed: not about barley" in answer.err


@pytest.mark.usefixtures("capitals")
def test_a_run_codes_with_it_and_loses_nothing(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", settings=SETTINGS + '[code]\ncoder = "capitals"\n')
    call_well(home, "backfill", str(write_news(tmp_path / "saved")))
    assert ask(home, "SELECT DISTINCT coder FROM codings") == [("capitals-1",)]
    assert ask(home, "SELECT DISTINCT reason, detail FROM rejections WHERE stage = 'code'") == [
        ("coder_failed", "not about barley")
    ]
    counts = ask(
        home, "SELECT sum(taken), sum(passed), sum(rejected) FROM step_counts WHERE step = 'code_articles'"
    )
    assert counts == [(4, 2, 2)]
    doctor = call(home, "doctor")
    assert "the coder is 'capitals'; installed: capitals, chat, judge" in doctor.out


def test_the_coder_of_the_documentation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = DOCUMENTED.partition("```python\n")[2].partition("```")[0]
    folder = install(tmp_path / "site", "quake_coder", "quakes = quake_coder:QuakeCoder", module)
    monkeypatch.syspath_prepend(str(folder))
    assert 'quakes = "quake_coder:QuakeCoder"' in DOCUMENTED
    coder = open_coder(Home(tmp_path), Settings(), "quakes")
    assert find_languages(coder, CodeSettings(languages="en,fr")) == {"en"}
    coded = code_one(coder, Document("a", "A quake shook Kathmandu."))
    assert [(place.text, place.start) for place in coded.places] == [("Kathmandu", 14)]
    with pytest.raises(NotCoded):
        code_one(coder, Document("a", "x" * 100_001))


def test_doctor_names_a_coder_that_is_not_there(tmp_path: Path) -> None:
    answer = call(make_home(tmp_path / "home"), "doctor", CODE_CODER="capitals")
    assert answer.status == 1
    assert "WRONG coders: the coder is 'capitals'; installed: chat, judge" in answer.out


def test_a_package_that_is_broken_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = install(tmp_path / "site", "broken_coder", "broken = broken_coder:Missing", "")
    monkeypatch.syspath_prepend(str(folder))
    with pytest.raises(Permanent, match=r"'broken' \(broken_coder:Missing\) cannot be loaded"):
        open_coder(Home(tmp_path), Settings(), "broken")


def test_two_coders_of_one_name_are_no_coder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = install(tmp_path / "site", "other_coder", "judge = other_coder:Other")
    monkeypatch.syspath_prepend(str(folder))
    with pytest.raises(Permanent, match="two packages bring a coder named 'judge'"):
        open_coder(Home(tmp_path), Settings())


class Slow:
    """Asked from several threads at once."""

    def __init__(self, failing: str = "") -> None:
        self.failing = failing
        self.asked: list[str] = []

    def code(self, document: Document) -> CodedDocument:
        self.asked.append(document.id)
        if document.id == self.failing:
            raise Transient("away")
        if document.id == "3":
            raise NotCoded("coder_failed", "three")
        return CodedDocument(document.id, (), ())


def test_documents_keep_their_order_over_threads() -> None:
    documents = [Document(str(number), "") for number in range(20)]
    answers = list(code_each(Slow().code, documents, 4))
    assert [one.id if isinstance(one, CodedDocument) else one.detail for one in answers][:5] == [
        "0", "1", "2", "three", "4",
    ]  # fmt: skip


def test_trouble_in_one_thread_ends_the_work() -> None:
    with pytest.raises(Transient, match="away"):
        list(code_each(Slow("5").code, [Document(str(number), "") for number in range(20)], 4))


@pytest.mark.usefixtures("capitals")
def test_a_coder_of_one_document_at_a_time_is_taken_too(tmp_path: Path) -> None:
    coder = open_coder(Home(tmp_path), Settings(), "capitals")
    assert coder.languages == frozenset()
    answers = list(coder.code([Document("a", "Snow in Aleppo."), Document("b", "Barley does well.")]))
    assert isinstance(answers[0], CodedDocument) and isinstance(answers[1], NotCoded)


def test_a_coder_says_which_languages_it_reads(tmp_path: Path) -> None:
    settings = CodeSettings(languages="en,fr")
    home = make_home(tmp_path / "home")
    assert find_languages(open_coder(home, Settings(), "rules"), settings) == {"en"}
