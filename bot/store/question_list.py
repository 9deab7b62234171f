"""Questions and mentors as the command line lists them. Reading only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.listing import plain_row
from bot.store.questions import mentors
from bot.store.tables import associations, inbox, people, questions

_answerer = people.alias("answerer")
_WORDS = select(inbox.c.text.label("words"), questions.c.answer).join(inbox, inbox.c.id == questions.c.inbox_id)
_mentor = people.alias("mentor")
_LISTED = (
    select(
        questions.c.number,
        questions.c.state,
        associations.c.no.label("association"),
        people.c.language,
        questions.c.subject,
        _mentor.c.sms_name.label("mentor"),
        questions.c.asked_at,
        questions.c.promised_at,
        questions.c.climbed,
        questions.c.answered_at,
        _answerer.c.sms_name.label("answered_by"),
        questions.c.helped,
    )
    .outerjoin(associations, associations.c.id == questions.c.association_id)
    .outerjoin(people, people.c.id == questions.c.person_id)
    .outerjoin(_mentor, _mentor.c.id == questions.c.mentor_id)
    .outerjoin(_answerer, _answerer.c.id == questions.c.answered_by)
    .order_by(questions.c.number)
)
_ANSWERED = (
    select(questions.c.answered_by, func.count())
    .where(questions.c.state == "answered")
    .group_by(questions.c.answered_by)
)


async def listed(tx: AsyncConnection) -> list[dict[str, Any]]:
    """Every question without its words, oldest first."""
    return [plain_row(row) for row in await tx.execute(_LISTED)]


async def whole(tx: AsyncConnection, number: int) -> dict[str, Any] | None:
    """One question with its words and its answer; None when there is none."""
    row = (await tx.execute(_LISTED.where(questions.c.number == number))).one_or_none()
    if row is None:
        return None
    said = (await tx.execute(_WORDS.where(questions.c.number == number))).one()
    return {**plain_row(row), "question": said.words, "answer": said.answer}


async def load_of_mentors(tx: AsyncConnection) -> list[dict[str, Any]]:
    """The mentors who can be reached, with what they know, have to do and have done."""
    answered = {row[0]: row[1] for row in await tx.execute(_ANSWERED)}
    return [
        {
            "name": one.name,
            "languages": " ".join(one.languages),
            "subjects": one.subjects,
            "area": ", ".join(one.area),
            "open": one.open,
            "answered": answered.get(one.id, 0),
        }
        for one in await mentors(tx)
    ]
