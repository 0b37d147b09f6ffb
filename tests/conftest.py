"""What holds for all tests."""

import os
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests.object_store import object_store as object_store  # fixtures are found here
from tests.redis_server import redis_url as redis_url

# before numpy is imported, here and in all processes that tests start: its threads would wait for one another in
# busy loops, which takes ten times the work where several tests run at once
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# tests start many processes: these compile our modules once, not each time
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# the same examples on every machine and no stop-watch: a busy machine is no failure
settings.register_profile("dateline", derandomize=True, deadline=None, max_examples=30)
settings.register_profile(
    "campaign", parent=settings.get_profile("dateline"), derandomize=False, max_examples=300
)
settings.load_profile("dateline")  # `--hypothesis-profile=campaign` takes its place

TOGETHER = {
    "tests/web/browser/test_access.py": "a browser",
    "tests/web/browser/test_events_page.py": "a browser",
    "tests/web/browser/test_pages.py": "a browser",
    "tests/web/browser/test_sql_page.py": "a browser",
    "tests/dags/test_dag_runs.py": "Airflow",
    "tests/dags/test_dags.py": "Airflow",
    "tests/dags/test_local_airflow.py": "Airflow",
    "tests/dateline/commands/test_newsroom_site.py": "the newsroom polled twice",
    "tests/dateline/commands/test_stories.py": "the newsroom polled twice",
    "tests/dateline/test_operations.py": "the newsroom polled twice",
    "tests/dateline/steps/test_backfill.py": "a backfill",
    "tests/dateline/steps/test_errors.py": "a run without errors",
    "tests/dateline/steps/test_quarantine.py": "batches that wait",
    "tests/dateline/steps/test_replay.py": "the newsroom polled twice",
    "tests/dateline/steps/test_run.py": "the newsroom polled twice",
    "tests/dateline/steps/test_made_up_outlet.py": "three years of an outlet",
    "tests/ingest/history/test_pywb.py": "pywb",
    "tests/dateline/steps/test_damaged_warehouse.py": "a warehouse to damage",
    "tests/dateline/steps/test_quiet_batches.py": "quiet batches",
    "tests/dateline/steps/test_replay_compares.py": "a replay that compares",
    "tests/dateline/steps/test_shared_store.py": "a shared store",
    "tests/dateline/steps/test_copies.py": "a home with copies",
    "tests/warehouse/copies/test_lake.py": "a lake",
    "tests/warehouse/copies/test_postgres.py": "PostgreSQL",
    "tests/test_wheel.py": "the wheel",
    "tests/transforms/test_real_pages.py": "real pages",
}
"""Files whose tests share a fixture that takes seconds to make: one worker runs all of them and makes it once."""


class Scheduler(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist is not typed
    """Gives such files to a worker as a whole, the largest first, and every other test to whoever is free.

    pytest-xdist's own groups (`--dist loadgroup`) have no effect under pytest 9.2.
    Source: pytest-xdist issue 1386.
    """

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER.get(nodeid.partition("::")[0], nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduler:
    return Scheduler(config, log)
