"""What a load did."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MergeSummary:
    """How many rows of `events` a merge made, replaced and took away."""

    new: int = 0
    changed: int = 0
    removed: int = 0

    def add(self, other: "MergeSummary") -> "MergeSummary":
        return MergeSummary(self.new + other.new, self.changed + other.changed, self.removed + other.removed)


NO_CHANGE = MergeSummary()


@dataclass(frozen=True, slots=True)
class TableCount:
    """Row accounting of a load for one kind of record: rows_in == rows_new + rows_known + rows_rejected."""

    table: str
    rows_in: int
    rows_new: int
    rows_known: int
    rows_rejected: int

    def add(self, other: "TableCount") -> "TableCount":
        return TableCount(
            self.table,
            self.rows_in + other.rows_in,
            self.rows_new + other.rows_new,
            self.rows_known + other.rows_known,
            self.rows_rejected + other.rows_rejected,
        )


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What a load did; `load_id` is None when there was nothing to do."""

    load_id: int | None
    batches: int  # loaded now
    batches_known: int  # were loaded before
    counts: tuple[TableCount, ...] = ()
    events: MergeSummary = NO_CHANGE

    @property
    def rows_new(self) -> int:
        return sum(count.rows_new for count in self.counts)

    def add(self, part: "LoadSummary") -> "LoadSummary":
        """Both together, as of one load; it has the id of the later one."""
        counts: dict[str, TableCount] = {}
        for count in (*self.counts, *part.counts):
            counts[count.table] = counts[count.table].add(count) if count.table in counts else count
        return LoadSummary(
            part.load_id or self.load_id,
            self.batches + part.batches,
            self.batches_known + part.batches_known,
            tuple(counts.values()),
            self.events.add(part.events),
        )
