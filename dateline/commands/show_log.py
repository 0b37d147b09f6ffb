"""`dateline --verbose`: the log, down to what each step reads and writes, on standard error."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from dateline.commands.show_text import echo

LOGGERS = ("dateline", "warehouse")
"""What our own log events are written to, or to a logger below it."""


class EchoHandler(logging.Handler):
    """Prints as the commands do. Writes to what standard error is at that moment, which progress bars replace."""

    def emit(self, record: logging.LogRecord) -> None:
        echo(self.format(record), err=True)


@contextmanager
def show_log() -> Iterator[None]:
    """Show every log event of ours, a line each: time, level, event name and key=value pairs."""
    handler = EchoHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S"))
    loggers = [logging.getLogger(name) for name in LOGGERS]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
            logger.setLevel(logging.NOTSET)
