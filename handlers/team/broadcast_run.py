"""The card of a broadcast that was approved: undo, progress, stop, and the report at the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from handlers.team.viewing import clock
from handlers.turn import (
    Audit,
    BroadcastMade,
    Button,
    Effect,
    Made,
    Outcome,
    Reply,
    StopBroadcast,
    Timer,
    Turn,
    Wake,
)

EVERY = timedelta(minutes=1)
"""How often the card is looked at anew by itself."""
FOR = timedelta(hours=1)
"""So long after the broadcast began; then by its button."""
_RUNS = ("approved", "sending", "asks")
_STATES = (
    "waiting",
    "sent",
    "delivered",
    "temporary",
    "permanent",
    "ours",
    "refused",
    "uncertain",
    "stopped",
    "too_late",
)
"""What may have become of a text, in the order of the report."""
_LEFT = ("sent", "delivered")


def wake(turn: Turn, card: int, key: str) -> Wake:
    """This chat has a turn of its own once everything is committed."""
    return Wake(None, {"what": "broadcast", "card": card, "key": key}, address_id=turn.address.id)


def called_off(key: str | None) -> tuple[Effect, ...]:
    """What stops it, when there is one."""
    return (StopBroadcast(key), Audit("broadcast stopped", {"key": key})) if key else ()


def pressed(turn: Turn, card: int, arg: str) -> Outcome | None:
    """Undo, stop or refresh: who made it, or an administrator."""
    action, _, key = arg.partition(":")
    made: Made | None = turn.known(BroadcastMade(key))
    person = turn.person
    if made is None or person is None or (made.made_by != person.id and person.role != "admin"):
        return None
    if action == "stop" and made.state in _RUNS:
        effects = (*called_off(key), wake(turn, card, key))
        return Outcome(dict(turn.state), (), effects, understood=f"broadcast {made.id}: stopped")
    return shown(turn, made, card, key)


def shown(turn: Turn, made: Made, card: int, key: str) -> Outcome:
    """How it stands now; looked at again in a minute while it runs."""
    found = dict(made.found)
    lines = [_head(turn, made, found), *(_line(name, found) for name in _STATES if found.get(name))]
    if found.get("left_out"):
        lines.append(Reply("O.bc.run.leftout", {"count": found["left_out"]}))
    if made.state in ("done", "stopped"):
        lines.append(Reply("O.bc.run.notread"))
    reply = Reply("O.lines", {"lines": tuple(lines)}, _buttons(turn, made, card, key), card=card)
    return Outcome(
        dict(turn.state), (reply,), (), _timers(turn, made, card, key), f"broadcast {made.id}: {made.state}"
    )


def _line(name: str, found: Mapping[str, int]) -> Reply:
    return Reply(f"O.bc.run.{name}", {"count": found[name]})


def _head(turn: Turn, made: Made, found: Mapping[str, int]) -> Reply:
    values = {
        "number": made.id,
        "count": sum(found.get(name, 0) for name in _LEFT),
        "people": sum(found.get(name, 0) for name in _STATES),
        "arrived": found.get("delivered", 0),
        "time": clock(turn, turn.now),
    }
    if made.state == "approved" and made.starts_at:
        begins = clock(turn, made.starts_at)
        return Reply("O.bc.approved", {"number": made.id, "people": values["people"], "time": begins})
    if made.state == "stopped" and not values["count"]:
        return Reply("O.bc.undone", {"number": made.id})
    return Reply(f"O.bc.{made.state}", values)


def _buttons(turn: Turn, made: Made, card: int, key: str) -> tuple[tuple[Button, ...], ...]:
    refresh = Button("b.bc.refresh", f"bc:{card}:run:look:{key}")
    if made.state not in _RUNS:
        return ((refresh,),)
    begun = made.state != "approved" or made.starts_at is None or made.starts_at <= turn.now
    stop = Button("b.bc.stop" if begun else "b.bc.undo", f"bc:{card}:run:stop:{key}")
    return ((stop, refresh),)


def _timers(turn: Turn, made: Made, card: int, key: str) -> tuple[Timer, ...]:
    if made.state not in _RUNS or made.starts_at is None:
        return ()
    due = max(turn.now, made.starts_at) + EVERY
    if due > made.starts_at + FOR:
        return ()
    return (Timer("broadcast", str(card), due, {"card": card, "key": key}),)
