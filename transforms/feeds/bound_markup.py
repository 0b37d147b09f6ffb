"""A feed's markup cut to a size that a parser reads in proportion, whatever it holds."""

import re
from itertools import pairwise

MAX_ENTRIES = 10_000
"""How many entries of a feed are read at once where nothing else is asked for."""
_MOST_ALIKE = 200
"""How many categories, links, authors and the like an entry may have; parsers compare each with all others."""
_LONGEST_SHORT = 1000
"""How long a name, address or list of words may be; parsers look for e-mail addresses in them again and again."""
_MOST_TAGS = 20_000
"""An entry of more tags is a dump: its formatting is dropped before a parser makes an object of each."""

_ENTRY_NAMES = ("item", "entry")
_SHORT_NAMES = frozenset({
    "author", "creator", "contributor", "publisher", "owner", "managingeditor", "webmaster", "name", "email",
    "category", "subject", "keywords", "tags", "itunes:author", "credit", "rights", "copyright", "generator", "link",
    "guid", "id", "comments", "pubdate", "published", "updated", "modified", "date", "created", "issued",
})  # fmt: skip
_TAG = re.compile(
    r"<(/?)(?:[A-Za-z_][\w.-]{0,40}:)?(item|entry|author|creator|contributor|publisher|owner|managingeditor|webmaster|"
    r"name|email|category|subject|keywords|tags|credit|rights|copyright|generator|link|guid|id|comments|pubdate|"
    r"published|updated|modified|date|created|issued|enclosure|content|thumbnail|source)(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_FORMATTING = re.compile(
    r"</?(?:[A-Za-z_][\w.-]{0,40}:)?(?:a|abbr|b|big|blockquote|br|cite|code|dd|div|dl|dt|em|figure|figcaption|font|"
    r"h[1-6]|hr|i|img|ins|del|li|ol|p|pre|q|s|small|span|strong|sub|sup|table|tbody|td|th|tr|tt|u|ul)(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)


class MarkupBounder:
    """Cuts the pieces of one feed, markup and verbatim sections in turn, keeping count from piece to piece.

    Of the entries the first `skip` are left out, and what is more than the `max_entries` behind them. `entries`
    is how many there are, `left_out` how many of them come behind those that stay.
    """

    def __init__(self, max_entries: int, skip: int = 0) -> None:
        self.entries = 0
        self.left_out = 0
        self._skip = skip
        self._last = skip + max_entries
        self._alike: dict[str, int] = {}
        self._room: int | None = None  # characters that the open short element may still hold
        self._dropping = ""  # the name of the element that is being left out

    def bound(self, pieces: list[str]) -> list[str]:
        """`pieces` as they may be parsed: every second one is a CDATA section or a comment."""
        if sum(piece.count("<") for piece in pieces[::2]) > _MOST_TAGS:
            pieces = [*pieces]
            for index in range(0, len(pieces), 2):
                if pieces[index].count("<") > _MOST_TAGS:
                    pieces[index] = _thin_out(pieces[index])
        bounded: list[str] = []
        for index, piece in enumerate(pieces):
            bounded.append(self._bound_verbatim(piece) if index % 2 else self._bound_markup(piece))
        return bounded

    def _bound_markup(self, piece: str) -> str:
        out: list[str] = []
        position = 0
        for tag in _TAG.finditer(piece):
            out.append(self._take_text(piece[position : tag.start()]))
            position = tag.end()
            if self._passes(tag):
                out.append(tag[0])
        out.append(self._take_text(piece[position:]))
        return "".join(out)

    def _passes(self, tag: re.Match[str]) -> bool:
        """Whether a tag stays; keeps count of entries and of what is alike in each."""
        closes, name = bool(tag[1]), tag[2].lower()
        if name in _ENTRY_NAMES:
            return self._passes_entry(closes, is_empty=tag[0].endswith("/>"))
        if self._dropping:
            if closes and name == self._dropping:
                self._dropping = ""
            return False
        self._room = None
        if closes:
            return True
        self._alike[name] = self._alike.get(name, 0) + 1
        is_empty = tag[0].endswith("/>")
        if self._alike[name] > _MOST_ALIKE:
            self._dropping = "" if is_empty else name
            return False
        if name in _SHORT_NAMES and not is_empty:
            self._room = _LONGEST_SHORT
        return True

    def _passes_entry(self, closes: bool, *, is_empty: bool) -> bool:
        self._room = None
        if not closes:
            self.entries += 1
            self._alike = {}
            stays = self._skip < self.entries <= self._last
            self.left_out += self.entries > self._last
            self._dropping = "" if stays or is_empty else "entry"
            return stays
        passes = self._dropping != "entry"
        self._dropping, self._alike = "", {}
        return passes

    def _take_text(self, text: str) -> str:
        if self._dropping:
            return ""
        if self._room is None or len(text) <= self._room:
            if self._room is not None:
                self._room -= len(text)
            return text
        kept, rest = text[: self._room], text[self._room :]
        self._room = 0
        cut = kept.rfind("&", -12)
        if cut >= 0 and ";" not in kept[cut:]:  # half a character reference
            kept = kept[:cut]
        # what other elements it holds must stay closed; half a tag goes with its other half
        opened = kept.rfind("<")
        if opened > kept.rfind(">"):
            kept, rest = kept[:opened], kept[opened:] + rest
        return kept + "".join(re.findall(r"<[^<>]*>", rest))

    def _bound_verbatim(self, section: str) -> str:
        if self._dropping:
            return ""
        if self._room is None or not section.startswith("<![CDATA["):
            return section
        text = section[9:-3][: self._room]
        self._room -= len(text)
        return f"<![CDATA[{text}]]>"


def _thin_out(piece: str) -> str:
    """A long stretch of markup without formatting in the entries that have too much of it."""
    starts = [tag.start() for tag in _TAG.finditer(piece) if not tag[1] and tag[2].lower() in _ENTRY_NAMES]
    bounds = [0, *starts, len(piece)]
    parts = [piece[begin:end] for begin, end in pairwise(bounds)]
    return "".join(_FORMATTING.sub("", part) if part.count("<") > _MOST_TAGS else part for part in parts)
