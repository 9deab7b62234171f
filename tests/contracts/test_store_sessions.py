"""What USSD asks of the past, on both databases."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot.store import inbox, sessions, tables
from bot.store.engine import Database
from handlers.turn import AskedThen
from tests.databases import NOW, add_outbox, database, message, place, postgres_server, rows

__all__ = ["database", "place", "postgres_server"]
EARLIER = NOW - timedelta(hours=1)


async def test_which_steps_are_kept_and_what_answered_them(database: Database) -> None:
    for key in ("one", "two"):
        await database.writer.do(inbox.keep, message(key, channel="phone"))
    turn, address = (await rows(database, select(tables.inbox.c.id, tables.inbox.c.address_id)))[0]
    answer = {"inbox_id": turn, "channel": "phone"}
    session = {"session": {"key": "one", "asks": True}}
    first = await add_outbox(database, address, **answer, text="Topic?", data=session)
    await add_outbox(database, address, **answer, text="a tip of the same turn", urgency=1)
    table = await add_outbox(database, address, data={"file": {"kind": "xlsx"}})
    async with database.read() as tx:
        found = await sessions.answered(tx, "phone", ["one", "two", "three"])
        assert await sessions.answered(tx, "kannel", ["one"]) == {}
        assert await sessions.file_of(tx, "kannel", table) == {"kind": "xlsx"}
        assert await sessions.file_of(tx, "phone", table) is await sessions.file_of(tx, "kannel", first) is None
    assert found.keys() == {"one", "two"} and found["two"] is None
    row = found["one"]
    assert (row.id, row.text, row.data, row.address) == (first, "Topic?", session, "+25779123456")


async def test_a_question_is_found_in_its_own_words(database: Database) -> None:
    await database.writer.do(inbox.keep, message("one"))
    await database.writer.do(inbox.keep, message("two", "+25779123457"))
    hers, other = [
        row[0] for row in await rows(database, select(tables.addresses.c.id).order_by(tables.addresses.c.id))
    ]
    for address, at, text in (
        (hers, EARLIER, "Hello Odette"),
        (hers, EARLIER, "May we write?"),
        (hers, NOW, "the totals"),
        (other, NOW, "Topic?"),
        (other, EARLIER, ""),
    ):
        await add_outbox(database, address, made_at=at, text=text)
    wanted = [AskedThen(hers, EARLIER), AskedThen(other, NOW), AskedThen(other, EARLIER)]
    async with database.read() as tx:
        found = await sessions.LOADERS[AskedThen](tx, wanted, {})
    assert found == {wanted[0]: "May we write?", wanted[1]: "Topic?", wanted[2]: ""}
