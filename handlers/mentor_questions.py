"""A leader's question: taken (H1), numbered and given to a mentor (H2), answered (H3), followed until it is.

What is said to the mentor, and what she says, is in mentor.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers import enrol, form, partners, state, working_days
from handlers.known_forms import looks_like_report
from handlers.matching import Match, match, subject_of
from handlers.said import Said, own_words
from handlers.turn import (
    ClimbQuestion,
    Effect,
    LastQuestion,
    Mentors,
    NextQuestion,
    OpenTask,
    Outcome,
    Question,
    QuestionNumbered,
    RateQuestion,
    Reply,
    Roads,
    RoadsOf,
    SaveQuestion,
    Task,
    TaskNumbered,
    Timer,
    Turn,
    Wake,
)
from handlers.understand.courtesies import is_courtesy, is_greeting
from handlers.understand.phrases import NO_QUESTION
from handlers.understand.words import plain, yes_no

PROMISED_DAYS = 3
"""Working days in which a question is answered (conversations, H2)."""
SAME_FOR = timedelta(hours=24)
"""The same words sent again within this time are the same question, as long as nobody has answered."""
BUSY_FOR = timedelta(minutes=30)
"""An answer waits so long for a question that is open on her phone."""
_OURS = ("question", "partner", "who")
HELPED = {"1": True, "2": False}


def ask(turn: Turn, said: Said) -> Outcome:
    """3: a question for the mentor; on a shared phone she says first who she is."""
    if _whose(turn):
        return enrol.ask_who(turn, "mentor")
    return Outcome(state.ask(turn, "question"), (Reply("H1"),), understood="asks H1")


def _whose(turn: Turn) -> bool:
    return turn.person is None and len(turn.people) > 1


def answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """The one message that H1 asked for: a question, or one to three words that a partner is found by."""
    nothing = not said.text or is_courtesy(said.text) or is_greeting(said.text, turn.programme.sender)
    if not own_words(said) or nothing:
        return None
    if said.plain.rstrip(".! ") in NO_QUESTION or yes_no(said.text) is False:
        return state.say(turn, "B7")
    report = looks_like_report(turn)  # "biashara" is a form's word, and a subject here
    words = not report or not any(one.isdigit() for one in said.text)
    found = partners.asked(turn, said) if words else None
    return found or (None if report else take(turn))


def after_who(turn: Turn, question: Mapping[str, Any]) -> Outcome:
    """K1 is answered: ask for the question, or take the one that waited for it."""
    if question["then"] == "mentor":
        return Outcome(state.ask(turn, "question"), (Reply("H1"),), understood="asks H1")
    inbound = replace(turn.inbound, id=question["row"], text=question["held"])
    return take(replace(turn, inbound=inbound))


def take(turn: Turn) -> Outcome:
    """The message is a question: number it, find its mentor, promise a day (H2)."""
    if _whose(turn):
        asked = enrol.ask_who(turn, "question", turn.inbound.text)
        opened = {**asked.state["open"], "row": turn.inbound.id}
        return asked.but(state={**asked.state, "open": opened})
    turn.need(NextQuestion(), Mentors(), LastQuestion(turn.address.id))
    last: Question | None = turn.known(LastQuestion(turn.address.id))
    if last and _same(turn, last):
        return Outcome(_left(turn), (_receipt(turn, last),), understood=f"question No {last.number} again")
    found = match(turn.inbound.text, turn.language, turn.association, turn.known(Mentors()))
    return _given(turn, found)


def _same(turn: Turn, last: Question) -> bool:
    recent = last.state == "open" and turn.now - last.asked_at < SAME_FOR
    return recent and plain(last.text).strip(" ?!.") == plain(turn.inbound.text).strip(" ?!.")


def _given(turn: Turn, found: Match) -> Outcome:
    number, association = int(turn.known(NextQuestion())), turn.association
    question = Question(
        number=number,
        state="open",
        text=turn.inbound.text,
        address_id=turn.address.id,
        person_id=turn.person.id if turn.person else None,
        association_id=association.id if association else None,
        language=turn.language,
        rich=turn.address.rich,
        stopped=False,
        mentor_id=found.mentor.id if found.mentor else None,
        asked_at=turn.now,
        promised_at=working_days.evening(turn, PROMISED_DAYS),
    )
    saved = SaveQuestion(
        number,
        turn.inbound.id,
        question.person_id,
        question.association_id,
        found.subject,
        question.mentor_id,
        question.promised_at,
    )
    effects: tuple[Effect, ...] = (saved, *_told(question, "question", question.mentor_id or _officer(turn)))
    if found.mentor is None:
        effects = (*effects, _task(turn, question))
    timer = Timer("question", str(number), question.promised_at, {"number": number})
    said = (_receipt(turn, question, found.mentor.name if found.mentor else ""),)
    return Outcome(_left(turn), said, effects, (timer,), understood=f"question No {number}")


def moved(turn: Turn) -> Outcome:
    """One of the team has made a question of what she wrote; it goes to the mentor who was chosen."""
    data = turn.inbound.data
    task: Task | None = turn.known(TaskNumbered(int(data["task"])))
    if task is None or task.inbox_id is None or not task.text or not enrol.consenting(turn):
        return Outcome(dict(turn.state), understood="no question: nothing is left to ask, or nobody may be answered")
    turn.need(NextQuestion(), Mentors())
    mentor = next((one for one in turn.known(Mentors()) if one.id == data["mentor"]), None)
    person = next((one for one in turn.people if one.id == task.person_id), turn.person)
    inbound = replace(turn.inbound, id=task.inbox_id, text=task.text)
    return _given(replace(turn, inbound=inbound, person=person), Match(mentor, subject_of(task.text)))


def _left(turn: Turn) -> dict[str, Any]:
    """A question that comes while something else is open does not close it."""
    question = state.opened(turn)
    return dict(turn.state) if question and question["kind"] not in _OURS else state.close(turn)


def _receipt(turn: Turn, question: Question, mentor: str = "") -> Reply:
    """H2, with the mentor's name; with the officer's when no mentor fits."""
    if not mentor and question.mentor_id is not None:
        mentor = next((one.name for one in turn.known(Mentors()) if one.id == question.mentor_id), "")
    day = working_days.day_of(turn, question.promised_at)
    values: dict[str, Any] = {"number": question.number, "weekday": day, "date": day}
    if mentor:
        return Reply("H2", {**values, "mentor": mentor})
    return Reply("H2o", {**values, "officer": state.officer(turn)})


def _officer(turn: Turn) -> int | None:
    association = turn.association
    return association.officer_id if association else None


def _told(question: Question, what: str, whom: int | None) -> tuple[Wake, ...]:
    """Wake the chat of the mentor, or of the officer: she sees the words there and can reply to them."""
    return (Wake(whom, {"what": what, "number": question.number}, chat=True),) if whom else ()


def _task(turn: Turn, question: Question) -> OpenTask:
    """The officer's; found again by what it is about when the question is answered."""
    due = question.promised_at if question.promised_at > turn.now else working_days.evening(turn, 1)
    about, told = f"No {question.number}", _officer(turn) is not None
    return OpenTask("question", due, question.person_id, question.association_id, about, tell=not told)


