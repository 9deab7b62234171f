"""What waits for one of the team today: one definition, for the chat and for the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from handlers.noun import noun
from handlers.team.viewing import ABSENT_AFTER
from handlers.turn import (
    Fact,
    LateList,
    OpenQuestion,
    QuestionsOpen,
    Task,
    TasksOpen,
    TextsWaiting,
    Viewer,
    Waiting,
)
from handlers.turn.team import ClockAhead
from handlers.turn.uncertain import UncertainText, UncertainTexts

TO_CALL = ("call", "my_data")
NUMBERS = ("check_number", "wrong_number")
STUCK = timedelta(minutes=15)
"""Texts that are due so long have not left their channel."""


@noun
class Asked:
    """The facts that a day is counted from, beside who is late."""

    tasks: TasksOpen
    questions: QuestionsOpen
    texts: TextsWaiting
    uncertain: UncertainTexts
    clock: ClockAhead

    @classmethod
    def of(cls, viewer: Viewer, now: datetime) -> Asked:
        """What this person must know about now."""
        return cls(
            TasksOpen(viewer, now - ABSENT_AFTER),
            QuestionsOpen(viewer),
            TextsWaiting(now - STUCK),
            UncertainTexts(viewer),
            ClockAhead(),
        )

    @property
    def facts(self) -> tuple[Fact, ...]:
        return (self.tasks, self.questions, self.texts, self.uncertain, self.clock)


@noun
class Day:
    """What waits. An overdue task is counted with its own kind too."""

    calls: tuple[Task, ...]
    messages: tuple[Task, ...]
    photos: tuple[Task, ...]
    numbers: tuple[Task, ...]
    overdue: tuple[Task, ...]
    questions: tuple[OpenQuestion, ...]
    late: LateList
    texts: tuple[Waiting, ...]
    uncertain: tuple[UncertainText, ...]
    ahead: timedelta = timedelta()
    """How far our clock seems to stand ahead."""


def counted(asked: Asked, known: Mapping[Fact, Any], late: LateList, now: datetime) -> Day:
    """The day, once its facts are known, and who is late was read."""
    tasks: tuple[Task, ...] = known[asked.tasks]
    return Day(
        tuple(task for task in tasks if task.kind in TO_CALL),
        tuple(messages_of(tasks)),
        tuple(task for task in tasks if task.kind == "photo"),
        tuple(task for task in tasks if task.kind in NUMBERS),
        tuple(task for task in tasks if task.due_at < now),
        known[asked.questions],
        late,
        known[asked.texts],
        known[asked.uncertain],
        known[asked.clock],
    )


def messages_of(tasks: Sequence[Task]) -> list[Task]:
    """What somebody wrote and nobody has answered."""
    return [task for task in tasks if task.kind not in (*TO_CALL, *NUMBERS, "photo")]
