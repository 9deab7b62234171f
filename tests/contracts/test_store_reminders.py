"""Timers of associations on both databases: made once, whom they wake, what happens when nobody can be written to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import facts, late, reminder_timers
from bot.store import tables as t
from bot.store.batch import Batch
from bot.store.engine import Database
from bot.store.timers import Fired, Look, fire, want
from handlers.turn import Heard, News, Timer, Unasked
from scheduler.cadence import Cadence
from scheduler.quiet import Hours
from scheduler.when import Rules
from tests.databases import NOW, add_addresses, database, execute, place, postgres_server, rows

__all__ = ["database", "place", "postgres_server"]
HOME = ZoneInfo("Africa/Bujumbura")
RULES = Rules(Hours(time(7, 30), time(19, 30), (), (), HOME), Cadence(14, time(17, 30), (3, 7), 25), 3, 2)
DAY = timedelta(days=1)


async def programme(database: Database, *leaders: dict[str, Any], businesses: bool = True) -> list[int]:
    """ABAHUZA, and its leaders with a phone each; their addresses."""
    where = {"commune_old": "Rutana", "commune_now": "Rutana", "colline": "Kivoga"}
    association = {"id": 7, "no": "07", "name": "Abahuza", "sms_name": "ABAHUZA", **where}
    await execute(database, insert(t.associations), [association])
    if businesses:
        await execute(database, insert(t.businesses), [{"no": "07A", "association_id": 7, "type": "rice husker"}])
    for number, leader in enumerate(map(dict, leaders), 1):
        row = {"kind": "leader", "association_id": 7, "name": "x", "sms_name": "x", "consent": "yes", "id": number}
        phone = {"id": number, "scheme": "tel", "value": f"+2570000{number:04}", "active": leader.pop("active", True)}
        chat = leader.pop("chat", False)
        await execute(database, insert(t.people), [{**row, **leader}])
        await execute(database, insert(t.addresses), [phone])
        await execute(database, insert(t.people_addresses), [{"person_id": number, "address_id": number}])
        if chat:
            row = {"id": 100 + number, "scheme": "telegram", "value": str(number), "active": True}
            await execute(database, insert(t.addresses), [row])
            await execute(database, insert(t.people_addresses), [{"person_id": number, "address_id": 100 + number}])
    return list(range(1, len(leaders) + 1))


async def reported(database: Database, number: int, address: int, **columns: Any) -> None:
    row = {"number": number, "form": "training", "version": "1", "association_id": 7, "address_id": address}
    row |= {"values": {}, "state": "reported", "practice": False, "source": "sms", "inbox_ids": []}
    await execute(database, insert(t.reports), [{**row, "created_at": NOW, "changed_at": NOW, **columns}])


async def made(database: Database, now: datetime = NOW) -> int:
    return await database.writer.do(reminder_timers.make, (now, RULES))


async def fired(database: Database, now: datetime) -> Fired:
    return await database.writer.do(fire, Look(now, 100, RULES))


async def timers(database: Database) -> dict[str, Any]:
    return {row.key: row for row in await rows(database, select(t.timers))}


async def test_what_a_group_of_turns_wants_last_of_a_timer_holds(database: Database) -> None:
    """She is done with one report and begins the next before the group is written: the nudge is that of the next."""
    await add_addresses(database, 1)
    nudge = partial(Timer, "form", "1")

    async def group(tx: AsyncConnection, _items: Sequence[None]) -> list[None]:
        batch = Batch(tx)
        for due_at in (NOW, None, NOW + DAY):
            want(batch.timers, 1, nudge(due_at))
        want(batch.timers, 1, Timer("consent", "1", NOW))
        want(batch.timers, 1, Timer("consent", "1", None))
        await batch.flush()
        return [None]

    await database.writer.do(group, None)
    assert {key: row.due_at for key, row in (await timers(database)).items()} == {"1": NOW + DAY}


async def test_who_waited_longest_is_woken_first(database: Database) -> None:
    """Put off to one moment, the week's last place would always be for the timer with the lowest id."""
    await programme(database, {})
    waits = {"training": NOW - DAY, "business": NOW - 3 * DAY, "seed": None, "crop": NOW - 2 * DAY}
    rows_ = [
        {"kind": "reminder", "key": form, "association_id": 7, "due_at": NOW, "data": {"form": form, **since}}
        for form, at in waits.items()
        for since in ({"since": at.isoformat()} if at else {},)
    ]
    await execute(database, insert(t.timers), rows_)
    assert (await fired(database, NOW + DAY)).timers == 4
    events = await rows(database, select(t.inbox).order_by(t.inbox.c.id))
    assert [row.data["form"] for row in events] == ["business", "crop", "training", "seed"]


async def test_timers_are_made_once_and_for_what_there_is(database: Database) -> None:
    await programme(database, {}, businesses=False)
    assert [await made(database), await made(database), await made(database, NOW + DAY)] == [1, 0, 0]
    await execute(database, insert(t.businesses), [{"no": "07A", "association_id": 7, "type": "rice husker"}])
    assert [await made(database), await made(database)] == [1, 0]
    assert sorted(await timers(database)) == ["business:7", "training:7"]
    await execute(database, update(t.associations).values(left_at=NOW))
    await made(database)
    assert not await timers(database)


