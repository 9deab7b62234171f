"""A leader leaves her association: one of the team ends her role with a date. Her reports stay where they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.render.sentences import Sentence
from bot.store import leaving


async def leave(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """`person` (an id) or `name` is a leader until the day `on`, else today. Raises BotError.

    `dry_run` only looks.
    """
    offset = timedelta(minutes=int(details.get("utc_offset_min") or 0))
    try:
        day = date.fromisoformat(str(details["on"])) if details.get("on") else (now + offset).date()
    except ValueError:
        raise BotError(Sentence("'{day}' is not a day. Write it as 2026-11-12.", day=details["on"])) from None
    at = min(now, datetime.combine(day, time(12), now.tzinfo) - offset)
    if day > (now + offset).date():
        raise BotError(Sentence("{day} has not come yet. Write the day on which she left.", day=day.isoformat()))
    her = await _who(tx, details)
    if not details.get("dry_run"):
        await leaving.leave(tx, her["id"], at)
    return {"person": her["id"], "name": her["sms_name"], "association": her["association"], "on": day.isoformat()}


async def _who(tx: AsyncConnection, details: Mapping[str, Any]) -> Mapping[str, Any]:
    if "person" in details:
        if (found := await leaving.one(tx, int(details["person"]))) is None:
            raise BotError(Sentence("She is no leader any more: somebody has ended her role, or erased her."))
        return found
    there = await leaving.named(tx, str(details["name"]))
    if len(there) != 1:
        names = ", ".join(f"{row['association']} {row['sms_name']}" for row in there) or "nobody"
        raise BotError(f"{details['name']!r}: {names}. Write ASSOCIATION NAME of one leader.")
    return there[0]


OPERATIONS = {"leader left": leave}
