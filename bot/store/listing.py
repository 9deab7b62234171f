"""What commands and pages list: figures, reports, messages, people. Reading only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.pages import NOT_THE_DOOR
from bot.store.tables import (
    addresses,
    associations,
    figures,
    inbox,
    people,
    people_addresses,
    reports,
    tasks,
)
from handlers.understand.words import plain


def plain_row(row: Any) -> dict[str, Any]:
    """A row as a dictionary with plain names."""
    return {str(name): value for name, value in row._mapping.items()}


async def figures_by_association(tx: AsyncConnection) -> list[dict[str, Any]]:
    """One row per association, also of those that reported nothing; null figures are 0."""
    names = [column for column in figures.c if column.name != "association_id"]
    there = (
        select(
            associations.c.no,
            associations.c.name,
            associations.c.members_women,
            associations.c.members_men,
            *(func.coalesce(column, 0).label(column.name) for column in names),
        )
        .select_from(associations.outerjoin(figures))
        .order_by(associations.c.no)
    )
    return [plain_row(row) for row in await tx.execute(there)]


async def association_numbers(tx: AsyncConnection) -> dict[int, str]:
    """The roster's number of every association, by id."""
    return {row.id: row.no for row in await tx.execute(select(associations.c.id, associations.c.no))}


async def all_reports(tx: AsyncConnection) -> list[dict[str, Any]]:
    """Every report with its association, newest last."""
    there = (
        select(
            reports.c.number,
            associations.c.no.label("association"),
            reports.c.form,
            reports.c["values"],
            reports.c.state,
            reports.c.doubt,
            reports.c.practice,
            reports.c.source,
            reports.c.created_at,
            reports.c.inbox_ids.label("source_ids"),
        )
        .select_from(reports.outerjoin(associations))
        .order_by(reports.c.number)
    )
    return [plain_row(row) for row in await tx.execute(there)]


async def messages(tx: AsyncConnection, *, unanswered: bool) -> list[dict[str, Any]]:
    """What arrived, newest last: never the number, only the address's id; nothing of the neutral door."""
    waiting = select(tasks.c.inbox_id).where(tasks.c.state == "open", tasks.c.sealed.is_(False))
    there = select(
        inbox.c.id,
        inbox.c.channel,
        inbox.c.address_id.label("address"),
        inbox.c.person_id.label("person"),
        inbox.c.kind,
        inbox.c.text,
        inbox.c.state,
        inbox.c.understood,
        inbox.c.received_at,
    ).where(inbox.c.channel != "timer", NOT_THE_DOOR)
    if unanswered:
        there = there.where(inbox.c.id.in_(waiting))
    return [plain_row(row) for row in await tx.execute(there.order_by(inbox.c.id))]


async def people_named(tx: AsyncConnection, name: str, kind: str = "leader") -> list[dict[str, Any]]:
    """Leaders, or the team (`kind` staff), by name ("ODETTE", "ABAHUZA ODETTE"), with the phone they write from."""
    there = (
        select(
            people.c.id,
            people.c.sms_name,
            people.c.name,
            associations.c.sms_name.label("association"),
            addresses.c.value.label("phone"),
        )
        .select_from(people)
        .outerjoin(associations, associations.c.id == people.c.association_id)
        .join(people_addresses, people_addresses.c.person_id == people.c.id)
        .join(addresses, addresses.c.id == people_addresses.c.address_id)
        .where(people.c.kind == kind, people.c.left_at.is_(None), addresses.c.scheme == "tel")
        .order_by(people.c.id)
    )
    wanted = set(plain(name).split())
    found = []
    for row in await tx.execute(there):
        own = {plain(row.sms_name), *plain(row.name).split(), plain(row.association or "")}
        if wanted and wanted <= own:
            found.append(plain_row(row))
    return found


async def counts(tx: AsyncConnection) -> dict[str, int]:
    """How much there is: for `doctor`."""
    result = {}
    for name, table in (("associations", associations), ("people", people), ("reports", reports)):
        result[name] = int((await tx.execute(select(func.count()).select_from(table))).scalar_one())
    agreed = select(func.count()).select_from(people).where(people.c.consent == "yes")
    result["consents"] = int((await tx.execute(agreed)).scalar_one())
    waiting = select(func.count()).select_from(inbox).where(inbox.c.state == "quarantined")
    result["quarantined"] = int((await tx.execute(waiting)).scalar_one())
    return result
