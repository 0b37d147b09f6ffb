"""Every setting: its name, default, unit, help and what is allowed, in groups that are passed to who needs them.

A group is a section of `dateline.toml`: a frozen value that checks itself. Where values come from is known to
`dateline/settings.py` alone. A range leaves out what breaks or hangs a run, not what is only unwise. White space
around a text does not count.
"""

import re
from datetime import timedelta
from typing import Annotated

from transforms.settings_group import VARIABLE, SettingsGroup, fit, is_address, number, switch, text

_CODES = """
aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka
kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng
nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su
sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
ISO_639_1 = frozenset(_CODES.split())
"""The two-letter codes of languages. Source: ISO 639-1; withdrawn ones (bh, in, iw, ji, mo, sh) are left out."""

LEAST_MEMORY_BYTES = 256_000_000
"""What DuckDB needs to load. Measured with the sample newsroom: 30 MB on 2 cores, 100 on 16, 200 on 64."""
_LEAST_MEMORY_PER_CENT = 10
_MEMORY = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?) ?(?:(%)|([kmgt])(?:(i)?b)?)", re.IGNORECASE)
_CONTACT = re.compile(r"[ -'*-~]{0,200}")
_CODER = re.compile(r"[\w.-]{1,100}")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,30}")
_PLACE = re.compile(r"[^@?#\s:][^@?#\s]{0,1000}")
_METRICS_FILE = re.compile(r"/[^\0\n]{1,1000}\.prom")
_DAY_S = 86_400
_YEAR_S = 365 * _DAY_S
LONGEST_PAGE_WAIT = timedelta(days=7)
"""No page waits longer for its next try."""


def _split_codes(text: str) -> frozenset[str]:
    return frozenset(code.strip() for code in text.split(","))


def _is_enough_memory(text: str) -> bool:
    """Whether DuckDB takes a size, and can load with it.

    Source: DuckDB's documentation of `memory_limit`; a test asks DuckDB itself.
    """
    found = _MEMORY.fullmatch(text)
    if not found:
        return False
    number, per_cent, unit, binary = found.groups()
    if per_cent:
        return _LEAST_MEMORY_PER_CENT <= float(number) <= 100
    size = float(number) * (1024 if binary else 1000) ** (1 + "kmgt".index(unit.lower()))
    return bool(size >= LEAST_MEMORY_BYTES)


def _is_place(text: str) -> bool:
    """Whether a text may be a folder or the URL of a store: no key is in it."""
    scheme, is_url, rest = text.partition("://")
    if not is_url:
        return text.isprintable()
    return _SCHEME.fullmatch(scheme) is not None and _PLACE.fullmatch(rest) is not None


class HttpSettings(SettingsGroup):
    """How feeds and pages are fetched."""

    contact: Annotated[str, fit(_CONTACT.fullmatch)] = text(
        "",
        "e-mail address or URL",
        "Who runs this, sent in the User-Agent so that publishers can reach you; set it before polling real feeds.",
        "up to 200 characters of plain ASCII without parentheses, or nothing",
    )
    connections: int = number(32, "requests", "How many requests run at once, over all hosts.", 1, 1_000)
    per_host: int = number(
        2, "requests", "How many requests run at once to one host, over all steps.", 1, 100
    )
    host_spacing_s: float = number(
        1.0,
        "seconds",
        "The least time between the starts of two requests to one host, over all steps.",
        0,
        3_600,
    )
    connect_timeout_s: float = number(10.0, "seconds", "How long a connection may take to open.", 0.1, 3_600)
    read_timeout_s: float = number(20.0, "seconds", "How long a server may stay silent.", 0.1, 3_600)
    total_timeout_s: float = number(
        60.0, "seconds", "How long a whole fetch may take, redirects included.", 0.1, 3_600
    )
    max_feed_bytes: int = number(
        20_000_000, "bytes", "The largest feed taken, after decompression.", 1_000, 1_000_000_000
    )
    max_page_bytes: int = number(
        10_000_000, "bytes", "The largest page taken, after decompression.", 1_000, 1_000_000_000
    )
    host_budget_s: float = number(
        120.0,
        "seconds",
        "How long the requests of one run to one host may take together; what is left waits for the next run.",
        1,
        _DAY_S,
    )
    max_listing_bytes: int = number(
        60_000_000, "bytes", "The largest sitemap or index taken, after decompression.", 1_000, 1_000_000_000
    )
    pause_s: float = number(
        0.0,
        "seconds",
        "How long a host is left alone that says 429 or 503 and not for how long; 0: not at all.",
        0,
        _DAY_S,
    )
    max_redirects: int = number(10, "hops", "How many redirects are followed.", 0, 50)
    allow_private_addresses: bool = switch(
        False, "Whether addresses that are not public (loopback, private networks) may be fetched."
    )
    obey_robots: bool = switch(True, "Whether robots.txt is obeyed for article pages.")


class PollSettings(SettingsGroup):
    """When feeds are asked, and how a run is split."""

    ASCENDING = (("min_interval_s", "max_interval_s"), ("min_interval_s", "max_backoff_s"))

    min_interval_s: int = number(
        600, "seconds", "No feed is asked more often than this, whatever it allows.", 0, _YEAR_S
    )
    max_interval_s: int = number(
        _DAY_S,
        "seconds",
        "Every feed is asked at least this often, whatever it asks for.",
        1,
        _YEAR_S,
        but="not below poll.min_interval_s",
    )
    default_interval_s: int = number(
        1_800,
        "seconds",
        "How often a feed that says nothing of it is asked, within the two bounds above.",
        1,
        _YEAR_S,
    )
    max_backoff_s: int = number(
        _DAY_S,
        "seconds",
        "The longest wait after failures in a row.",
        1,
        _YEAR_S,
        but="not below poll.min_interval_s",
    )
    batch_feeds: int = number(100, "feeds", "How many feeds a batch holds at most.", 1, 100_000)
    max_entries: int = number(
        10_000,
        "entries",
        "How many entries of a feed are read at once; the rest comes with the next polls.",
        1,
        1_000_000,
    )
    # batches are numbered with three digits, and Airflow maps a task over 1,024 at most
    max_batches: int = number(16, "batches", "How many batches a run is split into at most.", 1, 1_000)

    @property
    def longest_wait_s(self) -> int:
        """No feed is ever left alone for longer."""
        return max(self.min_interval_s, self.max_interval_s, self.max_backoff_s)


class PagesSettings(SettingsGroup):
    """How often article pages are tried."""

    max_attempts: int = number(
        4,
        "attempts",
        "How often a page that fails for now is tried, over runs, before the feed's own text is used.",
        1,
        1_000,
    )
    retry_s: int = number(
        1_800, "seconds", "How long until a failed page is tried again; doubles each time.", 0, 7 * _DAY_S
    )


class ArchiveSettings(SettingsGroup):
    """The raw archive."""

    max_file_bytes: int = number(
        500_000_000,
        "bytes",
        "A WARC file is closed and a new one begun beyond this size.",
        1_000_000,
        1_000_000_000_000,
    )


class CleanSettings(SettingsGroup):
    """The processes that read feeds and extract articles from pages."""

    workers: int = number(
        0, "processes", "How many processes read feeds or extract articles; 0: one a core.", 0, 256
    )
    page_timeout_s: float = number(
        20.0,
        "seconds",
        "How long the reading of one feed or the extraction of one page may take.",
        0.001,
        3_600,
    )
    # a worker that has loaded its libraries takes 250 MB of address space
    page_memory_bytes: int = number(
        1_500_000_000,
        "bytes",
        "How much memory such a process may take.",
        400_000_000,
        1_000_000_000_000,
    )


class CodeSettings(SettingsGroup):
    """Which coder reads which articles."""

    coder: Annotated[str, fit(_CODER.fullmatch)] = text(
        "judge",
        "name",
        "The coder that reads the articles: `judge`, `chat`, or one that a package of yours brings.",
        "a name of letters, digits, dots, dashes and underscores",
    )
    languages: Annotated[str, fit(lambda text: _split_codes(text) <= ISO_639_1)] = text(
        "en",
        "ISO 639-1 codes, comma-separated",
        "The languages whose articles are coded.",
        "one or more two-letter codes of ISO 639-1 in small letters, such as en or en,fr",
    )
    workers: int = number(
        0,
        "processes",
        "How many processes the judge works in, of 0.3 GB each; 0: one a core; 1: the step's own.",
        0,
        256,
    )

    @property
    def language_codes(self) -> frozenset[str]:
        return _split_codes(self.languages)


class ChatSettings(SettingsGroup):
    """The chat coder's endpoint and what it may cost."""

    ASCENDING = (("max_answer_tokens", "budget_tokens"),)  # a question reserves its answer's tokens

    url: Annotated[str, fit(is_address)] = text(
        "",
        "URL",
        "Where the chat coder's endpoint is, such as `http://127.0.0.1:11434/v1`; "
        "it must speak OpenAI's chat completions.",
        "an http or https address without user, password, query and fragment, or nothing",
        is_shown=False,
    )
    model: Annotated[str, fit(lambda text: len(text) <= 200 and text.isprintable())] = text(
        "",
        "name",
        "The model that the chat coder asks for, as the endpoint names it.",
        "up to 200 characters on one line, or nothing",
    )
    key_env: Annotated[str, fit(lambda text: not text or VARIABLE.fullmatch(text))] = text(
        "",
        "environment variable",
        "The NAME of the environment variable that holds the endpoint's key; never the key itself. "
        "Empty: no key is sent.",
        "the name of an environment variable in capitals, such as CHAT_KEY, not DATELINE_..., or nothing",
        is_shown=False,
    )
    timeout_s: float = number(120.0, "seconds", "How long one answer may take.", 0.1, 3_600)
    retries: int = number(
        4,
        "attempts",
        "How often a request is repeated after a time-out, a lost connection or HTTP 408, 429 or 5xx.",
        0,
        20,
    )
    concurrency: int = number(1, "requests", "How many articles the chat coder asks about at once.", 1, 100)
    budget_requests: int = number(
        1_000,
        "requests",
        "How many requests may be sent in a day (UTC), over all runs; 0: no limit.",
        0,
        1_000_000_000_000,
    )
    budget_tokens: int = number(
        5_000_000,
        "tokens",
        "How many tokens may be used in a day (UTC), over all runs; 0: no limit.",
        0,
        1_000_000_000_000,
        but="0 or not below chat.max_answer_tokens",
    )
    max_text_characters: int = number(
        24_000,
        "characters",
        "A longer text is cut before it is sent, at the end of a sentence; about four characters are a token.",
        100,
        1_000_000,
    )
    max_answer_tokens: int = number(4_096, "tokens", "How long an answer may be.", 100, 1_000_000)


