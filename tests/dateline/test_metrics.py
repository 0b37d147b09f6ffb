"""What a monitoring system is given, read back by prometheus_client's own parser."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import yaml
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from dateline.home import Home
from dateline.load_times import read_load_times
from dateline.settings import Settings
from dateline.steps.context import Context
from dateline.steps.load import load_ready
from dateline.steps.quarantine import set_aside
from ingest.staging.records import mark_done
from tests.dateline.homes import call, call_well
from tests.paths import ROOT
from tests.warehouse.newsroom import make_warehouse
from tests.warehouse.sample import make_article, make_mention, write_articles
from tests.web.test_site import serve
from transforms.records import REJECTION_REASONS
from transforms.settings import MetricsSettings
from warehouse.connection import open_published

Samples = dict[str, float]
"""Values by name and labels, as `dateline_feeds{status="active"}`."""

ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yaml"
ALERT_HISTORIES = ROOT / "tests" / "cases" / "prometheus" / "alerts.yaml"


def parse(text: str) -> tuple[dict[str, Metric], Samples]:
    families = {family.name: family for family in text_string_to_metric_families(text)}
    samples = {}
    for family in families.values():
        for name, labels, value, *_ in family.samples:
            inner = ",".join(f'{key}="{labels[key]}"' for key in sorted(labels))
            samples[f"{name}{{{inner}}}" if inner else name] = value
    return families, samples


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The sample, a poll that waits, one that was set aside, and an alert that could not be sent."""
    folder = tmp_path_factory.mktemp("home")
    home = Home(make_warehouse(folder).folder)
    for run in ("poll-20260310T120000.000000Z", "poll-20260310T121500.000000Z"):
        batch = write_articles(home.staging, f"{run}/batch-000", [])
        mark_done(batch.parent, "plan")
    set_aside(home, batch, ValueError("cut"))
    planned = home.staging / "poll-20260310T120000.000000Z" / "plan.done"
    os.utime(planned, (1_773_144_000, 1_773_144_000))
    state: dict[str, object] = {
        "sent": {},
        "waiting": [],
        "sent_at": None,
        "failure": {"error": "no route", "since": "2026-03-10T12:00:00+00:00", "tries": 2},
    }
    home.alerts_state.write_text(json.dumps({"version": 1, "alerts": {"toll": state}}))
    home.archive.mkdir()
    (home.archive / "dateline-20260310-00000-0.warc.gz").write_bytes(b"x" * 1000)
    return home


@pytest.fixture(scope="module")
def client(home: Home) -> Iterator[httpx.Client]:
    yield from serve(home.published)


@pytest.fixture(scope="module")
def answer(client: httpx.Client) -> httpx.Response:
    return client.get("/metrics")


@pytest.fixture(scope="module")
def samples(answer: httpx.Response) -> Samples:
    return parse(answer.text)[1]


def test_the_answer_is_of_the_text_format(answer: httpx.Response) -> None:
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


def test_another_host_is_not_answered(client: httpx.Client) -> None:
    assert client.get("/metrics", headers={"host": "rebound.example"}).status_code == 421


def test_names_follow_the_conventions(answer: httpx.Response) -> None:
    families, samples = parse(answer.text)
    for family in families.values():
        assert re.fullmatch(r"dateline_[a-z_]+", family.name), family.name
        assert family.documentation.endswith("."), family.name
        assert family.type in ("gauge", "counter"), family.name
        assert (family.type == "counter") == all(one.name.endswith("_total") for one in family.samples)
        assert len(family.samples) <= 40, family.name
    assert not [name for name in samples if "example.org" in name]


def test_rows_are_counted_as_they_are(home: Home, samples: Samples) -> None:
    with open_published(home.published) as connection:
        for table in ("feeds", "articles", "mentions", "events", "rejections", "loads"):
            [(count,)] = connection.execute(f"SELECT count(*) FROM {table}").fetchall()
            assert samples[f'dateline_table_rows{{table="{table}"}}'] == count, table
        [(stage, reason, count)] = connection.execute(
            "SELECT stage, reason, count(*) FROM rejections GROUP BY ALL"
        ).fetchall()
    assert samples[f'dateline_rejections_total{{reason="{reason}",stage="{stage}"}}'] == count


def test_feeds_batches_alerts_and_disk(home: Home, samples: Samples) -> None:
    assert samples['dateline_readable{part="warehouse"}'] == 1
    assert samples['dateline_feeds{status="active"}'] == samples["dateline_feeds_due"] == 3
    assert samples["dateline_feeds_failing"] == 0
    assert samples['dateline_batches_waiting{kind="poll"}'] == 1
    assert samples['dateline_batches_waiting{kind="backfill"}'] == 0
    assert samples['dateline_oldest_batch_planned_timestamp_seconds{kind="poll"}'] == 1_773_144_000
    assert samples["dateline_batches_quarantined"] == 1
    assert samples["dateline_alerts_failing"] == 1
    assert samples["dateline_alert_rows_waiting"] == 0
    assert samples['dateline_size_bytes{part="archive"}'] == 1000
    assert samples['dateline_size_bytes{part="warehouse"}'] == home.published.stat().st_size
    assert samples["dateline_disk_free_bytes"] > 0
    assert samples["dateline_last_publication_timestamp_seconds"] == pytest.approx(
        home.published.stat().st_mtime
    )


