"""The console: a one-time link is kept as its digest."""

from __future__ import annotations

from bot.effects.scene import Scene
from bot.store import links
from handlers.turn import KeepConsoleLink


def keep_link(effect: KeepConsoleLink, scene: Scene) -> None:
    """For ten minutes."""
    row = links.row(effect.token, effect.person_id, scene.now, browser=effect.browser)
    scene.batch.add(links.MAKE, row)
