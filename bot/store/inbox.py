"""The inbox: what arrived, kept before the provider is thanked, handled in arrival order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.prepared import apart, rows, write
from bot.store.tables import addresses, inbox
from bot.store.written import written
from handlers.noun import noun

_INSERT = {
    # another process may store the same key between our look and our insert; then it is kept already
    "sqlite": sqlite.insert(inbox).on_conflict_do_nothing(index_elements=["channel", "dedupe_key"]),
    "postgresql": postgresql.insert(inbox).on_conflict_do_nothing(index_elements=["channel", "dedupe_key"]),
}
_KNOWN_KEYS = select(inbox.c.dedupe_key, inbox.c.address_id).where(
    inbox.c.channel == bindparam("channel"), inbox.c.dedupe_key.in_(bindparam("keys", expanding=True))
)
_KNOWN_ADDRESSES = select(addresses.c.id, addresses.c.value, addresses.c.channel).where(
    addresses.c.scheme == bindparam("scheme"), addresses.c.value.in_(bindparam("values", expanding=True))
)
_HEARD_ON = (
    update(addresses).where(addresses.c.id == bindparam("address")).values(channel=bindparam("heard"), active=True)
)
_IS_NEW = inbox.c.state == written("new")
_TURN = ("id", "address_id", "channel", "kind", "text", "data", "sent_at", "received_at")
"""What a turn looks at of what arrived."""
_NEW = (
    select(*(inbox.c[name] for name in _TURN))
    .where(_IS_NEW, inbox.c.address_id.in_(bindparam("addresses", expanding=True)))
    .order_by(inbox.c.id)
    .limit(1000)
)
_WAITING = select(inbox.c.id, inbox.c.address_id).where(_IS_NEW)
_WOKEN = select(inbox.c.address_id).where(
    _IS_NEW, inbox.c.channel == written("timer"), inbox.c.received_at == bindparam("now")
)
_LOCK = (
    select(addresses.c.id)
    .where(addresses.c.id.in_(bindparam("addresses", expanding=True)))
    .order_by(addresses.c.id)
    .with_for_update(skip_locked=True, key_share=True)  # a row may be kept for the address meanwhile
)
DONE = apart(
    update(inbox)
    .where(inbox.c.id == bindparam("row"))
    .values(
        state="done",
        handled_at=bindparam("at"),
        person_id=bindparam("person"),
        understood=bindparam("words"),
        association_id=bindparam("whose"),
    )
)
TAKEN = insert(inbox)
"""Kept and handled at once."""
_LAST = select(func.max(inbox.c.id).label("id"))
_DEATH = (
    update(inbox)
    .where(inbox.c.id == bindparam("row"), inbox.c.state == "new")
    .values(deaths=inbox.c.deaths + 1)
    .returning(inbox.c.deaths)
)
_NO_DEATH = update(inbox).where(inbox.c.id == bindparam("row"), inbox.c.deaths > 0).values(deaths=inbox.c.deaths - 1)
_QUARANTINE = (
    update(inbox)
    .where(inbox.c.id.in_(bindparam("ids", expanding=True)), inbox.c.state == "new")
    .values(state="quarantined")
)


@noun
class Incoming:
    """One row to keep; the fields are those of a channel's Arrival, and when we received it."""

    channel: str
    key: str
    scheme: str
    address: str
    kind: str
    text: str
    sent_at: datetime | None
    received_at: datetime
    data: dict[str, Any] | None


@noun
class Fresh:
    """A row that is written once its turn was taken, in the same transaction."""

    id: int
    dedupe_key: str
    address_id: int
    channel: str
    kind: str
    text: str
    data: dict[str, Any] | None
    received_at: datetime
    sent_at: datetime | None = None
    kept: bool = False


async def fresh(tx: AsyncConnection, events: Sequence[dict[str, Any]]) -> list[Fresh] | None:
    """Rows for these, to be taken before they are kept; None while others wait, which may be theirs and go first.

    On SQLite only, where the next numbers are ours. The last one is kept now: whatever a turn keeps for another
    conversation is numbered behind it.
    """
    if await count_waiting(tx):
        return None
    if not events:
        return []
    before = (await rows(tx, _LAST, {}))[0].id or 0
    last = before + len(events)
    await write(tx, TAKEN, [{"id": last, **events[-1]}])
    return [Fresh(number, **event, kept=number == last) for number, event in enumerate(events, before + 1)]


def handled(
    row: Any, at: datetime, person_id: int | None, understood: str, whose: int | None
) -> tuple[Executable, dict[str, Any]]:
    """What says that the turn of a row was taken, and what is written with it."""
    if not isinstance(row, Fresh) or row.kept:
        return DONE, {"row": row.id, "at": at, "person": person_id, "words": understood, "whose": whose}
    return TAKEN, {
        "id": row.id,
        "channel": row.channel,
        "dedupe_key": row.dedupe_key,
        "address_id": row.address_id,
        "kind": row.kind,
        "text": row.text,
        "data": row.data,
        "received_at": row.received_at,
        "state": "done",
        "handled_at": at,
        "person_id": person_id,
        "understood": understood,
        "association_id": whose,
    }


