"""The sealed queue: every reading is written down in the transaction of the answer, so before it leaves."""

from __future__ import annotations

from bot.effects.scene import Scene
from bot.store import sealed as store
from bot.store.audit import NOTE
from handlers.turn import CloseSealed, ReadSealed, SealedCase, SealedCases


def read(effect: ReadSealed, scene: Scene) -> None:
    """Who looked at what; what was opened is not reminded of any more."""
    scene.batch.add(NOTE, store.audited(_who(scene), _READ[effect.opened], effect.tasks, scene.now))
    if effect.opened:
        for number in effect.tasks:
            scene.batch.add(store.SEEN, {"which": number, "at": scene.now})
    _forget(scene)


_READ = {True: "sealed opened", False: "sealed listed"}


def close(effect: CloseSealed, scene: Scene) -> None:
    """With its result, by whom; what stays open is written down only."""
    scene.batch.add(NOTE, store.audited(_who(scene), store.said_of(effect.result), effect.tasks, scene.now))
    by = scene.turn.person.id if scene.turn.person else None
    for row in store.closing(effect.tasks, by, effect.result, scene.now):
        scene.batch.add(store.CLOSE, row)
    _forget(scene)


def _who(scene: Scene) -> int:
    assert scene.turn.person is not None, "only a known person is shown the sealed queue"
    return scene.turn.person.id


def _forget(scene: Scene) -> None:
    scene.forget(SealedCase)
    scene.forget(SealedCases)
