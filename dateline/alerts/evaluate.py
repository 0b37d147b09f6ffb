"""One evaluation: what each alert finds, less what it has sent, is sent, and remembered once it is.

Sent at least once: a process that is killed between sending and remembering sends the same again. What could not
be sent waits, and goes with the next evaluation.
"""

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dateline.alerts.channels import NotSent, send_message
from dateline.alerts.items import MOST_SHOWN, AlertItem, find_items, write_message
from dateline.alerts.rules import AlertRule, read_rules
from dateline.alerts.state import AlertFailure, AlertState, States, read_states, write_states
from dateline.home import Home
from ingest.locks import hold_named_lock
from transforms.errors import Permanent
from warehouse.browse.alerts import AlertReader, open_alert_reader

log = logging.getLogger("dateline")

MOST_WAITING = 1_000
"""Rows of an alert that are kept until they can be sent; the first found are kept."""
LOCK_WAIT_S = 300.0
"""How long another evaluation is waited for."""


@dataclass(frozen=True, slots=True)
class AlertOutcome:
    """What an evaluation did for one alert."""

    name: str
    sent: int  # rows
    waiting: int  # rows
    error: str  # "" when all went well


def send_alerts(
    home: Home, now: datetime, environ: Mapping[str, str] = os.environ, *, lock_wait_s: float = LOCK_WAIT_S
) -> list[AlertOutcome]:
    """Evaluate every alert and send what is new; a channel that fails is an outcome, and raises nothing.

    Raises:
        Transient: another evaluation is under way for longer than `lock_wait_s`, or the disk is full.
        Permanent: `alerts.toml`, the alerts' state or the published file cannot be read.
    """
    rules = read_rules(home)
    if not rules or not home.published.exists():
        return []
    with hold_named_lock(lock_of_alerts(home), lock_wait_s):
        states = read_states(home.alerts_state)
        with open_alert_reader(home.published) as reader:
            evaluated = {
                rule.name: collect(rule, states.setdefault(rule.name, AlertState()), reader, now)
                for rule in rules
            }
        write_states(home.alerts_state, states)
        return [_deliver(rule, states, home, now, environ, may_send=evaluated[rule.name]) for rule in rules]


def lock_of_alerts(home: Home) -> Path:
    return home.alerts_state.with_suffix(".lock")


def collect(rule: AlertRule, state: AlertState, reader: AlertReader, now: datetime) -> bool:
    """Put what the alert finds and has not sent among what waits; what waits already is brought up to date.

    Returns whether it could be evaluated.
    """
    state.forget(now, rule.days)
    try:
        found = find_items(rule, reader, now, state.sent)
    except Permanent as error:
        _note_failure(state, str(error), now)
        return False
    if state.failure is not None and not state.waiting:
        state.failure = None  # it was the statement's, which works again
    old_ids = reader.list_old_ids([item.key for item in found]) if rule.feeds is None else {}
    for item in found:  # what was merged into another event since is the same news
        if not old_ids.get(item.key, set()).isdisjoint(state.sent):
            state.sent[item.key] = now.date()
    new = {item.key: item for item in found if item.key not in state.sent}
    merged = {old_id for key in new for old_id in old_ids.get(key, ())}
    kept = [
        item for item in state.waiting if item.key not in new and item.key not in merged | state.sent.keys()
    ]
    state.waiting = [*kept, *new.values()][:MOST_WAITING]
    return True


def _deliver(
    rule: AlertRule,
    states: States,
    home: Home,
    now: datetime,
    environ: Mapping[str, str],
    *,
    may_send: bool,
) -> AlertOutcome:
    state = states[rule.name]
    sent = 0
    if may_send and state.waiting and (state.sent_at is None or now >= state.sent_at + rule.every):
        try:
            for items in _split(rule, state.waiting):
                send_message(rule, write_message(rule, items), home, now, environ)
                _remember(state, items, now)
                sent += len(items)
                write_states(home.alerts_state, states)
        except NotSent as error:
            _note_failure(state, str(error), now)
            write_states(home.alerts_state, states)
    reason = state.failure.error if state.failure else ""
    log.info("alert_done name=%s sent=%d waiting=%d error=%r", rule.name, sent, len(state.waiting), reason)
    return AlertOutcome(rule.name, sent, len(state.waiting), reason)


def _split(rule: AlertRule, waiting: Sequence[AlertItem]) -> list[list[AlertItem]]:
    """The rows of each message; of single messages no more than a digest would name, the rest waits."""
    if rule.mode == "digest":
        return [list(waiting)]
    return [[item] for item in waiting[:MOST_SHOWN]]


def _remember(state: AlertState, items: Sequence[AlertItem], now: datetime) -> None:
    keys = {item.key for item in items}
    state.sent |= dict.fromkeys(sorted(keys), now.date())
    state.waiting = [item for item in state.waiting if item.key not in keys]
    state.sent_at = now
    state.failure = None


def _note_failure(state: AlertState, error: str, now: datetime) -> None:
    known = state.failure
    state.failure = AlertFailure(error, known.since if known else now, known.tries + 1 if known else 1)
