"""What do they say? Conversations: the list, one thread, and what the team does about it; what we owe an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console.ask import Ask
from bot.console.delivery import WORDS
from bot.console.files import kept
from bot.console.page import Page, Wrong
from bot.console.pages.mentoring import as_answer
from bot.console.pages.people import CONSENTS
from bot.console.pages.today import KINDS
from bot.console.roles import FIELD
from bot.console.values import LANGUAGES
from bot.console.weighing import weighed
from bot.console.words import _
from bot.programme import desk, talks
from bot.programme.broadcasts.states import state_of as delivery_of
from bot.store import talk_states, team
from bot.store import talks as store
from handlers.team.viewing import ABSENT_AFTER
from handlers.team.waiting import messages_of
from handlers.turn import Task
from handlers.understand.words import plain

FILTERS = {
    "": _("All"),
    "unanswered": _("Unanswered"),
    "mine": _("Assigned to me"),
    "question": _("Questions"),
    "lesson": _("Lessons"),
    "voice": _("Voice notes"),
}
STATES = {"open": _("open"), "pending": _("pending"), "snoozed": _("snoozed"), "resolved": _("resolved")}
LONGEST = 900
"""Characters of an answer: six SMS parts."""
FIRST_LINE = 120
_NEWEST = 2**62


async def show(ask: Ask) -> Response:
    """The list: unread ones first, then who wrote lately."""
    words = ask.query.get("q", "")[:100]
    kind, language, state = (ask.query.get(name, "") for name in ("kind", "language", "state"))
    wanted = talks.Wanted(
        tuple(plain(words).split()),
        kind if kind in FILTERS else "",
        language if language in LANGUAGES else "",
        state if state in STATES else "",
    )
    found = await ask.read(talks.listed, ask.viewer, wanted, ask.asked_number("before"), ask.now)
    ask.saw(conversations=[one.address_id for one in found.talks], searched=bool(words))
    return ask.show(
        "talks.html",
        found=found,
        wanted=wanted,
        words=words,
        filters=FILTERS,
        states=STATES,
        languages=LANGUAGES,
        first_line=FIRST_LINE,
    )


# --- one thread ---


async def _opened(ask: Ask) -> store.Door:
    """The phone or chat of the address. Raises Missing."""
    found = await ask.read(store.door, ask.viewer, ask.number("conversation"), ask.now - ABSENT_AFTER)
    if found is None:
        ask.missing()
    return found


async def _waiting(ask: Ask, address_id: int) -> list[Task]:
    """What of this thread waits for an answer, as far as she sees it."""
    there = await ask.read(desk.tasks_open, ask.viewer, ask.now)
    return [task for task in messages_of(there) if task.address_id == address_id]


async def thread(ask: Ask) -> Response:
    """What was said, both ways, with what became of each text; notes; what can be done."""
    return await _thread(ask, await _opened(ask))


async def _thread(ask: Ask, door: store.Door, status: int = 200, **more: Any) -> Response:
    came, left = (_below(ask, name) for name in ("came", "left"))
    inward, outward = await ask.read(store.said, door, came, left)
    lines = sorted(
        [*(_outward(row) for row in outward), *(_inward(row) for row in inward)],  # at one moment she was first
        key=lambda line: line["at"],
        reverse=True,
    )
    shown, tasks = lines[: store.SHOWN], await _waiting(ask, door.address_id)
    decided = (await ask.read(talk_states.decided, [door.address_id])).get(door.address_id)
    older = None
    if len(lines) > len(shown) or len(inward) == store.SHOWN or len(outward) == store.SHOWN:
        lowest = {side: min((x["id"] for x in shown if x["side"] == side), default=_NEWEST) for side in ("her", "us")}
        older = {"came": min(came, lowest["her"]), "left": min(left, lowest["us"])}
    ask.saw(conversation=door.address_id, messages=len(shown))
    values = {"weighed": None, "problem": "", "text": "", "task_id": str(tasks[-1].id) if tasks else "", **more}
    return ask.show(
        "talk.html",
        status,
        door=door,
        lines=shown[::-1],
        older=older,
        tasks=tasks,
        state=talks.state_of(decided, tasks, ask.now),
        decided=decided,
        notes=await ask.read(talk_states.notes_of, door.address_id),
        team=await ask.read(team.staff_of, sorted(FIELD)),
        kinds=KINDS,
        states=STATES,
        languages=LANGUAGES,
        consents=CONSENTS,
        words=WORDS,
        first=_FIRST,
        today=ask.now.astimezone(ask.parts.settings.zone).date(),
        **values,
    )


def _below(ask: Ask, name: str) -> int:
    found = ask.asked_number(name)
    return _NEWEST if found is None else found


def _inward(row: Any) -> dict[str, Any]:
    said = {"id": row.id, "at": row.at, "text": row.text, "kind": row.kind, "name": row.sms_name or ""}
    return {"side": "her", **said, "file": row.file_kind}


def _outward(row: Any) -> dict[str, Any]:
    told = {"id": row.id, "at": row.at, "text": row.text, "kind": row.kind, "name": ""}
    return {"side": "us", **told, "file": None, "became": delivery_of(row).name, "parts": row.parts}


async def file(ask: Ask) -> Response:
    """The photo or voice note of a message."""
    door = await _opened(ask)
    found = await ask.read(store.file_of, door, ask.number("message"))
    ask.saw(conversation=door.address_id, message=ask.number("message"))
    return await kept(ask, found)


# --- what the team does ---


async def reply(ask: Ask) -> Response:
    """Her answer: shown first with what it takes and whether it can be read, then sent once, where she wrote from."""
    door, text = await _opened(ask), " ".join(ask.form.get("text", "").split())
    waiting, about = await _waiting(ask, door.address_id), ask.form.get("task", "")
    first = _first(door, about) if not waiting else None
    if first is None and about not in {str(one.id) for one in waiting}:
        problem = _("Somebody has answered or closed this meanwhile. Look at the conversation before you write.")
        return await _thread(ask, door, 422, problem=problem, text=text)
    if not text or len(text) > LONGEST:
        problem = _("Write a text of at most 900 characters.")
        return await _thread(ask, door, 422, problem=problem, text=text, task_id=about)
    does, asked = ("talk write", first) if first else ("inbox reply", {"task": int(about)})
    details = {**asked, "text": text, "by": ask.me.person_id, "user": ask.who}
    details["sender"] = ask.parts.settings.project.sender
    if ask.form.get("sure") == "yes":
        await ask.act(does, details)
        ask.parts.inbox.notify(door.address_id)
        done = _("It leaves within the hours for such texts.") if first else _("The answer leaves now.")
        return ask.go(f"/conversations/{door.address_id}", done)
    said = await ask.console.write(lambda tx: desk.OPERATIONS[does](tx, {**details, "dry_run": True}, ask.now))
    sent = as_answer(ask, said, text) if "number" in said else said["text"]
    takes = weighed(text, sent, chat=said["chat"], reads=said["language"])
    return await _thread(ask, door, text=text, task_id=about, weighed=takes)


_FIRST = "first-"


def _first(door: store.Door, about: str) -> dict[str, Any] | None:
    """To which leader of this phone the team speaks first; None when it is none of hers."""
    one = next((one for one in door.people if about == f"{_FIRST}{one.id}"), None)
    return {"address": door.address_id, "person": one.id, "association": one.association_id} if one else None


async def note(ask: Ask) -> Response:
    """A private note beside the thread."""
    door, text = await _opened(ask), ask.form.get("text", "").strip()[:2000]
    if not text:
        raise Wrong(_("The note is empty."))

    async def work(tx: AsyncConnection) -> None:
        await talk_states.note(tx, door.address_id, ask.me.person_id, text, ask.now)

    await ask.write(work, conversation=door.address_id)
    return ask.go(f"/conversations/{door.address_id}", _("The note is kept; only the team reads it."))


async def assign(ask: Ask) -> Response:
    """Somebody of the team sees to it."""
    door, wanted = await _opened(ask), ask.form.get("person", "")
    people = {str(one["id"]): one["id"] for one in await ask.read(team.staff_of, sorted(FIELD))}
    if wanted and wanted not in people:
        ask.missing()
    whom = people.get(wanted)
    await ask.write(
        lambda tx: talk_states.give(tx, door.address_id, whom, ask.now), conversation=door.address_id, to=whom
    )
    return ask.go(f"/conversations/{door.address_id}", _("The conversation is assigned."))


async def change(ask: Ask) -> Response:
    """Open, pending, snoozed until a day, or resolved: then what waits is closed with a result."""
    door, state = await _opened(ask), ask.form.get("state", "")
    if state not in STATES:
        ask.missing()
    until = _morning(ask, ask.form.get("until", "")) if state == "snoozed" else None
    waiting = await _waiting(ask, door.address_id) if state in ("open", "resolved") else []
    if state == "open" and not waiting:
        raise Wrong(_("Nothing waits in it: choose the day on which it shall come back, or write to her."))
    tasks = waiting if state == "resolved" else []
    result = " ".join(ask.form.get("result", "").split())[:100] or "nothing to answer"

    async def work(tx: AsyncConnection) -> None:
        if tasks:
            await talk_states.close(tx, [task.id for task in tasks], ask.me.person_id, result, ask.now)
        await talk_states.put(tx, door.address_id, "open" if state == "resolved" else state, until, ask.now)

    await ask.write(work, conversation=door.address_id, state=state, tasks=[task.id for task in tasks])
    return ask.go(f"/conversations/{door.address_id}", _DONE[state])


_DONE = {
    "open": _("The conversation is open again."),
    "pending": _("The conversation is pending: it opens again when she writes."),
    "snoozed": _("The conversation is snoozed: it opens again on that day, or when she writes."),
    "resolved": _("The conversation is resolved; what waited in it is closed."),
}


def _morning(ask: Ask, text: str) -> datetime:
    """Seven o'clock of a day that comes. Raises Wrong."""
    zone = ask.parts.settings.zone
    try:
        moment = datetime.combine(date.fromisoformat(text), time(7), zone)
    except ValueError:
        moment = ask.now
    if not ask.now < moment < ask.now + timedelta(days=366):
        raise Wrong(_("Choose the day on which it shall come back: tomorrow at the earliest, within a year."))
    return moment.astimezone(UTC)


_ONE = Page("/conversations/{conversation}", thread, reads="conversation")
PAGES = (
    Page("/conversations", show, reads="conversations", title=_("Conversations")),
    _ONE,
    Page("/conversations/{conversation}/file/{message}", file, reads="conversation"),
    replace(_ONE, path="/conversations/{conversation}/reply", do=reply, writes="answered"),
    Page("/conversations/{conversation}/note", note, writes="note kept"),
    Page("/conversations/{conversation}/assigned", assign, writes="conversation assigned"),
    Page("/conversations/{conversation}/state", change, writes="conversation changed"),
)