@pytest.mark.parametrize(
    ("at", "due"),
    [(time(12, 15), "03 12:15"), (time(18), "03 18:00"), (time(6), "03 07:30"), (time(17, 30), "03 17:31")],
)
async def test_what_waits_follows_a_changed_hour_on_its_day(database: Database, at: time, due: str) -> None:
    await programme(database, {})
    await made(database)
    third = datetime(2026, 12, 3, 17, 31, tzinfo=HOME)  # put off to there, seconds behind the hour
    hers = update(t.timers).where(t.timers.c.key == "training:7")
    await execute(database, hers.values(due_at=third, data={"form": "training", "touch": 1}))
    rules = replace(RULES, usual=replace(RULES.usual, at=at))
    for _ in range(2):
        await database.writer.do(reminder_timers.make, (NOW, rules))
    found = (await timers(database))["training:7"]
    assert (found.due_at.astimezone(HOME).strftime("%d %H:%M"), found.data["touch"]) == (due, 1)


@pytest.mark.parametrize(("by_hand", "due"), [(False, "24 12:15"), (True, "23 17:45")])
async def test_what_is_due_today_comes_tomorrow_where_the_new_hour_is_over(
    database: Database, by_hand: bool, due: str
) -> None:
    """Unless an officer sent it: then it leaves when she meant it to."""
    await programme(database, {})
    await made(database)
    today = datetime(2026, 11, 23, 17, 45, tzinfo=HOME)
    hers = update(t.timers).where(t.timers.c.key == "training:7")
    await execute(database, hers.values(due_at=today, data={"form": "training", "by_hand": by_hand}))
    rules = replace(RULES, usual=replace(RULES.usual, at=time(12, 15)))
    await database.writer.do(reminder_timers.make, (NOW - timedelta(hours=4), rules))
    assert (await timers(database))["training:7"].due_at.astimezone(HOME).strftime("%d %H:%M") == due


@pytest.mark.parametrize(
    ("data", "days", "due"),
    [({}, 7, "30/11"), ({}, 21, "14/12"), ({}, 2, "27/11"), ({"touch": 1}, 7, "07/12"), ({"later": "x"}, 7, "07/12")],
)
async def test_what_waits_follows_changed_days(database: Database, data: dict[str, Any], days: int, due: str) -> None:
    """A touch of a ladder that has begun, and a day that a leader has chosen, stay; what would be over comes next."""
    await programme(database, {})
    await made(database)
    before = (await timers(database))["business:7"].due_at
    hers = update(t.timers).where(t.timers.c.key == "training:7")
    await execute(database, hers.values(data={"form": "training", **data}))  # due on Monday, 7/12
    rules = replace(RULES, usual=replace(RULES.usual, training_every_days=days))
    for _ in range(2):
        await database.writer.do(reminder_timers.make, (NOW + 3 * DAY * (days == 2), rules))
    found = {key: timer.due_at for key, timer in (await timers(database)).items()}
    assert (found["training:7"].astimezone(HOME).strftime("%d/%m"), found["business:7"]) == (due, before)


async def test_totals_have_one_timer_that_ends_with_its_association(database: Database) -> None:
    await programme(database, {}, businesses=False)
    rules = replace(RULES, totals_after_month=True)
    for now in (NOW, NOW + DAY):
        await database.writer.do(reminder_timers.make, (now, rules))
    found = (await timers(database))["month:7"]
    assert (found.due_at.astimezone(HOME).strftime("%d %H:%M"), found.data) == (
        "01 17:30",
        {"month": found.due_at.isoformat()},
    )
    assert await database.writer.do(fire, Look(found.due_at, 100, rules)) == Fired(1, (1,))
    await execute(database, update(t.inbox).values(state="quarantined"))  # its turn was set aside
    assert await database.writer.do(reminder_timers.make, (found.due_at + DAY, rules)) == 1
    await execute(database, update(t.associations).values(left_at=NOW))
    await database.writer.do(reminder_timers.make, (NOW, rules))
    assert not await timers(database)


async def test_a_report_of_long_ago_makes_it_due_in_the_next_hour(database: Database) -> None:
    await programme(database, {})
    await reported(database, 1, 1, created_at=NOW - 40 * DAY)
    await made(database)
    assert (await timers(database))["training:7"].due_at == NOW + DAY - timedelta(hours=2)


