"""The store's contract on tips: an import never doubles, whose turn it is, what was said; on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, event, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.settings import Settings, rules
from bot.store import facts, tables, timers, tip_list, tip_timers
from bot.store import tips as store
from bot.store.engine import Database
from bot.store.people import load_associations
from bot.tips import shipped
from handlers.turn import MoreOfTip, NextTip, Tip, TipFor, TipRules
from scheduler.tips import next_due
from tests.databases import NOW, add_outbox, count, database, execute, place, postgres_server, rows

__all__ = ["database", "place", "postgres_server"]
HOME = ZoneInfo("Africa/Bujumbura")
RULES = TipRules(14, time(12), 12, HOME.key, (("A", (9, 15), (2, 14)),))
SETTINGS = Settings.model_validate({"project": {"start": "2026-04-01"}})
ROWS = [tip.row() for tip in shipped()]


async def _do(database: Database, function: Any, *arguments: Any) -> Any:
    async def work(tx: AsyncConnection, items: Sequence[Any]) -> list[Any]:
        return [await function(tx, *arguments) for _ in items]

    return await database.writer.do(work, None)


async def _people(database: Database, **columns: Any) -> list[int]:
    """An association that husks rice, three leaders with a phone each; their ids."""
    place = {"commune_old": "x", "commune_now": "x", "colline": "x", "activity": "rice husking"}
    (found,) = await execute(
        database,
        insert(tables.associations).returning(tables.associations.c.id),
        {"no": "07", "name": "Abahuza", "sms_name": "ABAHUZA", **place},
    )
    people = []
    for number in range(3):
        person = {"kind": "leader", "association_id": found[0], "name": "x", "sms_name": "x", "consent": "yes"}
        ((one,),) = await execute(database, insert(tables.people).returning(tables.people.c.id), person | columns)
        await _address(database, one, f"+2577912345{number}")
        people.append(one)
    return people


async def _address(database: Database, person: int, value: str, scheme: str = "tel") -> int:
    new = insert(tables.addresses).returning(tables.addresses.c.id)
    ((number,),) = await execute(database, new, {"scheme": scheme, "value": value})
    await execute(database, insert(tables.people_addresses), {"person_id": person, "address_id": number})
    return int(number)


async def _known(database: Database, *wanted: Any) -> dict[Any, Any]:
    async with database.read() as tx:
        return await facts.load(tx, wanted, await load_associations(tx))


def _asked(person: int, now: datetime = NOW) -> TipFor:
    return TipFor(person, (person,), RULES, now)


async def _sent(database: Database, tip: Tip, person: int, at: datetime = NOW) -> None:
    row = {"tip_id": tip.id, "person_id": person, "round": tip.round, "inbox_id": None, "at": at}

    async def keep(tx: AsyncConnection) -> None:
        await tx.execute(store.SENT[tx.dialect.name], row)

    await _do(database, keep)


async def test_shipped_tips_are_loaded_once_and_only_into_an_empty_table(database: Database) -> None:
    assert await database.writer.do(tip_list.begin, ROWS) == len(ROWS)
    assert await database.writer.do(tip_list.begin, ROWS) == 0
    assert await count(database, tables.tips) == len(ROWS)


async def test_an_import_updates_and_what_is_gone_is_switched_off(database: Database) -> None:
    first = await _do(database, tip_list.keep, ROWS)
    assert (len(first["new"]), first["changed"], first["off"]) == (len(ROWS), [], [])
    assert not any((await _do(database, tip_list.keep, ROWS)).values())
    other = [{**ROWS[0], "topic": "savings", "drafts": []}, *ROWS[2:]]
    said = await _do(database, tip_list.changes, other)
    assert said == {"new": [], "changed": [ROWS[0]["name"]], "on": [], "off": [f"{ROWS[1]['name']}, variant b"]}
    assert await _do(database, tip_list.keep, other) == said
    assert await count(database, tables.tips) == len(ROWS)
    (kept,) = await rows(database, select(tables.tips).where(tables.tips.c.topic == "savings").limit(1))
    assert kept.active
    assert (await _do(database, tip_list.keep, ROWS))["on"] == [f"{ROWS[1]['name']}, variant b"]


async def test_whose_turn_and_what_was_said(database: Database) -> None:
    await database.writer.do(tip_list.begin, ROWS)
    people = await _people(database)
    known = await _known(database, *(_asked(one) for one in people))
    told: list[NextTip] = [known[_asked(one)] for one in people]
    assert len({one.tip.id for one in told if one.tip}) == 3
    assert all(one.tip and one.tip.name.startswith("rice") and one.tip.round == 1 for one in told)
    assert all(one.last_day is None for one in told)
    first = told[0].tip
    assert first is not None
    await _sent(database, first, people[0])
    await _sent(database, first, people[0])  # the same turn twice: once
    assert await count(database, tables.tip_sends) == 1
    for said in (True, False):
        row = {"which_tip": first.id, "who": people[0], "which_round": 1, "said": said}
        await execute(database, store.USEFUL, row)
    await _sent(database, first, people[1])
    (listed,) = [row for row in await _do(database, tip_list.listed) if row["sent"]]
    assert (listed["name"], listed["sent"], listed["useful"], listed["not_useful"], listed["not_said"]) == (
        first.name, 2, 0, 1, 1,
    )  # fmt: skip
    after = (await _known(database, _asked(people[0], NOW + timedelta(hours=1))))[
        _asked(people[0], NOW + timedelta(hours=1))
    ]
    assert after.tip is not None and after.tip.name != first.name
    assert after.last_day == NOW.astimezone(HOME).date()


async def test_a_tip_comes_again_after_so_many_weeks_as_round_two(database: Database) -> None:
    await database.writer.do(tip_list.begin, ROWS[2:3])
    (person, *_) = await _people(database)
    tip = (await _known(database, _asked(person)))[_asked(person)].tip
    await _sent(database, tip, person)
    soon, later = _asked(person, NOW + timedelta(weeks=11)), _asked(person, NOW + timedelta(weeks=12))
    known = await _known(database, soon, later)
    assert known[soon].tip is None
    assert known[later].tip.round == 2
    await _sent(database, known[later].tip, person, later.now)
    never = _asked(person, NOW + timedelta(weeks=99))
    assert (await _known(database, never))[never].tip is None


async def test_more_is_a_new_one_on_the_same_thing(database: Database) -> None:
    await database.writer.do(tip_list.begin, ROWS)
    (person, *_) = await _people(database)
    first = (await _known(database, _asked(person)))[_asked(person)].tip
    await _sent(database, first, person)
    wanted = MoreOfTip(first.id, (person,), RULES, date(2026, 11, 23))
    tip = (await _known(database, wanted))[wanted]
    assert tip.name == first.name and tip.id != first.id
    await _sent(database, tip, person)
    tip = (await _known(database, wanted))[wanted]
    assert tip.name != first.name and "ri" in tip.name


# --- timers ---


def _plan() -> tip_timers.Plan:
    return tip_timers.Plan(
        NOW,
        lambda now, last, place: next_due(now, last, 14, time(12), place, HOME),
        HOME,
        ("tel", "telegram"),
        time(12),
        lambda moment: moment,
    )


async def _timers(database: Database) -> dict[int, Any]:
    there = select(tables.timers).where(tables.timers.c.kind == "tip", tables.timers.c.state == "waiting")
    return {int(row.key): row for row in await rows(database, there)}


async def test_everybody_who_agreed_and_can_be_reached_has_one_timer(database: Database) -> None:
    people = await _people(database)
    no, silent, reader = people[0], people[1], people[2]
    await execute(database, update(tables.people).where(tables.people.c.id == no), {"consent": "stopped"})
    away = select(tables.people_addresses.c.address_id).where(tables.people_addresses.c.person_id == silent)
    off = update(tables.addresses).where(tables.addresses.c.id.in_(away.scalar_subquery()))
    await execute(database, off, {"active": False})
    await database.writer.do(tip_timers.plan, _plan())
    before = await _timers(database)
    assert set(before) == {reader}
    await database.writer.do(tip_timers.plan, _plan())
    assert await _timers(database) == before  # nothing is planned twice
    assert before[reader].due_at.astimezone(HOME).hour == 12


async def test_whoever_cannot_read_or_is_only_called_gets_no_tips(database: Database) -> None:
    people = await _people(database)
    for person, change in zip(people, ({"can_read": "no"}, {"channel": "call"}, {"can_read": "help"}), strict=True):
        await execute(database, update(tables.people).where(tables.people.c.id == person), change)
    await database.writer.do(tip_timers.plan, _plan())
    assert set(await _timers(database)) == {people[2]}


async def test_a_timer_goes_to_the_chat_of_who_wants_that_and_leaves_a_dead_one(database: Database) -> None:
    (person, *_) = await _people(database, channel="telegram")
    chat = await _address(database, person, "4711", "telegram")
    await database.writer.do(tip_timers.plan, _plan())
    assert (await _timers(database))[person].address_id == chat
    await execute(database, update(tables.addresses).where(tables.addresses.c.id == chat), {"active": False})
    await database.writer.do(tip_timers.plan, _plan())
    assert (await _timers(database))[person].address_id != chat


async def test_what_waits_follows_a_changed_hour_on_its_day(database: Database) -> None:
    (person, *_) = await _people(database)
    await database.writer.do(tip_timers.plan, _plan())
    before = (await _timers(database))[person].due_at.astimezone(HOME)
    for hour in (17, 17, 9):
        await database.writer.do(tip_timers.plan, replace(_plan(), at=time(hour)))
        assert (await _timers(database))[person].due_at.astimezone(HOME) == before.replace(hour=hour)
    late = replace(_plan(), now=before.replace(hour=8), at=time(7))
    await database.writer.do(tip_timers.plan, late)
    assert (await _timers(database))[person].due_at.astimezone(HOME) == before.replace(hour=7) + timedelta(days=1)


async def test_a_fired_timer_is_followed_by_the_next_one_a_week_after_the_last_tip(database: Database) -> None:
    await database.writer.do(tip_list.begin, ROWS)
    (person, *_) = await _people(database)
    await database.writer.do(tip_timers.plan, _plan())
    due = (await _timers(database))[person].due_at
    await database.writer.do(timers.fire, timers.Look(due, 100, rules(SETTINGS)))
    assert person not in await _timers(database)
    tip = (await _known(database, _asked(person)))[_asked(person)].tip
    await _sent(database, tip, person, due)
    plan = replace(_plan(), now=due + timedelta(seconds=1), schemes=("tel",))
    await database.writer.do(tip_timers.plan, plan)
    assert (await _timers(database))[person].due_at == due + timedelta(days=14)


async def test_a_group_of_any_size_is_loaded_with_the_same_queries(database: Database) -> None:
    await database.writer.do(tip_list.begin, ROWS)
    people = await _people(database)
    await execute(database, delete(tables.tip_sends))
    counted: list[int] = []
    for group in (people[:1], people):
        seen: list[str] = []

        def note(_c: Any, _u: Any, statement: str, *_rest: Any, seen: list[str] = seen) -> None:
            seen.append(statement)

        engine = database._reader.sync_engine
        event.listen(engine, "before_cursor_execute", note)
        await _known(database, *(_asked(one) for one in group))
        event.remove(engine, "before_cursor_execute", note)
        counted.append(len(seen))
    assert counted[0] == counted[1] > 4


async def test_a_phone_is_no_way_where_there_are_only_chats(database: Database) -> None:
    await _people(database)
    plan = replace(_plan(), schemes=("telegram",))
    await database.writer.do(tip_timers.plan, plan)
    assert await _timers(database) == {}


async def test_what_is_withdrawn_or_put_right_does_not_leave_any_more(database: Database) -> None:
    """A text that waits for its hour or a phone; who was not told it may be told it as new."""
    await _do(database, tip_list.keep, ROWS)
    people = await _people(database)
    named = {(row.name, row.variant): row.id for row in await rows(database, select(tables.tips))}
    first, second, third = (ROWS[0], ROWS[1], ROWS[2])
    for number, (row, person) in enumerate(zip((first, second, third), people, strict=True), 1):
        sent = {"tip_id": named[row["name"], row["variant"]], "person_id": person, "round": 1, "at": NOW}
        await execute(database, insert(tables.tip_sends), sent | {"inbox_id": number})
        ((address,),) = await rows(
            database,
            select(tables.people_addresses.c.address_id).where(tables.people_addresses.c.person_id == person),
        )
        for state in ("queued", "sent"):
            await add_outbox(database, address, kind="tip", key="H6", inbox_id=number, state=state)
    changed = {**second, "texts": {**second["texts"], "en": "rice: dry it longer."}}
    await _do(database, tip_list.keep, [changed, {**third, "source": "another"}, *ROWS[3:]])
    found = await rows(database, select(tables.outbox.c.inbox_id, tables.outbox.c.state).order_by(tables.outbox.c.id))
    assert [tuple(one) for one in found] == [
        (1, "cancelled"), (1, "sent"), (2, "cancelled"), (2, "sent"), (3, "queued"), (3, "sent"),
    ]  # fmt: skip
    told = {row.inbox_id for row in await rows(database, select(tables.tip_sends.c.inbox_id))}
    assert told == {3}