class MergeSettings(SettingsGroup):
    """Which mentions may tell of one event."""

    max_days_apart: int = number(1, "days", "How far apart two mentions' dates may lie for one event.", 0, 30)


class LoadSettings(SettingsGroup):
    """How the warehouse is written."""

    lock_wait_s: float = number(
        300.0, "seconds", "How long a load waits for another one that is running.", 0, _DAY_S
    )
    quiet_wait_s: float = number(
        3_600.0,
        "seconds",
        "How long polls that brought nothing wait for a load that has more to say; 0: each is loaded and published.",
        0,
        _DAY_S,
    )
    memory_limit: Annotated[str, fit(_is_enough_memory)] = text(
        "384MB",  # so a load of 10,000 events into 1,000,000 stays below 700 MB in all
        "DuckDB size",
        "How much memory DuckDB may use.",
        "a size of at least 256MB, such as 4GB or 512MiB, or 10% to 100% of this machine's memory",
    )


class ChecksSettings(SettingsGroup):
    """What the checks of the warehouse let pass."""

    stale_feed_s: int = number(
        3 * _DAY_S, "seconds", "A feed without a success for this long counts as stale.", 0, _YEAR_S
    )


class MetricsSettings(SettingsGroup):
    """What a monitoring system is given."""

    file: Annotated[str, fit(lambda text: not text or _METRICS_FILE.fullmatch(text))] = text(
        "",
        "path",
        "The file that each load leaves for node_exporter's textfile collector, such as "
        "/var/lib/node_exporter/dateline.prom; empty: none.",
        "a whole path that ends in .prom, or nothing",
    )


