"""The DAGs themselves: they import, they are wired as the documentation says, they stay thin."""

import os
import subprocess
import sys
import tomllib

import pytest

from dateline import list_sources
from dateline.commands.local_airflow import airflow_environment
from dateline.home import Home
from tests.paths import ROOT

pytestmark = pytest.mark.airflow
PLUGIN = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"][
    "airflow.plugins"
]["dateline"]
SCRIPT = """
import json
import sys
from importlib.metadata import EntryPoint
from airflow._shared.plugins_manager import is_valid_plugin
from airflow.dag_processing.dagbag import DagBag
bag = DagBag({folder!r}, bundle_name="dateline")
plugin = EntryPoint("dateline", {plugin!r}, "airflow.plugins").load()
print(json.dumps({{
    "errors": list(bag.import_errors.values()),
    "dags": {{
        name: {{
            "tasks": [task.task_id for task in dag.tasks],
            "pools": {{task.task_id: task.pool for task in dag.tasks if task.pool != "default_pool"}},
            "queues": {{task.task_id: task.queue for task in dag.tasks}},
            "retries": {{task.task_id: task.retries for task in dag.tasks}},
            "timetable": type(dag.timetable).__name__,
            "catchup": dag.catchup,
            "max_active_runs": dag.max_active_runs,
            "description": dag.description,
            "doc": dag.doc_md,
            "tags": sorted(dag.tags),
            "timeouts": [task.execution_timeout is not None for task in dag.tasks],
            "defaults": {{name: dag.params.get_param(name).resolve() for name in dag.params}},
            "formats": {{name: dag.params.get_param(name).schema.get("format") for name in dag.params}},
            "choices": {{name: dag.params.get_param(name).schema.get("examples") for name in dag.params}},
        }}
        for name, dag in bag.dags.items()
    }},
    "plugin": {{
        "valid": is_valid_plugin(plugin),
        "apps": [(one["url_prefix"], callable(one["app"])) for one in plugin.fastapi_apps],
        "views": [(one["href"], "url_route" in one) for one in plugin.external_views],
        "loaded": [name for name in sys.modules if name.startswith(("dateline.web", "warehouse", "duckdb"))],
    }},
}}))
"""


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[str, object]]]:
    """What Airflow makes of the DAG files; in a process of its own, since importing Airflow changes a lot."""
    import json

    folder = str(ROOT / "dags")
    environment = airflow_environment(Home(tmp_path_factory.mktemp("home")), environ=os.environ)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(folder=folder, plugin=PLUGIN)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, dict[str, dict[str, object]]] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_every_dag_imports(bag: dict[str, dict[str, dict[str, object]]]) -> None:
    assert not bag["errors"]
    assert sorted(bag["dags"]) == [
        "backfill_news", "check_warehouse", "copy_warehouse", "daily_events", "poll_news", "send_alerts",
    ]  # fmt: skip


def test_every_dag_says_what_it_does(bag: dict[str, dict[str, dict[str, object]]]) -> None:
    for name, dag in bag["dags"].items():
        assert dag["description"], name
        assert dag["doc"], name
        tags = dag["tags"]
        assert isinstance(tags, list)
        assert "dateline" in tags
        assert len(tags) == 2


def test_the_plugin_is_one_and_loads_nothing(bag: dict[str, dict[str, dict[str, object]]]) -> None:
    assert bag["plugin"] == {
        "valid": True,
        "apps": [["/dateline", True]],
        "views": [
            ["dateline/", False]
        ],  # a link of its own, which opens in a tab: in a frame no outlet would
        "loaded": [],
    }


def test_no_task_may_hang_for_ever(bag: dict[str, dict[str, dict[str, object]]]) -> None:
    for name, dag in bag["dags"].items():
        timeouts = dag["timeouts"]
        assert isinstance(timeouts, list)
        assert all(timeouts), name


def test_a_run_can_be_triggered_without_filling_in_anything(
    bag: dict[str, dict[str, dict[str, object]]],
) -> None:
    """`resolve` fails where a default does not fit its own type; days have a date picker."""
    defaults = {name: dag["defaults"] for name, dag in bag["dags"].items()}
    assert defaults["daily_events"] == {"day": None}
    assert defaults["backfill_news"] == {
        "sources": [], "path": None, "feeds": None, "tags": None, "from": None, "to": None,
    }  # fmt: skip
    assert bag["dags"]["daily_events"]["formats"] == {"day": "date"}
    formats = bag["dags"]["backfill_news"]["formats"]
    assert isinstance(formats, dict)
    assert (formats["from"], formats["to"]) == ("date", "date")


def test_polling_maps_one_group_over_batches(bag: dict[str, dict[str, dict[str, object]]]) -> None:
    poll = bag["dags"]["poll_news"]
    assert poll["tasks"] == ["plan", "load", "process.fetch", "process.code", "report"]
    assert poll["max_active_runs"] == 1


def test_backfilling_takes_the_steps_of_a_backfill(bag: dict[str, dict[str, dict[str, object]]]) -> None:
    tasks = bag["dags"]["backfill_news"]["tasks"]
    assert isinstance(tasks, list)
    assert sorted(tasks) == sorted(
        ["plan", "process.fetch", "process.code", "load", "report", "what_is_left", "go_on"]
    )


def test_every_history_source_can_be_chosen(bag: dict[str, dict[str, dict[str, object]]]) -> None:
    choices = bag["dags"]["backfill_news"]["choices"]
    assert isinstance(choices, dict)
    assert choices["sources"] == ["auto", *list_sources()]


def test_whatever_writes_the_build_file_waits_in_the_pool(
    bag: dict[str, dict[str, dict[str, object]]],
) -> None:
    pools = {name: dag["pools"] for name, dag in bag["dags"].items() if dag["pools"]}
    assert pools == {
        "poll_news": {"load": "warehouse"},
        "backfill_news": {"load": "warehouse"},
        "daily_events": {"finalize": "warehouse"},
    }


def test_only_steps_of_batches_leave_the_one_worker_that_has_the_warehouse(
    bag: dict[str, dict[str, dict[str, object]]],
) -> None:
    queues: dict[str, object] = {}
    for name, dag in bag["dags"].items():
        assert isinstance(dag["queues"], dict)
        queues |= {f"{name}.{task}": queue for task, queue in dag["queues"].items()}
    assert {task: queue for task, queue in queues.items() if queue != "warehouse"} == {
        "poll_news.process.fetch": "fetch",
        "poll_news.process.code": "code",
        "backfill_news.process.fetch": "fetch",
        "backfill_news.process.code": "code",
    }


def test_days_are_data_intervals(bag: dict[str, dict[str, dict[str, object]]]) -> None:
    daily = bag["dags"]["daily_events"]
    assert daily["timetable"] == "CronDataIntervalTimetable"
    assert daily["catchup"] is False


def test_nothing_but_reports_goes_without_retries(bag: dict[str, dict[str, dict[str, object]]]) -> None:
    for dag in bag["dags"].values():
        retries = dag["retries"]
        assert isinstance(retries, dict)
        assert {task for task, count in retries.items() if not count} <= {"report"}
