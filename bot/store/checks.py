"""Checks: a person has looked at a report. Accepted counts as checked, rejected stays visible and does not count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.consent import WAKE_ADDRESS, WAKE_CHAT
from bot.store.listing import plain_row
from bot.store.tables import addresses, checks, people, people_addresses, reports

NOTE = insert(checks).from_select(
    ["number", "revision", "verdict", "how", "reason", "by", "at"],
    select(
        reports.c.number,
        reports.c.revision,
        bindparam("new_verdict", type_=checks.c.verdict.type),
        bindparam("how", type_=checks.c.how.type),
        bindparam("why", type_=checks.c.reason.type),
        bindparam("by", type_=checks.c.by.type),
        bindparam("at", type_=checks.c.at.type),
    ).where(reports.c.number == bindparam("which", type_=reports.c.number.type)),
)
JUDGE = update(reports).where(reports.c.number == bindparam("which")).values(verdict=bindparam("new_verdict"))
FOUND = update(reports).where(reports.c.number == bindparam("which")).values(new_found=bindparam("found"))
SEE_AGAIN = (
    update(reports)
    .where(reports.c.number == bindparam("which"))
    .values(verdict=case((reports.c.verdict == "accepted", ""), else_=reports.c.verdict), new_found=0)
)
"""A report says something else now: what was accepted or found must be seen again."""
_REPORT = (
    select(
        reports.c.number,
        reports.c.form,
        reports.c.association_id,
        reports.c.day,
        reports.c.state,
        reports.c.verdict,
        reports.c.revision,
        reports.c.practice,
        reports.c["values"],
    )
    .where(reports.c.number == bindparam("which"))
    .with_for_update()
)
_OF_THAT_DAY = (
    select(reports.c.number)
    .where(
        reports.c.association_id == bindparam("association"),
        reports.c.form == bindparam("form"),
        reports.c.day == bindparam("day"),
        reports.c.number != bindparam("which"),
        reports.c.state != "withdrawn",
        reports.c.practice.is_(False),
    )
    .order_by(reports.c.number)
)
_REVISIONS = select(reports.c.number, reports.c.revision).where(
    reports.c.number.in_(bindparam("numbers", expanding=True))
)
_SENDER = (
    select(reports.c.address_id, reports.c.person_id, addresses.c.active)
    .outerjoin(addresses, addresses.c.id == reports.c.address_id)
    .where(reports.c.number == bindparam("which"), reports.c.practice.is_(False))
)
_there = select(people_addresses.c.person_id).where(people_addresses.c.address_id == bindparam("address"))
_AGREED = (
    select(people.c.id)
    .where(
        or_(people.c.id == bindparam("person"), people.c.id.in_(_there)),
        people.c.consent == "yes",
        people.c.left_at.is_(None),
    )
    .limit(1)
)
_OF = (
    select(
        checks.c.number,
        checks.c.revision,
        checks.c.verdict,
        checks.c.how,
        checks.c.reason,
        people.c.sms_name.label("by"),
        checks.c.at,
    )
    .outerjoin(people, people.c.id == checks.c.by)
    .where(checks.c.number.in_(bindparam("numbers", expanding=True)))
    .order_by(checks.c.id)
)


async def one(tx: AsyncConnection, number: int) -> Any | None:
    """The report that shall be checked, or None. It stays as it is until we commit."""
    return (await tx.execute(_REPORT, {"which": number})).first()


async def of_that_day(tx: AsyncConnection, row: Any) -> list[int]:
    """Other reports of the same association and form about the day of this one (`one`); removed ones are none."""
    there = {"association": row.association_id, "form": row.form, "day": row.day, "which": row.number}
    return list((await tx.execute(_OF_THAT_DAY, there)).scalars())


async def wake_sender(tx: AsyncConnection, number: int, now: datetime) -> bool:
    """Have who sent a report asked about it, where it was sent from or else where she is; False: she cannot be."""
    found = (await tx.execute(_SENDER, {"which": number})).one()
    if (await tx.execute(_AGREED, {"person": found.person_id, "address": found.address_id})).first() is None:
        return False
    what = {"timer": "wake", "what": "fix", "number": number}
    row = {"wake_key": f"wake:report {number}:{now.isoformat()}", "what": what, "at": now}
    if found.active:
        return bool((await tx.execute(WAKE_ADDRESS, {**row, "address": found.address_id})).rowcount)
    return bool((await tx.execute(WAKE_CHAT, {**row, "person": found.person_id})).rowcount)


async def revisions(tx: AsyncConnection, numbers: list[int]) -> dict[int, int]:
    """How often each of these reports has said something else, from 1 on."""
    return {row.number: row.revision for row in await tx.execute(_REVISIONS, {"numbers": numbers})} if numbers else {}


async def of(tx: AsyncConnection, numbers: list[int]) -> list[dict[str, Any]]:
    """Every check of these reports, oldest first."""
    return [plain_row(row) for row in await tx.execute(_OF, {"numbers": numbers})] if numbers else []
