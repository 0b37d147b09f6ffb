"""The files for containers: what they name is there, is safe, and is what the code has. No engine is needed."""

import ast
import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from dateline.commands.web import DEFAULT_PORT
from dateline.settings import SETTINGS
from deploy.healthcheck import find_problem, list_unwell
from deploy.list_unneeded import list_unneeded
from tests.paths import ROOT
from tests.warehouse.newsroom import make_warehouse
from tests.web.test_site import serve

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
VERSION = PROJECT["project"]["version"]
AIRFLOW_PORT = 8080
QUEUES = {"fetch", "code", "warehouse"}
CHART_VALUES = {
    "airflowVersion", "apiSecretKeySecretName", "config", "createUserJob", "dagProcessor", "data", "env", "executor",
    "extraEnvFrom", "fernetKeySecretName", "images", "jwtSecretName", "migrateDatabaseJob", "postgresql", "redis",
    "triggerer", "workers",
}  # fmt: skip
"""Of `values.yaml`. Source: Airflow's Helm chart, chart/values.yaml"""
CHART_SET_VALUES = {
    "name", "queue", "replicas", "strategy", "env", "resources", "extraVolumes", "extraVolumeMounts", "extraContainers",
}  # fmt: skip
"""Of one of `workers.celery.sets`. Source: Airflow's Helm chart, test_worker_sets.py"""


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def read_dockerfile() -> list[tuple[str, str]]:
    """Instructions and what follows each, lines that go on joined."""
    text = re.sub(r"^#.*\n", "", read("Dockerfile"), flags=re.MULTILINE).replace("\\\n", " ")
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


