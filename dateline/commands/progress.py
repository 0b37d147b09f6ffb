"""Progress bars for a run that somebody watches; nothing for one that nobody does."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from dateline.steps import context


@contextmanager
def show_progress() -> Iterator[context.Progress]:
    """Yield a callback that draws one bar a step on standard error, if that is a terminal."""
    if not sys.stderr.isatty():
        yield context.ignore_progress
        return
    with ExitStack() as until_the_end:
        advance: context.Progress | None = None

        def draw(step: str, done: int, total: int) -> None:
            nonlocal advance
            if advance is None:
                from dateline.commands.progress_bars import draw_bars  # a run with nothing to do draws none

                advance = until_the_end.enter_context(draw_bars())
            advance(step, done, total)

        yield draw
