"""The settings in force: where their values come from, and how they are listed. `transforms/settings.py` defines them.

A value comes from, first that has it: the environment (`DATELINE_` and the name in capitals, dots as
underscores: `DATELINE_POLL_MIN_INTERVAL_S`), `dateline.toml` in Dateline's home, the default.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from dateline.home import Home
from transforms.errors import Permanent
from transforms.history.settings import HistorySettings
from transforms.safe_text import hide_keys
from transforms.settings import (
    ArchiveSettings,
    ChatSettings,
    ChecksSettings,
    CleanSettings,
    CodeSettings,
    HttpSettings,
    LakeSettings,
    LoadSettings,
    MergeSettings,
    MetricsSettings,
    PagesSettings,
    PollSettings,
    StagingSettings,
    WarehouseSettings,
)
from transforms.settings_group import SettingsGroup
from transforms.sharing_settings import LocksSettings, StorageSettings

Value = str | int | float | bool
_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
_PREFIX = "DATELINE_"
_LONGEST_QUOTE = 100


class Settings(BaseModel):
    """The settings in force, by group: `settings.http.per_host`. `load_settings` reads them."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    http: HttpSettings = HttpSettings()
    poll: PollSettings = PollSettings()
    pages: PagesSettings = PagesSettings()
    archive: ArchiveSettings = ArchiveSettings()
    clean: CleanSettings = CleanSettings()
    code: CodeSettings = CodeSettings()
    chat: ChatSettings = ChatSettings()
    history: HistorySettings = HistorySettings()
    merge: MergeSettings = MergeSettings()
    load: LoadSettings = LoadSettings()
    metrics: MetricsSettings = MetricsSettings()
    checks: ChecksSettings = ChecksSettings()
    staging: StagingSettings = StagingSettings()
    lake: LakeSettings = LakeSettings()
    warehouse: WarehouseSettings = WarehouseSettings()
    storage: StorageSettings = StorageSettings()
    locks: LocksSettings = LocksSettings()


@dataclass(frozen=True, slots=True)
class Setting:
    """What a user may know of a setting."""

    name: str  # section.name, as in dateline.toml
    default: Value
    unit: str
    help: str
    allowed: str
    is_shown: bool  # whether messages may quote a value that does not fit

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return _PREFIX + self.name.replace(".", "_").upper()

    def read(self, settings: Settings) -> Value:
        """Its value in force."""
        group, _, field = self.name.partition(".")
        value: Value = getattr(getattr(settings, group), field)
        return value


def _list_fields() -> dict[str, dict[str, Setting]]:
    found: dict[str, dict[str, Setting]] = {}
    for group, member in Settings.model_fields.items():
        assert isinstance(member.default, SettingsGroup)
        found[group] = {
            name: _describe_field(f"{group}.{name}", field)
            for name, field in type(member.default).model_fields.items()
        }
    return found


def _describe_field(name: str, field: FieldInfo) -> Setting:
    extra = field.json_schema_extra
    assert isinstance(extra, dict)
    return Setting(
        name=name,
        default=field.default,
        unit=str(extra["unit"]),
        help=field.description or "",
        allowed=str(extra["allowed"]),
        is_shown=bool(extra.get("is_shown", True)),
    )


_FIELDS = _list_fields()
SETTINGS: tuple[Setting, ...] = tuple(setting for fields in _FIELDS.values() for setting in fields.values())
"""Every setting there is; `docs/configuration.md` is made from this table."""


