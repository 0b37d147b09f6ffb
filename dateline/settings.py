"""Settings: one table of names, defaults, units and helps; files and environment may only name what it lists.

A value comes from, first that has it: the environment (`DATELINE_` and the name in capitals, dots as
underscores: `DATELINE_POLL_MIN_INTERVAL_S`), `dateline.toml` in Dateline's home, the default here.
"""

import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transforms.errors import Permanent

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Setting:
    name: str  # section.name, as in dateline.toml
    default: Value
    unit: str
    help: str


SETTINGS: tuple[Setting, ...] = (
    Setting("http.contact", "", "e-mail address or URL", "Who runs this, sent in the User-Agent so that publishers can reach you; set it before polling real feeds."),
    Setting("http.connections", 32, "requests", "How many requests run at once, over all hosts."),
    Setting("http.per_host", 2, "requests", "How many requests run at once to one host, over all steps."),
    Setting("http.host_spacing_s", 1.0, "seconds", "The least time between the starts of two requests to one host, over all steps."),
    Setting("http.connect_timeout_s", 10.0, "seconds", "How long a connection may take to open."),
    Setting("http.read_timeout_s", 20.0, "seconds", "How long a server may stay silent."),
    Setting("http.total_timeout_s", 60.0, "seconds", "How long a whole fetch may take, redirects included."),
    Setting("http.max_feed_bytes", 20_000_000, "bytes", "The largest feed taken, after decompression."),
    Setting("http.max_page_bytes", 10_000_000, "bytes", "The largest page taken, after decompression."),
    Setting("http.max_redirects", 10, "hops", "How many redirects are followed."),
    Setting("http.allow_private_addresses", False, "yes or no", "Whether addresses that are not public (loopback, private networks) may be fetched."),
    Setting("http.obey_robots", True, "yes or no", "Whether robots.txt is obeyed for article pages."),
    Setting("poll.min_interval_s", 600, "seconds", "No feed is asked more often than this, whatever it allows."),
    Setting("poll.max_interval_s", 86_400, "seconds", "Every feed is asked at least this often, whatever it asks for."),
    Setting("poll.default_interval_s", 1_800, "seconds", "How often a feed that says nothing of it is asked."),
    Setting("poll.max_backoff_s", 86_400, "seconds", "The longest wait after failures in a row."),
    Setting("poll.batch_feeds", 100, "feeds", "How many feeds a batch holds at most."),
    Setting("poll.max_batches", 16, "batches", "How many batches a run is split into at most."),
    Setting("pages.max_attempts", 4, "attempts", "How often a page that fails for now is tried, over runs, before the feed's own text is used."),
    Setting("pages.retry_s", 1_800, "seconds", "How long until a failed page is tried again; doubles each time."),
    Setting("archive.max_file_bytes", 500_000_000, "bytes", "A WARC file is closed and a new one begun beyond this size."),
    Setting("clean.workers", 0, "processes", "How many processes extract articles; 0: one a core."),
    Setting("clean.page_timeout_s", 20.0, "seconds", "How long the extraction of one page may take."),
    Setting("clean.page_memory_bytes", 1_500_000_000, "bytes", "How much memory an extracting process may take."),
    Setting("code.coder", "rules", "name", "The coder that reads the articles: `rules`, `chat`, or one that a package of yours brings."),
    Setting("code.languages", "en", "ISO 639-1 codes, comma-separated", "The languages whose articles are coded."),
    Setting("chat.url", "", "URL", "Where the chat coder's endpoint is, such as `http://127.0.0.1:11434/v1`; it must speak OpenAI's chat completions."),
    Setting("chat.model", "", "name", "The model that the chat coder asks for, as the endpoint names it."),
    Setting("chat.key_env", "", "environment variable", "The NAME of the environment variable that holds the endpoint's key; never the key itself. Empty: no key is sent."),
    Setting("chat.timeout_s", 120.0, "seconds", "How long one answer may take."),
    Setting("chat.retries", 4, "attempts", "How often a request is repeated after a time-out, a lost connection or HTTP 408, 429 or 5xx."),
    Setting("chat.concurrency", 1, "requests", "How many articles the chat coder asks about at once."),
    Setting("chat.budget_requests", 1_000, "requests", "How many requests may be sent in a day (UTC), over all runs; 0: no limit."),
    Setting("chat.budget_tokens", 5_000_000, "tokens", "How many tokens may be used in a day (UTC), over all runs; 0: no limit."),
    Setting("chat.max_text_characters", 24_000, "characters", "A longer text is cut before it is sent, at the end of a sentence; about four characters are a token."),
    Setting("chat.max_answer_tokens", 4_096, "tokens", "How long an answer may be."),
    Setting("merge.max_days_apart", 1, "days", "How far apart two mentions' dates may lie for one event."),
    Setting("load.lock_wait_s", 300.0, "seconds", "How long a load waits for another one that is running."),
    Setting("load.memory_limit", "4GB", "DuckDB size", "How much memory DuckDB may use."),
    Setting("checks.stale_feed_s", 259_200, "seconds", "A feed without a success for this long counts as stale."),
    Setting("staging.keep_days", 7, "days", "How long the staging files of loaded runs are kept."),
)  # fmt: skip
"""Every setting there is; `docs/configuration.md` is made from this table."""


