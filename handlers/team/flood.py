"""Many tasks of one phone within minutes are told once, and then how many more came; each stays a task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from handlers.turn import Task, Timer, Turn

KIND = "flood"
QUIET = timedelta(minutes=10)
"""After one was told, others of that phone and kind wait so long and are told as one."""

SHOWN = ("photo", "listen")
"""Each of these is looked at or listened to where it is told."""


def told_now(
    turn: Turn, mine: Sequence[Task], event: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Task], list[Timer]]:
    """The chat's new state, which of the tasks are told now, and the timer that tells of the others.

    `event` finds the last one of them when the timer fires.
    """
    told = {key: one for key, one in turn.state.get("told", {}).items() if one["more"] or _since(turn, one) < QUIET}
    now, timers = list[Task](), list[Timer]()
    for task in mine:
        key = f"{task.address_id}:{task.kind}"
        before = told.get(key)
        if task.kind in SHOWN:
            now.append(task)
        elif before is None:
            told[key] = {"at": turn.now.isoformat(), "more": 0}
            now.append(task)
        else:
            told[key] = {**before, "more": before["more"] + 1}
            due = max(turn.now, datetime.fromisoformat(before["at"]) + QUIET)
            timers.append(Timer(KIND, f"{turn.address.id}:{key}", due, {**event, "key": key}))
    return {**turn.state, "told": told}, now, timers


def waiting(turn: Turn, key: str) -> tuple[dict[str, Any], int]:
    """How many of this phone and kind were kept back, and the state in which they are told."""
    told = dict(turn.state.get("told", {}))
    more = int(told.get(key, {"more": 0})["more"])
    if more:
        told[key] = {"at": turn.now.isoformat(), "more": 0}
    return {**turn.state, "told": told}, more


def _since(turn: Turn, one: Mapping[str, Any]) -> timedelta:
    return turn.now - datetime.fromisoformat(one["at"])
