"""URLs: one spelling for all the addresses of one article, and relative addresses made absolute.

Two addresses with the same canonical URL mean the same article. It is never fetched: what is fetched is
the address that the publisher gave.
"""

import re
from urllib.parse import SplitResult, quote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

from transforms.plain_characters import drop_unseen_characters
from transforms.redirectors import unwrap_redirector

_TRACKING_PREFIXES = (
    "utm_", "mc_", "at_", "ns_", "wt.", "wt_", "hsa_", "_hs", "oly_", "pk_", "piwik_", "mtm_", "matomo_",
    "fb_", "amp_", "guce_", "stm_", "itm_", "trk_", "vero_",
)  # fmt: skip
_TRACKING_NAMES = frozenset({
    "fbclid", "gclid", "gclsrc", "dclid", "msclkid", "yclid", "gbraid", "wbraid", "igshid", "igsh",
    "twclid", "ttclid", "li_fat_id", "mkt_tok", "ef_id", "s_kwcid", "_ga", "_gl", "__twitter_impression",
    "__s", "ocid", "ito", "icid", "ncid", "cmp", "cmpid", "cmpgn", "campaign_id", "instance_id",
    "segment_id", "regi_id", "smid", "smtyp", "emc", "s_cid", "sc_cid", "sc_channel", "xtor", "maca",
    "taid", "srnd", "sref", "wpisrc", "wpmm", "mbid", "leadsource", "guccounter", "ref", "ref_src",
    "ref_url", "referrer", "referer", "sr_share", "share", "ssrc", "usqp", "amp", "traffic_source",
    "feature", "spm", "si", "rss_id", "rss", "cvid",
})  # fmt: skip
_SYNDICATION_NAMES = frozenset({
    "source", "src", "from", "via", "origin", "mod", "partner", "medium", "channel", "output", "outputtype",
})  # fmt: skip
_SYNDICATION_VALUES = frozenset({
    "rss", "rss1", "rss2", "rss20", "rssfeed", "rss_feed", "feed", "feeds", "feedburner", "atom", "amp",
})  # fmt: skip
_SESSION_NAMES = re.compile(
    r"phpsessid|jsessionid|aspsessionid\w*|sessionid|session_id|sess_id|cfid|cftoken|oscsid|zenid|"
    r"cachebuster|cache_buster|cachebust|cache_bust|bustcache|nocache|no_cache|no-cache|_nc|cb|rnd|rand|random|_rnd|"
    r"__cf_chl_\w+|__s|_dc|_ts"
)
"""Parameters that never name an article: sessions, and what keeps caches from answering."""
_TOKEN_NAMES = frozenset({
    "_", "sid", "s", "session", "token", "tok", "access_token", "auth", "sig", "signature", "hash", "nonce", "key", "t",
    "ts", "time", "timestamp", "r", "v", "ver", "cache", "expires", "exp", "uid", "cid", "visitor", "rid", "reqid",
    "request_id", "trk", "tracking", "click_id", "clickid",
})  # fmt: skip
"""Parameters that may name an article but do not if their value looks drawn or like a time of day."""
_TOKEN = re.compile(
    r"[0-9a-f]{16,}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|1[0-9]{9}(?:[0-9]{3})?|0\.[0-9]{4,}"
    r"|(?=[a-z]*[0-9])(?=[0-9]*[a-z])[a-z0-9_-]{20,}",
    re.IGNORECASE,
)
_SESSION_SEGMENT = re.compile(r"\((?:[ASFX]\([A-Za-z0-9_-]{16,}\))+\)")  # ASP.NET without cookies
_GOOGLE_AMP_HOSTS = frozenset(("google.com", "bing-amp.com"))
_AMP_CACHE = ".cdn.ampproject.org"
_DEFAULT_PORTS = (80, 443)
_UNRESERVED = re.compile(rb"[A-Za-z0-9._~-]")
_ALL_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]*")
_TRACKING_FRAGMENT = re.compile(r":~:|xtor=|utm_|at_|ref=|tk\.|rss\b|\d{1,3}$", re.IGNORECASE)
_SLUG = re.compile(r"[a-z]{3,}[-_][a-z]{3,}", re.IGNORECASE)
_BACKSLASH = "\\"
_MOST_UNWRAPPINGS = 5
_SPACE_AND_CONTROLS = "".join(map(chr, range(33)))
_SCHEME = re.compile(r"(?:feed:(?://)?)?h?ttps?(?:\s*:\s*[/\\]*|[/\\]{2,})\s*|feed:(?://)?", re.IGNORECASE)
"""The schemes of the web, whole and as they are misspelt: `http:/`, `http//`, `ttps://`, `http:\\`."""
_OTHER_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+-]*:(?!\d)")
_HOST = re.compile(
    r"(?P<host>(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+(?P<top>[^\W\d_]{2,24}|xn--[a-z0-9-]{2,59}))"
    r"(?::\d{1,5})?(?=[/?#]|$)",
    re.IGNORECASE,
)
_COMMON_TOPS = frozenset({
    "com", "org", "net", "info", "news", "gov", "edu", "int", "mil", "biz", "press", "media", "online",
    "africa", "asia", "live", "today", "site", "example", "test",
})  # fmt: skip
"""Top-level domains by which a link without a scheme is known, beside those of countries."""
_FILE_ENDINGS = frozenset(
    {"pl", "py", "sh", "cc", "md", "ps", "so", "rs", "js", "cs", "st", "do", "ws", "la", "fm"}
)
"""Endings of files that are countries' domains too; such a name is a host only before a path."""
_NO_ADDRESS = re.compile(
    r"(?:n[/.]?a\.?|not[ _-]?available|none|null|nil|nan|undefined|unknown|empty|false|true|no|no[ _-]?(?:link|url)|"
    r"tbd|todo|about:blank|https?:?/{0,2}|[-–—_.?#/]+|0+)",
    re.IGNORECASE,
)
"""What is written where there is nothing."""


