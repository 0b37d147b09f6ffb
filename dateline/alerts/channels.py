"""The ways out: an address that apprise knows, a command, a file of JSON lines."""

import json
import logging
import os
import re
import signal
import subprocess
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from dateline.alerts.items import AlertMessage
from dateline.alerts.rules import AlertRule
from dateline.home import Home
from transforms.errors import Transient
from transforms.safe_text import hide_keys, put_on_a_line

COMMAND_TIMEOUT_S = 60.0
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_LONGEST_REASON = 300  # characters
# what services take for a call of everybody, or for markup of their own
_CALL = re.compile(r"@(?=(?:everyone|here|channel|room|all)\b)|(?<=<)(?=[!@#])", re.IGNORECASE)


class NotSent(Transient):
    """A channel did not take a message; the next evaluation tries again."""


def send_message(
    rule: AlertRule, message: AlertMessage, home: Home, now: datetime, environ: Mapping[str, str]
) -> None:
    """Send a message on the alert's channel.

    Raises:
        NotSent: the channel did not take it, or a variable that it names is not set.
    """
    if rule.url is not None:
        _send_by_apprise(rule.url, message, environ)
    elif rule.command is not None:
        _send_to_command(rule.command, message, environ)
    else:
        _append_lines(home.path / Path(rule.file or "").expanduser(), message, now)


def _send_by_apprise(template: str, message: AlertMessage, environ: Mapping[str, str]) -> None:
    url, secrets = fill_in(template, environ)
    with warnings.catch_warnings(), _listen() as said:
        warnings.simplefilter("ignore")  # of the libraries that apprise tries to import
        import apprise

        asset = apprise.AppriseAsset(storage_mode=apprise.PersistentStoreMode.MEMORY)
        service = apprise.Apprise.instantiate(url, asset=asset)
        if service is None:
            raise NotSent("its url is none that apprise knows; see https://appriseit.com/services/")
        if "overflow=" not in url:
            service.overflow_mode = apprise.OverflowMode.SPLIT
        sender = apprise.Apprise(asset=asset)
        sender.add(service)
        try:
            is_sent = sender.notify(
                body=_CALL.sub(_hold_off, message.text),
                title=_CALL.sub(_hold_off, message.title),
                body_format=apprise.NotifyFormat.TEXT,
            )
        except Exception as error:  # a service's own code, of which there are hundreds
            raise NotSent(_hide(f"{type(error).__name__}: {error}", secrets)) from None
    if not is_sent:
        raise NotSent(_hide("; ".join(dict.fromkeys(said)) or "the service did not take it", secrets))


def fill_in(template: str, environ: Mapping[str, str]) -> tuple[str, list[str]]:
    """`template` with the variables it names, and their values.

    Raises:
        NotSent: one is not set.
    """
    names = _VARIABLE.findall(template)
    missing = [name for name in names if not environ.get(name)]
    if missing:
        raise NotSent(f"the environment variable {missing[0]} is not set; set it where alerts are sent")
    values = [environ[name] for name in names]
    return _VARIABLE.sub(lambda match: environ[match[1]], template), values


def _hold_off(match: re.Match[str]) -> str:
    return match[0] + " "


def _hide(reason: str, secrets: list[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        reason = reason.replace(secret, "***")
    return hide_keys(" ".join(put_on_a_line(reason).split()))[:_LONGEST_REASON]


@contextmanager
def _listen() -> Iterator[list[str]]:
    """What apprise complains of; it goes nowhere else, since it may hold secrets."""
    said: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    log, listener = logging.getLogger("apprise"), Listener(logging.WARNING)
    propagates, log.propagate = log.propagate, False
    log.addHandler(listener)
    try:
        yield said
    finally:
        log.removeHandler(listener)
        log.propagate = propagates


def _send_to_command(command: list[str], message: AlertMessage, environ: Mapping[str, str]) -> None:
    given = json.dumps(asdict(message)).encode()
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=dict(environ),
            start_new_session=True,  # so that a stop ends what it started, too
        )
    except OSError as error:
        raise NotSent(f"{command[0]} cannot be run: {error.strerror}") from error
    try:
        _, said = process.communicate(given, timeout=COMMAND_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        raise NotSent(f"{command[0]} did not end within {COMMAND_TIMEOUT_S:.0f} seconds") from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if process.returncode:
        lines = said.decode(errors="replace").strip().splitlines()
        last = f": {lines[-1]}" if lines else ""
        raise NotSent(_hide(f"{command[0]} ended with {process.returncode}{last}", []))


def _append_lines(path: Path, message: AlertMessage, now: datetime) -> None:
    """Append a line an item; what a kill left of a line before gets its end first."""
    lines = "".join(json.dumps(_to_line(message, item, now)) + "\n" for item in message.items)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+") as file:
            size = file.seek(0, os.SEEK_END)
            if size:
                file.seek(size - 1)
                if file.read(1) != b"\n":
                    lines = "\n" + lines
            file.write(lines.encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise NotSent(f"{path} cannot be written: {error.strerror}") from error


def _to_line(message: AlertMessage, item: Any, now: datetime) -> dict[str, Any]:
    return {"alert": message.alert, "sent_at": now.isoformat(timespec="seconds"), **asdict(item)}
