"""Questions on both databases: numbers without gaps, one answer wins, who can be reached, what erasure leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.programme import mentoring
from bot.store import consent, facts, lessons, questions, sealed, tables
from bot.store.engine import Database
from bot.store.reports import SET_FACT
from handlers.turn import LastQuestion, Mentors, NextQuestion, QuestionNumbered, TasksOpen, Viewer
from tests.databases import NOW, count, database, place, postgres_server, processes, rows

__all__ = ["database", "place", "postgres_server", "processes"]
WORDS = "the husker stops"


async def _person(tx: AsyncConnection, **values: Any) -> int:
    row = {"kind": "leader", "name": "Odette N", "sms_name": "Odette", "consent": "yes"} | values
    return int((await tx.execute(insert(tables.people).values(row))).inserted_primary_key[0])


async def _address(tx: AsyncConnection, value: str, person: int | None = None, **values: Any) -> int:
    row = {"scheme": "tel", "value": value} | values
    number = int((await tx.execute(insert(tables.addresses).values(row))).inserted_primary_key[0])
    if person:
        await tx.execute(insert(tables.people_addresses).values(person_id=person, address_id=number))
    return number


async def _arrived(tx: AsyncConnection, address: int, key: str, **values: Any) -> int:
    row = {"channel": "kannel", "dedupe_key": key, "address_id": address, "kind": "text", "text": WORDS}
    row |= {"received_at": NOW, "state": "done"} | values
    return int((await tx.execute(insert(tables.inbox).values(row))).inserted_primary_key[0])


async def _ask(tx: AsyncConnection, address: int, person: int | None, key: str, mentor: int | None = None) -> int:
    number = int((await facts.load(tx, [NextQuestion()], {}))[NextQuestion()])
    row = {"number": number, "inbox_id": await _arrived(tx, address, key), "address_id": address}
    row |= {"person_id": person, "association_id": None, "subject": None, "mentor_id": mentor}
    await tx.execute(questions.INSERT, row | {"asked_at": NOW, "promised_at": NOW})
    await tx.execute(SET_FACT[tx.dialect.name], {"name": questions.LAST, "value": number})
    return number


async def test_numbers_have_no_gaps_from_the_very_first(processes: list[Database]) -> None:
    async def prepare(tx: AsyncConnection, items: Sequence[None]) -> list[int]:
        return [await _address(tx, "+25779000001") for _ in items]

    address = await processes[0].writer.do(prepare, None)

    async def ask(tx: AsyncConnection, items: Sequence[int]) -> list[int]:
        return [await _ask(tx, address, None, f"q{item}") for item in items]

    writers = [one.writer for one in processes]
    got = await asyncio.gather(*(writers[n % len(writers)].do(ask, n) for n in range(40)))
    assert sorted(got) == list(range(1, 41))


async def test_one_answer_wins_and_the_others_hear_who_was_first(processes: list[Database]) -> None:
    async def prepare(tx: AsyncConnection, items: Sequence[None]) -> list[int]:
        who = await _person(tx)
        staff = await _person(tx, kind="staff", role="mentor", name="Jean", sms_name="Jean")
        address = await _address(tx, "+25779000001", who)
        row = {"kind": "question", "due_at": NOW, "about": "No 1", "made_at": NOW, "address_id": address}
        await tx.execute(insert(tables.tasks).values(row))
        return [await _ask(tx, address, who, "q", staff) for _ in items]

    assert await processes[0].writer.do(prepare, None) == 1

    async def answer(tx: AsyncConnection, items: Sequence[int]) -> list[str]:
        said = []
        for item in items:
            details = {"number": 1, "answer": f"answer {item}", "who": "Jean", "user": "test"}
            try:
                await mentoring.question_answer(tx, details, NOW)
                said.append("won")
            except BotError as error:
                said.append(str(error))
        return said

    writers = [one.writer for one in processes]
    got = await asyncio.gather(*(writers[n % len(writers)].do(answer, n) for n in range(24)))
    assert got.count("won") == 1
    assert {text for text in got if text != "won"} == {f"Jean answered No 1 on {NOW.day}/{NOW.month} at {NOW:%H:%M}."}
    (row,) = await rows(processes[0], select(tables.questions))
    assert row.state == "answered" and row.answer == f"answer {got.index('won')}"
    (task,) = await rows(processes[0], select(tables.tasks))
    assert (task.state, task.result) == ("closed", "answered")
    woken = await rows(processes[0], select(tables.inbox).where(tables.inbox.c.kind == "timer"))
    assert [row.data for row in woken] == [{"timer": "wake", "what": "answer", "number": 1}]


async def test_mentors_who_can_be_reached_with_what_waits_for_them(database: Database) -> None:
    async def work(tx: AsyncConnection, items: Sequence[None]) -> list[Any]:
        staff = {"kind": "staff", "role": "mentor"}
        jean = await _person(tx, **staff, sms_name="Jean", languages="rn, fr", subjects="rice", area="Rutana, 07")
        await _person(tx, **staff, sms_name="Nobody")
        off = await _person(tx, **staff, sms_name="Off")
        left = await _person(tx, **staff, sms_name="Left", left_at=NOW)
        stopped = await _person(tx, **staff, sms_name="Stopped", consent="stopped")
        await _address(tx, "+25779000006", stopped)
        address = await _address(tx, "+25779000003", jean)
        await _address(tx, "41", jean, scheme="telegram")
        await _address(tx, "+25779000004", off, active=False)
        await _address(tx, "+25779000005", left)
        for n in range(3):
            await _ask(tx, address, None, f"q{n}", jean)
        found = await facts.load(tx, [Mentors(), LastQuestion(address), QuestionNumbered(9)], {})
        return [(found[Mentors()], found[LastQuestion(address)], found[QuestionNumbered(9)], address)] * len(items)

    mentors, last, none, address = await database.writer.do(work, None)
    assert [(m.name, m.languages, m.area, m.open) for m in mentors] == [("Jean", ("rn", "fr"), ("Rutana", "07"), 3)]
    assert none is None and (last.number, last.text, last.rich) == (3, WORDS, False)
    assert last.address_id == address


@pytest.mark.parametrize(("consent", "hear"), [("none", 1), ("stopped", 0)])
async def test_who_said_stop_hears_of_no_sealed_message(database: Database, consent: str, hear: int) -> None:
    async def work(tx: AsyncConnection, items: Sequence[None]) -> list[int]:
        focal = await _person(tx, kind="staff", role="safeguarding", consent=consent)
        await _address(tx, "42", focal, scheme="telegram")
        return [await sealed.reachable(tx)] * len(items)

    assert await database.writer.do(work, None) == hear


async def test_erasure_takes_her_words_and_what_mentors_were_shown(database: Database) -> None:
    async def work(tx: AsyncConnection, items: Sequence[None]) -> list[None]:
        who = await _person(tx)
        jean = await _person(tx, kind="staff", role="mentor", sms_name="Jean")
        hers, his = await _address(tx, "+25779000001", who), await _address(tx, "41", jean, scheme="telegram")
        for n, number in enumerate(("one", "two")):
            asked = await _ask(tx, hers, who if n == 0 else None, number, jean)
            woken = {"timer": "wake", "what": "question", "number": asked}
            turn = await _arrived(tx, his, f"w{n}", kind="timer", channel="timer", data=woken, text="")
            text = {"inbox_id": turn, "address_id": his, "channel": "telegram", "key": "M1", "kind": "reply"}
            text |= {"language": "en", "text": f"No {asked} {WORDS}", "parts": 1, "due_at": NOW, "made_at": NOW}
            await tx.execute(insert(tables.outbox).values(text | {"state": "queued" if n == 0 else "sent"}))
        lesson = {"number": 1, "inbox_id": 1, "address_id": hers, "person_id": who, "text": WORDS, "language": "en"}
        lesson |= {"show": "name", "translations": {"fr": {"text": "x", "by": "Anna"}}, "at": NOW}
        await tx.execute(insert(tables.lessons).values(lesson))
        for statement in consent.BLANK:
            await tx.execute(statement, {"person": who, "at": NOW})
        await questions.unsay(tx, who)
        return [None] * len(items)

    await database.writer.do(work, None)
    asked = await rows(database, select(tables.questions).order_by(tables.questions.c.number))
    assert [row.state for row in asked] == ["closed", "open"]
    shown = await rows(database, select(tables.outbox).order_by(tables.outbox.c.id))
    assert [(row.text, row.state) for row in shown] == [("", "cancelled"), ("", "sent")], "the copies go whole"
    (lesson,) = await rows(database, select(tables.lessons))
    assert (lesson.text, lesson.show, lesson.translations) == ("", "no", {})
    assert await count(database, tables.lessons) == 1
    async with database.read() as tx:
        assert (await lessons.everything(tx))[0]["show"] == "no"


async def test_a_question_changes_hands_its_task_has_its_words_and_it_may_be_left(database: Database) -> None:
    async def work(tx: AsyncConnection, items: Sequence[None]) -> list[Any]:
        phone = await _address(tx, "+25779000009", odette := await _person(tx))
        alice = await _person(tx, kind="staff", sms_name="Alice", role="mentor")
        await _address(tx, "4711", alice, scheme="telegram")
        number = await _ask(tx, phone, odette, "given", mentor=None)
        row = {"kind": "question", "about": questions.about(number), "due_at": NOW, "made_at": NOW}
        await tx.execute(insert(tables.tasks).values(row | {"address_id": phone, "person_id": odette}))
        seen = TasksOpen(Viewer(0, everything=True), NOW)
        (task,) = (await facts.load(tx, [seen], {}))[seen]
        await tx.execute(questions.GIVE, {"which": number, "whom": alice})
        closed = {"what": questions.about(number), "at": NOW, "who": alice, "how": "passed on"}
        await tx.execute(questions.CLOSE_TASKS, closed)
        (hers,) = [one for one in (await facts.load(tx, [Mentors()], {}))[Mentors()] if one.id == alice]
        await tx.execute(questions.LEAVE, {"which": number})
        left = (await facts.load(tx, [QuestionNumbered(number)], {}))[QuestionNumbered(number)]
        return [(task.text, hers.open, left.state, (await facts.load(tx, [seen], {}))[seen])]

    assert await database.writer.do(work, None) == (WORDS, 1, "closed", ())
