"""Character sets by the many names they go by, and by the bytes alone where no name helps."""

import codecs
import re
import unicodedata
from functools import cache

_FAMILIES: tuple[tuple[str, str], ...] = (
    # a label in small letters and digits alone; what Python calls it (\1 is the number)
    (r"(?:x|cs)?(?:unicode)?(?:11|20)?utf8(?:mb[34]|n|sig|bom|generalci|unicodeci)?|(?:lang|enus|c)utf8", "utf-8"),
    (r"(?:cs)?(?:unicode)?utf16|(?:cs)?unicode|iso10646ucs2|ucs2", "utf-16"),
    (r"(?:x|cs|ms|x?ansi|windows|win|x?microsoft|x?cp|x?windows|xmscp|mscp)*(125[0-8])", r"windows-\1"),
    (r"(?:cs|us|x)*(?:us)?ascii(?:7bit)?|ansix341968|iso646us|(?:iso|cs|x|ibm|cp)*(?:8859|isolatin|latin|l)1(?:1987)?"
     r"|(?:cp|ibm)?819", "windows-1252"),
    (r"(?:cs|x)*(?:iso)?8859(?:e)?([2-8]|1[0346])(?:19\d\d)?[ei]?|(?:cs)?iso8859([2-8]|1[0346])", r"iso8859-\1"),
    (r"(?:cs|x)*iso885915|latin9|latin0", "iso8859-15"),
    (r"(?:cs|x)*(?:isolatin|latin|l)2", "iso8859-2"),
    (r"(?:cs|x)*(?:isolatin|latin|l)5|(?:cs|x|iso)*88599(?:1989)?", "windows-1254"),
    (r"(?:cs|x|iso)*885911|(?:x|ms|dos|windows|win|cp)*874|tis620(?:\d*)", "cp874"),
    (r"(?:cs)?koi8?r?|koi", "koi8-r"),
    (r"koi8u|koi8ru", "koi8-u"),
    (r"(?:cs|x|ms|cp|dos|ibm)*866", "cp866"),
    (r"(?:x)?mac(?:intosh)?cyr(?:illic)?|xmacukrainian", "mac-cyrillic"),
    (r"(?:cs|x)?mac(?:intosh|roman)?", "mac-roman"),
    (r"(?:cs|x|ms)*(?:shift|s)(?:jis|jisx0213|jis2004)|mskanji|(?:cs)?windows31j|(?:x|ms|cp|windows)*932", "cp932"),
    (r"(?:cs|x)*euc(?:pkdfmt)?(?:jp|japanese|japan)|ujis", "euc-jp"),
    (r"(?:cs)?iso2022jp\d?", "iso2022-jp-2"),
    (r"(?:cs|x)*(?:gb18030|gbk|gb2312|gb231280|chinese|euccn|cngb|isoir58|iso58gb231280)|(?:x|ms|cp|windows)*936",
     "gb18030"),
    (r"hzgb2312", "hz"),
    (r"(?:cs|x|cn)*big5(?:hkscs|eten|uao)?|(?:x|ms|cp|windows)*950|xxbig5", "big5hkscs"),
    (r"(?:cs|x)*(?:euckr|korean|ksc5601(?:198[79])?|ksc56011987|uhc)|(?:x|ms|cp|windows)*949|windows949", "cp949"),
    (r"(?:x|ms|cp|dos|ibm)*(437|737|775|850|852|855|857|858|860|861|862|863|864|865|869|1006)", r"cp\1"),
)  # fmt: skip
_TABLE = tuple((re.compile(pattern), name) for pattern, name in _FAMILIES)

