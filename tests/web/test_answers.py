"""What an answer carries: compression, how long it may be kept, safe links, whole feeds and files."""

import csv
import io
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import httpx
import pytest

from dateline.web.openapi import describe_api
from dateline.web.security import split_host
from dateline.web.serve import listen
from dateline.web.site import MapTiles
from tests.limits import HANG_S
from tests.warehouse.newsroom import Files, make_warehouse
from tests.warehouse.sample import NOW, make_article, make_mention, write_articles
from tests.web.test_site import serve
from transforms.errors import Permanent
from transforms.records import Actor
from warehouse.connection import open_build
from warehouse.load import load_batches
from warehouse.publish import publish

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "<script>alert(1)</script>&\"'\u202e\x07]]>"
NAME = "Группа / «A&B» #1?"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, an event whose every text is hostile, and an id that is no longer used."""
    files = make_warehouse(tmp_path_factory.mktemp("site"))
    article = make_article("hostile", "=cmd()", title=HOSTILE, url="javascript:alert(1)")
    actor = Actor(NAME, NAME, "group", "UKR", "REB", ())
    days: dict[str, Any] = {"date_start": "2026-01-02", "date_end": "2026-01-02"}
    sentence = HOSTILE + " " + "long " * 2_000
    mention = make_mention(article, sentence=sentence, actors=(actor,), **days)
    load_batches(
        files.build, [write_articles(files.staging, "poll-2/b", [(article, [mention])])], "r", NOW, 1
    )
    with open_build(files.build) as connection:
        connection.execute(
            "INSERT INTO event_aliases SELECT 'ev1-old', event_id, 1 FROM events WHERE event_day = '2026-01-02'"
        )
        connection.execute(
            "INSERT INTO event_aliases VALUES ('ev1-older', 'ev1-old', 1), ('ev1-gone', NULL, 1)"
        )
        connection.execute("INSERT INTO event_aliases VALUES ('ev1-a', 'ev1-b', 1), ('ev1-b', 'ev1-a', 1)")
    publish(files.build, again=True)
    return files.published


@pytest.fixture(scope="module")
def client(published: Path) -> Iterator[httpx.Client]:
    yield from serve(published)


@pytest.fixture(scope="module")
def hostile(client: httpx.Client) -> dict[str, Any]:
    [event] = client.get("/api/events?from=2026-01-02&to=2026-01-02").json()["events"]
    return dict(event)


def test_text_is_compressed_and_downloads_are_not(client: httpx.Client) -> None:
    for path in ("/", "/api/events", "/static/vendor/leaflet.js"):
        assert client.get(path).headers["content-encoding"] == "gzip", path
    for ending in ("csv", "geojson", "parquet"):
        assert "content-encoding" not in client.get(f"/events.{ending}").headers


def test_a_page_names_its_files_so_that_they_may_be_kept(client: httpx.Client) -> None:
    page = client.get("/").text
    paths = {part.partition('"')[0] for part in page.split('="/static/')[1:]}
    assert len(paths) > 3
    for path in paths:
        answer = client.get(f"/static/{path}")
        assert answer.status_code == 200, path
        assert ("immutable" in answer.headers["cache-control"]) == ("?v=" in path), path
    plain = client.get("/static/base.css")
    assert plain.headers["cache-control"] == "no-cache"
    again = client.get("/static/base.css", headers={"if-none-match": plain.headers["etag"]})
    assert again.status_code == 304


def test_another_query_is_another_answer(client: httpx.Client) -> None:
    etag = client.get("/api/events").headers["etag"]
    other = client.get("/api/events?type=AID", headers={"if-none-match": etag})
    assert (other.status_code, other.json()["total"]) == (200, 0)
    assert client.get("/api/events?from=x", headers={"if-none-match": etag}).status_code == 400


def test_an_id_that_is_no_longer_used_leads_on(client: httpx.Client, hostile: dict[str, Any]) -> None:
    answer = client.get("/events/ev1-older")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/events/{hostile['event_id']}")
    assert client.get("/events/ev1-gone").status_code == 404
    assert client.get("/events/ev1-a", follow_redirects=True).status_code == 404
    assert "ev1-old" in client.get(f"/events/{hostile['event_id']}").text


def test_hostile_texts_are_texts(client: httpx.Client, hostile: dict[str, Any]) -> None:
    for path in (f"/events/{hostile['event_id']}", f"/actors/{quote(NAME, safe='')}", "/feeds"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert 'href="javascript' not in page.lower()
        assert len(page) < 100_000
    error = client.get("/events/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert error.status_code == 404
    assert "<script>alert" not in error.text


def test_an_actor_has_a_page_whatever_its_name(client: httpx.Client, hostile: dict[str, Any]) -> None:
    page = client.get(f"/events/{hostile['event_id']}").text
    [path] = {part.partition('"')[0] for part in page.split('href="/actors/')[1:] if part.startswith("%D0")}
    answer = client.get(f"/actors/{path}")
    assert answer.status_code == 200
    assert "Группа / «A&amp;B» #1?" in answer.text
    assert client.get("/actors/nobody").status_code == 404
    found = client.get("/api/events", params={"party": NAME}).json()
    assert [event["event_id"] for event in found["events"]] == [hostile["event_id"]]


def test_the_feeds_are_whole(client: httpx.Client, hostile: dict[str, Any]) -> None:
    atom = ElementTree.fromstring(client.get("/feed.atom?from=2026-01-01").content)
    total = client.get("/api/events?from=2026-01-01").json()["total"]
    entries = atom.findall(f"{ATOM}entry")
    assert len(entries) == total
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == total
    [link] = [one for one in atom.findall(f"{ATOM}link") if one.get("rel") == "self"]
    assert link.get("href") == f"{client.base_url}feed.atom?from=2026-01-01".replace("//feed", "/feed")
    for entry in entries:
        for name in ("title", "id", "updated"):
            assert entry.findtext(f"{ATOM}{name}")
    feed = client.get("/feed.json").json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    [item] = [one for one in feed["items"] if one["id"].endswith(hostile["event_id"])]
    assert "external_url" not in item
    assert "\u202e" not in item["content_text"]
    assert client.get(item["url"]).status_code == 200


def test_no_cell_of_a_csv_file_is_a_formula(client: httpx.Client) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/events.csv").text)))
    assert "['=cmd()']" in {row["outlet_names"] for row in rows}
    assert all(row["background"] in ("true", "false") for row in rows)


def test_downloads_of_nothing_are_whole(client: httpx.Client) -> None:
    assert client.get("/events.csv?type=AID").text.startswith("event_id,")
    assert client.get("/events.csv?type=AID").text.count("\n") == 1
    assert json.loads(client.get("/events.geojson?type=AID").content)["features"] == []
    assert client.get("/events.parquet?type=AID").content[:4] == b"PAR1"


@pytest.mark.parametrize("path", ["/events.csv", "/events.sql", "/feed.atom", "/"])
def test_a_bad_value_is_said_before_anything_is_sent(path: str, client: httpx.Client) -> None:
    answer = client.get(f"{path}?from=x")
    assert answer.status_code == 400
    assert "is no day" in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_the_description_names_what_there_is(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()
    assert described == json.loads(json.dumps(describe_api()))
    for path, methods in described["paths"].items():
        if "get" not in methods:
            continue
        answer = client.get(path)
        assert answer.status_code == 200, path
        [kind] = methods["get"]["responses"]["200"]["content"]
        assert answer.headers["content-type"].partition(";")[0] == kind
        schema = methods["get"]["responses"]["200"]["content"][kind].get("schema", {})
        if schema.get("required"):
            assert answer.json().keys() == set(schema["required"])


@pytest.mark.parametrize(
    ("host", "name"),
    [("localhost:80", "localhost"), ("[::1]:8321", "::1"), ("A.Example", "a.example"), ("", ""), ("[", "")],
)
def test_a_host_is_split(host: str, name: str) -> None:
    assert split_host(host) == name


@pytest.mark.parametrize(
    ("given", "status"),
    [("localhost", 200), ("[::1]:1", 200), ("127.0.0.2", 200), ("10.0.0.1", 421)],
)
def test_names_of_loopback_are_ours(given: str, status: int, client: httpx.Client) -> None:
    assert client.get("/about", headers={"host": given}).status_code == status


def test_a_query_of_a_page_needs_no_more_than_its_host(client: httpx.Client) -> None:
    origin = str(client.base_url).rstrip("/")
    answer = client.post("/api/sql", json={"sql": "SELECT 1"}, headers={"origin": origin})
    assert answer.status_code == 200
    cross = client.post("/api/sql", json={"sql": "SELECT 1"}, headers={"sec-fetch-site": "cross-site"})
    assert cross.status_code == 403
    for body in (b"", b"[]", b'{"sql": 1}', b"{" * 10, b'{"sql": "' + b"x" * 200_000 + b'"}'):
        answer = client.post("/api/sql", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400
        assert answer.json()["error"]


def test_values_that_json_lacks_come_as_text(client: httpx.Client) -> None:
    text = "SELECT 9007199254740993 AS a, 'nan'::DOUBLE AS b, DATE '2026-01-02' AS c, [1, NULL] AS d, {'x': 1} AS e, INTERVAL 1 DAY AS f, 'a'::BLOB AS g, 1.5::DECIMAL(4, 1) AS h, TIMESTAMPTZ '2026-01-02 03:04:05Z' AS i"  # noqa: E501
    found = client.post("/api/sql", json={"sql": text}).json()
    row = ["9007199254740993", None, "2026-01-02", [1, None], {"x": 1}, "1 day, 0:00:00", "61", 1.5]
    assert found["rows"] == [[*row, "2026-01-02T03:04:05Z"]]


def test_a_tile_server_is_allowed_only_where_it_is_named(client: httpx.Client) -> None:
    assert "img-src 'self' data:;" in client.get("/").headers["content-security-policy"]
    assert MapTiles("https://{s}.tile.example/{z}/{x}/{y}.png").origin == "https://*.tile.example"
    assert MapTiles().origin == ""


def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Permanent, match=f"port {port} of 127.0.0.1 is taken"), listen("127.0.0.1", port):
            pass
    with pytest.raises(Permanent, match="--host"), listen("no such host.invalid", 0):
        pass


def test_a_file_that_goes_away_and_comes_back(files: Files) -> None:
    made = make_warehouse(files.folder / "other")
    for client in serve(files.published):
        assert client.get("/healthz").status_code == 503
        made.published.rename(files.published)
        assert client.get("/api/facets", timeout=HANG_S).status_code == 200
        files.published.rename(made.published)
        assert "dateline run" in client.get("/api/facets").json()["error"]
