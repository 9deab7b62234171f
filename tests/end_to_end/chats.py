"""Leaders with Telegram: the real App on a small programme, the real channel, the Bot API emulator."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import exists, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import App
from bot.clock import Clock, StoppedClock
from bot.operations import OPERATIONS
from bot.programme import roster as rosters
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.tables import countings, inbox, metadata, outbox
from handlers.turn import NOTHING
from tests import botapi_bots
from tests.botapi import Emulator
from tests.botapi_updates import Shown, User
from tests.play_service import NOW
from tests.programme import small_roster

SETTLES_S = 30.0
"""Patience, for a machine that has other work too; nothing waits so long on a quiet one."""
WAITING = union_all(
    select(literal("a summary or a count")).where(exists().where(countings.c.counted_at.is_(None))),
    select(literal("a turn")).where(exists().where(inbox.c.state == "new")),
    select(literal("a text")).where(exists().where(outbox.c.state == "queued", outbox.c.channel == "telegram")),
    select(literal("a send")).where(exists().where(outbox.c.state == "sending")),
)


def settings_for(
    folder: Path, botapi: Emulator, more: Mapping[str, Mapping[str, str]] = NOTHING, **telegram: str
) -> Settings:
    """A live programme with Telegram, and `more` channels."""
    return Settings.model_validate(
        {
            "live": True,
            "project": {"name": "Rutana", "start": "2026-04-01"},
            "words": {"send_drafts": True},
            "safeguarding": {"hotline": "22 00 00 00"},
            "channels": {"telegram": {"token": botapi.token, "api_url": botapi.url, **telegram}, **more},
            "folder": folder,
        }
    )


@asynccontextmanager
async def programme(
    botapi: Emulator,
    folder: Path,
    patch: pytest.MonkeyPatch,
    consent: str = "yes",
    clock: Clock | None = None,
    staff: Sequence[rosters.Staff] = (),
    channels: Mapping[str, Mapping[str, str]] = NOTHING,
) -> AsyncIterator[Chats]:
    """The service, with Odette, Jean and Agnes in its roster, and Eric; it can be left and entered again."""
    patch.setattr("bot.channels.telegram.Telegram", lambda settings, url: botapi_bots.channel(settings, url))
    settings = settings_for(folder, botapi, channels)
    if not (folder / "kurikirana.db").exists():
        await _load(settings, folder, consent, staff)
    async with App.running(settings, clock or StoppedClock(NOW), web=False) as app:
        yield Chats(app, botapi)


async def _load(settings: Settings, folder: Path, consent: str, staff: Sequence[rosters.Staff]) -> None:
    database = await Database.open(settings.database.url, folder)

    async def load(tx: AsyncConnection, items: Sequence[None]) -> list[None]:
        people = small_roster()
        if consent != "yes":
            leaders = tuple(
                replace(leader, consent="none", consent_date=None, consent_how=None) for leader in people.leaders
            )
            people = rosters.Roster(people.associations, leaders, people.businesses, people.staff)
        if staff:
            team = (*people.staff, *staff)
            people = rosters.Roster(people.associations, people.leaders, people.businesses, team)
        await rosters.load(tx, people, NOW, "test")
        return [None] * len(items)

    try:
        await database.writer.do(load, None)
    finally:
        await database.close()


class Chats:
    """The running service, and what a test asks of it."""

    def __init__(self, app: App, botapi: Emulator) -> None:
        self.app, self.botapi = app, botapi

    async def token(self, person: str = "ABAHUZA ODETTE") -> str:
        """A one-time token, as the officer's command makes it."""
        operation = OPERATIONS["token new"]

        async def make(tx: AsyncConnection, items: Sequence[None]) -> list[Any]:
            return [await operation(tx, {"person": person}, NOW) for _ in items]

        return str((await self.app.database.writer.do(make, None))["token"])

    async def odette(self, chat_id: int = 4711) -> User:
        """Odette, enrolled and greeted, in English."""
        user = self.botapi.user(chat_id, "Odette")
        user.starts(await self.token())
        await self.presses(user, "English")
        return user

    async def eric(self, chat_id: int = 31, language: str = "English") -> User:
        """Eric, the officer of all associations, in his chat."""
        return await self.one_of_the_team("Eric", chat_id, language)

    async def one_of_the_team(self, name: str, chat_id: int, language: str = "English") -> User:
        """Somebody of the roster's staff, linked by a token."""
        user = self.botapi.user(chat_id, name)
        user.starts(await self.token(name))
        await self.presses(user, language)
        return user

    async def beatrice(self, chat_id: int = 41) -> User:
        """Beatrice, a focal point of the sealed queue."""
        user = self.botapi.user(chat_id, "Beatrice")
        user.starts(await self.token("Beatrice"))
        await self.presses(user, "English")
        return user

    async def settled(self) -> None:
        """Until nothing waits: no update, no turn, nothing that is read beside the turns, no text."""
        await self.botapi.until(lambda: not self.botapi.queue.pending, SETTLES_S)
        pause, ends = 0.01, time.monotonic() + SETTLES_S
        while time.monotonic() < ends:
            async with self.app.database.read() as tx:
                waiting = (await tx.execute(WAITING)).scalars().all()
            if not waiting:
                return
            await asyncio.sleep(pause)
            pause = min(1.5 * pause, 0.1)  # whoever asks too often keeps the service from what is waited for
        raise AssertionError(f"still waiting: {waiting}")

    async def presses(self, user: User, button: str, shown: Shown | None = None) -> Shown:
        """Press a button of her last message with such a button; what the bot says then."""
        await self.settled()
        if shown is None:
            there = [one for one in user.sees if any(button in label for label in one.labels)]
            assert there, f"no button {button!r}: {[(one.text, one.labels) for one in user.sees]}"
            shown = there[-1]
        user.presses(shown, button)
        await self.settled()
        return user.sees[-1]

    async def says(self, user: User, text: str) -> Shown:
        """She writes; what the bot says then."""
        await self.settled()
        user.says(text)
        await self.settled()
        return user.sees[-1]

    async def replies(self, user: User, shown: Shown, text: str) -> int:
        """Telegram's reply, once it is written down which message that was; the id of hers."""
        await self.settled()
        return user.replies(shown, text)

    async def rows(self, table: str, **where: Any) -> list[Mapping[str, Any]]:
        """Rows of a table, oldest first."""
        columns = metadata.tables[table].c
        wanted = select(metadata.tables[table]).order_by(next(iter(columns)))
        for name, value in where.items():
            wanted = wanted.where(columns[name] == value)
        async with self.app.database.read() as tx:
            return [dict(row._mapping) for row in await tx.execute(wanted)]

    async def report(self) -> Mapping[str, Any]:
        """The only report."""
        (row,) = await self.rows("reports")
        return row


@pytest.fixture(name="chats")
async def chats_fixture(botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Chats]:
    """The small programme: `from tests.end_to_end.chats import chats_fixture  # noqa: F401`."""
    async with programme(botapi, tmp_path, monkeypatch) as running:
        yield running
