"""Leases: what only one process of those that share a database may do, until a moment by the database's own clock.

A row of `facts` for each: who holds it, until when (seconds since 1970), and its turn, a number that grows with each
new holder. The clocks of the machines do not matter, and a holder that died loses it by doing nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Float, bindparam, cast, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import singles
from bot.store.tables import facts
from handlers.noun import noun

_CLOCK = {
    "postgresql": select(cast(func.extract("epoch", func.clock_timestamp()), Float)),
    "sqlite": select(literal_column("(julianday('now') - 2440587.5) * 86400.0", Float)),
}
_ROW = select(facts.c.value).where(facts.c.name == bindparam("which")).with_for_update()
_FREE = {"holder": "", "turn": 0, "until": 0.0}


@noun
class Wish:
    """Somebody wants a lease, or wants to keep it, for so many seconds; 0 lets it go."""

    name: str
    holder: str
    seconds: float


async def take(tx: AsyncConnection, items: Sequence[Wish]) -> list[int]:
    """Work for the writer: the turn of each lease that its asker holds now, 0 where somebody else does."""
    return [await _take(tx, item) for item in items]


async def _take(tx: AsyncConnection, wish: Wish) -> int:
    name = f"lease {wish.name}"
    await singles.once(tx, name, _FREE)
    row: dict[str, Any] = (await tx.execute(_ROW, {"which": name})).scalar_one()
    now = float((await tx.execute(_CLOCK[tx.dialect.name])).scalar_one())
    if row["holder"] != wish.holder and row["until"] > now:
        return 0
    mine = row["holder"] == wish.holder
    if not wish.seconds:
        if mine:
            await singles.put(tx, name, {**row, "until": 0.0})
        return 0
    turn = int(row["turn"]) + (not mine or row["until"] <= now)
    await singles.put(tx, name, {"holder": wish.holder, "turn": turn, "until": now + wish.seconds})
    return turn
