"""The store's contract on conversations, lessons and the list of broadcasts, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.console.page import each
from bot.programme import talks
from bot.store import broadcast_list, lessons, recipient_ends, talk_states
from bot.store import tables as t
from bot.store import talks as store
from bot.store.engine import Database
from handlers.turn import Viewer
from tests.databases import NOW, database, execute, place, postgres_server

__all__ = ["database", "place", "postgres_server"]
HERS, EVERYTHING = Viewer(0, False, ("07",)), Viewer(0, everything=True)


async def _new(database: Database, table: Any, **row: Any) -> int:
    return int((await execute(database, insert(table).returning(table.c.id), row))[0][0])


class World:
    """Two associations, a leader and a phone of each; both write."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.people: dict[str, int] = {}
        self.doors: dict[str, int] = {}

    async def fill(self) -> World:
        for no, name in (("07", "Odette"), ("11", "Jean")):
            place_ = {"commune_old": "Giharo", "commune_now": "Rutana", "colline": "Kivoga"}
            group = await _new(self.database, t.associations, no=no, name=f"Group {no}", sms_name=f"G{no}", **place_)
            row = {"kind": "leader", "name": name, "sms_name": name, "association_id": group, "consent": "yes"}
            self.people[no] = await _new(self.database, t.people, language="rn", **row)
            self.doors[no] = await _new(self.database, t.addresses, scheme="tel", value=f"+257799{no}")
            link = {"person_id": self.people[no], "address_id": self.doors[no]}
            await execute(self.database, insert(t.people_addresses), link)
        return self

    async def writes(self, no: str, text: str, *, task: bool = True, sealed: bool = False, minutes: int = 0) -> int:
        at = NOW + timedelta(minutes=minutes)
        there = {"address_id": self.doors[no], "person_id": self.people[no]}
        said = {"channel": "phone", "dedupe_key": f"{no}{text}", "kind": "text", "state": "done", "received_at": at}
        number = await _new(self.database, t.inbox, text=text, **said, **there)
        if task:
            group = select(t.people.c.association_id).where(t.people.c.id == self.people[no]).scalar_subquery()
            row = {"kind": "read", "due_at": at, "made_at": at, "inbox_id": number, "sealed": sealed, **there}
            await execute(self.database, insert(t.tasks).values(association_id=group, **row))
        return number


@pytest.fixture
async def world(database: Database) -> World:
    return await World(database).fill()


async def _listed(world: World, viewer: Viewer = HERS, **wanted: Any) -> list[tuple[int, str, str]]:
    async with world.database.read() as tx:
        found = await talks.listed(tx, viewer, talks.Wanted(**wanted), None, NOW)
    return [(one.address_id, one.text, one.state) for one in found.talks]


async def test_the_list_is_of_her_area_unread_first_and_never_behind_the_door(world: World) -> None:
    await world.writes("07", "Répondu", task=False)
    await world.writes("11", "ailleurs")
    assert await _listed(world) == [(world.doors["07"], "Répondu", "resolved")]
    await world.writes("07", "sealed words", sealed=True)
    assert await _listed(world) == [(world.doors["07"], "Répondu", "resolved")]
    await world.writes("07", "attend")
    assert await _listed(world) == [(world.doors["07"], "attend", "open")]
    assert [text for _door, text, _state in await _listed(world, EVERYTHING)] == ["ailleurs", "attend"]
    assert await _listed(world, words=("repondu",)) == [(world.doors["07"], "Répondu", "open")]
    assert await _listed(world, words=("sealed",)) == []
    assert await _listed(world, kind="question") == []


async def test_a_thread_has_both_ways_and_only_of_who_may_read_it(world: World) -> None:
    first = await world.writes("07", "one")
    hidden = await world.writes("07", "two", sealed=True)
    row = {"address_id": world.doors["07"], "channel": "phone", "kind": "reply", "language": "rn", "parts": 1}
    times = {"due_at": NOW, "made_at": NOW}
    for key, text, inbox_id in (
        ("B1", "told", first),
        ("J3", "door", hidden),
        ("B1", "behind", hidden),
        ("B1", "", None),
    ):
        await execute(world.database, insert(t.outbox).values(key=key, text=text, inbox_id=inbox_id, **row, **times))
    async with world.database.read() as tx:
        door = await store.door(tx, HERS, world.doors["07"], NOW - timedelta(days=1))
        assert door and door.whole
        came, left = await store.said(tx, door, 10**9, 10**9)
        assert ([one.text for one in came], [one.text for one in left]) == (["one"], ["told"])
        assert await store.file_of(tx, door, first) is None
        assert await store.door(tx, HERS, world.doors["11"], NOW - timedelta(days=1)) is None
        assert await store.door(tx, HERS, 10**9, NOW) is None
    await world.writes("11", "nobody came")
    async with world.database.read() as tx:
        late = await store.door(tx, HERS, world.doors["11"], NOW + timedelta(days=1))
        assert late and late.whole, "a day later it shows to the whole team"