@dataclass(frozen=True, slots=True)
class Home:
    """Dateline's home folder and what lies where in it."""

    path: Path

    @property
    def published(self) -> Path:
        """The warehouse file that analysts open."""
        return self.path / "dateline.duckdb"

    @property
    def build(self) -> Path:
        """The loader's own file; nobody else opens it."""
        return self.path / "build" / "build.duckdb"

    @property
    def archive(self) -> Path:
        return self.path / "archive"

    @property
    def staging(self) -> Path:
        return self.path / "staging"

    @property
    def cache(self) -> Path:
        return self.path / "cache"

    @property
    def budgets(self) -> Path:
        """What was spent of budgets that hold over processes."""
        return self.path / "budgets"

    @property
    def exports(self) -> Path:
        return self.path / "exports"

    @property
    def hosts(self) -> Path:
        """What all steps know of a host: its slots, spacing and Retry-After."""
        return self.path / "hosts"

    @property
    def airflow(self) -> Path:
        return self.path / "airflow"

    @property
    def feeds(self) -> Path:
        """The subscriptions: a CSV file that the user may edit."""
        return self.path / "feeds.csv"

    @property
    def seeds(self) -> Path:
        """The user's own rows, added to the bundled seed tables of the same file name."""
        return self.path / "seeds"

    @property
    def settings(self) -> Path:
        return self.path / "dateline.toml"


class Settings:
    """The settings in force: `settings.number("http.per_host")`."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = {setting.name: values.get(setting.name, setting.default) for setting in SETTINGS}

    def value(self, name: str) -> Value:
        return self._values[name]

    def text(self, name: str) -> str:
        return str(self._values[name])

    def whole(self, name: str) -> int:
        return int(self._values[name])

    def number(self, name: str) -> float:
        return float(self._values[name])

    def flag(self, name: str) -> bool:
        return bool(self._values[name])


def find_home(environ: Mapping[str, str] = os.environ) -> Home:
    """Dateline's home: `DATELINE_HOME`, else `dateline` in the user's home folder."""
    return Home(Path(environ.get("DATELINE_HOME") or Path.home() / "dateline").expanduser().absolute())


def load_settings(home: Home, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings in force.

    Raises:
        Permanent: `dateline.toml` is broken, or names a setting that does not exist, or a value does not fit.
    """
    values = _read_toml(home.settings)
    known = {setting.name: setting for setting in SETTINGS}
    for name in values:
        if name not in known:
            raise Permanent(
                f"{home.settings}: no setting is named {name!r}; `dateline settings --markdown` lists them"
            )
    for name, setting in known.items():
        variable = variable_of(name)
        if variable in environ:
            values[name] = _parse_value(setting, environ[variable], variable)
        elif name in values:
            values[name] = _check_value(setting, values[name], str(home.settings))
    variables = {variable_of(name) for name in known} | {"DATELINE_HOME"}
    for variable in environ:
        if variable.startswith("DATELINE_") and variable not in variables:
            raise Permanent(
                f"the environment variable {variable} names no setting; `dateline settings --markdown` lists them"
            )
    return Settings(values)


