"""Reminders: zero reports, what would help, and the call that need not be made any more."""

from __future__ import annotations

from bot.effects.scene import Scene
from bot.store import reminders as store
from handlers.turn import CloseCall, News, SaveZero, SayNeed


def save_zero(effect: SaveZero, scene: Scene) -> None:
    """Store that there was nothing; the officer need not call about it."""
    scene.batch.add(
        store.ZERO,
        {
            "association_id": effect.association_id,
            "form": effect.form,
            "since": effect.since.isoformat(),
            "at": scene.now,
            "person_id": effect.person_id,
            "inbox_id": scene.turn.inbound.id,
        },
    )
    close_call(CloseCall(effect.association_id, effect.form, "nothing to report, says the leader"), scene)


def say_need(effect: SayNeed, scene: Scene) -> None:
    """What would help, beside the zero report."""
    scene.batch.add(store.NEED, {"which": effect.inbox_id, "what": effect.need})


def close_call(effect: CloseCall, scene: Scene) -> None:
    """Close the open task; later turns of the group ask anew what was heard."""
    scene.batch.add(
        store.CALLED_OFF,
        {
            "association": effect.association_id,
            "begins": store.begins(effect.form),
            "at": scene.now,
            "how": effect.result,
        },
    )
    theirs = [f for f in scene.facts if isinstance(f, News) and f.association_id == effect.association_id]
    for fact in theirs:
        del scene.facts[fact]
