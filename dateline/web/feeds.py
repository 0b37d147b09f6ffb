"""New events of a filter as an Atom and a JSON Feed.

Sources: RFC 4287 (Atom), https://www.jsonfeed.org/version/1.1/
"""

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from starlette.requests import Request
from starlette.responses import Response

from dateline.web.api import check_etag
from dateline.web.security import root_of
from dateline.web.site import OpenSite, filter_of, path_of, query_of
from dateline.web.values import link_or_nothing, show_time, to_json
from transforms.event_wording import describe_event, describe_sources
from transforms.safe_text import put_on_a_line
from warehouse.browse.events import list_newest
from warehouse.browse.report import make_news_event

MOST_ENTRIES = 50
_XML = "application/atom+xml"
_JSON = "application/feed+json"


class Feeds:
    """The endpoints that answer with feeds: the events of a filter that were first seen last."""

    def __init__(self, site: OpenSite) -> None:
        self._site = site

    def atom(self, request: Request) -> Response:
        return self._answer(request, _XML, write_atom)

    def json(self, request: Request) -> Response:
        return self._answer(request, _JSON, write_json_feed)

    def _answer(self, request: Request, media_type: str, write: Any) -> Response:
        version = self._site.reader.version()
        unchanged, headers = check_etag(request, version.token)
        if unchanged:
            return Response(status_code=304, headers=headers)
        chosen = filter_of(request)
        with self._site.reader.open() as connection:
            events = list_newest(connection, chosen, MOST_ENTRIES)
        query = query_of(chosen)
        host = f"{request.url.scheme}://{request.url.netloc}"
        base = host + root_of(request)
        about = {
            "title": f"Dateline: events ({query})" if query else "Dateline: events",
            "home": f"{base}/{f'?{query}' if query else ''}",
            "self": f"{host}{request.url.path}{f'?{query}' if query else ''}",
            "base": base,
            "updated": show_time(max((row["last_seen_at"] for row in events), default=version.published_at)),
        }
        return Response(write(about, events), media_type=media_type, headers=headers)


def write_atom(about: Mapping[str, str], events: list[dict[str, Any]]) -> bytes:
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{_xml(about['title'])}</title>",
        f"<id>{_xml(about['home'])}</id>",
        f"<updated>{about['updated']}</updated>",
        f'<link rel="self" type="{_XML}" href={_attribute(about["self"])}/>',
        f'<link rel="alternate" type="text/html" href={_attribute(about["home"])}/>',
        "<author><name>Dateline</name></author>",
    ]
    for event in events:
        lines += [
            "<entry>",
            f"<title>{_xml(_title(event))}</title>",
            f"<id>{_name(event)}</id>",
            f"<published>{show_time(event['first_seen_at'])}</published>",
            f"<updated>{show_time(event['last_seen_at'])}</updated>",
            f'<link rel="alternate" type="text/html" href={_attribute(_address(about, event))}/>',
            f"<category term={_attribute(event['event_type'])}/>",
            f'<content type="text">{_xml(_tell(event))}</content>',
        ]
        source = link_or_nothing(event["sentence_url"])
        if source:
            lines.append(f'<link rel="via" href={_attribute(source)}/>')
        lines.append("</entry>")
    lines.append("</feed>\n")
    return "\n".join(lines).encode("utf-8", "replace")


def write_json_feed(about: Mapping[str, str], events: list[dict[str, Any]]) -> bytes:
    return to_json(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": about["title"],
            "home_page_url": about["home"],
            "feed_url": about["self"],
            "items": [
                {
                    "id": _name(event),
                    "url": _address(about, event),
                    **(
                        {"external_url": source} if (source := link_or_nothing(event["sentence_url"])) else {}
                    ),
                    "title": put_on_a_line(_title(event)),
                    "content_text": put_on_a_line(_tell(event)),
                    "date_published": event["first_seen_at"],
                    "date_modified": event["last_seen_at"],
                    "tags": [
                        value for value in (event["event_type"], event["mode"], event["country"]) if value
                    ],
                }
                for event in events
            ],
        }
    )


def _name(event: Mapping[str, Any]) -> str:
    """The entry's id; it stays the same wherever the site is served."""
    return f"urn:dateline:event:{_xml(event['event_id'])}"


def _address(about: Mapping[str, str], event: Mapping[str, Any]) -> str:
    return about["base"] + path_of("events", event["event_id"])


def _tell(event: Mapping[str, Any]) -> str:
    sources = describe_sources(make_news_event(event))
    return f"{event['sentence']} ({sources})" if sources else str(event["sentence"])


def _title(event: Mapping[str, Any]) -> str:
    return describe_event(make_news_event(event))


def _xml(text: str) -> str:
    return escape(put_on_a_line(str(text)))


def _attribute(text: str) -> str:
    return quoteattr(put_on_a_line(str(text)))
