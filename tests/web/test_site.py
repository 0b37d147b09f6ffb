"""The site over HTTP: every page and endpoint, bad input, other hosts, a file that is replaced."""

import csv
import io
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pyarrow.parquet as pq
import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Mount

from dateline.home import Home
from dateline.web.app import create_app
from dateline.web.serve import listen, make_server
from dateline.web.within import SignedInSite
from tests.dateline.homes import lend_gazetteer
from tests.limits import HANG_S
from tests.warehouse.newsroom import Files, make_warehouse
from tests.warehouse.sample import NOW, make_article, make_mention, write_articles
from transforms.errors import Permanent
from warehouse.browse.filters import EventFilter, read_filter, to_sql, write_filter
from warehouse.connection import open_published
from warehouse.load import load_batches
from warehouse.publish import publish

NO_CODER = '[code]\ncoder = "another"\n'
PAGES = ("/", "/feeds", "/sql", "/about")
LISTS = ("/api/events", "/api/map", "/api/timeline", "/api/facets", "/feed.atom", "/feed.json", "/events.csv")
HOSTILE = '<script>alert(1)</script>"\u202e'


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return make_warehouse(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def client(sample: Files) -> Iterator[httpx.Client]:
    yield from serve(sample.published)


def serve(published: Path) -> Iterator[httpx.Client]:
    yield from run(make_server(Home(published.parent), ("127.0.0.1",)))


def run(server: uvicorn.Server) -> Iterator[httpx.Client]:
    with listen("127.0.0.1", 0) as (opened, address):
        thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]}, daemon=True)
        thread.start()
        try:
            with httpx.Client(base_url=address, timeout=HANG_S) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(HANG_S)


def count_events(published: Path) -> int:
    with open_published(published) as connection:
        [(count,)] = connection.execute("SELECT count(*) FROM events WHERE NOT background").fetchall()
    return int(count)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_comes_with_a_strict_policy(path: str, client: httpx.Client) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in answer.text
    assert "style=" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_not_sent_twice(path: str, client: httpx.Client) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    if "etag" in answer.headers:
        again = client.get(path, headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("limit", [1, 2, 500])
def test_paging_gives_every_event_once(limit: int, client: httpx.Client, sample: Files) -> None:
    seen, cursor = [], ""
    while True:
        found = client.get("/api/events", params={"limit": limit, "cursor": cursor}).json()
        seen += [event["event_id"] for event in found["events"]]
        if not found["next"]:
            break
        cursor = found["next"]
    assert len(seen) == len(set(seen)) == found["total"] == count_events(sample.published)


def test_filters_are_what_their_sql_says(client: httpx.Client, sample: Files) -> None:
    for query in (
        "type=ASSAULT",
        "killed=1",
        "q=market",
        "outlets=2",
        "confidence=0.5",
        "background=1",
        "bbox=-90,-180,90,180",
    ):
        found = client.get(f"/api/events?{query}&limit=500").json()
        sql = client.get(f"/events.sql?{query}").text
        with open_published(sample.published) as connection:
            ids = [row["event_id"] for row in connection.sql(sql).to_arrow_table().to_pylist()]
        assert [event["event_id"] for event in found["events"]] == ids, query


def test_sums_agree(client: httpx.Client) -> None:
    total = client.get("/api/events").json()["total"]
    assert sum(row["events"] for row in client.get("/api/timeline").json()["rows"]) == total
    assert client.get("/api/facets").json()["events"] == total
    assert sum(cell["events"] for cell in client.get("/api/map").json()["cells"]) <= total


def test_downloads_are_files_of_their_kind(client: httpx.Client) -> None:
    total = client.get("/api/events").json()["total"]
    rows = list(csv.DictReader(io.StringIO(client.get("/events.csv").text)))
    assert len(rows) == total
    features = json.loads(client.get("/events.geojson").content)["features"]
    assert len(features) == total
    assert {feature["type"] for feature in features} == {"Feature"}
    assert pq.read_table(io.BytesIO(client.get("/events.parquet").content)).num_rows == total


def test_every_event_actor_and_place_has_its_page(client: httpx.Client) -> None:
    for event in client.get("/api/events").json()["events"]:
        page = client.get(f"/events/{event['event_id']}")
        assert page.status_code == 200
        assert "<mark" in page.text
        if event["geonameid"]:
            assert client.get(f"/places/{event['geonameid']}").status_code == 200
        if event["actor"]:
            assert client.get(f"/actors/{event['actor']}").status_code == 200


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("from=yesterday", "from"),
        ("killed=many", "killed"),
        ("confidence=7", "confidence"),
        ("bbox=1,2,3", "bbox"),
        ("limit=0", "limit"),
        ("cursor=x", "cursor"),
    ],
)
def test_a_bad_value_is_said(query: str, says: str, client: httpx.Client) -> None:
    answer = client.get(f"/api/events?{query}")
    assert answer.status_code == 400
    assert says in answer.json()["error"]


