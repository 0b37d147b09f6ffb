"""Print the installed packages that Dateline with its extras does not need, for the image to leave them out."""

import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution, distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

EXTRAS = ("airflow", "cluster")
KEPT = {"pip"}


def list_needed(name: str, extras: tuple[str, ...]) -> Iterator[str]:
    """The names of a package and of all that it asks for, and that these ask for."""
    seen: set[tuple[str, str]] = set()
    waiting = [(name, extra) for extra in ("", *extras)]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            found = distribution(name)
        except PackageNotFoundError:  # of another system or Python
            continue
        yield canonicalize_name(name)
        for line in found.requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                wanted = canonicalize_name(requirement.name)
                waiting += [(wanted, ""), *((wanted, one) for one in requirement.extras)]


def list_unneeded() -> list[str]:
    needed = set(list_needed("dateline", EXTRAS)) | KEPT
    return sorted({canonicalize_name(one.metadata["Name"]) for one in distributions()} - needed)


if __name__ == "__main__":
    sys.stdout.write("\n".join(list_unneeded()) + "\n")