def canonicalize_url(url: str) -> str:
    """Spell `url` the one way that all addresses of the same article share.

    https in place of http; the host in lower case and ASCII (IDNA), without `www.` and `amp.` (a site that
    serves other articles under `www.` than without is not known to us, one that mixes both is common);
    no user, default port, fragment (except `#!` and `#/` routes), session id, tracking parameters or AMP
    marks (caches, `/amp` segments, `.amp` endings, parameters); percent-encoding normalised, parameters in
    order, no dot segments, no empty segments, no trailing slash except the root's. Idempotent; an address
    that is not http(s) or cannot be read comes back as it is, without surrounding space.

    Source: RFC 3986 section 6.2 (normalisation); Google, Matomo, Webtrends, Adobe, Piano and Mailchimp
    document their campaign parameters; cache addresses as in the AMP project's "AMP Cache URL format".
    """
    url = url.strip(_SPACE_AND_CONTROLS)
    for _ in range(_MOST_UNWRAPPINGS):
        try:
            canonical = _canonicalize_once(url)
        except ValueError:
            return url
        if canonical == url:
            break
        url = canonical
    return url


def canonicalize_guid(guid: str) -> str:
    """The canonical URL of a GUID that is one, with its fragment where that may distinguish two entries."""
    guid = guid.strip()
    if not is_web_url(guid):
        return guid
    canonical = canonicalize_url(guid)
    fragment = guid.partition("#")[2]
    if fragment and "#" not in canonical and not _TRACKING_FRAGMENT.match(fragment):
        return f"{canonical}#{fragment}"
    return canonical


