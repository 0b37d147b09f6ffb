"""The settings of backfills from the network."""

from typing import Annotated

from transforms.settings_group import VARIABLE, SettingsGroup, fit, is_address, number, text


def is_service(text: str) -> bool:
    """Whether a text is the address of a service; there has to be one."""
    return bool(text) and is_address(text)


class HistorySettings(SettingsGroup):
    """Where the past is had from, and how often archives are asked."""

    batch_articles: int = number(
        300, "articles", "How many articles of a backfill are fetched, coded and loaded at once.", 1, 10_000
    )
    lanes: int = number(8, "feeds", "For how many feeds a backfill asks at the same time.", 1, 100)
    max_pages: int = number(
        2_000, "pages", "How many pages of one paged feed or listing are read at most.", 1, 1_000_000
    )
    pause_s: float = number(
        60.0,
        "seconds",
        "How long a service that says that it is asked too often is left alone at least; archives of others 60.",
        0,
        86_400,
    )
    wayback_url: Annotated[str, fit(is_service)] = text(
        "https://web.archive.org/web",
        "URL",
        "Where a web archive replays pages: the Internet Archive, Arquivo.pt, or a pywb of your own.",
        "an http or https address without user, password, query and fragment",
    )
    wayback_index_url: Annotated[str, fit(is_service)] = text(
        "https://web.archive.org/cdx/search/cdx",
        "URL",
        "Where that archive's index (CDX server) is.",
        "an http or https address without user, password, query and fragment",
    )
    wayback_index_per_minute: float = number(
        24.0,
        "requests a minute",
        "How often the web archive's index is asked; the Internet Archive is never asked more than 24 times.",
        0.1,
        60_000,
    )
    wayback_replay_per_minute: float = number(
        480.0,
        "requests a minute",
        "How often the web archive's pages are asked for; of the Internet Archive never more than 480.",
        0.1,
        60_000,
    )
    wayback_max_days: float = number(
        30.0,
        "days",
        "How far from its publication a page may have been captured to stand for the article.",
        0,
        3_650,
    )
    commoncrawl_index_url: Annotated[str, fit(is_service)] = text(
        "https://index.commoncrawl.org",
        "URL",
        "Where Common Crawl's index is.",
        "an http or https address without user, password, query and fragment",
    )
    commoncrawl_data_url: Annotated[str, fit(is_service)] = text(
        "https://data.commoncrawl.org",
        "URL",
        "Where Common Crawl's files are; or a mirror of them.",
        "an http or https address without user, password, query and fragment",
    )
    commoncrawl_spacing_s: float = number(
        1.0,
        "seconds",
        "The least time between two requests to Common Crawl; its own service is never asked faster than 1.",
        0,
        3_600,
    )
    gdelt_url: Annotated[str, fit(is_service)] = text(
        "https://storage.googleapis.com/data.gdeltproject.org/gdeltv2",
        "URL",
        "Where GDELT's files of fifteen minutes are.",
        "an http or https address without user, password, query and fragment",
    )
    mediacloud_url: Annotated[str, fit(is_service)] = text(
        "https://search.mediacloud.org/api",
        "URL",
        "Where Media Cloud's search is.",
        "an http or https address without user, password, query and fragment",
    )
    mediacloud_key_env: Annotated[str, fit(lambda text: not text or VARIABLE.fullmatch(text))] = text(
        "",
        "environment variable",
        "The NAME of the environment variable that holds your Media Cloud key; never the key itself.",
        "the name of an environment variable in capitals, such as MEDIACLOUD_KEY, not DATELINE_..., or nothing",
        is_shown=False,
    )
