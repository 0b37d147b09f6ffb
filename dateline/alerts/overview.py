"""How each alert fares, for `dateline alerts list` and `dateline status`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dateline.alerts.rules import AlertRule
from dateline.alerts.state import AlertState, read_states
from dateline.home import Home


@dataclass(frozen=True, slots=True)
class AlertOverview:
    rule: AlertRule
    state: str  # in words; instants are in UTC
    last_sent: str  # instant in UTC, or never
    waiting: int  # rows
    error: str = ""  # why it fails

    @property
    def name(self) -> str:
        return self.rule.name

    @property
    def channel(self) -> str:
        return self.rule.channel


def list_overview(home: Home, rules: Iterable[AlertRule], now: datetime) -> list[AlertOverview]:
    """Each alert with what is known of it.

    Raises:
        Permanent: the alerts' state is damaged.
    """
    states = read_states(home.alerts_state)
    return [_describe(rule, states.get(rule.name), now) for rule in rules]


def _describe(rule: AlertRule, state: AlertState | None, now: datetime) -> AlertOverview:
    if state is None:
        return AlertOverview(rule, "not evaluated yet", "never", 0)
    if state.failure is not None:
        tries = "once" if state.failure.tries == 1 else f"{state.failure.tries} times"
        words = f"failed {tries} since {state.failure.since:%Y-%m-%d %H:%M}"
    elif state.waiting and state.sent_at is not None and now < state.sent_at + rule.every:
        words = f"waits until {state.sent_at + rule.every:%Y-%m-%d %H:%M}"
    else:
        words = "ok"
    sent = f"{state.sent_at:%Y-%m-%d %H:%M}" if state.sent_at else "never"
    return AlertOverview(rule, words, sent, len(state.waiting), state.failure.error if state.failure else "")
