"""Questions to mentors: stored under a number, answered once, followed until somebody has answered."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, case, exists, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.singles import next_number
from bot.store.tables import addresses, inbox, outbox, people, people_addresses, questions, tasks
from handlers.turn import (
    Association,
    AssociationCalled,
    AssociationOf,
    Fact,
    LastQuestion,
    Mentor,
    Mentors,
    NextQuestion,
    Question,
    QuestionNumbered,
)
from handlers.understand.words import plain

Associations = dict[int, Association]
Values = dict[Fact, Any]
LAST = "last_question"
SHOWN = ("M1", "M5")
"""Texts to a mentor that have the words of a question."""

INSERT = insert(questions)
WRITTEN_BY = update(inbox).where(inbox.c.id == bindparam("row")).values(person_id=bindparam("person"))
"""On a shared phone she says after the question who she is; her words must be found when she is erased."""
ANSWER = (
    update(questions)
    .where(questions.c.number == bindparam("which"), questions.c.state == "open")
    .values(
        state="answered",
        answer=bindparam("said", type_=questions.c.answer.type),
        answered_at=bindparam("at", type_=questions.c.answered_at.type),
        answered_by=bindparam("who"),
    )
)
CLIMB = update(questions).where(questions.c.number == bindparam("which")).values(climbed=questions.c.climbed + 1)
RATE = update(questions).where(questions.c.number == bindparam("which")).values(helped=bindparam("did"))
CLOSE_TASKS = (
    update(tasks)
    .where(tasks.c.kind == "question", tasks.c.about == bindparam("what"), tasks.c.state == "open")
    .values(
        state="closed", closed_at=bindparam("at", type_=tasks.c.closed_at.type), closed_by=bindparam("who"),
        result=bindparam("how"),
    )
)  # fmt: skip
GIVE = (
    update(questions)
    .where(questions.c.number == bindparam("which"), questions.c.state == "open")
    .values(mentor_id=bindparam("whom", type_=questions.c.mentor_id.type), climbed=0)
)
LEAVE = (
    update(questions)
    .where(questions.c.number == bindparam("which"), questions.c.state == "open")
    .values(state="closed")
)
BLANK = (
    update(questions)
    .where(questions.c.person_id == bindparam("person"))
    .values(
        answer=case((questions.c.answer.is_(None), None), else_=literal("", questions.c.answer.type)),
        state=case((questions.c.state == "open", "closed"), else_=questions.c.state),
    ),
)

_answerer = people.alias("answerer")
_QUESTIONS = (
    select(
        questions,
        inbox.c.text.label("words"),
        addresses.c.scheme,
        people.c.language,
        people.c.consent,
        people.c.answers_by,
        _answerer.c.sms_name.label("answerer"),
    )
    .join(inbox, inbox.c.id == questions.c.inbox_id)
    .join(addresses, addresses.c.id == questions.c.address_id)
    .outerjoin(people, people.c.id == questions.c.person_id)
    .outerjoin(_answerer, _answerer.c.id == questions.c.answered_by)
)
_NUMBERED = _QUESTIONS.where(questions.c.number.in_(bindparam("numbers", expanding=True)))
_LOCK = (
    select(questions.c.number)
    .where(questions.c.number.in_(bindparam("numbers", expanding=True)))
    .order_by(questions.c.number)
    .with_for_update()
)
_LAST = _QUESTIONS.where(
    questions.c.number.in_(
        select(func.max(questions.c.number))
        .where(questions.c.address_id.in_(bindparam("ids", expanding=True)))
        .group_by(questions.c.address_id)
    )
)
_reached = exists().where(
    people_addresses.c.person_id == people.c.id,
    addresses.c.id == people_addresses.c.address_id,
    addresses.c.active.is_(True),
)
_open = (
    select(questions.c.mentor_id, func.count().label("open"))
    .where(questions.c.state == "open")
    .group_by(questions.c.mentor_id)
    .subquery()
)
_MENTORS = (
    select(people.c.id, people.c.sms_name, people.c.languages, people.c.subjects, people.c.area, _open.c.open)
    .outerjoin(_open, _open.c.mentor_id == people.c.id)
    .where(people.c.kind == "staff", people.c.role == "mentor", people.c.left_at.is_(None), _reached)
    .where(people.c.consent != "stopped")
    .order_by(people.c.id)
)
_SHOWN_TO = (
    select(outbox.c.id, inbox.c.data)
    .join(inbox, inbox.c.id == outbox.c.inbox_id)
    .where(outbox.c.key.in_(SHOWN), inbox.c.kind == "timer")
)
_NUMBERS_OF = select(questions.c.number).where(questions.c.person_id == bindparam("person"))
_UNSAY = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(
        text="",
        data=None,
        state=case((outbox.c.state == "queued", "cancelled"), else_=outbox.c.state),
        reason=case((outbox.c.state == "queued", "the person was erased"), else_=outbox.c.reason),
    )
)


def about(number: int) -> str:
    """What a task about a question says, and is found by."""
    return f"No {number}"


def question(row: Any) -> Question:
    """A row of `questions` with its words and who asked, as a conversation sees it."""
    return Question(
        number=row.number,
        state=row.state,
        text=row.words,
        address_id=row.address_id,
        person_id=row.person_id,
        association_id=row.association_id,
        language=row.language,
        rich=(row.answers_by or row.scheme) not in ("sms", "tel"),
        stopped=row.consent == "stopped",
        mentor_id=row.mentor_id,
        asked_at=row.asked_at,
        promised_at=row.promised_at,
        climbed=row.climbed,
        answer=row.answer or "",
        answered_at=row.answered_at,
        answered_by=row.answerer or "",
    )


async def numbered(tx: AsyncConnection, numbers: list[int]) -> dict[int, Question]:
    """Questions by number, locked until the commit: first the lock, then a look at what others committed."""
    if tx.dialect.name != "sqlite":
        await tx.execute(_LOCK, {"numbers": numbers})
    return {row.number: question(row) for row in await tx.execute(_NUMBERED, {"numbers": numbers})}


async def unsay(tx: AsyncConnection, person_id: int) -> None:
    """Blank what mentors were shown of an erased person's questions; what still waits does not leave."""
    numbers = set((await tx.execute(_NUMBERS_OF, {"person": person_id})).scalars())
    if not numbers:
        return
    shown = [row.id for row in await tx.execute(_SHOWN_TO) if (row.data or {}).get("number") in numbers]
    if shown:
        await tx.execute(_UNSAY, [{"row": row} for row in shown])


