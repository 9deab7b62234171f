"""Counts messages of leaders: what arrived by language and channel, what left.

Practice, the team, strangers and sealed cases are in no count. The language is that of the conversation, in which the
leader is answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.counting.figures import CountingError, Figure
from bot.programme.counting.period import Period
from bot.programme.counting.scope import Scope
from bot.store import counting as store


@dataclass(frozen=True, slots=True)
class Talk:
    """`arrived` and `left` with their ids (inbox, outbox) when asked for; `by_...` split what arrived."""

    arrived: Figure
    left: Figure
    by_language: Mapping[str, int]
    by_channel: Mapping[str, int]
    left_by_channel: Mapping[str, int]

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "in": self.arrived.plain(),
            "out": self.left.plain(),
            "in_by_language": dict(self.by_language),
            "in_by_channel": dict(self.by_channel),
            "out_by_channel": dict(self.left_by_channel),
        }


async def talk(tx: AsyncConnection, scope: Scope, period: Period, zone: ZoneInfo, *, ids: bool = False) -> Talk:
    """Count. `ids`: with the ids, which are then held against the count. Raises CountingError."""
    arrived = left = 0
    split: dict[str, dict[str, int]] = {"language": {}, "channel": {}, "left": {}}
    for row in await store.talk(tx, period.first.isoformat(), period.last.isoformat(), scope.ids):
        count = int(row.messages)
        if row.direction == "out":
            left += count
            _more(split["left"], row.channel, count)
        else:
            arrived += count
            _more(split["channel"], row.channel, count)
            _more(split["language"], row.language, count)
    found: tuple[list[int], list[int]] = ([], [])
    if ids:
        found = await store.talk_ids(tx, *period.moments(zone), scope.ids)
        for what, counted, listed in (("arrived", arrived, found[0]), ("left", left, found[1])):
            if counted != len(listed):
                raise CountingError(f"messages that {what}, {period.name}: {counted} counted, {len(listed)} listed")
    by = {name: dict(sorted(counts.items(), key=lambda one: (-one[1], one[0]))) for name, counts in split.items()}
    return Talk(
        Figure(arrived, messages=tuple(found[0])),
        Figure(left, messages=tuple(found[1])),
        by["language"],
        by["channel"],
        by["left"],
    )


def _more(counts: dict[str, int], name: str, by: int) -> None:
    counts[name] = counts.get(name, 0) + by