# --- overdue ---


def overdue(turn: Turn) -> Outcome:
    """At the promised time the mentor is reminded; a working day later the officer has a task."""
    number = int(turn.inbound.data["number"])
    question: Question | None = turn.known(QuestionNumbered(number))
    if question is None or question.state != "open":
        return Outcome(dict(turn.state), understood=f"question No {number}: not open any more")
    climbed: tuple[Effect, ...] = (ClimbQuestion(number),)
    if question.climbed == 0:
        told = _told(question, "question due", question.mentor_id or _officer(turn))
        again = Timer("question", str(number), working_days.evening(turn, 1), {"number": number})
        timers = (again,) if question.mentor_id is not None else ()
        return Outcome(dict(turn.state), (), (*climbed, *told), timers, f"question No {number} is overdue")
    effects = (*climbed, _task(turn, question), *_told(question, "question due", _officer(turn)))
    return Outcome(dict(turn.state), (), effects, understood=f"question No {number}: the officer's now")


def given(turn: Turn) -> Outcome:
    """It was passed on: who has it now is told of it, and it is followed anew. The day that she was told stays."""
    number = int(turn.inbound.data["number"])
    question: Question | None = turn.known(QuestionNumbered(number))
    if question is None or question.state != "open":
        return Outcome(dict(turn.state), understood=f"question No {number}: not open any more")
    effects: tuple[Effect, ...] = _told(question, "question", question.mentor_id or _officer(turn))
    if question.mentor_id is None:
        effects = (_task(turn, question), *effects)
    due = question.promised_at if question.promised_at > turn.now else working_days.evening(turn, 1)
    timer = Timer("question", str(number), due, {"number": number})
    return Outcome(dict(turn.state), (), effects, (timer,), f"question No {number} was passed on")


# --- the answer ---


def answered(turn: Turn) -> Outcome:
    """The mentor has answered: H3 where she asked, or where she wants answers. What is open there comes first, for a
    while."""
    number = int(turn.inbound.data["number"])
    question: Question | None = turn.known(QuestionNumbered(number))
    if question is None or not question.answer:
        return Outcome(dict(turn.state), understood="nothing to say: no answer")
    if question.person_id is not None and turn.address.id == question.address_id:
        roads: Roads = turn.known(RoadsOf(question.person_id))
        if roads.for_answers not in (None, turn.address.id):
            there = Wake(None, {"what": "answer", "number": number}, address_id=roads.for_answers)
            return Outcome(dict(turn.state), (), (there,), understood=f"answer to No {number}: by her other road")
    opened = state.opened(turn)
    if opened and turn.now - state.asked_at(opened) < BUSY_FOR:
        wait = Timer("answer", str(number), turn.now + BUSY_FOR, {"number": number})
        return Outcome(dict(turn.state), (), (), (wait,), "the answer waits for what is open")
    reply = Reply("H3", {"number": number, "answer": question.answer})
    said = Outcome(state.ask(turn, "helped", number=number), (reply,), understood=f"answer to No {number}")
    return form.interrupted(turn, said)


def helped(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """H3's 1 or 2; with 2 the officer calls."""
    did = HELPED.get(said.digit)
    did = yes_no(turn.inbound.text) if did is None else did
    if did is None:
        return None
    number = int(question["number"])
    if did:
        return state.say(turn, "B6", RateQuestion(number, True))
    task = state.task(turn, "call", f"No {number}: the answer did not help")
    rate = RateQuestion(number, False)
    return state.say(turn, "H3no", rate, task, number=number, officer=state.officer(turn))