def words(text: str | None) -> tuple[str, ...]:
    """What a cell of the roster lists: "rn fr", "rn, fr"."""
    return tuple(filter(None, re.split(r"[\s,;]+", text or "")))


_WORDS = (
    select(questions.c.number, inbox.c.text)
    .join(inbox, inbox.c.id == questions.c.inbox_id)
    .where(questions.c.number.in_(bindparam("numbers", expanding=True)))
)


async def words_of(tx: AsyncConnection, abouts: Collection[str]) -> dict[str, str]:
    """What was asked, by what the tasks say that they are about."""
    numbers = [int(number) for said in abouts if (number := said.removeprefix("No ")).isdecimal()]
    found = await tx.execute(_WORDS, {"numbers": numbers}) if numbers else ()
    return {about(row.number): row.text for row in found}


async def _next_question(tx: AsyncConnection, wanted: list[NextQuestion], known: Associations) -> Values:
    return {wanted[0]: await next_number(tx, LAST)}


async def _numbered(tx: AsyncConnection, wanted: list[QuestionNumbered], known: Associations) -> Values:
    found = await numbered(tx, [fact.number for fact in wanted])
    return {fact: found.get(fact.number) for fact in wanted}


async def _last(tx: AsyncConnection, wanted: list[LastQuestion], known: Associations) -> Values:
    values: Values = dict.fromkeys(wanted)
    for row in await tx.execute(_LAST, {"ids": [fact.address_id for fact in wanted]}):
        values[LastQuestion(row.address_id)] = question(row)
    return values


async def mentors(tx: AsyncConnection) -> tuple[Mentor, ...]:
    """Every mentor who can be reached, with how many questions wait for her."""
    return tuple(
        Mentor(
            id=row.id,
            name=row.sms_name,
            languages=words(row.languages),
            subjects=row.subjects or "",
            area=tuple(word.strip() for word in (row.area or "").split(",") if word.strip()),
            open=row.open or 0,
        )
        for row in await tx.execute(_MENTORS)
    )


async def _mentors(tx: AsyncConnection, wanted: list[Mentors], known: Associations) -> Values:
    return {wanted[0]: await mentors(tx)}


async def _called(tx: AsyncConnection, wanted: list[AssociationCalled], known: Associations) -> Values:
    return {fact: called(fact.word, known) for fact in wanted}


async def _association_of(tx: AsyncConnection, wanted: list[AssociationOf], known: Associations) -> Values:
    return {fact: known.get(fact.association_id) for fact in wanted}


def called(word: str, known: Associations) -> Association | None:
    """The association with this number (7 is 07) or this name; None when there is none."""
    number = word.lstrip("0") if word.isdecimal() else ""
    for one in known.values():
        if (number and one.no.lstrip("0") == number) or word in (plain(one.sms_name), plain(one.name)):
            return one
    return None


LOADERS: dict[type, Any] = {
    NextQuestion: _next_question,
    QuestionNumbered: _numbered,
    LastQuestion: _last,
    Mentors: _mentors,
    AssociationCalled: _called,
    AssociationOf: _association_of,
}
"""What conversations may ask about questions -> its loader."""
