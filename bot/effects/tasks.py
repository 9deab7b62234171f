"""Tasks: what a person of the team must do; the promise made to a leader is kept by such a row."""

from __future__ import annotations

from bot.effects.scene import Scene
from bot.store import tasks as store
from handlers.turn import CloseTasks, OpenTask


def open_task(effect: OpenTask, scene: Scene) -> None:
    """Open it for the association's officer; the words stay in the inbox row it points to."""
    scene.batch.add(
        store.OPEN,
        {
            "kind": effect.kind,
            "due_at": effect.due_at,
            "person_id": effect.person_id,
            "association_id": effect.association_id,
            "address_id": scene.turn.address.id,
            "inbox_id": scene.turn.inbound.id,
            "about": effect.about,
            "sealed": effect.sealed,
            "made_at": scene.now,
        },
    )


def close(effect: CloseTasks, scene: Scene) -> None:
    """Close this address's open tasks of one kind, with the result."""
    scene.batch.add(
        store.CLOSE,
        {"address": scene.turn.address.id, "what": effect.kind, "at": scene.now, "how": effect.result},
    )
