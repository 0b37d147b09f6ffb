"""Feed bytes to text, and XML text repaired as far as that is safe, before a parser sees it."""

import codecs
import html.entities
import re

from transforms.charsets import find_codec, guess_charset, is_garbled
from transforms.feeds.bound_markup import MarkupBounder
from transforms.plain_characters import drop_illegal_characters
from transforms.twice_encoded import read_twice_encoded

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FIRST_BYTES = (
    (b"<\x00", "utf-16-le"),
    (b"{\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
    (b"\x00{", "utf-16-be"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.: -]{1,40})", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.: -]{1,40})[\"']")
_LANGUAGE = re.compile(
    rb"<(?:dc:)?language>\s*(?:<!\[CDATA\[)?\s*([a-z]{2})\b|xml:lang\s*=\s*[\"']([a-z]{2})\b", re.IGNORECASE
)
_WESTERN = codecs.lookup("windows-1252").name
_PROLOG = re.compile(
    r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?:[^\[>]*)(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE
)
_ENTITY = re.compile(r"<!ENTITY\s+([A-Za-z][\w.-]*)\s+(?:\"([^\"<&%]{0,64})\"|'([^'<&%]{0,64})')\s*>")
_VERBATIM = (("<![CDATA[", "]]>"), ("<!--", "-->"))
_MONSTROUS_TAG = re.compile(r"<([A-Za-z_][\w:.-]{0,99})[^<>]{65536,}")
_STRAY_LESS_THAN = re.compile(r"<(?![A-Za-z_/!?])")
_AMPERSAND = re.compile(r"&(?:(#\d{1,7}|#[xX][0-9a-fA-F]{1,6})|([A-Za-z][\w.-]*));|&")
_SURROGATE_PAIR = re.compile(
    r"&#(?:(5\d{4})|[xX]([dD][89abAB][0-9a-fA-F]{2}));&#(?:(5\d{4})|[xX]([dD][c-fC-F][0-9a-fA-F]{2}));"
)
_XML_NAMES = ("amp", "lt", "gt", "quot", "apos")
_STRAY_BYTES_ALLOWED = 0.01
_STRAY = "dateline.stray"  # the name under which the codecs know `_decode_stray`


def _decode_stray(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("windows-1252", "replace"), error.end


codecs.register_error(_STRAY, _decode_stray)


def _join_surrogates(match: re.Match[str]) -> str:
    """One character of the two halves that some programs write."""
    high, low = (int(match[n]) if match[n] else int(match[n + 1], 16) for n in (1, 3))
    joined = "".join(map(chr, (high, low))).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return joined if len(joined) == 1 else ""


def decode_feed(body: bytes, content_type: str) -> str:
    """Decode a feed's body; what was encoded twice is read as it was meant.

    A byte order mark wins. Then UTF-8, if the bytes are valid UTF-8 and not plain ASCII: text in another
    encoding practically never is, and servers and feeds often declare what is not so. Then what the
    Content-Type or the XML declaration say, by whatever name, as far as text comes out of it; then UTF-8 with
    a few stray bytes, which mostly are windows-1252 quotes and dashes; then what makes words of the bytes.
    Never raises.

    Source: RFC 7303 section 3 (order of BOM, charset and declaration), WHATWG Encoding (labels).
    """
    return read_twice_encoded(_decode(body, content_type))


def _decode(body: bytes, content_type: str) -> str:
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    for start, encoding in _FIRST_BYTES:
        if body.startswith(start):
            return body.decode(encoding, "replace")
    declared = _find_declared(body, content_type)
    if not (b"\x1b" in body and any("2022" in name for name in declared)):
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            pass
    for name in declared:
        try:
            text = body.decode(name)
        except UnicodeDecodeError:
            continue
        if not is_garbled(body, name):
            return text
    text = body.decode("utf-8", "replace")
    if text.count("\ufffd") <= len(text) * _STRAY_BYTES_ALLOWED:
        return body.decode("utf-8", _STRAY)
    language = _LANGUAGE.search(body[:20_000])
    hint = (language[1] or language[2]).decode().lower() if language else ""
    return body.decode(guess_charset(body, hint), "replace")


def repair_xml(text: str, bounder: MarkupBounder | None = None) -> str:
    """XML that parsers take, of `text` that may not quite be: same elements, same text, as far as `bounder` lets.

    Characters that XML forbids go; so does everything before the first element, DOCTYPE included, and with
    it every way to make an entity expand to much (short plain entities are filled in; external ones are
    gone). HTML's named characters become the characters, stray ampersands and less-than signs are escaped;
    a tag of over 64 KB loses its attributes.
    """
    text = drop_illegal_characters(_SURROGATE_PAIR.sub(_join_surrogates, text))
    position = 0
    own_entities: dict[str, str] = {}
    while match := _PROLOG.match(text, position):
        if match[0][:9].upper() == "<!DOCTYPE":
            own_entities |= {name: double or single for name, double, single in _ENTITY.findall(match[0])}
        position = match.end()

    def repair_ampersand(match: re.Match[str]) -> str:
        number, name = match[1], match[2]
        if number:
            code = int(number[2:], 16) if number[1] in "xX" else int(number[1:])
            legal = code < 0x110000 and (
                code in (9, 10, 13) or (drop_illegal_characters(chr(code)) and code > 31)
            )
            return match[0] if legal else ""
        if not name or name in _XML_NAMES:
            return match[0] if name else "&amp;"
        found = own_entities.get(name) or html.entities.html5.get(f"{name};")
        return _escape(found) if found else f"&amp;{name};"

    pieces = _split_verbatim(text[position:])
    for index in range(0, len(pieces), 2):
        piece = _AMPERSAND.sub(repair_ampersand, pieces[index])
        pieces[index] = _MONSTROUS_TAG.sub(r"<\1", _STRAY_LESS_THAN.sub("&lt;", piece))
    pieces = bounder.bound(pieces) if bounder else pieces
    return '<?xml version="1.0" encoding="utf-8"?>\n' + "".join(pieces)


def drop_cdata(text: str) -> str:
    """`text` without its CDATA sections and comments, so that only true markup is left."""
    return "".join(_split_verbatim(text)[::2])


def _split_verbatim(text: str) -> list[str]:
    """Cut `text` into markup, verbatim section, markup, ...; what is never closed counts as markup.

    One pass, where a regular expression would look for the end again and again.
    """
    pieces: list[str] = []
    begins = {start: text.find(start) for start, _ in _VERBATIM}
    position = 0
    while True:
        found = [(begins[start], start, end) for start, end in _VERBATIM if begins[start] >= 0]
        if not found:
            break
        begin, start, end = min(found)
        close = text.find(end, begin + len(start))
        if close < 0:
            begins[start] = -1
            continue
        pieces += [text[position:begin], text[begin : close + len(end)]]
        position = close + len(end)
        begins = {
            mark: text.find(mark, position) if 0 <= at < position else at for mark, at in begins.items()
        }
    return [*pieces, text[position:]]


def _find_declared(body: bytes, content_type: str) -> list[str]:
    """The codecs that header and XML declaration name, the likelier first.

    UTF-8 and UTF-16 are not among them: they were tried by then. A header of ISO-8859-1 is often only what the
    server says of everything.
    """
    in_header = _CHARSET.search(content_type)
    in_body = _XML_ENCODING.match(body)
    labels = [in_header[1]] if in_header else []
    labels += [in_body[1].decode("ascii", "replace")] if in_body else []
    found = [name for label in labels if (name := find_codec(label)) and not name.startswith("utf-")]
    return sorted(dict.fromkeys(found), key=lambda name: name == _WESTERN)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
