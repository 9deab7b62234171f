"""Statements on reports, their history, drafts and media; the turn's batch sends them."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, case, insert, select, update

from bot.store.inserts import or_update
from bot.store.tables import drafts, facts, media, people, report_history, reports

INSERT = insert(reports)
DRAFT = insert(drafts)
SENT = update(people).where(people.c.id == bindparam("person")).values(reports=people.c.reports + 1)
SENT_IN_ALL = update(people).where(people.c.id == bindparam("person")).values(reports=bindparam("sent"))
SET_FACT = or_update(facts, ["name"], ["value"])
KEEP_OLD = insert(report_history).from_select(
    ["number", "revision", "values", "state", "reason", "inbox_id", "replaced_at"],
    select(
        reports.c.number,
        reports.c.revision,
        reports.c["values"],
        reports.c.state,
        bindparam("why", type_=report_history.c.reason.type),
        bindparam("by", type_=report_history.c.inbox_id.type),
        bindparam("at", type_=report_history.c.replaced_at.type),
    ).where(reports.c.number == bindparam("which", type_=reports.c.number.type)),
)
CHANGE = (
    update(reports)
    .where(reports.c.number == bindparam("which"))
    .values(
        values=bindparam("new_values", type_=reports.c["values"].type),
        day=bindparam("new_day"),
        state=bindparam("new_state"),
        doubt=case(
            (and_(bindparam("new_state") != "doubtful", bindparam("new_state") != "twin"), ""),
            (bindparam("new_doubt") == "", reports.c.doubt),
            else_=bindparam("new_doubt"),
        ),
        revision=reports.c.revision + 1,
        changed_at=bindparam("at", type_=reports.c.changed_at.type),
        withdrawn_at=bindparam("gone", type_=reports.c.withdrawn_at.type),
    )
)
MEDIA = insert(media)
