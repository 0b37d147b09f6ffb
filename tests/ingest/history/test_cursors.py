"""What another version, or a damaged file, left in the place of a cursor: each source says so, and asks nobody."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.history.planning import name_window, say_days
from ingest.history.protocol import HistoryRequest, HistoryWindow, WindowItem
from ingest.history.sources import open_source
from tests.ingest.history import asking
from tests.ingest.history.saved import OFFLINE
from transforms.errors import Permanent
from transforms.records import Feed

DAY = date(2024, 3, 1)
WANTED = HistoryRequest("", (Feed("fd1-1", "https://lakeside.example/feed"),), DAY, DAY)
FACTS = {"sitemap": ("site lakeside.example", "left 0", say_days(DAY, DAY))}


@pytest.mark.parametrize("source", ["sitemap", "commoncrawl", "ccnews", "gdelt", "mediacloud", "urls"])
@pytest.mark.parametrize("cursor", ["nonsense", "{}", "[]", "[1, 2]", '["x", "y", 0, 1]', "-1 -1 -1", "x 1"])
def test_a_cursor_of_something_else_is_refused(source: str, cursor: str) -> None:
    item = WindowItem("https://lakeside.example/x", "x")
    window = HistoryWindow("w", FACTS.get(source, ()), (item,), "fd1-1", DAY, DAY)
    with pytest.raises(Permanent, match=r"no place .*; cancel the backfill and begin it again"):
        asking.discover(open_source(source), window, WANTED, OFFLINE, cursor)


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_window_has_a_name_whatever_its_feed_is_called(feed_id: str, what: str) -> None:
    name = name_window(feed_id, what)
    assert HistoryWindow(f"w{name}").name.isascii()
