"""What an alert would send now, without sending or remembering it."""

from dataclasses import dataclass
from datetime import datetime

from dateline.alerts.evaluate import collect
from dateline.alerts.items import AlertMessage, find_items, write_message
from dateline.alerts.rules import AlertRule
from dateline.alerts.state import AlertState, read_states
from dateline.home import Home
from transforms.errors import Permanent
from warehouse.browse.alerts import open_alert_reader

_SAMPLE = 3  # rows, where nothing is new
_MOST_MESSAGES = 10


@dataclass(frozen=True, slots=True)
class Trial:
    remark: str  # what is shown, and why
    messages: tuple[AlertMessage, ...]  # as they would be sent

    @property
    def message(self) -> AlertMessage | None:
        """The one that a test sends."""
        return self.messages[0] if self.messages else None


def make_trial(home: Home, rule: AlertRule, now: datetime) -> Trial:
    """What the alert would send at its next evaluation; a sample of what it has sent where nothing is new.

    Raises:
        Permanent: its statement is wrong, or there is no published file yet.
    """
    state = read_states(home.alerts_state).get(rule.name) or AlertState()
    with open_alert_reader(home.published) as reader:
        if not collect(rule, state, reader, now):
            raise Permanent(f"alert {rule.name}: {state.failure.error if state.failure else ''}")
        found = find_items(rule, reader, now)
    days = f"of the last {rule.days} days" if rule.feeds != ["silent"] else "now"
    if state.waiting:
        count = f"{len(state.waiting)} new {'row' if len(state.waiting) == 1 else 'rows'} {days}"
        parts = [state.waiting] if rule.mode == "digest" else [[item] for item in state.waiting]
        shown = parts[:_MOST_MESSAGES]
        more = f"; {len(shown)} of {len(parts)} messages are shown" if len(parts) > len(shown) else ""
        wait = state.sent_at + rule.every if state.sent_at else now
        when = f", to be sent from {wait:%Y-%m-%d %H:%M} UTC on" if wait > now else ""
        return Trial(
            f"{count}{when}{more}", tuple(write_message(rule, items, is_test=True) for items in shown)
        )
    if found:
        sample = write_message(rule, found[:_SAMPLE], is_test=True)
        return Trial(f"nothing new {days}; a sample of what was sent before:", (sample,))
    return Trial(f"nothing {days} fits; a larger `days`, or another filter, would find more", ())
