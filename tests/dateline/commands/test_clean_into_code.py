"""`dateline clean PAGE | dateline code`: the one's lines are the other's."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dateline.commands.clean import command as clean
from dateline.commands.code import command as code
from ingest.tables.gazetteer_file import find_gazetteer_file
from tests.coders import CACHE, whole_gazetteer

SENTENCE = "Gunmen killed five people in Peshawar on Thursday."
PAGE = f"""<html lang="en"><head><title>Five dead in Peshawar</title>
<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "NewsArticle",
"headline": "Five dead in Peshawar", "datePublished": "2026-03-06T08:15:00+05:00"}}</script></head>
<body><article><h1>Five dead in Peshawar</h1><p>{SENTENCE}</p>
<p>{"The market in the old town opened again in the afternoon, and traders swept the street. " * 6}</p>
</article></body></html>"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole_gazetteer()
    (tmp_path / "home" / "cache").mkdir(parents=True)
    find_gazetteer_file(tmp_path / "home" / "cache").symlink_to(find_gazetteer_file(CACHE))
    monkeypatch.setenv("DATELINE_HOME", str(tmp_path / "home"))


def code_lines(*lines: dict[str, object]) -> Result:
    result = CliRunner().invoke(code, [], input="\n".join(map(json.dumps, lines)), catch_exceptions=False)
    assert result.exit_code == 0
    return result


def test_a_cleaned_page_is_coded_with_its_time(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE, encoding="utf-8")
    cleaned = CliRunner().invoke(clean, [str(page), "--workers", "1"], catch_exceptions=False)
    coded = CliRunner().invoke(code, [], input=cleaned.stdout, catch_exceptions=False)
    [event] = json.loads(coded.stdout)["events"]
    assert (event["date_start"], event["killed_min"]) == ("2026-03-05", 5)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"page_kind": "consent_wall"}, "its page_kind is consent_wall"),
        ({"lang": "de"}, "its language is de"),
        ({"language": "pt-BR"}, "its language is pt-BR"),
    ],
)
def test_what_is_no_article_of_ours_has_no_events_and_is_told(said: dict[str, object], reason: str) -> None:
    result = code_lines({"id": "a", "text": SENTENCE} | said)
    assert json.loads(result.stdout) == {"id": "a", "events": [], "places": []}
    assert f"1 not coded: {reason}" in result.stderr


@pytest.mark.parametrize("said", [{}, {"lang": "en-GB"}, {"page_kind": "live_blog", "lang": ""}])
def test_what_says_nothing_else_is_coded(said: dict[str, object]) -> None:
    result = code_lines({"id": "a", "text": SENTENCE} | said)
    assert len(json.loads(result.stdout)["events"]) == 1
    assert not result.stderr


def test_a_broken_time_is_told_by_its_own_name() -> None:
    line = json.dumps({"id": "a", "text": SENTENCE, "published_at": "soon"})
    assert "`published_at` is 'soon'" in CliRunner().invoke(code, [], input=line).stderr
