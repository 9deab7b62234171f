"""The recipients of a broadcast: frozen at approval, moved into the outbox in chunks, each at most once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.audiences import NAMES, with_names
from bot.store.inserts import if_new
from bot.store.prepared import rows, write
from bot.store.tables import addresses, broadcasts, conversations, outbox, people, recipients
from bot.store.written import written
from handlers.turn import BroadcastAsked

AT_ONCE = 5_000
"""Addresses that one statement names."""
_THIS = recipients.c.broadcast_id == bindparam("broadcast")
_QUEUED, _SENDING = written("queued"), written("sending")
_ADD = if_new(recipients)
_CLEAR = delete(recipients).where(_THIS)
_STATES = select(recipients.c.state, func.count()).where(_THIS).group_by(recipients.c.state)
_LAST = select(func.coalesce(func.max(recipients.c.address_id), 0)).where(_THIS)
_CHUNK = (
    select(
        recipients.c.address_id,
        recipients.c.person_id,
        recipients.c.language,
        people.c.consent,
        people.c.left_at,
        people.c.practice,
        people.c.association_id,
        addresses.c.active,
        *NAMES,
    )
    .select_from(
        with_names(
            recipients.join(addresses, addresses.c.id == recipients.c.address_id).join(
                people, people.c.id == recipients.c.person_id
            )
        )
    )
    .where(_THIS, recipients.c.state == "waiting", recipients.c.channel == bindparam("on_channel"))
    .order_by(recipients.c.address_id)
    .limit(bindparam("most"))
)
_LOCKED = _CHUNK.with_for_update(read=True, of=people)
"""On PostgreSQL a STOP that comes now waits for our commit, and then finds the rows to cancel."""
_OUT = insert(outbox)
_LEAVE = (
    update(recipients)
    .where(_THIS, recipients.c.address_id == bindparam("address"), recipients.c.state == "waiting")
    .values(state="cancelled", reason=bindparam("why"))
)
_ITS_TEXT = (
    select(func.max(outbox.c.id))
    .where(
        outbox.c.address_id == recipients.c.address_id,
        # by the index of what waits at an address, in its own words; with that of broadcasts SQLite reads all of one
        outbox.c.state.in_((_QUEUED, _SENDING)),
        outbox.c.broadcast_id + 0 == recipients.c.broadcast_id,
    )
    .scalar_subquery()
)
_LINK = (
    update(recipients)
    .where(
        _THIS,
        recipients.c.state == "waiting",
        recipients.c.channel == bindparam("on_channel"),
        recipients.c.address_id.between(bindparam("first"), bindparam("last")),
    )
    .values(state="queued", outbox_id=_ITS_TEXT)
)
_STOP_WAITING = (
    update(recipients)
    .where(_THIS, recipients.c.state == "waiting")
    .values(state="cancelled", reason=bindparam("why"))
)
_STOP_QUEUED = (
    update(outbox)
    .where(outbox.c.broadcast_id == bindparam("broadcast"), outbox.c.state == "queued")
    .values(state="cancelled", reason=bindparam("why"))
)
_TAKE_BACK = (
    update(recipients)
    .where(
        _THIS,
        recipients.c.state == "queued",
        exists().where(
            outbox.c.id == recipients.c.outbox_id,
            outbox.c.state == "cancelled",
            outbox.c.reason.in_(("too late", bindparam("why"))),
        ),
    )
    .values(state="waiting", outbox_id=None)
)
_OPEN = select(
    exists().where(_THIS, recipients.c.state == "waiting"),
    exists().where(outbox.c.broadcast_id == bindparam("broadcast"), outbox.c.state.in_(("queued", "sending"))),
)
_IN_OUTBOX = (
    select(outbox.c.channel, func.count())
    .where(outbox.c.broadcast_id == bindparam("broadcast"), outbox.c.state == "queued")
    .group_by(outbox.c.channel)
)
_WAIT_ON = select(recipients.c.channel).where(_THIS, recipients.c.state == "waiting").distinct()
_ENDED = (outbox.c.id == recipients.c.outbox_id, outbox.c.state.in_(bindparam("ended", expanding=True)))
_ITS_END = update(recipients).where(_THIS, recipients.c.state == "queued").values(state="waiting", outbox_id=None)
_AGAIN = _ITS_END.where(exists().where(*_ENDED))
_AGAIN_FOR = _ITS_END.where(exists().where(*_ENDED, outbox.c.reason.in_(bindparam("reasons", expanding=True))))
_AGAIN_AT = _ITS_END.where(recipients.c.address_id.in_(bindparam("addresses", expanding=True)))
ANSWER = (
    update(recipients)
    .where(_THIS, recipients.c.address_id == bindparam("address"))
    .values(answer=bindparam("said"), answered_at=bindparam("at"))
)


async def clear(tx: AsyncConnection, broadcast: int) -> None:
    """Forget the list of a draft; it is made anew."""
    await tx.execute(_CLEAR, {"broadcast": broadcast})


async def add(tx: AsyncConnection, broadcast: int, listed: Sequence[dict[str, Any]]) -> None:
    """Put these on the list; who is on it already stays as she is."""
    if listed:
        await write(tx, _ADD[tx.dialect.name], [{**row, "broadcast_id": broadcast} for row in listed])


async def states(tx: AsyncConnection, broadcast: int) -> dict[str, int]:
    """How many recipients are waiting, queued, cancelled, left_out."""
    return {row[0]: row[1] for row in await tx.execute(_STATES, {"broadcast": broadcast})}


async def last(tx: AsyncConnection, broadcast: int) -> int:
    """How far the list has come: the highest address on it."""
    return int((await tx.execute(_LAST, {"broadcast": broadcast})).scalar_one())


async def chunk(tx: AsyncConnection, broadcast: int, channel: str, most: int) -> Sequence[Any]:
    """The next ones that wait on this channel, with what a text may say of them and whether they still agree."""
    where = {"broadcast": broadcast, "on_channel": channel, "most": most}
    return await rows(tx, _CHUNK if tx.dialect.name == "sqlite" else _LOCKED, where)


async def queue(
    tx: AsyncConnection, broadcast: int, channel: str, texts: Sequence[dict[str, Any]], left: dict[int, str]
) -> None:
    """Write the texts of a chunk to the outbox; `left`: addresses that get none, and why."""
    if left:
        gone = [{"broadcast": broadcast, "address": address, "why": why} for address, why in left.items()]
        await tx.execute(_LEAVE, gone)
    if texts:
        await write(tx, _OUT, texts)
        reach = {"first": texts[0]["address_id"], "last": texts[-1]["address_id"]}
        await tx.execute(_LINK, {"broadcast": broadcast, "on_channel": channel, **reach})


async def stop(tx: AsyncConnection, broadcast: int, why: str) -> int:
    """What has not begun to leave will not leave; returns how many."""
    waiting = await tx.execute(_STOP_WAITING, {"broadcast": broadcast, "why": why})
    queued = await tx.execute(_STOP_QUEUED, {"broadcast": broadcast, "why": why})
    return waiting.rowcount + queued.rowcount


async def take_back(tx: AsyncConnection, broadcast: int, why: str) -> None:
    """What waits in the outbox, or became too late there, waits in the list again.

    The outbox first: what is cancelled there can no more be claimed, so nobody gets it twice.
    """
    await tx.execute(_STOP_QUEUED, {"broadcast": broadcast, "why": why})
    await tx.execute(_TAKE_BACK, {"broadcast": broadcast, "why": why})


async def again(tx: AsyncConnection, broadcast: int, ended: Sequence[str]) -> int:
    """Recipients whose text ended in one of these states wait again; returns how many."""
    return (await tx.execute(_AGAIN, {"broadcast": broadcast, "ended": list(ended)})).rowcount


async def again_reachable(
    tx: AsyncConnection, broadcast: int, reasons: Sequence[str], addresses: Sequence[int]
) -> int:
    """Recipients whose text failed for one of these reasons, or at one of these addresses, wait again; how many."""
    where = {"broadcast": broadcast, "ended": ["failed"], "reasons": list(reasons)}
    count = (await tx.execute(_AGAIN_FOR, where)).rowcount
    for first in range(0, len(addresses), AT_ONCE):
        where = {"broadcast": broadcast, "addresses": list(addresses[first : first + AT_ONCE])}
        count += (await tx.execute(_AGAIN_AT, where)).rowcount
    return count


async def in_outbox(tx: AsyncConnection, broadcast: int) -> dict[str, int]:
    """Texts per channel that wait in the outbox."""
    return {row[0]: row[1] for row in await tx.execute(_IN_OUTBOX, {"broadcast": broadcast})}


async def not_begun(tx: AsyncConnection, broadcast: int) -> int:
    """Texts that a stop would keep here: on the list, or waiting in the outbox."""
    return (await states(tx, broadcast)).get("waiting", 0) + sum((await in_outbox(tx, broadcast)).values())


async def waiting_on(tx: AsyncConnection, broadcast: int) -> list[str]:
    """The channels on which somebody waits."""
    return list((await tx.execute(_WAIT_ON, {"broadcast": broadcast})).scalars())


async def is_settled(tx: AsyncConnection, broadcast: int) -> bool:
    """True when nobody waits any more and nothing is under way."""
    return not any((await tx.execute(_OPEN, {"broadcast": broadcast})).one())


_ASKED = (
    select(outbox.c.address_id, func.max(outbox.c.broadcast_id))
    .select_from(
        outbox.join(broadcasts, broadcasts.c.id == outbox.c.broadcast_id).outerjoin(
            conversations, conversations.c.address_id == outbox.c.address_id
        )
    )
    .where(
        outbox.c.address_id.in_(bindparam("ids", expanding=True)),
        outbox.c.urgency > 0,
        outbox.c.sent_at > bindparam("since"),
        broadcasts.c.asks.is_(True),
        or_(conversations.c.changed_at.is_(None), conversations.c.changed_at < outbox.c.sent_at),
    )
    .group_by(outbox.c.address_id)
)
"""A conversation changes with every turn: a broadcast that left later is the last thing said there."""


async def _asked(tx: AsyncConnection, wanted: list[BroadcastAsked], known: Any) -> dict[Any, Any]:
    values: dict[Any, Any] = dict.fromkeys(wanted)
    found = await tx.execute(_ASKED, {"ids": [f.address_id for f in wanted], "since": min(f.since for f in wanted)})
    latest = {row[0]: row[1] for row in found}
    return {fact: latest.get(fact.address_id) for fact in values}


LOADERS: dict[type, Any] = {BroadcastAsked: _asked}
"""A fact of broadcasts -> its loader."""