def load_settings(home: Home, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings in force.

    Raises:
        Permanent: `dateline.toml` is broken, or names a setting that does not exist, or a value does not fit.
    """
    in_file = _read_toml(home.settings)
    _check_names(home.settings, in_file, environ)
    given = {
        group: in_file.get(group, {}) | _read_variables(fields, environ) for group, fields in _FIELDS.items()
    }
    try:
        return Settings(**given)
    except ValidationError as error:
        raise Permanent(_Origins(str(home.settings), in_file, environ).explain(error)) from error


def _read_toml(path: Path) -> dict[str, Any]:
    """What the file says; one that is not there says nothing."""
    if path.is_dir():
        raise Permanent(f"{path} is a folder; move it away, settings are read from a file of this name")
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8")) if path.exists() else {}
    except (ValueError, RecursionError) as error:  # no TOML, no UTF-8, or a number or a nest without end
        raise Permanent(f"{path}: not valid TOML ({error}); repair it or move it away") from error


def _read_variables(fields: Mapping[str, Setting], environ: Mapping[str, str]) -> dict[str, Any]:
    """What the environment says of a group."""
    return {
        name: _parse_text(environ[setting.variable], setting.default)
        for name, setting in fields.items()
        if setting.variable in environ
    }


def _check_names(path: Path, in_file: Mapping[str, Any], environ: Mapping[str, str]) -> None:
    for section, content in in_file.items():
        known = _FIELDS.get(section)
        names = [f"{section}.{key}" for key in content] if isinstance(content, dict) else [section]
        for name in names:
            if known is None or name.partition(".")[2] not in known:
                raise Permanent(
                    f"{path}: no setting is named {hide_keys(repr(name))}; `dateline settings --markdown` lists them"
                )
    variables = {setting.variable for setting in SETTINGS} | {"DATELINE_HOME"}
    for variable in environ:
        if variable.startswith(_PREFIX) and variable not in variables:
            raise Permanent(
                f"the environment variable {variable} names no setting; `dateline settings --markdown` lists them"
            )


def _parse_text(text: str, default: Value) -> Value:
    """A variable's text as a value of the setting's kind; as it is, where it is none: the group refuses it."""
    if isinstance(default, bool):
        return text.lower() in _YES if text.lower() in _YES + _NO else text
    try:
        return type(default)(text)
    except ValueError:
        return text


@dataclass(frozen=True, slots=True)
class _Origins:
    """Where values come from."""

    file: str  # as it is to be shown
    in_file: Mapping[str, Any]
    environ: Mapping[str, str]

    def find(self, setting: Setting) -> str:
        """The variable or the file, or "default"."""
        group, _, name = setting.name.partition(".")
        if setting.variable in self.environ:
            return setting.variable
        return self.file if name in self.in_file.get(group, {}) else "default"

    def explain(self, error: ValidationError) -> str:
        """The first of what is wrong: where, which setting, what is allowed."""
        first = error.errors()[0]
        group, *name = map(str, first["loc"])
        if not name:  # two values that fit, but not together
            fields = _FIELDS[group]
            shown = [
                f"{fields[name].name} = {value!r} ({self.find(fields[name])})"
                for name, value in first["ctx"].items()
            ]
            return f"{' is above '.join(shown)}; lower the one or raise the other"
        setting = _FIELDS[group][name[0]]
        if setting.is_shown:
            return (
                f"{self.find(setting)}: {setting.name} = {_quote(first['input'])} should be {setting.allowed}"
            )
        return (
            f"{self.find(setting)}: {setting.name} should be {setting.allowed}; "
            "what it holds is not shown here, for it may be a key"
        )


def _quote(value: Any) -> str:
    try:
        text = repr(value)
    except ValueError:  # Python writes no number of more than 4,300 digits
        return "a number without end"
    text = hide_keys(text)
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "..."


def list_settings(
    home: Home, settings: Settings, environ: Mapping[str, str]
) -> list[tuple[Setting, Value, str]]:
    """Every setting with its value in force and where that comes from."""
    origins = _Origins(home.settings.name, _read_toml(home.settings), environ)
    return [(setting, setting.read(settings), origins.find(setting)) for setting in SETTINGS]


def describe_settings() -> str:
    """The settings table as the Markdown page `docs/configuration.md`."""
    lines = [
        "# Configuration",
        "",
        "Made by `dateline settings --markdown`; a test holds this page to the code.",
        "",
        "Dateline keeps everything in one home folder: `DATELINE_HOME`, else `~/dateline`. A setting's value comes",
        "from, first that has it: an environment variable, `dateline.toml` in the home folder, the default. A name",
        "that is not in this table is an error, and so is a value that is not allowed. `dateline settings` shows the",
        "values in force. In the environment, `yes` and `no` will do for `true` and `false`.",
        "",
        "```toml",
        "# dateline.toml",
        "[http]",
        'contact = "https://example.org/about-our-monitor"',
        "```",
        "",
    ]
    for group, fields in _FIELDS.items():
        lines += [
            f"## {group}",
            "",
            "| setting | default | unit | allowed | what it is |",
            "|---|---|---|---|---|",
        ]
        lines += [*map(_describe, fields.values()), ""]
    return "\n".join(lines)


def _describe(setting: Setting) -> str:
    default = str(setting.default).lower() if isinstance(setting.default, bool) else repr(setting.default)
    names = f"`{setting.name}`<br>`{setting.variable}`"
    return f"| {names} | `{default}` | {setting.unit} | {setting.allowed} | {setting.help} |"