def variable_of(name: str) -> str:
    """The environment variable of a setting."""
    return "DATELINE_" + name.replace(".", "_").upper()


def _read_toml(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        sections = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Permanent(f"{path}: not valid TOML ({error}); mend it or move it away") from error
    values: dict[str, Any] = {}
    for section, content in sections.items():
        if isinstance(content, dict):
            values |= {f"{section}.{key}": value for key, value in content.items()}
        else:
            values[section] = content
    return values


def _parse_value(setting: Setting, text: str, where: str) -> Value:
    if isinstance(setting.default, bool):
        if text.lower() in ("1", "true", "yes", "on"):
            return True
        if text.lower() in ("0", "false", "no", "off"):
            return False
        raise Permanent(f"{where}: {text!r} is neither yes nor no")
    if isinstance(setting.default, str):
        return text
    try:
        return _check_value(setting, type(setting.default)(text), where)
    except ValueError as error:
        raise Permanent(f"{where}: {text!r} is no number of {setting.unit}") from error


def _check_value(setting: Setting, value: Any, where: str) -> Value:
    kind = type(setting.default)
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        raise Permanent(
            f"{where}: {setting.name} = {value!r} should be {setting.unit}, such as {setting.default!r}"
        )
    checked: Value = value
    if not isinstance(checked, str) and checked < 0:
        raise Permanent(f"{where}: {setting.name} = {checked!r} is below zero")
    if not isinstance(checked, str) and not math.isfinite(checked):
        raise Permanent(f"{where}: {setting.name} = {checked!r} is no number of {setting.unit}")
    return checked


def list_settings(
    home: Home, settings: Settings, environ: Mapping[str, str]
) -> list[tuple[Setting, Value, str]]:
    """Every setting with its value in force and where that comes from."""
    in_file = _read_toml(home.settings)
    rows = []
    for setting in SETTINGS:
        if variable_of(setting.name) in environ:
            origin = variable_of(setting.name)
        else:
            origin = home.settings.name if setting.name in in_file else "default"
        rows.append((setting, settings.value(setting.name), origin))
    return rows


def describe_settings() -> str:
    """The settings table as the Markdown page `docs/configuration.md`."""
    lines = [
        "# Configuration",
        "",
        "Made by `dateline settings --markdown`; a test holds this page to the code.",
        "",
        "Dateline keeps everything in one home folder: `DATELINE_HOME`, else `~/dateline`. A setting's value comes",
        "from, first that has it: an environment variable, `dateline.toml` in the home folder, the default. A name",
        "that is not in this table is an error. `dateline settings` shows the values in force.",
        "",
        "```toml",
        "# dateline.toml",
        "[http]",
        'contact = "https://example.org/about-our-monitor"',
        "```",
        "",
    ]
    for section in dict.fromkeys(setting.name.partition(".")[0] for setting in SETTINGS):
        lines += [f"## {section}", "", "| setting | default | unit | what it is |", "|---|---|---|---|"]
        lines += [_describe(setting) for setting in SETTINGS if setting.name.startswith(f"{section}.")]
        lines.append("")
    return "\n".join(lines)


def _describe(setting: Setting) -> str:
    default = str(setting.default).lower() if isinstance(setting.default, bool) else repr(setting.default)
    names = f"`{setting.name}`<br>`{variable_of(setting.name)}`"
    return f"| {names} | `{default}` | {setting.unit} | {setting.help} |"
