"""Feed bytes to text, and XML text repaired as far as that is safe, before a parser sees it."""

import codecs
import html.entities
import re

from transforms.plain_text import drop_illegal_characters

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
_SUPERSETS = {
    "us-ascii": "windows-1252",
    "ascii": "windows-1252",
    "iso-8859-1": "windows-1252",
    "latin-1": "windows-1252",
    "latin1": "windows-1252",
    "iso-8859-9": "windows-1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "big5": "big5hkscs",
    "tis-620": "cp874",
}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)[\"']")
_PROLOG = re.compile(
    r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?:[^\[>]*)(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE
)
_ENTITY = re.compile(r"<!ENTITY\s+([A-Za-z][\w.-]*)\s+(?:\"([^\"<&%]{0,64})\"|'([^'<&%]{0,64})')\s*>")
_VERBATIM = (("<![CDATA[", "]]>"), ("<!--", "-->"))
_MONSTROUS_TAG = re.compile(r"<([A-Za-z_][\w:.-]{0,99})[^<>]{65536,}")
_STRAY_LESS_THAN = re.compile(r"<(?![A-Za-z_/!?])")
_AMPERSAND = re.compile(r"&(?:(#\d{1,7}|#[xX][0-9a-fA-F]{1,6})|([A-Za-z][\w.-]*));|&")
_XML_NAMES = ("amp", "lt", "gt", "quot", "apos")
_STRAY_BYTES_ALLOWED = 0.01
_STRAY = "dateline.stray"  # the name under which the codecs know `_decode_stray`


def _decode_stray(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("windows-1252", "replace"), error.end


codecs.register_error(_STRAY, _decode_stray)


def decode_feed(body: bytes, content_type: str) -> str:
    """Decode a feed's body.

    A byte order mark wins. Then UTF-8, if the bytes are valid UTF-8 and not plain ASCII: text in another
    encoding practically never is, and servers and feeds often declare what is not so. Then what the
    Content-Type or the XML declaration say, read as the superset that browsers take for it; then UTF-8 with
    a few stray bytes, which mostly are windows-1252 quotes and dashes; then windows-1252. Never raises.

    Source: RFC 7303 section 3 (order of BOM, charset and declaration), WHATWG Encoding (supersets).
    """
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
            if name not in ("utf-8", "utf8"):
                return body.decode(_SUPERSETS.get(name, name))
        except (UnicodeDecodeError, LookupError):
            pass
    text = body.decode("utf-8", "replace")
    if text.count("\ufffd") <= len(text) * _STRAY_BYTES_ALLOWED:
        return body.decode("utf-8", _STRAY)
    return body.decode("windows-1252", "replace")


def repair_xml(text: str) -> str:
    """XML that parsers take, of `text` that may not quite be: same elements, same text.

    Characters that XML forbids go; so does everything before the first element, DOCTYPE included, and with
    it every way to make an entity expand to much (short plain entities are filled in; external ones are
    gone). HTML's named characters become the characters, stray ampersands and less-than signs are escaped;
    a tag of over 64 KB loses its attributes.
    """
    text = drop_illegal_characters(text)
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
    in_header = _CHARSET.search(content_type)
    in_body = _XML_ENCODING.match(body)
    found = [in_header[1]] if in_header else []
    found += [in_body[1].decode("ascii", "replace")] if in_body else []
    return [name.lower() for name in found]


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
