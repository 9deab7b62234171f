"""The service that scripts are played against: the invented programme, on a clock that stands still."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import demo
from bot.app import App
from bot.clock import StoppedClock
from bot.programme import invented
from bot.store.engine import Database
from tests.play_lines import Ask, of_file, of_server
from tests.play_people import reports_sent

NOW = datetime(2026, 11, 23, 15, 31, tzinfo=UTC)
"""Monday 23/11/2026, 17:31 in Bujumbura: the moment all examples are about."""
TODAY = NOW.astimezone(ZoneInfo("Africa/Bujumbura")).date()
_made: list[bytes] = []


@asynccontextmanager
async def service(
    folder: Path,
    *,
    web: bool = False,
    fresh: bool = True,
    on: frozenset[str] = frozenset(),
    only: frozenset[str] = frozenset(),
    url: str = "",
    **reminders: Any,
) -> AsyncIterator[App]:
    """The service with the invented programme in a database of its own; the clock stands still.

    `on`: tips, reminders, totals; else none is sent, so that a script can move the clock. `only`: the associations
    that have not left the programme; empty for all. `url`: a database that holds the programme, for a new file.
    `reminders`: other settings of [reminders].
    """
    settings = demo.settings_for(folder, 0, TODAY)
    tips = settings.tips.model_copy(update={"on": "tips" in on})
    own = settings.reminders.model_copy(update={"totals_after_month": "totals" in on, **reminders})
    settings = settings.model_copy(update={"tips": tips, "reminders": own})
    if "reminders" not in on:
        settings = settings.model_copy(update={"limits": settings.limits.model_copy(update={"reminders": 0})})
    if url:
        settings = settings.model_copy(update={"database": settings.database.model_copy(update={"url": url})})
    elif fresh:
        (folder / "demo.db").write_bytes(await _programme())
    if only:
        async with asking(folder, url) as ask:
            names = ", ".join("?" * len(only))
            await ask(f"update associations set left_at = 1 where sms_name not in ({names})", (*only,))
    async with App.running(settings, StoppedClock(NOW), web=web, simulate=True) as app:
        yield app


def asking(folder: Path, url: str) -> AbstractAsyncContextManager[Ask]:
    """The database of `service` with these."""
    return of_server(url) if url else of_file(folder / "demo.db")


async def _programme() -> bytes:
    """The file of the invented programme after its first start, which made its timers: made once in a process."""
    if not _made:
        with tempfile.TemporaryDirectory() as folder:
            await begin(Path(folder))
            assert not list(Path(folder).rglob("*-wal"))
            _made.append((Path(folder) / "demo.db").read_bytes())
    return _made[0]


async def begin(folder: Path, url: str = "") -> None:
    """Fill a database with the invented programme and start the service on it once."""
    settings = demo.settings_for(folder, 0, TODAY)
    database = await Database.open(url or settings.database.url, settings.folder)
    try:
        await database.writer.do(_load, None)
    finally:
        await database.close()
    async with service(folder, fresh=False, url=url):
        pass


async def _load(tx: AsyncConnection, items: Sequence[None]) -> list[None]:
    await invented.load(tx, TODAY, NOW, demo.SEED)
    await reports_sent(tx)
    return [None] * len(items)
