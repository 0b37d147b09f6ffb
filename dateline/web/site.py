"""What all pages share: the reader, the templates, what was worked out of the file that is published now."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dateline import read_version
from dateline.home import Home
from dateline.web.security import root_of
from dateline.web.values import link_or_nothing, show_time, to_json
from warehouse.browse.filters import EventFilter, read_filter, write_filter
from warehouse.browse.reader import FileUnavailable, FileVersion, WarehouseReader

HERE = Path(__file__).parent
T = TypeVar("T")
_MOST_KEPT = 64  # answers
_MOST_KEPT_BYTES = 300_000  # of one


@dataclass(frozen=True, slots=True)
class MapTiles:
    """A server of map tiles that the user's browser asks, and whom to thank for them."""

    url: str = ""  # https://tile.example/{z}/{x}/{y}.png; empty: the bundled shapes of countries alone
    attribution: str = ""

    @property
    def origin(self) -> str:
        """What a Content-Security-Policy has to allow; `{s}` stands for any name."""
        parts = urlsplit(self.url.replace("{s}", "*"))
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


NO_TILES = MapTiles()


class OpenSite:
    """A home's published file, served."""

    def __init__(self, home: Home, tiles: MapTiles) -> None:
        self.home = home
        self.reader = WarehouseReader(home.published)
        self.templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.globals["path_of"] = path_of
        self.templates.filters |= {"safe_link": link_or_nothing, "show_time": show_time}
        self.templates.globals |= {"tiles": tiles.url, "tiles_attribution": tiles.attribution}
        self._kept: OrderedDict[tuple[str, ...], Any] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, version: FileVersion, key: tuple[str, ...], make: Callable[[], T]) -> T:
        """What `make` gives, worked out once for a file."""
        whole = (version.token, *key)
        with self._lock:
            if whole in self._kept:
                self._kept.move_to_end(whole)
                kept: T = self._kept[whole]
                return kept
        made = make()
        if isinstance(made, bytes) and len(made) > _MOST_KEPT_BYTES:
            return made
        with self._lock:
            self._kept[whole] = made
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return made

    def render(
        self, request: Request, template: str, context: Mapping[str, Any], status: int = 200
    ) -> Response:
        """A page. Every template has `page`, `version`, `published_at`, `filter_query`, `root` and `static`."""
        version = self.find_version()
        root = root_of(request)
        shared = {
            "page": template.removesuffix(".html"),
            "version": read_version(),
            "published_at": version.published_at if version else None,
            "filter_query": "",
            "root": root,
            "static": lambda name: f"{root}/static/{name}?v={hash_static(name)}",
        }
        text = self.templates.get_template(template).render(shared | dict(context))
        return HTMLResponse(text.encode("utf-8", "replace"), status_code=status)

    def find_version(self) -> FileVersion | None:
        try:
            return self.reader.version()
        except FileUnavailable:
            return None


def path_of(kind: str, name: object) -> str:
    """The path of a page of one event, actor or place."""
    return f"/{kind}/{quote(str(name), safe='')}"


def filter_of(request: Request) -> EventFilter:
    return read_filter(request.query_params.multi_items())


def query_of(chosen: EventFilter) -> str:
    return urlencode(write_filter(chosen))


def json_answer(value: Any, status: int = 200, media_type: str = "application/json") -> Response:
    return Response(to_json(value), status_code=status, media_type=media_type)


@cache
def hash_static(name: str) -> str:
    """Changes when the file does, so a browser may keep what it has; read once while the site runs."""
    path = HERE / "static" / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""
