"""Addresses that only lead on: what search engines, networks and mail guards put in front of a link.

Only hosts of the table are opened. An address in a parameter of any other host may be what its page is about
(a sharing page, a translation, an archive), so it stays where it is.
"""

import re
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

_PARAMETERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    # host, path, parameters that hold the target; a full stop before a host stands for any name below it
    (r"(?:[a-z]+\.)?google(?:\.[a-z]{2,3}){1,2}", r"/(?:url|imgres|interstitial)", ("url", "q", "imgrefurl")),
    (r"news\.google(?:\.[a-z]{2,3}){1,2}", r"/(?:news/)?url", ("url", "q")),
    (r"(?:[a-z]+\.)?bing\.com", r"/(?:news|videos|images)/(?:apiclick|search)\.aspx", ("url",)),
    (r"(?:[a-z]+\.)?bing\.com", r"/ck/a", ("u",)),
    (r"(?:l|lm)\.facebook\.com|(?:www\.|m\.)?facebook\.com|l\.messenger\.com", r"/(?:l|flx/warn)(?:\.php)?/?", ("u",)),
    (r"l\.instagram\.com|l\.threads\.(?:net|com)", r"/?", ("u",)),
    (r"out\.reddit\.com", r"/.*", ("url",)),
    (r"(?:www\.|m\.)?youtube\.com", r"/redirect", ("q",)),
    (r"(?:www\.)?linkedin\.com", r"/(?:redir/redirect|safety/go|redirect)/?", ("url",)),
    (r"(?:away\.|m\.|www\.)?vk\.(?:com|ru)", r"/away(?:\.php)?", ("to",)),
    (r"(?:www\.|m\.)?ok\.ru", r"/dk", ("st.link",)),
    (r"t\.umblr\.com", r"/redirect", ("z",)),
    (r"(?:www\.)?duckduckgo\.com", r"/l/?", ("uddg",)),
    (r"(?:www\.)?(?:yandex\.(?:ru|com)|ya\.ru)", r"/(?:clck/jsredir|redir)", ("url",)),
    (r"(?:www\.)?baidu\.com", r"/link", ("target",)),
    (r"link\.zhihu\.com", r"/?", ("target",)),
    (r"steamcommunity\.com", r"/linkfilter/?", ("url", "u")),
    (r"slack-redir\.net", r"/link", ("url",)),
    (r"(?:[a-z0-9]+\.)*safelinks\.protection\.outlook\.com", r"/.*", ("url",)),
    (r"getpocket\.com", r"/redirect", ("url",)),
    (r"(?:www\.)?inoreader\.com|feedly\.com", r"/(?:redirect|link|i/redirect)", ("url",)),
    (r"go\.(?:redirectingat|skimresources)\.com", r"/?", ("url",)),
    (r"(?:redirect\.viglink|go\.viglink)\.com", r"/?", ("u", "out")),
    (r"click\.linksynergy\.com", r"/.*", ("murl",)),
    (r"(?:www\.)?awin1\.com", r"/cread\.php", ("ued", "p")),
    (r"exit\.sc", r"/?", ("url",)),
    (r"href\.li|anonym\.to|nullrefer\.com", r"/?", ("",)),  # the whole query is the address
)  # fmt: skip
_TABLE = tuple((re.compile(host), re.compile(path), names) for host, path, names in _PARAMETERS)
_YAHOO = re.compile(r"/RU=(http[^/]+)/R[KS]=", re.IGNORECASE)
_URL_DEFENSE = re.compile(r"/v3/__(https?:.+?)__;", re.IGNORECASE)
_GOOGLE_NEWS = re.compile(r"/(?:rss/)?(?:articles|read)/([\w-]{20,2000})$")
_GOOGLE_NEWS_START = b"\x08\x13\x22"
_AMP_HOSTS = re.compile(
    r"(?:www\.)?(?:google(?:\.[a-z]{2,3}){1,2}|bing\.com)|(?:[a-z0-9-]+\.)?cdn\.ampproject\.org"
)
_AMP_PATH = re.compile(r"/(?:amp|c|v|wp)/(s/)?((?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?/.*)", re.IGNORECASE)
"""A page that a search engine keeps: `/amp/s/HOST/PATH`, with `s` for https."""
_WEB = re.compile(r"https?:/+[^/\s]", re.IGNORECASE)
_MOST_LEVELS = 5


def unwrap_redirector(url: str) -> str:
    """The address that `url` leads to if it is one of a known redirector; `url` itself otherwise. Never raises.

    Source: the addresses as these services write them; of Google News those whose id holds the address
    (a protocol buffer whose field 4 it is), which later ones do not.
    """
    for _ in range(_MOST_LEVELS):
        target = _unwrap_once(url)
        if not target or target == url:
            break
        url = target
    return url


def _unwrap_once(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        if parts.scheme not in ("http", "https") or not host:
            return ""
        return _find_target(host, parts)
    except ValueError:
        return ""


def _find_target(host: str, parts: SplitResult) -> str:
    for host_pattern, path_pattern, names in _TABLE:
        if host_pattern.fullmatch(host) and path_pattern.fullmatch(parts.path):
            return _read_parameter(parts.query, names)
    if host == "news.google.com" and (match := _GOOGLE_NEWS.search(parts.path)):
        return _read_google_news(match[1])
    if host.endswith(".yahoo.com") and (match := _YAHOO.search(parts.path)):
        return _accept(unquote(match[1]))
    if host.endswith(".yahoo.com") and "/*http" in parts.path:
        return _accept(unquote(parts.path.partition("/*")[2]) + (f"?{parts.query}" if parts.query else ""))
    if _AMP_HOSTS.fullmatch(host) and (match := _AMP_PATH.fullmatch(parts.path)):
        target = f"{'https' if match[1] else 'http'}://{match[2]}"
        return _accept(target + (f"?{parts.query}" if parts.query else ""))
    if host == "urldefense.com" and (match := _URL_DEFENSE.match(parts.path)):
        return _accept(match[1])
    return ""


def _read_parameter(query: str, names: tuple[str, ...]) -> str:
    if names == ("",):
        return _accept(unquote(query))
    fields = parse_qs(query, max_num_fields=200)  # more raise a ValueError
    for name in names:
        for value in fields.get(name, ()):
            if found := _accept(value) or _read_bing(value):
                return found
    return ""


def _accept(target: str) -> str:
    target = target.strip()
    return target if _WEB.match(target) else ""


def _read_bing(value: str) -> str:
    """Bing writes `a1` and the address in base64."""
    return _accept(_decode_base64(value[2:]).decode("utf-8", "replace")) if value.startswith("a1") else ""


def _read_google_news(token: str) -> str:
    data = _decode_base64(token)
    if not data.startswith(_GOOGLE_NEWS_START) or len(data) < 5:
        return ""
    size, start = data[3], 4
    if size > 127:  # a varint of two bytes
        size, start = (size & 127) + (data[4] << 7), 5
    target = data[start : start + size]
    return _accept(target.decode("ascii", "replace")) if len(target) == size and target.isascii() else ""


def _decode_base64(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Base64Error, ValueError):
        return b""
