"""Rows into what the simulator's page shows: a phone's screen, and the story of a turn."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Any

from bot.render.catalogue import Rule
from bot.render.gsm import segments
from bot.render.plural import many
from bot.store.look import SHOWN, Happened, Stored

UNDER_WAY = ("queued", "sending", "accepted")
_STATES = {
    "queued": "waits to be sent",
    "sending": "is being sent",
    "accepted": "waits at the operator: the phone is off",
    "failed": "could not be sent",
    "uncertain": "perhaps sent: a person looks",
    "cancelled": "not sent any more",
}


def screen(
    typed: Sequence[Any], written: Sequence[Any], shown: Collection[int], kept: Sequence[str], zone: tzinfo
) -> dict[str, Any]:
    """What a phone shows, oldest first: an answer stands behind the turn that wrote it."""
    mine = [row for row in typed if "+" not in row.dedupe_key]
    lines = [
        ((row.id, 0, 0), {"side": "her", "id": row.id, "text": row.text, "at": _clock(row.received_at, zone)})
        for row in mine
    ]
    lines += [
        (
            (row.inbox_id or 0, 1, row.id),
            {"side": "us", "id": row.id, "text": row.text, "at": _clock(row.made_at, zone)},
        )
        for row in written
        if row.state in SHOWN or row.id in shown
    ]
    lines.sort(key=lambda line: line[0])
    return {
        "lines": [line for _, line in lines],
        "kept": list(kept),
        "waiting": sum(row.state == "accepted" for row in written),
        "cost": sum(segments(text)[0] for text in [*(row.text for row in mine), *kept]),
    }


class Story:
    """Tells turns in the programme's time and with its price of an SMS (0 = not known)."""

    def __init__(self, zone: tzinfo, price_bif: int, rules: Mapping[str, Rule]) -> None:
        self._zone, self._price, self._rules = zone, price_bif, rules

    def turn(self, turn: Happened) -> dict[str, Any]:
        """One entry of the log. `settled`: nothing of it can change on its own any more."""
        arrived = turn.arrived
        late = arrived.sent_at and (arrived.received_at - arrived.sent_at).total_seconds() >= 60
        return {
            "id": arrived.id,
            "phone": arrived.phone,
            "at": _clock(arrived.received_at, self._zone),
            "kind": arrived.kind,
            "text": arrived.text,
            "timer": (arrived.data or {}).get("timer", "") if arrived.kind == "timer" else "",
            "late": f"sent at {_clock(arrived.sent_at, self._zone)}" if late else "",
            "understood": self._understood(arrived.understood or ""),
            "state": arrived.state,
            "stored": [_stored(one) for one in turn.stored] + [f"task for the team: {kind}" for kind in turn.tasks],
            "out": [self._out(row) for row in turn.out],
            "settled": arrived.state != "new" and all(row.state not in UNDER_WAY for row in turn.out),
        }

    def _understood(self, words: str) -> str:
        """A turn that only said a text notes its key; when that is said tells a reader more."""
        rule = self._rules.get(words)
        return rule.when["en"].rstrip(".") if rule else words

    def _out(self, row: Any) -> dict[str, Any]:
        parts = f"{row.parts} SMS"
        cost = f"{row.parts * self._price} BIF" if self._price else "price not set"
        state = _STATES.get(row.state, row.state)
        about = f"{many(len(row.text), 'character', 'characters')}, {parts}, {cost}"
        if row.channel == "chat":
            return {"road": "Chat", "text": row.text, "about": "in a chat", "state": state}
        if not row.parts:
            return {"road": "USSD", "text": row.text, "about": "on a USSD screen", "state": state}
        return {"road": "SMS", "text": row.text, "about": about, "state": state}


def _stored(one: Stored) -> str:
    words = ", ".join(_value(name, value) for name, value in one.values.items() if value not in (None, "", []))
    state = "" if one.state == "reported" else f" ({one.state})"
    changed = "" if one.revision == 1 else f", change {one.revision - 1}: {one.reason}"
    return f"No {one.number} {one.form}{state}{changed}: {words}"


def _value(name: str, value: Any) -> str:
    label = name.replace("_", " ")
    if isinstance(value, Mapping):
        return f"{label} " + " ".join(str(v) for v in value.values())
    if isinstance(value, list | tuple):
        return f"{label} " + "+".join(str(v) for v in value)
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        return f"{label} {value}"
    return f"{label} {day.day}/{day.month}"


def _clock(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day}/{local.month} {local:%H:%M}"
