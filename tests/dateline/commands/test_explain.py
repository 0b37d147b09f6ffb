"""`dateline explain`: files and articles in, reasons out, in the terminal and as a page."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dateline.home import Home
from ingest.tables.gazetteer_file import find_gazetteer_file
from tests.coders import CACHE, whole_gazetteer
from tests.dateline.homes import call, call_well, make_home
from tests.warehouse.newsroom import make_warehouse
from transforms.marked_text import cut_pieces

SENTENCE = "Gunmen killed five people in Peshawar on Thursday."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("explain") / "home")


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    lines = [
        {"id": "a", "text": SENTENCE, "published": "2026-03-05"},
        {
            "id": "b",
            "title": "<i>Blast</i>",
            "text": 'A bomb <script>alert("1")</script> killed two men in Homs.',
        },
    ]
    path = tmp_path / "texts.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


def test_each_field_is_shown_with_its_words_and_rows(home: Home, texts: Path) -> None:
    out = call_well(home, "explain", str(texts), "--id", "a")
    assert out.startswith("a: 1 event(s)\n\nEvent 1: ASSAULT/firearms\n")
    assert max(map(len, out.splitlines())) <= 100
    joined = " ".join(out.split())
    assert re.search(r"type `killed` at 7 - the judge: ASSAULT with odds of 0\.\d\d", joined)
    assert "actor 1 `Gunmen` at 0 - the judge: actor of `killed`, in the sentence" in joined
    assert "kind group, sector UAF: `Gunmen` at 0 [agents.csv: gunmen]" in joined
    assert "place `Peshawar` at 29 [gazetteer: Peshawar, PAK: city, geonameid 1168197" in joined
    assert "codes cameo 193, goldstein -10.0, quad 4" in joined
    assert "reported by 0: Gunmen killed five people" in joined


def test_the_words_that_decide_are_asked_for(home: Home, texts: Path) -> None:
    out = call_well(home, "explain", str(texts), "--id", "a", "--words")
    assert out.startswith("a: 1 event(s)")


def test_all_texts_of_a_file_are_explained_and_broken_lines_reported(
    home: Home, tmp_path: Path, texts: Path
) -> None:
    texts.write_text(texts.read_text(encoding="utf-8") + "\n{\n", encoding="utf-8")
    answer = call(home, "explain", str(texts))
    assert answer.status == 0
    assert re.findall(r"^(\w+): \d event", answer.out, re.MULTILINE) == ["a", "b"]
    assert "line 3" in answer.err
    plain = tmp_path / "plain.txt"
    plain.write_text(SENTENCE, encoding="utf-8")
    assert call_well(home, "explain", str(plain)).startswith(f"{plain}: 1 event(s)")


class Checker(HTMLParser):
    """Collects the tags and addresses of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str | None] = []
        self.titles: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value for name, value in attrs if name in ("href", "src")]
        self.titles += [value or "" for name, value in attrs if name == "title"]


def test_the_page_is_escaped_and_loads_nothing(home: Home, texts: Path, tmp_path: Path) -> None:
    page = tmp_path / "out.html"
    assert call_well(home, "explain", str(texts), "--html", str(page)) == f"wrote {page}\n"
    html = page.read_text(encoding="utf-8")
    checker = Checker()
    checker.feed(html)
    assert not checker.tags & {"script", "i", "link", "img"}
    assert checker.addresses == []
    assert "url(" not in html and "@import" not in html
    assert "&lt;i&gt;Blast&lt;/i&gt;" in html
    assert "&lt;script&gt;" in html
    assert 'class="actor"' in html
    assert any("actor of “killed”" in title for title in checker.titles)
    assert "Gunmen" in re.sub(r"<[^>]*>", "", html)


def test_pieces_of_a_sentence_put_together_are_the_sentence() -> None:
    marks = [
        (2, 9, "actor", "one"),
        (5, 12, "killed", "two"),
        (-4, 3, "date", "before"),
        (40, 50, "place", "behind"),
    ]
    pieces = cut_pieces("0123456789abcdef", 0, marks, ("actor", "date", "killed"))
    assert "".join(piece.text for piece in pieces) == "0123456789abcdef"
    assert [(piece.text, piece.kind) for piece in pieces] == [
        ("01", "date"), ("2", "actor"), ("34", "actor"), ("5678", "actor"), ("9ab", "killed"), ("cdef", ""),
    ]  # fmt: skip
    assert pieces[3].title == "one\ntwo"


def test_an_article_of_the_warehouse(tmp_path: Path) -> None:
    whole_gazetteer()
    files = make_warehouse(tmp_path)
    home = Home(files.folder)
    home.cache.mkdir(parents=True, exist_ok=True)
    find_gazetteer_file(home.cache).symlink_to(find_gazetteer_file(CACHE))
    assert call_well(home, "explain", "ar1-siege").startswith("av1-siege-2: ")
    assert call_well(home, "explain", "av1-siege-1").startswith("av1-siege-1: ")
    answer = call(home, "explain", "ar1-nowhere")
    assert answer.status == 1
    assert "no file, and no article" in answer.err


def test_what_cannot_be_explained_is_reported(home: Home, texts: Path) -> None:
    answer = call(home, "explain", str(texts), "--id", "c")
    assert answer.status == 1
    assert "no text with the id 'c'" in answer.err
    answer = call(home, "explain", "ar1-nowhere")  # without a warehouse
    assert answer.status == 1
    answer = call(
        home, "explain", str(texts), "--coder", "chat", CHAT_URL="http://127.0.0.1:9/v1", CHAT_MODEL="m"
    )
    assert answer.status == 1
    assert "only the judge" in answer.err


def test_a_text_is_explained_with_those_of_its_site_before_it(home: Home, tmp_path: Path) -> None:
    texts = [
        "A barn burned down near Powderly, Texas, on Monday.",
        "The Lamar County sheriff held two men from Blossom, Texas.",
        "Roads between Bonham and Honey Grove in Texas were closed.",
        "Gunmen killed five people in Paris on Monday.",
    ]
    lines = [
        {"id": str(nth), "text": text, "url": "https://courier.example/", "published": "2026-03-05"}
        for nth, text in enumerate(texts)
    ]
    path = tmp_path / "texts.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert "[gazetteer: Paris, USA: city" in " ".join(
        call_well(home, "explain", str(path), "--id", "3").split()
    )
    path.write_text(json.dumps(lines[3]), encoding="utf-8")
    assert "[gazetteer: Paris, FRA: city" in " ".join(call_well(home, "explain", str(path)).split())
