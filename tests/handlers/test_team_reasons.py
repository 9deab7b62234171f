"""Why there is a task is said in the reader's words, whatever opened it: no reason reaches a chat as it is stored."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import handlers
from bot.store import waking
from handlers.team.reasons import why
from handlers.team.tasks import face
from handlers.turn import Reply, Task

PLACES = {"task": 2, "task_of": 2, "OpenTask": 4}
"""What opens a task -> which of its arguments says what the task is about."""
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def _task(kind: str, about: str, text: str = "") -> Task:
    return Task(1, kind, "open", about, None, "Odette", NOW, NOW, text)


def _said(node: ast.expr) -> str:
    """A literal, with 7 for what stands in its braces."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_said(part) for part in node.values)
    return "7" if isinstance(node, ast.FormattedValue) else str(getattr(node, "value", ""))


def _reasons() -> Iterator[str]:
    for file in sorted(Path(handlers.__path__[0]).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            place = PLACES.get(name)
            if place is not None and len(node.args) > place:
                about = node.args[place]
                branches = (about.body, about.orelse) if isinstance(about, ast.IfExp) else (about,)
                yield from (_said(one) for one in branches if isinstance(one, ast.Constant | ast.JoinedStr))


def test_every_reason_is_said_in_words_of_the_catalogue() -> None:
    there = {said for said in _reasons() if said} - {"would be helped by: 7", "7 calls", "see the message"}
    assert len(there) > 25
    there |= {f"training: {waking._reason(leaders)}" for leaders in ([], [_Leader("no")], [_Leader("yes")])}
    raw = {said for said in there if why(_task("call", said)).key == "O.why.other"}
    assert raw == set(), "these reach a chat in English, whatever its language"


class _Leader:
    """A row of the roster, as far as the reason looks at it."""

    can_read, channel = "yes", "sms"

    def __init__(self, consent: str) -> None:
        self.consent = consent


@pytest.mark.parametrize(
    ("kind", "about", "text", "words"),
    [
        ("help", "would be helped by: mentor", "1", "O.why.mentor"),
        ("read", "wrote after STOP", "when is the fair", "O.lines"),
        ("read", "unknown number", "hello", "hello"),
        ("read", "", "hello", "hello"),
    ],
)
def test_a_message_is_shown_with_why_where_that_says_more(kind: str, about: str, text: str, words: str) -> None:
    shown = face(_task(kind, about, text)).values["words"]
    assert (shown.key if isinstance(shown, Reply) else shown) == words
