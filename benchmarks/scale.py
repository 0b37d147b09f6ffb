"""The arithmetic of `docs/scale.md`: what 1, 10 and 100 million articles a day take.

    python -m benchmarks.scale [--code-s 0.05] [--core-month 20] ...

Every field below is an option. Those of the first part were measured (docs/benchmarks.md, benchmarks/disk.py,
benchmarks/fetch.py); those of the second are assumptions.
"""

import argparse
import math
from collections.abc import Iterator
from dataclasses import dataclass, fields

from benchmarks.measure import print_table

DAY_S = 86_400
MONTH_D = 30
SIZES = (1_000_000, 10_000_000, 100_000_000)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Seconds are those of one core."""

    # measured
    fetch_s: float = 0.009  # of a page, with archive and staging
    clean_s: float = 0.04  # of a page
    code_s: float = 0.28  # of an English article
    load_s: float = 0.0018  # of an article, without stories
    stories_s: float = 0.00024  # of an article, where 20,000 come in a day
    stories_power: float = 0.6  # by which that grows with the articles of a day: more of them are alike
    held_s: float = 0.000014  # of each article of the file, in each load: six weeks are compared
    publish_s_gb: float = 1.2  # of a gigabyte of the published file
    rewrite_s_gb: float = 43.0  # of a gigabyte, each time that the file has grown by half
    archive_bytes: float = 61_000  # of an article
    warehouse_bytes: float = 6_200

    # assumed
    coded_share: float = 0.5  # of the articles are in a language that the coder reads
    busy: float = 0.6  # how busy cores may be over a day: news come by day, and in waves
    outlet_articles: float = 200  # a day of one outlet
    load_share: float = 0.5  # of the time between two publications that load and publication may take
    publish_every_s: float = 3_600
    hot_days: float = 7  # how many days one warehouse file holds
    core_month: float = 15  # dollars of a core with 4 GB for a month
    disk_gb_month: float = 0.08  # dollars, of a fast disk
    store_gb_month: float = 0.02  # dollars, of an object store


@dataclass(frozen=True, slots=True)
class Plan:
    """For so many articles a day."""

    outlets: float
    fetch_cores: float
    clean_cores: float
    code_cores: float
    loads_s: float  # of each interval for loads and publication, where one home has it all
    homes: int
    file_gb: float  # of one home
    archive_gb_day: float

    @property
    def cores(self) -> int:
        return math.ceil(self.fetch_cores + self.clean_cores + self.code_cores) + 2 * self.homes

    def cost(self, n: Numbers, months: int) -> float:
        """Dollars of that month, when all of the archive is kept."""
        disk_gb = 4 * self.file_gb * self.homes  # published, build, a publication, a rewriting
        store_gb = self.archive_gb_day * MONTH_D * months
        return self.cores * n.core_month + disk_gb * n.disk_gb_month + store_gb * n.store_gb_month


def make_plan(articles: int, n: Numbers) -> Plan:
    """What so many articles a day take."""

    def cores(seconds: float) -> float:
        return articles * seconds / DAY_S / n.busy

    homes = math.ceil(articles / find_most(n))
    return Plan(
        outlets=articles / n.outlet_articles,
        fetch_cores=cores(n.fetch_s),
        clean_cores=cores(n.clean_s),
        code_cores=cores(n.code_s * n.coded_share),
        loads_s=spend_of_load(articles, n),
        homes=homes,
        file_gb=articles / homes * n.hot_days * n.warehouse_bytes / 1e9,
        archive_gb_day=articles * n.archive_bytes / 1e9,
    )


def spend_of_load(articles_a_day: float, n: Numbers) -> float:
    """Seconds that the loads and the publication of one interval take a home of so many articles a day."""
    articles = articles_a_day * n.publish_every_s / DAY_S
    loaded = articles * (n.load_s + n.stories_s * math.pow(articles_a_day / 20_000, n.stories_power))
    file_gb = articles_a_day * n.hot_days * n.warehouse_bytes / 1e9
    growth = articles * n.warehouse_bytes / 1e9
    rewriting = n.rewrite_s_gb * growth * 3  # a file of size s is written whole for every s/2 that it grows
    loaded += n.held_s * articles_a_day * n.hot_days
    return loaded + n.publish_s_gb * file_gb + rewriting


def find_most(n: Numbers) -> int:
    """The articles a day that one home bears."""
    low, high = 1, 1_000_000_000
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (
            (middle, high) if spend_of_load(middle, n) <= n.load_share * n.publish_every_s else (low, middle)
        )
    return low


def read_options() -> Numbers:
    parser = argparse.ArgumentParser(description="Compute what a number of articles a day takes.")
    for field in fields(Numbers):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=float, default=field.default)
    return Numbers(**vars(parser.parse_args()))


def main() -> None:
    """Print the tables of the page."""
    n = read_options()
    print_table(
        ("one core", "articles a second", "articles a day"),
        [
            (step, 1 / seconds, math.floor(DAY_S * n.busy / seconds))
            for step, seconds in (("fetch", n.fetch_s), ("clean", n.clean_s), ("code", n.code_s))
        ],
    )
    print(f"\nOne home bears {find_most(n):,} articles a day.\n")
    print_table(
        ("", *(f"{size:,}" for size in SIZES)), list(_list_rows([make_plan(size, n) for size in SIZES], n))
    )


def _list_rows(plans: list[Plan], n: Numbers) -> Iterator[tuple[str, ...]]:
    def row(name: str, values: Iterator[float], shape: str = ",.0f") -> tuple[str, ...]:
        return (name, *(format(value, shape) for value in values))

    yield row("outlets", (plan.outlets for plan in plans))
    yield row("cores: fetch", (plan.fetch_cores for plan in plans), ",.1f")
    yield row("cores: clean", (plan.clean_cores for plan in plans), ",.1f")
    yield row("cores: code", (plan.code_cores for plan in plans), ",.1f")
    yield row("one home: seconds of each hour for loads and publication", (plan.loads_s for plan in plans))
    yield row("homes", (plan.homes for plan in plans))
    yield row("cores in all, two a home", (plan.cores for plan in plans))
    yield row(f"GB of a home's warehouse of {n.hot_days:.0f} days", (plan.file_gb for plan in plans))
    yield row(
        "Gbit/s to each worker's home: the file after each publication",
        (plan.file_gb * 8 / n.publish_every_s for plan in plans),
        ",.2f",
    )
    yield row("GB of archive a day", (plan.archive_gb_day for plan in plans))
    yield row("dollars: first month", (plan.cost(n, 1) for plan in plans))
    yield row("dollars: twelfth month, all archive kept", (plan.cost(n, 12) for plan in plans))


if __name__ == "__main__":
    main()
