"""Coding a batch takes the outlets' homes from what earlier loads have, never from the batch itself."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dateline.home import Home
from dateline.settings import Settings
from dateline.steps.articles import code_batch
from dateline.steps.context import Context
from dateline.steps.load import load_ready
from dateline.steps.pipeline import POLL
from ingest.staging.records import mark_done, read_records
from tests.dateline.homes import ask, make_home
from tests.warehouse.sample import make_article, write_batch
from transforms.records import Article, ArticlePlace

EARLIER = (
    "A barn burned down near Powderly, Texas, on Monday.",
    "The Lamar County sheriff held two men from Blossom, Texas.",
    "Roads between Bonham and Honey Grove in Texas were closed.",
)
LATER = "The council in Paris met."


def make_articles(texts: Sequence[str], name: str) -> list[Article]:
    return [
        make_article(
            f"{name}-{nth}", text=text, url=f"https://courier.example/{name}/{nth}", outlet_country=""
        )
        for nth, text in enumerate(texts)
    ]


def code(home: Home, name: str, articles: Sequence[Article]) -> dict[str, str]:
    """The country of the first place of each article, as a batch of its own codes it."""
    batch = write_batch(home.staging, name, articles)
    mark_done(batch.parent, "plan")
    for step in POLL[:-1]:
        mark_done(batch, step)
    code_batch(Context(home, Settings()), batch)
    places = read_records(batch / "code.places.parquet", ArticlePlace)
    return {one.article_version_id: one.place.country for one in reversed(places)}


def test_what_is_loaded_is_a_hint_and_what_stands_beside_is_none(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    [later] = make_articles([LATER], "later")
    earlier = make_articles(EARLIER, "earlier")
    assert code(home, "poll-20260310T120000Z/batch-000", [*earlier, later])[later.article_version_id] == "FRA"
    load_ready(Context(home, Settings()))

    again = replace(later, article_id="ar1-again", article_version_id="av1-again")
    assert code(home, "poll-20260310T130000Z/batch-000", [later, again]) == {
        later.article_version_id: "USA",
        "av1-again": "USA",
    }
    other = replace(again, article_version_id="av1-other", url="https://herald.example/1")
    assert code(home, "poll-20260310T140000Z/batch-000", [other]) == {"av1-other": "FRA"}

    load_ready(Context(home, Settings()))
    assert ask(
        home,
        "SELECT article_version_id, country FROM article_places WHERE name = 'Paris' ORDER BY ALL",
    ) == [("av1-again", "USA"), (later.article_version_id, "FRA"), ("av1-other", "FRA")]
