"""The roll-up of what counts, kept in the turn's own transaction (field: rule 2, honest bounds).

A training report counts when it is reported or doubtful, not a twin, not withdrawn, not rejected, not practice.
Of one association: lower bound of unique people = the largest number of women in one training plus
the largest number of men; upper bound = all attendances (or the members, when only members attend).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.inserts import DIALECTS, added
from bot.store.prepared import write
from bot.store.tables import figures, reports

COUNTED = ("reported", "doubtful")
NOTHING = {
    "trainings": 0,
    "attendances_women": 0,
    "attendances_men": 0,
    "new_women": 0,
    "new_men": 0,
    "new_people": 0,
    "largest_women": 0,
    "largest_men": 0,
}
_REPORTS = select(reports.c.association_id, reports.c["values"]).where(
    reports.c.form == "training",
    reports.c.association_id.in_(bindparam("ids", expanding=True)),
    reports.c.state.in_(COUNTED),
    reports.c.verdict != "rejected",
    reports.c.practice.is_(False),
)


def of_report(values: Mapping[str, Any]) -> dict[str, int]:
    """What one training adds. Not said counts as nothing here and is null in the report."""
    women, men = values.get("women") or 0, values.get("men") or 0
    new_women, new_men = values.get("new_women"), values.get("new_men")
    new_people = values.get("new_people")
    if new_people is None:
        new_people = (new_women or 0) + (new_men or 0)
    return {
        "trainings": 1,
        "attendances_women": women,
        "attendances_men": men,
        "new_women": new_women or 0,
        "new_men": new_men or 0,
        "new_people": new_people,
        "largest_women": women,
        "largest_men": men,
    }


def add(total: Mapping[str, int], one: Mapping[str, int]) -> dict[str, int]:
    """The figures of two disjoint sets of trainings of one association."""
    return {
        name: max(total[name], one[name]) if name.startswith("largest") else total[name] + one[name]
        for name in NOTHING
    }


_UPSERT = {name: added(module.insert(figures)) for name, module in DIALECTS.items()}


def upsert(dialect: str) -> Any:
    """The statement that adds one report's figures to its association's row."""
    return _UPSERT[dialect]


async def hold(tx: AsyncConnection, association_ids: Iterable[int]) -> None:
    """Before reports are counted anew: one that another process takes is waited for, or waits until we have counted.

    Who takes a report adds to these rows first; with nothing added to them here they are ours.
    """
    if tx.dialect.name != "sqlite":
        await write(
            tx, _UPSERT["postgresql"], [{"association_id": one, **NOTHING} for one in sorted(association_ids)]
        )


async def recount(tx: AsyncConnection, association_ids: Iterable[int]) -> None:
    """Count these associations anew from their reports (after a correction or a removal)."""
    ids = sorted(set(association_ids))
    if not ids:
        return
    await hold(tx, ids)
    totals = await _totals(tx, ids)
    await tx.execute(delete(figures).where(figures.c.association_id.in_(ids)))
    rows = [{"association_id": number, **total} for number, total in sorted(totals.items())]
    if rows:
        await tx.execute(upsert(tx.dialect.name), rows)


async def differing(tx: AsyncConnection, association_ids: Iterable[int]) -> set[int]:
    """Those whose row is not what their reports say."""
    ids = set(association_ids)
    wanted = await _totals(tx, ids)
    names = [figures.c[name] for name in NOTHING]
    kept = {
        number: dict(zip(NOTHING, sums, strict=True))
        for number, *sums in await tx.execute(select(figures.c.association_id, *names))
    }
    return {one for one in ids if wanted.get(one, NOTHING) != kept.get(one, NOTHING)}


async def _totals(tx: AsyncConnection, ids: Iterable[int]) -> dict[int, dict[str, int]]:
    totals: dict[int, dict[str, int]] = {}
    for row in await tx.execute(_REPORTS, {"ids": list(ids)}):
        totals[row.association_id] = add(totals.get(row.association_id, NOTHING), of_report(row.values))
    return totals
