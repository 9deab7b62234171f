"""A turn that raises: it is tried alone, its phone's later messages wait behind it, nobody else's do (fault A7)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from bot import parts
from bot.app import App
from bot.channels.base import Arrival
from bot.errors import DatabaseError
from bot.render import Words
from bot.store import inbox, tables
from bot.store.engine import Database
from bot.store.inbox import Incoming
from bot.turns import Turns
from bot.workers.inbox import InboxWorker
from tests.crash import programme
from tests.crash.programme import phones, told
from tests.databases import rows


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Without a configuration structlog draws every traceback, which takes a second each."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


def arrival(phone: str, association: int, number: int) -> Arrival:
    message = told(phone, association, number, date.today())
    return Arrival("kannel", message.key, "tel", phone, text=message.text)


async def _handled(app: App, how_many: int, within_s: float = 20.0) -> list[tuple[str, str]]:
    """(key, state) of the messages, the handled ones first, in the order of their handling."""
    columns = (tables.inbox.c.dedupe_key, tables.inbox.c.state)
    query = select(*columns).order_by(tables.inbox.c.handled_at, tables.inbox.c.id)
    async with asyncio.timeout(within_s):
        while True:
            found = [tuple(row) for row in await rows(app.database, query)]
            if sum(state != "new" for _, state in found) >= how_many:
                return found
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("failures", [3, 4, 99])
async def test_a_turn_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failures: int) -> None:
    """It fails twice with its group and alone a few times, or always: then it is set aside."""
    left, real = failures, parts.step

    def step(turn: Any) -> Any:
        nonlocal left
        if turn.inbound.text == bad.text and left > 0:
            left -= 1
            raise ZeroDivisionError
        return real(turn)

    monkeypatch.setattr(parts, "step", step)
    settings = programme.settings(tmp_path, 1, 9, date.today())
    await programme.make(settings)
    hers, other = phones()[0], phones()[1]
    bad, later = arrival(*hers, 1), [arrival(*hers, number) for number in (2, 3)]
    others = [arrival(*other, number) for number in (1, 2)]
    async with App.running(settings, web=False) as app:
        await app.inbox.arrivals([bad, *others, *later])
        first = await _handled(app, 2, within_s=1.0)
        assert {key for key, state in first if state == "done"} >= {message.key for message in others}
        found = dict(await _handled(app, 5))
        order = [key for key in await _order(app) if key in {bad.key, *(message.key for message in later)}]
    assert found.pop(bad.key) == ("quarantined" if failures == 99 else "done")
    assert set(found.values()) == {"done"}
    expected = [message.key for message in ([] if failures == 99 else [bad]) + later]
    assert order == expected


async def _order(app: App) -> list[str]:
    """Keys in the order their reports were numbered."""
    keys = {row.id: row.dedupe_key for row in await rows(app.database, select(tables.inbox))}
    made = await rows(app.database, select(tables.reports.c.inbox_ids).order_by(tables.reports.c.number))
    return [keys[row.inbox_ids[0]] for row in made]


@pytest.mark.parametrize("why", ["the database is away", "another process has the phone in hand"])
async def test_a_replay_that_could_not_be_done_is_no_death(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """However often the service is started meanwhile: the message is not set aside."""
    settings = programme.settings(tmp_path, 1, 9, date.today())
    await programme.make(settings)
    real, tries = Turns.take, 0

    async def take(self: Turns, tx: Any, items: Any) -> list[bool]:
        nonlocal tries
        if items[0].row is None:
            return await real(self, tx, items)
        tries += 1
        if why == "the database is away":
            raise DatabaseError(why)
        return [False]

    monkeypatch.setattr(Turns, "take", take)
    database = await Database.open(settings.database.url, settings.folder)
    one = told(*phones()[0], 1, date.today())
    now = datetime.now(UTC)
    await database.writer.do(
        inbox.keep, Incoming("kannel", one.key, "tel", one.phone, "text", one.text, None, now, None)
    )
    for _ in range(5):
        turns = Turns(settings, Words.load(), {}, lambda: now, parts.step, {})
        await InboxWorker(database, turns, lambda: now, lambda: None).recover()
    (row,) = await rows(database, select(tables.inbox.c.state, tables.inbox.c.deaths))
    assert (tries, *row) == (5, "new", 0)
    await database.close()
