"""A run on pages that are no articles: the feed's text stands, nothing is coded of them, and it is said why."""

from pathlib import Path

from tests.dateline.homes import SETTINGS, ask, call_well, make_home
from tests.loopback import LoopbackServer, Reply, redirect
from tests.paths import CASES
from transforms.identity import make_id
from transforms.records import Feed

TITLE = "Gunmen kill five at Dalgaro grain market"
WHOLE = "".join(
    f"<p>{text}</p>"
    for text in (
        "Five traders were killed on Monday when gunmen opened fire at the grain market of Dalgaro, the governor said.",
        "The attackers came on motorcycles at midday and left towards the hills, said a man who sells millet there.",
        "Eleven people were wounded and taken to the district hospital, where doctors asked for donations of blood.",
        "No group said that it was behind the shooting, the third in the district since the harvest in the south.",
        "The governor promised guards for all markets of the valley and called the council together for Wednesday.",
        "The police closed two roads and searched houses at the edge of the town until late in the night.",
    )
)
LEADS = "<html><head><title>Redirecting</title><meta http-equiv='refresh' content='0; url={}'></head></html>"


def page(name: str) -> bytes:
    return (CASES / "pages" / "kinds" / f"{name}.html").read_bytes()


def item(path: str, content: str = "") -> str:
    body = f"<content:encoded><![CDATA[{content}]]></content:encoded>" if content else ""
    return (
        f"<item><title>{TITLE}</title><link>{path}</link><guid>{path}</guid>{body}"
        "<pubDate>Tue, 10 Nov 2026 05:30:00 +0000</pubDate></item>"
    )


def test_each_page_is_accounted_for(tmp_path: Path) -> None:
    pages = {
        "/world/dead-1": redirect(302, "/"),
        "/world/checked-1": Reply(body=page("check_proof_of_work")),
        "/world/checked-2": Reply(body=page("check_proof_of_work")),
        "/world/leads-on-1": Reply(body=LEADS.format("/world/news-1").encode()),
        "/world/leads-away-1": Reply(body=LEADS.format("/world/missing-1").encode()),
        "/world/news-1": Reply(body=page("news_among_many_links")),
        "/": Reply(body=page("front_of_long_teasers")),
    }
    items = [item(path, WHOLE if path in ("/world/dead-1", "/world/checked-1") else "") for path in pages][:5]
    feed = (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Quay</title>'
        f"{''.join(items)}</channel></rss>"
    )
    with LoopbackServer() as server:
        server.route("/feed", Reply(body=feed.encode(), content_type="application/rss+xml"))
        for path, reply in pages.items():
            server.route(path, reply)
        url = server.url("/feed")
        home = make_home(tmp_path / "home", [Feed(make_id("fd1", url), url)], SETTINGS)
        call_well(home, "run")
        origin = server.url("")
    found = {
        link.removeprefix(origin): row
        for link, *row in ask(
            home,
            "SELECT e.url, a.url, a.page_kind, a.text_source FROM articles AS a JOIN entries AS e USING (entry_id)",
        )
    }
    assert {link: row[1:] for link, row in found.items()} == {
        "/world/dead-1": ["article", "feed"],
        "/world/checked-1": ["article", "feed"],
        "/world/checked-2": ["bot_check", ""],
        "/world/leads-on-1": ["article", "page"],
        "/world/leads-away-1": ["redirect", ""],
    }
    assert found["/world/leads-on-1"][0] == origin + "/world/news-1"
    rejections = sorted(
        (stage, reason, detail.replace(origin, ""))
        for stage, reason, detail in ask(home, "SELECT stage, reason, detail FROM rejections")
    )
    assert rejections == [
        ("article", "page_not_article", "bot_check"),
        ("article", "page_not_article", "listing"),
        ("article", "page_redirects", "to /world/missing-1"),
        ("code", "not_an_article", "bot_check"),
        ("code", "not_an_article", "redirect"),
    ]
    titles = ask(home, "SELECT DISTINCT title FROM articles WHERE page_kind IN ('redirect', 'bot_check')")
    assert titles == [(TITLE,)]
    teased = "SELECT count(*) FROM mentions WHERE sentence ILIKE '%Karsu%' OR sentence ILIKE '%stabbed%'"
    assert ask(home, teased) == [(0,)]
    assert ask(home, "SELECT count(*) FROM step_counts WHERE taken <> passed + unchanged + rejected") == [
        (0,)
    ]