@pytest.mark.parametrize(
    ("leaders", "woken"),
    [
        ([{}, {}], 1),  # nobody has reported: the first on the roster
        ([{}, {"reports": 1}], 2),  # who reported last
        ([{"consent": "asked"}, {}], 2),
        ([{"active": False}, {}], 2),
        ([{"can_read": "no"}, {}], 2),
        ([{"channel": "call"}, {"channel": "sms"}], 2),
        ([{"channel": "telegram", "chat": True}], 101),
        ([{"channel": "sms", "chat": True}], 1),
        ([{"channel": "telegram"}], 1),  # she has no chat yet
        ([{"left_at": NOW}, {"can_read": "help"}], 2),
    ],
)
async def test_whom_it_wakes(database: Database, leaders: list[dict[str, Any]], woken: int) -> None:
    last = next((n for n, one in enumerate(leaders, 1) if one.get("reports")), None)
    await programme(database, *leaders, businesses=False)
    if last:
        await reported(database, 1, last, created_at=NOW - 40 * DAY)
    await made(database)
    due = (await timers(database))["training:7"].due_at
    assert await fired(database, due - timedelta(seconds=1)) == Fired(0, ())
    assert await fired(database, due) == Fired(1, (woken,))
    assert await fired(database, due + DAY) == Fired(0, ())  # once
    (event,) = await rows(database, select(t.inbox))
    assert (event.data["due"], event.data["association"]) == (due.isoformat(), 7)


@pytest.mark.parametrize(
    ("leaders", "why"),
    [
        ([], "no leader on the roster"),
        ([{"consent": "stopped"}], "no leader has agreed to be written to"),
        ([{"can_read": "no"}, {"channel": "call"}], "its leaders are called, not written to"),
        ([{"active": False}], "no phone of a leader works"),
    ],
)
async def test_nobody_to_write_to_is_one_call_and_the_timer_goes_on(
    database: Database, leaders: list[dict[str, Any]], why: str
) -> None:
    await programme(database, *leaders, businesses=False)
    await made(database)
    for _ in range(2):
        due = (await timers(database))["training:7"].due_at
        assert await fired(database, due) == Fired(1, ())
        assert (await timers(database))["training:7"].due_at > due
    (task,) = await rows(database, select(t.tasks))
    assert (task.kind, task.state, task.about) == ("call", "open", f"training: {why}")
    assert not await rows(database, select(t.inbox))


async def test_a_turn_that_was_set_aside_does_not_end_the_reminders(database: Database) -> None:
    await programme(database, {}, businesses=False)
    await made(database)
    due = (await timers(database))["training:7"].due_at
    await fired(database, due)
    assert await made(database, due) == 0  # its turn waits
    await execute(database, update(t.inbox).values(state="quarantined"))
    assert await made(database, due + DAY) == 1
    again = (await timers(database))["training:7"]
    assert again.state == "waiting" and again.due_at > due


async def test_the_facts(database: Database) -> None:
    await programme(database, {}, {})
    await reported(database, 1, 1, created_at=NOW - 20 * DAY)
    await reported(database, 2, 1, created_at=NOW - 2 * DAY, state="withdrawn")
    await reported(database, 3, 1, created_at=NOW - 3 * DAY, form="business", values={"business": "07A"})
    zero = {"association_id": 7, "form": "training", "since": "2026-11-02", "at": NOW - 5 * DAY}
    await execute(database, insert(t.zero_reports), [zero])
    task = {"kind": "call", "due_at": NOW, "association_id": 7, "about": "training: silent", "made_at": NOW}
    await execute(database, insert(t.tasks), [task])
    text = {"address_id": 1, "channel": "kannel", "key": "F1", "kind": "reminder", "language": "en", "text": "x"}
    text |= {"parts": 1, "due_at": NOW, "urgency": 1}
    for hours, person in ((1, 1), (50, None), (200, 1), (2, 2)):
        row = {**text, "made_at": NOW - timedelta(hours=hours), "person_id": person}
        await execute(database, insert(t.outbox), [row])
    training, business = News(7, "training", NOW - 30 * DAY), News(7, "business", NOW - 30 * DAY)
    hers = Unasked.in_week(1, NOW)
    async with database.engine.begin() as tx:
        found = await facts.load(tx, [training, business, hers], {})
    at, zero_at = NOW - 20 * DAY, NOW - 5 * DAY
    assert found[training] == Heard(zero_at, True, reported_at=at, to_call=True)
    assert found[business].businesses == {"07A"} and not found[business].to_call
    assert found[hers] == (NOW - timedelta(hours=50), NOW - timedelta(hours=1))


async def test_the_late_list_keeps_silent_zero_later_and_unreachable_apart(database: Database) -> None:
    await programme(database, {}, businesses=False)
    await made(database)

    async def listed(days: int = 14) -> list[tuple[str, int]]:
        async with database.read() as tx:
            found = await late.late(tx, NOW, HOME, date(2026, 11, 2), days)
        return [(one.state, one.days) for one in found]

    assert await listed() == [("silent", 21)]
    await execute(database, update(t.timers).values(data={"form": "training", "later": "2026-11-27"}))
    assert await listed() == [("later", 21)]
    await execute(database, update(t.timers).values(data={"form": "training", "later": "2026-11-20"}))
    await execute(database, update(t.people).values(consent="stopped"))
    assert await listed() == [("unreachable", 21)]
    zero = {"association_id": 7, "form": "training", "since": "2026-11-02", "at": NOW - 5 * DAY}
    await execute(database, insert(t.zero_reports), [zero])
    assert await listed() == [("zero", 5)]
    assert await listed(days=3) == [("unreachable", 5)]
    await reported(database, 1, 1, created_at=datetime(2026, 11, 12, 8, tzinfo=UTC))
    assert await listed() == []
