"""Trainings by association, reporter, day and standing: any range and place is a sum of days, and of whole months.

Kept in the turn's own transaction: a report that comes in is added, a correction, a check or a removal has its
days counted anew. Standing: *checked* when a person has seen the sheet or a call confirmed it, *doubtful* while a
question about it is open or it is on hold, else *reported*. Twins, withdrawn, rejected and practice do not count.

Groups that contradict the number of people (more displaced, returnees and hosts than people came) count as not said.
Leaders say them of all who came. Of the new people counts what follows from that whoever came again; the rest is not
said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import figures, training_months
from bot.store.figures import COUNTED
from bot.store.inserts import DIALECTS, added
from bot.store.prepared import rows, write
from bot.store.tables import TRAINING_SUMS, reports, training_days

STANDINGS = ("checked", "reported", "doubtful")
LARGEST = ("largest_women", "largest_men")
NOTHING: Mapping[str, int] = dict.fromkeys((*TRAINING_SUMS, *LARGEST), 0)
_KEY = ("day", "association_id", "person_id", "standing")
_ALL = select(
    reports.c.day,
    reports.c.association_id,
    reports.c.person_id,
    reports.c["values"],
    reports.c.state,
    reports.c.verdict,
    reports.c.new_found,
).where(
    reports.c.association_id.is_not(None),
    reports.c.form == "training",
    reports.c.state.in_(COUNTED),
    reports.c.verdict != "rejected",
    reports.c.practice.is_(False),
)
_OF_ASSOCIATION = _ALL.where(reports.c.association_id == bindparam("association"))
_OF_DAY = _OF_ASSOCIATION.where(reports.c.day.in_(bindparam("days", expanding=True)))
_WITHOUT_DAY = _OF_ASSOCIATION.where(reports.c.day.is_(None))
_FORGET = delete(training_days).where(
    training_days.c.association_id == bindparam("association"), training_days.c.day == bindparam("on")
)


def standing(state: str, verdict: str) -> str:
    """How far a report that counts can be trusted."""
    if verdict == "accepted":
        return "checked"
    return "doubtful" if state == "doubtful" or verdict == "hold" else "reported"


def of_report(values: Mapping[str, Any], how: str = "reported", found: int = 0) -> dict[str, int]:
    """What one training adds. All parts of a sum add up to it: what was not said is counted as not said.

    `how` is its standing. Of its new people all are checked when it is, else those whom a call has `found`.
    """
    women, men = values.get("women") or 0, values.get("men") or 0
    new = _new(values)
    came, fresh = women + men, new["new_people"]
    groups = _groups([values.get(name) for name in ("displaced", "returnee", "host")], came)
    youth, youth_not_said = _part(values.get("youth"), came)
    again = max(0, came - fresh)
    new_groups: list[int | None] = [values.get(name) for name in ("new_displaced", "new_returnee", "new_host")]
    if new_groups == [None] * 3:
        new_groups = [_certain(number, again) for number in groups[:3]]
    fresh_groups = _groups(new_groups, fresh)
    fresh_youth, fresh_youth_not_said = _part(values.get("new_youth"), fresh)
    if values.get("new_youth") is None and not youth_not_said:
        fresh_youth = _certain(youth, again)
        fresh_youth_not_said = fresh - fresh_youth - _certain(came - youth, again)
    return {
        "trainings": 1,
        "women": women,
        "men": men,
        **new,
        "new_checked": fresh if how == "checked" else min(found, fresh),
        "youth": youth,
        "youth_not_said": youth_not_said,
        **dict(zip(("displaced", "returnee", "host", "groups_not_said"), groups, strict=True)),
        "new_youth": fresh_youth,
        "new_youth_not_said": fresh_youth_not_said,
        **dict(zip(("new_displaced", "new_returnee", "new_host", "new_groups_not_said"), fresh_groups, strict=True)),
        "largest_women": women,
        "largest_men": men,
    }


def _certain(of_all: int, again: int) -> int:
    """How many of a group must be new when so many of all came again: the others may all be of that group."""
    return max(0, of_all - again)


def _new(values: Mapping[str, Any]) -> dict[str, int]:
    women, men, people = values.get("new_women"), values.get("new_men"), values.get("new_people")
    not_said = int(women is None and men is None and people is None)
    if people is None:
        people = (women or 0) + (men or 0)
    if (women or 0) + (men or 0) > people:  # contradicts itself: the number of people stands, their sex is not said
        women = men = 0
    return {"new_women": women or 0, "new_men": men or 0, "new_people": people, "new_not_said": not_said}


def _part(said: int | None, of: int) -> tuple[int, int]:
    """(said, not said) of so many people."""
    return (0, of) if said is None or said > of else (said, 0)


def _groups(said: list[int | None], of: int) -> tuple[int, int, int, int]:
    counted = [number or 0 for number in said]
    if sum(counted) > of:
        counted = [0, 0, 0]
    return counted[0], counted[1], counted[2], of - sum(counted)


def row(association_id: int, person_id: int | None, day: str | None, state: str, values: Mapping[str, Any]) -> Any:
    """The row by which a new report adds to its day."""
    how = standing(state, "")
    key = {"day": day or "", "association_id": association_id, "person_id": person_id or 0, "standing": how}
    return {**key, **of_report(values, how)}


def add(total: Mapping[str, int], one: Mapping[str, int]) -> dict[str, int]:
    """The figures of two disjoint sets of trainings."""
    summed = {name: total[name] + one[name] for name in TRAINING_SUMS}
    return summed | {name: max(total[name], one[name]) for name in LARGEST}


UPSERT = {name: added(module.insert(training_days)) for name, module in DIALECTS.items()}
"""Adds one report to its day."""


async def recount(tx: AsyncConnection, touched: Iterable[tuple[int, str | None]]) -> None:
    """Count these days of these associations anew from the reports, and their months from the days."""
    days: dict[int, set[str]] = {}
    for association_id, day in touched:
        days.setdefault(association_id, set()).add(day or "")
    if days:
        await figures.hold(tx, days)
    for association_id, wanted in sorted(days.items()):
        found = list(await rows(tx, _OF_DAY, {"association": association_id, "days": sorted(wanted)}))
        if "" in wanted:
            found += await rows(tx, _WITHOUT_DAY, {"association": association_id})
        await write(tx, _FORGET, [{"association": association_id, "on": day} for day in sorted(wanted)])
        await _insert(tx, found)
    months = {(number, training_months.month_of(day)) for number, wanted in days.items() for day in wanted}
    await training_months.recount(tx, months)


async def recount_all(tx: AsyncConnection) -> None:
    """Count every day and month anew: after reports were written otherwise than by a turn."""
    await tx.execute(delete(training_days))
    await _insert(tx, (await tx.execute(_ALL)).all())
    await training_months.recount_all(tx)


async def differing(tx: AsyncConnection) -> set[int]:
    """The associations whose days are not what their reports say, or whose months are not the sums of their days."""
    wanted = _added_up((await tx.execute(_ALL)).all())
    there = await tx.execute(select(*(training_days.c[name] for name in (*_KEY, *NOTHING))))
    kept = {tuple(row[: len(_KEY)]): dict(zip(NOTHING, row[len(_KEY) :], strict=True)) for row in there}
    there_is = wanted.keys() | kept.keys()
    wrong = {key[1] for key in there_is if wanted.get(key, NOTHING) != kept.get(key, NOTHING)}
    return wrong | await training_months.differing(tx)


async def _insert(tx: AsyncConnection, found: Iterable[Any]) -> None:
    """Add rows of `reports` to days that have been forgotten: added up here, written at once."""
    if totals := _added_up(found):
        new = [dict(zip(_KEY, key, strict=True)) | dict(total) for key, total in sorted(totals.items())]
        await write(tx, UPSERT[tx.dialect.name], new)


def _added_up(found: Iterable[Any]) -> dict[tuple[Any, ...], Mapping[str, int]]:
    """Rows of `reports` by the key of their day."""
    totals: dict[tuple[Any, ...], Mapping[str, int]] = {}
    for one in found:
        how = standing(one.state, one.verdict)
        key = (one.day or "", one.association_id, one.person_id or 0, how)
        totals[key] = add(totals.get(key, NOTHING), of_report(one.values, how, one.new_found))
    return totals
