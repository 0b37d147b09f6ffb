"""A folder of saved news as somebody may have it: feeds, pages, and what is neither."""

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

SITE = "https://tidings.example"
FEED_URL = f"{SITE}/rss.xml"
SAVED_AT = datetime(2026, 3, 6, 9, tzinfo=UTC)
TEXTS = {  # a headline and paragraphs
    "aleppo": (
        "Five soldiers killed in Aleppo",
        "Gunmen killed five soldiers in Aleppo on Tuesday, the Syrian defence ministry said.",
        "The attackers opened fire on a checkpoint east of the city shortly before dawn, and fled towards "
        "the desert after a fight of about half an hour, according to a statement by the ministry.",
        "Residents said that the road to the south was closed for most of the day and that helicopters could "
        "be heard. Shops in the centre of the city opened as usual in the afternoon.",
    ),
    "kisumu": (
        "Marchers in Kisumu demand cheaper fuel",
        "Thousands of people marched in Kisumu on Wednesday to protest against a new tax on fuel.",
        "The marchers walked from the bus park to the county assembly, where their leaders handed a petition "
        "to the speaker. Police closed two streets and said that the march had passed without trouble.",
        "Fuel prices in Kenya have risen by a fifth since January, and the operators of minibuses say that "
        "they can no longer earn a living from the fares that the county allows.",
    ),
    "harvest": (
        "Barley does well in the hills",
        "Farmers in the hills above the town expect the best harvest of barley for ten years.",
        "Rain came early and stayed for longer than usual, the agricultural college said in its yearly "
        "report, and the cold of last spring did not come back. Prices at the market have begun to fall.",
        "The college advises farmers to dry what they cannot sell at once, and has opened two of its own "
        "stores to them until the end of the season.",
    ),
}


def write_news(folder: Path) -> Path:
    """Feeds and pages of three articles, two of them announced by the feed, a second version of one."""
    save(folder / "feeds" / "tidings.xml", feed(("aleppo", 3), ("kisumu", 4)).encode())
    save(folder / "pages" / "2026" / "aleppo.html", page("aleppo", 3))
    save(folder / "pages" / "2026" / "kisumu.html.gz", gzip.compress(page("kisumu", 4)))
    save(folder / "pages" / "harvest.html", page("harvest", 5))
    corrected = page("harvest", 5).replace(b"opened two", b"opened three")
    save(folder / "pages" / "harvest-later.html", corrected, hour=18)
    save(folder / "pages" / "cut.html.gz", gzip.compress(page("harvest", 5))[:-300])
    save(folder / "pages" / "notes.txt", b"<html>only notes</html>")
    save(folder / "pages" / "picture.jpeg", b"\xff\xd8\xff\xe0 no page")
    return folder


def save(path: Path, body: bytes, hour: int = 9) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    at = SAVED_AT.replace(hour=hour).timestamp()
    os.utime(path, (at, at))


def url_of(name: str) -> str:
    return f"{SITE}/2026/03/{name}"


def feed(*items: tuple[str, int]) -> str:
    """An RSS feed with an item for each name and day of March 2026, under a tracking parameter."""
    entries = "".join(
        f"<item><title>{TEXTS[name][0]}</title><link>{url_of(name)}?utm_source=rss</link>"
        f"<pubDate>0{day} Mar 2026 08:00:00 GMT</pubDate><description>{TEXTS[name][1]}</description></item>"
        for name, day in items
    )
    return (
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Tidings</title>'
        f'<link>{SITE}/</link><atom:link rel="self" href="{FEED_URL}"/>{entries}</channel></rss>'
    )


def page(name: str, day: int) -> bytes:
    """An article's page, with its address and its time."""
    title, *texts = TEXTS[name]
    paragraphs = "".join(f"<p>{text}</p>" for text in texts)
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>'
        f'<link rel="canonical" href="{url_of(name)}">'
        '<meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="2026-03-0{day}T08:00:00+00:00"></head>'
        f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    ).encode()
