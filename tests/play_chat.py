"""A simulated chat in a conversation script: what is written there, replies with Telegram's own reply, what came."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import func, select

from bot.app import App
from bot.channels.chat import Chat
from bot.console.simulator import move_clock
from bot.store import look
from bot.store.tables import addresses, outbox
from handlers.turn import Kind

ANSWERS_WITHIN_S = 10.0


@dataclass(frozen=True)
class Said:
    text: str
    id: str
    """The provider's, as a reply names it."""


class ChatLine:
    """One chat of a running App, as `Line` is one phone; `phone` is the chat's id."""

    def __init__(self, app: App, chat: str) -> None:
        channel = app.channels["chat"]
        assert isinstance(channel, Chat)
        self._app, self._channel, self.phone = app, channel, chat
        self._read = 0
        self._last = ""

    async def send(self, text: str, kind: Kind = "text", *, reply: bool = False) -> None:
        """She writes, or blocks us; or answers the last text with Telegram's reply."""
        data = {"reply_to": self._last} if reply else {}
        await self._channel.hear(self.phone, f"talk-{uuid4().hex}", kind, text, data)

    async def move(self, by: timedelta) -> None:
        """Move the clock ahead and wake what became due."""
        await move_clock(self._app, by)

    async def answers(self) -> list[Said]:
        """What came since the last look, once no turn and no text is under way."""
        mine = select(addresses.c.id).where(addresses.c.scheme == "telegram", addresses.c.value == self.phone)
        here = outbox.c.address_id.in_(mine)
        leaves = select(func.count()).where(here, outbox.c.state.in_(("queued", "sending")))
        new = select(outbox).where(here, outbox.c.id > self._read, outbox.c.text != "").order_by(outbox.c.id)
        now = self._app.clock.now()
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            while True:
                if not self._app.database.writer.at_work:
                    async with self._app.database.read() as tx:
                        # a turn of anybody's may wake this chat: a question that is overdue is woken at who asked
                        if not await look.under_way(tx, now) and not (await tx.execute(leaves)).scalar_one():
                            rows = (await tx.execute(new)).all()
                            break
                await asyncio.sleep(0.005)
        if rows:
            self._read, self._last = rows[-1].id, rows[-1].provider_id or ""
        return [Said(row.text, row.provider_id or "") for row in rows]
