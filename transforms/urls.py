"""URLs: one spelling for all the addresses of one article, and relative addresses made absolute.

Two addresses with the same canonical URL mean the same article. It is never fetched: what is fetched is
the address that the publisher gave.
"""

import re
from urllib.parse import SplitResult, quote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

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
_GOOGLE_AMP_HOSTS = frozenset(("google.com", "bing-amp.com"))
_AMP_CACHE = ".cdn.ampproject.org"
_DEFAULT_PORTS = (80, 443)
_UNRESERVED = re.compile(rb"[A-Za-z0-9._~-]")
_TRACKING_FRAGMENT = re.compile(r":~:|xtor=|utm_|at_|ref=|tk\.|rss\b|\d{1,3}$", re.IGNORECASE)
_MOST_UNWRAPPINGS = 5
_SPACE_AND_CONTROLS = "".join(map(chr, range(33)))


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
    """Whether `url` is an absolute http(s) URL with a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
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


def _canonicalize_once(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return url
    host = _normalize_host(parts.hostname)
    inner = _unwrap_amp_cache(host, parts)
    if inner:
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
    path = re.sub(r";jsessionid=[^/?#]*", "", path, flags=re.IGNORECASE)
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
    return name in _SYNDICATION_NAMES and value in _SYNDICATION_VALUES


def _normalize_escapes(text: str, keep: str) -> str:
    """Percent-encode all but unreserved characters and `keep`; what was encoded stays so if it had to be."""
    out = []
    for piece in re.split(r"(%[0-9A-Fa-f]{2})", text):
        if re.fullmatch(r"%[0-9A-Fa-f]{2}", piece):
            byte = unquote_to_bytes(piece)
            out.append(byte.decode("ascii") if _UNRESERVED.fullmatch(byte) else piece.upper())
        else:
            out.append(quote(piece, safe=keep, errors="surrogatepass"))
    return "".join(out)
