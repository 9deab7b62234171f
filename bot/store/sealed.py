"""The sealed queue: tasks that no list, search, export, log or figure shows, for the named focal points only.

The words stay in the inbox rows that the tasks point to. A case is all that is open of one address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, case, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.store.audit import NOTE
from bot.store.tables import addresses, associations, inbox, outbox, people, people_addresses, tasks
from bot.store.team import staff_named
from bot.store.written import written
from handlers.turn import Association, Case, Fact, SealedCase, SealedCases
from handlers.turn.sealed import RESULTS, STAYS

Associations = dict[int, Association]
Values = dict[Fact, Any]
FOCAL = "safeguarding"
"""The role of a focal point in the roster."""
SEEN = (
    update(tasks).where(tasks.c.id == bindparam("which"), tasks.c.seen_at.is_(None)).values(seen_at=bindparam("at"))
)
CLOSE = (
    update(tasks)
    .where(tasks.c.id == bindparam("which"), tasks.c.state == "open")
    .values(state="closed", closed_at=bindparam("at"), closed_by=bindparam("who"), result=bindparam("how"))
)
_OPEN = (
    select(tasks, inbox.c.text)
    .outerjoin(inbox, inbox.c.id == tasks.c.inbox_id)
    .where(tasks.c.state == written("open"), tasks.c.sealed.is_(True))
    .order_by(tasks.c.id)
)
_SHARING = (
    select(people_addresses.c.address_id, people.c.id, people.c.name, associations.c.sms_name)
    .join(people, people.c.id == people_addresses.c.person_id)
    .outerjoin(associations, associations.c.id == people.c.association_id)
    .where(people_addresses.c.address_id.in_(bindparam("ids", expanding=True)), people.c.left_at.is_(None))
    .order_by(people.c.id)
)
_NUMBERS = (
    select(people_addresses.c.person_id, addresses.c.value)
    .join(addresses, addresses.c.id == people_addresses.c.address_id)
    .where(people_addresses.c.person_id.in_(bindparam("people", expanding=True)), addresses.c.scheme == "tel")
    .order_by(addresses.c.id)
)
_OWN = select(addresses.c.id, addresses.c.scheme, addresses.c.value).where(
    addresses.c.id.in_(bindparam("ids", expanding=True))
)
_FOCAL_ADDRESS = (
    select(people_addresses.c.address_id)
    .join(addresses, addresses.c.id == people_addresses.c.address_id)
    .where(people_addresses.c.person_id == people.c.id, addresses.c.active.is_(True))
    .order_by(case((addresses.c.scheme == "tel", 1), else_=0), people_addresses.c.address_id)
    .limit(1)
    .correlate(people)
    .scalar_subquery()
)


_REACHABLE = select(people.c.id).where(
    people.c.kind == "staff",
    people.c.role == FOCAL,
    people.c.left_at.is_(None),
    people.c.consent != "stopped",
    _FOCAL_ADDRESS.is_not(None),
)


async def reachable(tx: AsyncConnection, but: int = 0) -> int:
    """How many focal points would be told; without this one."""
    return sum(row.id != but for row in await tx.execute(_REACHABLE))


def _tell(module: Any) -> Any:
    """One inbox row for the chat of each focal point; for one task each is woken once."""
    rows = select(
        literal("timer"),
        bindparam("event", type_=String) + _FOCAL_ADDRESS.cast(String),
        _FOCAL_ADDRESS,
        literal("timer"),
        literal(""),
        bindparam("what", type_=inbox.c.data.type),
        bindparam("at", type_=inbox.c.received_at.type),
        literal("new"),
        literal(0),
    ).where(people.c.kind == "staff", people.c.role == FOCAL, people.c.left_at.is_(None), _FOCAL_ADDRESS.is_not(None))
    columns = ["channel", "dedupe_key", "address_id", "kind", "text", "data", "received_at", "state", "deaths"]
    return module.insert(inbox).from_select(columns, rows).on_conflict_do_nothing()


TELL = {"sqlite": _tell(sqlite), "postgresql": _tell(postgresql)}
"""A sealed task was opened: wake the focal points. Nothing of the task goes along."""
WAKES = {"timer": "wake", "what": "sealed"}


def audited(who: int | None, what: str, numbers: Sequence[int], now: datetime) -> dict[str, Any]:
    """The audit's row: who, what, which tasks."""
    return {
        "at": now,
        "who": "nobody" if who is None else f"person {who}",
        "what": what,
        "details": {"tasks": list(numbers)},
    }


# --- what is open ---


async def cases(tx: AsyncConnection) -> list[Case]:
    """The open cases, oldest first, without names and words."""
    rows: dict[int, list[Any]] = {}
    for row in await tx.execute(_OPEN):
        rows.setdefault(row.address_id, []).append(row)
    return [_case(found) for found in rows.values()]


def _case(found: Sequence[Any], **more: Any) -> Case:
    seen = all(row.seen_at is not None for row in found)
    return Case(found[0].id, found[0].made_at, seen, tuple(row.id for row in found), **more)


async def opened(tx: AsyncConnection, numbers: Sequence[int]) -> dict[int, Case]:
    """These cases, whole. The caller writes down who reads them."""
    rows: dict[int, list[Any]] = {}
    for row in await tx.execute(_OPEN):
        rows.setdefault(row.address_id, []).append(row)
    wanted = {address: found for address, found in rows.items() if found[0].id in numbers}
    if not wanted:
        return {}
    ids = {"ids": list(wanted)}
    sharing: dict[int, list[Any]] = {}
    for row in await tx.execute(_SHARING, ids):
        sharing.setdefault(row.address_id, []).append(row)
    own = {row.id: row for row in await tx.execute(_OWN, ids)}
    everybody = [person.id for persons in sharing.values() for person in persons]
    phones = {row.person_id: row.value for row in await tx.execute(_NUMBERS, {"people": everybody})}
    return {found[0].id: _whole(found, sharing.get(a, []), own[a], phones) for a, found in wanted.items()}


