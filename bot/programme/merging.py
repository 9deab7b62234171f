"""One leader with two rows becomes one: what may be merged, what would go over, which consent holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.render.sentences import Sentence
from bot.store import merging, singles

STRICTEST = ("stopped", "no", "yes", "asked", "none")
"""A refusal on either row holds; what she agreed to holds against a row on which she said nothing."""


async def preview(tx: AsyncConnection, kept: int, other: int) -> dict[str, Any]:
    """What a merging would do; reads only. Raises BotError: these two are not one leader."""
    first, second = await _two(tx, kept, other)
    return {
        "kept": first,
        "other": second,
        "moves": await merging.theirs(tx, other),
        "consent": strictest(first["consent"], second["consent"]),
    }


def strictest(*said: str) -> str:
    """The consent that holds for somebody of whom all of these are recorded."""
    return min(said, key=STRICTEST.index)


async def merge(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """`other` becomes `kept`. Raises BotError: these two are not one leader."""
    first, second = await _two(tx, int(details["kept"]), int(details["other"]))
    holds = strictest(first["consent"], second["consent"])
    await merging.move(tx, first, second, holds, now)
    await singles.put(tx, singles.ROSTER, now.isoformat())  # an association has one representative less
    return {"kept": first["id"], "other": second["id"], "consent": holds}


async def _two(tx: AsyncConnection, kept: int, other: int) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    found = await merging.two(tx, kept, other)
    there = [found.get(kept), found.get(other)]
    if kept == other or any(one is None or one["kind"] != "leader" or one["left_at"] for one in there):
        raise BotError(Sentence("Choose two different leaders who are both there now."))
    first, second = found[kept], found[other]
    if first["association_id"] != second["association_id"]:
        raise BotError(
            Sentence("They are in different associations. Correct the roster first: one row, one association.")
        )
    if first["practice"] != second["practice"]:
        raise BotError(Sentence("One of them only practises. Correct that in the roster first."))
    return first, second


OPERATIONS = {"people merge": merge}