async def test_what_the_team_decides_is_kept_once_for_each_conversation(world: World) -> None:
    there, grace = (
        world.doors["07"],
        await _new(
            world.database, t.people, kind="staff", name="Grace", sms_name="Grace", role="officer", consent="none"
        ),
    )
    number = await world.writes("07", "one")

    async def work(tx: Any) -> None:
        await talk_states.give(tx, there, grace, NOW)
        await talk_states.put(tx, there, "snoozed", NOW + timedelta(days=1), NOW)
        await talk_states.put(tx, there, "pending", None, NOW)
        await talk_states.note(tx, there, grace, "called her", NOW)

    await world.database.writer.do(each, work)
    async with world.database.read() as tx:
        row = (await talk_states.decided(tx, [there]))[there]
        assert (row.state, row.until, row.assigned, row.assigned_to) == ("pending", None, "Grace", grace)
        assert [(one.text, one.sms_name) for one in await talk_states.notes_of(tx, there)] == [
            ("called her", "Grace")
        ]
        task = (await tx.execute(select(t.tasks.c.id).where(t.tasks.c.inbox_id == number))).scalar_one()
    await world.database.writer.do(each, lambda tx: talk_states.close(tx, [task], grace, "talked", NOW))
    await world.database.writer.do(each, lambda tx: talk_states.close(tx, [task], grace, "again", NOW))
    async with world.database.read() as tx:
        assert (await tx.execute(select(t.tasks.c.result))).scalar_one() == "talked"


async def test_lessons_are_of_her_area_with_their_photo(world: World) -> None:
    for place_, no in enumerate(("07", "11"), 1):
        message = await world.writes(no, "lesson", task=False)
        told = {"text": f"of {no}", "language": "rn", "show": "name", "translations": {}, "at": NOW}
        there = {"address_id": world.doors[no], "person_id": world.people[no], "inbox_id": message}
        group = select(t.people.c.association_id).where(t.people.c.id == world.people[no]).scalar_subquery()
        await execute(world.database, insert(t.lessons).values(number=place_, association_id=group, **told, **there))
        kept = {"kind": "photo", "state": "kept", "file": f"{no}.jpg", "at": NOW}
        await execute(world.database, insert(t.media).values(inbox_id=message, **kept))
    async with world.database.read() as tx:
        assert [(row["text"], row["file"]) for row in await lessons.seen(tx, HERS)] == [("of 07", "07.jpg")]
        assert await lessons.one(tx, HERS, 2) is None
        assert [row["number"] for row in await lessons.seen(tx, EVERYTHING)] == [2, 1]


async def test_the_list_of_broadcasts_counts_each_one_for_itself(world: World) -> None:
    row = {"audience": {"asked": "all"}, "texts": {"en": "x"}, "gaps": {}, "digest": "d", "made_at": NOW}
    first, second = [await _new(world.database, t.broadcasts, state="done", **row) for _ in range(2)]
    for number, no, state in ((first, "07", "delivered"), (first, "11", "failed"), (second, "07", "cancelled")):
        text = {
            "channel": "phone",
            "key": "broadcast",
            "kind": "broadcast",
            "language": "en",
            "text": "x",
            "parts": 2,
        }
        where = {"address_id": world.doors[no], "broadcast_id": number, "due_at": NOW, "made_at": NOW}
        out = await _new(world.database, t.outbox, state=state, reason="no credit", **text, **where)
        listed = {"broadcast_id": number, "address_id": world.doors[no], "person_id": world.people[no], "people": 1}
        more = {"channel": "phone", "language": "en", "parts": 2, "state": "queued", "outbox_id": out}
        await execute(world.database, insert(t.recipients).values(**listed, **more))
    async with world.database.read() as tx:
        assert [one.id for one in await broadcast_list.newest(tx, None, 1)] == [second]
        assert [one.id for one in await broadcast_list.newest(tx, second, None)] == [first]
        ends = await recipient_ends.ends(tx, [first, second])
        assert sorted(one.sent_state for one in ends[first]) == ["delivered", "failed"]
        assert sorted(one.sent_state for one in await recipient_ends.counted(tx, first)) == ["delivered", "failed"]
        assert await broadcast_list.sms_parts(tx, [first, second], ["chat"]) == {first: 4}
        assert await broadcast_list.sms_parts(tx, [first], ["phone"]) == {}
        assert [one.sms_name for one in await broadcast_list.by_name(tx, HERS, first, 9)] == ["Odette"]
        assert len(await broadcast_list.by_name(tx, EVERYTHING, first, 9)) == 2
