"""What is read beside the turns: a wish is kept until the service has read it, the answer until it is told."""

from __future__ import annotations

import orjson

from bot.effects.scene import Scene
from bot.store import countings
from handlers.turn.beside import AskBeside, ForgetBeside


def ask(effect: AskBeside, scene: Scene) -> None:
    """Every wish by itself: two buttons pressed in a row are two answers."""
    inbox_id = scene.turn.inbound.id
    row = {"address_id": scene.turn.address.id, "about": f"{countings.BESIDE}{inbox_id}", "inbox_id": inbox_id}
    row |= {"question": orjson.dumps(effect.question).decode(), "asked_at": scene.now}
    scene.batch.add(countings.ASK[scene.dialect], row)


def forget(effect: ForgetBeside, scene: Scene) -> None:
    """Leaders' words may stand in it."""
    scene.batch.add(countings.FORGET, {"address": scene.turn.address.id, "which": effect.asked})