COMPOSE: dict[str, Any] = yaml.safe_load(read("compose.yaml"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("dateline:")}
HELM: dict[str, Any] = yaml.safe_load(read("deploy/helm/values.yaml"))
SETS: list[dict[str, Any]] = HELM["workers"]["celery"]["sets"]


def read_airflow_options() -> set[tuple[str, str]]:
    """(section, option) of Airflow and of the provider of Celery, without importing either."""
    spec = importlib.util.find_spec("airflow")
    assert spec is not None and spec.submodule_search_locations is not None
    folder = Path(next(iter(spec.submodule_search_locations)))
    sections = yaml.safe_load((folder / "config_templates" / "config.yml").read_text(encoding="utf-8"))
    found = {(section, option) for section, about in sections.items() for option in about["options"]}
    celery = (folder / "providers" / "celery" / "get_provider_info.py").read_text(encoding="utf-8")
    [returned] = [node for node in ast.walk(ast.parse(celery)) if isinstance(node, ast.Return)]
    assert returned.value is not None
    for section, about in ast.literal_eval(returned.value)["config"].items():
        found |= {(section, option) for option in about["options"]}
    return found


@pytest.fixture(scope="module")
def airflow_options() -> set[tuple[str, str]]:
    return read_airflow_options()


def test_the_image_has_two_stages_and_locked_versions() -> None:
    instructions = read_dockerfile()
    stages = [value for name, value in instructions if name == "FROM"]
    assert stages == ["${PYTHON} AS build", "${PYTHON}"]
    [base] = [value for name, value in instructions if name == "ARG"]
    version = re.fullmatch(r"PYTHON=python:3\.(\d+)-slim-bookworm", base)
    assert version is not None and 11 <= int(version[1]) <= 13
    installs = [value for name, value in instructions if name == "RUN" and "pip install" in value]
    assert "--require-hashes --only-binary :all: -r /src/requirements.lock" in installs[0]
    assert installs[1].endswith("--no-deps --no-build-isolation /src")
    assert len(installs) == 2
    assert not [name for name, _ in instructions if name == "ADD"]


def test_the_image_runs_as_nobody_special_and_says_how_it_is() -> None:
    instructions = read_dockerfile()
    last = instructions[[name for name, _ in instructions].index("FROM", 2) :]
    assert [value for name, value in last if name == "USER"] == ["50000:0"]
    names = [name for name, _ in last]
    assert names.index("USER") > max(i for i, name in enumerate(names) if name in ("RUN", "COPY"))
    assert [value for name, value in last if name == "EXPOSE"] == [f"{AIRFLOW_PORT} {DEFAULT_PORT}"]
    [check] = [value for name, value in last if name == "HEALTHCHECK"]
    assert f"http://127.0.0.1:{AIRFLOW_PORT}/api/v2/monitor/health" in check
    assert dict(last)["CMD"] == '["dateline", "airflow"]'
    assert "secret" not in read("Dockerfile").lower()


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    ignored = read(".dockerignore").splitlines()
    assert ignored[1] == "*"
    let_in = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    packages = set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    files = {PROJECT["project"]["readme"], *PROJECT["project"]["license-files"]}
    assert packages | files | {"pyproject.toml", "requirements.lock"} <= let_in
    assert [name for name in let_in if not list(ROOT.glob(name))] == []
    copied = [value for name, value in read_dockerfile() if name == "COPY" and "--from" not in value]
    for value in copied:
        source = next(word for word in value.split() if not word.startswith("--"))
        assert source == "." or (ROOT / source).exists(), source


def test_the_image_leaves_out_what_develops() -> None:
    unneeded = set(list_unneeded())
    assert {"pytest", "playwright", "mypy", "ruff", "moto", "hatchling"} <= unneeded
    assert (
        not {"dateline", "duckdb", "trafilatura", "apache-airflow", "psutil", "onnxruntime", "pip"} & unneeded
    )


def test_the_entrypoint_becomes_what_it_is_given() -> None:
    done = subprocess.run([ROOT / "deploy" / "entrypoint.sh", "echo", "a b"], capture_output=True, check=True)
    assert done.stdout == b"a b\n"


def test_health_is_read_from_answers(tmp_path: Path) -> None:
    with contextmanager(serve)(make_warehouse(tmp_path).published) as client:
        address = str(client.base_url)
        assert find_problem(f"{address}healthz") == ""
        assert find_problem(f"{address}openapi.json") == ""
        assert "404" in find_problem(f"{address}nowhere")
    assert "refused" in find_problem(f"{address}healthz")
    parts = {
        "scheduler": {"status": "unhealthy"},
        "metadatabase": {"status": "healthy"},
        "triggerer": {"status": None},
    }
    assert list_unwell(json.dumps(parts).encode()) == ["scheduler"]


def test_compose_publishes_on_loopback_alone_and_names_what_is_there() -> None:
    for name, service in SERVICES.items():
        assert service["profiles"], name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name
        for needed in service.get("depends_on", ()):
            assert set(service["profiles"]) <= set(SERVICES[needed]["profiles"]), name
        for volume in service.get("volumes", ()):
            assert volume.partition(":")[0] in COMPOSE["volumes"], name
    for name, service in OURS.items():
        assert service["image"] == f"dateline:{VERSION}"
        assert service["cap_drop"] == ["ALL"], name
        serves = any(f":{AIRFLOW_PORT}" in port for port in service.get("ports", ()))
        assert serves or "healthcheck" in service, f"{name}: the image's own check asks port {AIRFLOW_PORT}"


def test_one_service_alone_writes_the_warehouse() -> None:
    homes = {
        name: volume
        for name, service in SERVICES.items()
        for volume in service.get("volumes", ())
        if volume.startswith("home:")
    }
    assert homes == {"airflow": "home:/data", "web": "home:/data:ro", "worker-warehouse": "home:/data"}
    assert SERVICES["worker-warehouse"]["deploy"]["replicas"] == 1
    assert dict(read_workers())["warehouse"] == "1"


def read_workers() -> Iterator[tuple[str, str]]:
    """Queue and slots of each worker of the compose file."""
    for service in SERVICES.values():
        command = service.get("command", [])
        if command[1:4] == ["airflow", "celery", "worker"]:
            options = dict(zip(command[4::2], command[5::2], strict=True))
            yield options["--queues"], options["--concurrency"]


def test_the_queues_are_those_of_the_dags() -> None:
    assert set(dict(read_workers())) == {one["queue"] for one in SETS} == QUEUES
    tasks = ast.parse(read("dags/tasks.py"))
    named = {
        name.id: value
        for node in tasks.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple)
        for name, value in zip(node.targets[0].elts, ast.literal_eval(node.value), strict=True)
        if isinstance(name, ast.Name)
    }
    assert set(named.values()) == QUEUES


def test_variables_are_settings_of_ours_and_of_airflow(airflow_options: set[tuple[str, str]]) -> None:
    ours = {setting.variable for setting in SETTINGS} | {"DATELINE_HOME"}
    given = {variable for service in OURS.values() for variable in service.get("environment", ())}
    given |= set(re.findall(r"\b((?:DATELINE|AIRFLOW)__?[A-Z_]+)=", read("Dockerfile")))
    given |= {one["name"] for part in (HELM, *SETS) for one in part.get("env", ())}
    assert {name for name in given if name.startswith("DATELINE_")} <= ours
    options = {name for name in given if name.startswith("AIRFLOW__")}
    assert len(options) > 10
    for name in options:
        section, option = name.lower().removeprefix("airflow__").split("__", 1)
        assert (section, option) in airflow_options, name


