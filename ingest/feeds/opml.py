"""Subscription lists of other feed readers: OPML in and out, folders as tags."""

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from ingest.feeds.subscriptions import make_feed
from transforms.errors import Permanent
from transforms.plain_characters import drop_illegal_characters
from transforms.records import Feed

_FOLDER_SEPARATOR = "/"
_BARE_AMPERSAND = re.compile(rb"&(?!#\d+;|#[xX][0-9a-fA-F]+;|[A-Za-z]\w*;)")


def read_opml(body: bytes, name: str) -> tuple[list[Feed], list[str]]:
    """The feeds of an OPML file, in order and each once, and what could not be used ("NAME:LINE: why").

    An outline with an `xmlUrl` is a feed, one without a folder; the folders' path ("Africa/Sudan") becomes a
    tag, and a feed in several folders has several. `category` attributes become tags as well. The title is
    `title`, else `text`. Our own attributes (`outlet`, `country`) and `language` come back as written.
    Entities are not expanded and nothing is loaded.

    Source: OPML 2.0, http://opml.org/spec2.opml.

    Raises:
        Permanent: it is no OPML.
    """
    root, problems = _parse(body, name)
    feeds: dict[str, Feed] = {}
    for outline, folders in _walk(root, ()):
        where = f"{name}:{outline.sourceline}"
        try:
            feed = _read_outline(outline, folders)
        except Permanent as error:
            problems.append(f"{where}: {error}")
            continue
        known = feeds.get(feed.feed_id)
        if known:
            tags = tuple(dict.fromkeys(known.tags + feed.tags))
            feed = Feed(
                known.feed_id,
                known.url,
                known.title or feed.title,
                known.outlet,
                known.country,
                known.language,
                tags,
            )
        feeds[feed.feed_id] = feed
    return list(feeds.values()), problems


def write_opml(feeds: Iterable[Feed], title: str = "Dateline") -> bytes:
    """An OPML 2.0 file; a feed stands in the folder of its first tag, its other tags in `category`."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {"": body}
    for feed in feeds:
        first, others = (feed.tags[0], feed.tags[1:]) if feed.tags else ("", ())
        name = feed.title or feed.url
        values = {
            "type": "rss",
            "text": name,
            "title": feed.title,
            "xmlUrl": feed.url,
            "category": ",".join(map(_quote, others)),
        }
        values |= {"outlet": feed.outlet, "country": feed.country, "language": feed.language}
        kept = {key: drop_illegal_characters(value) for key, value in values.items() if value}
        etree.SubElement(_open_folder(folders, first), "outline", kept)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def looks_like_opml(body: bytes) -> bool:
    """Whether a file is OPML rather than CSV."""
    return b"<opml" in body[:4000].lower() or body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _parse(body: bytes, name: str) -> tuple[etree._Element, list[str]]:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, recover=True,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(_BARE_AMPERSAND.sub(b"&amp;", body.lstrip()), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Permanent(f"{name}: not OPML ({error})") from error
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise Permanent(f"{name}: not OPML: its first element is {'missing' if root is None else root.tag}")
    broken = [
        f"{name}:{error.line}: {error.message}; read as far as it could be" for error in parser.error_log
    ]
    return root, broken[:1]


def _walk(
    element: etree._Element, folders: tuple[str, ...]
) -> Iterator[tuple[etree._Element, tuple[str, ...]]]:
    """Every feed outline with the folders it is in. lxml limits the depth, so recursion is safe."""
    for child in element.iterchildren("*"):
        if child.tag.lower() != "outline":
            yield from _walk(child, folders)
            continue
        if _attribute(child, "xmlurl"):
            yield child, folders
            yield from _walk(child, folders)
        else:
            folder = " ".join((_attribute(child, "title") or _attribute(child, "text")).split())
            yield from _walk(child, (*folders, folder.replace(_FOLDER_SEPARATOR, "-")) if folder else folders)


def _read_outline(outline: etree._Element, folders: tuple[str, ...]) -> Feed:
    url = _attribute(outline, "xmlurl")
    title = _attribute(outline, "title") or _attribute(outline, "text")
    tags = [_FOLDER_SEPARATOR.join(folders)] if folders else []
    tags += [_unquote(tag) for tag in _attribute(outline, "category").split(",")]
    language, country = _attribute(outline, "language").lower()[:2], _attribute(outline, "country").upper()
    return make_feed(
        url,
        title="" if title == url else title,
        outlet=_attribute(outline, "outlet"),
        country=country if re.fullmatch(r"[A-Z]{3}", country) else "",
        language=language if re.fullmatch(r"[a-z]{2}", language) else "",
        tags=tags,
    )


def _attribute(element: etree._Element, name: str) -> str:
    """An attribute by its name in lower case: programs write xmlUrl, xmlURL, XMLURL."""
    return next((str(value).strip() for key, value in element.attrib.items() if str(key).lower() == name), "")


def _open_folder(folders: dict[str, etree._Element], path: str) -> etree._Element:
    if path not in folders:
        parent, _, name = path.rpartition(_FOLDER_SEPARATOR)
        name = drop_illegal_characters(name or path)
        folders[path] = etree.SubElement(_open_folder(folders, parent), "outline", text=name, title=name)
    return folders[path]


def _quote(tag: str) -> str:
    return tag.replace("%", "%25").replace(",", "%2C")


def _unquote(tag: str) -> str:
    return tag.replace("%2C", ",").replace("%25", "%")