_SCRIPTS = {
    "windows-1252": "LATIN", "windows-1251": "CYRILLIC", "koi8-u": "CYRILLIC", "koi8-r": "CYRILLIC",
    "cp866": "CYRILLIC", "windows-1250": "LATIN", "windows-1254": "LATIN", "windows-1257": "LATIN",
    "windows-1253": "GREEK", "windows-1255": "HEBREW", "windows-1256": "ARABIC", "cp874": "THAI",
    "mac-cyrillic": "CYRILLIC",
}  # fmt: skip
"""Character sets of one byte a character that are tried, likelier ones first."""
_DOUBLE = ("cp932", "euc-jp", "gb18030", "big5hkscs", "cp949")
_BY_LANGUAGE = {
    "ru": "windows-1251", "uk": "windows-1251", "bg": "windows-1251", "be": "windows-1251", "mk": "windows-1251",
    "sr": "windows-1251", "kk": "windows-1251", "ky": "windows-1251", "tg": "windows-1251", "mn": "windows-1251",
    "cs": "windows-1250", "sk": "windows-1250", "pl": "windows-1250", "hu": "windows-1250", "hr": "windows-1250",
    "sl": "windows-1250", "ro": "windows-1250", "sq": "windows-1250", "bs": "windows-1250",
    "tr": "windows-1254", "az": "windows-1254", "ku": "windows-1254",
    "et": "windows-1257", "lv": "windows-1257", "lt": "windows-1257",
    "el": "windows-1253", "he": "windows-1255", "ar": "windows-1256", "fa": "windows-1256", "ur": "windows-1256",
    "th": "cp874", "vi": "windows-1258", "ja": "cp932", "zh": "gb18030", "ko": "cp949",
}  # fmt: skip
"""What browsers fall back on. Source: WHATWG HTML, "suggested default encoding" by locale."""
_PUNCTUATION = "«»„“”‘’\"'()[]{}.,:;!?¿¡–—…-\xa0·|/©®™€£¥°§†•\u200c\u200d"
_WIDE_MARKS = "、。，．・「」『』（）！？：；“”‘’《》〈〉【】…—－ー\u3000"
_RARE_LATIN = frozenset("ÐÞðþÝýŸ¹²³¼½¾ªº×÷¤¦¬¸¨´¯¶")
_SAMPLE_BYTES = 60_000
_MARKUP = re.compile(rb"<[^<>]*>|&[#\w]{1,9};")


def find_codec(label: str) -> str:
    """Python's name of the character set that `label` means; "" for one that means none (`none`, `binary`).

    Labels are read as browsers read them (ISO-8859-1 as windows-1252), and as people misspell them: `win-1251`,
    `cp-1251`, `utf8mb4`, `x-sjis`.

    Source: WHATWG Encoding, "Names and labels".
    """
    bare = re.sub(r"[^a-z0-9]", "", label.lower())
    for pattern, name in _TABLE:
        match = pattern.fullmatch(bare)
        if match:
            number = next((group for group in match.groups() if group), "")
            return codecs.lookup(name.replace(r"\1", number)).name
    return ""


def guess_charset(body: bytes, language: str = "") -> str:
    """Python's name of the character set that `body`, which is no UTF-8, is most likely in.

    Chosen is what makes words: letters of one script, capitals only where words begin. `language` (ISO 639-1)
    decides between those that come out alike.
    """
    sample = _take_sample(body)
    usual = _BY_LANGUAGE.get(language, "")
    best, best_score = usual or "windows-1252", 0.0
    for name in dict.fromkeys((*((usual,) if usual else ()), *_SCRIPTS, *_DOUBLE)):
        score = _measure(sample, name) + (0.05 if name == usual else 0.0)
        if score > best_score + 1e-9:
            best, best_score = name, score
    return best


def is_garbled(body: bytes, codec: str) -> bool:
    """Whether `body` read with `codec` (of one byte a character) is no text, while another makes text of it."""
    name = next((name for name in _SCRIPTS if codecs.lookup(name).name == codec), "")
    if not name:
        return False
    sample = _take_sample(body)
    return _measure(sample, name) < 0.5 and _measure(sample, guess_charset(body)) > 0.85


