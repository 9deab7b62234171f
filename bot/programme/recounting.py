"""The roll-ups beside the reports they are made of: whose sums differ is said, and all is counted anew when asked.

Turns keep the sums true in their own transaction. They differ where reports were changed otherwise: a database
that was mended by hand, or a fault of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import audit, figures, listing, message_days, training_days


async def differing(tx: AsyncConnection) -> list[str]:
    """The numbers of the associations whose figures are not the sums of their reports; "all" for their messages."""
    numbers = await listing.association_numbers(tx)
    wrong = await figures.differing(tx, numbers) | await training_days.differing(tx)
    return sorted(numbers[one] for one in wrong) + ["all"] * await message_days.differs(tx)


async def recount(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """Count every association anew; `who` does it. Returns whose figures were others."""
    numbers = await listing.association_numbers(tx)
    await figures.hold(tx, numbers)
    wrong = await differing(tx)
    await figures.recount(tx, numbers)
    await training_days.recount_all(tx)
    await message_days.recount(tx)
    await audit.note(tx, now, details["who"], "figures counted anew", {"associations": wrong})
    return {"associations": wrong}


OPERATIONS = {"recount": recount}
