"""Calls that somebody waits for: one task for one reason, taken back without what else there is to call about."""

from __future__ import annotations

from sqlalchemy import bindparam, exists, insert, or_, select, update

from bot.store.tables import tasks
from bot.store.written import written

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
