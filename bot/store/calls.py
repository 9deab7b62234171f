"""Calls that somebody waits for: one task for one reason, taken back without what else there is to call about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, insert, or_, select, update

from bot.store.tables import tasks
from bot.store.tasks import OPEN as OPEN_OTHER
from bot.store.written import written
from handlers.turn import OpenTask
from handlers.turn.effects import HERE

_COLUMNS = (
    "kind", "due_at", "person_id", "association_id", "address_id", "inbox_id", "about", "sealed", "made_at",
)  # fmt: skip
_new = {name: bindparam(name, type_=tasks.c[name].type) for name in _COLUMNS}
_waits = tasks.alias("waits")
_SAME = exists().where(
    _waits.c.state == written("open"),
    _waits.c.kind == written("call"),
    _waits.c.about == _new["about"],
    or_(_waits.c.address_id == _new["address_id"], _waits.c.person_id == _new["person_id"]),
)
OPEN = insert(tasks).from_select(_COLUMNS, select(*_new.values()).where(~_SAME))
"""None while the same person, or phone, waits for a call for the same reason."""


def opened(task: OpenTask, address: int | None, message: int | None, at: datetime) -> tuple[Any, dict[str, Any]]:
    """What opens a task of any kind, and its row; where it names no other, it is about this address and message."""
    row = {
        "kind": task.kind,
        "due_at": task.due_at,
        "person_id": task.person_id,
        "association_id": task.association_id,
        "address_id": address if task.address_id == HERE else task.address_id,
        "inbox_id": message if task.inbox_id == HERE else task.inbox_id,
        "about": task.about,
        "sealed": task.sealed,
        "made_at": at,
    }
    return OPEN if task.kind == "call" else OPEN_OTHER, row


TAKE_BACK = (
    update(tasks)
    .where(
        tasks.c.address_id == bindparam("address"),
        tasks.c.kind == "call",
        tasks.c.about == bindparam("why"),
        tasks.c.state == "open",
    )
    .values(state="closed", closed_at=bindparam("at"), result=bindparam("how"))
)
