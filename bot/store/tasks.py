"""Tasks: opened for the officer of an association, closed with a result, told to those who may see them.

Sealed tasks are opened here and loaded nowhere here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Integer,
    String,
    bindparam,
    cast,
    exists,
    false,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import questions
from bot.store.area import AREA, binds
from bot.store.tables import addresses, associations, inbox, media, people, people_addresses, tasks
from handlers.turn import Association, Fact, Kept, Task, TaskNumbered, TasksOfRow, TasksOpen, Viewer

OPEN = insert(tasks)
CLOSE_ONE = (
    update(tasks)
    .where(tasks.c.id == bindparam("which"), tasks.c.state == "open")
    .values(state="closed", closed_at=bindparam("at"), closed_by=bindparam("who"), result=bindparam("how"))
)

# --- who is told ---

_chats = (
    select(addresses.c.id)
    .select_from(people)
    .join(people_addresses, people_addresses.c.person_id == people.c.id)
    .join(addresses, addresses.c.id == people_addresses.c.address_id)
    .where(
        people.c.kind == "staff",
        people.c.role.in_(("officer", "admin")),
        people.c.left_at.is_(None),
        people.c.consent != "stopped",
        addresses.c.active.is_(True),
        addresses.c.scheme != "tel",
    )
)
_officer = select(associations.c.officer_id).where(associations.c.id == bindparam("association", type_=Integer))
_HERS = people.c.id == _officer.scalar_subquery()
_SHE_IS_REACHED = exists(_chats.with_only_columns(literal(1)).where(_HERS).correlate(None))
_REST = addresses.c.id != bindparam("but", type_=Integer)


def _tell(module: Any, whom: Any) -> Any:
    """An inbox row for each of these chats, once for each thing that is told."""
    key = bindparam("wake_key", type_=String) + cast(addresses.c.id, String)
    event = _chats.where(whom).with_only_columns(
        literal("timer"),
        key,
        addresses.c.id,
        literal("timer"),
        literal(""),
        bindparam("what", type_=inbox.c.data.type),
        bindparam("at", type_=inbox.c.received_at.type),
        literal("new"),
        literal(0),
    )
    columns = ["channel", "dedupe_key", "address_id", "kind", "text", "data", "received_at", "state", "deaths"]
    once = module.insert(inbox).from_select(columns, event)
    return once.on_conflict_do_nothing(index_elements=["channel", "dedupe_key"])


_DIALECTS = {"sqlite": sqlite, "postgresql": postgresql}
TELL_OFFICER = {name: _tell(module, or_(_HERS, ~_SHE_IS_REACHED)) for name, module in _DIALECTS.items()}
"""Her officer; everybody who may see it when that one has no chat, or nobody is named."""
TELL_REST = {name: _tell(module, _REST) for name, module in _DIALECTS.items()}


def event(word: str, row: int, kind: str, at: datetime) -> dict[str, Any]:
    """The chats are told which inbox row opened what, and find the task by that; once for each word."""
    what = {"timer": "wake", "what": "task", "inbox": row, "kind": kind}
    return {"wake_key": f"{word}:{row}:{kind}:", "what": what, "at": at}


async def tell_of(tx: AsyncConnection, opened: Sequence[tuple[int, str, datetime]]) -> None:
    """Tasks that no turn opened: each is (association, kind, when); the chats find them by that."""
    rows = [
        {
            "wake_key": f"told:there:{association}:{kind}:{at.isoformat()}:",
            "what": {
                "timer": "wake", "what": "task", "association": association, "kind": kind, "made": at.isoformat()
            },
            "at": at,
            "association": association,
        }
        for association, kind, at in opened
    ]  # fmt: skip
    for row in rows:
        await tx.execute(TELL_OFFICER[tx.dialect.name], row)


_ABOUT_FILE = (
    select(tasks.c.inbox_id, tasks.c.kind, tasks.c.association_id)
    .join(media, media.c.inbox_id == tasks.c.inbox_id)
    .where(media.c.id == bindparam("which"), tasks.c.state == "open", tasks.c.sealed.is_(False))
)


async def file_came(tx: AsyncConnection, media_id: int, at: datetime) -> None:
    """A photo or voice note is kept, or will not be: now the officers are told of its task."""
    for row in (await tx.execute(_ABOUT_FILE, {"which": media_id})).all():
        told = event("told", row.inbox_id, row.kind, at)
        await tx.execute(TELL_OFFICER[tx.dialect.name], {**told, "association": row.association_id})


# --- what they see ---

_closer = people.alias("closer")
_together = people_addresses.alias("together")
_here = select(func.count()).where(_together.c.address_id == tasks.c.address_id).correlate(tasks)
_first = select(func.min(_together.c.person_id)).where(_together.c.address_id == tasks.c.address_id).scalar_subquery()
_TASKS = (
    select(
        tasks,
        people.c.sms_name,
        people.c.language,
        people.c.consent,
        people.c.erased_at,
        addresses.c.value,
        addresses.c.scheme,
        addresses.c.active,
        inbox.c.text,
        inbox.c.kind.label("arrived"),
        _closer.c.sms_name.label("closer"),
        _here.scalar_subquery().label("sharing"),
        media.c.kind.label("file_kind"),
        media.c.file,
        media.c.state.label("file_state"),
        media.c.reason,
    )
    .select_from(tasks)
    .outerjoin(people, people.c.id == func.coalesce(tasks.c.person_id, _first))
    .outerjoin(addresses, addresses.c.id == tasks.c.address_id)
    .outerjoin(inbox, inbox.c.id == tasks.c.inbox_id)
    .outerjoin(_closer, _closer.c.id == tasks.c.closed_by)
    .outerjoin(media, media.c.inbox_id == tasks.c.inbox_id)
    .where(tasks.c.sealed.is_(False))
    .order_by(tasks.c.made_at, tasks.c.id)
)
_NUMBERED = _TASKS.where(tasks.c.id.in_(bindparam("ids", expanding=True))).with_for_update(of=tasks)
_VISIBLE = or_(
    tasks.c.association_id.is_(None),
    tasks.c.association_id.in_(AREA),
    tasks.c.made_at <= bindparam("before", type_=tasks.c.made_at.type),
)
_NUMBERED_SEEN = _NUMBERED.where(_VISIBLE)
_OF_ROW = _TASKS.where(tasks.c.inbox_id == bindparam("row"), _VISIBLE)
MOST = 300
"""Open tasks that are looked at; who has more must close some first."""
_OPEN = _TASKS.where(tasks.c.state == "open", _VISIBLE).limit(MOST)
_OPEN_THERE = _OPEN.where(tasks.c.association_id == bindparam("which"))

Associations = dict[int, Association]
Values = dict[Fact, Any]


def _refused(row: Any) -> str:
    """Why nothing may be written to who wrote: see Task.refused."""
    if row.active is not True or row.erased_at is not None:
        return "gone"
    if row.sharing and row.consent in ("stopped", "no"):
        return "stopped"
    return "agreed" if row.sharing and row.consent != "yes" else ""


def _task(row: Any, known: Associations) -> Task:
    alone = row.person_id is not None or row.sharing == 1
    return Task(
        id=row.id,
        kind=row.kind,
        state=row.state,
        about=row.about,
        association=known.get(row.association_id),
        name=(row.sms_name or "") if alone else "",
        made_at=row.made_at,
        due_at=row.due_at,
        text=row.text or "",
        arrived=row.arrived or "",
        inbox_id=row.inbox_id,
        person_id=row.person_id,
        file=Kept(row.file_kind, row.file) if row.file_state == "kept" else None,
        not_kept=(row.reason or "") if row.file_state == "refused" else "",
        ends_in=(row.value or "")[-2:],
        address_id=row.address_id,
        language=row.language,
        rich=row.scheme not in (None, "tel"),
        shared=row.sharing > 1,
        refused=_refused(row),
        closed_at=row.closed_at,
        closed_by=row.closer or "",
        result=row.result or "",
    )


async def _tasks(tx: AsyncConnection, statement: Any, there: dict[str, Any], known: Associations) -> tuple[Task, ...]:
    """The tasks; one about a question to a mentor has its words, whatever the task was opened by."""
    found = [_task(row, known) for row in await tx.execute(statement, there)]
    asked = await questions.words_of(tx, {task.about for task in found if task.kind == "question"})
    return tuple(replace(task, text=asked.get(task.about, "")) if task.kind == "question" else task for task in found)


async def _numbered(tx: AsyncConnection, wanted: list[TaskNumbered], known: Associations) -> Values:
    values: Values = dict.fromkeys(wanted)
    alike: dict[tuple[Viewer | None, datetime | None], list[int]] = {}
    for fact in wanted:
        alike.setdefault((fact.viewer, fact.before), []).append(fact.task_id)
    for (viewer, before), ids in alike.items():
        there: dict[str, Any] = {"ids": ids}
        statement = _NUMBERED
        if viewer is not None:
            statement, there = _NUMBERED_SEEN, {**there, "before": before, **binds(viewer)}
        for task in await _tasks(tx, statement, there, known):
            values[TaskNumbered(task.id, viewer, before)] = task
    return values


async def _of_row(tx: AsyncConnection, wanted: list[TasksOfRow], known: Associations) -> Values:
    values: Values = {}
    for fact in wanted:
        there = {"row": fact.inbox_id, "before": fact.before, **binds(fact.viewer)}
        values[fact] = await _tasks(tx, _OF_ROW, there, known)
    return values


async def _open(tx: AsyncConnection, wanted: list[TasksOpen], known: Associations) -> Values:
    values: Values = {}
    for fact in wanted:
        there: dict[str, Any] = {"before": fact.before, **binds(fact.viewer)}
        statement = _OPEN
        if fact.association_id is not None:
            statement, there["which"] = _OPEN_THERE, fact.association_id
        values[fact] = await _tasks(tx, statement, there, known)
    return values


LOADERS: dict[type, Any] = {TaskNumbered: _numbered, TasksOfRow: _of_row, TasksOpen: _open}
"""A fact about tasks -> its loader."""

# --- a row that could not be handled ---

_FOR_ROW = insert(tasks).from_select(
    [
        "kind",
        "state",
        "due_at",
        "person_id",
        "association_id",
        "address_id",
        "inbox_id",
        "about",
        "sealed",
        "made_at",
    ],
    select(
        literal("read"),
        literal("open"),
        bindparam("due", type_=tasks.c.due_at.type),
        inbox.c.person_id,
        cast(null(), Integer),
        inbox.c.address_id,
        inbox.c.id,
        literal("set aside after repeated failures"),
        false(),
        bindparam("at", type_=tasks.c.made_at.type),
    ).where(inbox.c.id == bindparam("row")),
)


async def open_for_row(tx: AsyncConnection, items: Sequence[tuple[int, datetime, datetime]]) -> list[None]:
    """A task to read an inbox row that could not be handled; items are (row, due at, now)."""
    for row, due, now in items:
        await tx.execute(_FOR_ROW, {"row": row, "due": due, "at": now})
        await tx.execute(TELL_OFFICER[tx.dialect.name], {**event("told", row, "read", now), "association": None})
    return [None] * len(items)
