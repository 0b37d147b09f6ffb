"""The site as a Starlette application: routes, errors, what is served from `static/`."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from dateline.explain.article import NoSuchArticle
from dateline.home import Home
from dateline.web.api import Api
from dateline.web.downloads import MEDIA_TYPES, Downloads
from dateline.web.feeds import Feeds
from dateline.web.metrics import Metrics
from dateline.web.openapi import describe_api
from dateline.web.pages import Pages
from dateline.web.security import GuardedApp, root_of
from dateline.web.site import HERE, NO_TILES, MapTiles, OpenSite, json_answer
from transforms.errors import DatelineError, Transient
from warehouse.browse.reader import FileUnavailable

_NO_GZIP = (*DEFAULT_EXCLUDED_CONTENT_TYPES, *MEDIA_TYPES.values())  # on this machine it only takes time


def create_app(home: Home, hosts: Iterable[str] = (), tiles: MapTiles = NO_TILES) -> ASGIApp:
    """The site over a home's published file; `hosts` are the names besides those of loopback that it answers to."""
    site = OpenSite(home, tiles)
    pages, api, feeds, downloads = Pages(site), Api(site), Feeds(site), Downloads(site)

    def handle(request: Request, error: Exception) -> Response:
        return answer_error(site, request, error)

    @asynccontextmanager
    async def close_at_end(_: Starlette) -> AsyncIterator[None]:
        yield
        site.reader.close()

    app = Starlette(
        lifespan=close_at_end,
        routes=[
            Route("/", pages.events),
            Route("/events/{event_id}", pages.event),
            Route("/articles/{article_id}/why", pages.why),
            Route("/actors/{name:path}", pages.actor),
            Route("/places/{geonameid:int}", pages.place),
            Route("/feeds", pages.feeds),
            Route("/sql", pages.sql),
            Route("/about", pages.about),
            *(Route(f"/events.{ending}", downloads.file) for ending in MEDIA_TYPES),
            Route("/events.sql", downloads.sql),
            Route("/feed.atom", feeds.atom),
            Route("/feed.json", feeds.json),
            Route("/api/events", api.events),
            Route("/api/map", api.map),
            Route("/api/timeline", api.timeline),
            Route("/api/facets", api.facets),
            Route("/api/sql", api.sql, methods=["POST"]),
            Route("/openapi.json", lambda request: json_answer(describe_api(root_of(request)))),
            Route("/metrics", Metrics(site).answer),
            Route("/healthz", lambda request: answer_health(site)),
            Mount("/static", _Static(directory=HERE / "static")),
        ],
        middleware=[
            Middleware(GZipMiddleware, compresslevel=6, exclude_content_types=_NO_GZIP),
        ],
        exception_handlers={DatelineError: handle, HTTPException: handle, Exception: handle},
    )
    return GuardedApp(app, hosts, tiles.origin)  # outermost, so that errors have its headers too


def answer_error(site: OpenSite, request: Request, error: Exception) -> Response:
    """The sentence of an error, as JSON where JSON was asked for, else as a page."""
    if isinstance(error, HTTPException):
        status, message = error.status_code, str(error.detail)
        if status == 404 and message == "Not Found":
            message = "there is no such page"
    elif isinstance(error, NoSuchArticle):
        status, message = 404, "there is no such article"
    elif isinstance(error, FileUnavailable | Transient):
        status, message = 503, str(error)
    elif isinstance(error, DatelineError):
        status, message = 400, str(error)
    else:
        status, message = 500, "this page failed; what is wrong stands where `dateline web` was started"
    if request.url.path.removeprefix(root_of(request)).startswith("/api/"):
        answer = json_answer({"error": message}, status)
    else:
        answer = site.render(request, "error.html", {"status": status, "message": message}, status)
    answer.headers["cache-control"] = "no-store"
    return answer


def answer_health(site: OpenSite) -> Response:
    """Whether the file can be read."""
    with site.reader.open():
        return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})


class _Static(StaticFiles):
    """Files that a browser asks for again each time, unless their address says which version they are (`?v=`)."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        versioned = scope.get("query_string", b"").startswith(b"v=")
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if versioned else "no-cache"
        return response
