"""What one mentor was asked and has answered: for her pages. Reading only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, case, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.listing import plain_row
from bot.store.pages import behind
from bot.store.tables import associations, inbox, people, questions

_answerer = people.alias("answerer")
_HERS = (
    select(
        questions.c.number,
        questions.c.state,
        inbox.c.text.label("words"),
        questions.c.association_id,
        associations.c.sms_name.label("association"),
        people.c.language,
        people.c.consent,
        questions.c.asked_at,
        questions.c.promised_at,
        questions.c.answered_at,
        case((questions.c.answered_by == questions.c.mentor_id, questions.c.answer)).label("answer"),
        _answerer.c.sms_name.label("answered_by"),
    )
    .join(inbox, inbox.c.id == questions.c.inbox_id)
    .outerjoin(associations, associations.c.id == questions.c.association_id)
    .outerjoin(people, people.c.id == questions.c.person_id)
    .outerjoin(_answerer, _answerer.c.id == questions.c.answered_by)
    .where(questions.c.mentor_id == bindparam("mentor"), questions.c.state != "closed", ~behind(questions.c.inbox_id))
    .order_by(questions.c.number)
)


_ONE = _HERS.where(questions.c.number == bindparam("number"))


async def one(tx: AsyncConnection, mentor_id: int, number: int) -> dict[str, Any] | None:
    """The question with this number; None when there is none, or it is not hers."""
    row = (await tx.execute(_ONE, {"mentor": mentor_id, "number": number})).one_or_none()
    return plain_row(row) if row else None


async def everything(tx: AsyncConnection, mentor_id: int) -> list[dict[str, Any]]:
    """What one mentor was asked and has answered, oldest first: nobody's name, no number."""
    return [plain_row(row) for row in await tx.execute(_HERS, {"mentor": mentor_id})]
