"""What a monitoring system may know of a home, in Prometheus' text format.

Feeds and outlets are no labels: there may be thousands, and the view `feed_health` has each of them.
Source: Prometheus' practices for names and labels, https://prometheus.io/docs/practices/naming/
"""

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from dateline import read_version
from dateline.alerts.state import read_states
from dateline.disk_use import list_parts, measure_bytes
from dateline.home import Home
from dateline.load_times import read_load_times
from dateline.steps.quarantine import find_set_aside
from dateline.steps.runs import find_unloaded_batches, list_runs, read_planned_at
from transforms.errors import DatelineError
from warehouse.browse.metrics import WarehouseNumbers, count_silent, read_numbers
from warehouse.browse.reader import WarehouseReader

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_PUBLIC = 0o644  # node_exporter runs as a user of its own, and nothing here is secret


def read_metrics(home: Home, now: datetime) -> bytes:
    """All metrics of a home that nobody serves."""
    reader = WarehouseReader(home.published)
    try:
        return show_metrics(home, reader, SlowNumbers(measure_parts(home), read_silent(reader)), now)
    finally:
        reader.close()


def write_metrics(path: Path, home: Home, now: datetime) -> None:
    """Put a file for node_exporter's textfile collector in its place as a whole.

    Raises:
        OSError: the file cannot be written there.
    """
    text = read_metrics(home, now)
    part = path.with_name(f".{path.name}.part")  # no name that the collector takes
    try:
        part.write_bytes(text)
        part.chmod(_PUBLIC)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class SlowNumbers:
    """What takes too long to be found at every question."""

    sizes: Mapping[str, int]  # bytes by part of the home
    silent: int | None  # feeds; None where there is no warehouse


def measure_parts(home: Home) -> Mapping[str, int]:
    """Bytes of each part of the home; takes as long as there are many files."""
    return {part: measure_bytes(path) for part, path in list_parts(home).items()}


def read_silent(reader: WarehouseReader) -> int | None:
    """How many feeds are silent; None where the warehouse cannot be read."""
    try:
        with reader.open() as connection:
            return count_silent(connection)
    except DatelineError:
        return None


def show_metrics(home: Home, reader: WarehouseReader, slow: SlowNumbers, now: datetime) -> bytes:
    """All metrics. What cannot be read is left out, and `dateline_readable` says so."""
    return generate_latest(_Home(home, reader, slow, now))


@dataclass(frozen=True, slots=True)
class _Home:
    """Collects when it is asked, as prometheus_client wants it."""

    home: Home
    reader: WarehouseReader
    slow: SlowNumbers
    now: datetime

    def collect(self) -> Iterator[Metric]:
        yield _gauge(
            "build_info",
            "1; the label says which version of Dateline answers.",
            "version",
            {read_version(): 1},
        )
        numbers = self._read_numbers()
        yield from self._collect_batches(numbers)
        if self.slow.silent is not None:
            help = "Feeds that answer and bring nothing, for ten times their usual gap."
            yield _one("feeds_silent", help, self.slow.silent)
        if numbers is not None:
            yield from _collect_warehouse(numbers, self.reader.version().published_at)
        is_readable = {"warehouse": numbers is not None, "alerts": True}
        try:
            yield from list(self._collect_alerts())
        except DatelineError:
            is_readable["alerts"] = False
        yield _gauge(
            "readable", "1 where it can be read, 0 where it is missing or damaged.", "part", is_readable
        )
        yield from self._collect_disk()

    def _read_numbers(self) -> WarehouseNumbers | None:
        try:
            with self.reader.open() as connection:
                return read_numbers(connection, self.now, list_runs(self.home.staging))
        except DatelineError:
            return None

    def _collect_batches(self, numbers: WarehouseNumbers | None) -> Iterator[Metric]:
        waiting = find_unloaded_batches(self.home.staging, numbers.loaded if numbers else frozenset())
        counts = Counter({"poll": 0, "backfill": 0})
        oldest: dict[str, float] = {}
        for batch in waiting:
            kind = batch.parent.name.partition("-")[0]
            counts[kind] += 1
            planned = read_planned_at(batch.parent).timestamp()
            oldest[kind] = min(planned, oldest.get(kind, planned))
        yield _gauge("batches_waiting", "Batches that are not loaded yet, by kind of run.", "kind", counts)
        yield _gauge(
            "oldest_batch_planned_timestamp_seconds",
            "When the oldest batch that is not loaded yet was planned; absent where none waits.",
            "kind",
            oldest,
        )
        yield _one("batches_quarantined", "Batches that were set aside.", len(find_set_aside(self.home)))

    def _collect_alerts(self) -> Iterator[Metric]:
        states = read_states(self.home.alerts_state).values()
        yield _one(
            "alert_rows_waiting",
            "Rows that alerts still have to send.",
            sum(len(one.waiting) for one in states),
        )
        yield _one(
            "alerts_failing",
            "Alerts whose last delivery failed.",
            sum(one.failure is not None for one in states),
        )

    def _collect_disk(self) -> Iterator[Metric]:
        yield _gauge("size_bytes", "What a part of the home takes of the disk.", "part", self.slow.sizes)
        folder = next(path for path in (self.home.path, *self.home.path.parents) if path.exists())
        yield _one("disk_free_bytes", "Free space where the home is.", shutil.disk_usage(folder).free)
        if times := read_load_times(self.home):
            yield _one("last_load_duration_seconds", "How long the last load took.", times.load_s)
            yield _one("last_publication_duration_seconds", "How long its publication took.", times.publish_s)


def _collect_warehouse(numbers: WarehouseNumbers, published_at: datetime) -> Iterator[Metric]:
    feeds = numbers.feeds
    yield _gauge("feeds", "Feeds by state.", "status", {"active": feeds.active, "gone": feeds.gone})
    yield _one("feeds_due", "Active feeds whose next poll is due.", feeds.due)
    yield _one("feeds_failing", "Active feeds with three failures in a row or more.", feeds.failing)
    for name, help, instant in (
        (
            "last_poll_success_timestamp_seconds",
            "When a feed answered last, as published.",
            numbers.last_success_at,
        ),
        ("last_load_timestamp_seconds", "When something was loaded last.", numbers.last_load_at),
        ("last_publication_timestamp_seconds", "When the warehouse file was published.", published_at),
    ):
        if instant is not None:
            yield _one(name, help, instant.timestamp())
    yield _gauge("table_rows", "Rows of a table.", "table", numbers.rows)
    yield _one("events_last_day", "Events first seen within the last 24 hours.", numbers.events_of_day)
    yield _one(
        "articles_last_day",
        "Versions of articles first fetched within the last 24 hours.",
        numbers.articles_of_day,
    )
    yield _one("pages_waiting", "Article pages that are still to be fetched.", numbers.pages_waiting)
    yield _one("coverage_gaps", "Days of feeds of which entries are known to be missing.", numbers.gap_days)
    rejections = CounterMetricFamily(
        "dateline_rejections", "What could not be used, by stage and reason.", labels=("stage", "reason")
    )
    for labels, count in numbers.rejections.items():
        rejections.add_metric(labels, count)
    yield rejections


def _one(name: str, help: str, value: float) -> Metric:
    return GaugeMetricFamily(f"dateline_{name}", help, value)


def _gauge(name: str, help: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"dateline_{name}", help, labels=(label,))
    for key, value in values.items():
        family.add_metric((key,), value)
    return family
