"""Who may ask the site, where it is, and what a browser may do with its pages."""

import base64
import hashlib
import ipaddress
import re
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
"""Content-Security-Policy: nothing but the site's own files, and no script or style within a page."""
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


_ROOT = "dateline.root"
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def allow_own_style(page: str) -> dict[str, str]:
    """The headers of a page that brings its style and nothing else: of that very text."""
    digests = (hashlib.sha256(style.encode()).digest() for style in _STYLE.findall(page)[:1])
    styles = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return {
        "content-security-policy": f"default-src 'none'; style-src {styles}; base-uri 'none'; frame-ancestors 'self'"
    }


class GuardedApp:
    """Answers only requests that name this host, and adds the headers to every answer.

    A page of another site can let its own name point to 127.0.0.1 and read what is served there (DNS
    rebinding); it cannot change the name that its browser sends as `Host`.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str], images_from: str = "") -> None:
        self._app = app
        images = f"'self' data: {images_from}".strip()
        self._headers = {"content-security-policy": POLICY.replace("{images}", images), **HEADERS}
        self._hosts = frozenset(host.strip("[]").lower() for host in hosts if host)
        self._any_address = bool(self._hosts & {"0.0.0.0", "::"})  # served on all of them

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        host = split_host(Headers(scope=scope).get("host", ""))
        if self._is_ours(host):
            await self._app({**scope, _ROOT: scope.get("root_path", "").rstrip("/")}, receive, send_guarded)
            return
        answer = PlainTextResponse(
            f"{host or 'no host'} is not a name of this site; open it as http://127.0.0.1, start `dateline web` "
            "with --allow-host, or let Airflow's `base_url` name it\n",
            status_code=421,
        )
        await answer(scope, receive, send_guarded)

    def _is_ours(self, host: str) -> bool:
        if host in self._hosts or host == "localhost":
            return bool(host)
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        return address.is_loopback or self._any_address


def root_of(request: Request) -> str:
    """The path below which the site lies, such as `/dateline`; empty where it is the whole host.

    It is kept from the beginning of a request: routes that hold others change the `root_path` of its scope.
    """
    return str(request.scope[_ROOT])


def split_host(host: str) -> str:
    """The host of `host:port`, in lower case."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def is_same_origin(request: Request) -> bool:
    """Whether a page of this site asks, or no page at all."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2].lower() == request.headers.get("host", "").lower()
