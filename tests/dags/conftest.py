"""A real Airflow with its own database in a temporary home, shared by the tests of this folder."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from dateline.commands.local_airflow import (
    DAG_RUNS_LOG,
    RunDag,
    airflow_environment,
    open_dags,
    prepare_airflow,
)
from dateline.demo.newsroom import Newsroom
from dateline.demo.run_demo import SETTINGS
from dateline.home import Home
from ingest.feeds.subscriptions import write_subscriptions
from tests.dateline.homes import lend_gazetteer


@dataclass(frozen=True, slots=True)
class LocalAirflow:
    home: Home
    newsroom: Newsroom
    run: RunDag

    @property
    def log(self) -> str:
        return (self.home.airflow / DAG_RUNS_LOG).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAirflow]:
    home = Home(tmp_path_factory.mktemp("home"))
    home.settings.write_text(SETTINGS, encoding="utf-8")
    lend_gazetteer(home)
    with Newsroom(preferred_ports=False) as newsroom:
        two_outlets = [newsroom.feeds[3], newsroom.feeds[-1]]  # two hosts, and so two batches; one has moved
        write_subscriptions(home.feeds, two_outlets)
        environment = airflow_environment(home)
        prepare_airflow(environment)
        with open_dags(environment) as run:
            yield LocalAirflow(home, newsroom, run)
    shutil.rmtree(home.path)
