"""Lines of an extracted text that are not the article: repeated titles, bylines, pointers elsewhere."""

import re
from collections.abc import Sequence

from transforms.articles.page_titles import same_words, words_of

_TOP_LINES = 8
_MAX_BOILERPLATE_CHARS = 280

_OPENINGS = (
    # further reading
    r"(?:also )?read (?:more|also|next|the full)\b|more\s?:\s|more (?:from|on|stories|news)\b",
    r"related\s*:|related (?:articles?|stories|topics)$|see also\b|also see\b|recommended (?:stories|reading)",
    r"(?:don't|do not) miss\b|watch\s*:|watch (?:live|now)\b|click here\b|for more (?:stories|news)\b",
    r"lesen sie (?:auch|mehr|hier|dazu|weiter)|mehr zum thema|mehr (?:dazu|lesen|aus|zu)\b.{0,60}$",
    r"auch interessant|das könnte sie auch|zum (?:artikel|thema)\s*:|quellen?\s*:?$",
    r"aktuelle (?:meldungen|nachrichten|entwicklungen)\b.{0,80}(?:liveblog|newsblog|ticker)",
    r"weitere (?:informationen|nachrichten|artikel)|lire aussi|à lire|lisez aussi|voir aussi",
    r"pour aller plus loin|le[ae] también|leer más|te puede interesar|más información|leggi anche",
    r"per approfondire|leia (?:também|mais)|saiba mais|czytaj (?:też|także|więcej|również)",
    r"zobacz (?:też|także|również)|lees ook|läs (?:också|mer)|les også|читайте (?:также|ещё|еще)",
    r"читать далее|материалы по теме|xem thêm|関連記事|関連キーワード|おすすめ情報|あわせて読みたい",
    # selling and signing up
    r"advertisements?$|anzeige$|werbung$|publicidad$|pubblicità$|publicité$|reklama$|реклама$",
    r".{0,100}\b(?:in|to) your (?:inbox|mailbox)\b|"
    r"sign up\b|subscribe\b|get the latest\b|get our\b|join our\b|follow (?:us|@?\w+(?:\.\w+)*) on\b",
    r"download (?:the|our) app|got a story\b|get in touch with\b|do you have a story\b|have you got a\b",
    r"support (?:our|independent)\b|this article is (?:for|only)\b|already a subscriber|abonnieren",
    r"jetzt (?:abonnieren|anmelden|testen|registrieren)|melden sie sich|newsletter\b.{0,80}$",
    r"folgen sie uns|unterstützen sie uns|hat ihnen dieser artikel|s'abonner|abonnez-vous",
    r"inscrivez-vous|suscr[ií]bete|esta funcionalidad|regístrate|abbonati|iscriviti|assine",
    r"zapisz się|subskrybuj|подпис(?:ывайтесь|аться)|この記事は(?:会員|有料)|有料会員|会員登録|残り\d+文字",
    # around pictures and embeds
    r"(?:photo|image|picture|foto|bild|quelle|source|credit|fotos|bilder|grafik|video)"
    r"\s?(?:credit|source|by)?\s?[:©/]\s?.{0,80}$",
    r"©.{0,80}$|copyright\b.{0,120}$|all rights reserved|alle rechte vorbehalten",
    r"ein klick für den datenschutz|empfohlener (?:redaktioneller|externer) inhalt|externer inhalt",
    r"an dieser stelle finden sie|ich bin damit einverstanden|link zum youtube|embed$",
    r"(?:this|the) (?:content|video|embed)\b.{0,60}(?:blocked|unavailable|not available|cookies)",
    # tools and dates
    r"(?:share|print|save|comments?|copy link|teilen|drucken|merken|compartir|partager|condividi|udostępnij"
    r"|поделиться|कॉपी लिंक)(?: (?:this|article|story))?$",
    r"stand\s?:\s?\d|mit agenturmaterial|\d{1,2}\.\d{1,2}\.\d{4} \| \d+:\d+ min|\d+:\d\d min\b",
    r"(?:published|updated|last updated|first published|aktualisiert|veröffentlicht|erstellt|publié|publicado"
    r"|aggiornato|opublikowano|обновлено)\b.{0,12}\d.{0,50}$",
    r"\d{4}年\d{1,2}月\d{1,2}日[\s\d時分]*(?:\(|（|$)",
    r"you must confirm your|please log ?out|you (?:must|need to) be logged",
)
"""How lines begin that belong to the page and not to the article, in the languages of large news markets."""

_BOILERPLATE = re.compile("|".join(f"(?:{opening})" for opening in _OPENINGS), re.IGNORECASE)
_TWEET_SIGNATURE = re.compile(r"^[—–-] .{1,80}\(@\w{1,30}\)")
_PICTURE_LINK = re.compile(r"\b(?:pic\.twitter\.com|t\.co)/\w+$")
_BY = re.compile(r"^(?:by|von|par|por|di|da|door|av|af|text|автор)\b[:\s]", re.IGNORECASE)
_READ_ON = re.compile(r"(?:newsletter|abonn|subscri|suscri|whatsapp-kanal|google news)", re.IGNORECASE)


def drop_boilerplate(lines: Sequence[str], titles: Sequence[str], authors: Sequence[str]) -> list[str]:
    """The lines that are the article's own.

    Dropped are titles and bylines repeated near the top, lines that only name an author, short lines of the
    usual furniture of news pages (further reading, subscriptions, credits, embeds), immediate repeats, and
    what such lines leave hanging at the end: headings and lists without text after them.
    """
    kept: list[str] = []
    for line in lines:
        if not line or (kept and kept[-1] == line):
            continue
        if len(kept) < _TOP_LINES and any(_repeats_title(line, title) for title in titles):
            continue
        if _is_byline(line, authors) or is_boilerplate(line):
            if kept and _TWEET_SIGNATURE.match(line):
                kept.pop()  # the tweet that the signature belongs to
            continue
        kept.append(line)
    while len(kept) > 2 and _hangs(kept[-1]):
        kept.pop()
    return kept


def is_boilerplate(line: str) -> bool:
    """Whether a line is furniture of the page."""
    if len(line) > _MAX_BOILERPLATE_CHARS:
        return False
    text = line.removeprefix("- ").lstrip()
    return bool(_BOILERPLATE.match(text) or _TWEET_SIGNATURE.match(line) or _PICTURE_LINK.search(line))


def _repeats_title(line: str, title: str) -> bool:
    """Whether a line is the title, perhaps with its kicker in front of it."""
    if same_words(line, title):
        return True
    words, own = words_of(line), words_of(title)
    return len(own) >= 4 and len(words) <= len(own) + 4 and words[-len(own) :] == own


def _is_byline(line: str, authors: Sequence[str]) -> bool:
    if len(line) > 160 or not authors:
        return False
    words = words_of(_BY.sub("", line))
    named = {word for author in authors for word in words_of(author)}
    extra = [word for word in words if word not in named]
    return len(words) > 0 and len(extra) <= (2 if _BY.match(line) else 0) and len(extra) < len(words)


def _hangs(line: str) -> bool:
    """Whether a last line announces something that does not follow, or sells a subscription."""
    if line.endswith(":"):
        return True
    return len(line) < 200 and bool(_READ_ON.search(line))
