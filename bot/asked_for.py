"""Whether a text counts as asked for: where she asked, or, for WhatsApp, where she wrote within a day."""

from __future__ import annotations

from datetime import datetime

from bot.channels.base import Channel
from bot.errors import DatabaseError, RetryLater
from bot.store import roads
from bot.store.engine import Database
from bot.store.outbox import Claim


async def asked_for(database: Database, channel: Channel, claim: Claim, now: datetime) -> bool:
    """WhatsApp counts hours: within a day of her words all is an answer, after it nothing. Raises RetryLater."""
    if channel.scheme != "whatsapp":
        return claim.kind == "reply"
    try:
        async with database.read() as tx:
            return await roads.talks(tx, claim.address_id, now)
    except DatabaseError as error:
        raise RetryLater(str(error)) from None
