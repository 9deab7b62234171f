"""Whose talk a turn's messages count for, and counting what arrived: leaders' messages, and not all of them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.store.batch import Batch
from handlers.turn import OpenTask, Outcome, Turn


def whose(turn: Turn, outcome: Outcome) -> int | None:
    """The association's id; None for the team, strangers, practice and sealed cases, which no count shows."""
    if turn.association is None or turn.programme.practice or (turn.person and turn.person.practice):
        return None
    sealed = any(isinstance(effect, OpenTask) and effect.sealed for effect in outcome.effects)
    return None if sealed else turn.association.id


def arrived(batch: Batch, turn: Turn, whose: int | None, zone: ZoneInfo) -> int | None:
    """Count what this turn handles on its day in the programme's zone; returns for whom, None for nobody."""
    inbound = turn.inbound
    if whose is None or inbound.kind in ("timer", "blocked"):
        return None
    day = inbound.received_at.astimezone(zone).date().isoformat()
    batch.talk[day, whose, inbound.channel, turn.language] += 1
    return whose
