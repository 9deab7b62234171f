"""What a summary reads beside the figures: words of leaders, questions, lessons, tasks, reminders of a place.

A place is `ids`, the associations it has; None is all of them. Sealed messages belong to no association and are in
nothing here; what is read is personal, so who shows it writes that to the audit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.places import Ids, both, by_association, read
from bot.store.tables import associations, inbox, lessons, outbox, people, questions, reports, tasks, visits


def _from(column: Any) -> Any:
    return column >= bindparam("starts", type_=column.type)


def _before(column: Any) -> Any:
    return column < bindparam("ends", type_=column.type)


def _in(column: Any) -> Any:
    return _from(column) & _before(column)


_WORDS = by_association(
    select(
        inbox.c.id,
        inbox.c.association_id,
        inbox.c.person_id,
        inbox.c.kind,
        inbox.c.channel,
        inbox.c.text,
        inbox.c.understood,
        inbox.c.received_at,
    )
    .where(inbox.c.association_id.is_not(None), _in(inbox.c.received_at))
    .order_by(inbox.c.id),
    inbox.c.association_id,
)
_mentor = people.alias("mentor")
_QUESTIONS = both(
    select(
        questions.c.number,
        questions.c.inbox_id,
        questions.c.association_id,
        questions.c.subject,
        questions.c.state,
        questions.c.asked_at,
        questions.c.promised_at,
        questions.c.answered_at,
        questions.c.helped,
        _mentor.c.sms_name.label("mentor"),
        inbox.c.text,
    )
    .join(inbox, inbox.c.id == questions.c.inbox_id)
    .outerjoin(_mentor, _mentor.c.id == questions.c.mentor_id)
    .where(
        _before(questions.c.asked_at),
        or_(_from(questions.c.asked_at), questions.c.state == "open", _from(questions.c.answered_at)),
    )
    .order_by(questions.c.number),
    questions.c.association_id,
)
_LESSONS = both(
    select(
        lessons.c.number,
        lessons.c.inbox_id,
        lessons.c.association_id,
        lessons.c.text,
        lessons.c.language,
        lessons.c.show,
        lessons.c.translations,
        lessons.c.at,
        associations.c.no.label("association"),
        associations.c.name.label("association_name"),
        associations.c.sms_name,
    )
    .outerjoin(associations, associations.c.id == lessons.c.association_id)
    .where(_in(lessons.c.at))
    .order_by(lessons.c.number),
    lessons.c.association_id,
)
_officer = people.alias("officer")
_TASKS = both(
    select(
        tasks.c.id,
        tasks.c.kind,
        tasks.c.association_id,
        tasks.c.inbox_id,
        tasks.c.due_at,
        tasks.c.made_at,
        tasks.c.closed_at,
        tasks.c.about,
        _officer.c.sms_name.label("officer"),
    )
    .outerjoin(_officer, _officer.c.id == tasks.c.officer_id)
    .where(
        tasks.c.sealed.is_(False),
        _before(tasks.c.made_at),
        or_(tasks.c.closed_at.is_(None), _from(tasks.c.closed_at)),
    )
    .order_by(tasks.c.due_at, tasks.c.id),
    tasks.c.association_id,
)
_REMINDERS = by_association(
    select(outbox.c.id, outbox.c.association_id, outbox.c.sent_at)
    .where(outbox.c.kind == "reminder", outbox.c.association_id.is_not(None), _in(outbox.c.sent_at))
    .order_by(outbox.c.id),
    outbox.c.association_id,
)
_form = reports.alias("next")
_forms = select(func.min(reports.c.form).label("form")).cte("forms", recursive=True)
_forms = _forms.union_all(
    select(select(func.min(_form.c.form)).where(_form.c.form > _forms.c.form).scalar_subquery()).where(
        _forms.c.form.is_not(None)
    )
)
"""The forms that there are reports of, each by one look into the index: they are read by form and time."""
_REPORTED = both(
    select(reports.c.number, reports.c.association_id, reports.c.created_at, reports.c.inbox_ids)
    .where(reports.c.form.in_(select(_forms.c.form)), reports.c.practice.is_(False), _in(reports.c.created_at))
    .order_by(reports.c.number),
    reports.c.association_id,
)
_VISITS = (
    select(visits.c.kind, func.count().label("visits"))
    .where(visits.c.day.between(bindparam("first"), bindparam("last")))
    .group_by(visits.c.kind)
    .order_by(visits.c.kind)
)
_LEADERS = select(people.c.id, people.c.name).where(people.c.kind == "leader").order_by(people.c.id)
_TEAM = select(people.c.id, people.c.sms_name).where(people.c.kind == "staff").order_by(people.c.id)


async def words(tx: AsyncConnection, ids: Ids, starts: datetime, ends: datetime) -> Sequence[Any]:
    """What leaders wrote from one moment to before another, oldest first."""
    return await read(tx, _WORDS, ids, starts=starts, ends=ends)


async def questions_of(tx: AsyncConnection, ids: Ids, starts: datetime, ends: datetime) -> Sequence[Any]:
    """Questions asked then, and earlier ones that were open in that time."""
    return await read(tx, _QUESTIONS, ids, starts=starts, ends=ends)


async def lessons_of(tx: AsyncConnection, ids: Ids, starts: datetime, ends: datetime) -> Sequence[Any]:
    """Lessons told then, with whether they may be shown."""
    return await read(tx, _LESSONS, ids, starts=starts, ends=ends)


async def tasks_of(tx: AsyncConnection, ids: Ids, starts: datetime, ends: datetime) -> Sequence[Any]:
    """Tasks that were open at some time from one moment to before another; never sealed ones."""
    return await read(tx, _TASKS, ids, starts=starts, ends=ends)


async def reminders_of(tx: AsyncConnection, ids: Ids, starts: datetime, ends: datetime) -> Sequence[Any]:
    """Reminders that left."""
    return await read(tx, _REMINDERS, ids, starts=starts, ends=ends)


async def reported(tx: AsyncConnection, ids: Ids, starts: datetime, ends: datetime) -> Sequence[Any]:
    """Reports of any form that were made then, with the messages they came from."""
    return await read(tx, _REPORTED, ids, starts=starts, ends=ends)


async def visits_of(tx: AsyncConnection, ids: Ids, first: str, last: str) -> dict[str, int]:
    """How many visits, calls and notes were logged from one ISO day to another, both included."""
    there = _VISITS if ids is None else _VISITS.where(visits.c.association_id.in_(list(ids)))
    return {row.kind: row.visits for row in await tx.execute(there, {"first": first, "last": last})}


async def leaders(tx: AsyncConnection, ids: Ids) -> dict[int, str]:
    """The names of leaders by id: only for an export of persons, which is noted with its reason."""
    there = _LEADERS if ids is None else _LEADERS.where(people.c.association_id.in_(list(ids)))
    return {row.id: row.name for row in await tx.execute(there)}


async def team(tx: AsyncConnection) -> dict[int, str]:
    """The names of the team by id."""
    return {row.id: row.sms_name for row in await tx.execute(_TEAM)}
