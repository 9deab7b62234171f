"""A leader's number changes: what the team asks for, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.programme.roster.phones import read_phone
from bot.render.sentences import Sentence
from bot.store import number_changes


async def move(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """`person` is reached under `number` from now on. Raises BotError: no number, or not hers alone."""
    read = read_phone(str(details["number"]), demo=bool(details.get("demo")))
    if not read.number:
        given = str(details["number"]).strip()
        raise BotError(Sentence("{number}: {what}", number=given, what=read.problem) if given else read.problem)
    person = int(details["person"])
    others = [one for one in await number_changes.whose(tx, read.number) if one != person]
    if others and not details.get("shared"):
        raise BotError(
            Sentence("Somebody else uses this number. Say that they share the phone, or correct the number.")
        )
    return {"person": person, "left": await number_changes.move(tx, person, read.number), "sharing": len(others)}


OPERATIONS = {"person move": move}