def test_the_command_says_the_same_and_writes_files_whole(
    home: Home, samples: Samples, tmp_path: Path
) -> None:
    _, printed = parse(call_well(home, "metrics"))
    assert printed.keys() == samples.keys()
    file = tmp_path / "dateline.prom"
    call_well(home, "metrics", "--file", str(file))
    assert parse(file.read_text())[1].keys() == samples.keys()
    assert file.stat().st_mode & 0o777 == 0o644
    assert list(tmp_path.iterdir()) == [file]
    refused = call(home, "metrics", "--file", str(tmp_path / "none" / "dateline.prom"))
    assert refused.status == 1
    assert "No such file" in refused.err


def test_the_alerts_name_metrics_and_labels_that_there_are(samples: Samples) -> None:
    text = ALERTS.read_text(encoding="utf-8")
    rules = [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules) > 8
    later = {
        "dateline_last_load_duration_seconds",
        "dateline_last_publication_duration_seconds",
    }  # than a load
    names = {name.partition("{")[0] for name in samples} | later
    for rule in rules:
        used = re.findall(r"(dateline_\w+)(?:\{([^}]*)\})?", rule["expr"])
        assert used, rule["alert"]
        for name, labels in used:
            assert name in names, rule["alert"]
            for label, operator, values in re.findall(r'(\w+)([!=~]+)"([^"]*)"', labels):
                if operator == "=":
                    assert any(f'{label}="{values}"' in sample for sample in samples if name in sample), rule
                else:
                    assert label == "reason"
                    assert set(values.split("|")) <= REJECTION_REASONS.keys()
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"]


@pytest.fixture(scope="module")
def promtool() -> str:
    """Prometheus' own judge of rules and metrics."""
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("promtool is not installed (Debian: apt install prometheus)")
    return found


def test_prometheus_takes_what_is_served(promtool: str, answer: httpx.Response) -> None:
    done = subprocess.run(
        [promtool, "check", "metrics"], input=answer.content, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_prometheus_takes_the_rules(promtool: str) -> None:
    done = subprocess.run([promtool, "check", "rules", ALERTS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_gives_each_alert_in_its_time(promtool: str) -> None:
    rules = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"][0]["rules"]
    histories = yaml.safe_load(ALERT_HISTORIES.read_text(encoding="utf-8"))["tests"]
    expected = [one for history in histories for one in history.get("alert_rule_test", ())]
    assert {one["alertname"] for one in expected if one["exp_alerts"]} == {rule["alert"] for rule in rules}
    done = subprocess.run(
        [promtool, "test", "rules", ALERT_HISTORIES], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_without_a_warehouse_or_with_a_damaged_state_the_rest_is_said(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    _, samples = parse(call_well(home, "metrics"))
    assert samples['dateline_readable{part="warehouse"}'] == 0
    assert samples["dateline_batches_quarantined"] == 0
    assert not home.path.exists()
    home.path.mkdir()
    home.alerts_state.write_text("{")
    home.published.write_text("no database")
    _, samples = parse(call_well(home, "metrics"))
    assert samples['dateline_readable{part="warehouse"}'] == 0
    assert samples['dateline_readable{part="alerts"}'] == 0
    assert "dateline_alerts_failing" not in samples
    assert samples["dateline_disk_free_bytes"] > 0


def test_each_load_leaves_the_file_of_the_setting(tmp_path: Path) -> None:
    home = Home(make_warehouse(tmp_path).folder)
    article = make_article("late", fetched_at=datetime.now(UTC) - timedelta(hours=1))
    batch = write_articles(home.staging, "poll-9/batch-000", [(article, [make_mention(article)])])
    for folder, step in ((batch.parent, "plan"), (batch, "code")):
        mark_done(folder, step)
    file = tmp_path / "dateline.prom"
    context = Context(home, Settings(metrics=MetricsSettings(file=str(file))))
    load_ready(context)
    _, samples = parse(file.read_text())
    assert samples["dateline_articles_last_day"] == 1
    assert samples['dateline_batches_waiting{kind="poll"}'] == 0
    times = read_load_times(home)
    assert times is not None
    assert samples["dateline_last_load_duration_seconds"] == times.load_s > 0
    missing = replace(context, settings=Settings(metrics=MetricsSettings(file="/nowhere/dateline.prom")))
    load_ready(missing)  # what is wrong with the file is no reason to fail
