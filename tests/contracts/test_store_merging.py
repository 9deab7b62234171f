"""A leader with two rows becomes one, on both databases: nothing is lost, no total changes, a refusal holds."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, insert, select

from bot.console.page import each
from bot.errors import BotError
from bot.programme import merging
from bot.store import merging as store
from bot.store import singles, training_days
from bot.store import tables as t
from bot.store.engine import Database
from tests.databases import NOW, add_addresses, add_outbox, database, execute, place, postgres_server, rows

__all__ = ["database", "place", "postgres_server"]
SUMS = [func.sum(t.training_days.c[name]) for name in ("trainings", "women", "men", "new_people")]


async def _group(database: Database, no: str) -> int:
    there = {"commune_old": "Giharo", "commune_now": "Rutana", "colline": "Kivoga"}
    row = {"no": no, "name": f"Group {no}", "sms_name": f"G{no}", **there}
    return int((await execute(database, insert(t.associations).returning(t.associations.c.id), row))[0][0])


async def _leader(database: Database, group: int, name: str, **more: Any) -> int:
    row = {"kind": "leader", "name": name, "sms_name": name[:12], "association_id": group, "consent": "yes", **more}
    return int((await execute(database, insert(t.people).returning(t.people.c.id), row))[0][0])


async def _merge(database: Database, kept: int, other: int) -> Any:
    return await database.writer.do(each, lambda tx: merging.merge(tx, {"kept": kept, "other": other}, NOW))


async def _belongings(database: Database, group: int, person: int, address: int, number: int, tip: int) -> None:
    """One of everything that belongs to a leader."""
    hers = {"person_id": person}
    values = {"women": 7, "men": 5, "new_women": 3, "new_men": 1}
    report = {"form": "training", "version": "1", "association_id": group, "address_id": address, "day": "2026-11-12"}
    said = {"channel": "phone", "dedupe_key": f"m{number}", "kind": "text", "text": "x", "state": "done"}
    question = {"inbox_id": 1, "address_id": address, "asked_at": NOW, "promised_at": NOW}
    lesson = {"inbox_id": 1, "address_id": address, "text": "x", "language": "rn", "translations": {}, "at": NOW}
    task = {"kind": "sealed", "sealed": True, "due_at": NOW, "made_at": NOW, "address_id": address}
    await execute(database, insert(t.people_addresses), {**hers, "address_id": address})
    await execute(database, insert(t.inbox), {**hers, **said, "address_id": address, "received_at": NOW})
    await execute(database, insert(t.consents), {**hers, "given": "yes", "how": "sms", "at": NOW})
    await execute(database, insert(t.drafts), {**hers, "form": "training", "values": {}, "at": NOW})
    await execute(database, insert(t.tasks), {**hers, **task})
    await execute(database, insert(t.questions), {**hers, **question, "number": number})
    await execute(database, insert(t.lessons), {**hers, **lesson, "number": number})
    await execute(database, insert(t.tip_sends), {**hers, "tip_id": tip, "round": 1, "at": NOW})
    await execute(
        database,
        insert(t.reports),
        {
            **hers,
            **report,
            **{"number": number, "values": values, "state": "reported", "source": "sms", "inbox_ids": []},
            **{"created_at": NOW, "changed_at": NOW, "revision": 1, "practice": False},
        },
    )


async def _tip(database: Database, name: str) -> int:
    row = {"name": name, "topic": "savings", "texts": {}, "drafts": []}
    return int((await execute(database, insert(t.tips).returning(t.tips.c.id), row))[0][0])


async def test_everything_goes_over_and_no_total_changes(database: Database) -> None:
    group = await _group(database, "07")
    kept, other = [await _leader(database, group, "Odette N.", reports=count) for count in (4, 1)]
    shared, own, theirs = await add_addresses(database, 3)
    one_tip, other_tip = await _tip(database, "a"), await _tip(database, "b")
    await _belongings(database, group, kept, own, 1, one_tip)
    await _belongings(database, group, other, theirs, 2, one_tip)
    await execute(database, insert(t.tip_sends), {"person_id": other, "tip_id": other_tip, "round": 1, "at": NOW})
    for person in (kept, other):
        await execute(database, insert(t.people_addresses), {"person_id": person, "address_id": shared})
    state = {"who": other, "open": {"kind": "who", "ids": [kept, other]}, "language": "rn"}
    await execute(database, insert(t.conversations), {"address_id": shared, "state": state, "changed_at": NOW})
    await database.writer.do(each, training_days.recount_all)
    before = await rows(database, select(*SUMS))
    await _merge(database, kept, other)
    for table in (t.reports, t.inbox, t.consents, t.drafts, t.tasks, t.questions, t.lessons):
        assert {row[0] for row in await rows(database, select(table.c.person_id))} == {kept}, table.name
    links = await rows(database, select(t.people_addresses.c.person_id, t.people_addresses.c.address_id))
    assert {tuple(row) for row in links} == {(kept, shared), (kept, own), (kept, theirs)}
    tips = await rows(database, select(t.tip_sends.c.person_id, t.tip_sends.c.tip_id))
    assert sorted(map(tuple, tips)) == sorted([(kept, one_tip), (other, one_tip), (kept, other_tip)])
    ((said,),) = await rows(database, select(t.conversations.c.state))
    assert said == {"who": kept, "open": {"kind": "who", "ids": [kept, kept]}, "language": "rn"}
    assert await rows(database, select(*SUMS)) == before
    assert {row[0] for row in await rows(database, select(t.training_days.c.person_id))} == {kept}
    people = {row.id: row for row in await rows(database, select(t.people))}
    assert (people[kept].reports, people[kept].name, people[kept].left_at) == (5, "Odette N.", None)
    assert (people[other].reports, people[other].name, people[other].left_at) == (0, "", NOW)
    async with database.read() as tx:
        assert await singles.get(tx, singles.ROSTER), "other processes count representatives anew"


@pytest.mark.parametrize(
    ("one", "two", "holds"),
    [("yes", "stopped", "stopped"), ("no", "yes", "no"), ("no", "stopped", "stopped"), ("none", "yes", "yes")],
)
async def test_a_refusal_on_either_row_holds(database: Database, one: str, two: str, holds: str) -> None:
    group = await _group(database, "07")
    kept, other = [await _leader(database, group, "Odette", consent=consent) for consent in (one, two)]
    (own,) = await add_addresses(database, 1)
    await execute(database, insert(t.people_addresses), {"person_id": kept, "address_id": own})
    text = await add_outbox(database, own, person_id=kept)
    assert (await _merge(database, kept, other))["consent"] == holds
    ((said,),) = await rows(database, select(t.people.c.consent).where(t.people.c.id == kept))
    assert said == holds
    ((state,),) = await rows(database, select(t.outbox.c.state).where(t.outbox.c.id == text))
    assert state == ("queued" if holds == "yes" else "cancelled")


async def test_two_who_cannot_be_one_are_refused_and_nothing_changes(database: Database) -> None:
    group, elsewhere = await _group(database, "07"), await _group(database, "11")
    odette = await _leader(database, group, "Odette")
    others = [
        await _leader(database, elsewhere, "Odette"),
        await _leader(database, group, "Odette", left_at=NOW),
        await _leader(database, group, "Odette", practice=True),
        await _leader(database, group, "Odette", kind="staff"),
        odette,
        999_999,
    ]
    before = await rows(database, select(t.people).order_by(t.people.c.id))
    for other in others:
        for pair in ((odette, other), (other, odette)):
            with pytest.raises(BotError):
                await _merge(database, *pair)
    assert await rows(database, select(t.people).order_by(t.people.c.id)) == before


def test_a_conversation_keeps_what_is_not_about_her() -> None:
    state = {"who": 3, "open": {"kind": "delete", "person": 2, "ids": [2]}, "drafts": [{"person": 2}]}
    assert store.spoken_by(state, 2, 9) == {
        **state,
        "open": {"kind": "delete", "person": 9, "ids": [2]},
    }
