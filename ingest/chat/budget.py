"""A day's budget of requests and tokens, kept over all processes in one small locked file."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingest.locks import hold_lock
from transforms.coder.protocol import NotCoded
from transforms.errors import Permanent

_LINE_BYTES = 128


@dataclass(frozen=True, slots=True)
class Spent:
    """What was used on one day (UTC)."""

    day: str
    requests: int = 0
    tokens: int = 0


class Budget:
    """Reserve before asking, correct after: processes and threads that ask at once cannot overspend together."""

    def __init__(
        self, path: Path, most_requests: int, most_tokens: int, clock: Callable[[], datetime]
    ) -> None:
        """`most_requests`, `most_tokens`: a day's; 0 is no limit. `clock` gives instants in UTC."""
        self._path = path
        self._requests = most_requests
        self._tokens = most_tokens
        self._clock = clock

    def reserve(self, tokens: int) -> None:
        """Take one request and so many tokens from today's budget.

        Raises:
            NotCoded: that is more than there is left.
            Permanent: the file cannot be read.
        """
        with self._open() as (file, spent):
            self._check(spent, tokens)
            _write(file, Spent(spent.day, spent.requests + 1, spent.tokens + tokens))

    def _check(self, spent: Spent, tokens: int) -> None:
        if self._requests and spent.requests + 1 > self._requests:
            raise NotCoded(
                "coder_budget", f"chat.budget_requests = {self._requests} are used up on {spent.day}"
            )
        if self._tokens and spent.tokens + tokens > self._tokens:
            raise NotCoded(
                "coder_budget",
                f"{tokens} tokens are more than is left of chat.budget_tokens = {self._tokens} on {spent.day}",
            )

    def correct(self, reserved: int, used: int) -> None:
        """Replace the tokens reserved by those that were used."""
        with self._open() as (file, spent):
            _write(file, Spent(spent.day, spent.requests, max(0, spent.tokens + used - reserved)))

    def read(self) -> Spent:
        """What was used today."""
        with self._open() as (_, spent):
            return spent

    @contextmanager
    def _open(self) -> Iterator[tuple[int, Spent]]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with hold_lock(self._path) as file:
            today = self._clock().date().isoformat()
            spent = self._parse(os.pread(file, _LINE_BYTES, 0).decode("utf-8", "replace"))
            yield file, spent if spent.day == today else Spent(today)

    def _parse(self, text: str) -> Spent:
        if not text.strip():
            return Spent("")
        try:
            values = json.loads(text)
            return Spent(str(values["day"]), int(values["requests"]), int(values["tokens"]))
        except (ValueError, TypeError, KeyError) as error:
            raise Permanent(
                f"{self._path}: cannot be read ({error}); remove it to start the day's budget again"
            ) from error


def _write(file: int, spent: Spent) -> None:
    """One line of fixed length, written at one stroke: a process that is killed leaves the old one or the new."""
    line = json.dumps({"day": spent.day, "requests": spent.requests, "tokens": spent.tokens})
    os.pwrite(file, line.ljust(_LINE_BYTES - 1).encode("ascii") + b"\n", 0)
