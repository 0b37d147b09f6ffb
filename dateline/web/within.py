"""The site below a path of another web application, for whoever is signed in there."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dateline.home import find_home
from dateline.web.app import create_app

FindUser = Callable[[Request], Awaitable[None]]
"""Raises an `HTTPException` where nobody is signed in."""


def make_site_within(address: str, find_user: FindUser, login: str) -> ASGIApp:
    """The site of Dateline's home, within the application that browsers find at `address`.

    A page that is asked for by nobody leads to `login`, a path of that application.
    """
    host = urlsplit(address).hostname or ""
    return SignedInSite(create_app(find_home(), [host]), find_user, login)


class SignedInSite:
    """Asks the application around it who is there, before anything else."""

    def __init__(self, app: ASGIApp, find_user: FindUser, login: str) -> None:
        self._app = app
        self._find_user = find_user
        self._login = login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope)
        try:
            await self._find_user(request)
        except HTTPException:
            if "text/html" not in request.headers.get("accept", ""):
                raise
            around = scope.get("app_root_path", "").rstrip("/")
            there = quote(str(request.url), safe="")
            await RedirectResponse(f"{around}{self._login}?next={there}")(scope, receive, send)
            return
        await self._app(scope, receive, send)