def test_what_is_not_there(client: httpx.Client) -> None:
    for path in ("/events/ev1-none", "/places/1", "/nothing", "/static/../app.py", "/api/nothing"):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_another_sites_name_is_refused(host: str, client: httpx.Client) -> None:
    assert client.get("/api/events", headers={"host": host}).status_code in (400, 421)


def run_sql(client: httpx.Client, text: str, **headers: str) -> httpx.Response:
    return client.post("/api/sql", json={"sql": text}, headers=headers)


def test_a_query_gives_its_rows(client: httpx.Client) -> None:
    found = run_sql(client, "SELECT 1 AS one, 'a' AS two").json()
    assert [column["name"] for column in found["columns"]] == ["one", "two"]
    assert (found["rows"], found["truncated"]) == ([[1, "a"]], False)
    assert run_sql(client, "FROM range(20000)").json()["truncated"] is True


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT 1; SELECT 2",
        "DELETE FROM events",
        "DROP TABLE events",
        "ATTACH '/tmp/x.db'",
        "COPY events TO '/tmp/x.csv'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SET enable_external_access = true",
        "PRAGMA database_list; SELECT 1",
        "SELECT nothing",
        "INSTALL httpfs",
    ],
)
def test_a_query_can_do_nothing_but_read_the_warehouse(
    text: str, client: httpx.Client, sample: Files
) -> None:
    before = sample.published.read_bytes()
    answer = run_sql(client, text)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]
    assert sample.published.read_bytes() == before


def test_another_sites_page_may_run_no_query(client: httpx.Client) -> None:
    assert run_sql(client, "SELECT 1", origin="http://evil.example").status_code == 403
    plain = client.post("/api/sql", content='{"sql": "SELECT 1"}', headers={"content-type": "text/plain"})
    assert plain.status_code == 415


def test_hostile_text_is_text_everywhere(files: Files) -> None:
    article = make_article("hostile", title=HOSTILE)
    mention = make_mention(article, sentence=f"{HOSTILE} " + "x" * 10_000)
    load_batches(
        files.build, [write_articles(files.staging, "poll-1/b", [(article, [mention])])], "r", NOW, 1
    )
    publish(files.build)
    for client in serve(files.published):
        [event] = client.get("/api/events").json()["events"]
        page = client.get(f"/events/{event['event_id']}")
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<script>alert" not in client.get("/feed.atom").text
        assert "<script>alert" not in client.get("/").text


def test_the_site_follows_the_file(files: Files) -> None:
    for client in serve(files.published):
        answer = client.get("/")
        assert answer.status_code == 503
        assert "dateline run" in answer.text
        for nth in range(2):
            article = make_article(f"a{nth}", url=f"https://desk{nth}.example/a{nth}")
            batch = write_articles(files.staging, f"poll-{nth}/b", [(article, [make_mention(article)])])
            load_batches(files.build, [batch], "r", NOW, 1)
            publish(files.build)
            assert client.get("/api/events").json()["events"][0]["articles"] == nth + 1
        assert client.get("/healthz").text == "ok\n"


async def find_nobody_without_a_cookie(request: Request) -> None:
    if "_token" not in request.cookies:
        raise HTTPException(401)


