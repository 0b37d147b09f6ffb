"""Spans of steps: what they say, whose children they are, and that they cost nothing where nobody traces."""

import sys
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from dateline.steps.row_accounting import count_step, write_counts
from dateline.steps.runs import planning_of, step_of
from dateline.steps.tracing import note_counts, trace_step


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    # the provider of a process can be set but once
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    return exporter


def test_a_step_is_a_span_below_that_of_its_task(spans: InMemorySpanExporter, tmp_path: Path) -> None:
    batch = tmp_path / "poll-1" / "batch-000"
    batch.mkdir(parents=True)
    with trace.get_tracer("airflow").start_as_current_span("worker.fetch") as task:
        for _ in range(2):  # a step that was done is no span
            with step_of(batch, "fetch") as is_to_do:
                if is_to_do:
                    write_counts(batch, "fetch", [count_step(batch, "fetch", 5, 2, 1, 2)])
    [step, _] = spans.get_finished_spans()
    assert step.name == "dateline.step"
    assert step.parent is not None
    assert step.parent.span_id == task.get_span_context().span_id
    assert dict(step.attributes or {}) == {
        "dateline.step": "fetch",
        "dateline.run": "poll-1",
        "dateline.batch": "batch-000",
        "dateline.rows_taken": 5,
        "dateline.rows_passed": 2,
        "dateline.rows_rejected": 2,
    }


def test_a_step_that_fails_says_so(spans: InMemorySpanExporter, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cut"), step_of(tmp_path, "code"):
        raise ValueError("cut")
    with planning_of(tmp_path):
        pass
    failed, planned = spans.get_finished_spans()
    assert failed.status.status_code is trace.StatusCode.ERROR
    assert failed.events[0].name == "exception"
    assert dict(planned.attributes or {}) == {"dateline.step": "plan"}
    assert planned.status.is_unset


def test_where_nobody_traces_nothing_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "opentelemetry.trace")
    with trace_step("load", run="poll-1"):
        note_counts(batches=1)
    assert "opentelemetry.trace" not in sys.modules
