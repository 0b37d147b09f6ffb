"""Spans of steps for OpenTelemetry, below the span of the Airflow task that runs them.

Nobody can have set up tracing in a process that has not imported OpenTelemetry, so nothing is imported here:
Airflow imports it in every task, and `opentelemetry-instrument` before any other program.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def _find_api() -> Any:
    return sys.modules.get("opentelemetry.trace")


@contextmanager
def trace_step(step: str, **about: str) -> Iterator[None]:
    """A span `dateline.step` around a step; an error in it becomes the span's."""
    api = _find_api()
    if api is None:
        yield
        return
    attributes = {f"dateline.{name}": value for name, value in {"step": step, **about}.items()}
    with api.get_tracer("dateline").start_as_current_span("dateline.step", attributes=attributes):
        yield


def note_counts(**counts: int) -> None:
    """Add what was counted to the span of the step that runs."""
    if api := _find_api():
        span = api.get_current_span()
        for name, count in counts.items():
            span.set_attribute(f"dateline.{name}", count)
