"""Tips: which one was sent to whom, and whether it was useful."""

from __future__ import annotations

from bot.effects.scene import Scene
from bot.store import tips as store
from handlers.turn import KeepTip, TipFor, TipUseful


def keep(effect: KeepTip, scene: Scene) -> None:
    """Note that she was sent it; nobody on her phone is told it as new again.

    Only what was loaded about her phone is loaded anew: hundreds of tips are due at the same minute.
    """
    scene.batch.add(
        store.SENT[scene.dialect],
        {
            "tip_id": effect.tip_id,
            "person_id": effect.person_id,
            "round": effect.round,
            "inbox_id": scene.turn.inbound.id,
            "at": scene.now,
        },
    )
    turn, rules = scene.turn, scene.turn.programme.tips
    everybody = tuple(person.id for person in turn.people)
    if rules is None:
        return
    for one in everybody:
        scene.facts.pop(TipFor(one, everybody, rules, scene.now), None)


def useful(effect: TipUseful, scene: Scene) -> None:
    """Her answer; she may change it."""
    scene.batch.add(
        store.USEFUL,
        {
            "which_tip": effect.tip_id,
            "who": effect.person_id,
            "which_round": effect.round,
            "said": effect.useful,
        },
    )
