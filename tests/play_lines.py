"""The simulated phones and chats of a conversation script: what is written there, and what came.

Whether anything is under way they ask of the database itself: each step asks at least twice, and a look through
the service's readers takes 1.5 ms of processor for its threads.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg

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
Ask = Callable[[str, tuple[object, ...]], Awaitable[Sequence[Any]]]
"""The rows of a query with question marks."""


@asynccontextmanager
async def of_file(file: Path) -> AsyncIterator[Ask]:
    """Asks a SQLite database."""
    with closing(sqlite3.connect(file, isolation_level=None)) as database:

        async def ask(query: str, values: tuple[object, ...]) -> Sequence[Any]:
            return database.execute(query, values).fetchall()

        yield ask


@asynccontextmanager
async def of_server(url: str) -> AsyncIterator[Ask]:
    """Asks a PostgreSQL database."""
    connection = await asyncpg.connect(url)

    async def ask(query: str, values: tuple[object, ...]) -> Sequence[Any]:
        places = count(1)
        numbered = re.sub(r"\?", lambda _: f"${next(places)}", query)
        return list(await connection.fetch(numbered, *values))

    try:
        yield ask
    finally:
        await connection.close()


class PhoneLine(Line):
    """One phone of a running App, whose database `ask` asks."""

    def __init__(self, app: App, ask: Ask, phone: str) -> None:
        super().__init__(app, phone)
        self._ask = ask

    async def _busy(self) -> bool:
        if self._app.database.at_work:
            return True
        return bool((await self._ask(_UNFINISHED, ("tel", self.phone) * 2))[0][0])


@dataclass(frozen=True)
class Said:
    text: str
    id: str
    """The provider's, as a reply names it."""


class ChatLine:
    """One chat of a running App, as PhoneLine is one phone; `phone` is the chat's id."""

    def __init__(self, app: App, ask: Ask, chat: str) -> None:
        channel = app.channels["chat"]
        assert isinstance(channel, Chat)
        self._app, self._channel, self._ask, self.phone = app, channel, ask, chat
        self._read = 0
        self._last = ""

    async def send(self, text: str, kind: Kind = "text", *, reply: bool = False) -> None:
        """She writes, or blocks us; or answers the last text with Telegram's reply."""
        data = {"reply_to": self._last} if reply else {}
        await self._channel.hear(self.phone, f"talk-{uuid4().hex}", kind, text, data)

    async def press(self, data: str, message: str = "") -> None:
        """She presses a button of the last text, or of one before it."""
        key = f"talk-{uuid4().hex}"
        pressed = {"data": data, "callback": key, "message": message or self._last}
        await self._channel.hear(self.phone, key, "button", "", pressed)

    async def move(self, by: timedelta) -> None:
        """Move the clock ahead and wake what became due."""
        await move_clock(self._app, by)

    async def answers(self) -> list[Said]:
        """What came since the last look, once no turn and no text is under way."""
        mine = ("telegram", self.phone)
        now = int(self._app.clock.now().timestamp() * 1_000_000)  # as Moment keeps it
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            # a turn of anybody's may wake this chat: a question that is overdue is woken at who asked
            while self._app.database.at_work or (await self._ask(_UNDER_WAY, (now, *mine)))[0][0]:
                await asyncio.sleep(0.005)
        rows = await self._ask(_NEW, (*mine, self._read))
        if rows:
            self._read, self._last = rows[-1][0], rows[-1][2] or ""
        return [Said(text, provider_id or "") for _, text, provider_id in rows]
