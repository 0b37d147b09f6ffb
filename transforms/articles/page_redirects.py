"""Pages that only lead on to another: by a `meta` element that refreshes, or by a line of script.

Source: HTML Living Standard, "shared declarative refresh steps".
"""

import html
import re
from urllib.parse import urlsplit

from transforms.urls import is_web_url, make_absolute

MAX_DELAY_S = 30
"""A page that waits longer is one to be read, which reloads itself or leaves in the end."""
_MAX_SHOWN_CHARS = 400
_READ_CHARS = 30_000
_HINT = re.compile("refresh|location", re.IGNORECASE)
_META = re.compile(r"<meta\b[^>]*>", re.IGNORECASE)
_BASE = re.compile(r"<base\s[^>]*?href\s*=\s*(?:[\"']([^\"'>]*)|([^\s\"'>]+))", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_REFRESH = re.compile(
    r"\s*(\d{0,6})(?:\.[\d.]*)?\s*(?:[;,\s]\s*(?:url\s*=\s*)?(.*))?", re.IGNORECASE | re.DOTALL
)
_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script\s*>", re.IGNORECASE | re.DOTALL)
_LEAVES = re.compile(
    r"""(?:\b(?:window|document|self|top|parent)\s*\.\s*)?\blocation\s*(?:\.\s*href\s*)?"""
    r"""(?:=(?!=)\s*|\.\s*(?:replace|assign)\s*\(\s*|\[\s*["']href["']\s*\]\s*=\s*)(["'`])([^"'`\s]{1,2000})\1\s*(?:\)|;|\n|\}|$)"""
)
_COMMENT = re.compile(r"<!--(?!\s*\[if).*?-->", re.DOTALL)
_UNSEEN = re.compile(r"<(script|style|head|title|template)\b[^>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def find_redirect(markup: str, url: str) -> str:
    """Where a page that was found at `url` leads without a click; "" for pages that show something.

    It is an absolute web address other than the page's own.
    """
    if len(markup) > _READ_CHARS or not _HINT.search(markup):
        return ""
    bare = _COMMENT.sub(" ", markup)
    target = _read_refresh(bare) or _read_script(bare)
    if not target or len(_read_shown(bare)) > _MAX_SHOWN_CHARS:
        return ""
    base = _BASE.search(bare)
    start = make_absolute(url, html.unescape(base[1] or base[2] or "")) if base else ""
    target = make_absolute(start or url, html.unescape(target).replace("\\/", "/"))
    return target if is_web_url(target) and _strip(target) != _strip(url) else ""


def _read_refresh(markup: str) -> str:
    for element in _META.findall(markup):
        found = {
            name.lower(): double or single or bare
            for name, double, single, bare in _ATTRIBUTE.findall(element)
        }
        if found.get("http-equiv", "").strip().lower() == "refresh":
            match = _REFRESH.fullmatch(html.unescape(found.get("content", "")))
            if match and match[2] and int(match[1] or 0) <= MAX_DELAY_S:
                return match[2].strip().strip("\"'").strip()
    return ""


def _read_script(markup: str) -> str:
    """The one address that the page's scripts go to; none where a branch has to be chosen."""
    code = "\n".join(_SCRIPT.findall(markup))
    targets = {target for _, target in _LEAVES.findall(code)}
    return targets.pop() if len(targets) == 1 else ""


def _read_shown(markup: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", markup))).split())


def _strip(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path or '/'}?{parts.query}".lower()
