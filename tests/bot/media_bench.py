"""A media worker on a real database, with a channel that hands over what a test gives it."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from bot.channels.base import File
from bot.clock import StoppedClock
from bot.sections import Privacy, Project, Settings
from bot.store.engine import Database
from bot.store.tables import addresses, inbox, media
from bot.workers.media import MediaWorker

AT = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)  # in Burundi it is December already
OGG = b"OggS\x00\x02" + bytes(22) + b"OpusHead" + b"\x01" * 500


class Stub:
    """A channel that hands over what a test gives it."""

    name = "stub"

    def __init__(self) -> None:
        self.answers: list[bytes | Exception | Callable[[], Any]] = []
        self.asked: list[dict[str, Any]] = []
        self.was_asked = asyncio.Event()

    async def fetch(self, data: Mapping[str, Any], limit: int) -> File:
        self.asked.append(dict(data))
        self.was_asked.set()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, bytes):
            return File(answer, "image/jpeg")
        return await answer()  # type: ignore[no-any-return]


@dataclass
class Bench:
    worker: MediaWorker
    database: Database
    channel: Stub
    clock: StoppedClock
    settings: Settings

    async def arrives(self, kind: str = "photo", channel: str = "stub", **data: Any) -> int:
        """A waiting row; its id."""

        async def work(tx: Any, items: Any) -> list[int]:
            there = (await tx.execute(select(addresses.c.id).limit(1))).scalar()
            row = {"scheme": "telegram", "value": "1", "channel": channel}
            address = there or (await tx.execute(insert(addresses).values(row))).inserted_primary_key[0]
            arrived = {
                "channel": channel, "dedupe_key": secrets.token_hex(8), "address_id": address,
                "kind": kind, "text": "", "data": {"file_id": "x", **data}, "received_at": AT,
            }  # fmt: skip
            inbox_id = (await tx.execute(insert(inbox).values(arrived))).inserted_primary_key[0]
            waiting = {"inbox_id": inbox_id, "kind": kind, "state": "waiting", "at": self.clock.now()}
            return [(await tx.execute(insert(media).values(waiting))).inserted_primary_key[0]]

        return await self.database.writer.do(work, None)

    async def row(self, number: int) -> Any:
        async with self.database.read() as tx:
            return (await tx.execute(select(media).where(media.c.id == number))).one()

    async def change(self, number: int, **values: Any) -> None:
        async def work(tx: Any, items: Any) -> list[None]:
            await tx.execute(update(media).where(media.c.id == number).values(**values))
            return [None]

        await self.database.writer.do(work, None)

    async def comes(self, content: bytes, kind: str = "photo", **data: Any) -> Any:
        """It arrives and is looked at once; its row afterwards."""
        self.channel.answers = [content]
        number = await self.arrives(kind, **data)
        await self.worker.look()
        return await self.row(number)

    @property
    def folder(self) -> Path:
        return self.settings.path("media")

    @property
    def files(self) -> list[str]:
        return sorted(f.relative_to(self.folder).as_posix() for f in self.folder.rglob("*") if f.is_file())

    def restarted(self) -> MediaWorker:
        return MediaWorker(self.settings, self.database, {"stub": self.channel}, self.clock.now)  # type: ignore[dict-item]


@contextlib.asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Bench]:
    """A bench in an empty folder."""
    settings = Settings(project=Project(start=date(2026, 4, 1)), privacy=Privacy(photo_megabytes=2), folder=folder)
    database = await Database.open("sqlite:///test.db", folder)
    clock, channel = StoppedClock(AT), Stub()
    worker = MediaWorker(settings, database, {"stub": channel}, clock.now)  # type: ignore[dict-item]
    yield Bench(worker, database, channel, clock, settings)
    await database.close()
