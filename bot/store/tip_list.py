"""The tips that are kept: what an import changes, the list with what was said of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.inserts import or_update
from bot.store.tables import outbox, tip_sends, tips
from bot.store.written import written

FIELDS = ("topic", "value_chain", "seasons", "texts", "drafts", "source")
Row = Mapping[str, Any]
"""A tip as plain values: name, variant and FIELDS."""


_KEEP = or_update(tips, ["name", "variant"], [*FIELDS, "active"])
_OFF = update(tips).where(tips.c.id == bindparam("which")).values(active=False)
_ANY = select(tips.c.id).limit(1)
_ALL = select(tips).order_by(tips.c.name, tips.c.variant)


_WAITING = (
    select(outbox.c.id, tip_sends.c.id.label("send"))
    .join(tip_sends, tip_sends.c.inbox_id == outbox.c.inbox_id)
    .where(
        outbox.c.state == written("queued"),
        outbox.c.kind == "tip",
        tip_sends.c.tip_id.in_(bindparam("ids", expanding=True)),
    )
)
_UNSAY = (
    update(outbox).where(outbox.c.id == bindparam("which")).values(state="cancelled", reason="the tip was withdrawn")
)
_NOT_TOLD = delete(tip_sends).where(tip_sends.c.id == bindparam("which"))


async def changes(tx: AsyncConnection, rows: Sequence[Row]) -> dict[str, list[str]]:
    """What an import of these rows would do, as names: new, changed, on (again), off."""
    found: dict[str, list[str]] = {"new": [], "changed": [], "on": [], "off": []}
    there = {(row.name, row.variant): row for row in await tx.execute(_ALL)}
    for row in rows:
        old = there.pop((row["name"], row["variant"]), None)
        if old is None:
            found["new"].append(called(row["name"], row["variant"]))
        elif any(getattr(old, name) != row[name] for name in FIELDS):
            found["changed"].append(called(row["name"], row["variant"]))
        elif not old.active:
            found["on"].append(called(row["name"], row["variant"]))
    found["off"] = [called(*key) for key, old in there.items() if old.active]
    return found


async def keep(tx: AsyncConnection, rows: Sequence[Row]) -> dict[str, list[str]]:
    """Take these tips, all others are switched off: what was sent of them stays known. Returns what changed."""
    found = await changes(tx, rows)
    wanted = {(row["name"], row["variant"]) for row in rows}
    there = (await tx.execute(_ALL)).all()
    gone = [row.id for row in there if row.active and (row.name, row.variant) not in wanted]
    texts = {(row["name"], row["variant"]): row["texts"] for row in rows}
    await _unsay(tx, [row.id for row in there if texts.get((row.name, row.variant)) != row.texts])
    if rows:
        names = ("name", "variant", *FIELDS)
        new = [{**{name: row[name] for name in names}, "active": True} for row in rows]
        await tx.execute(_KEEP[tx.dialect.name], new)
    if gone:
        await tx.execute(_OFF, [{"which": one} for one in gone])
    return found


async def _unsay(tx: AsyncConnection, ids: Sequence[int]) -> None:
    """What waits of these tips does not leave any more, and counts as told to nobody."""
    waiting = (await tx.execute(_WAITING, {"ids": ids})).all() if ids else ()
    if waiting:
        await tx.execute(_UNSAY, [{"which": row.id} for row in waiting])
        await tx.execute(_NOT_TOLD, [{"which": row.send} for row in waiting])


async def begin(tx: AsyncConnection, items: Sequence[Sequence[Row]]) -> list[int]:
    """Work for the writer: load the shipped tips into a database that has none; returns how many."""
    loaded = []
    for rows in items:
        empty = (await tx.execute(_ANY)).first() is None
        if empty:
            await keep(tx, rows)
        loaded.append(len(rows) if empty else 0)
    return loaded


async def listed(tx: AsyncConnection) -> list[dict[str, Any]]:
    """Every tip with how often it was sent and what was said of it; those switched off come last."""
    said = {
        "sent": func.count(tip_sends.c.id),
        "useful": func.count(case((tip_sends.c.useful.is_(True), 1))),
        "not_useful": func.count(case((tip_sends.c.useful.is_(False), 1))),
    }
    counted = select(tip_sends.c.tip_id, *(column.label(name) for name, column in said.items())).group_by(
        tip_sends.c.tip_id
    )
    of = {row.tip_id: row for row in await tx.execute(counted)}
    found = []
    for row in await tx.execute(_ALL.order_by(None).order_by(tips.c.active.desc(), tips.c.name, tips.c.variant)):
        numbers = {name: int(getattr(of.get(row.id), name, 0)) for name in said}
        not_said = numbers["sent"] - numbers["useful"] - numbers["not_useful"]
        kept = {name: getattr(row, name) for name in ("name", "variant", *FIELDS)}
        found.append({**kept, "active": bool(row.active), **numbers, "not_said": not_said})
    return found


def called(name: str, variant: str) -> str:
    """How a tip is called in a message."""
    return name if variant == "a" else f"{name}, variant {variant}"
