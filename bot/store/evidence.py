"""What stands behind a report: who sent it, what it said before, its messages, photos and checks. Reading only.

Within the viewer's area. Names, words and photos are personal data: whoever shows them writes the reading down.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.area import AREA, binds
from bot.store.tables import addresses, associations, inbox, media, outbox, people, report_history, reports, tasks
from handlers.turn import Viewer

_number = bindparam("which", type_=reports.c.number.type)
_REPORT = (
    select(
        reports,
        associations.c.no,
        associations.c.name.label("association"),
        people.c.sms_name.label("reporter"),
        people.c.language,
        people.c.consent,
        people.c.erased_at,
        addresses.c.active,
    )
    .join(associations, associations.c.id == reports.c.association_id)
    .outerjoin(people, people.c.id == reports.c.person_id)
    .outerjoin(addresses, addresses.c.id == reports.c.address_id)
    .where(reports.c.number == _number, reports.c.practice.is_(False), associations.c.id.in_(AREA))
)
_BEFORE = select(report_history).where(report_history.c.number == _number).order_by(report_history.c.revision.desc())
_SEALED = select(tasks.c.inbox_id).where(tasks.c.sealed.is_(True), tasks.c.inbox_id.is_not(None))
_MESSAGES = (
    select(
        inbox.c.id, inbox.c.kind, inbox.c.text, inbox.c.received_at, inbox.c.channel, people.c.sms_name.label("name")
    )
    .outerjoin(people, people.c.id == inbox.c.person_id)
    .where(inbox.c.id.in_(bindparam("ids", expanding=True)), inbox.c.channel != "timer", inbox.c.id.not_in(_SEALED))
    .order_by(inbox.c.id)
)
_FILES = (
    select(media.c.id, media.c.kind, media.c.state, media.c.at)
    .where(
        media.c.inbox_id.not_in(_SEALED),
        or_(media.c.report_number == _number, media.c.inbox_id.in_(bindparam("ids", expanding=True))),
    )
    .order_by(media.c.id)
)
_FILE = select(media.c.file).where(media.c.id == bindparam("file", type_=media.c.id.type), media.c.state == "kept")


_ARRIVED = (
    select(inbox.c.id, inbox.c.received_at.label("at"), inbox.c.channel, inbox.c.kind, inbox.c.address_id)
    .where(inbox.c.association_id == bindparam("association"))
    .order_by(inbox.c.received_at.desc())
    .limit(bindparam("most"))
)
_LEFT = (
    select(outbox.c.id, outbox.c.sent_at.label("at"), outbox.c.channel, outbox.c.kind, outbox.c.address_id)
    .where(outbox.c.association_id == bindparam("association"), outbox.c.sent_at.is_not(None))
    .order_by(outbox.c.sent_at.desc())
    .limit(bindparam("most"))
)


async def last_messages(tx: AsyncConnection, association: int, most: int) -> list[dict[str, Any]]:
    """By number, newest first, without their words; `out` those of ours. Sealed ones are of no association."""
    there = {"association": association, "most": most}
    found = [{**row, "out": False} for row in (await tx.execute(_ARRIVED, there)).mappings()]
    found += [{**row, "out": True} for row in (await tx.execute(_LEFT, there)).mappings()]
    return sorted(found, key=lambda row: (row["at"], row["out"], row["id"]), reverse=True)[:most]


async def report(tx: AsyncConnection, viewer: Viewer, number: int) -> dict[str, Any] | None:
    """A report of her area with who sent it and, under `before`, what it said earlier, newest first; or None."""
    row = (await tx.execute(_REPORT, {**binds(viewer), "which": number})).mappings().first()
    if row is None:
        return None
    before = (await tx.execute(_BEFORE, {"which": number})).mappings()
    return {**row, "before": [dict(one) for one in before]}


def _ids(found: dict[str, Any]) -> list[int]:
    changed = [one["inbox_id"] for one in found["before"] if one["inbox_id"]]
    return sorted({*(found["inbox_ids"] or ()), *changed})


async def messages(tx: AsyncConnection, found: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages that it, and each correction, came from; never a sealed one."""
    return [dict(row) for row in (await tx.execute(_MESSAGES, {"ids": _ids(found)})).mappings()]


async def files(tx: AsyncConnection, found: dict[str, Any]) -> list[dict[str, Any]]:
    """Its photos and voice notes: id, kind, state, when they came; never one of a sealed message."""
    there = await tx.execute(_FILES, {"which": found["number"], "ids": _ids(found)})
    return [dict(row) for row in there.mappings()]


async def file(tx: AsyncConnection, found: dict[str, Any], number: int) -> str | None:
    """Where one of them lies below the media folder; None when there is none (any more)."""
    if number not in {one["id"] for one in await files(tx, found)}:
        return None
    name: str | None = (await tx.execute(_FILE, {"file": number})).scalar()
    return name
