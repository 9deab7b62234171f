"""Credit for the SMS that leaders paid: what the commands ask for, each in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.render.plural import many
from bot.store import audit, refunds


async def refunds_list(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """What each phone paid in a month; the reading is noted. Raises BotError for what is no month."""
    rows = await _paid(tx, details)
    await audit.note(tx, now, details["who"], "refunds read", {"month": details["month"], "phones": len(rows)})
    return rows


async def refunds_sent(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """Tell the phones of that month, when `yes` is their number. Raises BotError when it is another one."""
    rows = await _paid(tx, details)
    if details["yes"] is None:
        return {"phones": len(rows), "told": None}
    if details["yes"] != len(rows):
        raise BotError(
            f"--yes {details['yes']}: {many(len(rows), 'phone', 'phones')} would be told; write --yes {len(rows)}"
        )
    await refunds.tell(tx, rows, details["month"], now)
    await audit.note(tx, now, details["who"], "refunds told", {"month": details["month"], "phones": len(rows)})
    return {"phones": len(rows), "told": len(rows)}


async def _paid(tx: AsyncConnection, details: Mapping[str, Any]) -> list[dict[str, Any]]:
    zone = ZoneInfo(details["zone"])
    try:
        begins = datetime.strptime(details["month"], "%Y-%m").replace(tzinfo=zone)
    except ValueError:
        raise BotError(f"--month {details['month']}: write a month as 2026-11") from None
    ends = (begins + timedelta(days=32)).replace(day=1)
    return await refunds.paid(tx, begins, ends)


OPERATIONS = {"refunds list": refunds_list, "refunds sent": refunds_sent}
