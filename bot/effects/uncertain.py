"""Texts that may have left: what a person decided."""

from __future__ import annotations

from bot.effects.scene import Scene
from bot.store import uncertain as store
from handlers.turn.uncertain import DecideText, UncertainTexts


def decide(effect: DecideText, scene: Scene) -> None:
    """One that a provider settled in the meantime stays as it says."""
    scene.batch.add(store.DECIDE[effect.choice], {"which": effect.text_id, "at": scene.now})
    scene.forget(UncertainTexts)
