"""Settings of what several machines share."""

import re
from typing import Annotated

from transforms.settings_group import VARIABLE, SettingsGroup, fit, number, text

_STORE = re.compile(r"(?:[a-z][a-z0-9+.-]*://[^\s@]+)?")
_REDIS = re.compile(r"(?:(?:rediss?|unix)://[^\s@]+)?")


class StorageSettings(SettingsGroup):
    """Files that machines share."""

    url: Annotated[str, fit(_STORE.fullmatch)] = text(
        "",
        "URL",
        "The folder that machines share, any that fsspec opens: staging files, the archive and exports lie there too. "
        "Keys and endpoint are those of its driver's own variables. Empty: nothing is shared.",
        "a URL such as s3://bucket/dateline or file:///mnt/dateline, without a key, or nothing",
        is_shown=False,
    )
    patience_s: float = number(
        120.0, "seconds", "How long a store that fails is tried again before a step is put off.", 0, 3_600
    )
    cache_days: int = number(
        2, "days", "How long a home keeps its own copies of what it has put into the store.", 1, 3_650
    )


class LocksSettings(SettingsGroup):
    """What holds over machines: one step at a time on a batch, politeness to hosts, budgets."""

    url: Annotated[str, fit(_REDIS.fullmatch)] = text(
        "",
        "URL",
        "The Redis server that keeps locks, the state of hosts and budgets for all machines. Empty: files in the home.",
        "a URL such as redis://host:6379/2, rediss:// or unix://, without a password, or nothing",
        is_shown=False,
    )
    password_env: Annotated[str, fit(lambda text: not text or VARIABLE.fullmatch(text))] = text(
        "",
        "environment variable",
        "The NAME of the environment variable that holds that server's password; never the password itself. "
        "Empty: none is sent.",
        "the name of an environment variable in capitals, such as REDIS_PASSWORD, not DATELINE_..., or nothing",
        is_shown=False,
    )
    lease_s: float = number(
        30.0,
        "seconds",
        "How long a lock outlives a process that is killed or cut off; who holds it renews it before.",
        1,
        3_600,
    )
