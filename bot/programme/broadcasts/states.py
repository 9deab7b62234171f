"""What became of a recipient's text, in the words of GOV.UK Notify: what happened, what to do.

"Arrived" is never "read": nobody can know that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class State:
    """A delivery state: its word in JSON, what happened, what to do."""

    name: str
    words: str
    todo: str = ""


STATES = {
    state.name: state
    for state in (
        State("waiting", "Waiting", "stop"),
        State("sent", "Left our phone, no receipt yet"),
        State("delivered", "Arrived on the phone"),
        State("temporary", "Phone off or no signal; we go on trying", "wait, or call"),
        State("expired", "Phone off or no signal for too long; the network gave up", "retry, or call"),
        State("permanent", "Wrong number", "correct the number"),
        State("unclear", "Did not arrive; nobody says why", "retry once, or call"),
        State("ours", "Our SIM has no credit, or our phone is off", "top up, wake the phone, then retry"),
        State("refused", "Blocked the bot or said STOP", "retry: by her next road, if she agreed to one"),
        State(
            "uncertain", "May have arrived: it was cut off while leaving", "ask one of them, then retry --uncertain"
        ),
        State("stopped", "Not sent: stopped"),
        State("too_late", "Not sent: too late", "send it as a new broadcast if it still matters"),
        State("left_out", "Left out"),
    )
}
_FAILED = (
    (
        "ours",
        r"credit|balance|radio|no service|phone is off|given up|no sim|null pdu|generic failure|limit exceeded"
        r"|sendingerror|^error$",
    ),
    ("refused", r"blocked|deactivated|stop|kicked|chat not found|blacklist|wants no texts|\b131050\b"),
    (
        "permanent",
        r"no such number|no mobile number|wrong number|invalidphonenumber|doesnotexist|notnetworksubscriber"
        r"|userisinactive|unsupportednumber|couldnotroute|numbers only|not on whatsapp"
        r"|answered 4\d\d(?!, code)|\b(30005|30006|63003|63024|131026|0x0*b)\b",
    ),
    ("expired", r"expired|absent|unreachable|notreachable|memory|no signal|^34\b|\b(undeliv|deleted|30003)\b"),
)
"""Signs in what a channel or a provider said of a failure, in small letters, spaces for "_"; the first counts."""


def plain_state(row: Any) -> str:
    """waiting, queued, sending, sent, delivered, failed, uncertain, cancelled or left_out."""
    if row.state != "queued":
        return str(row.state)
    return {"accepted": "sent", "read": "delivered"}.get(row.sent_state, row.sent_state or "waiting")


def state_of(row: Any) -> State:
    """What became of a recipient (a row of recipient_ends.shown, .counted or .by_name)."""
    if row.state == "left_out":
        return STATES["left_out"]
    if row.state == "cancelled" or row.sent_state == "cancelled":
        reason = (row.sent_reason if row.state == "queued" else row.reason) or ""
        return STATES[{"stopped": "stopped", "too late": "too_late"}.get(reason, "refused")]
    if row.sent_state in (None, "queued", "sending"):
        tried = getattr(row, "tried", None) if hasattr(row, "tried") else bool(row.attempts)
        return STATES["temporary" if tried and row.sent_state == "queued" and row.sent_reason else "waiting"]
    if row.sent_state == "failed":
        return STATES[_failed(row.sent_reason or "")]
    return STATES[{"accepted": "sent", "read": "delivered"}.get(row.sent_state, row.sent_state)]


def _failed(reason: str) -> str:
    """Which state it is; what says nothing of the number is no wrong number."""
    said = reason.lower().replace("_", " ")
    return next((name for name, signs in _FAILED if re.search(signs, said)), "unclear")


def may_arrive(row: Any) -> bool:
    """Whether a text that failed may arrive when it is sent once more: not to a wrong number, nor to who refuses."""
    return (
        row.state == "queued" and row.sent_state == "failed" and state_of(row).name in ("ours", "expired", "unclear")
    )


def counted(rows: Iterable[Any]) -> tuple[Counter[str], Counter[str]]:
    """Delivery states and answers of rows of recipient_ends.counted."""
    found, answers = Counter[str](), Counter[str]()
    for row in rows:
        found[state_of(row).name] += row.count
        if row.answer:
            answers[row.answer] += row.count
    return found, answers
