"""The content of sitemap files, read strictly: the pages and files that they name, with what is said of days.

A file that broke off must not pass for a short one. So nothing of a file counts unless its last element is there.

Source: sitemaps.org/protocol.html (elements, text files, limits); developers.google.com/search/docs/crawling-indexing/
sitemaps/news-sitemap (the `news` elements).
"""

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from lxml import etree

from ingest.http.decoding import BadCoding, open_decoder
from transforms.dates import FeedDate, read_feed_date
from transforms.plain_text import html_to_line
from transforms.urls import is_web_url, make_absolute

_GZIP = b"\x1f\x8b\x08"
_MOST_LAYERS = 3
_HEAD_BYTES = 100_000
_MOST_LISTED = 250_000
"""The protocol allows 50,000; a file of more than this is made to harm."""
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_ROOT = re.compile(rb"<((?:[A-Za-z_][\w.-]{0,40}:)?(?:urlset|sitemapindex))(?=[\s/>])")
_TYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_FEED = re.compile(rb"<(?:[a-z][\w-]{0,20}:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_ENCODING = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})")
_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_PREFIX = re.compile(rb"(?:</?|\s)([A-Za-z_][\w.-]{0,40}):[A-Za-z_]")
_DECLARED = re.compile(rb"\sxmlns:([A-Za-z_][\w.-]{0,40})\s*=")
_CUT_DATE = re.compile(r"\d{4}(?:-\d{1,2})?")


class SitemapCut(Exception):
    """The file broke off, or holds more than is read: a later try, or a higher limit, may give it whole."""