def _take_sample(body: bytes) -> bytes:
    """The words of a text, markup left out, that are not plain ASCII."""
    words = _MARKUP.sub(b" ", body[: _SAMPLE_BYTES * 20]).split()
    return b" ".join(word for word in words if not word.isascii())[:_SAMPLE_BYTES]


def _measure(sample: bytes, name: str) -> float:
    """How much like text `sample` is when read as `name`: 0 to 1, and above where it cannot be by chance."""
    try:
        text = sample.decode(name)
    except UnicodeDecodeError as error:
        if name not in _DOUBLE or error.start < len(sample) - 4:  # a character may be cut at the sample's end
            return 0.0
        text = sample[: error.start].decode(name)
    if name in _DOUBLE:
        return _measure_double(text, name)
    script = _SCRIPTS[name]
    words = text.split()[:5000]
    score = sum(_measure_word(word, script) for word in words) / max(len(words), 1)
    if script == "CYRILLIC":
        letters = [char for char in text.lower() if "\u0400" <= char <= "\u04ff"]
        vowels = sum(char in "аеиоуыэюяёіїєѣ" for char in letters)
        score *= 1.0 if vowels >= 0.2 * len(letters) else 0.5
        turned = any(word[:1].islower() and word[1:].isupper() and len(word) > 3 for word in words)
        score *= 0.4 if turned else 1.0  # capitals and small letters changed places: KOI8 for 1251
    return score


def _measure_word(word: str, script: str) -> float:
    """0 to 1: whether the letters that are not ASCII are of `script`, and stand where letters stand."""
    word = word.strip(_PUNCTUATION)
    foreign = [char for char in word if ord(char) > 127]
    if not foreign:
        return 1.0
    share = sum(char in _PUNCTUATION or _script_of(char) == script for char in foreign) / len(foreign)
    plain = sum(1 for char in word if char.isalpha() and char.isascii())
    if script == "LATIN":  # accented letters stand among plain ones
        share *= 1.0 if plain * 2 >= len(foreign) or len(word) < 2 else 0.15
        share *= 0.9 if any(char in _RARE_LATIN for char in foreign) else 1.0
    elif plain:
        share *= 0.3
    if any(char.isupper() for char in word[1:]) and any(char.islower() for char in word):
        share *= 0.35
    return share


@cache
def _script_of(char: str) -> str:
    if "\u0e01" <= char <= "\u0e5b":
        return "THAI"
    return unicodedata.name(char, "").split(" ")[0] if unicodedata.category(char)[0] in "LM" else ""


def _measure_double(text: str, name: str) -> float:
    wide = [char for char in text if ord(char) > 127]
    if not wide:
        return 0.0
    kana = sum("\u3041" <= char <= "\u30ff" for char in wide)
    marks = sum(char in _WIDE_MARKS or "\uff10" <= char <= "\uff5a" for char in wide)
    ideographs = [char for char in wide if "\u4e00" <= char <= "\u9fff"]
    if name in ("cp932", "euc-jp"):
        enough = kana * 6 >= len(wide) and not any("\uff61" <= char <= "\uff9f" for char in wide)
        return 1.1 * (kana + marks + len(ideographs)) / len(wide) if enough else 0.0
    if name == "cp949":
        hangul = sum("\uac00" <= char <= "\ud7a3" and _lead_of(char, "euc-kr") >= 0xB0 for char in wide)
        return 1.1 * (hangul + marks) / len(wide)
    first, last = (0xB0, 0xD7) if name == "gb18030" else (0xA4, 0xC6)  # the common ideographs
    common = sum(first <= _lead_of(char, name) <= last for char in ideographs)
    return 0.0 if kana else ((common + marks) / len(wide)) ** 2


def _lead_of(char: str, name: str) -> int:
    try:
        return char.encode(name)[0]
    except UnicodeEncodeError:
        return 0
