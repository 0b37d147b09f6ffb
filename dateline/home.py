"""Dateline's home folder: where it is, and what lies where in it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from transforms.errors import Permanent


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
    def quarantine(self) -> Path:
        """Batches that could not be processed or loaded, set aside."""
        return self.path / "staging-quarantine"

    @property
    def backfills(self) -> Path:
        """Backfills from the network, a folder each: what was asked for and planned."""
        return self.path / "backfills"

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
    def store(self) -> Path:
        """What this home knows of the store that machines share: what it has put there and taken from there."""
        return self.path / "store"

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

    @property
    def alerts(self) -> Path:
        """What to be alerted of, and where: a file that the user writes."""
        return self.path / "alerts.toml"

    @property
    def alerts_state(self) -> Path:
        """What alerts have sent and what waits."""
        return self.path / "alerts-state.json"

    @property
    def copies_state(self) -> Path:
        """How the lake and the copy in PostgreSQL fare."""
        return self.path / "copies-state.json"


@dataclass(frozen=True, slots=True)
class ReplayHome(Home):
    """Where a replay builds: its own staging and build file, all else of the home that it replays.

    Nobody sees the replay's file before its end, so its steps read the build file instead of a published
    copy, which would have to be made again for every run.
    """

    original: Home

    @property
    def published(self) -> Path:
        return self.build

    @property
    def archive(self) -> Path:
        return self.original.archive

    @property
    def cache(self) -> Path:
        return self.original.cache

    @property
    def budgets(self) -> Path:
        return self.original.budgets

    @property
    def feeds(self) -> Path:
        return self.original.feeds

    @property
    def seeds(self) -> Path:
        return self.original.seeds


def find_home(environ: Mapping[str, str] = os.environ) -> Home:
    """Dateline's home: `DATELINE_HOME`, else `dateline` in the user's home folder.

    Raises:
        Permanent: `DATELINE_HOME` begins with the home of a user that is not there.
    """
    path = Path(environ.get("DATELINE_HOME") or Path.home() / "dateline")
    try:
        return Home(path.expanduser().absolute())
    except RuntimeError as error:
        raise Permanent(f"DATELINE_HOME: {path} names the home of no user; give a whole path") from error
