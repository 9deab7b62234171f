"""Trainings by association, month and standing: days added up, so that a month and what was before it are few rows.

A report that comes in is added in the turn's own transaction, as to its day; whatever has days counted anew has their
months added up anew from the days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import String, bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.inserts import DIALECTS, added
from bot.store.prepared import write
from bot.store.tables import training_days, training_months
from bot.store.types import Id

_days = training_days.c
_SUMS = tuple(column.name for column in training_months.c if not column.primary_key)
_MONTH = func.substr(_days.day, 1, 7)
_KEY = (_MONTH, _days.association_id, _days.standing)
_ADDED_UP = select(
    *_KEY, *((func.max if name.startswith("largest") else func.sum)(_days[name]) for name in _SUMS)
).group_by(*_KEY)
_COLUMNS = [column.name for column in training_months.c]
_OF = bindparam("association", type_=Id)
_ADD_UP = insert(training_months).from_select(
    _COLUMNS,
    _ADDED_UP.where(
        _days.association_id == _OF,
        _days.day.between(bindparam("first", type_=String), bindparam("last", type_=String)),
    ),
)
_ADD_ALL_UP = insert(training_months).from_select(_COLUMNS, _ADDED_UP)
_FORGET = delete(training_months).where(
    training_months.c.association_id == _OF, training_months.c.month == bindparam("first", type_=String)
)
UPSERT = {name: added(module.insert(training_months)) for name, module in DIALECTS.items()}
"""Adds one report to its month."""


def month_of(day: str | None) -> str:
    """YYYY-MM of an ISO date; empty without one."""
    return (day or "")[:7]


def row(of_day: Mapping[str, Any]) -> dict[str, Any]:
    """The row by which a new report adds to its month: that of its day (`training_days.row`)."""
    return {"month": month_of(of_day["day"])} | {name: of_day[name] for name in _COLUMNS[1:]}


async def recount(tx: AsyncConnection, touched: Iterable[tuple[int, str]]) -> None:
    """Add these months (association, YYYY-MM) up anew: their days have been counted anew."""
    there = [
        {"association": association, "first": month, "last": month and f"{month}-31"}
        for association, month in sorted(touched)
    ]
    if there:
        await write(tx, _FORGET, [{"association": one["association"], "first": one["first"]} for one in there])
        await write(tx, _ADD_UP, there)


async def recount_all(tx: AsyncConnection) -> None:
    """Add every month up anew."""
    await tx.execute(delete(training_months))
    await tx.execute(_ADD_ALL_UP)


async def differing(tx: AsyncConnection) -> set[int]:
    """The associations whose months are not the sums of their days."""
    wanted = {tuple(one) for one in await tx.execute(_ADDED_UP)}
    return {one[1] for one in wanted ^ {tuple(one) for one in await tx.execute(select(training_months))}}
