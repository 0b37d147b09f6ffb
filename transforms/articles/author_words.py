"""Words of bylines: what stands before names, behind them, and in their place, in the languages of news."""

import re

_BY_WORDS = (
    r"(?:(?:as )?(?:written|words|story|stories|reports?|reporting|reported|text|posted|published|analysis|exclusive|"
    r"opinion|interview|additional reporting|an? (?:analysis|report)) )?by\b",
    r"автор(?:ка|ы)?\b|текст\b|بقلم|كتب|نویسنده|作者|文／|文/|撰文|記者(?=[\u3400-\u9fff])",
    r"escrito por|redactado por|scritto da|écrit par|geschrieben von|ein artikel von",
)
BY = re.compile(rf"^(?:{'|'.join(_BY_WORDS)})[:：\s]*", re.IGNORECASE)
VON = re.compile(
    r"^(?:(?:von|par|por|di|da|door|av|af|przez|от|bởi|oleh|de la redacci[oó]n de)[:\s]+(?=[^\W\d_a-zà-ÿ])"
    r"|(?:VON|Von|Par|Por|Di|Da|Door|Av|Af|Autor|Oleh)[:\s]+(?=[^\W\d_a-zà-ÿ]\S*\s))"
)
"""Words that also begin surnames: only before a whole name."""
LABEL = re.compile(
    r"^(?:authors?|autor(?:in|en|es|a|zy|ka)?|auteurs?|autore|autori|byline|words|text[oe]?|tekst|penulis|yazar|szerző|"
    r"skribent|reporter|journalist)\s*[:：]\s*",
    re.IGNORECASE,
)
TOPIC = re.compile(
    r"^(?:a guest (?:commentary|post) by|ein (?:gast)?(?:beitrag|kommentar) von)\s+", re.IGNORECASE
)

_DOERS = (
    r"edit(?:ed|ing|or)|translat(?:ed|ion)|photo(?:s|graphs?|graphy)?|pictures?|images?|video|illustrations?|"
    r"graphics?|produced|reviewed|fact[- ]checked|medically reviewed"
)
_CREDIT_LABELS = r"fotos?|bild(?:er)?|video|grafik|photos?|traducci[oó]n|übersetzung|crédits?"
OTHER_CREDIT = re.compile(
    rf"^(?:(?:{_DOERS})\s+(?:by\b|:)|(?:{_CREDIT_LABELS})\s*:)|^[\u3400-\u9fff]{{2,8}}(?:報導|报道|電|讯)$",
    re.IGNORECASE,
)
"""How the credit of others than authors begins."""
OTHER_LABEL = re.compile(r"[\s,]+(?=(?:fotos?|photos?|bild(?:er)?|video|grafik)\s*(?::|by\b))", re.IGNORECASE)

_STAMPS = (
    r"first published|(?:published|posted)(?!\s+by\b)|last updated|updated|modified|publié|mis à jour|veröffentlicht|"
    r"aktualisiert|stand|publicado|actualizado|pubblicato|aggiornato|опубликовано|обновлено|lesezeit|reading time|"
    r"lecture|temps de lecture"
)
BESIDE = re.compile(
    rf"[\s,|·•–-]*(?:\b(?:{_STAMPS})\b.*|\b\d+\s*(?:min|minutes?|hours?|hrs?|days?|std|stunden)\b.*)$",
    re.IGNORECASE,
)
"""What a byline says beside names: when it was published, and how long it takes to read."""
GLUED = re.compile(
    r"(?<=[a-zß-ÿ])(?=(?:Published|Updated|Posted|Last updated|Publié|Veröffentlicht|Aktualisiert|Publicado|"
    r"Pubblicato)\b)"
)

_ROLES = (
    r"reporters?|editors?|correspondents?|journalists?|writers?|columnists?|contributors?|producers?|staff|chief|senior|"
    r"deputy|bureau|redakteur\w*|redaktion\w*|korrespondent\w*|journalist\w*|reporter\w*|chefredak\w*|ressort\w*|"
    r"autor(?:in)?|volont\w*|leiter\w*|rédact\w*|correspondant\w*|envoyé\w*|redactor\w*|periodista|corresponsal|"
    r"giornalista|inviat[oa]|redattor\w*|dziennikar\w*|profes\w*|university|universit\w*|director|president|analyst|"
    r"expert|photograph\w*|presenter|ph\.?d|m\.?d|news|desk|service|корреспондент\w*|журналист\w*|редактор\w*|редакция"
)
ROLE = re.compile(rf"\b(?:{_ROLES})\b", re.IGNORECASE)
LEADING_ROLES = re.compile(
    rf"^(?:(?:{_ROLES}|our|an?|special|national|foreign|political)[\s:]+)+", re.IGNORECASE
)
TRAILING_ROLES = re.compile(
    rf"(?:[\s,–-]+(?:(?i:{_ROLES}|freelance|associate|managing|foreign|political|national|special)|[a-zß-ÿ]\w*))+"
    r"(?:\s+(?:for|at|of|in|bei|für|de|del|du)\s.*)?$"
)
EAST_ASIAN_ROLE = re.compile(
    r"(?<=[\uac00-\ud7a3\u3400-\u9fff])\s*(?:선임기자|기자|특파원|記者|特派員|编辑|報導|报道)$"
)
WHERE = re.compile(r"\s+(?:in|aus|from|for|For|für|bei|at|à|depuis|desde|via)\s+(?:the\s+)?[^\W\d_].*$")

JOINERS = re.compile(
    r"\s*(?:、|，|، | & |\s\+\s| (?:and|und|et|og|och|ve|dan|și|и|та|и|with|mit|avec|con|met|med) "
    r"| (?:e|y|i|en) (?=[A-ZÀ-Ý]))\s*"
)
LETTER_JOINERS = frozenset({"e", "y", "i", "en"})
"""Joiners that are also part of names."""
PARTICLES = frozenset(
    {
        "af",
        "al",
        "av",
        "ben",
        "bin",
        "bint",
        "da",
        "das",
        "de",
        "del",
        "della",
        "den",
        "der",
        "des",
        "di",
        "do",
    }
    | {"dos", "du", "e", "el", "ibn", "la", "le", "op", "ten", "ter", "van", "vom", "von", "y", "zu", "zur"}
)

NOBODY = frozenset(
    {
        "staff",
        "staff writer",
        "staff reporter",
        "staff writers",
        "staff correspondent",
        "news staff",
        "our staff",
    }
    | {
        "our correspondent",
        "our reporter",
        "our staff reporter",
        "our special correspondent",
        "a correspondent",
    }
    | {
        "special correspondent",
        "a staff reporter",
        "reporter",
        "correspondent",
        "editor",
        "editors",
        "web editor",
    }
    | {
        "author",
        "authors",
        "post author",
        "default author",
        "guest",
        "guest author",
        "guest writer",
        "anonymous",
    }
    | {
        "admin",
        "administrator",
        "superadmin",
        "super user",
        "webmaster",
        "user",
        "unknown",
        "none",
        "null",
        "n/a",
    }
    | {"undefined", "test", "newsroom", "agencies", "wire reports", "wire services", "agenturen", "agencias"}
    | {
        "agences",
        "red",
        "redaktion",
        "redaktor",
        "redakcja",
        "redacción",
        "la redacción",
        "redazione",
        "rédaction",
    }
    | {
        "la rédaction",
        "redaktionen",
        "редакция",
        "autor",
        "autorin",
        "by",
        "von",
        "from",
        "written by",
        "published",
    }
    | {"posted", "view profile"}
)
"""What stands in the place of a name and names nobody."""
