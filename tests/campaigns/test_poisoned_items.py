"""One poisoned entry or page among good ones: it may be lost, with a reason; the others never are."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline.home import Home
from ingest.feeds.subscriptions import make_feed
from tests.dateline.homes import Answer, ask, call, make_home
from tests.loopback import LoopbackServer, Reply

pytestmark = pytest.mark.campaign

TITLE = "Gunmen kill three at a market in Garissa"
TEXT = (
    "Gunmen killed three traders at a livestock market in Garissa on Tuesday, the Kenyan police said.",
    "The attackers opened fire on a row of stalls shortly after the market had opened, and fled on two "
    "motorcycles towards the river, a spokesman for the police told reporters in the town.",
    "Seven others were wounded and were taken to the county hospital, where doctors said that all of them "
    "were out of danger. The market was closed for the rest of the day.",
)
PUBLISHED = "2026-03-03T08:00:00+00:00"
HALF = "\ud83d"  # half an emoji


def page(head: str = "", body: str = "", title: str = TITLE) -> bytes:
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in TEXT)
    text = (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{head}'
        f'<meta property="article:published_time" content="{PUBLISHED}"></head>'
        f"<body><article><h1>{title}</h1>{paragraphs}{body}</article></body></html>"
    )
    return text.encode("utf-8", "surrogatepass")


def json_ld(**facts: object) -> str:
    content = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": TITLE} | facts
    return f'<script type="application/ld+json">{json.dumps(content)}</script>'


PAGES = {
    "half-emoji-in-headline": page(json_ld(headline=TITLE + HALF)),
    "half-emoji-in-author": page(json_ld(author={"name": f"Amina {HALF} Diallo"})),
    "half-emoji-in-section": page(json_ld(articleSection=HALF)),
    "half-emoji-as-reference": page(body="<p>&#xD83D;</p>"),
    "json-ld-deep": page(f'<script type="application/ld+json">{"[" * 50_000}</script>'),
    "json-ld-cut": page('<script type="application/ld+json">{"headline": "x</script>'),
    "json-ld-year-0": page(json_ld(datePublished="0000-00-00T00:00:00Z")),
    "json-ld-year-9999": page(json_ld(datePublished="9999-12-31T23:59:59-14:00")),
    "json-ld-epoch": page(json_ld(datePublished=10**30)),
    "json-ld-number-name": page(json_ld(author=[{"name": 7}, None, [[]]])),
    "nul": page(body="<p>\0\0\0</p>"),
    "deep": page(body="<div>" * 20_000),
    "wide": page(body="<b>x</b>" * 50_000),
    "long-word": page(body=f"<p>{'a' * 500_000}</p>"),
    "long-title": page(title="Market " * 30_000),
    "bidi": page(title="\u202e" + TITLE + "\u2066"),
    "empty": b"",
    "binary": bytes(range(256)) * 50,
    "utf-16-without-mark": page().decode().encode("utf-16-le"),
    "canonical-port": page('<link rel="canonical" href="https://example.org:99999/a">'),
    "canonical-bracket": page('<link rel="canonical" href="http://[::1">'),
    "refresh-to-itself": page('<meta http-equiv="refresh" content="0; url=?">'),
    "many-attributes": page(body="<p " + " ".join(f"a{n}='{n}'" for n in range(20_000)) + ">x</p>"),
    "same-sentence": page(body=f"<p>{TEXT[0]}</p>" * 400),
    "entities": page(body="<p>" + "&amp;" * 100_000 + "</p>"),
}
ENTRIES: dict[str, dict[str, object]] = {
    "half-emoji-in-id": {"id": f"id-{HALF}"},
    "half-emoji-in-title": {"title": f"{TITLE} {HALF}"},
    "half-emoji-in-author": {"authors": [{"name": HALF}]},
    "half-emoji-in-text": {"content_text": f"{TEXT[0]} {HALF}"},
    "half-emoji-in-url": {"url": f"https://wire.example/{HALF}"},
    "half-emoji-in-tags": {"tags": [HALF, f"war{HALF}"]},
    "port-too-high": {"url": "http://127.0.0.1:99999/a"},
    "port-below-zero": {"url": "http://127.0.0.1:-1/a"},
    "open-bracket": {"url": "http://[::1"},
    "no-such-host": {"url": "http://no-such-host.invalid/a"},
    "other-scheme": {"url": "javascript:alert(1)"},
    "year-0": {"date_published": "0000-01-01T00:00:00Z"},
    "year-9999": {"date_published": "9999-12-31T23:59:59-23:59"},
    "date-is-a-list": {"date_published": [2026, 3, 3]},
    "title-is-an-object": {"title": {"value": TITLE}},
    "authors-are-a-number": {"authors": 7},
    "tags-nested": {"tags": [["a", ["b"]], {"c": 1}]},
    "controls": {"title": "\x00\x1b[31m\u202e" + TITLE},
    "long-title": {"title": "Market " * 50_000},
    "long-url": {"url": "https://wire.example/" + "a" * 100_000},
    "many-tags": {"tags": [f"tag-{n}" for n in range(20_000)]},
    "nothing": {"title": None, "url": None, "content_text": None},
}


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Answer, Answer, Path]]:
    """What two runs over all of it said, and their home."""
    items: list[dict[str, object]] = []
    with LoopbackServer() as server:
        for name, body in PAGES.items():
            server.route(f"/page/{name}", Reply(body=body))
            items.append({"id": f"page-{name}", "url": server.url(f"/page/{name}"), "title": name})
        for name, facts in ENTRIES.items():
            url = server.url(f"/entry/{name}")
            server.route(f"/entry/{name}", Reply(body=page()))
            items.append(
                {"id": f"entry-{name}", "url": url, "title": name, "date_published": PUBLISHED} | facts
            )
        server.route("/good", Reply(body=page()))
        items.append({"id": "good", "url": server.url("/good"), "title": TITLE, "date_published": PUBLISHED})
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Wire", "items": items}
        server.route(
            "/feed.json", Reply(body=json.dumps(feed).encode(), content_type="application/feed+json")
        )
        home = make_home(
            tmp_path_factory.mktemp("poisoned") / "home", [make_feed(server.url("/feed.json"), outlet="Wire")]
        )
        first = call(home, "run", PAGES_MAX_ATTEMPTS="1", CLEAN_PAGE_TIMEOUT_S="60")
        second = call(home, "run", "--all", PAGES_MAX_ATTEMPTS="1")
        yield first, second, home.path


def test_the_run_comes_to_its_end(polled: tuple[Answer, Answer, Path]) -> None:
    for answer in polled[:2]:
        assert answer.status == 0, answer
        assert "Traceback" not in answer.out + answer.err


def test_the_good_article_is_there_with_its_event(polled: tuple[Answer, Answer, Path]) -> None:
    found = ask(
        Home(polled[2]),
        """SELECT place_name, killed_min FROM mentions JOIN articles USING (article_version_id)
           WHERE url LIKE '%/good' AND event_type = 'ASSAULT'""",
    )
    assert found == [("Garissa", 3)]


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_an_article_or_a_rejection(name: str, polled: tuple[Answer, Answer, Path]) -> None:
    [(articles, rejections)] = ask(
        Home(polled[2]),
        f"""SELECT (SELECT count(*) FROM articles WHERE url LIKE '%/page/{name}'),
                   (SELECT count(*) FROM rejections WHERE url LIKE '%/page/{name}')""",
    )
    assert articles + rejections > 0


def test_each_entry_is_stored_or_rejected(polled: tuple[Answer, Answer, Path]) -> None:
    [(entries, rejections)] = ask(
        Home(polled[2]),
        """SELECT (SELECT count(DISTINCT entry_id) FROM entries),
                  (SELECT count(DISTINCT detail) FROM rejections WHERE stage = 'entry')""",
    )
    assert rejections <= 3  # nothing to read, and hardly more
    assert entries + rejections >= len(PAGES) + len(ENTRIES) + 1


def test_nothing_is_lost_in_the_row_accounting(polled: tuple[Answer, Answer, Path]) -> None:
    rows = ask(Home(polled[2]), "SELECT step, taken, passed + unchanged + rejected FROM step_counts")
    assert rows
    assert all(taken == accounted for _, taken, accounted in rows)
    [(taken,)] = ask(Home(polled[2]), "SELECT max(taken) FROM step_counts WHERE step = 'poll_entries'")
    assert taken == len(PAGES) + len(ENTRIES) + 1


def test_half_characters_never_leave(polled: tuple[Answer, Answer, Path]) -> None:
    query = "SELECT title, authors, text FROM articles UNION ALL SELECT title, authors, '' FROM entries"
    rows = ask(Home(polled[2]), query)
    assert rows
    for row in rows:
        "".join(map(str, row)).encode("utf-8")
