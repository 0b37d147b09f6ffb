"""`alerts.toml` of the home: what each alert waits for, and where it goes.

[killed-in-sudan]
filter = "country=SDN&killed=5"     # as in the address of the events page, or a table
url = "slack://${SLACK_TOKEN}/#news"  # an address of apprise; secrets by name of environment variable
every = "1h"
mode = "digest"
"""

import re
import tomllib
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from dateline.home import Home
from transforms.errors import Permanent
from transforms.safe_text import hide_keys, put_on_a_line

FILTER_NAMES = (
    "from", "to", "country", "type", "mode", "actor", "killed", "outlet", "outlets", "confidence", "q",
    "place", "background", "bbox",
)  # fmt: skip
"""What a filter may ask, by the names in the address of the events page."""
_NAME = re.compile(r"[\w.-]{1,60}")
_LENGTH = re.compile(r"(\d{1,6})\s*(s|min|h|d)")
_UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}
_LONGEST_D = 366


class AlertRule(BaseModel):
    """One alert: exactly one of `filter`, `sql` and `feeds`, exactly one of `url`, `command` and `file`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    name: str
    filter: tuple[tuple[str, str], ...] | None = None  # names and values of a query
    sql: str | None = None
    feeds: list[Literal["silent", "failing", "gap"]] | None = None
    url: str | None = None
    command: list[str] | None = Field(None, min_length=1)
    file: str | None = Field(None, min_length=1)
    every: timedelta = timedelta(0)
    """The least time between two deliveries."""
    mode: Literal["digest", "each"] = "digest"
    days: int = Field(7, ge=1, le=100_000)
    """Only events of the last so many days are sent."""

    @field_validator("filter", mode="before")
    @classmethod
    def _read_filter(cls, given: Any) -> Any:
        if isinstance(given, str):
            pairs = parse_qsl(given.lstrip("?"), keep_blank_values=True)
        elif isinstance(given, dict):
            pairs = [
                (name, _write_value(one))
                for name, value in given.items()
                for one in (value if isinstance(value, list) else [value])
            ]
        else:
            raise ValueError('should be a table, or a text such as "country=SDN&killed=5"')  # noqa: TRY004
        for name, _ in pairs:
            if name not in FILTER_NAMES:
                raise ValueError(f"has no {name!r}; there are {', '.join(FILTER_NAMES)}")
        return tuple(pairs)

    @field_validator("every", mode="before")
    @classmethod
    def _read_length(cls, given: Any) -> Any:
        if isinstance(given, timedelta):
            return given
        found = _LENGTH.fullmatch(given.strip()) if isinstance(given, str) else None
        length = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None
        if length is None or length > timedelta(days=_LONGEST_D):
            raise ValueError('should be a time such as "30min", "1h" or "1d", up to a year')
        return length

    @model_validator(mode="after")
    def _have_one_of_each(self) -> "AlertRule":
        for names in (("filter", "sql", "feeds"), ("url", "command", "file")):
            given = [name for name in names if getattr(self, name) is not None]
            if len(given) != 1:
                has = f"has {' and '.join(given)}" if given else "has none"
                raise ValueError(f"needs one of {', '.join(names)}, and {has}")
        return self

    @property
    def what(self) -> str:
        """What it waits for, in one line."""
        if self.filter is not None:
            return " ".join(f"{name}={put_on_a_line(value)}" for name, value in self.filter) or "every event"
        if self.feeds is not None:
            return f"feeds: {', '.join(self.feeds)}"
        return put_on_a_line(self.sql or "")

    @property
    def channel(self) -> str:
        """Where it goes, in one line without secrets."""
        if self.url is not None:
            return hide_keys(put_on_a_line(self.url))
        if self.file is not None:
            return f"file {put_on_a_line(self.file)}"
        return f"command {hide_keys(put_on_a_line(' '.join(self.command or ())))}"


def read_rules(home: Home) -> tuple[AlertRule, ...]:
    """The alerts of the home, in the order of the file; none where there is no file.

    Raises:
        Permanent: the file cannot be read, or holds what no alert has; the message names line and key.
    """
    try:
        text = home.alerts.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except UnicodeDecodeError as error:
        raise Permanent(f"{home.alerts} is not UTF-8; save it as that") from error
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Permanent(f"{home.alerts} is no TOML: {error}") from error
    return tuple(_read_rule(home, text, name, table) for name, table in tables.items())


def find_rule(rules: Iterable[AlertRule], name: str) -> AlertRule:
    """The alert `name`.

    Raises:
        Permanent: there is none.
    """
    rules = tuple(rules)
    for rule in rules:
        if rule.name == name:
            return rule
    names = ", ".join(rule.name for rule in rules) or "none"
    raise Permanent(f"there is no alert {put_on_a_line(name)!r} in alerts.toml; there are: {names}")


def _read_rule(home: Home, text: str, name: str, table: Any) -> AlertRule:
    from warehouse.browse.filters import read_filter

    if not isinstance(table, dict):
        raise Permanent(
            f"{home.alerts}, line {_find_line(text, '', name)}: {name} stands outside of every alert; "
            "write it below a line such as [my-alert]"
        )
    where = f"{home.alerts}, line {{line}}: alert {put_on_a_line(name)}"
    if not _NAME.fullmatch(name):
        line = _find_line(text, name, "")
        raise Permanent(f"{where.format(line=line)} should have a name of up to 60 letters, digits, - and _")
    if "name" in table:
        line = _find_line(text, name, "name")
        raise Permanent(f"{where.format(line=line)}: there is no 'name'; its table's name is the alert's")
    try:
        rule = AlertRule(name=name, **table)
    except ValidationError as error:
        found = error.errors()[0]
        key = str(found["loc"][0]) if found["loc"] else ""
        problem = _describe_problem(key, found["type"], found["msg"])
        raise Permanent(f"{where.format(line=_find_line(text, name, key))}: {problem}") from None
    try:
        read_filter(rule.filter or ())
    except Permanent as error:
        line = _find_line(text, name, "filter")
        raise Permanent(f"{where.format(line=line)}: filter: {error}") from error
    return rule


def _describe_problem(key: str, kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        keys = [name for name in AlertRule.model_fields if name != "name"]
        return f"there is no {put_on_a_line(key)!r}; there are {', '.join(keys)}"
    plain = message.removeprefix("Value error, ")
    return f"{key}: {plain}" if key else plain


def _find_line(text: str, table: str, key: str) -> int:
    """The number of the line where a key of a table stands, of the table's head where the key is not found."""
    head, inside = 1, not table
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if opened := re.match(r"\[\s*[\"']?([^\"'\].]+)[\"']?\s*(?:\.([^\]]+))?\]", stripped):
            inside = opened[1].strip() == table
            if inside and opened[2] and opened[2].strip() == key:
                return number
            head = number if inside and not opened[2] else head
        elif inside and key and re.match(rf"[\"']?{re.escape(key)}[\"']?\s*[.=]", stripped):
            return number
    return head


def _write_value(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)
