"""An officer answers a leader with Telegram's reply: weighed, sent once, in the leader's own channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers import mentor
from handlers.said import Said
from handlers.team.tasks import closed
from handlers.team.viewing import LANGUAGE_NAMES, numbered, pressed, question_of, who
from handlers.turn import (
    Audit,
    Button,
    CloseTask,
    Label,
    Outcome,
    Replied,
    Reply,
    Task,
    Turn,
    Wake,
)
from handlers.understand.words import language_of

_WAITING = 5
"""Answers that may wait for "send as it is" at once; older cards are then forgotten."""
_SENT = 20
"""Messages of hers that are remembered as sent: editing one of them changes nothing any more."""


def reply(turn: Turn, said: Said, replied: Replied) -> Outcome | None:
    """Telegram's reply to a task: send it, or show first what it costs and whether she can read it."""
    if replied.task_id is None:
        return None
    task: Task | None = turn.known(numbered(turn, replied.task_id))
    if refused := hindered(turn, task):
        return refused
    assert task is not None
    if turn.inbound.kind != "text" or not any(map(str.isalnum, said.text)):  # a thumb, a full stop
        return Outcome(dict(turn.state), (Reply("O.onlytext"),), understood="an answer without text")
    if (number := question_of(task)) is not None:
        return mentor.offered(turn, number, said.text)
    return _weighed(turn, task, said.text)


def hindered(turn: Turn, task: Task | None, edits: str = "") -> Outcome | None:
    """Why this cannot be answered: somebody was faster, or she may not be written to."""
    if task is None:
        return Outcome(dict(turn.state), (Reply("O.gone", edits=edits),), understood="no such task")
    if task.state != "open":
        first = closed(turn, task)
        return Outcome(dict(turn.state), (Reply(first.key, first.values, edits=edits),), understood="answered before")
    if task.refused or task.address_id is None:
        values = {"who": who(task)}
        key = f"O.refused.{task.refused or 'gone'}"
        return Outcome(dict(turn.state), (Reply(key, values, edits=edits),), understood="may not be written to")
    return None


def _spoken(turn: Turn, task: Task, text: str) -> str:
    """What she will read: from whom it is, and on a shared phone for whom."""
    by = turn.person.sms_name if turn.person else turn.programme.sender
    return f"{task.name}, {by}: {text}" if task.shared and task.name else f"{by}: {text}"


def _weighed(turn: Turn, task: Task, text: str) -> Outcome:
    characters, parts = turn.measure(_spoken(turn, task, text))
    written, reads = language_of(text), task.language
    differs = bool(written and reads and written != reads)
    if not differs and (task.rich or parts == 1):
        return _sent(turn, task, text)
    values: dict[str, Any] = {"who": who(task)}
    if not task.rich:
        values |= {"parts": parts, "characters": characters}
    if differs:
        assert written is not None and reads is not None
        values |= {"language_name": LANGUAGE_NAMES[written], "reads": LANGUAGE_NAMES[reads]}
    key = "O.check.long" if not differs else "O.check.chat" if task.rich else "O.check"
    waiting = dict(list(turn.state.get("answers", {}).items())[-_WAITING + 1 :])
    waiting[str(turn.inbound.id)] = {"task": task.id, "text": text, "message": turn.inbound.data.get("message")}
    shown = Reply(key, values, _choices(turn, values.get("reads")), task=task.id)
    return Outcome({**turn.state, "answers": waiting}, (shown,), understood="shows the answer first")


def _choices(turn: Turn, reads: Label | None) -> tuple[tuple[Button, ...], ...]:
    data = f"answer:{turn.inbound.id}"
    send, cancel = Button("b.sendasis", f"{data}:send"), Button("b.cancel", f"{data}:cancel")
    return ((send, Button("b.iwrite", f"{data}:own", {"reads": reads})), (cancel,)) if reads else ((send, cancel),)


def _sent(turn: Turn, task: Task, text: str, message: Any = None) -> Outcome:
    """Close the task and wake her conversation with the text, in one transaction."""
    characters, parts = turn.measure(_spoken(turn, task, text))
    values: dict[str, Any] = {"who": who(task)}
    if not task.rich:
        values |= {"parts": parts, "characters": characters}
    woken = {"what": "said", "task": task.id, "text": _spoken(turn, task, text)}
    effects = (
        CloseTask(task.id, "answered"),
        Wake(None, woken, address_id=task.address_id),
        Audit("answered", {"task": task.id}),
    )
    mine = [*turn.state.get("sent", []), message or turn.inbound.data.get("message")][-_SENT:]
    shown = Reply("O.sent.chat" if task.rich else "O.sent", values, edits=pressed(turn), task=task.id)
    return Outcome({**turn.state, "sent": mine}, (shown,), effects, understood="answered")


def decided(turn: Turn, said: Said) -> Outcome | None:
    """Send as it is, I write in her language, cancel."""
    number, _, action = said.rest.partition(":")
    waiting: dict[str, Mapping[str, Any]] = dict(turn.state.get("answers", {}))
    draft = waiting.pop(number, None)
    if draft is None:
        return None
    left = turn.with_state({**turn.state, "answers": waiting})
    task: Task | None = turn.known(numbered(turn, int(draft["task"])))
    if refused := hindered(left, task, pressed(turn)):
        return refused
    assert task is not None
    if action == "send":
        return _sent(left, task, str(draft["text"]), draft.get("message"))
    if action == "own" and task.language:
        shown = Reply("O.write", {"who": who(task), "reads": LANGUAGE_NAMES[task.language]}, edits=pressed(turn))
        return Outcome(
            left.state, (Reply(shown.key, shown.values, edits=shown.edits, task=task.id),), understood="writes anew"
        )
    return Outcome(left.state, (Reply("O.dropped", edits=pressed(turn), task=task.id),), understood="not sent")


def edited(turn: Turn, said: Said) -> Outcome | None:
    """She changed her message: what waits is weighed anew, what has left has left."""
    message = turn.inbound.data.get("message")
    for number, draft in dict(turn.state.get("answers", {})).items():
        if draft.get("message") == message:
            task: Task | None = turn.known(numbered(turn, int(draft["task"])))
            waiting = {other: one for other, one in turn.state["answers"].items() if other != number}
            left = turn.with_state({**turn.state, "answers": waiting})
            return hindered(left, task) or (_weighed(left, task, turn.inbound.text.strip()) if task else None)
    if message and message in turn.state.get("sent", []):
        return Outcome(dict(turn.state), (Reply("O.editedsent"),), understood="edited after it was sent")
    return None


# --- in the leader's conversation ---


def said_to_her(turn: Turn) -> Outcome:
    """What a person of the team wrote, word for word; what was open stays open. Unasked texts have their hours."""
    data = turn.inbound.data
    text = Label({"en": str(data["text"])})
    reply = Reply(text, kind="notice") if data.get("first") else Reply(text)
    return Outcome(dict(turn.state), (reply,), understood="an answer from the team")
