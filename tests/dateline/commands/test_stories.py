"""The stories of the sample newsroom through a whole run, and of annotated articles as a stream in any order."""

import json
import random
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dateline.commands.code import Given, add_to_story
from tests.dateline.conftest import Polled
from tests.dateline.homes import ask
from tests.paths import SHARED
from transforms.events.group_stories import StoryIndex
from transforms.records import Document

TOGETHER = (
    "meridian/0302-el-obeid-market courier/0302-el-obeid-bombing meridian/0303-el-obeid-toll "
    "levant/0304-el-obeid-funerals",
    "meridian/0302-kharkiv-missiles andean/0302-kharkiv-bombardment",
    "meridian/0303-baidoa-checkpoint courier/0303-baidoa-blast courier/0305-baidoa-toll",
    "meridian/0303-deir-ez-zor-bus levant/0303-deir-ez-zor-ambush",
    "meridian/0304-sagaing-air-strike bay/0304-monywa-bombing",
    "meridian/0304-nairobi-fuel-protest courier/0304-nairobi-fuel-levy",
    "bay/0302-gazipur bay/0303-gazipur-strike",
    "meridian/0303-zamfara-pupils meridian/0305-zamfara-freed",
    "levant/0304-taiz-truce levant/0305-taiz-prisoners",
    "courier/0302-beni-village courier/0304-beni-troops",
    "andean/0302-jamundi-police-station andean/0304-jamundi-arrests",
    "meridian/0304-cup-tie",
    "meridian/0303-haldane-shares",
    "courier/0303-lake-storm",
    "levant/0302-beirut-port",
    "bay/0304-chattogram-test",
)
"""What several outlets report, or one on several days; each line is another story."""
EVAL = SHARED / "eval"


def test_a_run_puts_reports_of_one_happening_together(polled: Polled) -> None:
    rows = ask(polled.home, "SELECT url, story_id FROM current_articles")

    def story_of(key: str) -> str:
        [story_id] = {story_id for url, story_id in rows if url.startswith(polled.newsroom.url_of(key))}
        return str(story_id)

    found = [{story_of(key) for key in keys.split()} for keys in TOGETHER]
    assert [len(ids) for ids in found] == [1] * len(TOGETHER)
    assert len(set.union(*found)) == len(TOGETHER)
    [(title, outlets, countries)] = ask(
        polled.home, "SELECT title, outlets, countries FROM stories ORDER BY articles DESC LIMIT 1"
    )
    assert "Sudan" in title or "El Obeid" in title
    assert outlets == 3
    assert "SDN" in countries


@pytest.mark.skipif(not (EVAL / "score.py").exists(), reason="no annotated texts beside the repository")
@pytest.mark.parametrize(("lost", "crawled"), [(0.0, 0.0), (0.3, 0.0), (0.0, 0.15)])
def test_annotated_articles_are_grouped_well_in_any_order_even_where_dates_are_wrong(
    lost: float, crawled: float, tmp_path: Path
) -> None:
    gold = EVAL / "data" / "stories_dev.jsonl"
    documents = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    scores = []
    for seed in range(5):
        rng = random.Random(seed)
        rng.shuffle(documents)
        index = StoryIndex()
        lines = []
        for item in documents:
            drawn = rng.random()
            day = "" if drawn < lost else "2018-03-20" if drawn < lost + crawled else item["published"]
            story_id = add_to_story(index, to_given(item | {"published": day}))
            lines.append(json.dumps({"id": item["id"], "story_id": story_id}))
        predicted = tmp_path / f"{seed}.jsonl"
        predicted.write_text("\n".join(lines), encoding="utf-8")
        said = subprocess.check_output(
            [sys.executable, EVAL / "score.py", "stories", gold, predicted], text=True
        )
        scores.append(float(re.findall(r"F1 ([\d.]+)", said)[0]))
    assert min(scores) >= 0.92, scores


def to_given(item: dict[str, Any]) -> Given:
    published = datetime.fromisoformat(item["published"]).replace(tzinfo=UTC) if item["published"] else None
    return Given(Document(item["id"], item["text"], item["title"], published, language=item["lang"]))
