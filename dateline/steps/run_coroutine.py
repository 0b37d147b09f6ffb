"""Running what asks many addresses at once."""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

T = TypeVar("T")


def run_coroutine(coroutine: Coroutine[None, None, T]) -> T:
    """Run it to its end; what ends the whole batch is raised as it is, not in a group."""
    try:
        return asyncio.run(coroutine)
    except ExceptionGroup as group:
        raise group.exceptions[0] from group
