"""Broadcasts: an answer is counted on its recipient; what the team decides is done behind the flush."""

from __future__ import annotations

from bot.effects.scene import Scene
from bot.store import countings
from bot.store import recipients as store
from handlers.turn import AnswerBroadcast, BroadcastAsked, CountBroadcast
from handlers.turn.broadcasts import Acts


def answer(effect: AnswerBroadcast, scene: Scene) -> None:
    """The last answer counts; an address that is not on the list changes nothing."""
    row = {"broadcast": effect.broadcast_id, "address": scene.turn.address.id, "said": effect.answer}
    scene.batch.add(store.ANSWER, {**row, "at": scene.now})
    scene.forget(BroadcastAsked)


def decided(effect: Acts, scene: Scene) -> None:
    """Made, approved or stopped once the rows of the group are written."""
    person = scene.turn.person
    scene.batch.broadcasts.append((effect, person.id if person else None))


def count(effect: CountBroadcast, scene: Scene) -> None:
    """Kept for the service, which counts beside the turns."""
    question = effect.question
    row = {
        "address_id": question.address_id,
        "about": countings.about(question),
        "question": countings.written(question),
    }
    row |= {"inbox_id": scene.turn.inbound.id, "asked_at": scene.now}
    scene.batch.add(countings.ASK[scene.dialect], row)
