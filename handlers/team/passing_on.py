"""A question is passed on: to another mentor, or to the officer of its association, who then has it as a task.

The number and the day that the leader was told stay; it is followed anew from her conversation (`given`). A message
to the officer that a mentor can answer better becomes a question there (`to_mentor`): she hears its number and day.
"""

from __future__ import annotations

from collections.abc import Sequence

from handlers import mentor
from handlers.matching import ranked
from handlers.said import Said
from handlers.team import answering
from handlers.team.tasks import is_for_a_mentor
from handlers.team.viewing import numbered, pressed, who
from handlers.turn import (
    Audit,
    Button,
    CloseTask,
    Label,
    Mentor,
    Mentors,
    Outcome,
    Question,
    Reply,
    Task,
    Turn,
    Wake,
)
from handlers.turn.mentoring import GiveQuestion

OFFERED = 8
"""Mentors that are offered, those who fit best first."""
A_ROW = 2
_TO_OFFICER = "0"


def give(turn: Turn, said: Said) -> Outcome | None:
    """Under a question, `give:612`: to whom? Then `give:612:7`, to person 7, or `give:612:0`, to the officer."""
    number, _, whom = said.rest.partition(":")
    if not number.isdecimal():
        return None
    question, refused = mentor.open_one(turn, int(number))
    if question is None:
        return refused
    if question.stopped:
        return Outcome(dict(turn.state), (Reply("M7stop", {"number": question.number}),), understood="said stop")
    others = _others(turn, question)
    one = next((one for one in others if str(one.id) == whom), None)
    if one is not None:
        return _given(turn, question, one)
    return _given(turn, question, None) if whom == _TO_OFFICER and _is_mentor(turn) else _asks(turn, question, others)


def to_mentor(turn: Turn, said: Said) -> Outcome | None:
    """Under a message, `mentor:41`: to which mentor? Then `mentor:41:7`, to person 7."""
    number, _, whom = said.rest.partition(":")
    task: Task | None = turn.known(numbered(turn, int(number))) if number.isdecimal() else None
    if refused := answering.hindered(turn, task):
        return refused
    if task is None or not is_for_a_mentor(task):
        return None
    there = ranked(task.text, task.language, task.association, turn.known(Mentors()))[:OFFERED]
    if one := next((one for one in there if str(one.id) == whom), None):
        effects = (
            CloseTask(task.id, f"a question to {one.name}"),
            Wake(None, {"what": "to mentor", "task": task.id, "mentor": one.id}, address_id=task.address_id),
            Audit("message made a question", {"task": task.id}),
        )
        reply = Reply("O.mentor.given", {"who": who(task), "mentor": one.name}, edits=pressed(turn))
        return Outcome(dict(turn.state), (reply,), effects, understood=f"task {task.id} is a mentor's question")
    rows = _rows([Button(Label({"en": one.name}), f"mentor:{task.id}:{one.id}") for one in there])
    reply = Reply("O.mentor.whom" if there else "O.mentor.none", {"who": who(task)}, rows)
    return Outcome(dict(turn.state), (reply,), understood=f"task {task.id} to a mentor: to whom?")


def _others(turn: Turn, question: Question) -> tuple[Mentor, ...]:
    """Who else looks after that association, best first."""
    mine = turn.person.id if turn.person else None
    there = [one for one in turn.known(Mentors()) if one.id not in (question.mentor_id, mine)]
    return ranked(question.text, question.language, mentor.of(turn, question), there)[:OFFERED]


def _is_mentor(turn: Turn) -> bool:
    return turn.person is not None and turn.person.role == "mentor"


def _asks(turn: Turn, question: Question, others: tuple[Mentor, ...]) -> Outcome:
    named = [Button(Label({"en": one.name}), f"give:{question.number}:{one.id}") for one in others]
    if _is_mentor(turn):
        named.append(Button("b.theofficer", f"give:{question.number}:{_TO_OFFICER}"))
    reply = Reply("M7" if named else "M7none", {"number": question.number}, _rows(named))
    return Outcome(dict(turn.state), (reply,), understood=f"passes No {question.number} on: to whom?")


def _rows(named: Sequence[Button]) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(named[at : at + A_ROW]) for at in range(0, len(named), A_ROW))


def _given(turn: Turn, question: Question, to: Mentor | None) -> Outcome:
    number = question.number
    effects = (
        GiveQuestion(number, to.id if to else None),
        Wake(None, {"what": "given", "number": number}, address_id=question.address_id),
        Audit("question passed on", {"number": number}),
    )
    values = {"number": number, **({"mentor": to.name} if to else {})}
    reply = Reply("M7given" if to else "M7officer", values, edits=pressed(turn))
    return Outcome(dict(turn.state), (reply,), effects, understood=f"question No {number} is passed on")