async def open_case(tx: AsyncConnection, number: int, now: datetime) -> Case | None:
    """This case, whole, and marked as read; None when no open one has the number. The caller writes down who."""
    one = (await opened(tx, [number])).get(number)
    if one is not None:
        await tx.execute(SEEN, [{"which": task, "at": now} for task in one.tasks])
    return one


def closing(read: Sequence[int], who: int | None, result: str, now: datetime) -> list[dict[str, Any]]:
    """The parameters of CLOSE for these tasks; none where they stay."""
    if result == STAYS:
        return []
    return [{"which": number, "at": now, "who": who, "how": result} for number in read]


def said_of(result: str) -> str:
    """What the audit says of a case with this result."""
    return "sealed not reached" if result == STAYS else "sealed closed"


async def close_case(tx: AsyncConnection, read: Sequence[int], who: int, result: str, now: datetime) -> None:
    """These tasks, which were read, are done, unless they stay."""
    if closed := closing(read, who, result, now):
        await tx.execute(CLOSE, closed)


def _whole(found: Sequence[Any], sharing: Sequence[Any], own: Any, phones: Mapping[int, str]) -> Case:
    known = {row.person_id for row in found if row.person_id is not None}
    who = [person for person in sharing if person.id in known] or list(sharing)
    phone = own.value if own.scheme == "tel" else next((phones[p.id] for p in who if p.id in phones), "")
    words = dict.fromkeys(row.text for row in found if row.text)
    return _case(
        found,
        names=tuple(person.name for person in who),
        association=next((person.sms_name for person in who if person.sms_name), ""),
        phone=phone,
        wishes=tuple(dict.fromkeys(row.about for row in found if row.about)),
        words=tuple(words),
    )


async def _sealed_cases(tx: AsyncConnection, wanted: list[SealedCases], known: Associations) -> Values:
    return {wanted[0]: tuple(await cases(tx))}


async def _sealed_case(tx: AsyncConnection, wanted: list[SealedCase], known: Associations) -> Values:
    found = await opened(tx, [fact.number for fact in wanted])
    return {fact: found.get(fact.number) for fact in wanted}


LOADERS: dict[type, Any] = {SealedCases: _sealed_cases, SealedCase: _sealed_case}

# --- once it has left ---

_SHOWN = [written(key) for key in ("S.case", "O.console")]
"""A sealed case, and a link that signs in."""
FORGET = (
    update(outbox)
    .where(outbox.c.key.in_(_SHOWN), outbox.c.parts > 0, outbox.c.state.not_in(("queued", "sending")))
    .values(text="", data=None, parts=0)
)


async def forget(tx: AsyncConnection, items: Sequence[None]) -> list[None]:
    """What was shown to a focal point does not stay in the outbox once it has left."""
    await tx.execute(FORGET)
    return [None] * len(items)


# --- the command line ---


async def by_command(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """`kurikirana sealed list|show|close --as NAME`: the reading is in the audit before anything is answered.

    A refusal is written down too, so it is an answer ({"refused": why}) and no error.
    """
    who = await _focal(tx, details["who"])
    if who is None:
        await tx.execute(NOTE, audited(None, f"sealed {details['do']} refused", [], now))
        return {"refused": f"{details['who']!r} is not one focal point of the roster (role safeguarding)"}
    if details["do"] == "list":
        found = await cases(tx)
        await tx.execute(NOTE, audited(who, "sealed listed", [n for one in found for n in one.tasks], now))
        return {"cases": [{"number": c.number, "since": c.since.isoformat(), "opened": c.seen} for c in found]}
    number = int(details["number"])
    one = (await opened(tx, [number])).get(number)
    if one is None:
        await tx.execute(NOTE, audited(who, f"sealed {details['do']}: no such case", [number], now))
        return {"refused": f"{number}: no open case has this number; `sealed list` shows them"}
    return await (_close if details["do"] == "close" else _show)(tx, one, who, details, now)


async def _focal(tx: AsyncConnection, name: str) -> int | None:
    found = [row["id"] for row in await staff_named(tx, name) if row["role"] == FOCAL]
    return int(found[0]) if len(found) == 1 else None


async def _show(
    tx: AsyncConnection, one: Case, who: int, details: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    await tx.execute(NOTE, audited(who, "sealed opened", one.tasks, now))
    await tx.execute(SEEN, [{"which": number, "at": now} for number in one.tasks])
    return {
        "number": one.number,
        "since": one.since.isoformat(),
        "names": list(one.names),
        "association": one.association,
        "phone": one.phone,
        "wishes": list(one.wishes),
        "words": list(one.words),
    }


async def _close(
    tx: AsyncConnection, one: Case, who: int, details: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    if details["result"] not in RESULTS:
        raise BotError(f"result: {details['result']!r}: one of {', '.join(RESULTS)}")
    if not one.seen:
        return {
            "refused": f"{one.number}: she has written since it was opened; read it first: sealed show {one.number}"
        }
    await tx.execute(NOTE, audited(who, said_of(details["result"]), one.tasks, now))
    await close_case(tx, one.tasks, who, details["result"], now)
    return {"stays" if details["result"] == STAYS else "closed": one.number, "result": details["result"]}