@pytest.mark.airflow
def test_airflow_understands_its_commands(tmp_path: Path) -> None:
    commands = [service.get("command", []) for service in OURS.values()]
    given = [command[2:] for command in commands if command[:2] == ["dateline", "airflow"]]
    texts = [SERVICES["prepare"]["command"][2], SERVICES["dag-processor"]["healthcheck"]["test"][1]]
    texts += [SERVICES["worker-code"]["healthcheck"]["test"][1]]
    for line in "\n".join(texts).replace("$$", "$").splitlines():
        if line.startswith("dateline airflow"):
            given.append(
                [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', line.partition(" | ")[0])][2:]
            )
    assert len(given) == 10
    program = (
        "import json, sys; from airflow.cli.cli_parser import get_parser; "
        "parser = get_parser(); [parser.parse_args(one) for one in json.load(sys.stdin)]"
    )
    environment = {"PATH": "", "HOME": str(tmp_path), "AIRFLOW_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        input=json.dumps(given), env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_site_is_started_with_options_that_it_has() -> None:
    from dateline.commands.web import command

    for given in (SERVICES["web"]["command"], SETS[2]["extraContainers"][0]["args"]):
        assert given[:2] == ["dateline", "web"]
        context = command.make_context("web", list(given[2:]))
        assert context.params["host"] == "0.0.0.0"
        assert context.params["port"] == DEFAULT_PORT


def test_the_values_are_those_of_airflows_chart(airflow_options: set[tuple[str, str]]) -> None:
    locked = dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", read("requirements.lock"), re.MULTILINE))
    assert HELM["airflowVersion"] == locked["apache-airflow"]
    assert HELM["images"]["airflow"]["tag"] == VERSION
    assert set(HELM) <= CHART_VALUES
    for section, options in HELM["config"].items():
        assert {(section, option) for option in options} <= airflow_options
    [bundle] = HELM["dagProcessor"]["dagBundleConfigList"]
    [link] = [value for name, value in read_dockerfile() if name == "RUN" and value.startswith("ln -s")]
    assert link.endswith(bundle["kwargs"]["path"])
    volumes = {}
    for one in SETS:
        assert set(one) <= CHART_SET_VALUES, one["name"]
        [volume], [mount] = one["extraVolumes"], one["extraVolumeMounts"]
        assert (mount["name"], mount["mountPath"]) == (volume["name"], "/data")
        volumes[one["name"]] = set(volume) - {"name"}
    assert volumes == {"fetch": {"emptyDir"}, "code": {"emptyDir"}, "warehouse": {"persistentVolumeClaim"}}
    [warehouse] = [one for one in SETS if one["queue"] == "warehouse"]
    assert warehouse["replicas"] == 1
    assert warehouse["env"] == [{"name": "AIRFLOW__CELERY__WORKER_CONCURRENCY", "value": "1"}]


def test_the_policy_of_the_page_gives_the_volume_to_the_tasks_of_the_warehouse() -> None:
    """With stand-ins for the classes of the Kubernetes client, which is not installed: each keeps what it is given."""
    blocks = re.findall(r"```yaml\n(.*?)```", read("docs/kubernetes.md"), re.DOTALL)
    parts = [yaml.safe_load(block) for block in blocks]
    [policy] = [part["airflowLocalSettings"] for part in parts if "airflowLocalSettings" in part]
    client = SimpleNamespace(
        **{name: lambda **given: given for name in set(re.findall(r"k8s\.(V1\w+)", policy))}
    )
    names: dict[str, Any] = {"k8s": client}
    exec(policy.replace("from kubernetes.client import models as k8s", ""), names)
    warehouse, fetch = (
        SimpleNamespace(queue=queue, executor_config=None) for queue in ("warehouse", "fetch")
    )
    for one in (warehouse, fetch):
        names["task_policy"](one)
    assert fetch.executor_config is None
    spec = warehouse.executor_config["pod_override"]["spec"]
    [container], [volume] = spec["containers"], spec["volumes"]
    assert container["volume_mounts"] == [{"name": volume["name"], "mount_path": "/data"}]
    [claim] = [part for part in parts if part.get("kind") == "PersistentVolumeClaim"]
    assert volume["persistent_volume_claim"] == {"claim_name": claim["metadata"]["name"]}
    [helm] = [one["extraVolumes"][0] for one in SETS if one["queue"] == "warehouse"]
    assert helm["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
