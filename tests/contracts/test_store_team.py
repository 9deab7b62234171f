"""What the team asks and writes, on SQLite and PostgreSQL: tasks told and closed once, lists within an area."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import calls, facts, lateness, people, tables, tasks
from bot.store.batch import Batch
from bot.store.engine import Database
from handlers.turn import (
    AssociationSeen,
    LateOf,
    PageOf,
    QuestionsOpen,
    RemindOf,
    Search,
    TaskNumbered,
    TasksOfRow,
    TasksOpen,
    TextsWaiting,
    Viewer,
    Waiting,
)
from tests.databases import NOW, database, execute, place, postgres_server, rows

__all__ = ["database", "place", "postgres_server"]
DAY = timedelta(days=1)
ERIC, ALINE, ODETTE = 1, 2, 3
ALL = Viewer(0, everything=True)
_WOKEN = select(tables.inbox.c.address_id, tables.inbox.c.dedupe_key).where(tables.inbox.c.channel == "timer")


async def _fill(database: Database) -> None:
    """Two associations with an officer each, who has a chat; Odette of the first one wrote, twice behind the door."""
    t = tables
    place = {"commune_now": "Rutana", "colline": "Kivoga"}
    for number, officer, commune in ((1, ERIC, "Giharo"), (2, ALINE, "Bukemba")):
        names = {"no": f"{number:02}", "name": f"A{number}", "sms_name": f"A{number}", "commune_old": commune}
        row = {"id": number, **names, **place, "officer_id": officer}
        await execute(database, insert(t.associations), row)
    for number, name, kind in ((ERIC, "Eric", "staff"), (ALINE, "Aline", "staff"), (ODETTE, "Odette", "leader")):
        row = {"id": number, "kind": kind, "name": name, "sms_name": name, "language": "en", "consent": "yes"}
        row |= {"role": "officer" if kind == "staff" else None, "association_id": 1 if kind == "leader" else None}
        await execute(database, insert(t.people), row)
        scheme = "telegram" if kind == "staff" else "tel"
        row = {"id": number, "scheme": scheme, "value": f"{number}", "channel": "telegram"}
        await execute(database, insert(t.addresses), row)
        await execute(database, insert(t.people_addresses), {"person_id": number, "address_id": number})
    for number, text in ((1, "Décortiqueuse en panne"), (2, "a secret"), (3, "the menu of the door")):
        row = {"channel": "x", "dedupe_key": str(number), "address_id": ODETTE, "kind": "text"}  # ids are 1, 2, 3
        await execute(database, insert(t.inbox), row | {"text": text, "received_at": NOW, "person_id": ODETTE})
    for number, sealed in ((1, False), (2, True)):
        row = {"id": number, "kind": "read", "due_at": NOW + DAY, "person_id": ODETTE, "association_id": 1}
        await execute(
            database,
            insert(t.tasks),
            row | {"address_id": ODETTE, "inbox_id": number, "sealed": sealed, "made_at": NOW},
        )
    row = {"inbox_id": 3, "address_id": ODETTE, "channel": "x", "key": "J1", "kind": "reply", "language": "en"}
    row |= {"text": "1 money 2", "parts": 1, "due_at": NOW, "made_at": NOW}
    await execute(database, insert(t.outbox), row)
    for kind in ("broadcast", "tip"):
        await execute(database, insert(t.outbox), row | {"kind": kind, "urgency": 1})


async def _known(database: Database, *wanted: Any) -> list[Any]:
    async def load(tx: AsyncConnection, items: Sequence[None]) -> list[Any]:
        found = await facts.load(tx, wanted, await people.load_associations(tx))
        return [[found[fact] for fact in wanted]]

    found: list[Any] = await database.writer.do(load, None)
    return found


async def test_lists_stay_within_the_area_and_behind_the_door(database: Database) -> None:
    await _fill(database)
    eric, aline, old = Viewer(ERIC), Viewer(ALINE), NOW - DAY
    theirs, hers, later, by_word = await _known(
        database,
        TasksOpen(eric, old),
        TasksOpen(aline, old),
        TasksOpen(aline, NOW),
        TasksOpen(Viewer(ALINE, words=("Giharo",)), old, 1),
    )
    assert [task.id for task in theirs] == [1] == [task.id for task in later] == [task.id for task in by_word]
    assert hers == () and (theirs[0].name, theirs[0].text) == ("Odette", "Décortiqueuse en panne")
    assert (theirs[0].refused, theirs[0].shared, theirs[0].rich) == ("", False, False)
    found, none, sealed, page, not_hers = await _known(
        database,
        Search(eric, ("decortiqueuse",), 10),
        Search(aline, ("decortiqueuse",), 10),
        Search(ALL, ("secret",), 10),
        PageOf(eric, 1),
        PageOf(aline, 1),
    )
    assert [one.what for one in found.found] == ["message"] and not_hers is None
    assert none.found == () == sealed.found and none.before is None
    assert [one.text for one in page.messages] == ["Décortiqueuse en panne"]
    seen, unseen, own, other = await _known(
        database,
        TasksOfRow(1, eric, old),
        TasksOfRow(1, aline, old),
        AssociationSeen(eric, "1"),
        AssociationSeen(aline, "a1"),
    )
    assert [task.id for task in seen] == [1] and unseen == () and own.no == "01" and other is None


async def test_what_waits_and_who_is_late(database: Database) -> None:
    await _fill(database)
    late_of = LateOf(Viewer(ERIC), NOW, "en", "page")
    async with database.read() as tx:
        period = (ZoneInfo("Africa/Bujumbura"), date(2026, 11, 1), 14)
        late = await lateness.listed(tx, late_of, period, slice(8), 31)
    waiting, questions, remind, none = await _known(
        database,
        TextsWaiting(NOW),
        QuestionsOpen(ALL),
        RemindOf(Viewer(ERIC), 1, NOW),
        RemindOf(Viewer(ALINE), 1, NOW),
    )
    assert waiting == (Waiting("x", 1, NOW), Waiting("x", 2, NOW, unasked=True)) and questions == ()
    assert late.associations == 1 and [(one.association.no, one.state) for one in late.rows] == [("01", "silent")]
    assert remind.person.name == "Odette" and none is None


async def test_a_task_is_told_to_its_officer_once_and_closed_once(database: Database) -> None:
    await _fill(database)

    async def work(tx: AsyncConnection, items: Sequence[None]) -> list[None]:
        what = {"timer": "wake", "what": "task", "inbox": 1, "kind": "read"}
        told = {"wake_key": "told:1:read:", "what": what, "at": NOW}
        for association in (1, 1, None):
            await tx.execute(tasks.TELL_OFFICER[tx.dialect.name], {**told, "association": association})
        late = {**told, "wake_key": "late:1:read:", "but": ERIC}
        await tx.execute(tasks.TELL_REST[tx.dialect.name], late)
        for who in (ERIC, ALINE):
            await tx.execute(tasks.CLOSE_ONE, {"which": 1, "at": NOW, "who": who, "how": "answered"})
        return [None]

    await database.writer.do(work, None)
    woken = await rows(database, _WOKEN)
    assert sorted(woken) == [(ERIC, "told:1:read:1"), (ALINE, "late:1:read:2"), (ALINE, "told:1:read:2")]
    old = NOW - DAY
    task, hers, not_hers, hers_by_now = await _known(
        database,
        TaskNumbered(1),
        TaskNumbered(1, Viewer(ERIC), old),
        TaskNumbered(1, Viewer(ALINE), old),
        TaskNumbered(1, Viewer(ALINE), NOW),
    )
    assert task == hers == hers_by_now and not_hers is None
    assert (task.state, task.closed_by, task.result) == ("closed", "Eric", "answered")


async def test_one_call_is_one_task_and_taking_it_back_leaves_the_others(database: Database) -> None:
    """A stranger who sends 9 twice waits for one call; a person may wait for several reasons, from two phones."""

    def call(why: str, phone: int, who: int | None) -> dict[str, Any]:
        row = {"kind": "call", "due_at": NOW, "association_id": None, "inbox_id": 1, "sealed": False, "made_at": NOW}
        return row | {"about": why, "address_id": phone, "person_id": who}

    async def opened(*rows_: tuple[str, int, int | None]) -> None:
        async def add(tx: AsyncConnection, items: Sequence[Any]) -> list[None]:
            await tx.execute(calls.OPEN, [call(*row) for row in rows_])
            return [None for _ in items]

        await database.writer.do(add, None)

    asked, money = "asked to be called", "a problem: kit or money"
    await opened(("unknown number", 7, None), ("unknown number", 7, None), ("unknown number", 8, None))
    await opened((asked, 3, 3), (asked, 4, 3), (money, 3, 3), (asked, 3, None))
    there = select(tables.tasks.c.about, tables.tasks.c.address_id, tables.tasks.c.state).order_by(tables.tasks.c.id)
    first = [("unknown number", 7), ("unknown number", 8), (asked, 3), (money, 3)]
    assert await rows(database, there) == [(*one, "open") for one in first]

    async def in_one_group(tx: AsyncConnection, items: Sequence[Any]) -> list[None]:
        batch = Batch(tx)
        batch.add(calls.TAKE_BACK, {"address": 3, "why": asked, "at": NOW, "how": "not needed"})
        batch.add(calls.OPEN, call(asked, 3, 3))
        await batch.flush()
        return [None for _ in items]

    await database.writer.do(in_one_group, None)
    found = await rows(database, there)
    assert [row[2] for row in found] == ["open", "open", "closed", "open", "open"], "taken back, and asked for anew"
