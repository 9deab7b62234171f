"""The store's contract on the console: accounts, links, sessions, who is who, the access log, on both databases."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.console.page import each
from bot.programme import incident
from bot.store import access, accounts, audit, links, number_changes, roll, tokens
from bot.store import tables as t
from bot.store.engine import Database
from handlers.turn import Viewer
from tests.databases import NOW, add_outbox, database, execute, place, postgres_server, processes, rows

__all__ = ["database", "place", "postgres_server", "processes"]
Work = Callable[[AsyncConnection], Awaitable[Any]]
_numbers = iter(range(79_200_000, 79_300_000))


async def _do(database: Database, work: Work) -> Any:
    return await database.writer.do(each, work)


async def _member(database: Database, name: str, role: str, **more: Any) -> int:
    row = {"kind": "staff", "name": name, "sms_name": name[:12], "role": role, "consent": "none", **more}
    return int((await execute(database, insert(t.people).returning(t.people.c.id), row))[0][0])


async def _leader(database: Database, no: str, name: str) -> tuple[int, str]:
    place_ = {"commune_old": "Giharo", "commune_now": "Rutana", "colline": "Kivoga"}
    row = {"no": no, "name": f"Group {no}", "sms_name": f"G{no}", **place_}
    group = (await execute(database, insert(t.associations).returning(t.associations.c.id), row))[0][0]
    person = {"kind": "leader", "name": name, "sms_name": name[:12], "association_id": group, "consent": "yes"}
    number = (await execute(database, insert(t.people).returning(t.people.c.id), person))[0][0]
    phone = f"+257{next(_numbers)}"
    there = {"scheme": "tel", "value": phone}
    address = (await execute(database, insert(t.addresses).returning(t.addresses.c.id), there))[0][0]
    await execute(database, insert(t.people_addresses), {"person_id": number, "address_id": address})
    return int(number), phone


async def test_an_account_is_made_once_and_a_sign_in_name_is_one_persons(database: Database) -> None:
    grace, diane = [await _member(database, name, "staff") for name in ("Grace N.", "Diane K.")]
    assert await _do(database, lambda tx: accounts.enrol(tx, grace, "grace", NOW, password="x"))
    assert not await _do(database, lambda tx: accounts.enrol(tx, diane, "grace", NOW))
    assert await _do(database, lambda tx: accounts.enrol(tx, grace, "grace.n", NOW, password="y"))
    async with database.read() as tx:
        assert await accounts.by_login(tx, "grace") is None
        found = await accounts.by_login(tx, "grace.n")
        assert found and (found.name, found.role, found.password) == ("Grace N.", "staff", "y")
        assert {one.name for one in await accounts.members(tx)} >= {"Grace N.", "Diane K."}


async def test_a_session_is_found_by_its_token_until_it_ends(database: Database) -> None:
    grace = await _member(database, "Grace N.", "staff", area="Giharo, 07")
    await _do(database, lambda tx: accounts.enrol(tx, grace, "grace", NOW))
    number = await _do(database, lambda tx: accounts.begin(tx, "token", grace, NOW, "Firefox (phone)"))
    async with database.read() as tx:
        found = await accounts.session(tx, "token", NOW)
        assert found and (found.id, found.account.area) == (number, ("Giharo", "07"))
        assert await accounts.session(tx, "tokem", NOW) is None
        assert await accounts.session(tx, "token", NOW + accounts.IDLE) is None
        assert [row["agent"] for row in await accounts.open_sessions(tx, NOW, grace)] == ["Firefox (phone)"]
    await _do(database, lambda tx: accounts.seen(tx, number, NOW + timedelta(minutes=29)))
    await _do(database, lambda tx: accounts.confirmed(tx, number, NOW + timedelta(minutes=29)))
    async with database.read() as tx:
        found = await accounts.session(tx, "token", NOW + timedelta(minutes=58))
        assert found and found.confirmed_at == NOW + timedelta(minutes=29)
    await _do(database, lambda tx: accounts.end_all(tx, grace, NOW))
    async with database.read() as tx:
        assert await accounts.session(tx, "token", NOW) is None


async def test_a_link_is_used_once_by_however_many(processes: list[Database]) -> None:
    grace = await _member(processes[0], "Grace N.", "officer")
    await _do(processes[0], lambda tx: tx.execute(links.MAKE, links.row("secret", grace, NOW)))
    tries = [_do(one, lambda tx: links.use(tx, "secret", NOW)) for one in processes for _ in range(5)]
    assert sorted(await asyncio.gather(*tries)) == [False] * (len(tries) - 1) + [True]
    async with processes[0].read() as tx:
        assert await links.find(tx, "secret", NOW) is None
    assert "secret" not in str(await rows(processes[0], select(t.sign_in_links)))


async def test_tries_are_counted_before_they_are_made(processes: list[Database]) -> None:
    grace = await _member(processes[0], "Grace N.", "officer")
    assert await _do(processes[0], lambda tx: accounts.may_try(tx, grace, NOW, 5, None))
    await _do(processes[0], lambda tx: accounts.enrol(tx, grace, "#1", NOW, pin="x"))
    tries = [_do(one, lambda tx: accounts.may_try(tx, grace, NOW, 5, None)) for one in processes for _ in range(10)]
    assert sum(await asyncio.gather(*tries)) == 5
    rest = timedelta(minutes=15)
    await _do(processes[0], lambda tx: accounts.change(tx, grace, failed=4))
    assert await _do(processes[0], lambda tx: accounts.may_try(tx, grace, NOW, 5, rest))
    assert not await _do(processes[0], lambda tx: accounts.may_try(tx, grace, NOW, 5, rest))
    assert await _do(processes[0], lambda tx: accounts.may_try(tx, grace, NOW + rest, 5, rest))


async def test_the_access_log_says_who_by_name(database: Database) -> None:
    grace = await _member(database, "Grace N.", "supervisor")
    what = ("people read", "people exported", "sealed opened", "signed in")
    for one in what:
        await _do(database, lambda tx, one=one: audit.note(tx, NOW, f"person {grace}", one, {"people": [1, 2]}))
    await _do(database, lambda tx: audit.note(tx, NOW, "root", "roster imported"))
    async with database.read() as tx:
        found = await access.log(tx, "", None, None)
        assert [(row["name"], row["what"]) for row in found[1:]] == [("Grace N.", one) for one in what[::-1]]
        assert (found[0]["name"], found[0]["role"]) == ("root", "")
        assert [row["what"] for row in await access.log(tx, "export", None, None)] == ["people exported"]
        assert [row["what"] for row in await access.log(tx, "sealed", None, None)] == ["sealed opened"]
        older = await access.log(tx, "", found[1]["id"], 2)
        assert [row["what"] for row in older] == ["sealed opened", "people exported"]


async def test_who_is_who_in_an_area_and_a_number_that_moves(database: Database) -> None:
    (inside, phone), (outside, other) = [await _leader(database, no, f"Leader {no}") for no in ("07", "11")]
    viewer, everything = Viewer(0, words=("07",)), Viewer(0, everything=True)
    async with database.read() as tx:
        assert [row["name"] for row in await roll.everybody(tx, viewer)] == ["Leader 07"]
        assert [row["phone"] for row in await roll.everybody(tx, everything, "leader")] == [phone, other]
        assert await roll.one(tx, viewer, outside) is None
        assert await number_changes.whose(tx, other) == [outside]
    hers = (await rows(database, select(t.addresses.c.id).where(t.addresses.c.value == phone)))[0][0]
    waits = await add_outbox(database, hers, person_id=inside)
    left = await _do(database, lambda tx: number_changes.move(tx, inside, "+25779000955"))
    assert left == [hers]
    async with database.read() as tx:
        found = await roll.one(tx, viewer, inside)
        assert found and [way["value"] for way in found["addresses"]] == ["+25779000955"]
        moved = (await tx.execute(select(t.outbox.c.address_id).where(t.outbox.c.id == waits))).scalar()
        assert moved == found["addresses"][0]["id"]
    assert await _do(database, lambda tx: number_changes.move(tx, inside, "+25779000955")) == []


async def _read(tx: AsyncConnection, who: int, at: datetime, details: dict[str, Any]) -> None:
    await audit.note(tx, at, f"person {who}", "people read", details)


async def test_after_an_incident_nobody_is_in_and_it_is_said_who_read_whom(database: Database) -> None:
    grace = await _member(database, "Grace N.", "supervisor")
    odette, _phone = await _leader(database, "07", "Odette N.")
    await _do(database, lambda tx: accounts.enrol(tx, grace, "grace", NOW))
    await _do(database, lambda tx: accounts.begin(tx, "a" * 43, grace, NOW, "Firefox"))
    await _do(database, lambda tx: links.invite(tx, "b" * 43, grace, NOW, "totp", timedelta(hours=24)))
    await _do(database, lambda tx: tokens.make_all(tx, [("c" * 43, grace), ("d" * 43, odette)], NOW))
    for minutes, people in ((-60, [9]), (1, [odette, 5]), (2, [odette]), (3, 120)):
        at, read = NOW + timedelta(minutes=minutes), {"people": people}
        await _do(database, functools.partial(_read, who=grace, at=at, details=read))
    ended = await _do(database, lambda tx: incident.begin(tx, {"user": "root"}, NOW + timedelta(minutes=4)))
    assert ended == {"browsers": 1, "addresses": 1, "chat_links": 1}
    async with database.read() as tx:
        assert await accounts.session(tx, "a" * 43, NOW) is None
        assert await links.find(tx, "b" * 43, NOW) is None
        reads, begun = await incident.readings(tx, NOW)
    assert (reads["who"], reads["role"], reads["times"]) == ("Grace N.", "supervisor", 3)
    assert (reads["people"], reads["uncounted"]) == (sorted([odette, 5]), 120), "what was read before does not count"
    assert begun["what"] == "incident"
    left = await rows(database, select(t.tokens.c.person_id).where(t.tokens.c.used_at.is_(None)))
    assert [row.person_id for row in left] == [odette], "her card goes on working"
