"""What the team does from the command line: look at what waits, answer a message, close a task.

Each operation is one transaction: plain values in, BotError when it cannot be. What is read of people is written
to the audit first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.programme import mentoring
from bot.render.sentences import Sentence
from bot.settings import Settings
from bot.store import audit, calls, consent, facts, lateness, people, questions, talk_states, tasks, team, visits
from handlers import state
from handlers.team import calling
from handlers.team.tasks import is_for_a_mentor
from handlers.team.viewing import ABSENT_AFTER, WITH_OFFICERS, question_of
from handlers.team.waiting import TO_CALL, Asked, Day, counted
from handlers.turn import Fact, LateOf, Task, TaskNumbered, TasksOpen, Viewer
from scheduler import right_time

Details = Mapping[str, Any]
EVERYTHING = Viewer(0, everything=True)
"""The command line is the administrator's."""
_REFUSED = {
    "stopped": Sentence("Who wrote this said STOP: nothing may be sent. Call instead."),
    "agreed": Sentence("Who wrote this has not agreed to be written to. Call instead."),
    "gone": Sentence("Who wrote this is not reached there any more. Call instead."),
}


# --- reading ---


async def audited(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """Write down who is about to read what. Ids and counts only."""
    who, what = str(details["user"]), str(details["what"])
    await tx.execute(audit.NOTE, {"at": now, "who": who, "what": what, "details": details.get("details") or {}})


async def looking(tx: AsyncConnection, name: str) -> Viewer:
    """Whose eyes: those of one of the team who works with messages, else all. Raises BotError."""
    found = await member(tx, name)
    if found is None:
        return EVERYTHING
    person = (await people.by_ids(tx, [found["id"]], {}))[found["id"]]
    if person.role not in WITH_OFFICERS:
        raise BotError(f"{name!r} is {person.role} and sees no messages: name an officer, supervisor or admin.")
    return Viewer(person.id, person.role == "admin", person.area)


async def _loaded(tx: AsyncConnection, *wanted: Fact) -> dict[Fact, Any]:
    return await facts.load(tx, wanted, await people.load_associations(tx))


async def tasks_open(tx: AsyncConnection, viewer: Viewer, now: datetime) -> list[Task]:
    """The open tasks that this person sees, oldest first."""
    fact = TasksOpen(viewer, now - ABSENT_AFTER)
    return list((await _loaded(tx, fact))[fact])


async def waiting(tx: AsyncConnection, viewer: Viewer, settings: Settings, now: datetime, most: int = 0) -> Day:
    """What /today counts, and the first `most` of those that are late."""
    asked, late_of = Asked.of(viewer, now), LateOf(viewer, now, "en", "today")
    period = (settings.zone, settings.project.start, settings.reminders.training_every_days)
    late = await lateness.listed(tx, late_of, period, slice(most), 0)
    return counted(asked, await _loaded(tx, *asked.facts), late, now)


async def day(tx: AsyncConnection, viewer: Viewer, settings: Settings, now: datetime) -> dict[str, Any]:
    """What /today counts, as plain values."""
    there = await waiting(tx, viewer, settings, now)
    return {
        "holiday": now.astimezone(settings.zone).date() in settings.hours.holidays,
        "calls": [short(task, now) for task in there.calls],
        "messages": [short(task, now) for task in there.messages],
        "questions": [
            {"number": one.number, "days": (now - one.asked_at).days, "mentor": one.mentor} for one in there.questions
        ],
        "photos": [short(task, now) for task in there.photos],
        "uncertain": len(there.uncertain),
        "numbers": [short(task, now) for task in there.numbers],
        "overdue": len(there.overdue),
        "late": there.late.late,
        "clock": right_time.said_ahead(there.ahead),
        "waiting": [
            {"channel": one.channel, "texts": one.texts, "since": one.since, "unasked": one.unasked}
            for one in there.texts
        ],
    }


def short(task: Task, now: datetime) -> dict[str, Any]:
    """A task without the name and the words of anybody."""
    return {
        "id": task.id,
        "kind": task.kind,
        "association": task.association.no if task.association else None,
        "about": task.about,
        "days": (now - task.made_at).days,
        "due_at": task.due_at,
    }


def whole(task: Task, now: datetime) -> dict[str, Any]:
    """A task with the name and the words of who wrote."""
    more = {"name": task.name, "language": task.language, "text": task.text, "arrived": task.arrived}
    closed = {"state": task.state, "result": task.result, "closed_by": task.closed_by, "closed_at": task.closed_at}
    return {**short(task, now), "made_at": task.made_at, **more, **closed}


async def one(tx: AsyncConnection, number: int) -> Task:
    """A task by its id. Raises BotError."""
    return await _one(tx, TaskNumbered(number))


async def _hers(tx: AsyncConnection, details: Details, now: datetime) -> Task:
    """The task, if who of the team does something about it sees it. Raises BotError."""
    number, who = int(details["task"]), str(details.get("who") or "")
    if not who:
        return await one(tx, number)
    return await _one(tx, TaskNumbered(number, await looking(tx, who), now - ABSENT_AFTER))


async def _one(tx: AsyncConnection, fact: TaskNumbered) -> Task:
    number = fact.task_id
    found: Task | None = (await _loaded(tx, fact))[fact]
    if found is None:
        raise BotError(f"There is no task {number}. See them with `kurikirana task list`.")
    return found


# --- writing ---


def _must_be_open(task: Task, details: Details) -> None:
    if task.state == "open":
        return
    local = (task.closed_at or task.made_at) + timedelta(minutes=int(details.get("utc_offset_min") or 0))
    who = task.closed_by or Sentence("The command line")
    at = {"day": f"{local.day}/{local.month}", "time": f"{local:%H:%M}"}
    if task.result == "answered":
        raise BotError(Sentence("{who} answered it on {day} at {time}.", who=who, **at))
    raise BotError(Sentence("{who} closed it on {day} at {time}: {result}.", who=who, result=task.result, **at))


async def inbox_reply(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """Answer what a leader wrote, in her channel; the task closes with it. `dry_run` only looks."""
    mentoring.must_say(str(details["text"]))
    task = await _hers(tx, details, now)
    _must_be_open(task, details)
    if task.refused or task.address_id is None:
        raise BotError(_REFUSED[task.refused or "gone"])
    if (number := question_of(task)) is not None:
        return await _question_answered(tx, task, number, details, now)
    who = await _who(tx, details)
    by = who["sms_name"] if who else str(details["sender"])
    text = f"{task.name}, {by}: {details['text']}" if task.shared and task.name else f"{by}: {details['text']}"
    found = {"task": task.id, "language": task.language, "chat": task.rich, "text": text, "phones": 1}
    if details.get("dry_run"):
        return found
    number = who["id"] if who else None
    await tx.execute(tasks.CLOSE_ONE, {"which": task.id, "at": now, "who": number, "how": "answered"})
    woken = {"timer": "wake", "what": "said", "task": task.id, "text": text, "first": bool(details.get("first"))}
    key = details.get("key") or f"wake:cli:task {task.id}:said"
    row = {"wake_key": key, "what": woken, "at": now, "address": task.address_id}
    await tx.execute(consent.WAKE_ADDRESS, row)
    await audited(tx, {**details, "what": "answered", "details": {"task": task.id}}, now)
    return found


async def _question_answered(
    tx: AsyncConnection, task: Task, number: int, details: Details, now: datetime
) -> dict[str, Any]:
    """A question to a mentor is answered as one: with its `number` around the text, and she is asked whether it
    helped (H3).
    """
    mentoring.must_fit(str(details["text"]))
    question = await mentoring.open_question(tx, number, details)
    reads = {"language": question.language, "chat": question.rich}
    found = {"task": task.id, "number": number, **reads, "text": details["text"], "phones": 1}
    if not details.get("dry_run"):
        who = await _who(tx, details)
        await mentoring.answer(tx, question, str(details["text"]), who["id"] if who else None, now)
        await audited(tx, {**details, "what": "answered", "details": {"task": task.id}}, now)
    return found


async def inbox_give(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """What a leader wrote becomes a question to the mentor `to`; she hears its number. `dry_run` only looks."""
    task = await _hers(tx, details, now)
    _must_be_open(task, details)
    if not is_for_a_mentor(task):
        raise BotError(f"Task {task.id} is no message that can be answered: nothing of it is for a mentor.")
    mentor = await mentoring.mentor_named(tx, str(details["to"]))
    who = await _who(tx, details)
    if not details.get("dry_run"):
        row = {"which": task.id, "at": now, "who": who["id"] if who else None, "how": f"a question to {mentor.name}"}
        await tx.execute(tasks.CLOSE_ONE, row)
        woken = {"timer": "wake", "what": "to mentor", "task": task.id, "mentor": mentor.id}
        woken_at = {"wake_key": f"wake:cli:task {task.id}:to mentor", "what": woken, "at": now}
        await tx.execute(consent.WAKE_ADDRESS, {**woken_at, "address": task.address_id})
        await audited(tx, {**details, "what": "message made a question", "details": {"task": task.id}}, now)
    return {"task": task.id, "to": mentor.name}


async def talk_write(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """The team speaks first: to who waits for nothing. It leaves within the hours. `dry_run` only looks.

    `address`, `person`, `association`, and what `inbox reply` takes but the task. The same text a second time on one
    day is refused: the button was pressed twice, or the page sent again.
    """
    there = (int(details["address"]), int(details["person"]), details.get("association"))
    key = f"wake:first:{there[0]}:{now:%Y-%m-%d}:{sha256(str(details['text']).encode()).hexdigest()}"
    if await talk_states.is_said(tx, key):
        raise BotError(Sentence("This text was written to her today already. Nothing was sent."))
    number = await talk_states.speak_first(tx, *there, now)
    found = await inbox_reply(tx, {**details, "task": number, "first": True, "key": key}, now)
    if details.get("dry_run"):
        await talk_states.nothing_said(tx, number)
    return found


async def task_close(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """Close a task with its result. `dry_run` only looks."""
    task = await _hers(tx, details, now)
    _must_be_open(task, details)
    result = " ".join(str(details["result"]).split())
    if not result:
        raise BotError("A task closes only with a result: --result TEXT.")
    as_pressed = result.casefold().rstrip(".") if task.kind in TO_CALL else ""
    if called := as_pressed in calling.CODES.values():
        result = as_pressed
    if not details.get("dry_run"):
        who = await _who(tx, details)
        number = who["id"] if who else None
        await tx.execute(tasks.CLOSE_ONE, {"which": task.id, "at": now, "who": number, "how": result})
        if (asked := question_of(task)) is not None:
            await tx.execute(questions.LEAVE, {"which": asked})
        if called:
            await _called(tx, task, result, {**details, "staff": number}, now)
        await audited(tx, {**details, "what": "task closed", "details": {"task": task.id}}, now)
    return {"task": task.id, "result": result}


async def _called(tx: AsyncConnection, task: Task, result: str, details: Details, now: datetime) -> None:
    """What the buttons behind "I called" do too: the call is logged; one that failed is due again."""
    utc_offset = timedelta(minutes=int(details["utc_offset_min"]))
    today = (now + utc_offset).date()
    if task.association:
        there = {"association_id": task.association.id, "staff_id": details["staff"], "day": today.isoformat()}
        await tx.execute(visits.INSERT, {"kind": "call", **there, "note": result, "at": now})
    if again := calling.failed(task, result, today, state.evening_after(now, utc_offset)):
        await tx.execute(*calls.opened(again, None, None, now))


async def _who(tx: AsyncConnection, details: Details) -> dict[str, Any] | None:
    """Who of the team does it: by id (`by`) or name (`who`). Raises BotError."""
    return (
        await team.staff_numbered(tx, int(details["by"]))
        if "by" in details
        else await member(tx, str(details.get("who") or ""))
    )


async def member(tx: AsyncConnection, name: str) -> dict[str, Any] | None:
    """The one of the team with this name; None without a name. Raises BotError."""
    if not name:
        return None
    found = await team.staff_named(tx, name)
    if len(found) != 1:
        raise BotError(f"{len(found)} people of the team are called {name!r}. Write the name as in the roster.")
    return found[0]


OPERATIONS = {
    "audit": audited,
    "inbox reply": inbox_reply,
    "inbox give": inbox_give,
    "talk write": talk_write,
    "task close": task_close,
}