class StagingSettings(SettingsGroup):
    """The files between steps."""

    # the end of a run still looks at the files that it has just loaded, so they may not go at once
    keep_days: int = number(7, "days", "How long the staging files of loaded runs are kept.", 1, 3_650)


class WarehouseSettings(SettingsGroup):
    """Copies of the published file's tables elsewhere."""

    postgres_url_env: Annotated[str, fit(lambda text: not text or VARIABLE.fullmatch(text))] = text(
        "",
        "environment variable",
        "The NAME of the environment variable that holds the address of a PostgreSQL database, such as "
        "`postgresql://dateline@db.example.org/news`, which keeps a copy of events, mentions and stories; never "
        "the address itself. Empty: no copy is kept.",
        "the name of an environment variable in capitals, such as POSTGRES_URL, not DATELINE_..., or nothing",
        is_shown=False,
    )


class LakeSettings(SettingsGroup):
    """The lake of Parquet files that other programs read."""

    path: Annotated[str, fit(_is_place)] = text(
        "",
        "folder or URL",
        "Where the lake is kept: a folder (below Dateline's home, where it is no whole path), or a URL that fsspec "
        "knows, such as `s3://bucket/lake`. Empty: no lake is kept.",
        "a path, a URL without user and password, or nothing",
        is_shown=False,
    )
    grace_s: float = number(
        86_400.0,
        "seconds",
        "How long a file stays that the lake's manifests name no more, for those who are reading it.",
        0,
        _YEAR_S,
    )
    folders: bool = switch(
        True,
        "Whether each day is also one file under a name that stays, for readers that list folders: a hard link in "
        "a folder, a second copy in an object store.",
    )
