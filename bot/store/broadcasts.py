"""Broadcasts: made once however often they are submitted, approved, begun, stopped; what is known of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, exists, func, insert, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import consent
from bot.store.inserts import if_new
from bot.store.prepared import rows
from bot.store.tables import broadcasts, inbox, outbox, people, recipients, tasks
from bot.store.tables import questions as asked

DOUBLE = timedelta(minutes=10)
"""The same submitted again within so long is a double click, later it is meant."""
ANSWERED_WITHIN = timedelta(hours=48)
"""Messages of recipients count as answers for so long."""
_MAKE = {name: insert.returning(broadcasts.c.id) for name, insert in if_new(broadcasts).items()}
_ONE = select(broadcasts).where(broadcasts.c.id == bindparam("which"))
_OF_KEY = select(broadcasts).where(broadcasts.c.key == bindparam("made"))
RUNNING = (
    select(broadcasts)
    .where(broadcasts.c.state.in_(("approved", "sending")), broadcasts.c.starts_at <= bindparam("now"))
    .order_by(broadcasts.c.starts_at, broadcasts.c.id)
)
_ALL = select(broadcasts).order_by(broadcasts.c.id)
_SAME = (
    select(broadcasts.c.id, broadcasts.c.starts_at, func.count().label("recipients"))
    .join(recipients, recipients.c.broadcast_id == broadcasts.c.id)
    .where(
        broadcasts.c.digest == bindparam("text"),
        broadcasts.c.starts_at > bindparam("since"),
        broadcasts.c.id != bindparam("this"),
        recipients.c.state.in_(("queued", "waiting")),
    )
    .group_by(broadcasts.c.id, broadcasts.c.starts_at)
    .order_by(broadcasts.c.id)
)
_FIRST_LEFT = select(func.min(outbox.c.sent_at)).where(outbox.c.broadcast_id == bindparam("which"))
_TASK = insert(tasks)
_DECIDED = (
    update(tasks)
    .where(tasks.c.kind == "broadcast", tasks.c.state == "open", tasks.c.about.like(bindparam("what")))
    .values(
        state="closed",
        closed_at=bindparam("at", type_=tasks.c.closed_at.type),
        closed_by=bindparam("who", type_=tasks.c.closed_by.type),
        result=bindparam("how"),
    )
)


async def make(tx: AsyncConnection, row: Mapping[str, Any], submitted: str, now: datetime) -> tuple[int, bool]:
    """Keep a draft; returns its id and whether the very same had been submitted minutes ago, then that one's.

    `submitted` is the same for the same submission: a digest of what was asked for, or a form's own token.
    """
    before = select(func.count()).where(
        broadcasts.c.key.like(f"{submitted}#%"), broadcasts.c.made_at < now - DOUBLE, broadcasts.c.key.is_not(None)
    )
    key = f"{submitted}#{(await tx.execute(before)).scalar_one()}"
    made = (await tx.execute(_MAKE[tx.dialect.name], {**row, "key": key, "made_at": now})).scalar()
    if made is not None:
        return int(made), False
    return int((await tx.execute(select(broadcasts.c.id).where(broadcasts.c.key == key))).scalar_one()), True


_REPEATED = ("audience", "texts", "gaps", "asks", "day", "digest", "number", "made_by", "approved_by")


async def repeat(tx: AsyncConnection, row: Any, every: str, starts_at: datetime, now: datetime) -> None:
    """The next one of a broadcast that repeats: approved with it, its list is made when it is due."""
    copy = {name: getattr(row, name) for name in _REPEATED} | {"every": every}
    ends_at = starts_at + (row.ends_at - row.starts_at) if row.ends_at else None
    copy |= {"state": "approved", "starts_at": starts_at, "ends_at": ends_at, "approved_at": row.approved_at}
    await tx.execute(_MAKE[tx.dialect.name], {**copy, "key": f"repeats {row.id}", "made_at": now})


_CARD = "card "
"""How the key of what a card made begins; behind it the id of the inbox row with the press that made it."""
TO_LIST = (
    select(broadcasts.c.id)
    .where(broadcasts.c.state == "draft", broadcasts.c.frozen_at.is_(None), broadcasts.c.key.like(f"{_CARD}%"))
    .order_by(broadcasts.c.id)
)
_PRESSED = select(inbox.c.address_id).where(inbox.c.id == bindparam("row"))


def card_key(press: str) -> str:
    """The key of what the press with this inbox id makes."""
    return f"{_CARD}{press}"


def made_by_card(row: Any) -> bool:
    """Whether a card made it: then the service makes its list."""
    return bool(row.key) and row.key.startswith(_CARD)


async def to_list(tx: AsyncConnection) -> Sequence[int]:
    """The drafts of cards that have no complete list yet."""
    return [row.id for row in await rows(tx, TO_LIST, {})]


async def wake_card(tx: AsyncConnection, row: Any, now: datetime) -> int | None:
    """Have the chat look at what its card made; returns its address, or None when no card made it."""
    if not made_by_card(row):
        return None
    press = row.key.removeprefix(_CARD).partition("#")[0]
    address: int | None = (await tx.execute(_PRESSED, {"row": int(press)})).scalar()
    what = {"timer": "wake", "what": "broadcast", "key": press}
    wake = {"wake_key": f"wake:listed:{row.id}:{now.isoformat()}", "what": what, "at": now, "address": address}
    await tx.execute(consent.WAKE_ADDRESS, wake)
    return address


async def one(tx: AsyncConnection, number: int) -> Row[Any] | None:
    """A broadcast, or None."""
    return (await tx.execute(_ONE, {"which": number})).first()


async def by_key(tx: AsyncConnection, submitted: str) -> Row[Any] | None:
    """The first one that was submitted with this key, or None."""
    return (await tx.execute(_OF_KEY, {"made": f"{submitted}#0"})).first()


async def first_name(tx: AsyncConnection, person: int | None) -> str:
    """Of who made or approved one; '' when nobody of the roster did."""
    named = select(people.c.sms_name).where(people.c.id == bindparam("who"))
    return str((await tx.execute(named, {"who": person})).scalar() or "") if person else ""


async def held(tx: AsyncConnection, number: int) -> Row[Any] | None:
    """As `one`, and nobody else moves or stops it until the commit (on SQLite nobody else writes anyway).

    A lock for sharing would not do: two processes would move the same recipients.
    """
    return (await tx.execute(_ONE.with_for_update(), {"which": number})).first()


async def change(tx: AsyncConnection, which: int, **values: Any) -> None:
    """Set columns of a broadcast. Once a person has approved or stopped it nobody need look at it any more."""
    await tx.execute(update(broadcasts).where(broadcasts.c.id == which).values(**values))
    if at := values.get("approved_at") or values.get("stopped_at"):
        decided = {"what": f"broadcast {which} %", "how": values["state"], "who": values.get("approved_by")}
        await tx.execute(_DECIDED, {**decided, "at": at})


async def running(tx: AsyncConnection, now: datetime) -> Sequence[Any]:
    """Those that have begun or must begin."""
    return await rows(tx, RUNNING, {"now": now})


async def every(tx: AsyncConnection) -> Sequence[Row[Any]]:
    """All of them, oldest first."""
    return (await tx.execute(_ALL)).all()


async def same_text(tx: AsyncConnection, digest: str, since: datetime, this: int = 0) -> Sequence[Row[Any]]:
    """(id, starts_at, recipients) of broadcasts with the same words that began after `since`."""
    return (await tx.execute(_SAME, {"text": digest, "since": since, "this": this})).all()


async def parts_since(tx: AsyncConnection, since: datetime, channels: Sequence[str]) -> int:
    """SMS parts that left by these channels since then. Reads only rows of that time: ids grow with it."""
    first = await _first_since(tx, since)
    there = select(func.coalesce(func.sum(outbox.c.parts), 0)).where(
        outbox.c.id >= first,
        outbox.c.channel.in_(list(channels)),
        outbox.c.state.not_in(("queued", "cancelled", "failed")),
    )
    return int((await tx.execute(there)).scalar_one())


async def _first_since(tx: AsyncConnection, since: datetime) -> int:
    """The lowest outbox id made since then, found by halving."""
    low, high = 1, int((await tx.execute(select(func.coalesce(func.max(outbox.c.id), 0)))).scalar_one()) + 1
    while low < high:
        middle = (low + high) // 2
        there = select(outbox.c.made_at).where(outbox.c.id >= middle).order_by(outbox.c.id).limit(1)
        made = (await tx.execute(there)).scalar()
        low, high = (low, middle) if made is None or made >= since else (middle + 1, high)
    return low


async def ahead(tx: AsyncConnection, now: datetime) -> dict[str, int]:
    """Parts per channel that wait already: what is queued, and what other broadcasts will queue."""
    queued = select(outbox.c.channel, func.sum(outbox.c.parts)).where(outbox.c.state == "queued")
    waiting = (
        select(recipients.c.channel, func.sum(recipients.c.parts))
        .join(broadcasts, broadcasts.c.id == recipients.c.broadcast_id)
        .where(broadcasts.c.state.in_(("approved", "sending")), recipients.c.state == "waiting")
    )
    found: dict[str, int] = {}
    for statement in (queued.group_by(outbox.c.channel), waiting.group_by(recipients.c.channel)):
        for channel, parts in (await tx.execute(statement)).all():
            found[channel] = found.get(channel, 0) + int(parts or 0)
    return found


async def tell(tx: AsyncConnection, about: str, officer: int | None, due_at: datetime, now: datetime) -> None:
    """A task for whoever made it, or for anybody of the team. `about` without personal data."""
    row = {"kind": "broadcast", "due_at": due_at, "about": about, "officer_id": officer, "made_at": now}
    await tx.execute(_TASK, row)


async def began(tx: AsyncConnection, row: Any) -> datetime | None:
    """When its first text left, however often it was sent on; when it is to begin, while none has."""
    left: datetime | None = (await tx.execute(_FIRST_LEFT, {"which": row.id})).scalar()
    return left or row.starts_at


async def questions(tx: AsyncConnection, number: int, since: datetime | None) -> int:
    """How many messages of recipients want an answer, in the days after it began: of an officer, or of a mentor.

    One that was passed on to a mentor is one message still. None of one that has not begun.
    """
    if since is None:
        return 0
    until = since + ANSWERED_WITHIN

    def of_recipients(address: Any) -> Any:
        return exists().where(recipients.c.broadcast_id == number, recipients.c.address_id == address)

    for_officers = select(tasks.c.inbox_id).where(
        tasks.c.kind == "read",
        tasks.c.sealed.is_(False),
        tasks.c.made_at.between(since, until),
        of_recipients(tasks.c.address_id),
    )
    for_mentors = select(asked.c.inbox_id).where(
        asked.c.asked_at.between(since, until), of_recipients(asked.c.address_id)
    )
    there = union(for_officers, for_mentors).subquery()
    return int((await tx.execute(select(func.count()).select_from(there))).scalar_one())
