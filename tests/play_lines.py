"""The simulated phones and chats of a conversation script: what is written there, and what came.

Whether anything is under way they ask of the file itself: each step asks at least twice, and a look through the
service's readers takes 1.5 ms of processor for its threads.
"""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from bot.app import App
from bot.channels.chat import Chat
from bot.cli.talk import Line
from bot.console.simulator import move_clock
from handlers.turn import Kind

ANSWERS_WITHIN_S = 10.0
_HERE = "address_id = (select id from addresses where scheme = ? and value = ?)"
_UNFINISHED = f"""select exists (select 1 from inbox where state = 'new' and {_HERE})
                  or exists (select 1 from outbox where state in ('queued', 'sending') and {_HERE})"""
_UNDER_WAY = f"""select exists (select 1 from inbox where state = 'new')
                 or exists (select 1 from outbox where state in ('queued', 'sending') and (due_at <= ? or {_HERE}))"""
_NEW = f"select id, text, provider_id from outbox where {_HERE} and id > ? and text != '' order by id"


class PhoneLine(Line):
    """One phone of a running App whose database is `file`."""

    def __init__(self, app: App, file: sqlite3.Connection, phone: str) -> None:
        super().__init__(app, phone)
        self._file = file

    async def _busy(self) -> bool:
        mine = ("tel", self.phone)
        return self._app.database.writer.at_work or bool(self._file.execute(_UNFINISHED, mine * 2).fetchone()[0])


@dataclass(frozen=True)
class Said:
    text: str
    id: str
    """The provider's, as a reply names it."""


class ChatLine:
    """One chat of a running App, as PhoneLine is one phone; `phone` is the chat's id."""

    def __init__(self, app: App, file: sqlite3.Connection, chat: str) -> None:
        channel = app.channels["chat"]
        assert isinstance(channel, Chat)
        self._app, self._channel, self._file, self.phone = app, channel, file, chat
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
        mine = ("telegram", self.phone)
        now = int(self._app.clock.now().timestamp() * 1_000_000)  # as Moment keeps it
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            # a turn of anybody's may wake this chat: a question that is overdue is woken at who asked
            while self._app.database.writer.at_work or self._ask(_UNDER_WAY, (now, *mine))[0][0]:
                await asyncio.sleep(0.005)
        rows = self._ask(_NEW, (*mine, self._read))
        if rows:
            self._read, self._last = rows[-1][0], rows[-1][2] or ""
        return [Said(text, provider_id or "") for _, text, provider_id in rows]

    def _ask(self, query: str, values: tuple[object, ...]) -> list[Any]:
        return self._file.execute(query, values).fetchall()