class NotASitemap(Exception):
    """What came is whole, but no sitemap that can be read."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page, or a further file, that a sitemap names."""

    url: str  # absolute
    lastmod: FeedDate | None = None  # None also where all in a file are equal: that is the file's time
    published: FeedDate | None = None  # of a news sitemap
    title: str = ""  # of a news sitemap


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a file names, in its order."""

    is_index: bool  # names further files
    is_xml: bool  # shows its own end
    listed: tuple[Listed, ...]


def parse_sitemap(body: bytes, url: str, max_bytes: int) -> Sitemap:
    """Read the sitemap that `url` serves: XML or a list of addresses in text, packed or not.

    Raises:
        SitemapCut: it broke off, or unpacks to more than `max_bytes`.
        NotASitemap: it is something else, or broken.
    """
    body = _to_narrow(_unpack(body, max_bytes)).removeprefix(codecs.BOM_UTF8).strip(b" \t\r\n\0")
    if not body:
        raise NotASitemap("it is empty")
    if body.startswith(b"<"):
        return _parse_xml(body, url)
    return Sitemap(is_index=False, is_xml=False, listed=tuple(_read_lines(body)))


def read_sitemap_lines(robots: bytes, url: str) -> list[str]:
    """The addresses that the `Sitemap:` lines of a robots.txt name, each once; relative ones resolved against `url`.

    Source: sitemaps.org/protocol.html#submit_robots; the name is written in any case, the place is anywhere.
    """
    found = []
    for line in robots.decode("utf-8-sig", "replace").splitlines():
        name, colon, value = line.partition(":")
        if colon and name.strip().lower() == "sitemap":
            found.append(make_absolute(url, value.partition(" #")[0].strip()))
    return [address for address in dict.fromkeys(found) if address]


def _unpack(body: bytes, max_bytes: int) -> bytes:
    """What lies in a gzip file, also in one that lies in another.

    Raises:
        SitemapCut
    """
    for _ in range(_MOST_LAYERS):
        if not body.startswith(_GZIP):
            break
        decoder, unpacked = open_decoder("gzip"), bytearray()
        try:
            for piece in decoder.feed(body):
                unpacked += piece
                if len(unpacked) > max_bytes:
                    raise SitemapCut(f"it unpacks to more than {max_bytes:,} bytes")
            decoder.finish()
        except BadCoding as error:
            raise SitemapCut(str(error)) from error
        body = bytes(unpacked)
    if body.startswith(_GZIP):
        raise SitemapCut("it is packed too often")
    return body


def _to_narrow(body: bytes) -> bytes:
    """A body that its first bytes say to be UTF-16 or UTF-32 in UTF-8, without its declaration."""
    codec = next((codec for start, codec in _WIDE if body.startswith(start)), "")
    if not codec:
        return body
    text = body.decode(codec, "replace").lstrip("\ufeff")
    return re.sub(r"^\s*<\?xml[^>]{0,300}\?>", "", text).encode("utf-8", "replace")


def _read_lines(body: bytes) -> Iterator[Listed]:
    """The pages of a text file, an address a line.

    Raises:
        NotASitemap: its first line is no address.
    """
    lines = [line.strip() for line in body.decode("utf-8", "replace").splitlines() if line.strip()]
    if not is_web_url(lines[0]) or len(lines) > _MOST_LISTED:
        raise NotASitemap("it is neither XML nor a list of addresses")
    for line in lines:
        url = make_absolute(line, line)
        if url:
            yield Listed(url)


def _parse_xml(body: bytes, url: str) -> Sitemap:
    root = _ROOT.search(body, 0, _HEAD_BYTES)
    head = body[: root.start() if root else _HEAD_BYTES]
    if _HTML.search(head):
        raise NotASitemap("it is a web page")
    if _TYPE.search(head):
        raise NotASitemap("it declares a document type, which no sitemap needs")
    if root is None:
        if _FEED.search(head):
            raise NotASitemap("it is a feed")
        if re.fullmatch(rb"<\?xml[^>]{0,300}>?\s*(?:<!--.{0,1000})?(?:<[\w:]{0,60})?", head, re.DOTALL):
            raise SitemapCut("it ends before its first element")
        raise NotASitemap("its first element is neither urlset nor sitemapindex")
    whole = body[root.start() : _find_end(body, root)]
    declared = _ENCODING.search(head)
    encoding = declared[1].decode("ascii") if declared else "utf-8"
    is_index = root[1].endswith(b"sitemapindex")
    try:
        listed = list(_read_elements(whole, encoding, url, is_index))
    except etree.XMLSyntaxError:
        repaired = _repair(whole, encoding)
        try:
            listed = list(_read_elements(repaired, encoding, url, is_index))
        except etree.XMLSyntaxError as error:
            raise NotASitemap(f"its XML is broken: {error}") from error
    return Sitemap(is_index, is_xml=True, listed=_drop_stamp(listed))


def _repair(body: bytes, encoding: str) -> bytes:
    """XML without the faults that sites make most: bare ampersands, control characters, prefixes never declared."""
    body = _BARE_AMPERSAND.sub(b"&amp;", _CONTROLS.sub(b"", body))
    if encoding.lower() in ("utf-8", "utf8"):
        body = body.decode("utf-8", "replace").encode("utf-8")
    missing = set(_PREFIX.findall(body)) - set(_DECLARED.findall(body)) - {b"xml", b"xmlns"}
    names = b"".join(b' xmlns:%b="urn:%b"' % (prefix, prefix) for prefix in sorted(missing))
    return _ROOT.sub(lambda root: root[0] + names, body, count=1)


def _find_end(body: bytes, root: re.Match[bytes]) -> int:
    """Where the first element ends.

    Raises:
        SitemapCut: it does not.
    """
    end = re.compile(rb"</" + re.escape(root[1]) + rb"\s*>")
    start = body.rfind(b"</" + root[1])
    closed = end.match(body, start) if start >= 0 else None
    closed = closed or re.compile(rb"[^<>]*/>").match(body, root.end())
    if closed is None:
        raise SitemapCut("it ends before its first element is closed")
    return closed.end()


def _read_elements(body: bytes, encoding: str, url: str, is_index: bool) -> Iterator[Listed]:
    """Raises: etree.XMLSyntaxError, NotASitemap"""
    wanted = "sitemap" if is_index else "url"
    try:
        parsed = etree.iterparse(
            BytesIO(body), events=("end",), encoding=encoding, no_network=True, load_dtd=False,
            resolve_entities=False, remove_comments=True, remove_pis=True, huge_tree=False,
        )  # fmt: skip
    except LookupError as error:
        raise NotASitemap(f"it is in {encoding[:40]!r}, which is no encoding") from error
    count = told = 0
    for _, element in parsed:
        parent = element.getparent()
        if parent is None or parent.getparent() is not None:
            continue  # part of a page's element, or the first element itself
        count += 1
        if count > _MOST_LISTED:
            raise NotASitemap(f"it names more than {_MOST_LISTED:,} addresses")
        listed = _read_element(element, url) if _name(element) == wanted else None
        if listed is not None:
            told += 1
            yield listed
        element.clear()
        while element.getprevious() is not None:
            del parent[0]
    if count and not told:
        raise NotASitemap("none of its elements names an address")


def _read_element(element: etree._Element, url: str) -> Listed | None:
    fields: dict[str, str] = {}
    for child in element:
        name = _name(child)
        if name in ("loc", "lastmod"):
            fields.setdefault(name, _text(child))
        elif name == "news":  # a video has a publication_date as well
            for part in child:
                fields.setdefault(f"news:{_name(part)}", _text(part))
    address = make_absolute(url, fields.get("loc", "").replace("&amp;", "&"))
    if not address:
        return None
    return Listed(
        address,
        _read_date(fields.get("lastmod", "")),
        _read_date(fields.get("news:publication_date", "")),
        html_to_line(fields.get("news:title", "")),
    )


def _name(element: etree._Element) -> str:
    """An element's name without namespace or prefix, also where the prefix was never declared."""
    return re.split(r"[}:]", element.tag)[-1] if isinstance(element.tag, str) else ""


def _text(element: etree._Element) -> str:
    return "".join(map(str, element.itertext())).strip()


def _read_date(text: str) -> FeedDate | None:
    """A date that tells a day; a year or month alone bounds nothing.

    Source: W3C NOTE-datetime.
    """
    return None if not text or _CUT_DATE.fullmatch(text) else read_feed_date(text)


def _drop_stamp(listed: Sequence[Listed]) -> tuple[Listed, ...]:
    """Without lastmods where they are all equal: such are the time at which the file was made."""
    lastmods = {one.lastmod for one in listed}
    if len(listed) > 1 and len(lastmods) == 1 and None not in lastmods:
        return tuple(replace(one, lastmod=None) for one in listed)
    return tuple(listed)
