"""The monthly sample: which reports are verified by a call, and what the calls said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, exists, insert, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.prepared import rows
from bot.store.tables import associations, media, outbox, people, report_history, reports, sampled, samples
from bot.store.types import Id

_SAMPLE = select(samples).where(samples.c.month == bindparam("which"))
_MADE = insert(samples).returning(samples.c.id)
_ADD = insert(sampled)
_LISTED = (
    select(
        sampled,
        reports.c.association_id,
        associations.c.no.label("association"),
        associations.c.sms_name,
        reports.c.day,
        reports.c.state,
        reports.c.verdict,
        reports.c["values"],
        people.c.sms_name.label("reporter"),
        people.c.language,
        reports.c.person_id,
    )
    .join(reports, reports.c.number == sampled.c.number)
    .join(associations, associations.c.id == reports.c.association_id)
    .outerjoin(people, people.c.id == reports.c.person_id)
    .where(sampled.c.sample_id == bindparam("sample"))
    .order_by(sampled.c.number)
)
_REVISION = select(report_history.c["values"]).where(
    report_history.c.number == bindparam("which"), report_history.c.revision == bindparam("of_revision")
)
_RESULT = (
    update(sampled)
    .where(sampled.c.sample_id == bindparam("sample"), sampled.c.number == bindparam("which"))
    .values(
        outcome=bindparam("new_outcome"),
        result=bindparam("said", type_=sampled.c.result.type),
        called_at=bindparam("at", type_=sampled.c.called_at.type),
        called_by=bindparam("by"),
    )
)
_THERE = and_(media.c.kind == "photo", media.c.state.in_(("waiting", "kept", "erased")))
_PHOTOS = (
    select(media.c.id, media.c.report_number, media.c.sha256, media.c.state)
    .where(_THERE, media.c.report_number.in_(bindparam("numbers", expanding=True)))
    .order_by(media.c.id)
)
_THE_SAME = (
    select(
        media.c.report_number,
        media.c.sha256,
        reports.c.association_id,
        reports.c.state,
        reports.c.verdict,
    )
    .join(reports, reports.c.number == media.c.report_number)
    .where(_THERE, media.c.sha256.in_(bindparam("digests", expanding=True)))
    .order_by(media.c.id)
)
_DAY = 86_400_000_000
"""In the microseconds of a Moment."""
_REMINDED = select(reports.c.number).where(
    reports.c.number.in_(bindparam("numbers", expanding=True)),
    exists().where(
        outbox.c.association_id == reports.c.association_id,
        outbox.c.kind == "reminder",
        outbox.c.sent_at <= reports.c.created_at,
        type_coerce(outbox.c.sent_at, Id) >= type_coerce(reports.c.created_at, Id) - _DAY,
    ),
)
_REVISIONS = (
    select(
        report_history.c.number,
        report_history.c.revision,
        report_history.c["values"],
        report_history.c.state,
        report_history.c.reason,
        report_history.c.replaced_at,
    )
    .where(report_history.c.number.in_(bindparam("numbers", expanding=True)))
    .order_by(report_history.c.number, report_history.c.revision)
)


async def of_month(tx: AsyncConnection, month: str) -> Any | None:
    """The sample of a month (YYYY-MM), or None."""
    return (await tx.execute(_SAMPLE, {"which": month})).first()


async def keep(tx: AsyncConnection, sample: dict[str, Any], drawn: Sequence[dict[str, Any]]) -> int:
    """Write a sample down; returns its id."""
    number = int((await tx.execute(_MADE, sample)).scalar_one())
    if drawn:
        await tx.execute(_ADD, [{**row, "sample_id": number} for row in drawn])
    return number


async def listed(tx: AsyncConnection, sample: int) -> Sequence[Any]:
    """The reports of a sample with what they say now, by number. First names are personal data."""
    return (await tx.execute(_LISTED, {"sample": sample})).all()


async def as_drawn(tx: AsyncConnection, number: int, revision: int) -> dict[str, Any] | None:
    """What a report said in an earlier revision, or None when there is none."""
    row = (await tx.execute(_REVISION, {"which": number, "of_revision": revision})).first()
    return None if row is None else dict(row.values)


async def result(tx: AsyncConnection, row: dict[str, Any]) -> None:
    """What a call said; a second call replaces the first."""
    await tx.execute(_RESULT, row)


async def photos(tx: AsyncConnection, numbers: Sequence[int]) -> Sequence[Any]:
    """The photos of these reports (id, report_number, sha256, state), oldest first."""
    return await rows(tx, _PHOTOS, {"numbers": list(numbers)}) if numbers else []


async def the_same_photos(tx: AsyncConnection, digests: Sequence[str]) -> Sequence[Any]:
    """Every photo of a report that is one of these files, oldest first, with its report's number, place and state."""
    return await rows(tx, _THE_SAME, {"digests": list(digests)}) if digests else []


async def reminded(tx: AsyncConnection, numbers: Sequence[int]) -> set[int]:
    """Those of these reports that came within a day after a reminder of their association."""
    return {row.number for row in await rows(tx, _REMINDED, {"numbers": list(numbers)})} if numbers else set()


async def revisions(tx: AsyncConnection, numbers: Sequence[int]) -> Sequence[Any]:
    """What these reports said before, by number and revision."""
    return await rows(tx, _REVISIONS, {"numbers": list(numbers)}) if numbers else []
