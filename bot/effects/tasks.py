"""Tasks: what a person of the team must do; the promise made to a leader is kept by such a row."""

from __future__ import annotations

from dataclasses import replace

from bot.effects.scene import Scene
from bot.store import calls, sealed
from bot.store import tasks as store
from bot.store.audit import NOTE
from handlers.turn import (
    Audit,
    CloseTask,
    OpenTask,
    TakeBackCall,
    TaskNumbered,
    TasksOfRow,
    TasksOpen,
    TellTeam,
)

TAKEN_BACK = "not needed any more, says the leader"


def open_task(effect: OpenTask, scene: Scene) -> None:
    """Open it for the association's officer; the words stay in the inbox row it points to."""
    scene.batch.add(*calls.opened(effect, scene.turn.address.id, scene.turn.inbound.id, scene.now))
    scene.forget(TasksOpen)
    scene.forget(TasksOfRow)
    if effect.tell and not effect.sealed:
        told = store.event("told", scene.turn.inbound.id, effect.kind, scene.now)
        scene.batch.add(store.TELL_OFFICER[scene.dialect], {**told, "association": effect.association_id})
    if effect.sealed:
        _tell(scene)


def _tell(scene: Scene) -> None:
    """The focal points are told that somebody asked to talk, and nothing of it."""
    event = {"event": f"sealed:{scene.turn.inbound.id}:", "what": sealed.WAKES, "at": scene.now}
    scene.batch.add(sealed.TELL[scene.dialect], event)


def take_back(effect: TakeBackCall, scene: Scene) -> None:
    """Close this address's open calls for one reason."""
    which = {"address": scene.turn.address.id, "why": effect.about}
    scene.batch.add(calls.TAKE_BACK, {**which, "at": scene.now, "how": TAKEN_BACK})
    for fact in (TaskNumbered, TasksOfRow, TasksOpen):
        scene.forget(fact)


def close_one(effect: CloseTask, scene: Scene) -> None:
    """Close it with its result; a later turn of the group sees by whom."""
    who = scene.turn.person
    row = {"which": effect.task_id, "at": scene.now, "who": who.id if who else None, "how": effect.result}
    scene.batch.add(store.CLOSE_ONE, row)
    name = who.sms_name if who else ""
    for fact, old in list(scene.facts.items()):
        if isinstance(fact, TaskNumbered) and fact.task_id == effect.task_id and old and old.state == "open":
            closed = replace(old, state="closed", closed_at=scene.now, closed_by=name, result=effect.result)
            scene.facts[fact] = closed
    scene.forget(TasksOfRow)
    scene.forget(TasksOpen)


def tell_team(effect: TellTeam, scene: Scene) -> None:
    """Everybody else who may see it."""
    told = store.event("late", effect.inbox_id, effect.kind, scene.now)
    scene.batch.add(store.TELL_REST[scene.dialect], {**told, "but": scene.turn.address.id})


def audited(effect: Audit, scene: Scene) -> None:
    """Written in the transaction of the answer, so before it is read."""
    who = f"person {scene.turn.person.id}" if scene.turn.person else "nobody"
    scene.batch.add(NOTE, {"at": scene.now, "who": who, "what": effect.what, "details": dict(effect.details)})
