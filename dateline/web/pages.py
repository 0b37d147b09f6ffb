"""The pages: what each template is given."""

import threading
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dateline.explain.article import explain_article
from dateline.web.mark_sentence import mark_sentence
from dateline.web.saved_queries import QUERIES
from dateline.web.security import allow_own_style, is_same_origin, root_of
from dateline.web.site import OpenSite, filter_of, path_of, query_of
from dateline.web.values import link_or_nothing
from warehouse.browse.actors import Profile, read_actor, read_place
from warehouse.browse.events import name_countries
from warehouse.browse.feeds import read_feed_health, read_rejections
from warehouse.browse.filters import to_sql
from warehouse.browse.one_event import find_successor, read_event
from warehouse.browse.run_sql import MOST_ROWS, MOST_SECONDS, list_columns

_LARGEST_ID = 2**63 - 1


class Pages:
    """The endpoints that answer with HTML."""

    def __init__(self, site: OpenSite) -> None:
        self._site = site
        self._reading = threading.Lock()

    def events(self, request: Request) -> Response:
        chosen = filter_of(request)
        self._site.reader.version()
        context = {"filter_query": query_of(chosen), "filter": chosen, "sql": to_sql(chosen)}
        return self._site.render(request, "events.html", context)

    def event(self, request: Request) -> Response:
        event_id = str(request.path_params["event_id"])
        with self._site.reader.open() as connection:
            found = read_event(connection, event_id)
            successor = None if found else find_successor(connection, event_id)
        if successor:
            return RedirectResponse(root_of(request) + path_of("events", successor), status_code=302)
        if found is None:
            raise HTTPException(
                404, f"there is no event {event_id[:80]!r}: no article reports it, or none any more"
            )
        return self._site.render(
            request,
            "event.html",
            {
                "event": _with_links(found.event),
                "mentions": [
                    _with_links(row) | {"marked": list(mark_sentence(row))} for row in found.mentions
                ],
                "others": found.others,
                "countries": self._name_countries(),
                "aliases": found.aliases,
                "sql": f"SELECT * FROM events WHERE event_id = '{found.event['event_id']}';\n",
            },
        )

    def why(self, request: Request) -> Response:
        """The article read by the coder once more; one at a time, since that takes all of a core for a second.

        A page of another site can make a browser ask for this, and may not make the coder work.
        """
        if not is_same_origin(request):
            raise HTTPException(
                403, "articles are not explained for pages of other sites; open it from its event"
            )
        with self._reading:
            page = explain_article(self._site.home, str(request.path_params["article_id"]))
        return HTMLResponse(page.encode("utf-8", "replace"), headers=allow_own_style(page))

    def actor(self, request: Request) -> Response:
        name = str(request.path_params["name"])
        with self._site.reader.open() as connection:
            found = read_actor(connection, name)
        if found is None:
            raise HTTPException(404, f"no event has an actor or recipient {name[:80]!r}")
        return self._render_profile(request, "actor.html", found)

    def place(self, request: Request) -> Response:
        geonameid = int(request.path_params["geonameid"])
        with self._site.reader.open() as connection:
            found = read_place(connection, geonameid) if geonameid <= _LARGEST_ID else None
        if found is None:
            raise HTTPException(404, f"no article names a place with the GeoNames id {geonameid}")
        return self._render_profile(request, "place.html", found)

    def feeds(self, request: Request) -> Response:
        def read() -> dict[str, Any]:
            with self._site.reader.open() as connection:
                return {"feeds": read_feed_health(connection), "rejections": read_rejections(connection)}

        context = self._site.keep(self._site.reader.version(), ("feeds",), read)
        return self._site.render(request, "feeds.html", context | {"sql": "SELECT * FROM feed_health;\n"})

    def sql(self, request: Request) -> Response:
        with self._site.reader.open() as connection:
            tables = list_columns(connection)
        context = {
            "tables": tables,
            "queries": QUERIES,
            "sql": request.query_params.get("q", ""),
            "most_rows": MOST_ROWS,
            "most_seconds": MOST_SECONDS,
        }
        return self._site.render(request, "sql.html", context)

    def about(self, request: Request) -> Response:
        return self._site.render(request, "about.html", {})

    def _render_profile(self, request: Request, template: str, found: Profile) -> Response:
        context = _of_profile(found) | {"countries": self._name_countries()}
        return self._site.render(request, template, context)

    def _name_countries(self) -> dict[str, str]:
        """The English names of countries by their codes."""

        def read() -> dict[str, str]:
            with self._site.reader.open() as connection:
                return name_countries(connection)

        return self._site.keep(self._site.reader.version(), ("countries",), read)


def _of_profile(found: Profile) -> dict[str, Any]:
    return {
        "name": found.name,
        "about": found.about,
        "total": found.total,
        "roles": found.roles,
        "unit": found.timeline.unit,
        "timeline": _stack(found.timeline.rows),
        "events": found.events,
        "filter_query": query_of(found.chosen),
        "sql": to_sql(found.chosen),
    }


def _stack(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row for each day, week or month: all its types are in one, or a page of years would be too large."""
    stacked: dict[Any, dict[str, Any]] = {}
    for row in rows:
        whole = stacked.setdefault(
            row["start"], {"start": row["start"], "events": 0, "killed": None, "parts": []}
        )
        whole["events"] += row["events"]
        if row["killed"] is not None:
            whole["killed"] = (whole["killed"] or 0) + row["killed"]
        whole["parts"].append(row)
    return list(stacked.values())


def _with_links(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose addresses are such as may be links, or empty."""
    safe = dict(row)
    for name in ("url", "archive_url", "sentence_url"):
        if name in safe:
            safe[name] = link_or_nothing(safe[name])
    if "urls" in safe:
        safe["urls"] = [url for url in map(link_or_nothing, safe["urls"]) if url]
    return safe
