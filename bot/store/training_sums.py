"""Sums of trainings read from their months and days, of a place and a period as in `bot/store/counting.py`.

What lies in whole months is read from the months; the days before the first and after the last of them from the days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import String, bindparam, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.columns import columns
from bot.store.places import Ids, both, read
from bot.store.tables import TRAINING_SUMS, training_days, training_months
from bot.store.training_days import LARGEST

_BY = ("association_id", "standing")
_IDS: Any = bindparam("ids", expanding=True)
_NONE = ("1", "0")
"""No day is between these."""


def _sums(there: Any) -> dict[str, Any]:
    """The sums of a roll-up's row by name; two need no column of their own."""
    also = {
        "trainings": ("attendances", there.women + there.men),
        "new_men": ("new_sex_not_said", there.new_people - there.new_women - there.new_men),
    }
    found: dict[str, Any] = {}
    for name in TRAINING_SUMS:
        found[name] = there[name]
        found.update([also[name]] if name in also else [])
    return found


ADDED = tuple(_sums(training_days.c))
"""The sums that are read, in their order behind their keys; then LARGEST."""


def _each(there: Any, *keys: str) -> Any:
    sums = [column.label(name) for name, column in _sums(there.c).items()]
    return select(*(there.c[name] for name in keys), *sums, *(there.c[name] for name in LARGEST))


def _summed(there: Any, *keys: str) -> Any:
    by = [there.c[name] for name in keys]
    sums = [func.sum(column).label(name) for name, column in _sums(there.c).items()]
    return select(*by, *sums, *(func.max(there.c[name]).label(name) for name in LARGEST)).group_by(*by)


def _between(column: Any, first: str = "first", last: str = "last") -> Any:
    return column.between(bindparam(first, type_=String), bindparam(last, type_=String))


def _period(*of: Any) -> Any:
    """By association and standing: whole months, and what is before the first and after the last of them."""
    names = (*_BY, *TRAINING_SUMS, *LARGEST)
    pieces = []
    for table, within in (
        (training_months, _between(training_months.c.month, "since", "until")),
        (training_days, _between(training_days.c.day, "head_first", "head_last")),
        (training_days, _between(training_days.c.day, "tail_first", "tail_last")),
    ):
        own = [table.c.association_id.in_(ids) for ids in of]
        pieces.append(select(*(table.c[name] for name in names)).where(within, *own))
    return _summed(union_all(*pieces).subquery(), *_BY)


_days = training_days.c
_PERIOD = (_period(), _period(_IDS))
_ONE_MONTH = both(
    _each(training_months, *_BY).where(training_months.c.month == bindparam("since", type_=String)),
    training_months.c.association_id,
)
_MONTHS = both(
    _summed(training_months, "month", "standing").where(training_months.c.month <= bindparam("until", type_=String)),
    training_months.c.association_id,
)
_PEOPLE = both(
    _summed(training_days, "association_id", "person_id", "standing").where(_between(_days.day)), _days.association_id
)
_LAST_DAYS = both(
    select(_days.association_id, _days.person_id, func.max(_days.day).label("last_day"))
    .where(_days.day <= bindparam("last", type_=String))
    .group_by(_days.association_id, _days.person_id),
    _days.association_id,
)


async def days(tx: AsyncConnection, first: str, last: str, ids: Ids) -> list[Sequence[Any]]:
    """By association and standing, column by column, each pair once. From a day ("": the start) to one, included."""
    pieces = _pieces(first, last)
    a_month = pieces["since"] == pieces["until"] and pieces["head_first"] == pieces["tail_first"] == _NONE[0]
    of_all, of_some = (_ONE_MONTH, _PERIOD)[not a_month]
    binds = {"since": pieces["since"]} if a_month else pieces
    if ids is None:
        return await columns(tx, of_all, binds)
    return await columns(tx, of_some, {**binds, "ids": list(ids)})


def _pieces(first: str, last: str) -> Mapping[str, str]:
    """The whole months of a period, and the days before and after them; "" is the month of what has no date."""
    since, until, head, tail = first[:7], last[:7], _NONE, _NONE
    end = date.fromisoformat(last)
    if (end + timedelta(days=1)).day != 1:
        until = f"{end.replace(day=1) - timedelta(days=1):%Y-%m}"
        tail = (max(first, f"{last[:7]}-01"), last)
    if first[8:] not in ("", "01"):
        since = f"{date.fromisoformat(f'{since}-01') + timedelta(days=31):%Y-%m}"
        head = (first, min(last, f"{first[:7]}-31"))
    if head[0] == tail[0]:  # all within a month
        tail = _NONE
    edges = {"head_first": head[0], "head_last": head[1], "tail_first": tail[0], "tail_last": tail[1]}
    return {"since": since, "until": until, **edges}


async def months(tx: AsyncConnection, until: str, ids: Ids) -> Sequence[Any]:
    """By month (YYYY-MM, until this one; "" without a date) and standing."""
    return await read(tx, _MONTHS, ids, until=until)


async def reporters(tx: AsyncConnection, first: str, last: str, ids: Ids) -> Sequence[Any]:
    """By association, reporter (0 = not known) and standing."""
    return await read(tx, _PEOPLE, ids, first=first, last=last)


async def last_days(tx: AsyncConnection, last: str, ids: Ids) -> dict[tuple[int, int], str]:
    """The last day on which each (association, reporter) trained, up to a day."""
    found = await read(tx, _LAST_DAYS, ids, last=last)
    return {(row.association_id, row.person_id): row.last_day for row in found}