async def keep(tx: AsyncConnection, items: Sequence[Incoming]) -> list[int]:
    """Store what arrived; returns the address id of each. A key that is known is not stored again."""
    known = await _known_keys(tx, items)
    fresh = [i for i in items if (i.channel, i.key) not in known]  # a repeat makes no address: it may be erased
    ids = await address_ids(tx, [(i.scheme, i.address, i.channel) for i in fresh])
    new = []
    for item in fresh:
        if (item.channel, item.key) in known:
            continue
        known[item.channel, item.key] = ids[item.scheme, item.address]
        new.append(
            {
                "channel": item.channel,
                "dedupe_key": item.key,
                "address_id": ids[item.scheme, item.address],
                "kind": item.kind,
                "text": item.text,
                "data": item.data,
                "sent_at": item.sent_at,
                "received_at": item.received_at,
            }
        )
    if new:
        await write(tx, _INSERT[tx.dialect.name], new)
    return [known[item.channel, item.key] for item in items]


async def _known_keys(tx: AsyncConnection, items: Sequence[Incoming]) -> dict[tuple[str, str], int]:
    """The keys that were kept before, and the address each was kept under."""
    known: dict[tuple[str, str], int] = {}
    for channel in {item.channel for item in items}:
        keys = [item.key for item in items if item.channel == channel]
        found = await rows(tx, _KNOWN_KEYS, {"channel": channel, "keys": keys})
        known.update({(channel, row.dedupe_key): row.address_id for row in found})
    return known


async def address_ids(
    tx: AsyncConnection, wanted: Sequence[tuple[str, str, str | None]]
) -> dict[tuple[str, str], int]:
    """Ids of (scheme, value, channel heard on); unknown addresses are added, the channel is noted."""
    ids: dict[tuple[str, str], int] = {}
    heard = {(scheme, value): channel for scheme, value, channel in wanted}
    for scheme in {scheme for scheme, _ in heard}:
        values = [value for s, value in heard if s == scheme]
        for row in await rows(tx, _KNOWN_ADDRESSES, {"scheme": scheme, "values": values}):
            ids[scheme, row.value] = row.id
            channel = heard[scheme, row.value]
            if channel and row.channel != channel:
                await tx.execute(_HEARD_ON, {"address": row.id, "heard": channel})
    missing = [pair for pair in heard if pair not in ids]
    if missing:
        dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
        new = [{"scheme": s, "value": v, "channel": heard[s, v]} for s, v in sorted(missing)]
        await tx.execute(dialect.insert(addresses).on_conflict_do_nothing(), new)
        for scheme in {scheme for scheme, _ in missing}:
            values = [value for s, value in missing if s == scheme]
            for row in await rows(tx, _KNOWN_ADDRESSES, {"scheme": scheme, "values": values}):
                ids[scheme, row.value] = row.id
    return ids


async def take(tx: AsyncConnection, address_ids: Sequence[int]) -> tuple[list[Any], list[int]]:
    """The unhandled rows of these addresses in arrival order, and the addresses another process holds."""
    held: list[int] = []
    if tx.dialect.name != "sqlite":
        mine = {row.id for row in await rows(tx, _LOCK, {"addresses": list(address_ids)})}
        held = [a for a in address_ids if a not in mine]
        address_ids = [a for a in address_ids if a in mine]
    found = await rows(tx, _NEW, {"addresses": list(address_ids)}) if address_ids else []
    return list(found), held


async def woken(tx: AsyncConnection, now: datetime) -> set[int]:
    """The addresses that the turns of this group wake: their rows have its moment."""
    return {row.address_id for row in await rows(tx, _WOKEN, {"now": now})}


async def waiting(tx: AsyncConnection) -> list[tuple[int, int]]:
    """(row id, address id) of everything not handled yet, oldest first."""
    return sorted((row.id, row.address_id) for row in await tx.execute(_WAITING))


async def mark_attempts(tx: AsyncConnection, items: Sequence[int]) -> list[int]:
    """Count one death against each row before it is replayed alone; 0 when it is no longer waiting."""
    return [(await tx.execute(_DEATH, {"row": item})).scalar() or 0 for item in items]


async def take_mark_back(tx: AsyncConnection, items: Sequence[int]) -> list[None]:
    """A replay that could not be done, and that nobody died of, counts for nothing."""
    for item in items:
        await tx.execute(_NO_DEATH, {"row": item})
    return [None] * len(items)


async def quarantine(tx: AsyncConnection, items: Sequence[tuple[int, int]]) -> list[bool]:
    """Set rows (id, address id) aside that killed the process three times. False: handled meanwhile, or in the hands
    of another process."""
    found, _ = await take(tx, sorted({address for _, address in items}))
    waiting = {row.id for row in found} & {row for row, _ in items}
    await tx.execute(_QUARANTINE, {"ids": sorted(waiting)})
    return [row in waiting for row, _ in items]


async def count_waiting(tx: AsyncConnection) -> int:
    """How many rows wait to be handled."""
    return int((await tx.execute(select(func.count()).select_from(inbox).where(_IS_NEW))).scalar_one())