def is_web_url(url: str) -> bool:
    """Whether `url` is an absolute http(s) URL with a host and, if any, a port that exists."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def make_absolute(base: str, url: str) -> str:
    """Resolve `url` against `base`; "" where that gives no http(s) URL.

    Source: RFC 3986 section 5.
    """
    url = url.strip(_SPACE_AND_CONTROLS)
    if not url:
        return ""
    try:
        absolute = urljoin(base, url)
    except ValueError:
        return ""
    return absolute.replace(" ", "%20") if is_web_url(absolute) else ""


def read_link(base: str, text: str) -> str:
    """The web address that a feed means by `text`, resolved against `base`; "" where it means none.

    More is read than `make_absolute` does: an address without a scheme (`www.site.example/1`, and
    `site.example/1` where its first part is the site's own host or looks like one), a misspelt scheme,
    ampersands that are still escaped. `N/A` and other words for nothing are none. Redirectors are led on.
    """
    text = drop_unseen_characters(text).strip(_SPACE_AND_CONTROLS + "\"'<>")
    if not text or text.startswith("#") or is_placeholder(text):
        return ""
    if "&amp;" in text:
        text = text.replace("&amp;", "&")
    scheme = _SCHEME.match(text)
    if scheme:
        rest = text[scheme.end() :]
        if _SCHEME.match(rest):  # written twice
            return read_link(base, rest)
        secure = scheme[0].lower().startswith(("https", "ttps", "feed:https", "feed://https"))
        path, mark, query = rest.partition("?")
        text = f"{'https' if secure else 'http'}://{path.replace(_BACKSLASH, '/')}{mark}{query}"
    elif text.startswith("//"):
        text = ("http:" if base.startswith("http:") else "https:") + text
    elif _names_host(text, base):
        text = f"{'http' if _is_own_host(text, base) and base.startswith('http:') else 'https'}://{text}"
    elif _OTHER_SCHEME.match(text) and not text.startswith(("http:", "https:")):
        return ""
    return unwrap_redirector(make_absolute(base, text))


def is_placeholder(text: str) -> bool:
    """Whether `text` stands where there is nothing: `N/A`, `null`, `0`, `-`."""
    return bool(_NO_ADDRESS.fullmatch(text.strip()))


def differ_in_tokens_only(one: str, other: str) -> bool:
    """Whether two canonical URLs are the same but for parts that look drawn: session ids, times, hashes."""
    try:
        first, second = urlsplit(one), urlsplit(other)
    except ValueError:
        return False
    if first.netloc != second.netloc or not first.netloc:
        return False
    pieces = [
        re.split(r"[/&=;]", f"{parts.path}?{parts.query}".replace("?", "/")) for parts in (first, second)
    ]
    return len(pieces[0]) == len(pieces[1]) and all(
        a == b or (_looks_drawn(a) and _looks_drawn(b)) for a, b in zip(*pieces, strict=True)
    )


def _looks_drawn(piece: str) -> bool:
    """Whether a part of an address is no word and no number that somebody counts: a token or a time."""
    piece = piece.strip("~.")
    if re.fullmatch(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9]{9,}|0\.[0-9]+", piece):
        return True
    mixed = re.search(r"[0-9]", piece) and re.search(r"[A-Za-z]", piece)
    return bool(
        mixed and re.fullmatch(r"[A-Za-z0-9_]{8,}|[A-Za-z0-9_-]{24,}", piece) and not _SLUG.search(piece)
    )


def host_of(url: str) -> str:
    """The host of an address in small letters, without `www.`; "" where it has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _names_host(text: str, base: str) -> bool:
    found = _HOST.match(text)
    if not found:
        return False
    host, top = found["host"].lower(), found["top"].lower()
    if host.startswith("www.") or _is_own_host(text, base):
        return True
    has_path = text[found.end("host") :].startswith(("/", ":"))
    is_country = len(top) == 2 and top.isascii() and (has_path and top not in _FILE_ENDINGS)
    return has_path and (is_country or top in _COMMON_TOPS or top.startswith("xn--"))


def _is_own_host(text: str, base: str) -> bool:
    """Whether `text` begins with the host of `base`, or one below or above it."""
    found = _HOST.match(text)
    try:
        own = (urlsplit(base).hostname or "").removeprefix("www.")
    except ValueError:
        return False
    host = found["host"].lower().removeprefix("www.") if found else ""
    return bool(own and host) and (host == own or host.endswith(f".{own}") or own.endswith(f".{host}"))


def _canonicalize_once(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return url
    host = _normalize_host(parts.hostname)
    inner = _unwrap_amp_cache(host, parts) or unwrap_redirector(url)
    if inner != url:
        return inner
    port = "" if parts.port is None or parts.port in _DEFAULT_PORTS else f":{parts.port}"
    path = _normalize_path(parts.path)
    query = _normalize_query(parts.query)
    fragment = quote(parts.fragment, safe="!/?:@=&%") if parts.fragment[:1] in ("!", "/") else ""
    return urlunsplit(("https", host + port, path, query, fragment))


def _normalize_host(host: str) -> str:
    host = host.lower().rstrip(".")
    if ":" in host:
        return f"[{host}]"
    if not host.isascii():
        host = host.encode("idna").decode(
            "ascii"
        )  # a UnicodeError, a kind of ValueError, for impossible names
    shorter = re.sub(r"^(?:(?:www|amp)\.)+(?=[^.]+\.)", "", host)
    return shorter or host


def _unwrap_amp_cache(host: str, parts: SplitResult) -> str:
    if host.endswith(_AMP_CACHE):
        match = re.match(r"/[a-z]/(?:(s)/)?(.+)", parts.path)
    elif host in _GOOGLE_AMP_HOSTS:
        match = re.match(r"/amp/(?:(s)/)?([^/]+\..+)", parts.path)
    else:
        return ""
    if not match:
        return ""
    return f"https://{match[2]}" + (f"?{parts.query}" if parts.query else "")


def _normalize_path(path: str) -> str:
    path = re.sub(r";[a-z_]*sess[a-z_]*id=[^/?#]*", "", path, flags=re.IGNORECASE)
    path = _SESSION_SEGMENT.sub("", path)
    segments: list[str] = []
    for segment in path.split("/"):
        spelled = _normalize_escapes(segment, keep="!$&'()*+,;=:@")
        if spelled == "..":
            segments[-1:] = []
        elif spelled not in ("", "."):
            segments.append(spelled)
    articles = [segment for segment in segments if segment.lower() not in ("amp", "amphtml")]
    segments = articles or segments[:1]
    if segments:
        last = re.sub(r"(?:\.amp)+(\.html?)?$", r"\1", segments[-1], flags=re.IGNORECASE)
        segments[-1] = last or segments[-1]
    return "/" + "/".join(segments)


def _normalize_query(query: str) -> str:
    pairs = []
    for pair in query.split("&"):
        name, equals, value = pair.partition("=")
        name, value = (
            _normalize_escapes(text.replace("+", "%20"), keep="!$'()*,;:@/?") for text in (name, value)
        )
        if name and not _is_tracking(name.lower(), value.lower()):
            pairs.append(name + equals + value)
    return "&".join(sorted(set(pairs)))


def _is_tracking(name: str, value: str) -> bool:
    if name in _TRACKING_NAMES or name.startswith(_TRACKING_PREFIXES):
        return True
    if _SESSION_NAMES.fullmatch(name) or (name in _TOKEN_NAMES and _TOKEN.fullmatch(value)):
        return True
    return name in _SYNDICATION_NAMES and value in _SYNDICATION_VALUES


def _normalize_escapes(text: str, keep: str) -> str:
    """Percent-encode all but unreserved characters and `keep`; what was encoded stays so if it had to be."""
    if _ALL_UNRESERVED.fullmatch(text):  # as most parts of most addresses are
        return text
    out = []
    for piece in re.split(r"(%[0-9A-Fa-f]{2})", text):
        if re.fullmatch(r"%[0-9A-Fa-f]{2}", piece):
            byte = unquote_to_bytes(piece)
            out.append(byte.decode("ascii") if _UNRESERVED.fullmatch(byte) else piece.upper())
        else:
            out.append(quote(piece, safe=keep, errors="surrogatepass"))
    return "".join(out)
