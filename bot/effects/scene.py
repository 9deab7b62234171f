"""What a performer works with: the turn, the rows staged so far, the facts that later turns will see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.store.batch import Batch
from handlers.turn import Fact, Turn


@dataclass(slots=True)
class Scene:
    batch: Batch
    turn: Turn
    facts: dict[Fact, Any]
    dialect: str
    free_texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Per form, the questions whose answers are a person's own words: blanked at erasure."""
    people_changed: bool = False
    """Set when who the people of an address are, or what they want, has changed."""

    @property
    def now(self) -> datetime:
        return self.turn.now

    def forget(self, kind: type) -> None:
        """Later turns of the group load these facts anew."""
        for fact in [fact for fact in self.facts if isinstance(fact, kind)]:
            del self.facts[fact]
