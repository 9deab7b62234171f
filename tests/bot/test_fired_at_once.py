"""Timers that are due are decided in the transaction that fires them, but by a process whose forerunner died."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import parts
from bot.app import App
from bot.channels.base import Arrival
from bot.store import inbox, tables
from bot.store.inbox import Incoming
from bot.store.writer import FAILED
from bot.workers import timers as timer_worker
from handlers.turn import Wake
from tests.crash import programme
from tests.crash.programme import ASSOCIATIONS, phones, told
from tests.databases import rows

TIMERS, INBOX, OUTBOX = tables.timers, tables.inbox, tables.outbox


@asynccontextmanager
async def running(folder: Path, *, died: bool = False) -> AsyncIterator[App]:
    """The little programme at an hour in which reminders may leave; its trainings' timers are still to come."""
    settings = programme.at_any_hour(programme.settings(folder, 1, 9, date.today()))
    await programme.make(settings)
    if died:
        (folder / "crash.db.lock").write_text("4711")
    async with App.running(settings, web=False) as app:
        yield app


async def fall_due(app: App) -> None:
    """All reminders about trainings, a minute ago, and the timers' worker looks."""
    await are_due(app)
    await app.timers.look()


async def are_due(app: App) -> None:
    """All reminders about trainings, a minute ago."""

    async def work(tx: AsyncConnection, items: Any) -> list[None]:
        due = datetime.now(UTC) - timedelta(minutes=1)
        await tx.execute(update(TIMERS).where(TIMERS.c.key.like("training:%")).values(due_at=due))
        return [None] * len(items)

    await app.database.writer.do(work, None)


async def fired(app: App) -> list[Any]:
    """What the timers became, in the order of the inbox."""
    return list(await rows(app.database, select(INBOX).where(INBOX.c.channel == "timer").order_by(INBOX.c.id)))


@pytest.mark.parametrize("died", [False, True])
async def test_a_reminder_is_kept_as_done(tmp_path: Path, died: bool) -> None:
    async with running(tmp_path, died=died) as app:
        app.inbox._put = lambda *_, **__: None  # type: ignore[method-assign] # no turn but that of its firing
        await fall_due(app)
        events = await fired(app)
        waiting = await rows(app.database, select(TIMERS.c.state).where(TIMERS.c.key.like("training:%")))
        texts = await rows(app.database, select(OUTBOX.c.inbox_id).where(OUTBOX.c.key == "F1"))
    assert [event.state for event in events] == ["new" if died else "done"] * ASSOCIATIONS
    assert {row.state for row in waiting} == {"fired" if died else "waiting"}
    assert {row.inbox_id for row in texts} == (set() if died else {event.id for event in events})


async def test_each_row_says_what_one_says_that_was_kept_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same programme, fired in one transaction and in two: every column but the moments and the ids."""
    seen = []
    for careful in (False, True):
        folder = tmp_path / str(careful)
        folder.mkdir()
        async with running(folder) as app:
            monkeypatch.setattr(type(app.database), "careful", careful)
            await fall_due(app)
            kept = [event._asdict() for event in await fired(app)]
            texts = [row._asdict() for row in await rows(app.database, select(OUTBOX).order_by(OUTBOX.c.address_id))]
            later = [row._asdict() for row in await rows(app.database, select(TIMERS).order_by(TIMERS.c.key))]
            states = [row._asdict() for row in await rows(app.database, select(tables.conversations))]
        seen.append([[_timeless(row) for row in table] for table in (kept, texts, later, states)])
    assert len(seen[0][0]) == len(seen[0][1]) == ASSOCIATIONS
    assert seen[0] == seen[1]


def _timeless(row: dict[str, Any]) -> dict[str, Any]:
    """Without the moments of a run, wherever they stand, and what is counted up."""
    return {
        name: _timeless(value) if isinstance(value, dict) else value
        for name, value in row.items()
        if name not in ("id", "dedupe_key", "at", "day0", "due", "inbox_id", "attempts", "reason", "provider_id")
        and not isinstance(value, datetime)
        and not (name == "state" and isinstance(value, str) and value in ("queued", "sending", "failed", "uncertain"))
    }


async def test_a_conversation_that_another_ones_reminder_wakes_is_kept_behind_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = parts.step

    def step(turn: Any) -> Any:
        outcome = real(turn)
        if outcome.understood != "reminder training: touch 1":
            return outcome
        return outcome.but(effects=(Wake(None, {"what": "nothing"}, address_id=turn.address.id % 12 + 1),))

    monkeypatch.setattr(parts, "step", step)
    failed = FAILED.labels("group")._value.get()
    async with running(tmp_path) as app:
        await fall_due(app)
        await app.database.writer.do(_nothing, None)  # the turns of those that were woken are in the same group
        events = await fired(app)
    assert FAILED.labels("group")._value.get() == failed, "their rows took each other's numbers"
    assert [event.data["timer"] for event in events] == ["reminder"] * ASSOCIATIONS + ["wake"] * ASSOCIATIONS
    assert {event.state for event in events} == {"done"}


async def _nothing(tx: AsyncConnection, items: Any) -> list[None]:
    return [None for _ in items]


async def test_who_writes_while_many_are_due_does_not_wait_for_all_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timer_worker, "MOST_AT_ONCE", 1)
    async with running(tmp_path) as app:
        await are_due(app)
        looking = asyncio.create_task(app.timers.look())
        while not await fired(app):
            await asyncio.sleep(0)
        phone, association = phones()[0]
        report = told(phone, association, 1, date.today())
        await app.inbox.arrivals([Arrival("kannel", report.key, "tel", phone, text=report.text)])
        before = len(await fired(app))
        await looking
        after = len(await fired(app))
    assert before < after == ASSOCIATIONS


async def test_what_waits_goes_first(tmp_path: Path) -> None:
    """She reported, and her turn could not be taken yet: the timer does not ask her for what she has said."""
    async with running(tmp_path) as app:
        phone, association = phones()[0]
        report = told(phone, association, 1, date.today())
        now = datetime.now(UTC)
        hers = Incoming("kannel", report.key, "tel", phone, "text", report.text, None, now, None)
        await app.database.writer.do(inbox.keep, hers)
        await fall_due(app)
        said = {event.data["association"]: event.understood for event in await fired(app)}
    assert said.pop(association) == "reminder training: reported since"
    assert set(said.values()) == {"reminder training: touch 1"}


async def test_one_whose_turn_fails_keeps_nobody_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = parts.step

    def step(turn: Any) -> Any:
        if turn.inbound.kind == "timer" and turn.inbound.data.get("association") == 1:
            raise ZeroDivisionError
        return real(turn)

    monkeypatch.setattr(parts, "step", step)
    async with running(tmp_path) as app:
        await fall_due(app)
        async with asyncio.timeout(20):
            while True:
                states = {event.data["association"]: event.state for event in await fired(app)}
                if "quarantined" in states.values():
                    break
                await asyncio.sleep(0.05)
    assert states.pop(1) == "quarantined"
    assert list(states.values()) == ["done"] * (ASSOCIATIONS - 1)
