"""The console: a one-time link is kept as its digest."""

from __future__ import annotations

from bot.effects.scene import Scene
from bot.store import accounts
from handlers.turn import KeepConsoleLink


def keep_link(effect: KeepConsoleLink, scene: Scene) -> None:
    """For ten minutes."""
    row = accounts.link_row(effect.token, effect.person_id, scene.now, browser=effect.browser)
    scene.batch.add(accounts.MAKE_LINK, row)