def test_within_another_application_all_lies_below_its_path(sample: Files) -> None:
    site = SignedInSite(
        create_app(Home(sample.folder), ["news.example"]), find_nobody_without_a_cookie, "/login"
    )
    around = Starlette(routes=[Mount("/around", Starlette(routes=[Mount("/dateline", site)]))])
    for client in run(uvicorn.Server(uvicorn.Config(around, log_level="warning", lifespan="off"))):
        client.headers["host"] = "news.example"
        assert client.get("/around/dateline/api/events").status_code == 401
        answer = client.get("/around/dateline/?type=ASSAULT", headers={"accept": "text/html"})
        assert answer.headers["location"] == "/login?next=" + quote(
            "http://news.example/around/dateline/?type=ASSAULT", safe=""
        )
        client.cookies.set("_token", "x")
        assert client.get("/around/dateline/", headers={"host": "evil.example"}).status_code == 421
        [event, *_] = client.get("/around/dateline/api/events").json()["events"]
        for path in ("/", f"/events/{event['event_id']}", "/feeds", "/sql", "/nothing", "/static/nothing"):
            page = client.get(f"/around/dateline{path}")
            assert page.status_code == (404 if "nothing" in path else 200)
            assert 'data-root="/around/dateline"' in page.text
            own = set(re.findall(r'(?:href|src|action)="(/[^"]*)"', page.text))
            assert all(link.startswith("/around/dateline/") for link in own), path
            for link in own:
                if "/static/" in link:
                    assert client.get(link).status_code == 200, link
        feed = client.get("/around/dateline/feed.json").json()
        assert feed["items"][0]["url"].startswith("http://news.example/around/dateline/events/")
        assert feed["feed_url"] == "http://news.example/around/dateline/feed.json"
        assert client.get("/around/dateline/openapi.json").json()["servers"] == [{"url": "/around/dateline"}]


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@given(
    st.builds(
        EventFilter,
        first=st.none() | st.dates(),
        last=st.none() | st.dates(),
        countries=st.lists(st.sampled_from(["UKR", "SDN", "KEN"]), unique=True).map(tuple),
        types=st.lists(st.sampled_from(["ASSAULT", "PROTEST"]), unique=True).map(tuple),
        actor=st.just("") | names.map(str.strip),
        least_killed=st.none() | st.integers(0, 10**6),
        least_outlets=st.none() | st.integers(1, 100),
        text=st.just("") | names.map(str.strip),
        background=st.booleans(),
    )
)
def test_a_filter_comes_back_from_its_address(chosen: EventFilter) -> None:
    try:
        found = read_filter(write_filter(chosen))
    except Permanent:  # the days are the wrong way round
        assert chosen.first
        assert chosen.last
        assert chosen.first > chosen.last
        return
    assert found == chosen
    assert to_sql(found) == to_sql(chosen)


def test_why_an_article_was_coded_so_is_a_page_that_loads_nothing(tmp_path: Path) -> None:
    files = make_warehouse(tmp_path)
    home = Home(tmp_path)
    lend_gazetteer(home)
    with open_published(home.published) as connection:
        [(version, article)] = connection.execute(
            "SELECT article_version_id, article_id FROM mentions WHERE is_current ORDER BY ALL LIMIT 1"
        ).fetchall()
    for client in serve(files.published):
        pages = [client.get(f"/articles/{name}/why") for name in (version, article)]
        assert [page.status_code for page in pages] == [200, 200]
        policy = pages[0].headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "explained</title>" in pages[0].text
        assert (
            client.get("/")
            .headers["content-security-policy"]
            .startswith("default-src 'none'; script-src 'self'")
        )
        elsewhere = client.get(f"/articles/{version}/why", headers={"sec-fetch-site": "cross-site"})
        assert (elsewhere.status_code, "other sites" in elsewhere.text) == (403, True)
        missing = client.get("/articles/ar1-none/why")
        assert (missing.status_code, "there is no such article" in missing.text) == (404, True)
        home.settings.write_text(NO_CODER)
        refused = client.get(f"/articles/{version}/why")
        assert (refused.status_code, "another" in refused.text) == (400, True)
